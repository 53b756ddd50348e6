/**
 * Turns a finding of the search into a run: reads the path there off the visited states, then takes
 * every step again through the specification itself, without the engine's tables. Each step must
 * lead where the engine said.
 */
import type * as Schema from "effect/Schema"
import { type Derivation, derivation, type Knowledge } from "../../spec/kernel/adversary.ts"
import { canonical, equals, tagOf } from "../../spec/kernel/data.ts"
import type { Fault } from "../../spec/kernel/fault.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation } from "../../spec/kernel/observation.ts"
import type { AnyObserver, Event as ObserverEvent } from "../../spec/kernel/observer.ts"
import type { AnyProcess, Send } from "../../spec/kernel/process.ts"
import type { AnyProperty } from "../../spec/kernel/property.ts"
import type { AnyGlobalState } from "../../spec/kernel/system.ts"
import { OwnCodes } from "../engine/code-book.ts"
import { deadlockFreedom, type Finding } from "../engine/findings.ts"
import { type Fingerprint, Packing } from "../engine/packing.ts"
import {
  type Event,
  faultsOf,
  hearsLate,
  type Model,
  type ModelNode,
  mayBeOverheard,
  nodesOf
} from "../network/model.ts"
import type { Network } from "../network/network.ts"
import { onlookers } from "../network/onlookers.ts"
import { knownAtStart } from "../network/speaking.ts"
import { describeData } from "./describe-data.ts"
import type { InFlight, Snapshot, TraceStep } from "./trace.ts"

/** The engine and the specification disagree: an internal error, never one of the protocol. */
export class ReplayDiverged extends Error {
  override readonly name = "ReplayDiverged"
}

/** The path to a finding: its events, first to last, and the engine's state at its end. */
export interface Way {
  readonly events: ReadonlyArray<Event>
  readonly end: Int32Array
}

/** The path to a finding, which may be a transition of the last state. */
export const wayTo = (network: Network, path: ReadonlyArray<Fingerprint>, finding: Broken): Way => {
  const { events, end } = wayAlong(network, path)
  return finding.inTransition
    ? {
        events: [...events, ...network.describe(failingTransition(network, end, finding.property))],
        end
      }
    : { events, end }
}

/**
 * The path along states with these fingerprints. The visited states may be representatives of those
 * on a real run (symmetry). The path starts where the model's course ends, or from the given state,
 * and each step leads to a state with the right representative.
 */
export const wayAlong = (
  network: Network,
  path: ReadonlyArray<Fingerprint>,
  from: Int32Array = network.start
): Way => {
  const hashes = new Packing(network, new OwnCodes(network))
  let end: Int32Array = from
  const events: Array<Event> = from === network.start ? [...network.opening] : []
  for (const target of path.slice(1)) {
    const step = stepTo(network, end, hashes, target)
    events.push(...network.describe(step.label))
    end = step.state
  }
  return { events, end }
}

/** What is violated: a property, in a state or in a transition from it. */
type Broken = Pick<Finding, "property" | "inTransition">

/**
 * The first transition of a state that leads to the state with this fingerprint, or to a state that
 * it represents.
 */
const stepTo = (
  network: Network,
  state: Int32Array,
  hashes: Packing,
  [wanted0, wanted1]: Fingerprint
) => {
  let found: { readonly label: number; readonly state: Int32Array } | undefined
  network.expand(state, {
    visit: (label) => {
      if (found !== undefined) return
      const [hash0, hash1] = hashes.fingerprint(network.successor)
      if (hash0 !== wanted0 || hash1 !== wanted1) return
      found = {
        label,
        state: (network.represents ? network.raw : network.successor).slice()
      }
    }
  })
  if (found === undefined)
    throw new ReplayDiverged("no transition leads to the next state of the run")
  return found as { readonly label: number; readonly state: Int32Array }
}

/** The first transition of a state that violates the property by itself. */
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

/** What the specification does with the model's course and then with these events. */
export const replay = (
  model: Model,
  events: ReadonlyArray<Event>
): { readonly initial: Snapshot; readonly steps: ReadonlyArray<TraceStep> } => {
  const run = new Run(model)
  const initial = run.snapshot()
  return { initial, steps: wholeRun(model, events).map((event) => run.take(event)) }
}

const wholeRun = ({ after = [] }: Model, events: ReadonlyArray<Event>) => [...after, ...events]

/**
 * The state in which everything comes to rest if, after these events, all messages in flight are
 * received and nothing else happens.
 */
const drained = (model: Model, events: ReadonlyArray<Event>): Snapshot => {
  const run = new Run(model)
  for (const event of wholeRun(model, events)) run.take(event)
  for (let received = 0; received < maxDrained; received++) {
    const next = run.nextOnItsWay()
    if (next === undefined) return run.snapshot()
    const { from, to, message } = next
    run.take({ node: to, action: { _tag: "Receive", from, message } }, true)
  }
  throw new ReplayDiverged("messages without effect keep arriving")
}
const maxDrained = 10_000

/** A node of a run: the process that it runs, and its state; undefined once the node is gone. */
interface Running {
  readonly node: ModelNode
  process: AnyProcess
  state: unknown
  fault: string | undefined
  isTakenOver: boolean
}

/** A model in one state, which takes one event after another. */
export class Run {
  private readonly model: Model
  private readonly running: ReadonlyMap<NodeId, Running>
  private readonly inFlight: Array<InFlight> = []
  private readonly derives: Derivation | undefined
  private knowledge: Knowledge
  private readonly observers: Map<string, { readonly observer: AnyObserver; state: unknown }>

  constructor(model: Model) {
    const { context } = model.system
    this.model = model
    this.running = new Map(
      nodesOf(model).map((node) => {
        const state = node.process.initial(context, node.id)
        return [
          node.id,
          { node, process: node.process, state, fault: undefined, isTakenOver: false }
        ]
      })
    )
    this.observers = new Map([
      ...model.properties.flatMap((property) => {
        if (property._tag !== "Observed") return []
        const observer = property.observer(context)
        return [[property.name, { observer, state: observer.initial }] as const]
      }),
      ...onlookers(model).map(
        (observer) => [observer.name, { observer, state: observer.initial }] as const
      )
    ])
    const { adversary, atStart = [] } = model.faults
    this.derives = adversary && derivation(adversary)
    this.knowledge = knownAtStart(model)
    for (const { fault, node } of atStart) this.strike(this.running.get(node) as Running, fault)
  }

  /** A message in flight that its receiver does not postpone, if there is one. */
  nextOnItsWay(): InFlight | undefined {
    const { context } = this.model.system
    return this.inFlight.find(({ from, to, message }) => {
      const { process, state } = this.running.get(to) as Running
      return process.postpones?.(context, to, state, from, message) !== true
    })
  }

  /**
   * Takes an event. `isReal`: the message that it receives is in flight, and not only sent by the
   * adversary.
   */
  take({ node, action }: Event, isReal = false): TraceStep {
    const running = this.running.get(node) as Running
    if (running.state === undefined) throw new ReplayDiverged(`${node} acts after it has crashed`)
    if (action._tag === "Fault") return this.fail(running, action.fault)
    if (action._tag === "Receive")
      this.receive({ from: action.from, to: node, message: action.message }, isReal)
    const step = running.process.step(this.model.system.context, node, running.state, action)
    running.state = step.state
    for (const { to, message } of step.sends) {
      if (this.running.get(to)?.state !== undefined) this.inFlight.push({ from: node, to, message })
      if (this.isOverheard(to)) this.learn(this.model.protocol.Message, message)
    }
    // What a faulty node reports proves nothing.
    const observations = running.fault === undefined ? step.observations : []
    for (const observation of observations) this.feed({ _tag: "Observed", node, observation })
    return this.step(running, action, step.sends, observations)
  }

  snapshot(): Snapshot {
    return {
      nodes: [...this.running.values()].map(
        ({ node: { id, role, script }, state, fault, isTakenOver }) => ({
          ...{ id, role, state, isAsked: script.length > 0 },
          ...(fault === undefined || (state === undefined && !isTakenOver) ? {} : { fault })
        })
      ),
      inFlight: [...this.inFlight],
      observers: Object.fromEntries([...this.observers].map(([name, { state }]) => [name, state])),
      ...(this.derives === undefined ? {} : { known: this.knowledge })
    }
  }

  private fail(running: Running, name: string): TraceStep {
    this.strike(running, faultsOf(this.model).find((fault) => fault.name === name) as Fault)
    return this.step(running, { _tag: "Fault", fault: name }, [], [])
  }

  private strike(running: Running, { name, becomes, isTakenOver }: Fault): void {
    const { id } = running.node
    if (isTakenOver === true) {
      this.learn(running.process.State, running.state)
      if (hearsLate(this.model))
        for (const { to, message } of this.inFlight)
          if (to === id) this.learn(this.model.protocol.Message, message)
    }
    running.fault = name
    running.isTakenOver = isTakenOver === true
    running.state = becomes?.begin(id, running.state)
    if (becomes !== undefined) running.process = becomes.process
    else {
      const lost = this.inFlight.filter(({ to }) => to === id)
      for (const message of lost) this.inFlight.splice(this.inFlight.indexOf(message), 1)
    }
    this.feed({ _tag: "Fault", node: id, fault: name })
  }

  /** What the adversary knows. */
  get known(): Knowledge {
    return this.knowledge
  }

  private isOverheard(to: NodeId): boolean {
    return hearsLate(this.model)
      ? this.running.get(to)?.isTakenOver === true
      : mayBeOverheard(this.model, to)
  }

  private learn(schema: Schema.Top, value: unknown): void {
    if (this.derives !== undefined)
      this.knowledge = this.derives.learn(this.knowledge, schema, value)
  }

  /** A message is in flight, or the adversary can build it and speaks for its sender. */
  private receive(message: InFlight, isReal: boolean): void {
    // If both are true, the message in flight may be received later: the search may have meant
    // that.
    const isSaid =
      !isReal &&
      this.running.get(message.from)?.isTakenOver === true &&
      this.isDerivable(message.message)
    if (!isSaid && !this.consume(message))
      throw new ReplayDiverged(
        `${message.to} receives ${canonical(message)}, which is not in flight`
      )
  }

  private isDerivable(message: unknown): boolean {
    const text = canonical(message)
    const { protocol } = this.model
    const tag = tagOf(message)
    const built = this.derives?.derivable(
      this.knowledge,
      protocol.Message,
      tag === undefined ? undefined : [tag]
    )
    return built?.some((one) => canonical(one) === text) ?? false
  }

  private step(
    { node: { id, role } }: Running,
    action: TraceStep["action"],
    sends: ReadonlyArray<Send<unknown>>,
    observations: ReadonlyArray<AnyObservation>
  ): TraceStep {
    return { node: id, role, action, sends, observations, after: this.snapshot() }
  }

  /** Takes a message in flight; false if it is not in flight. */
  private consume(message: InFlight): boolean {
    const key = canonical(message)
    const at = this.inFlight.findIndex((other) => canonical(other) === key)
    if (at >= 0) this.inFlight.splice(at, 1)
    return at >= 0
  }

  private feed(event: ObserverEvent<AnyObservation>): void {
    for (const observed of this.observers.values()) {
      observed.state = observed.observer.observe(observed.state, event)
    }
  }
}

/** The end of a replayed run: the path there, and the states before and after its last event. */
export interface RunEnd {
  readonly way: Way
  readonly before: Snapshot
  readonly after: Snapshot
}

/**
 * Why the run violates the property. Throws unless it ends in the state, and in the violation, that
 * the engine found.
 */
export const confirm = (network: Network, finding: Broken, end: RunEnd): string => {
  if (!finding.inTransition) confirmState(network, end.way.end, end.after)
  const { model } = network
  const property = model.properties.find(({ name }) => name === finding.property)
  const reason =
    finding.property === deadlockFreedom
      ? stuck(end.after, drained(model, end.way.events))
      : property && failure(model, property, end)
  if (reason === undefined)
    throw new ReplayDiverged(`the replayed run does not break ${finding.property}`)
  return reason
}

/**
 * Every node is in the state that the search recorded, and every message that the search saw in
 * flight is in flight. (There may be more messages: those that a reduction dropped.)
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
    if (!same)
      throw new ReplayDiverged(`${id} is in another state after the replay than in the search`)
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

/** The nodes of a role that are not faulty. */
const correctOf = ({ nodes }: Snapshot, role: string): Snapshot["nodes"] =>
  nodes.filter((one) => one.role === role && one.state !== undefined && one.fault === undefined)

/** Why the property fails at the end of the run; undefined if it does not. */
const failure = (
  model: Model,
  property: AnyProperty,
  { way, before, after }: RunEnd
): string | undefined => {
  const { context } = model.system
  const node = way.events.at(-1)?.node
  switch (property._tag) {
    case "Observed":
      return property.observer(context).violation(after.observers[property.name])
    case "Process": {
      const culprit = correctOf(after, property.role).find(
        ({ id, state }) => !property.holds(context, id, state)
      )
      return culprit && `it does not hold of ${culprit.id}`
    }
    case "Step": {
      const states = [before, after].map(({ nodes }) => nodes.find(({ id }) => id === node)?.state)
      const holds = property.holds(context, node as NodeId, states[0], states[1])
      return holds ? undefined : `the last step of ${node} breaks it`
    }
    case "Pair": {
      const nodes = correctOf(after, property.role)
      const pairs = nodes.flatMap((left, index) =>
        nodes.slice(index + 1).map((right) => [left, right] as const)
      )
      const culprits = pairs.find(
        ([left, right]) => !property.holds(context, left.state, right.state)
      )
      return culprits && `it does not hold between ${culprits[0].id} and ${culprits[1].id}`
    }
    case "Whole":
      return property.holds(context, wholeOf(after))
        ? undefined
        : "it does not hold of the last state"
    case "Refines": {
      const [was, is] = [before, after].map((state) => property.mapping(context, wholeOf(state)))
      if (way.events.length === 0)
        return property.begins(context, is)
          ? undefined
          : "the abstract system does not begin in this state"
      return equals(was, is) || property.allows(context, was, is)
        ? undefined
        : `the last step of ${node} is not a step from ${describeData(was)} to ${describeData(is)}`
    }
    case "Sometimes":
    case "Live":
      return undefined
  }
}

const wholeOf = (snapshot: Snapshot): AnyGlobalState => {
  const { nodes, inFlight, known } = snapshot
  const roles = [...new Set(nodes.map(({ role }) => role))]
  const statesOf = (role: string) =>
    Object.fromEntries(correctOf(snapshot, role).map(({ id, state }) => [id, state]))
  return {
    nodes: Object.fromEntries(roles.map((role) => [role, statesOf(role)])),
    inFlight: Object.fromEntries(
      nodes
        .filter(({ state }) => state !== undefined)
        .map(({ id }) => [
          id,
          inFlight.filter(({ to }) => to === id).map(({ from, message }) => ({ from, message }))
        ])
    ),
    ...(known === undefined ? {} : { known })
  }
}

/** Why nothing moves any more; undefined if receiving a message in flight would change a client. */
const stuck = (end: Snapshot, rest: Snapshot): string | undefined => {
  const clients = ({ nodes }: Snapshot) =>
    nodes.filter(({ isAsked, state }) => isAsked && state !== undefined)
  if (!equals(clients(end), clients(rest))) return undefined
  const what =
    end.inFlight.length === 0
      ? "no message is in flight"
      : "no message in flight still has an effect"
  return `${what} and no node can take a step, but not every client is done`
}
