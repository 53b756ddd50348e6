/**
 * The reconfiguration of a store of many registers (tutorial, section 5). It is that of one
 * register, in which Action 1 and Action 2 are done for all of them before the old configuration is
 * retired once:
 *
 * - *point*, of a node as a whole: a majority of the old configuration stores the forward pointer;
 * - *transfer*, of each register: what those hold that have the forward pointer is set in the next
 *   configuration;
 * - *retire*, of a node as a whole: the old configuration is retired, when **every** register was
 *   transferred.
 *
 * Which registers there are is learned from those same storage nodes, page by page in the order of
 * the names. A register that none of them holds has nothing that must be transferred: a write of it
 * that has completed, or will, was acknowledged by a majority of the old configuration, hence by
 * one of these nodes, and after this one had listed what it holds, hence with the forward pointer
 * in its acknowledgement: so its client has stored it in the next configuration as well, or will
 * before it returns. (The same argument as for what one register holds.)
 */
import type { Configuration } from "../../configuration/configuration.ts"
import type { PartSend } from "../../kernel/keyed.ts"
import type { NodeId } from "../../kernel/node.ts"
import { become } from "../../kernel/process.ts"
import { advance, ask, begin, isOverForBoth, startPhase, unchanged } from "../../phase/phase.ts"
import { larger } from "../../register/pair.ts"
import { integrate } from "../configuration-map.ts"
import { collectGarbage, startRetire } from "../garbage-collection.ts"
import type { InPhase } from "../messages.ts"
import { next, oldest } from "../stage.ts"
import type * as Rambo from "../state.ts"
import type { Held, Listing, Message, Populated } from "./messages.ts"
import type { Ruled } from "./rules.ts"
import {
  type ClientState,
  type ClientStep,
  type Listed,
  type Surveying,
  type Transferring,
  transferred
} from "./state.ts"

/** A client between two of its activities, as `../client.ts` has it. */
export const between = ({ begun, phase, map }: Pick<ClientState, "begun" | "phase" | "map">) =>
  ({ begun, phase, map, activity: { _tag: "Idle" } }) as const

/**
 * A step of one register's client, as a step of this one: where it would begin Action 1, that is
 * done for all registers. (Without Action 1 it comes to none of the activities, and sends none of
 * the messages, that this client does not have.)
 */
export const forAll = (context: Ruled, step: Rambo.ClientStep): ClientStep => {
  const { state, observations } = step
  return state.activity._tag === "StoringPointer"
    ? { ...startSurvey(context, state, state.activity, null), observations }
    : (step as ClientStep)
}

/**
 * The client goes about the oldest active configuration, unless all that have to be are retired.
 */
export const collect = (context: Ruled, state: ClientState, task: Rambo.Task): ClientStep =>
  forAll(context, collectGarbage(context, between(state), task))

/**
 * Action 1 and the Get phase of Action 2, for all registers: the client's cmap, in which the next
 * configuration stands, goes to the storage nodes of the old one. Each stores it and lists the
 * registers that it holds after this one.
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
    { _tag: "List", operation: begun, phase: number, map, after, most: rules.mostListed }
  )
  return {
    state: {
      begun,
      phase: number,
      map,
      activity: { _tag: "Surveying", operation, goal, retired, after, phase }
    },
    sends,
    observations: []
  }
}

/**
 * A list arrives: the client integrates the cmap and counts it. With a majority of them the
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
    (listed) => merged(listed, listing),
    "write",
    context.rules.isListed
  )
  return isComplete
    ? startTransfer(context, learned, survey, phase.answer)
    : become({ ...learned, activity: { ...survey, phase } })
}

/** Both lists: of each register the larger pair; and as far as both go. */
const merged = (before: Listed, { registers, isLast }: Listing): Listed => {
  const pairs = new Map(before.registers.map(({ name, pair }) => [name, pair]))
  for (const { name, pair } of registers) pairs.set(name, larger(pairs.get(name) ?? pair, pair))
  const end = isLast ? null : (registers.at(-1)?.name ?? null)
  return {
    registers: [...pairs].map(([name, pair]) => ({ name, pair })).sort(byName),
    upTo: earlier(before.upTo, end)
  }
}

const byName = (left: Held, right: Held): number => (left.name < right.name ? -1 : 1)

const earlier = (left: string | null, right: string | null): string | null =>
  left === null || right === null ? (left ?? right) : left < right ? left : right

/**
 * Action 2 for the registers that were listed, at the same time: each is set in the next
 * configuration.
 */
const startTransfer = (
  context: Ruled,
  state: ClientState,
  survey: Surveying,
  { registers, upTo }: Listed
): ClientStep => {
  const listed = registers.filter(({ name }) => upTo === null || name <= upTo)
  const { operation, goal, retired } = survey
  if (listed.length === 0) return afterTransfer(context, state, survey, upTo)
  const to = next(context, state, survey)
  const phase = state.phase + 1
  return {
    state: {
      ...state,
      phase,
      activity: {
        _tag: "Transferring",
        operation,
        goal,
        retired,
        upTo,
        listed: listed.length,
        left: listed.map(({ name, pair }) => ({ name, phase: begin([to], pair) }))
      }
    },
    sends: listed.flatMap((held) => askToPopulate(to, { operation: state.begun, phase }, held)),
    observations: []
  }
}

const askToPopulate = (
  { members }: Configuration,
  phase: InPhase,
  held: Held
): ReadonlyArray<PartSend<Message>> =>
  ask<Message>(members, { _tag: "Populate", ...phase, ...held }).map((send) => ({
    ...send,
    key: held.name
  }))

/**
 * A register's pair is stored at one more node of the next configuration. When all of these are at
 * a majority, it goes on.
 */
export const receivePopulated = (
  context: Ruled,
  state: ClientState,
  transfer: Transferring,
  from: NodeId,
  { name, map }: Populated
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, map) }
  if (learned.map.retired > transfer.retired) return collect(context, learned, transfer)
  const left = transfer.left.flatMap((one) => {
    if (one.name !== name) return [one]
    const { phase, isComplete } = advance(one.phase, from, unchanged, "write", isOverForBoth)
    return isComplete ? [] : [{ name, phase }]
  })
  if (left.length > 0) return become({ ...learned, activity: { ...transfer, left } })
  const step = afterTransfer(context, learned, transfer, transfer.upTo)
  return {
    ...step,
    observations: [
      { _tag: "Note", name: transferred, detail: transfer.listed },
      ...step.observations
    ]
  }
}

/** The next registers are listed; when there are none left, the old configuration is retired. */
const afterTransfer = (
  context: Ruled,
  state: ClientState,
  task: Rambo.Task,
  upTo: string | null
): ClientStep =>
  context.rules.isTransferred(upTo)
    ? forAll(context, startRetire(context, between(state), task))
    : startSurvey(context, { ...state, phase: state.phase + 1 }, task, upTo)
