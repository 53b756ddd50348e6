/**
 * Lists the registers of a store that is reconfigured: for an administrator, page by page.
 *
 * A page is what a Get phase is for one register, for all registers with names in a range: the
 * lister asks the storage nodes of all active configurations, integrates the cmaps that they
 * answer with, begins again if there is news in them, and ends when every active configuration has
 * a quorum among those that answered. For each register it keeps the largest pair. So a page has
 * every register of the range of which a write returned before the page was asked for, with the
 * pair of that write or a later one. (It writes nothing back, as a read does: the next page, or a
 * read, may see an older pair of a write that is under way.)
 *
 * The question is the one by which a reconfigurer surveys the registers
 * (`spec/rambo/registers/transfer.ts`): the nodes also integrate the cmap that it carries.
 */
import * as Schema from "effect/Schema"
import type { Part, PartStep } from "../../spec/kernel/keyed.ts"
import { Count, type NodeId } from "../../spec/kernel/node.ts"
import type { Observation } from "../../spec/kernel/observation.ts"
import { become, ignore } from "../../spec/kernel/process.ts"
import { advance, Phase, startPhase } from "../../spec/phase/phase.ts"
import {
  ConfigurationMap,
  initial,
  integrate,
  isNoNews
} from "../../spec/rambo/configuration-map.ts"
import { type Listing, type Message, maxListed } from "../../spec/rambo/registers/messages.ts"
import { Listed } from "../../spec/rambo/registers/state.ts"
import { merged } from "../../spec/rambo/registers/transfer.ts"
import { RegisterName } from "../../spec/register/operation.ts"
import type { StorageParameters } from "../../spec/storage/parameters.ts"

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
  const { registers, upTo } = phase.answer
  const result = {
    registers: registers.filter(({ name }) => upTo === null || name <= upTo),
    upTo
  }
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
