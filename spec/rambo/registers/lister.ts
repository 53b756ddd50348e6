/**
 * An administrator's client lists the registers, page by page: for a listing or a backup.
 *
 * A page is a Get phase for all registers with names in a range instead of one register. The lister
 * asks the storage nodes of all active configurations, integrates the cmaps in their answers, and
 * restarts if one has news. It ends when every active configuration has a quorum among the nodes
 * that answered, and keeps the largest pair of each register. So if a write of a register in the
 * range returned before the lister asked for the page, the page has that register, with the pair of
 * that write or of a later one.
 *
 * Unlike a read, the lister writes nothing back: a later page, or a read, may see an older pair
 * while a write is in progress.
 *
 * The question is the one with which a reconfigurer lists the registers (`transfer.ts`): the nodes
 * also integrate the cmap that it carries. The runtime uses the lister, and tests run it over real
 * nodes; no scenario has one.
 */
import * as Schema from "effect/Schema"
import type { Part, PartStep } from "../../kernel/keyed.ts"
import { Count, type NodeId } from "../../kernel/node.ts"
import type { Observation } from "../../kernel/observation.ts"
import { become, ignore } from "../../kernel/process.ts"
import { advance, Phase, startPhase } from "../../phase/phase.ts"
import { RegisterName } from "../../register/operation.ts"
import type { StorageParameters } from "../../storage/parameters.ts"
import { ConfigurationMap, initial, integrate, isNoNews } from "../configuration-map.ts"
import { type Listing, type Message, maxListed } from "./messages.ts"
import { Listed } from "./state.ts"
import { listedBy, merged } from "./transfer.ts"

/** List the registers after this one, or the first ones; begin with this cmap, if there is one. */
export interface ListPage {
  readonly _tag: "ListPage"
  readonly map: ConfigurationMap | null
  readonly after: string | null
}

const Asking = Schema.Struct({ after: Schema.NullOr(RegisterName), phase: Phase(Listed) })
const Own = Schema.Struct({
  map: ConfigurationMap,
  number: Count,
  asking: Schema.NullOr(Asking)
})
type State = typeof Own.Type
type Observed = Observation<ListPage, Listed>

/** The lister asks all active configurations, with a new number. */
const ask = (state: State, after: string | null): PartStep<State, Observed, Message> => {
  const { map } = state
  const number = state.number + 1
  const { phase, sends } = startPhase<Listed, Message>(
    map.active,
    { registers: [], upTo: null },
    { _tag: "List", operation: 0, phase: number, map, after, most: maxListed }
  )
  return { state: { map, number, asking: { after, phase } }, sends, observations: [] }
}

/** A list arrives: it counts, unless its cmap has news. */
const receive = (
  state: State,
  from: NodeId,
  listing: Listing
): PartStep<State, Observed, Message> => {
  const { asking, number } = state
  if (asking === null || listing.phase !== number) return ignore(state)
  const { after } = asking
  if (!isNoNews(state.map, listing.map))
    return ask({ ...state, map: integrate(state.map, listing.map) }, after)
  const { phase, isComplete } = advance(
    asking.phase,
    from,
    (listed) => merged(listed, listing),
    "read"
  )
  if (!isComplete) return become({ ...state, asking: { after, phase } })
  const result = { ...phase.answer, registers: listedBy(phase.answer) }
  const operation: ListPage = { _tag: "ListPage", map: state.map, after }
  return {
    state: { ...state, asking: null },
    sends: [],
    observations: [{ _tag: "Response", operation, result }]
  }
}

export const lister: Part<
  Pick<StorageParameters, "configuration">,
  State,
  ListPage,
  Observed,
  Message
> = {
  Shared: Schema.Struct({}),
  Own,
  durable: false,
  initial: ({ configuration }) => ({ map: initial(configuration), number: 0, asking: null }),
  ready: (_context, _self, { asking }) => asking === null,
  choices: () => [],
  step: (_context, _self, state, input) => {
    switch (input._tag) {
      case "Invoke": {
        const { map, after } = input.operation
        return ask(map === null ? state : { ...state, map: integrate(state.map, map) }, after)
      }
      case "Receive":
        return input.message._tag === "Listing"
          ? receive(state, input.from, input.message)
          : ignore(state)
      case "Choose":
        return ignore(state)
    }
  },
  promises: {
    isSettled: (_context, _self, { number, asking }, _to, message) =>
      message._tag !== "List" || asking === null || message.phase < number
  }
}
