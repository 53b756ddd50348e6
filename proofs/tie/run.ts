/**
 * Seeded random runs of a system of the executable specification: clients invoke, processes choose,
 * messages arrive in any order.
 */
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../../spec/kernel/observation.ts"
import type { Input, Step } from "../../spec/kernel/process.ts"
import type { System } from "../../spec/kernel/system.ts"

export type AnyInput = Input<AnyOperation, unknown, unknown>
export type AnyStep = Step<unknown, AnyObservation, unknown>

/** A step of a process: the state before, the input, and the effect. */
export interface Taken {
  readonly node: NodeId
  readonly role: string
  readonly before: unknown
  readonly input: AnyInput
  readonly step: AnyStep
}

/** Pseudo-random numbers below the given one, always the same for the same seed. */
export const randomFrom = (seed: number): ((below: number) => number) => {
  let state = (seed * 2654435761 + 1) >>> 0
  return (below) => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % below
  }
}

export interface Plan {
  readonly seed: number
  readonly steps: number
  /** The operations that clients may invoke in this run. */
  readonly operations: (
    client: NodeId,
    random: (below: number) => number
  ) => AnyOperation | undefined
  /** The answers of liars; liars take no steps of their own. */
  readonly lies?: {
    readonly liars: ReadonlyArray<string>
    readonly answer: (
      asked: unknown,
      sent: ReadonlyArray<unknown>,
      random: (below: number) => number
    ) => unknown
    /** The receiver of that answer; by default, the node that asked. */
    readonly to?: (asked: unknown, asker: NodeId, random: (below: number) => number) => NodeId
  }
}

interface Underway {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: unknown
}

/** The steps of one run. */
export function* randomRun({ nodes, context }: System, plan: Plan): Generator<Taken> {
  const random = randomFrom(plan.seed)
  const states = new Map(nodes.map(({ id, process }) => [id, process.initial(context, id)]))
  const underway: Array<Underway> = []
  const sent: Array<unknown> = []
  for (let count = 0; count < plan.steps; count++) {
    const possible: Array<() => Taken | undefined> = []
    for (const { id, role, process } of nodes) {
      const before = states.get(id)
      const give = (input: AnyInput): Taken => {
        const step = process.step(context, id, before, input)
        states.set(id, step.state)
        for (const { to, message } of step.sends) {
          underway.push({ from: id, to, message })
          sent.push(message)
        }
        return { node: id, role, before, input, step }
      }
      for (const choice of process.choices(context, id, before)) {
        possible.push(() => give({ _tag: "Choose", choice }))
      }
      const operation = random(4) === 0 ? plan.operations(id, random) : undefined
      if (operation !== undefined && process.ready(context, id, before, operation)) {
        possible.push(() => give({ _tag: "Invoke", operation }))
      }
    }
    const moves = possible.length + underway.length
    if (moves === 0) continue
    const move = random(moves)
    const chosen = possible[move]
    if (chosen !== undefined) {
      const taken = chosen()
      if (taken !== undefined) yield taken
      continue
    }
    const [{ from, to, message }] = underway.splice(move - possible.length, 1) as [Underway]
    if (plan.lies?.liars.includes(to)) {
      const { answer, to: whom = (_, asker) => asker } = plan.lies
      const told = whom(message, from, random)
      underway.push({ from: to, to: told, message: answer(message, sent, random) })
      continue
    }
    const node = nodes.find(({ id }) => id === to)
    if (node === undefined) continue
    const before = states.get(to)
    if (node.process.postpones?.(context, to, before, from, message) === true) {
      underway.push({ from, to, message })
      continue
    }
    const input: AnyInput = { _tag: "Receive", from, message }
    const step = node.process.step(context, to, before, input)
    states.set(to, step.state)
    for (const send of step.sends) {
      underway.push({ from: to, to: send.to, message: send.message })
      sent.push(send.message)
    }
    yield { node: to, role: node.role, before, input, step }
  }
}
