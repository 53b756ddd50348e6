/**
 * The reconfiguration of a store of many registers (tutorial, section 5). It is that of one register, in which Action 1
 * and Action 2 are done for all of them before the old configuration is retired once:
 *
 * - *point*, of a node as a whole: a majority of the old configuration stores the forward pointer;
 * - *transfer*, of each register: what those hold that have the forward pointer is set in the next configuration;
 * - *retire*, of a node as a whole: the old configuration is retired, when **every** register was transferred.
 *
 * Which registers there are is learned from those same storage nodes, page by page in the order of the names. A register
 * that none of them holds has nothing that must be transferred: a write of it that has completed, or will, was
 * acknowledged by a majority of the old configuration, hence by one of these nodes, and after this one had listed
 * what it holds, hence with the forward pointer in its acknowledgement: so its client has stored it in the next
 * configuration as well, or will before it returns. (The same argument as for what one register holds.)
 */
import type { Configuration } from "../../configuration/configuration.ts"
import type { NodeId } from "../../kernel/node.ts"
import { become, type Send } from "../../kernel/process.ts"
import { ask, begin, count, isOver, type Phase } from "../../phase/phase.ts"
import { larger, type Pair } from "../../register/pair.ts"
import { integrate } from "../configuration-map.ts"
import { collectGarbage, next, oldest, startRetire } from "../reconfigurer.ts"
import type * as Rambo from "../state.ts"
import type { Held, Listing, Message, Populated } from "./messages.ts"
import type { ClientState, ClientStep, Context, Listed, Surveying, Transferring } from "./state.ts"
import { asOneRegister, mostListed } from "./variants.ts"

/** A step of one register's client, as a step of this one: where it would begin Action 1, that is done for all registers. */
export const forAll = (context: Context, step: Rambo.ClientStep): ClientStep => {
  const { state, observations } = step
  if (state.activity._tag !== "Pointing") return step as unknown as ClientStep
  const survey = startSurvey(context, state as unknown as ClientState, state.activity, null)
  return { ...survey, observations }
}

/** The state as one register's client has it. */
export const asOne = (state: ClientState): Rambo.ClientState => state as Rambo.ClientState

/** The client goes about the oldest active configuration, unless all that have to be are retired. */
export const collect = (context: Context, state: ClientState, task: Rambo.Task): ClientStep =>
  forAll(context, collectGarbage(asOneRegister(context), asOne(state), task))

/**
 * Action 1 and the Get phase of Action 2, for all registers: the client's cmap, in which the next configuration stands,
 * goes to the storage nodes of the old one. Each stores it and lists the registers that it holds after this one.
 */
const startSurvey = (
  context: Context,
  state: ClientState,
  { operation, goal }: Rambo.Task,
  after: string | null
): ClientStep => {
  const { begun, map } = state
  const { retired } = map
  const configuration = oldest(asOne(state))
  const phase = begin<Listed>([configuration], { registers: [], upTo: null })
  const most = mostListed(context.variant)
  return {
    state: { ...state, activity: { _tag: "Surveying", operation, goal, retired, after, phase } },
    sends: ask(configuration.members, { _tag: "List", operation: begun, retired, map, after, most }),
    observations: []
  }
}

/** A list arrives: the client integrates the cmap and counts it. With a majority of them the transfer begins. */
export const receiveListing = (
  context: Context,
  state: ClientState,
  survey: Surveying,
  from: NodeId,
  listing: Listing
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, listing.map) }
  if (learned.map.retired > survey.retired) return collect(context, learned, survey)
  if (listing.after !== survey.after) return become(learned)
  const phase = count(survey.phase, from, merged(survey.phase.answer, listing))
  return isEnough(context, phase)
    ? startTransfer(context, learned, survey, phase.answer)
    : become({ ...learned, activity: { ...survey, phase } })
}

/** A majority of the old configuration that has the forward pointer, for reading and for writing. */
const isEnough = ({ variant }: Context, phase: Phase<Listed>): boolean =>
  variant === "listed-by-one" || (isOver(phase, "read") && isOver(phase, "write"))

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

/** Action 2 for the registers that were listed, at the same time: each is set in the next configuration. */
const startTransfer = (
  context: Context,
  state: ClientState,
  survey: Surveying,
  { registers, upTo }: Listed
): ClientStep => {
  const listed = registers.filter(({ name }) => upTo === null || name <= upTo)
  const { begun } = state
  const { operation, goal, retired } = survey
  if (listed.length === 0) return afterTransfer(context, state, survey, upTo)
  const to = next(asOneRegister(context), asOne(state), survey)
  return {
    state: {
      ...state,
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
    sends: listed.flatMap((held) => askToPopulate(to, begun, retired, held)),
    observations: []
  }
}

const askToPopulate = (
  { members }: Configuration,
  operation: number,
  retired: number,
  held: Held
): ReadonlyArray<Send<Message>> =>
  ask<Message>(members, { _tag: "Populate", operation, retired, ...held }).map((send) => ({
    ...send,
    register: held.name
  }))

/** A register's pair is stored at one more node of the next configuration. When all of these are at a majority, it goes on. */
export const receivePopulated = (
  context: Context,
  state: ClientState,
  transfer: Transferring,
  from: NodeId,
  { name, map }: Populated
): ClientStep => {
  const learned: ClientState = { ...state, map: integrate(state.map, map) }
  if (learned.map.retired > transfer.retired) return collect(context, learned, transfer)
  const left = transfer.left.flatMap((one) => {
    if (one.name !== name) return [one]
    const phase = count<Pair>(one.phase, from, one.phase.answer)
    return isOver(phase, "read") && isOver(phase, "write") ? [] : [{ name, phase }]
  })
  if (left.length > 0) return become({ ...learned, activity: { ...transfer, left } })
  const step = afterTransfer(context, learned, transfer, transfer.upTo)
  return {
    ...step,
    observations: [{ _tag: "Note", name: transferred, detail: transfer.listed }, ...step.observations]
  }
}

/** The next registers are listed; when there are none left, the old configuration is retired. */
const afterTransfer = (
  context: Context,
  state: ClientState,
  task: Rambo.Task,
  upTo: string | null
): ClientStep =>
  upTo === null || context.variant === "retired-after-first-register"
    ? forAll(context, startRetire(asOneRegister(context), asOne(state), task))
    : startSurvey(context, state, task, upTo)

/** For people who wait: so many registers more are transferred. */
export const transferred = "registers transferred"
