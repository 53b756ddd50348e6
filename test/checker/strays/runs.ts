/**
 * A few random runs of a model, and what they leave: the states of each node, the sent messages,
 * and the observations. The specification is called for every step.
 */
import { type Model, nodesOf, type Taken } from "../../../checker/network/model.ts"
import { scrambleBoth, scrambleText } from "../../../checker/walk/random.ts"
import { canonical } from "../../../spec/kernel/data.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyObservation } from "../../../spec/kernel/observation.ts"
import type { Event } from "../../../spec/kernel/observer.ts"

export interface Sent {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: unknown
}

export interface Remains {
  /** The different states of each node, in the order in which they were reached. */
  readonly states: ReadonlyMap<NodeId, ReadonlyArray<unknown>>
  /** The different messages that were sent. */
  readonly messages: ReadonlyArray<Sent>
  /** Per run, what its observers were told. */
  readonly histories: ReadonlyArray<ReadonlyArray<Event<AnyObservation>>>
}

/** A whole number below `limit` that depends on nothing but the words. */
export const drawn = (limit: number, ...words: ReadonlyArray<number | string>): number =>
  (words.reduce<number>(
    (mixed, word) => scrambleBoth(mixed, typeof word === "number" ? word : scrambleText(word)),
    1
  ) >>>
    0) %
  limit

/** Elements that differ in their canonical text, in the order in which they were added. */
class Distinct<A> {
  private readonly elements = new Map<string, A>()
  add(element: A): void {
    const text = canonical(element)
    if (!this.elements.has(text)) this.elements.set(text, element)
  }
  get all(): ReadonlyArray<A> {
    return [...this.elements.values()]
  }
}

const runCount = 4
const maxSteps = 150

export const remainsOf = (model: Model): Remains => {
  const states = new Map(model.system.nodes.map(({ id }) => [id, new Distinct<unknown>()]))
  const messages = new Distinct<Sent>()
  const histories = Array.from({ length: runCount }, (_, run) => {
    const history: Array<Event<AnyObservation>> = []
    takeRun(
      model,
      run,
      (id, state) => states.get(id)?.add(state),
      (sent) => messages.add(sent),
      history
    )
    return history
  })
  return {
    states: new Map([...states].map(([id, { all }]) => [id, all])),
    messages: messages.all,
    histories
  }
}

const takeRun = (
  model: Model,
  run: number,
  reached: (id: NodeId, state: unknown) => void,
  sent: (message: Sent) => void,
  history: Array<Event<AnyObservation>>
): void => {
  const { context } = model.system
  const nodes = nodesOf(model).map(({ id, process, script }) => ({
    ...{ id, process, script },
    state: process.initial(context, id),
    position: 0
  }))
  for (const { id, state } of nodes) reached(id, state)
  const inFlight: Array<Sent> = []
  for (let step = 0; step < maxSteps; step++) {
    const possible = nodes.flatMap((node) => {
      const { id, process, script, state, position } = node
      const operation = script[position]
      const inputs: ReadonlyArray<Taken> = [
        ...(operation !== undefined && process.ready(context, id, state, operation)
          ? [{ _tag: "Invoke", operation } as const]
          : []),
        ...process
          .choices(context, id, state)
          .map((choice) => ({ _tag: "Choose", choice }) as const),
        ...inFlight
          .filter(
            ({ from, to, message }) =>
              to === id && process.postpones?.(context, id, state, from, message) !== true
          )
          .map(({ from, message }) => ({ _tag: "Receive", from, message }) as const)
      ]
      return inputs.map((input) => ({ node, input }))
    })
    // In every other run nodes act by themselves only when nothing else can happen, such as giving
    // up: operations get further.
    const others = run % 2 === 1 ? possible.filter(({ input }) => input._tag !== "Choose") : []
    const preferred = others.length > 0 ? others : possible
    const chosen = preferred[drawn(preferred.length, "step", run, step)]
    if (chosen === undefined) return
    const { node, input } = chosen
    if (input._tag === "Invoke") node.position++
    if (input._tag === "Receive")
      inFlight.splice(
        inFlight.findIndex(({ to, message }) => to === node.id && message === input.message),
        1
      )
    const { state, sends, observations } = node.process.step(context, node.id, node.state, input)
    node.state = state
    reached(node.id, state)
    for (const { to, message } of sends) {
      inFlight.push({ from: node.id, to, message })
      sent({ from: node.id, to, message })
    }
    for (const observation of observations)
      history.push({ _tag: "Observed", node: node.id, observation })
  }
}
