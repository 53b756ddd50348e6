/**
 * The protocols that can be run. Each has the parts that nodes and clients run for every register,
 * its variant, and what it needs from its host.
 */
import { createHash } from "node:crypto"
import * as Schema from "effect/Schema"
import { configurationOf, type View } from "../spec/administrator/view.ts"
import type { Configuration } from "../spec/configuration/configuration.ts"
import { variants as dbqsVariants } from "../spec/dbqs/variants.ts"
import type { Hint } from "../spec/directory/directory.ts"
import { variants as forgettingVariants } from "../spec/forgetting/variants.ts"
import { canonical, tagOf } from "../spec/kernel/data.ts"
import type { AnyPart } from "../spec/kernel/keyed.ts"
import { NodeId } from "../spec/kernel/node.ts"
import type { AnyNote } from "../spec/kernel/observation.ts"
import type { Variant } from "../spec/kernel/protocol.ts"
import { majority } from "../spec/majority/protocol.ts"
import { parts as partsOfMajority } from "../spec/majority/registers.ts"
import type { ServerSet } from "../spec/nodes/nodes.ts"
import type { ConfigurationMap } from "../spec/rambo/configuration-map.ts"
import { lister } from "../spec/rambo/registers/lister.ts"
import { Message, reconfigures } from "../spec/rambo/registers/messages.ts"
import { parts } from "../spec/rambo/registers/parts.ts"
import {
  type Choice,
  type ClientState,
  type Transferred,
  transferred
} from "../spec/rambo/registers/state.ts"
import { variants } from "../spec/rambo/registers/variants.ts"
import { Timestamp } from "../spec/register/pair.ts"
import type { StorageParameters } from "../spec/storage/parameters.ts"
import { client as byzantineClient } from "./byzantine/client.ts"
import { type Credentials, trustOfClient } from "./byzantine/given.ts"
import { Message as ByzantineMessage } from "./byzantine/messages.ts"
import { NodeKeys } from "./byzantine/node-keys.ts"
import { type RecordedTrust, recordedTrust } from "./byzantine/recorded-keys.ts"
import { server as byzantineServer } from "./byzantine/server.ts"
import { client as dbqsClient } from "./dbqs/client.ts"
import { configurationsOfDbqs } from "./dbqs/configurations.ts"
import { trustOfDbqsClient } from "./dbqs/credentials.ts"
import { type FreshnessState, freshness } from "./dbqs/freshness.ts"
import { DbqsKeys } from "./dbqs/given.ts"
import { Message as DbqsMessage } from "./dbqs/messages.ts"
import { server as dbqsServer } from "./dbqs/server.ts"
import type { HostedNode } from "./host/hosted.ts"
import type { HostSecrets } from "./host/options.ts"
import type { SilentMilliseconds } from "./host/waits.ts"
import { replica } from "./membership/replica.ts"
import type { Identity } from "./memory/identity.ts"

/** The roles of a node in a running system. */
export const roles = ["server", "client"] as const
export type RunRole = (typeof roles)[number]

export interface RunnableProtocol {
  readonly name: string
  readonly Message: Schema.Codec<unknown, unknown>
  readonly parts: { readonly [Role in RunRole]: AnyPart }
  readonly variants: ReadonlyArray<Variant<unknown>>
  /** The name of the variant in use. */
  readonly variant: string
  /**
   * The time that a process waits, in milliseconds, before a step of its own: given the choice, the
   * number of times that it has waited before, for how long nodes have been silent, and a random
   * number from 0 to 1. Without this function it does not wait.
   */
  readonly patience?: (
    choice: unknown,
    waited: number,
    silentMilliseconds: SilentMilliseconds,
    random: number
  ) => number
  /**
   * Defined if clients can reclaim the memory of removed registers: the subset of their choices for
   * which a client sets the waiting time itself.
   */
  readonly reclaiming?: Reclaiming
  /** The directory's periodic hint to clients, in protocols whose clients accept hints. */
  readonly hint?: (members: ServerSet) => unknown
  /** Whether an administrator gives keys to nodes and clients, and alone reconfigures. */
  readonly isTrusted?: boolean
  /** The keys in the folder of a node, in a protocol whose nodes receive keys. */
  readonly keysIn?: (folder: string, identity: Identity) => KeysOfNode
  /**
   * The recorded form of what a process was given. Without this function, a process that was given
   * keys is not recorded.
   */
  readonly recordedTrust?: (self: NodeId, trust: unknown) => RecordedTrust
  /** What a client with these credentials trusts, in a protocol whose clients have credentials. */
  readonly trustOf?: (credentials: Credentials) => unknown
  /**
   * The command by which a node of this name, with a memory that has just begun, takes the place of
   * the member with its name. Without it no node can.
   */
  readonly joins?: (name: string) => string
  /** The command by which a system begins, if it is not `quorate begin`. */
  readonly begins?: string
  /**
   * The configurations that a process in this state knows to be active. Without this function, the
   * first configuration never changes.
   */
  readonly configurationsOf?: (state: unknown) => ReadonlyArray<Configuration>
  /**
   * Whether a message of a client, the same to all nodes, is a request that a client with enough
   * answers does not need at the others, or stores a copy of a pair, which it sends to the others
   * too. Undefined for all other messages.
   */
  readonly phaseOf?: (message: unknown) => "asks" | "copies" | undefined
  /** Defined if clients can reconfigure. */
  readonly reconfiguration?: Reconfiguration
  /** Defined if administrators can list the registers. */
  readonly listing?: Listing
  /** Where clients ask whether what they know is current, and rely on it only for so long. */
  readonly freshness?: Freshness
}

export interface Freshness {
  /** The process that asks; it takes an `Ask`, and returns when it has been answered. */
  readonly part: AnyPart
  readonly leaseMilliseconds: number
  /** What is current, as a process in this state was told. */
  readonly currentIn: (state: unknown) => unknown
}

export interface Listing {
  /** The process that lists them; it takes a `ListPage`, and its result is a `Listed`. */
  readonly part: AnyPart
  /** What a client in this state knows of the configurations; the lister begins with it. */
  readonly mapOf: (state: unknown) => ConfigurationMap
}

/** What a node was given, and where its secrets are kept. */
export interface KeysOfNode {
  readonly secrets: HostSecrets
  /** The identity under which the node was given its keys; undefined until then. */
  readonly owner: string | undefined
  /** Accepts what the node with this identity is given. Returns the reason if it refuses. */
  readonly take: (told: unknown, id: string) => string | undefined
  /** What the node trusts; undefined until it was given something. */
  readonly trust: unknown
}

export interface Reclaiming {
  /** Whether this choice makes nodes forget registers, after operations have had time to end. */
  readonly forgets: (choice: unknown) => boolean
}

export interface Reconfiguration {
  /** Whether only a client that reconfigures sends this message. */
  readonly reconfigures: (message: unknown) => boolean
  /** The number of registers transferred, if the note reports that; undefined otherwise. */
  readonly transferredBy: (note: AnyNote) => number | undefined
}

/** How long a client waits for all nodes to answer, where a quorum does not suffice. */
const allAnswerMilliseconds = 15_000

/**
 * How long a new node may be silent before a reconfiguration goes on without it, where the others
 * are enough: a new node that has stopped must not stop it. It waits for the node again once the
 * node has answered anything.
 */
const copiesMilliseconds = 100

/**
 * The back-off of a client that another one interrupted: random, and longer each time. Also the
 * patience of a client that needs the answers of all nodes, or would like to have them.
 */
const patienceWith = (
  choice: Choice,
  waited: number,
  silentMilliseconds: SilentMilliseconds,
  random: number
): number => {
  switch (choice._tag) {
    case "Retry":
      return 20 * 2 ** Math.min(waited, 7) * (0.5 + random)
    case "GiveUp":
      return allAnswerMilliseconds
    case "GoOn":
      return copiesMilliseconds - Math.min(...choice.without.map(silentMilliseconds))
    case "CatchUp":
    case "Continue":
    case "BeginForgetting":
      return 0
  }
}

const isTransferred = (note: AnyNote): note is Transferred => note.name === transferred

/**
 * The kind of the phase that the message begins or repeats: Get phases and lists ask, a Set phase
 * copies. (A list also stores the forward pointer: at a quorum, as the phase needs it.)
 */
const phaseOf = (message: unknown): "asks" | "copies" | undefined => {
  const tag = tagOf(message)
  return tag === "Get" || tag === "List" ? "asks" : tag === "Set" ? "copies" : undefined
}

/** The common fields of dBQS storage nodes and replicas of its membership service. */
const ofDbqs = {
  name: "dbqs",
  Message: DbqsMessage,
  variants: dbqsVariants,
  variant: "old-replicas-erase",
  hint: (members: ServerSet) => ({ _tag: "Hint", members }),
  isTrusted: true,
  begins: "quorate membership begin",
  trustOf: trustOfDbqsClient,
  freshness: {
    part: freshness as AnyPart,
    leaseMilliseconds: 30_000,
    currentIn: (state: unknown) => (state as FreshnessState).latest
  },
  configurationsOf: configurationsOfDbqs
} satisfies Omit<RunnableProtocol, "parts">

const runnable: Readonly<Record<string, RunnableProtocol>> = {
  rambo: {
    name: "rambo",
    Message,
    parts,
    variants,
    variant: "copies-not-sent-again",
    patience: (choice, waited, silentMilliseconds, random) =>
      patienceWith(choice as Choice, waited, silentMilliseconds, random),
    reclaiming: { forgets: (choice) => (choice as Choice)._tag === "BeginForgetting" },
    hint: (members): Hint => ({ _tag: "Hint", members }),
    joins: (name) => `quorate reconfigure +${name}`,
    configurationsOf: (state) => (state as ClientState).map.active,
    phaseOf,
    listing: { part: lister as AnyPart, mapOf: (state) => (state as ClientState).map },
    reconfiguration: {
      reconfigures: (message) => reconfigures(message as Message),
      transferredBy: (note) => (isTransferred(note) ? note.detail : undefined)
    }
  },
  majority: {
    name: majority.name,
    Message: majority.Message,
    parts: partsOfMajority,
    variants: majority.variants,
    variant: "read-stored-value-at-once",
    phaseOf
  },
  byzantine: {
    name: "byzantine",
    Message: ByzantineMessage,
    parts: { server: byzantineServer as AnyPart, client: byzantineClient as AnyPart },
    variants: forgettingVariants,
    variant: "correct",
    hint: (members) => ({ _tag: "Hint", members }),
    isTrusted: true,
    begins: "quorate administrator begin",
    joins: (name) => `quorate administrator replace ${name} ${name}`,
    keysIn: (folder) => new NodeKeys(folder),
    recordedTrust,
    trustOf: trustOfClient,
    configurationsOf: (state) => {
      const { view, latest = view } = state as { readonly view: View; readonly latest?: View }
      return [configurationOf(latest)]
    }
  },
  dbqs: {
    ...ofDbqs,
    parts: { server: dbqsServer as AnyPart, client: dbqsClient as AnyPart },
    joins: (name) => `quorate membership admit ${name}`,
    keysIn: (folder, identity) => new DbqsKeys(folder, "storage", identity)
  },
  membership: {
    ...ofDbqs,
    parts: { server: replica as AnyPart, client: dbqsClient as AnyPart },
    joins: (name) => `quorate membership replace --add ${name} --remove ${name}`,
    keysIn: (folder, identity) => new DbqsKeys(folder, "replica", identity)
  }
}

/** How to replace a node that has lost some or all of its memory. */
export const replacement = (
  { name: protocol, joins }: Pick<RunnableProtocol, "name" | "joins">,
  name: string
): string =>
  joins === undefined
    ? `with ${protocol} a quorum of the others continues without it, and no node can take its place: to have all nodes again, stop them, and let quorate recover --protocol ${protocol} begin a new system with their data`
    : `move the folder away, start ${name} with an empty one, as a new node, and replace the member by it: ${joins(name)}`

/**
 * Whether a message stores a pair that its sender made: a write. Some node holds a copy of every
 * other pair. (All runnable protocols store pairs of the register.)
 */
export const storesNew = (from: NodeId, message: unknown): boolean =>
  (hasPair(message) && message.pair.timestamp.client === from) ||
  (hasSigned(message) && message._tag === "Set" && message.written.signer === from) ||
  (hasStored(message) && message.stored.signer === from)

const hasSigned = Schema.is(
  Schema.Struct({ _tag: Schema.String, written: Schema.Struct({ signer: NodeId }) })
)

const hasStored = Schema.is(
  Schema.Struct({ _tag: Schema.Literal("Set"), stored: Schema.Struct({ signer: NodeId }) })
)

const hasPair = Schema.is(Schema.Struct({ pair: Schema.Struct({ timestamp: Timestamp }) }))

/** The rules of the variant with this name, which the protocol must have. */
export const rulesOf = (
  { name: protocol, variants }: Pick<RunnableProtocol, "name" | "variants">,
  name: string
) => {
  const variant = variants.find((one) => one.name === name)
  if (variant === undefined) throw new Error(`${protocol} has no variant ${name}`)
  return variant.rules
}

/** A system: its storage nodes, its first configuration, and the rules that all nodes follow. */
export interface Setup extends Pick<StorageParameters, "servers" | "configuration"> {
  readonly rules: unknown
  /** What an administrator gave to the process, in a system that has one. */
  readonly trust?: unknown
}

/** A node of a running system. A client knows no client but itself. */
export const nodeOf = (
  { parts }: Pick<RunnableProtocol, "parts">,
  role: RunRole,
  id: NodeId,
  setup: Setup
): HostedNode => ({
  id,
  role,
  part: parts[role],
  context: { ...setup, clients: role === "client" ? [id] : [] }
})

/**
 * The name of a system: equal for all endpoints with the same protocol and first configuration.
 * Nodes and clients of different systems refuse each other, because quorums of different systems
 * may not intersect.
 */
export const systemOf = (protocol: string, configuration: Configuration): string =>
  createHash("sha256").update(canonical({ protocol, configuration })).digest("hex").slice(0, 32)

export const defaultProtocol = "rambo"
export const runnableProtocols: ReadonlyArray<string> = Object.keys(runnable).filter(
  (name) => name !== "membership"
)

/** The protocol with this name, which must be one of `runnableProtocols`. */
export const runnableNamed = (name: string = defaultProtocol): RunnableProtocol => {
  const found = runnable[name]
  if (found === undefined) throw new Error(`there is no protocol ${name} to run`)
  return found
}
