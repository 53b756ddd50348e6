/**
 * A minimal simulator: one seeded run of a system's processes.
 *
 * It counts time in message delays: a message takes one unit on average (at least half a unit and
 * less than one and a half, unless `delayOf` says otherwise). No message is lost. Steps take no
 * time, but a process may wait before a step of its own.
 */
import { draw, fraction } from "../../checker/walk/random.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation, AnyOperation } from "../../spec/kernel/observation.ts"
import type { AnyProcess, Input } from "../../spec/kernel/process.ts"
import type { System } from "../../spec/kernel/system.ts"

/**
 * The script of a client: it waits until a time (in message delays), then invokes its operations
 * one by one.
 */
export interface Script {
  readonly client: NodeId
  readonly at: number
  readonly operations: ReadonlyArray<AnyOperation>
  /**
   * After its last operation the client starts again with the first, while other clients have not
   * finished.
   */
  readonly repeats?: boolean
  /** The client crashes at this time. */
  readonly crashesAt?: number
}

/** The conditions of a run besides its seed; each function receives a random number from 0 to 1. */
export interface Conditions {
  /** The delay of a message. */
  readonly delayOf?: (fraction: number) => number
  /**
   * The pause before a step of a process's own: given the step and how many such steps it has taken
   * in this operation.
   */
  readonly pauseOf?: (choice: unknown, taken: number, fraction: number) => number
}

/** A step of a node, with its time. */
export interface Taken {
  readonly time: number
  readonly node: NodeId
  readonly before: unknown
  readonly after: unknown
  readonly observations: ReadonlyArray<AnyObservation>
}

type AnyInput = Input<AnyOperation, unknown, unknown>
interface Due {
  readonly time: number
  readonly node: NodeId
  readonly input: AnyInput
}

const immediately = (): number => 0

/** The complete run of this seed: every step of every node in the order of time. */
export const simulate = (
  system: System,
  scripts: ReadonlyArray<Script>,
  seed: number,
  conditions: Conditions = {}
): ReadonlyArray<Taken> => new Simulation(system, scripts, seed, conditions).run()

class Simulation {
  private readonly context: unknown
  private readonly processes: ReadonlyMap<NodeId, AnyProcess>
  private readonly seed: number
  private readonly scripts: ReadonlyMap<NodeId, Script>
  private readonly delayOf: (fraction: number) => number
  private readonly pauseOf: (choice: unknown, taken: number, fraction: number) => number
  private readonly states: Map<NodeId, unknown>
  /** Per client: the operations that have not ended yet. */
  private readonly left: Map<NodeId, ReadonlyArray<AnyOperation>>
  /**
   * Per node: the own step that it waits to take, and how many such steps it has taken in this
   * operation.
   */
  private readonly own = new Map<NodeId, Due>()
  private readonly ownTaken = new Map<NodeId, number>()
  private readonly due: Array<Due> = []
  private drawn = 0

  constructor(
    { nodes, context }: System,
    scripts: ReadonlyArray<Script>,
    seed: number,
    { delayOf = (fraction) => 0.5 + fraction, pauseOf = immediately }: Conditions
  ) {
    this.context = context
    this.processes = new Map(nodes.map(({ id, process }) => [id, process]))
    this.seed = seed
    this.scripts = new Map(scripts.map((script) => [script.client, script]))
    this.delayOf = delayOf
    this.pauseOf = pauseOf
    this.states = new Map(nodes.map(({ id, process }) => [id, process.initial(context, id)]))
    this.left = new Map(scripts.map(({ client, operations }) => [client, operations]))
    for (const { client, at } of scripts) this.invokeNext(client, at)
  }

  run(): ReadonlyArray<Taken> {
    const taken: Array<Taken> = []
    while (this.due.length > 0) {
      const next = this.takeNext()
      if (!this.isCrashed(next.node, next.time)) taken.push(this.step(next))
    }
    return taken
  }

  /** The next event in time; of simultaneous events, the one that was scheduled first. */
  private takeNext(): Due {
    const first = this.due.reduce(
      (first, { time }, at) => (time < (this.due[first] as Due).time ? at : first),
      0
    )
    return this.due.splice(first, 1)[0] as Due
  }

  private random(purpose: string): number {
    return fraction(draw(this.seed, this.drawn++, purpose))
  }

  private isCrashed(node: NodeId, time: number): boolean {
    return time >= (this.scripts.get(node)?.crashesAt ?? Number.POSITIVE_INFINITY)
  }

  private step({ time, node, input }: Due): Taken {
    const before = this.states.get(node)
    const step = this.processOf(node).step(this.context, node, before, input)
    this.states.set(node, step.state)
    if (input._tag === "Choose") {
      this.own.delete(node)
      this.ownTaken.set(node, (this.ownTaken.get(node) ?? 0) + 1)
    }
    for (const { to, message } of step.sends) {
      const delay = this.delayOf(this.random("delay of a message"))
      this.due.push({
        time: time + delay,
        node: to,
        input: { _tag: "Receive", from: node, message }
      })
    }
    if (step.observations.some(({ _tag }) => _tag === "Response")) this.ended(node, time)
    this.waitForOwnStep(node, time)
    return { time, node, before, after: step.state, observations: step.observations }
  }

  private processOf(node: NodeId): AnyProcess {
    const process = this.processes.get(node)
    if (process === undefined)
      throw new Error(`a message is sent to ${node}, which is not in the system`)
    return process
  }

  private ended(node: NodeId, time: number): void {
    const [, ...rest] = this.left.get(node) ?? []
    this.left.set(node, rest)
    this.ownTaken.delete(node)
    const script = this.scripts.get(node)
    if (rest.length === 0 && script?.repeats === true && this.othersAreBusy(time))
      this.left.set(node, script.operations)
    this.invokeNext(node, time)
  }

  /** True while a client that does not repeat its operations has any left. */
  private othersAreBusy(time: number): boolean {
    return [...this.scripts.values()].some(
      ({ client, repeats }) =>
        repeats !== true &&
        (this.left.get(client)?.length ?? 0) > 0 &&
        !this.isCrashed(client, time)
    )
  }

  private invokeNext(node: NodeId, time: number): void {
    const [operation] = this.left.get(node) ?? []
    if (operation !== undefined) this.due.push({ time, node, input: { _tag: "Invoke", operation } })
  }

  /** A process takes a step of its own after a pause, if it still can by then. */
  private waitForOwnStep(node: NodeId, time: number): void {
    const offered = this.processOf(node).choices(this.context, node, this.states.get(node))
    const waiting = this.own.get(node)
    if (waiting?.input._tag === "Choose") {
      const { choice } = waiting.input
      if (offered.some((one) => equals(one, choice))) return
      this.due.splice(this.due.indexOf(waiting), 1)
      this.own.delete(node)
    }
    if (offered.length === 0) return
    const choice = offered[Math.floor(this.random("which step of its own") * offered.length)]
    const pause = this.pauseOf(choice, this.ownTaken.get(node) ?? 0, this.random("pause"))
    const due: Due = { time: time + pause, node, input: { _tag: "Choose", choice } }
    this.own.set(node, due)
    this.due.push(due)
  }
}

/** A completed operation, with its time and its latency, in message delays. */
export interface Latency {
  readonly operation: AnyOperation
  readonly end: number
  readonly delays: number
}

/** The completed operations of a run, with their latencies. */
export const latenciesOf = (taken: ReadonlyArray<Taken>): ReadonlyArray<Latency> => {
  const begun = new Map<NodeId, number>()
  return taken.flatMap(({ time, node, observations }) =>
    observations.flatMap((observation) => {
      if (observation._tag === "Invocation") begun.set(node, time)
      if (observation._tag !== "Response") return []
      return [
        { operation: observation.operation, end: time, delays: time - (begun.get(node) ?? time) }
      ]
    })
  )
}
