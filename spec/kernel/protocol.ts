/**
 * What a protocol is: the processes of its roles, their messages, what users can ask of its clients, its variants, and
 * what it promises.
 */
import type * as Schema from "effect/Schema"
import type { Configuration } from "../configuration/configuration.ts"
import type { Directory } from "../directory/directory.ts"
import type { OperationKind } from "../register/operation.ts"
import type { ClientId, DirectoryId, Role, ServerSet } from "./node.ts"
import type { NoChoice, Process } from "./process.ts"
import type { Property } from "./property.ts"

/** What every process of a system is told at the beginning. */
export interface Setup<Variant extends string> {
  /** Every storage node that exists, in the initial configuration or not. */
  readonly servers: ServerSet
  readonly clients: ReadonlyArray<ClientId>
  /** The directory service, in a system that has one. */
  readonly directory?: DirectoryId
  /** The configuration that the system begins with. */
  readonly configuration: Configuration
  readonly variant: Variant
  /**
   * A client that is preempted in this round of consensus gives up; without it, none ever does. A bound for those who
   * enumerate runs: two proposers can preempt each other for ever.
   */
  readonly lastRound?: number
}

/** The name of the variant that is the protocol itself, unless the protocol says otherwise. */
export const correct = "correct"

/** A variant of a protocol: the one implementation with one named switch. */
export interface Variant<Name extends string> {
  readonly name: Name
  /** What is different, in one sentence. */
  readonly about: string
  /** Whether the variant is meant to keep the protocol's promises, or is a mutant that breaks one of them. */
  readonly kind: "correct" | "mutant"
  /** The tags of messages that are never sent in this variant. */
  readonly unused?: ReadonlyArray<string>
}

export interface Protocol<Name extends string, ServerState, ClientState, Operation, Message, Choice> {
  readonly name: string
  readonly about: string
  /** The first is the default. */
  readonly variants: readonly [Variant<Name>, ...ReadonlyArray<Variant<Name>>]
  readonly operations: ReadonlyArray<OperationKind>
  readonly Message: Schema.Codec<Message, unknown>
  readonly server: Process<Setup<Name>, ServerState, Operation, Message, Choice>
  readonly client: Process<Setup<Name>, ClientState, Operation, Message, Choice>
  /** The directory service, if the protocol makes use of one in systems that have it. */
  readonly directory?: Process<Setup<Name>, Directory, Operation, Message, NoChoice>
  /** The tags of messages that are sent only in a system with a directory. */
  readonly onlyWithDirectory?: ReadonlyArray<string>
  readonly properties: ReadonlyArray<Property<Setup<Name>, ServerState, ClientState, Operation, Message>>
  /**
   * True for the messages to storage nodes that only whoever reconfigures has reason to send. A host that knows who its
   * peers are may refuse them from everyone else: it is as if they had not been sent. Without it there are none.
   */
  readonly reconfigures?: (message: Message) => boolean
  /** A message in a few words, for people. */
  readonly describe: (message: Message) => string
}

/** A protocol of which nothing more is known; a host that is generic handles its data without looking inside. */
// biome-ignore lint/suspicious/noExplicitAny: the six parameters occur on both sides of functions
export type AnyProtocol = Protocol<any, any, any, any, any, any>

/** The process of a role. A system has a directory only if its protocol has one. */
export const processFor = (protocol: AnyProtocol, role: Role): AnyProtocol["client"] => {
  const process: AnyProtocol["client"] | undefined = protocol[role]
  if (process === undefined) throw new Error(`${protocol.name} has no ${role}`)
  return process
}
