/**
 * Reclaiming the memory of removed registers, while the system runs. (Not in the tutorial.)
 *
 * A removed register has the initial value, with the timestamp of its removal. Storage nodes may
 * forget it in four steps, taken by an administrator's client:
 *
 * 1. *gather and bring*: the client lists the removed registers of a quorum, and brings each
 *    removal to **all** members of the only active configuration c;
 * 2. *raise*: consensus decides a successor of c with the same members, and a **floor** above all
 *    these removals (`../floor.ts`);
 * 3. the host waits until all operations that began without the floor have ended;
 * 4. *forget*: members enforce the floor from now on, and forget the removals (`holding.ts`).
 *
 * Why this is safe. (Safety does not depend on the third step, but operations that sleep through it
 * end with an unknown outcome, or restart.)
 *
 * - *A member that has forgotten a removal acts as if it had it.* An older Set of a write is below
 *   the floor, so the member refuses it. A write that asks the member learns of the floor from its
 *   answer, and chooses a timestamp above it.
 * - *What a reader stores is never older than a removal that was forgotten.* A member accepts it
 *   below the floor only if the reader knew the floor before it asked. A floor is known only after
 *   its configuration was decided, so after **all** members had the removals: the pair that the
 *   reader found is as new. (If only a quorum had the removals, or if they arrived after the
 *   decision, a reader could find an older value above the floor.)
 * - *No client mistakes another's floor for its own.* A floor names the client that raised it. A
 *   client whose floor is not decided as the successor of c forgets nothing.
 * - *An added node adopts the floor before it is a member* (`joining.ts`).
 *
 * A live register is not brought to all members. A member that lacks it accepts it from a reader,
 * as above; this is why a read sends the floor that it knew.
 */
import { type Configuration, maxFloor } from "../../configuration/configuration.ts"
import type { PartSend } from "../../kernel/keyed.ts"
import type { NodeId } from "../../kernel/node.ts"
import { become } from "../../kernel/process.ts"
import type { ClientId } from "../../nodes/nodes.ts"
import { advance, ask, begin, startPhase, unchanged } from "../../phase/phase.ts"
import type { Reclaimed, Removed } from "../../storage/reconfiguration.ts"
import { integrate, latest, lengthOf } from "../configuration-map.ts"
import { floorField, floorOf } from "../floor.ts"
import { continueSequence } from "../next-configuration.ts"
import type { Forgotten, Held, Listing, Message, Populated } from "./messages.ts"
import { endReclaim, overtaken } from "./raising.ts"
import { haveAllAnswered, type Ruled } from "./rules.ts"
import type { Bringing, ClientState, ClientStep, Forgetting, Gathering, Listed } from "./state.ts"
import { between, forAll, listedBy, merged } from "./transfer.ts"

/** A client begins to reclaim, if only one configuration is active. */
export const startReclaim = (context: Ruled, before: ClientState): ClientStep => {
  const state: ClientState = { ...before, begun: before.begun + 1, phase: 0 }
  const { retired, active } = state.map
  const step =
    active.length > 1
      ? endReclaim(state, overtaken)
      : gather(context, state, { instance: retired, removed: [] }, null)
  return {
    ...step,
    observations: [{ _tag: "Invocation", operation: { _tag: "Reclaim" } }, ...step.observations]
  }
}

/** True if the client knows a successor of the configuration in which it gathers. */
export const isOvertakenIn = (
  { map }: Pick<ClientState, "map">,
  { instance }: Pick<Gathering, "instance">
): boolean => lengthOf(map) > instance + 1

type Found = Pick<Gathering, "instance" | "removed">

/** The client asks the members for the removed registers after this one. */
const gather = (
  { rules }: Ruled,
  { begun, phase: before, map }: ClientState,
  { instance, removed }: Found,
  after: string | null
): ClientStep => {
  const number = before + 1
  const { phase, sends } = startPhase<Listed, Message>(
    map.active,
    { registers: [], upTo: null },
    {
      _tag: "List",
      operation: begun,
      phase: number,
      map,
      after,
      most: rules.maxListed,
      only: "removed"
    }
  )
  return {
    state: {
      begun,
      phase: number,
      map,
      activity: { _tag: "Gathering", instance, removed, after, phase }
    },
    sends,
    observations: []
  }
}

/**
 * A list arrives. A quorum of lists is enough: a removal that none of them has is reclaimed another
 * time.
 */
export const receiveRemoved = (
  context: Ruled,
  self: ClientId,
  state: ClientState,
  gathering: Gathering,
  from: NodeId,
  listing: Listing
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, listing.map) }
  if (isOvertakenIn(learned, gathering)) return endReclaim(learned, overtaken)
  const { phase, isComplete } = advance(
    gathering.phase,
    from,
    (listed) => merged(listed, listing),
    "read"
  )
  return isComplete
    ? bring(context, self, learned, gathering, phase.answer)
    : become({ ...learned, activity: { ...gathering, phase } })
}

/**
 * The client brings each listed removal to all members. (A removal above the highest floor stays:
 * there would be no timestamps left above it.)
 */
const bring = (
  context: Ruled,
  self: ClientId,
  state: ClientState,
  { instance, removed: before }: Found,
  answer: Listed
): ClientStep => {
  const { upTo } = answer
  const held = listedBy(answer).filter(({ pair }) => pair.timestamp.number < maxFloor)
  const removed = [
    ...before,
    ...held.map(({ name, pair: { timestamp } }): Removed => ({ name, timestamp }))
  ]
  if (held.length === 0) return afterBringing(context, self, state, { instance, removed }, upTo)
  const { begun, map } = state
  const members = latest(map)
  const phase = state.phase + 1
  return {
    state: {
      ...state,
      phase,
      activity: {
        _tag: "Bringing",
        instance,
        removed,
        upTo,
        left: held.map(({ name, pair }) => ({ name, phase: begin([members], pair) }))
      }
    },
    sends: held.flatMap((one) =>
      askAbout(members, one, {
        _tag: "Populate",
        operation: begun,
        phase,
        ...one,
        ...floorField(map)
      })
    ),
    observations: []
  }
}

/** A question about one register, to all members. */
const askAbout = (
  { members }: Configuration,
  { name }: Pick<Held, "name">,
  question: Message
): ReadonlyArray<PartSend<Message>> =>
  ask(members, question).map((send) => ({ ...send, key: name }))

/** One more member has a removal. When all members have all of the list, the client continues. */
export const receiveBrought = (
  context: Ruled,
  self: ClientId,
  state: ClientState,
  bringing: Bringing,
  from: NodeId,
  { name, map }: Populated
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, map) }
  if (isOvertakenIn(learned, bringing)) return endReclaim(learned, overtaken)
  const { isBrought } = context.rules.reclaiming
  const left = bringing.left.flatMap((one) => {
    if (one.name !== name) return [one]
    const { phase, isComplete } = advance(one.phase, from, unchanged, "write", isBrought)
    return isComplete ? [] : [{ name, phase }]
  })
  return left.length > 0
    ? become({ ...learned, activity: { ...bringing, left } })
    : afterBringing(context, self, learned, bringing, bringing.upTo)
}

/** The client lists the next removed registers; after the last ones it raises the floor. */
const afterBringing = (
  context: Ruled,
  self: ClientId,
  state: ClientState,
  { instance, removed }: Found,
  upTo: string | null
): ClientStep => {
  const { maxForgotten, floorOver } = context.rules.reclaiming
  if (upTo !== null && removed.length < maxForgotten)
    return gather(context, state, { instance, removed }, upTo)
  if (removed.length === 0) return endReclaim(state, 0)
  const timestamps = removed.map(({ timestamp }) => timestamp)
  const floor = floorOver(timestamps, floorOf(state.map), self)
  const reclaims: Reclaimed = { instance, floor, removed }
  return forAll(
    context,
    continueSequence(context, self, between(state), {
      _tag: "Reconfigure",
      add: [],
      remove: [],
      reclaims
    })
  )
}

/** The client begins to ask the members to forget. */
export const startForgetting = (
  context: Ruled,
  state: ClientState,
  { floor, removed }: Reclaimed
): ClientStep => forget(context, state, { floor, rest: removed, done: 0 })

/** The client asks all members to forget the next registers. After the last ones it ends. */
const forget = (
  { rules }: Ruled,
  state: ClientState,
  { floor, rest, done }: Pick<Forgetting, "floor" | "rest" | "done">
): ClientStep => {
  const next = rest.slice(0, rules.maxListed)
  if (next.length === 0) return endReclaim(state, done)
  const { begun, map } = state
  const phase = state.phase + 1
  const members = latest(map)
  return {
    state: {
      ...state,
      phase,
      activity: {
        _tag: "Forgetting",
        floor,
        rest: rest.slice(next.length),
        done,
        left: next.map(({ name }) => ({ name, phase: begin([members], null) }))
      }
    },
    sends: next.flatMap((one) =>
      askAbout(members, one, { _tag: "Forget", operation: begun, phase, ...one, floor, map })
    ),
    observations: []
  }
}

/** One more member has forgotten a register. */
export const receiveForgotten = (
  context: Ruled,
  state: ClientState,
  forgetting: Forgetting,
  from: NodeId,
  { name, map }: Forgotten
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, map) }
  const left = forgetting.left.flatMap((one) => {
    if (one.name !== name) return [one]
    const { phase, isComplete } = advance(one.phase, from, unchanged, "write", haveAllAnswered)
    return isComplete ? [] : [{ name, phase }]
  })
  const done = forgetting.done + forgetting.left.length - left.length
  return left.length > 0
    ? become({ ...learned, activity: { ...forgetting, done, left } })
    : forget(context, learned, { ...forgetting, done })
}
