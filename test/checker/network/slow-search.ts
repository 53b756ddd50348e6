/**
 * The slow twin of the engine: the same search over the same models, written as plainly as can be. A state is one
 * record of what every node is and what is on its way, kept under its canonical text; nothing is numbered, nothing
 * is remembered, no message is dropped, and the specification is asked anew for every transition.
 */
import { type AnyProperty, type Model, mostCrashes } from "../../../checker/network/model.ts"
import { canonical } from "../../../spec/kernel/data.ts"
import type { ClientId, NodeId, Role } from "../../../spec/kernel/node.ts"
import type { Event as ObserverEvent } from "../../../spec/kernel/observer.ts"
import type { Input } from "../../../spec/kernel/process.ts"
import { processFor } from "../../../spec/kernel/protocol.ts"
import type { Operation } from "../../../spec/register/operation.ts"

/** A part of a state that knows its own canonical text. */
interface Written {
  readonly text: string
}
const written = <Part extends object>(part: Part): Part & Written => ({ ...part, text: canonical(part) })

/** A node: its process's state (null once it has crashed), and how many operations of its script it has invoked. */
interface Node {
  readonly id: NodeId
  readonly role: Role
  readonly state: unknown
  readonly position: number
}
interface InFlight {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: unknown
}
interface State {
  readonly nodes: ReadonlyArray<Node & Written>
  readonly inFlight: ReadonlyArray<InFlight & Written>
  /** What the observers have come to, in the order of the properties. */
  readonly observers: ReadonlyArray<{ readonly state: unknown } & Written>
}
interface Transition {
  readonly state: State
  /** The step properties that the transition breaks. */
  readonly breaks: ReadonlyArray<string>
}

export interface SlowReport {
  readonly distinct: number
  readonly generated: number
  readonly depth: number
  /** The fewest steps after which each property fails; those that never do are absent. */
  readonly nearest: Readonly<Record<string, number>>
}

export const deadlock = "deadlock-freedom"

export const searchSlowly = (model: Model): SlowReport => {
  const depths = new Map<string, number>()
  const queue: Array<readonly [state: State, depth: number]> = []
  const nearest: Record<string, number> = {}
  const reached = new Set<string>()
  let generated = 0
  const visit = (state: State, depth: number) => {
    generated++
    const text = textOf(state)
    if (depths.has(text)) return
    depths.set(text, depth)
    queue.push([state, depth])
    for (const property of model.properties) {
      const holds = holdsIn(model, property, state)
      if (property._tag === "Sometimes" && holds) reached.add(property.name)
      if (property._tag !== "Sometimes" && !holds) nearest[property.name] ??= depth
    }
  }
  visit(initialState(model), 0)
  for (let next = 0; next < queue.length; next++) {
    const [state, depth] = queue[next] as readonly [State, number]
    const transitions = transitionsOf(model, state)
    for (const transition of transitions) {
      for (const name of transition.breaks) nearest[name] ??= depth + 1
      visit(transition.state, depth + 1)
    }
    if (transitions.length === 0 && !isDone(model, state)) nearest[deadlock] ??= depth
  }
  for (const { _tag, name } of model.properties)
    if (_tag === "Sometimes" && !reached.has(name)) nearest[name] = Number.POSITIVE_INFINITY
  return { distinct: depths.size, generated, depth: Math.max(...depths.values()), nearest }
}

/** The same for every order in which the messages that are on their way were sent. */
const textOf = ({ nodes, inFlight, observers }: State): string =>
  [
    ...nodes.map(({ text }) => text),
    ...inFlight.map(({ text }) => text).sort(),
    ...observers.map(({ text }) => text)
  ].join("\n")

const observersOf = (model: Model) =>
  model.properties.flatMap((property) =>
    property._tag === "Observed" ? [property.observer(model.setup)] : []
  )

const initialState = (model: Model): State => ({
  nodes: [
    ...model.setup.servers.map((id) => ({ id, role: "server" as const })),
    ...model.setup.clients.map((id) => ({ id, role: "client" as const }))
  ].map(({ id, role }) =>
    written({
      id,
      role,
      state: processFor(model.protocol, role).initial(model.setup, id) as unknown,
      position: 0
    })
  ),
  inFlight: [],
  observers: observersOf(model).map(({ initial }) => written({ state: initial as unknown }))
})

const scriptOf = ({ setup, scripts }: Model, { id }: Node): ReadonlyArray<Operation> =>
  scripts[setup.clients.indexOf(id as ClientId)] ?? []

const transitionsOf = (model: Model, state: State): ReadonlyArray<Transition> =>
  state.nodes.flatMap((node) => (node.state === null ? [] : transitionsOfNode(model, state, node)))

const transitionsOfNode = (model: Model, state: State, node: Node): ReadonlyArray<Transition> => {
  const { setup, protocol } = model
  const operation = scriptOf(model, node)[node.position]
  const isReady = operation !== undefined && processFor(protocol, node.role).ready(setup, node.id, node.state)
  const choices: ReadonlyArray<unknown> = processFor(protocol, node.role).choices(setup, node.id, node.state)
  const arrived = new Map(
    state.inFlight.filter(({ to }) => to === node.id).map((message) => [message.text, message])
  )
  const crashedOfRole = state.nodes.filter((other) => other.role === node.role && other.state === null).length
  const further = { ...node, position: node.position + 1 }
  return [
    ...(isReady ? [take(model, state, further, { _tag: "Invoke", operation })] : []),
    ...choices.map((choice) => take(model, state, node, { _tag: "Choose", choice })),
    ...[...arrived.values()].map((one) =>
      take(model, { ...state, inFlight: withoutOne(state.inFlight, one) }, node, {
        _tag: "Receive",
        from: one.from,
        message: one.message
      })
    ),
    ...(crashedOfRole < mostCrashes(model, node.role) ? [crash(model, state, node)] : [])
  ]
}

const withoutOne = (messages: State["inFlight"], one: InFlight & Written): State["inFlight"] =>
  messages.filter((_, index) => index !== messages.indexOf(one))

const replaced = (state: State, { id, role, position }: Node, after: unknown): State["nodes"] =>
  state.nodes.map((other) => (other.id === id ? written({ id, role, state: after, position }) : other))

const take = (
  model: Model,
  state: State,
  node: Node,
  input: Input<Operation, unknown, unknown>
): Transition => {
  const step = processFor(model.protocol, node.role).step(model.setup, node.id, node.state, input)
  const sent = step.sends.map(({ to, message }: { to: NodeId; message: unknown }) =>
    written({ from: node.id, to, message })
  )
  const isAlive = (id: NodeId) => state.nodes.some((other) => other.id === id && other.state !== null)
  const events = step.observations.map(
    (observation): ObserverEvent<Operation> => ({ _tag: "Observed", node: node.id, observation })
  )
  const breaks = model.properties.filter(
    (property) =>
      property._tag === "Step" &&
      property.role === node.role &&
      !property.holds(model.setup, node.id, node.state as never, step.state as never)
  )
  return {
    breaks: breaks.map(({ name }) => name),
    state: {
      nodes: replaced(state, node, step.state),
      inFlight: [...state.inFlight, ...sent.filter(({ to }) => isAlive(to))],
      observers: fed(model, state, events)
    }
  }
}

/** A node that crashes never receives what is on its way to it. */
const crash = (model: Model, state: State, node: Node): Transition => ({
  breaks: [],
  state: {
    nodes: replaced(state, node, null),
    inFlight: state.inFlight.filter(({ to }) => to !== node.id),
    observers: fed(model, state, [{ _tag: "Crashed", node: node.id }])
  }
})

const fed = (
  model: Model,
  state: State,
  events: ReadonlyArray<ObserverEvent<Operation>>
): State["observers"] =>
  events.length === 0
    ? state.observers
    : observersOf(model).map((observer, index) =>
        written({ state: events.reduce(observer.observe, state.observers[index]?.state) })
      )

const isDone = (model: Model, { nodes }: State): boolean =>
  nodes.every(
    (node) =>
      node.role === "server" ||
      node.state === null ||
      (node.position === scriptOf(model, node).length &&
        model.protocol.client.ready(model.setup, node.id, node.state))
  )

/** Whether a property that speaks of states holds in this one; one that speaks of steps always does. */
const holdsIn = (model: Model, property: AnyProperty, state: State): boolean => {
  const alive = state.nodes.filter((node) => node.state !== null)
  const ofRole = (role: Role) => alive.filter((node) => node.role === role)
  const statesOf = (role: Role) => Object.fromEntries(ofRole(role).map((node) => [node.id, node.state]))
  switch (property._tag) {
    case "Step":
    case "Live":
      return true
    case "Process":
      return ofRole(property.role).every((node) => property.holds(model.setup, node.id, node.state as never))
    case "Pair":
      return ofRole(property.role).every((left, index, nodes) =>
        nodes
          .slice(index + 1)
          .every((right) => property.holds(model.setup, left.state as never, right.state as never))
      )
    case "Observed": {
      const observers = model.properties.filter(({ _tag }) => _tag === "Observed")
      return (
        property.observer(model.setup).violation(state.observers[observers.indexOf(property)]?.state) ===
        undefined
      )
    }
    case "Whole":
    case "Sometimes":
      return property.holds(model.setup, {
        servers: statesOf("server"),
        clients: statesOf("client"),
        inboxes: Object.fromEntries(
          alive.map(({ id }) => [
            id,
            state.inFlight.filter(({ to }) => to === id).map(({ from, message }) => ({ from, message }))
          ])
        )
      })
  }
}
