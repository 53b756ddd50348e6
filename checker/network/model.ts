/**
 * What a network of processes is made of, before anything is searched: a protocol, who takes part, what each client
 * will do, and which faults may happen.
 */
import type { NodeId, Role } from "../../spec/kernel/node.ts"
import type { Observer } from "../../spec/kernel/observer.ts"
import type { Input } from "../../spec/kernel/process.ts"
import type { Property } from "../../spec/kernel/property.ts"
import type { AnyProtocol, Setup } from "../../spec/kernel/protocol.ts"
import type { Premise } from "../../spec/liveness/liveness.ts"
import type { Operation } from "../../spec/register/operation.ts"

// biome-ignore lint/suspicious/noExplicitAny: the checker handles a protocol's data without looking inside
export type AnyProperty = Property<any, any, any, any, any>

// biome-ignore lint/suspicious/noExplicitAny: an observer's state is its own affair
export type AnyObserver = Observer<any, Operation>

export interface Model {
  readonly protocol: AnyProtocol
  readonly setup: Setup<string>
  /** Per client, in the order of `setup.clients`: the operations that it invokes one after the other. */
  readonly scripts: ReadonlyArray<ReadonlyArray<Operation>>
  /** How many nodes of each role may crash, at any time. A directory never does. */
  readonly crashes: Readonly<Record<Exclude<Role, "directory">, number>>
  /** Who may crash; without it, anybody. */
  readonly mayCrash?: ReadonlyArray<NodeId>
  /** What must still hold after a crash, besides; a node whose crash would break it does not crash. */
  readonly crashPremise?: Premise
  readonly properties: ReadonlyArray<AnyProperty>
}

/** A node of the model: the servers first, then the clients, each in the scenario's order, then the directory, if any. */
export interface ModelNode {
  readonly id: NodeId
  readonly role: Role
  readonly script: ReadonlyArray<Operation>
}

export const nodesOf = (model: Model): ReadonlyArray<ModelNode> => [
  ...model.setup.servers.map((id): ModelNode => ({ id, role: "server", script: [] })),
  ...model.setup.clients.map(
    (id, index): ModelNode => ({ id, role: "client", script: model.scripts[index] ?? [] })
  ),
  ...(model.setup.directory === undefined
    ? []
    : [{ id: model.setup.directory, role: "directory", script: [] } as const])
]

/** How many nodes of a role may crash, at any time. */
export const mostCrashes = ({ crashes }: Model, role: Role): number =>
  role === "directory" ? 0 : crashes[role]

/** What happens in one transition: a node takes an input, or crashes. */
export type Action = Input<Operation, unknown, unknown> | { readonly _tag: "Crash" }

/** One transition, for people and for replay. */
export interface Event {
  readonly node: NodeId
  readonly action: Action
}

/** The kinds of actions that are counted, in a word or two: `invoke write`, `receive Get`, `crash`. */
export const actionKind = (role: Role, action: Action): string => {
  switch (action._tag) {
    case "Invoke":
      return `${role} invokes ${action.operation._tag}`
    case "Receive":
      return `${role} receives ${tagOf(action.message)}`
    case "Choose":
      return `${role} takes step ${tagOf(action.choice)}`
    case "Crash":
      return `${role} crashes`
  }
}

const tagOf = (data: unknown): string => (data as { readonly _tag?: string } | null)?._tag ?? "of its own"
