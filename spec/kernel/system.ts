/**
 * A system: the nodes that take part, each with its role and the process that it runs.
 */
import type { Knowledge } from "./adversary.ts"
import type { NodeId, Role } from "./node.ts"
import type { AnyProcess } from "./process.ts"

/** Who takes part, and in what role. */
export interface Member {
  readonly id: NodeId
  readonly role: Role
}

/**
 * A node with its process. The process belongs to the node, not to the role: a faulty node can run
 * another one.
 */
export interface SystemNode extends Member {
  readonly process: AnyProcess
}

/** The nodes of a system, and what all their processes are told at the beginning. */
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
 * The state of a whole system, as an omniscient observer sees it. Nodes that a fault has befallen
 * are absent: of what they are and hold nothing can be asked. `Roles` gives the type of the states
 * of each role.
 */
export interface GlobalState<Roles, Message> {
  /** The states of the nodes of each role, by their identities. */
  readonly nodes: { readonly [Of in keyof Roles]: Readonly<Record<NodeId, Roles[Of]>> }
  /** The messages on their way, by the node they are on their way to. */
  readonly inFlight: Readonly<Record<NodeId, ReadonlyArray<Envelope<Message>>>>
  /** What the adversary knows, where there is one. */
  readonly known?: Knowledge
}

/** A global state of which nothing more is known. */
export type AnyGlobalState = GlobalState<Readonly<Record<string, unknown>>, unknown>
