/**
 * Liveness of a network, decided as plainly as possible: every state is a record under its text, no
 * message is dropped, links and fairness follow the tutorial (2.1), and components come from
 * pairwise reachability.
 */
import { type Model, nodesOf, type Taken } from "../../../checker/network/model.ts"
import { crashFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { canonical, equals } from "../../../spec/kernel/data.ts"
import type { NodeId, Role } from "../../../spec/kernel/node.ts"
import type { AnyObservation } from "../../../spec/kernel/observation.ts"
import type { Event } from "../../../spec/kernel/observer.ts"
import type { AnyProcess } from "../../../spec/kernel/process.ts"
import {
  dynamicLiveness,
  dynamicPremise,
  staticLiveness,
  staticPremise,
  termination
} from "../../../spec/liveness/liveness.ts"
import { after, initial, type Sets } from "../../../spec/liveness/sets.ts"
import type { StorageParameters } from "../../../spec/storage/parameters.ts"

interface Node {
  readonly id: NodeId
  readonly role: Role
  readonly process: AnyProcess
  /** Null once it has crashed. */
  readonly state: unknown
  readonly position: number
}
interface State {
  readonly nodes: ReadonlyArray<Node>
  readonly inFlight: ReadonlyArray<{
    readonly from: NodeId
    readonly to: NodeId
    readonly message: unknown
  }>
  readonly sets: Sets
  /** Whether each premise has held so far. */
  readonly held: { readonly static: boolean; readonly dynamic: boolean }
}
interface Step {
  readonly to: string
  /** The class that must happen eventually; undefined if the step is never owed. */
  readonly owed: string | undefined
}

const textOf = ({ inFlight, nodes, ...rest }: State): string =>
  canonical({
    ...rest,
    nodes: nodes.map(({ process: _, ...node }) => node),
    inFlight: inFlight.map((one) => canonical(one)).sort()
  })

/** The parameters of all protocols here. */
const parametersOf = ({ system }: Model) => system.parameters as StorageParameters

/** The properties of liveness that are violated; undefined if there are more states than `most`. */
export const violatedSlowly = (model: Model, most: number): ReadonlyArray<string> | undefined => {
  const graph = new Map<string, { readonly state: State; readonly steps: ReadonlyArray<Step> }>()
  const queue = [initialState(model)]
  for (const state of queue) {
    const text = textOf(state)
    if (graph.has(text)) continue
    if (graph.size === most) return undefined
    const next = stepsOf(model, state)
    graph.set(text, { state, steps: next.map(({ to, owed }) => ({ to: textOf(to), owed })) })
    queue.push(...next.map(({ to }) => to))
  }
  const names = model.properties.flatMap(({ _tag, name }) => (_tag === "Live" ? [name] : []))
  return names.filter((name) =>
    parametersOf(model).clients.some((client) => {
      const open = [...graph].flatMap(([text, { state }]) =>
        isOpen(model, state, name, client) ? [text] : []
      )
      return componentsOf(open, (text) => graph.get(text)?.steps ?? []).some((component) =>
        isFair(component, (text) => graph.get(text)?.steps ?? [])
      )
    })
  )
}

/** Whether the client's operation is pending, and the premise of the property has held so far. */
const isOpen = (model: Model, state: State, name: string, client: NodeId): boolean => {
  const { nodes, sets, held } = state
  const holds = {
    [termination.name]: true,
    [staticLiveness.name]: held.static,
    [dynamicLiveness.name]: held.dynamic
  }
  const node = nodes.find(({ id }) => id === client) as Node
  if (holds[name] !== true || node.state === null) return false
  const next = scriptOf(model, node)[node.position]
  const isKept =
    next !== undefined && !node.process.ready(model.system.context, client, node.state, next)
  return sets.pending.some((pending) => pending.client === client) || isKept
}

type StepsOf = (text: string) => ReadonlyArray<Step>

const componentsOf = (
  texts: ReadonlyArray<string>,
  stepsOf: StepsOf
): ReadonlyArray<ReadonlySet<string>> => {
  const allowed = new Set(texts)
  const reached = (from: string): ReadonlySet<string> => {
    const found = new Set([from])
    for (const text of found) for (const { to } of stepsOf(text)) if (allowed.has(to)) found.add(to)
    return found
  }
  const reach = new Map(texts.map((text) => [text, reached(text)]))
  const left = new Set(texts)
  const components: Array<ReadonlySet<string>> = []
  for (const text of left) {
    const others = [...(reach.get(text) as ReadonlySet<string>)]
    const component = new Set(others.filter((other) => reach.get(other)?.has(text)))
    for (const other of component) left.delete(other)
    components.push(component)
  }
  return components
}

/** Whether every class that is owed in all states of the component is taken in it. */
const isFair = (component: ReadonlySet<string>, stepsOf: StepsOf): boolean => {
  const members = [...component]
  const owedIn = (text: string) =>
    new Set(
      stepsOf(text).flatMap(({ to, owed }) => (owed === undefined || to === text ? [] : [owed]))
    )
  const done = new Set(
    members.flatMap((text) =>
      stepsOf(text).flatMap(({ to, owed }) =>
        owed === undefined || to === text || !component.has(to) ? [] : [owed]
      )
    )
  )
  return [...owedIn(members[0] as string)].every(
    (owed) => done.has(owed) || members.some((text) => !owedIn(text).has(owed))
  )
}

const initialState = (model: Model): State => {
  const { context, nodes } = model.system
  const sets = initial(parametersOf(model))
  return {
    nodes: nodes.map(({ id, role, process }) => ({
      ...{ id, role, process },
      state: process.initial(context, id),
      position: 0
    })),
    inFlight: [],
    sets,
    held: { static: staticPremise(crashFaults, sets), dynamic: dynamicPremise(crashFaults, sets) }
  }
}

const scriptOf = (model: Model, { id }: Node) =>
  nodesOf(model).find((node) => node.id === id)?.script ?? []

interface PlainStep {
  readonly to: State
  readonly owed: string | undefined
}

const stepsOf = (model: Model, state: State): ReadonlyArray<PlainStep> =>
  state.nodes.flatMap((node) => (node.state === null ? [] : stepsOfNode(model, state, node)))

const stepsOfNode = (model: Model, state: State, node: Node): ReadonlyArray<PlainStep> => {
  const { context } = model.system
  const { process } = node
  const operation = scriptOf(model, node)[node.position]
  const isAlive = (id: NodeId) =>
    state.nodes.some((other) => other.id === id && other.state !== null)
  const arrived = state.inFlight.filter(
    (one, index) =>
      one.to === node.id && state.inFlight.findIndex((other) => equals(other, one)) === index
  )
  return [
    ...(operation !== undefined && process.ready(context, node.id, node.state, operation)
      ? [
          {
            to: taken(
              model,
              state,
              { ...node, position: node.position + 1 },
              { _tag: "Invoke", operation }
            ),
            owed: undefined
          }
        ]
      : []),
    ...process.choices(context, node.id, node.state).map((choice) => ({
      to: taken(model, state, node, { _tag: "Choose", choice }),
      owed: canonical([node.id, choice])
    })),
    ...arrived.map((one) => {
      const at = state.inFlight.indexOf(one)
      const rest = { ...state, inFlight: state.inFlight.filter((_, index) => index !== at) }
      return {
        to: taken(model, rest, node, { _tag: "Receive", from: one.from, message: one.message }),
        owed: isAlive(one.from) ? canonical(one) : undefined
      }
    }),
    ...crash(model, state, node)
  ]
}

const taken = (model: Model, state: State, node: Node, input: Taken): State => {
  const step = node.process.step(model.system.context, node.id, node.state, input)
  const isAlive = (id: NodeId) =>
    state.nodes.some((other) => other.id === id && other.state !== null)
  const sent = step.sends
    .filter(({ to }) => isAlive(to))
    .map(({ to, message }) => ({ from: node.id, to, message }))
  const events = step.observations.map(
    (observation): Event<AnyObservation> => ({ _tag: "Observed", node: node.id, observation })
  )
  return {
    ...noted(model, state, events),
    nodes: state.nodes.map((other) =>
      other.id === node.id ? { ...node, state: step.state } : other
    ),
    inFlight: [...state.inFlight, ...sent]
  }
}

const crash = (model: Model, state: State, node: Node): ReadonlyArray<PlainStep> => {
  const { budgets, premise } = model.faults
  const isDown = (id: NodeId) =>
    state.nodes.some((other) => other.id === id && other.state === null)
  const after = {
    ...noted(model, state, [{ _tag: "Fault", node: node.id, fault: "crash" }]),
    nodes: state.nodes.map((other) => (other.id === node.id ? { ...node, state: null } : other)),
    inFlight: state.inFlight.filter(({ to }) => to !== node.id)
  }
  const named = budgets.filter(({ nodes }) => nodes.includes(node.id))
  const isWithinBudget =
    named.length > 0 && named.every(({ nodes, most }) => nodes.filter(isDown).length < most)
  const isAllowed =
    premise === undefined ||
    (premise.name === "static-liveness" ? after.held.static : after.held.dynamic)
  return isWithinBudget && isAllowed ? [{ to: after, owed: undefined }] : []
}

const noted = (model: Model, state: State, events: ReadonlyArray<Event<AnyObservation>>): State =>
  events.reduce<State>((before, event) => {
    const sets = after(parametersOf(model), before.sets, event)
    const held = {
      static: before.held.static && staticPremise(crashFaults, sets),
      dynamic: before.held.dynamic && dynamicPremise(crashFaults, sets)
    }
    return { ...before, sets, held }
  }, state)
