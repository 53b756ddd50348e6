/**
 * Turns a lasso that the liveness decision found into a run: replays it through the specification,
 * and confirms that the operation stays pending, that the loop returns to its first state, and that
 * the loop leaves nothing undone that fairness demands.
 */
import { canonical, equals } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import { describeOperation } from "../../spec/kernel/object.ts"
import type { Shard } from "../engine/shard.ts"
import type { Lasso } from "../liveness/fair-space.ts"
import { livePropertiesOf, type Model, type ModelNode, nodesOf } from "../network/model.ts"
import type { Network } from "../network/network.ts"
import { excuse, isCorrect, lostIn } from "./for-ever.ts"
import { confirmState, ReplayDiverged, replay, wayAlong } from "./replay.ts"
import type { Counterexample, Snapshot, TraceStep } from "./trace.ts"

/** The client whose operation stays pending in a run, and the property that forbids it. */
export interface Waiting {
  readonly property: string
  readonly client: NodeId
}

type LassoRun = Pick<Counterexample, "initial" | "steps" | "reason" | "excuse"> & {
  readonly loop: number
  readonly waiting: NodeId
}

/** The run of a lasso, confirmed by the specification, and why it violates the property. */
export const lassoRun = (
  network: Network,
  shard: Shard,
  lasso: Lasso,
  waiting: Waiting
): LassoRun => {
  const { model } = network
  const { events, end } = wayAlong(
    network,
    lasso.stem.map((number) => shard.visited.fingerprintOf(number))
  )
  const loop = (model.after ?? []).length + events.length
  const round = lasso.loop.flatMap(({ label }) => network.describe(label))
  const { initial, steps } = replay(model, [...events, ...round])
  const run = { initial, steps, loop }
  confirmLasso(network, end, run, waiting)
  const excused = excuse(model, run)
  return {
    ...run,
    waiting: waiting.client,
    reason: reasonOf(model, run, waiting),
    ...(excused === undefined ? {} : { excuse: excused })
  }
}

type Run = Pick<LassoRun, "initial" | "steps" | "loop">

/** The states of the loop, first to last: its beginning, and the state after each step. */
const statesOf = ({
  initial,
  steps,
  loop
}: Run): readonly [Snapshot, ...ReadonlyArray<Snapshot>] => {
  const [first = initial, ...rest] = [initial, ...steps.map(({ after }) => after)].slice(loop)
  return [first, ...rest]
}

const confirmLasso = (network: Network, end: Int32Array, run: Run, waiting: Waiting): void => {
  const states = statesOf(run)
  // The loop returns to the state in which it began; other messages in flight have no effect, and
  // were dropped.
  for (const state of [states[0], states.at(-1) as Snapshot]) confirmState(network, end, state)
  const { model } = network
  if (!states.every((state) => isKept(model, state, waiting)))
    throw new ReplayDiverged(`${waiting.client} does not wait forever in the replayed run`)
  const undone = firstUndone(network, end, run)
  if (undone !== undefined) throw new ReplayDiverged(`the replayed run is not fair: ${undone}`)
}

/**
 * Whether the client's operation is pending in this state, according to the property's observer.
 */
const isKept = (
  model: Model,
  { nodes, observers }: Snapshot,
  { property, client }: Waiting
): boolean => {
  const live = livePropertiesOf(model).find(({ name }) => name === property)
  if (live === undefined) return false
  const { context, nodes: all } = model.system
  const seen = observers[live.observer(context).name]
  const state = nodes.find(({ id }) => id === client)?.state
  if (state === undefined || !live.owes(seen)) return false
  const process = all.find(({ id }) => id === client)?.process
  const isPending = live.pending(seen).some((operation) => operation.client === client)
  return isPending || process?.ready(context, client, state) === false
}

/**
 * Something that fairness demands of the loop and that does not happen in it; undefined if there is
 * nothing.
 */
const firstUndone = ({ model, locals }: Network, end: Int32Array, run: Run): string | undefined => {
  const states = statesOf(run)
  const steps = run.steps.slice(run.loop)
  for (const [slot, node] of nodesOf(model).entries()) {
    const content = locals.decode(end[slot] as number)
    if (content === undefined || content.mode !== undefined) continue
    const within = states.map(({ nodes }) => nodes.find(({ id }) => id === node.id)?.state)
    const isOwed = (input: Taken) =>
      within.every((state) => changes(model, node, state, input)) &&
      !steps.some((step) => step.node === node.id && equals(step.action, input))
    // Messages that are not in the engine's inbox were dropped because they can never have an
    // effect.
    const messages = content.inbox
      .filter(({ from }) =>
        states[0].nodes.some((sender) => sender.id === from && isCorrect(sender))
      )
      .map(({ from, message }): Taken => ({ _tag: "Receive", from, message }))
    const choicesIn = (state: unknown): ReadonlyArray<unknown> =>
      node.process.choices(model.system.context, node.id, state)
    const choices = choicesIn(content.state)
      .filter((choice) =>
        within.every((state) => choicesIn(state).some((other) => equals(other, choice)))
      )
      .map((choice): Taken => ({ _tag: "Choose", choice }))
    const undone = [...messages, ...choices].find(isOwed)
    if (undone !== undefined) return `${node.id} never takes ${canonical(undone)}`
  }
  return undefined
}

type Taken = Exclude<TraceStep["action"], { readonly _tag: "Fault" | "Invoke" }>

/**
 * Whether an input has an effect. An input that leaves everything unchanged is not a step, and
 * neither is a message that the process postpones.
 */
const changes = (
  model: Model,
  { id, process }: ModelNode,
  state: unknown,
  input: Taken
): boolean => {
  const { context } = model.system
  if (
    input._tag === "Receive" &&
    process.postpones?.(context, id, state, input.from, input.message) === true
  )
    return false
  const step = process.step(context, id, state, input)
  const isSentAgain = ({ to, message }: { readonly to: NodeId; readonly message: unknown }) =>
    input._tag === "Receive" && to === id && input.from === id && equals(message, input.message)
  const isBack =
    input._tag === "Receive"
      ? step.sends.length === 1 && step.sends.every(isSentAgain)
      : step.sends.length === 0
  return !isBack || step.observations.length > 0 || !equals(step.state, state)
}

const reasonOf = (model: Model, { initial, steps, loop }: Run, { client }: Waiting): string => {
  const trace = steps.filter(({ node }) => node === client)
  const begun = trace.flatMap(({ observations }) =>
    observations.filter(({ _tag }) => _tag === "Invocation")
  )
  const ended = trace.flatMap(({ observations }) =>
    observations.filter(({ _tag }) => _tag === "Response")
  )
  const script = nodesOf(model).find(({ id }) => id === client)?.script ?? []
  const next = script[ended.length]
  const what = next === undefined ? "operation" : describeOperation(model.protocol.objects, next)
  const never = begun.length > ended.length ? "never completes" : "can never begin"
  const last = steps.length
  if (loop < last) {
    const range = last === loop + 1 ? `step ${last} is` : `steps ${loop + 1} to ${last} are`
    return `${client}'s ${what} ${never}, though ${range} repeated forever and nothing is postponed forever`
  }
  const left = lostIn(steps.at(-1)?.after ?? initial)
  const but = left.length === 0 ? "" : ", except what crashed nodes sent, which may be lost"
  return `${client}'s ${what} ${never}: nothing that must happen is left to happen${but}`
}
