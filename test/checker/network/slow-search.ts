/**
 * The slow twin of the engine: the same search over the same models, written as plainly as
 * possible. A state is one record of all nodes and all messages in flight, stored under its
 * canonical text. The twin numbers nothing, remembers nothing, drops no message, and calls the
 * specification for every transition.
 */
import { type Model, type ModelNode, nodesOf, type Taken } from "../../../checker/network/model.ts"
import { canonical } from "../../../spec/kernel/data.ts"
import type { Fault } from "../../../spec/kernel/fault.ts"
import type { NodeId, Role } from "../../../spec/kernel/node.ts"
import type { AnyObservation } from "../../../spec/kernel/observation.ts"
import type { AnyObserver, Event as ObserverEvent } from "../../../spec/kernel/observer.ts"
import type { AnyProcess } from "../../../spec/kernel/process.ts"
import type { AnyProperty } from "../../../spec/kernel/property.ts"
import type { AnyGlobalState } from "../../../spec/kernel/system.ts"

/** A part of a state that knows its own canonical text. */
interface Written {
  readonly text: string
}
const written = <Part extends object>(part: Part): Part & Written => ({
  ...part,
  text: canonical(part)
})

/**
 * A node: its process's state, the number of operations of its script that it has invoked, the
 * faults that it has suffered, and what it runs: its own process, the process that the fault of
 * this name has put in its place, or nothing.
 */
interface Node {
  readonly id: NodeId
  readonly role: Role
  readonly state: unknown
  readonly position: number
  readonly faults: ReadonlyArray<string>
  readonly runs: "its own" | `after ${string}` | "nothing"
}
interface InFlight {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: unknown
}
interface State {
  readonly nodes: ReadonlyArray<Node & Written>
  readonly inFlight: ReadonlyArray<InFlight & Written>
  /**
   * The states of the observers: those of the properties in their order, then that of the premise.
   */
  readonly observers: ReadonlyArray<{ readonly state: unknown } & Written>
}
interface Transition {
  readonly state: State
  /** The properties of steps that the transition breaks. */
  readonly breaks: ReadonlyArray<string>
}

export interface SlowReport {
  readonly distinct: number
  readonly generated: number
  readonly depth: number
  /** The least number of steps after which each property fails; absent if it never does. */
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
  const initial = endOfCourse(model)
  for (const property of model.properties)
    if (
      model.after === undefined &&
      property._tag === "Refines" &&
      !property.begins(model.system.context, abstractOf(model, property, initial))
    )
      nearest[property.name] = 0
  visit(initial, 0)
  for (let next = 0; next < queue.length; next++) {
    const [state, depth] = queue[next] as readonly [State, number]
    const transitions = transitionsOf(model, state)
    for (const transition of transitions) {
      const unrefined = refuted(model, state, transition.state)
      for (const name of [...transition.breaks, ...unrefined]) nearest[name] ??= depth + 1
      visit(transition.state, depth + 1)
    }
    if (transitions.length === 0 && !isDone(model, state)) nearest[deadlock] ??= depth
  }
  for (const { _tag, name } of model.properties)
    if (_tag === "Sometimes" && !reached.has(name)) nearest[name] = Number.POSITIVE_INFINITY
  return { distinct: depths.size, generated, depth: Math.max(...depths.values()), nearest }
}

/** The texts of all states that can be reached from the initial state. */
export const allStates = (model: Model): ReadonlySet<string> =>
  statesFrom(model, initialState(model))

/** The texts of all states that can be reached after the model's course. */
export const statesAfterCourse = (model: Model): ReadonlySet<string> =>
  statesFrom(model, endOfCourse(model))

const statesFrom = (model: Model, start: State): ReadonlySet<string> => {
  const states = new Map([[textOf(start), start]])
  for (const state of states.values())
    for (const { state: after } of transitionsOf(model, state)) states.set(textOf(after), after)
  return new Set(states.keys())
}

/** The state after the model's course, each step of which must be among those possible. */
const endOfCourse = (model: Model): State =>
  (model.after ?? []).reduce((state, { node: id, action }) => {
    const node = state.nodes.find((one) => one.id === id) as Node
    const further = action._tag === "Invoke" ? { ...node, position: node.position + 1 } : node
    const received =
      action._tag === "Receive"
        ? state.inFlight.find(
            ({ from, to, message }) =>
              to === id && from === action.from && canonical(message) === canonical(action.message)
          )
        : undefined
    const rest =
      received === undefined ? state : { ...state, inFlight: withoutOne(state.inFlight, received) }
    const after =
      action._tag === "Fault"
        ? befall(model, state, node, faultNamed(model, action.fault)).state
        : take(model, rest, further, action).state
    if (!transitionsOf(model, state).some((one) => textOf(one.state) === textOf(after)))
      throw new Error(`${canonical(action)} of ${id} is not possible`)
    return after
  }, initialState(model))

const faultNamed = ({ faults }: Model, wanted: string): Fault =>
  faults.budgets.find(({ fault }) => fault.name === wanted)?.fault as Fault

/** The same text for every order in which the messages in flight were sent. */
const textOf = ({ nodes, inFlight, observers }: State): string =>
  [
    ...nodes.map(({ text }) => text),
    ...inFlight.map(({ text }) => text).sort(),
    ...observers.map(({ text }) => text)
  ].join("\n")

const observersOf = ({ properties, faults, system }: Model): ReadonlyArray<AnyObserver> => [
  ...properties.flatMap((property) =>
    property._tag === "Observed" ? [property.observer(system.context) as AnyObserver] : []
  ),
  ...(faults.premise === undefined ? [] : [faults.premise.observer(system.context) as AnyObserver])
]

const initialState = (model: Model): State => ({
  nodes: model.system.nodes.map(({ id, role, process }) =>
    written({
      ...{ id, role, position: 0, faults: [], runs: "its own" },
      state: process.initial(model.system.context, id)
    })
  ),
  inFlight: [],
  observers: observersOf(model).map(({ initial }) => written({ state: initial }))
})

const modelled = (model: Model, { id }: Node): ModelNode =>
  nodesOf(model).find((node) => node.id === id) as ModelNode

/** What the node runs: its own process, or the process that a fault put in its place. */
const processOf = (model: Model, node: Node): AnyProcess =>
  model.faults.budgets.find(({ fault }) => `after ${fault.name}` === node.runs)?.fault.becomes
    ?.process ?? modelled(model, node).process

const isGone = ({ runs }: Node): boolean => runs === "nothing"
const isCorrect = ({ faults }: Node): boolean => faults.length === 0

const transitionsOf = (model: Model, state: State): ReadonlyArray<Transition> =>
  state.nodes.flatMap((node) => (isGone(node) ? [] : transitionsOfNode(model, state, node)))

const transitionsOfNode = (model: Model, state: State, node: Node): ReadonlyArray<Transition> => {
  const { context } = model.system
  const process = processOf(model, node)
  const operation = modelled(model, node).script[node.position]
  // A faulty node invokes no operations.
  const isReady =
    operation !== undefined &&
    isCorrect(node) &&
    process.ready(context, node.id, node.state, operation)
  const choices = process.choices(context, node.id, node.state)
  const arrived = new Map(
    state.inFlight.filter(({ to }) => to === node.id).map((message) => [message.text, message])
  )
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
    ...faultsNow(model, state, node).map((fault) => befall(model, state, node, fault))
  ]
}

/**
 * The faults that the node may suffer now: no budget that names both is spent, and the premise
 * holds afterwards.
 */
const faultsNow = (model: Model, state: State, { id, faults }: Node): ReadonlyArray<Fault> => {
  const { budgets, premise } = model.faults
  const possible = new Map(
    budgets.filter(({ nodes }) => nodes.includes(id)).map(({ fault }) => [fault.name, fault])
  )
  const spent = (name: string, nodes: ReadonlyArray<NodeId>) =>
    state.nodes.filter((other) => nodes.includes(other.id) && other.faults.includes(name)).length
  return [...possible.values()].filter(({ name }) => {
    if (faults.includes(name)) return false
    const inBudget = budgets.every(
      ({ fault, nodes, most }) =>
        fault.name !== name || !nodes.includes(id) || spent(name, nodes) < most
    )
    const after = fed(model, state, [{ _tag: "Fault", node: id, fault: name }]).at(-1)?.state
    return inBudget && (premise === undefined || premise.holds(after))
  })
}

const withoutOne = (messages: State["inFlight"], one: InFlight & Written): State["inFlight"] =>
  messages.filter((_, index) => index !== messages.indexOf(one))

const replaced = (
  { nodes }: State,
  { id, role, state, position, faults, runs }: Node
): State["nodes"] =>
  nodes.map((other) =>
    other.id === id ? written({ id, role, state, position, faults, runs }) : other
  )

const take = (model: Model, state: State, node: Node, input: Taken): Transition => {
  const { context } = model.system
  const step = processOf(model, node).step(context, node.id, node.state, input)
  const sent = step.sends.map(({ to, message }) => written({ from: node.id, to, message }))
  const isAlive = (id: NodeId) => state.nodes.some((other) => other.id === id && !isGone(other))
  // The observations and the step invariants of a faulty node do not count.
  const events = (isCorrect(node) ? step.observations : []).map(
    (observation): ObserverEvent<AnyObservation> => ({
      _tag: "Observed",
      node: node.id,
      observation
    })
  )
  const breaks = model.properties.filter(
    (property) =>
      property._tag === "Step" &&
      property.role === node.role &&
      isCorrect(node) &&
      !property.holds(context, node.id, node.state, step.state)
  )
  return {
    breaks: breaks.map(({ name }) => name),
    state: {
      nodes: replaced(state, { ...node, state: step.state }),
      inFlight: [...state.inFlight, ...sent.filter(({ to }) => isAlive(to))],
      observers: fed(model, state, events)
    }
  }
}

/** A node that is gone receives no messages any more; any other continues with another process. */
const befall = (model: Model, state: State, node: Node, { name, becomes }: Fault): Transition => ({
  breaks: [],
  state: {
    nodes: replaced(state, {
      ...node,
      state: becomes === undefined ? null : becomes.begin(node.id, node.state),
      faults: [...node.faults, name].sort(),
      runs: becomes === undefined ? "nothing" : `after ${name}`
    }),
    inFlight:
      becomes === undefined ? state.inFlight.filter(({ to }) => to !== node.id) : state.inFlight,
    observers: fed(model, state, [{ _tag: "Fault", node: node.id, fault: name }])
  }
})

const fed = (
  model: Model,
  state: State,
  events: ReadonlyArray<ObserverEvent<AnyObservation>>
): State["observers"] =>
  events.length === 0
    ? state.observers
    : observersOf(model).map((observer, index) =>
        written({
          state: events.reduce<unknown>(
            (seen, event) => observer.observe(seen, event as ObserverEvent<never>),
            state.observers[index]?.state
          )
        })
      )

const isDone = (model: Model, { nodes }: State): boolean =>
  nodes.every((node) => {
    const { script, process } = modelled(model, node)
    return (
      script.length === 0 ||
      !isCorrect(node) ||
      (node.position === script.length && process.ready(model.system.context, node.id, node.state))
    )
  })

/** The state as global properties see it. */
const globalOf = (model: Model, state: State): AnyGlobalState => {
  const statesOf = (role: Role) =>
    Object.fromEntries(
      state.nodes
        .filter((node) => isCorrect(node) && node.role === role)
        .map((node) => [node.id, node.state])
    )
  return {
    nodes: Object.fromEntries(model.system.nodes.map(({ role }) => [role, statesOf(role)])),
    inFlight: Object.fromEntries(
      state.nodes
        .filter((node) => !isGone(node))
        .map(({ id }) => [
          id,
          state.inFlight
            .filter(({ to }) => to === id)
            .map(({ from, message }) => ({ from, message }))
        ])
    )
  }
}

type Refines = Extract<AnyProperty, { readonly _tag: "Refines" }>

const abstractOf = (model: Model, { mapping }: Refines, state: State): unknown =>
  mapping(model.system.context, globalOf(model, state))

/** The refinements that a step from one state to another violates. */
const refuted = (model: Model, before: State, after: State): ReadonlyArray<string> =>
  model.properties.flatMap((property) => {
    if (property._tag !== "Refines") return []
    const [was, is] = [abstractOf(model, property, before), abstractOf(model, property, after)]
    const isStep =
      canonical(was) === canonical(is) || property.allows(model.system.context, was, is)
    return isStep ? [] : [property.name]
  })

/**
 * Whether a property that speaks of states holds in this one; one that speaks of steps always does.
 */
const holdsIn = (model: Model, property: AnyProperty, state: State): boolean => {
  const { context } = model.system
  const ofRole = (role: Role) => state.nodes.filter((node) => isCorrect(node) && node.role === role)
  switch (property._tag) {
    case "Step":
    case "Live":
    case "Refines":
      return true
    case "Process":
      return ofRole(property.role).every((node) => property.holds(context, node.id, node.state))
    case "Pair":
      return ofRole(property.role).every((left, index, nodes) =>
        nodes.slice(index + 1).every((right) => property.holds(context, left.state, right.state))
      )
    case "Observed": {
      const observers = model.properties.filter(({ _tag }) => _tag === "Observed")
      return (
        property
          .observer(context)
          .violation(state.observers[observers.indexOf(property)]?.state) === undefined
      )
    }
    case "Whole":
    case "Sometimes":
      return property.holds(context, globalOf(model, state))
  }
}
