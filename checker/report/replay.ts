/**
 * From a finding of the search to a run: the way there is read off the visited states, then every step is taken once
 * more through the specification itself, without the engine's tables, and must lead where the engine said.
 */
import { canonical, equals } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Observer, Event as ObserverEvent } from "../../spec/kernel/observer.ts"
import type { Observation, Send, Step } from "../../spec/kernel/process.ts"
import { processFor } from "../../spec/kernel/protocol.ts"
import type { Operation } from "../../spec/register/operation.ts"
import { OwnCodes } from "../engine/code-book.ts"
import { deadlockFreedom, type Finding } from "../engine/findings.ts"
import { type Fingerprint, Packing } from "../engine/packing.ts"
import { onlookers } from "../network/judgement.ts"
import { type AnyProperty, type Event, type Model, nodesOf } from "../network/model.ts"
import type { Network } from "../network/network.ts"
import type { InFlight, Snapshot, TraceStep } from "./trace.ts"

/** The engine and the specification disagree: a fault of ours, never of the protocol. */
export class ReplayDiverged extends Error {
  override readonly name = "ReplayDiverged"
}

/** The way to a finding: what happens, first to last, and the engine's state at its end. */
export interface Way {
  readonly events: ReadonlyArray<Event>
  readonly end: Int32Array
}

/** The way to a finding, whose last state's transition it may be. */
export const wayTo = (network: Network, path: ReadonlyArray<Fingerprint>, finding: Broken): Way => {
  const { events, end } = wayAlong(network, path)
  return finding.inTransition
    ? { events: [...events, ...network.describe(failingTransition(network, end, finding.property))], end }
    : { events, end }
}

/**
 * The way along states with these fingerprints. The visited states may be representatives of the ones on a real run
 * (symmetry): the way is taken from the real initial state, each step to a state with the right representative.
 */
export const wayAlong = (network: Network, path: ReadonlyArray<Fingerprint>): Way => {
  const hashes = new Packing(network, new OwnCodes(network))
  let end: Int32Array = network.start
  const events: Array<Event> = []
  for (const target of path.slice(1)) {
    const step = stepTo(network, end, hashes, target)
    events.push(...network.describe(step.label))
    end = step.state
  }
  return { events, end }
}

/** What is broken: a property, in a state or in a transition out of it. */
type Broken = Pick<Finding, "property" | "inTransition">

/** The first transition of a state that leads to the one with this fingerprint, or to one that that represents. */
const stepTo = (network: Network, state: Int32Array, hashes: Packing, [wanted0, wanted1]: Fingerprint) => {
  let found: { readonly label: number; readonly state: Int32Array } | undefined
  network.expand(state, {
    visit: (label) => {
      if (found !== undefined) return
      const [hash0, hash1] = hashes.fingerprint(network.successor)
      if (hash0 !== wanted0 || hash1 !== wanted1) return
      found = {
        label,
        state: (network.locals.symmetry === undefined ? network.successor : network.raw).slice()
      }
    }
  })
  if (found === undefined) throw new ReplayDiverged("no transition leads to the next state of the way")
  return found as { readonly label: number; readonly state: Int32Array }
}

/** The first transition of a state that breaks the property by itself. */
const failingTransition = (network: Network, state: Int32Array, property: string): number => {
  const bit = 1 << network.properties.indexOf(property)
  let found = -1
  network.expand(state, {
    visit: (label) => {
      if (found < 0 && (network.judgeTransition(label) & bit) !== 0) found = label
    }
  })
  if (found < 0) throw new ReplayDiverged(`no transition breaks ${property}`)
  return found
}

/** What the specification does with these events, from the beginning. */
export const replay = (
  model: Model,
  events: ReadonlyArray<Event>
): { readonly initial: Snapshot; readonly steps: ReadonlyArray<TraceStep> } => {
  const run = new Run(model)
  const initial = run.snapshot()
  return { initial, steps: events.map((event) => run.take(event)) }
}

/**
 * Where everything comes to rest when, after these events, all messages that are still on their way are received
 * and nothing else happens.
 */
const drained = (model: Model, events: ReadonlyArray<Event>): Snapshot => {
  const run = new Run(model)
  for (const event of events) run.take(event)
  for (let received = 0; received < mostDrained; received++) {
    const next = run.snapshot().inFlight[0]
    if (next === undefined) return run.snapshot()
    run.take({ node: next.to, action: { _tag: "Receive", from: next.from, message: next.message } })
  }
  throw new ReplayDiverged("messages that are without effect keep coming")
}
const mostDrained = 10_000

/** A model in one state, which takes one event after the other. */
class Run {
  private readonly model: Model
  private readonly states = new Map<NodeId, unknown>()
  private readonly inFlight: Array<InFlight> = []
  private readonly observers: Map<string, { readonly observer: Observer<unknown, Operation>; state: unknown }>

  constructor(model: Model) {
    this.model = model
    for (const { id, role } of nodesOf(model))
      this.states.set(id, processFor(model.protocol, role).initial(model.setup, id))
    this.observers = new Map([
      ...model.properties.flatMap((property) => {
        if (property._tag !== "Observed") return []
        const observer = property.observer(model.setup)
        return [[property.name, { observer, state: observer.initial }] as const]
      }),
      ...onlookers(model).map((observer) => [observer.name, { observer, state: observer.initial }] as const)
    ])
  }

  take({ node, action }: Event): TraceStep {
    const { role } = nodesOf(this.model).find(({ id }) => id === node) as { role: TraceStep["role"] }
    if (action._tag === "Crash") return this.crash(node, role)
    if (!this.states.has(node)) throw new ReplayDiverged(`${node} acts after it has crashed`)
    if (action._tag === "Receive") this.consume({ from: action.from, to: node, message: action.message })
    const step: Step<unknown, Operation, unknown> = processFor(this.model.protocol, role).step(
      this.model.setup,
      node,
      this.states.get(node),
      action
    )
    this.states.set(node, step.state)
    for (const { to, message } of step.sends) {
      if (this.states.has(to)) this.inFlight.push({ from: node, to, message })
    }
    for (const observation of step.observations) this.feed({ _tag: "Observed", node, observation })
    return this.step(node, role, action, step.sends, step.observations)
  }

  snapshot(): Snapshot {
    return {
      nodes: nodesOf(this.model).map(({ id, role }) => ({ id, role, state: this.states.get(id) })),
      inFlight: [...this.inFlight],
      observers: Object.fromEntries([...this.observers].map(([name, { state }]) => [name, state]))
    }
  }

  private crash(node: NodeId, role: TraceStep["role"]): TraceStep {
    this.states.delete(node)
    const lost = this.inFlight.filter(({ to }) => to === node)
    for (const message of lost) this.inFlight.splice(this.inFlight.indexOf(message), 1)
    this.feed({ _tag: "Crashed", node })
    return this.step(node, role, { _tag: "Crash" }, [], [])
  }

  private step(
    node: NodeId,
    role: TraceStep["role"],
    action: TraceStep["action"],
    sends: ReadonlyArray<Send<unknown>>,
    observations: ReadonlyArray<Observation<Operation>>
  ): TraceStep {
    return { node, role, action, sends, observations, after: this.snapshot() }
  }

  private consume(message: InFlight): void {
    const key = canonical(message)
    const at = this.inFlight.findIndex((other) => canonical(other) === key)
    if (at < 0) throw new ReplayDiverged(`${message.to} receives ${key}, which is not on its way`)
    this.inFlight.splice(at, 1)
  }

  private feed(event: ObserverEvent<Operation>): void {
    for (const observed of this.observers.values()) {
      observed.state = observed.observer.observe(observed.state, event)
    }
  }
}

/** The end of a replayed run: the way there, and the states before and after its last event. */
export interface RunEnd {
  readonly way: Way
  readonly before: Snapshot
  readonly after: Snapshot
}

/** Why the run breaks the property. Throws unless it ends in the state, and in the violation, that the engine found. */
export const confirm = (network: Network, finding: Broken, end: RunEnd): string => {
  if (!finding.inTransition) confirmState(network, end.way.end, end.after)
  const { model } = network
  const property = model.properties.find(({ name }) => name === finding.property)
  const reason =
    finding.property === deadlockFreedom
      ? stuck(end.after, drained(model, end.way.events))
      : property && failure(model, property, end)
  if (reason === undefined) throw new ReplayDiverged(`the replayed run does not break ${finding.property}`)
  return reason
}

/**
 * Every node is in the state in which the search had it, and every message that the search saw on its way is on its
 * way. (There may be more of them: those that a reduction dropped.)
 */
export const confirmState = (network: Network, state: Int32Array, snapshot: Snapshot): void => {
  snapshot.nodes.forEach(({ id, state: replayed }, slot) => {
    const engine = network.locals.decode(state[slot] as number)
    const inFlight = snapshot.inFlight
      .filter(({ to }) => to === id)
      .map(({ from, message }) => canonical({ from, message }))
    const same =
      engine === undefined
        ? replayed === undefined
        : equals(engine.state, replayed) && contains(inFlight, engine.inbox.map(canonical))
    if (!same) throw new ReplayDiverged(`${id} is in another state after the replay than in the search`)
  })
}

/** True when the second bag is part of the first. */
const contains = (whole: ReadonlyArray<string>, part: ReadonlyArray<string>): boolean => {
  const left = [...whole]
  return part.every((item) => {
    const at = left.indexOf(item)
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  })
}

/** Why the property fails at the end of the run; undefined if it does not. */
const failure = (model: Model, property: AnyProperty, { way, before, after }: RunEnd): string | undefined => {
  const { setup } = model
  const node = way.events.at(-1)?.node
  const alive = (role: string) => after.nodes.filter((one) => one.role === role && one.state !== undefined)
  switch (property._tag) {
    case "Observed":
      return property.observer(setup).violation(after.observers[property.name])
    case "Process": {
      const culprit = alive(property.role).find(({ id, state }) => !property.holds(setup, id, state as never))
      return culprit && `it does not hold of ${culprit.id}`
    }
    case "Step": {
      const states = [before, after].map(({ nodes }) => nodes.find(({ id }) => id === node)?.state as never)
      const holds = property.holds(setup, node as NodeId, states[0] as never, states[1] as never)
      return holds ? undefined : `the last step of ${node} breaks it`
    }
    case "Pair": {
      const nodes = alive(property.role)
      const pairs = nodes.flatMap((left, index) =>
        nodes.slice(index + 1).map((right) => [left, right] as const)
      )
      const culprits = pairs.find(
        ([left, right]) => !property.holds(setup, left.state as never, right.state as never)
      )
      return culprits && `it does not hold between ${culprits[0].id} and ${culprits[1].id}`
    }
    case "Whole":
      return property.holds(setup, wholeOf(after)) ? undefined : "it does not hold of the last state"
    case "Sometimes":
    case "Live":
      return undefined
  }
}

const wholeOf = ({ nodes, inFlight }: Snapshot): never => {
  const alive = nodes.filter(({ state }) => state !== undefined)
  const ofRole = (role: string) =>
    Object.fromEntries(alive.filter((one) => one.role === role).map(({ id, state }) => [id, state]))
  const inboxes = Object.fromEntries(
    alive.map(({ id }) => [
      id,
      inFlight.filter(({ to }) => to === id).map(({ from, message }) => ({ from, message }))
    ])
  )
  return { servers: ofRole("server"), clients: ofRole("client"), inboxes } as never
}

/** Why nothing moves any more; undefined if receiving what is still on its way would move a client. */
const stuck = (end: Snapshot, rest: Snapshot): string | undefined => {
  const clients = ({ nodes }: Snapshot) =>
    nodes.filter(({ role, state }) => role === "client" && state !== undefined)
  if (!equals(clients(end), clients(rest))) return undefined
  const what =
    end.inFlight.length === 0 ? "no message is on its way" : "no message on its way has an effect any more"
  return `${what} and no node can take a step, but not every client is done`
}
