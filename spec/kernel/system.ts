/**
 * A system: its nodes, each with its role and the process that it runs.
 */
import type { Knowledge } from "./adversary.ts"
import type { NodeId, Role } from "./node.ts"
import type { AnyProcess } from "./process.ts"

/** A node of the system, with its role. */
export interface Member {
  readonly id: NodeId
  readonly role: Role
}

/**
 * A node with its process. The process belongs to the node, not to the role: a faulty node can run
 * another process.
 */
export interface SystemNode extends Member {
  readonly process: AnyProcess
}

/** The nodes of a system, and the context of all their processes. */
export interface System {
  readonly nodes: ReadonlyArray<SystemNode>
  readonly context: unknown
  /** The part of the context that is plain data. */
  readonly parameters: unknown
}

/** A message as its receiver sees it. */
export interface Envelope<Message> {
  readonly from: NodeId
  readonly message: Message
}

/**
 * The state of a whole system, as an omniscient observer sees it. Nodes with a fault are absent: no
 * property can refer to their state. `Roles` gives the type of the states of each role.
 */
export interface GlobalState<Roles, Message> {
  /** The states of the nodes of each role, by their identities. */
  readonly nodes: { readonly [Of in keyof Roles]: Readonly<Record<NodeId, Roles[Of]>> }
  /** The messages in flight, by receiver. */
  readonly inFlight: Readonly<Record<NodeId, ReadonlyArray<Envelope<Message>>>>
  /** The adversary's knowledge, if there is an adversary. */
  readonly known?: Knowledge
}

/** A global state of any type. */
export type AnyGlobalState = GlobalState<Readonly<Record<string, unknown>>, unknown>
