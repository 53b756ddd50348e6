/**
 * The reconfiguration of a store of many registers (tutorial, section 5). It is the reconfiguration
 * of one register, with Actions 1 and 2 for all registers before a single retirement of the old
 * configuration:
 *
 * - *point*, for each node: a majority of the old configuration stores the forward pointer;
 * - *transfer*, for each register: the client stores the largest pair of these nodes in the next
 *   configuration;
 * - *retire*, for each node: the client retires the old configuration after the transfer of
 *   **every** register.
 *
 * The client learns the registers from these same nodes, page by page in the order of their names.
 * A register that none of them lists needs no transfer. Any write of it that has returned, or will,
 * has acknowledgements from a majority of the old configuration, and so from one of these nodes.
 * That node acknowledged after it had listed its registers, so its acknowledgement carries the
 * forward pointer, and the writer stores its pair in the next configuration too before it returns.
 * (The same argument holds for the pair of one register.)
 */

import { setOf, union, without, writtenBytes } from "../../kernel/data.ts"
import type { NodeId } from "../../kernel/node.ts"
import { become } from "../../kernel/process.ts"
import type { ServerSet } from "../../nodes/nodes.ts"
import { advance, ask, asked, begin, count, startPhase, unchanged } from "../../phase/phase.ts"
import { larger } from "../../register/pair.ts"
import { integrate } from "../configuration-map.ts"
import { floorField } from "../floor.ts"
import { collectGarbage, startRetire } from "../garbage-collection.ts"
import { next, oldest } from "../stage.ts"
import type * as Rambo from "../state.ts"
import { floorToJoin, startJoin } from "./joining.ts"
import {
  type Held,
  type Listing,
  type Message,
  maxListed,
  maxListedBytes,
  type PopulatedList
} from "./messages.ts"
import {
  endReclaim,
  isOvertaken,
  isSameButForFloor,
  overtaken,
  raisedBy,
  startRaised
} from "./raising.ts"
import type { Ruled, Rules } from "./rules.ts"
import {
  type ClientState,
  type ClientStep,
  type Listed,
  type ListedRegister,
  type Surveying,
  type Transferring,
  transferred
} from "./state.ts"

/** A client between two activities, for `../client.ts`. */
export const between = ({ begun, phase, map }: Pick<ClientState, "begun" | "phase" | "map">) =>
  ({ begun, phase, map, activity: { _tag: "Idle" } }) as const

/**
 * Turns a step of one register's client into a step of this client. If the step begins Action 1,
 * the client begins it for all registers instead. If it proposes a configuration whose floor an
 * added node does not enforce, that node first adopts the floor. If it ends the reconfiguration
 * that raised the floor, the client continues with the last step of reclaiming. (Other steps lead
 * only to activities and messages that this client has too.)
 */
export const forAll = (context: Ruled, step: Rambo.ClientStep): ClientStep => {
  const { state, observations } = step
  const { activity } = state
  if (activity._tag === "StoringPointer")
    return { ...startSurvey(context, state, activity, null), observations }
  if (isOvertaken(state)) return endReclaim(state, overtaken)
  const floor = floorToJoin(context, state)
  if (activity._tag === "Deciding" && floor !== undefined)
    return { ...startJoin(state, activity.operation, floor), observations }
  const reclaimed = raisedBy(step)
  return reclaimed === undefined ? (step as ClientStep) : startRaised(state, reclaimed)
}

/** The client retires the oldest active configuration, unless it has retired all up to the goal. */
export const collect = (context: Ruled, state: ClientState, task: Rambo.Task): ClientStep =>
  forAll(context, collectGarbage(context, between(state), task))

/**
 * Action 1 and the Get phase of Action 2, for all registers. The client sends its cmap, which
 * contains the next configuration, to the storage nodes of the old one. Each stores the cmap and
 * lists its registers after `after`.
 */
const startSurvey = (
  { rules }: Ruled,
  { begun, phase: number, map }: Pick<ClientState, "begun" | "phase" | "map">,
  { operation, goal }: Rambo.Task,
  after: string | null
): ClientStep => {
  const { retired } = map
  const { phase, sends } = startPhase<Listed, Message>(
    [oldest({ map })],
    { registers: [], upTo: null },
    { _tag: "List", operation: begun, phase: number, map, after, most: rules.maxListed }
  )
  return {
    state: {
      begun,
      phase: number,
      map,
      activity: {
        _tag: "Surveying",
        operation,
        goal,
        retired,
        ...floorField(map),
        after,
        phase
      }
    },
    sends,
    observations: []
  }
}

/**
 * A list arrives. The client integrates the cmap and counts the list. After a majority of lists the
 * transfer begins.
 */
export const receiveListing = (
  context: Ruled,
  state: ClientState,
  survey: Surveying,
  from: NodeId,
  listing: Listing
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, listing.map) }
  if (learned.map.retired > survey.retired) return collect(context, learned, survey)
  const { phase, isComplete } = advance(
    survey.phase,
    from,
    (listed) => merged(listed, listing, context.rules.hasCopy, memberOf(survey, from)),
    "write",
    context.rules.isListed
  )
  if (!isComplete) return become({ ...learned, activity: { ...survey, phase } })
  return isSameButForFloor(oldest(learned), next(context, learned, survey))
    ? forAll(context, startRetire(context, between(learned), survey))
    : startTransfer(context, learned, survey, phase.answer)
}

/**
 * Merges two lists: for each register the larger pair, and the nodes that have it; up to the name
 * where the shorter list ends.
 */
export const merged = (
  before: Listed,
  { registers, isLast }: Listing,
  hasCopy: Rules["hasCopy"] = () => false,
  from: ServerSet = []
): Listed => {
  const known = new Map(before.registers.map((one) => [one.name, one]))
  for (const { name, pair: listed } of registers) {
    const { pair: last, at: holders = [] } = known.get(name) ?? { pair: listed }
    const pair = larger(last, listed)
    const at = union(hasCopy(last, pair) ? holders : [], hasCopy(listed, pair) ? from : [])
    known.set(name, { name, pair, ...(at.length === 0 ? {} : { at }) })
  }
  const end = isLast ? null : (registers.at(-1)?.name ?? null)
  return { registers: [...known.values()].sort(byName), upTo: earlier(before.upTo, end) }
}

/** The asked member with this identity. */
const memberOf = ({ phase }: Pick<Surveying, "phase">, node: NodeId): ServerSet =>
  asked(phase).filter((member) => member === node)

/** The registers up to the name where the lists are complete. */
export const listedBy = ({ registers, upTo }: Listed): ReadonlyArray<ListedRegister> =>
  registers.filter(({ name }) => upTo === null || name <= upTo)

const byName = (left: Pick<Held, "name">, right: Pick<Held, "name">): number =>
  left.name < right.name ? -1 : 1

const earlier = (left: string | null, right: string | null): string | null =>
  left === null || right === null ? (left ?? right) : left < right ? left : right

/**
 * Action 2 for the listed registers, all at once: the client sends each member of the next
 * configuration those that it does not have yet.
 */
const startTransfer = (
  context: Ruled,
  state: ClientState,
  survey: Surveying,
  answer: Listed
): ClientStep => {
  const { registers, upTo } = inOneMessage(answer)
  const { operation, goal, retired } = survey
  const floor = survey.floor === undefined ? {} : { floor: survey.floor }
  const to = next(context, state, survey)
  const lacking = to.members.flatMap((member) => {
    const those = registers.filter(({ at = [] }) => !at.includes(member))
    return those.length === 0 ? [] : [{ member, those }]
  })
  const copies: Copies = {
    at: setOf(registers.map(({ at = [] }) => without(at, without(at, to.members)))),
    phase: {
      ...begin([to], null),
      answered: without(
        to.members,
        lacking.map(({ member }) => member)
      )
    }
  }
  if (areAt(copies, context.rules.isStored) && areAt(copies, context.rules.isCopied))
    return transferredAll(context, state, survey, registers.length, upTo)
  const phase = state.phase + 1
  return {
    state: {
      ...state,
      phase,
      activity: {
        ...{ _tag: "Transferring", operation, goal, retired, ...floor, upTo },
        ...{ listed: registers.length, ...copies }
      }
    },
    sends: lacking.flatMap(({ member, those }) =>
      ask<Message>([member], {
        ...{ _tag: "PopulateList", operation: state.begun, phase },
        ...{ registers: those.map(({ name, pair }) => ({ name, pair })), ...floor }
      })
    ),
    observations: []
  }
}

/** As many of the listed registers as one message may carry; the next list begins after them. */
const inOneMessage = (answer: Listed): Listed => {
  const registers = listedBy(answer)
  let bytes = 0
  const tooMany = registers.findIndex(({ name, pair }, place) => {
    bytes += writtenBytes({ name, pair })
    return place > 0 && (place === maxListed || bytes > maxListedBytes)
  })
  if (tooMany < 0) return { registers, upTo: answer.upTo }
  return { registers: registers.slice(0, tooMany), upTo: registers[tooMany - 1]?.name ?? null }
}

/** Which members of the next configuration have the registers. */
type Copies = Pick<Transferring, "at" | "phase">

/** True if, by this rule, enough members have every register. */
const areAt = ({ at, phase }: Copies, isEnough: Rules["isStored"]): boolean =>
  at.every((members) => isEnough({ ...phase, answered: union(phase.answered, members) }, "write"))

/**
 * One more member of the next configuration has stored the registers. When enough members have
 * every one, the client continues.
 */
export const receivePopulated = (
  context: Ruled,
  state: ClientState,
  transfer: Transferring,
  from: NodeId,
  { map }: PopulatedList
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, map) }
  if (learned.map.retired > transfer.retired) return collect(context, learned, transfer)
  const activity = { ...transfer, phase: count(transfer.phase, from, unchanged) }
  return areAt(activity, context.rules.isStored) && areAt(activity, context.rules.isCopied)
    ? transferredAll(context, learned, transfer, transfer.listed, transfer.upTo)
    : become({ ...learned, activity })
}

/**
 * The members of the next configuration that do not have every listed register yet, if a majority
 * has every one; otherwise none. The client may go on without them.
 */
export const dispensable = ({ rules }: Ruled, transfer: Transferring): ServerSet =>
  areAt(transfer, rules.isStored) ? without(asked(transfer.phase), transfer.phase.answered) : []

/**
 * The client goes on without the other members, which may have stopped. Its messages to them may
 * still arrive.
 */
export const continueTransfer = (
  context: Ruled,
  state: ClientState,
  transfer: Transferring
): ClientStep => transferredAll(context, state, transfer, transfer.listed, transfer.upTo)

/** Every listed register is at enough members. */
const transferredAll = (
  context: Ruled,
  state: ClientState,
  task: Rambo.Task,
  listed: number,
  upTo: string | null
): ClientStep => {
  const step = afterTransfer(context, state, task, upTo)
  return listed === 0
    ? step
    : {
        ...step,
        observations: [{ _tag: "Note", name: transferred, detail: listed }, ...step.observations]
      }
}

/**
 * The client lists the next registers. If there are none left, it retires the old configuration.
 */
const afterTransfer = (
  context: Ruled,
  state: ClientState,
  task: Rambo.Task,
  upTo: string | null
): ClientStep =>
  context.rules.isTransferred(upTo)
    ? forAll(context, startRetire(context, between(state), task))
    : startSurvey(context, { ...state, phase: state.phase + 1 }, task, upTo)
