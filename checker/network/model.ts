/**
 * The model to search: a system, the operations that each node will invoke, and the faults that may
 * happen.
 */
import { tagOf } from "../../spec/kernel/data.ts"
import type { Fault, FaultModel, Premise } from "../../spec/kernel/fault.ts"
import type { NodeId, Role } from "../../spec/kernel/node.ts"
import type { AnyOperation } from "../../spec/kernel/observation.ts"
import type { Input } from "../../spec/kernel/process.ts"
import type { AnyProperty } from "../../spec/kernel/property.ts"
import type { AnyProtocol } from "../../spec/kernel/protocol.ts"
import type { System, SystemNode } from "../../spec/kernel/system.ts"

/** The parts of a protocol that the checker needs. Its processes are part of the system. */
export type ModelledProtocol = Pick<
  AnyProtocol,
  | "name"
  | "about"
  | "Message"
  | "Parameters"
  | "objects"
  | "properties"
  | "describe"
  | "describeNote"
>

export interface Model {
  readonly protocol: ModelledProtocol
  readonly system: System
  /** Per node, the operations that it invokes, in order. Nodes without an entry invoke none. */
  readonly scripts: Readonly<Record<NodeId, ReadonlyArray<AnyOperation>>>
  readonly faults: FaultModel
  readonly properties: ReadonlyArray<AnyProperty>
  /**
   * The steps from the initial state that precede the search: each must be possible where its turn
   * comes. Verdicts are about what follows them.
   */
  readonly after?: ReadonlyArray<Event>
  /** The tags of messages that the protocol never sends in this model. */
  readonly unused?: ReadonlyArray<string>
}

/** A node of the model, in the order of the system. */
export interface ModelNode extends SystemNode {
  readonly script: ReadonlyArray<AnyOperation>
}

export const nodesOf = ({
  system,
  scripts
}: Pick<Model, "system" | "scripts">): ReadonlyArray<ModelNode> =>
  system.nodes.map((node) => ({ ...node, script: scripts[node.id] ?? [] }))

/**
 * The distinct faults that may happen. A fault has the same number, its index here, everywhere.
 * Their names are unique.
 */
export const faultsOf = ({ faults }: Pick<Model, "faults">): ReadonlyArray<Fault> => [
  ...new Set(faults.budgets.map(({ fault }) => fault))
]

/** Whether a property can fail in a state or in a step. */
export const canFail = ({ _tag }: AnyProperty): boolean => _tag !== "Sometimes" && _tag !== "Live"

/** The liveness properties of a model. */
export const livePropertiesOf = ({ properties }: Pick<Model, "properties">): ReadonlyArray<Live> =>
  properties.flatMap((property) => (property._tag === "Live" ? [property] : []))

export type Live = Extract<AnyProperty, { readonly _tag: "Live" }>

/**
 * The properties and the premise whose observers judge nothing: the liveness properties, and the
 * premise.
 */
export const watchers = (model: Model): ReadonlyArray<Live | Premise<unknown, unknown>> => {
  const { premise } = model.faults
  return premise === undefined ? livePropertiesOf(model) : [...livePropertiesOf(model), premise]
}

/** Whether the adversary may ever take this node over. */
export const mayBeTakenOver = ({ faults }: Pick<Model, "faults">, node: NodeId): boolean =>
  faults.budgets.some(
    ({ fault, nodes, most }) => fault.isTakenOver === true && most > 0 && nodes.includes(node)
  )

/** Whether an adversary may ever overhear the messages to this node. */
export const mayBeOverheard = (model: Pick<Model, "faults">, to: NodeId): boolean =>
  (model.faults.adversary?.overhears ?? "everything") === "everything" || mayBeTakenOver(model, to)

/**
 * Whether the adversary overhears the messages in flight to a node only once it takes the node
 * over.
 */
export const hearsLate = ({ faults }: Pick<Model, "faults">): boolean =>
  faults.adversary?.overhears === "are corrupted"

/** Whether the adversary may ever take any node over. */
export const hasAdversary = (model: Pick<Model, "faults">): boolean =>
  model.faults.budgets.some(({ nodes }) => nodes.some((node) => mayBeTakenOver(model, node)))

/** An input that a process takes. The types of its contents are unknown to the checker. */
export type Taken = Input<AnyOperation, unknown, unknown>

/** The event of one transition: a node takes an input, or suffers a fault. */
export type Action = Taken | { readonly _tag: "Fault"; readonly fault: string }

/** One transition, for reports and for replay. */
export interface Event {
  readonly node: NodeId
  readonly action: Action
}

/**
 * The kinds of actions that are counted, in a few words: `client invokes Write`,
 * `server receives Get`.
 */
export const actionKind = (faults: ReadonlyArray<Fault>, role: Role, action: Action): string => {
  switch (action._tag) {
    case "Invoke":
      return `${role} invokes ${action.operation._tag}`
    case "Receive":
      return `${role} receives ${tagOf(action.message) ?? "of its own"}`
    case "Choose":
      return `${role} takes step ${tagOf(action.choice) ?? "of its own"}`
    case "Fault":
      return `${role} ${faults.find(({ name }) => name === action.fault)?.verb ?? action.fault}`
  }
}
