/**
 * What a network of processes is made of, before anything is searched: a system, what each of its
 * nodes will be asked, and which faults may happen.
 */
import { tagOf } from "../../spec/kernel/data.ts"
import type { Fault, FaultModel, Premise } from "../../spec/kernel/fault.ts"
import type { NodeId, Role } from "../../spec/kernel/node.ts"
import type { AnyOperation } from "../../spec/kernel/observation.ts"
import type { Input } from "../../spec/kernel/process.ts"
import type { AnyProperty } from "../../spec/kernel/property.ts"
import type { AnyProtocol } from "../../spec/kernel/protocol.ts"
import type { System, SystemNode } from "../../spec/kernel/system.ts"

/** What the checker needs to know of a protocol, whose processes are those of the system. */
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
  /**
   * Per node, the operations that it is asked for, one after the other; those that are not named
   * are asked for none.
   */
  readonly scripts: Readonly<Record<NodeId, ReadonlyArray<AnyOperation>>>
  readonly faults: FaultModel
  readonly properties: ReadonlyArray<AnyProperty>
  /** The tags of messages that nobody should expect to be sent. */
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
 * The faults that may happen, each once: whatever has number 0 here has it everywhere. No two have
 * one name.
 */
export const faultsOf = ({ faults }: Pick<Model, "faults">): ReadonlyArray<Fault> => [
  ...new Set(faults.budgets.map(({ fault }) => fault))
]

/** Whether a property can fail in a state or in a step. */
export const canFail = ({ _tag }: AnyProperty): boolean => _tag !== "Sometimes" && _tag !== "Live"

/** The properties of liveness of a model. */
export const livePropertiesOf = ({ properties }: Pick<Model, "properties">): ReadonlyArray<Live> =>
  properties.flatMap((property) => (property._tag === "Live" ? [property] : []))

export type Live = Extract<AnyProperty, { readonly _tag: "Live" }>

/** Whoever has an observer that only looks on: the properties of liveness, and the premise. */
export const watchers = (model: Model): ReadonlyArray<Live | Premise<unknown, unknown>> => {
  const { premise } = model.faults
  return premise === undefined ? livePropertiesOf(model) : [...livePropertiesOf(model), premise]
}

/** Whether this node may ever be taken over. */
export const mayBeTakenOver = ({ faults }: Pick<Model, "faults">, node: NodeId): boolean =>
  faults.budgets.some(
    ({ fault, nodes, most }) => fault.isTakenOver === true && most > 0 && nodes.includes(node)
  )

/** Whether an adversary may ever overhear what this node is sent. */
export const mayBeOverheard = (model: Pick<Model, "faults">, to: NodeId): boolean =>
  (model.faults.adversary?.overhears ?? "everything") === "everything" || mayBeTakenOver(model, to)

/** Whether what is on its way to a node is overheard only when the node is taken over. */
export const hearsLate = ({ faults }: Pick<Model, "faults">): boolean =>
  faults.adversary?.overhears === "are corrupted"

/** Whether any node may. */
export const hasAdversary = (model: Pick<Model, "faults">): boolean =>
  model.faults.budgets.some(({ nodes }) => nodes.some((node) => mayBeTakenOver(model, node)))

/**
 * What happens to a process: it takes an input; for one that the checker searches, nothing is known
 * of it.
 */
export type Taken = Input<AnyOperation, unknown, unknown>

/** What happens in one transition: a node takes an input, or a fault befalls it. */
export type Action = Taken | { readonly _tag: "Fault"; readonly fault: string }

/** One transition, for people and for replay. */
export interface Event {
  readonly node: NodeId
  readonly action: Action
}

/**
 * The kinds of actions that are counted, in a word or two: `client invokes Write`,
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
