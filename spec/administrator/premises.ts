/**
 * Premises on corruption when configurations end (tutorial 7.1 and 7.2).
 *
 * "A system designer typically makes assumptions on the number of machines that may be Byzantine
 * (e.g., at most a third of them)"; and "after a storage node is removed from the configuration,
 * there should be no assumptions on what can happen to it". The prose does not say when a storage
 * node counts as removed. Each premise here says that at every time, including before a
 * configuration begins, fewer than a third of its members are or have been corrupt, as long as they
 * count:
 *
 *  - permanently;
 *  - until the administrator has asked them to stop;
 *  - until it has learned from a super-majority that they stopped, as the text counts;
 *  - each until it has itself stopped.
 */
import * as Schema from "effect/Schema"
import { byzantineFaults } from "../configuration/tolerated-faults.ts"
import { including } from "../kernel/data.ts"
import type { Premise } from "../kernel/fault.ts"
import { Count, SetOf } from "../kernel/node.ts"
import type { AnyObservation } from "../kernel/observation.ts"
import type { Event } from "../kernel/observer.ts"
import { type ServerId, ServerSet } from "../nodes/nodes.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import type { Noted } from "./observation.ts"
import { isMember, viewsOf } from "./view.ts"

/**
 * What the observer has seen: which configurations have ended, for which members; which nodes are
 * corrupt; whether these are too many.
 */
const Bounded = Schema.Struct({
  over: SetOf(Schema.Struct({ number: Count, members: ServerSet })),
  corrupt: ServerSet,
  isBroken: Schema.Boolean
})
type Bounded = typeof Bounded.Type
type Context = Pick<StorageParameters, "configuration" | "successors" | "servers">

const bounded = (name: string, until: Noted["name"] | undefined): Premise<Context, Bounded> => ({
  name,
  observer: (context) => ({
    name,
    State: Bounded,
    initial: { over: [], corrupt: [], isBroken: false },
    observe: (state, event) => judged(context, after(context, state, until, event)),
    allowsEarlierResponses: true,
    mentionsServers: true,
    violation: () => undefined
  }),
  holds: ({ isBroken }) => !isBroken
})

const after = (
  { servers }: Context,
  state: Bounded,
  until: Noted["name"] | undefined,
  event: Event<AnyObservation>
): Bounded => {
  const self = servers.find((server) => server === event.node)
  if (event._tag === "Fault") {
    if (event.fault !== "corruption") return state
    // No other node may be corrupt: only storage nodes count.
    return self === undefined
      ? { ...state, isBroken: true }
      : { ...state, corrupt: including(state.corrupt, self) }
  }
  const { observation } = event
  if (observation._tag !== "Note" || observation.name !== until) return state
  const { number } = observation.detail as Noted["detail"]
  const members = self === undefined ? servers : [self]
  return { ...state, over: including(state.over, { number, members }) }
}

/** Whether some configuration has too many corrupt members that still count. */
const judged = (context: Context, state: Bounded): Bounded => {
  const counts = (number: number, node: ServerId) =>
    !state.over.some((one) => one.number === number && one.members.includes(node))
  const isBroken = viewsOf(context).some((view) => {
    const corrupt = state.corrupt.filter(
      (node) => isMember(view, node) && counts(view.number, node)
    )
    return corrupt.length > byzantineFaults.maxFaulty(view.members.length)
  })
  return isBroken ? { ...state, isBroken } : state
}

/** Never lifted. */
export const boundedForEver = bounded("bounded-for-ever", undefined)
/** Lifted for a configuration when the administrator has asked its members to stop. */
export const boundedUntilAsked = bounded("bounded-until-asked", "asked")
/**
 * Lifted for a configuration when a super-majority of its members has told the administrator that
 * it stopped.
 */
export const boundedUntilForgotten = bounded("bounded-until-forgotten", "forgotten")
/** Lifted for each member when it has stopped. */
export const boundedUntilStopped = bounded("bounded-until-stopped", "stopped")

export const premises = [
  boundedForEver,
  boundedUntilAsked,
  boundedUntilForgotten,
  boundedUntilStopped
]
