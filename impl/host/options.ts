/**
 * The parameters of an endpoint, and the functions that it calls when something happens.
 */
import type * as Schema from "effect/Schema"
import type { KeyedStep } from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation } from "../../spec/kernel/observation.ts"
import type { Clock } from "../environment/clock.ts"
import type { Disk, DiskFault } from "../environment/disk.ts"
import type { Envelope, Refusal } from "../link/frame.ts"
import type { LinkOptions } from "../link/link.ts"
import type { Marks } from "../memory/marks.ts"
import type { Memory } from "../memory/memory.ts"
import type { Tracing } from "../tracing/tracing.ts"
import type { Effects } from "./effects.ts"
import type { AnyInput, Hosted } from "./hosted.ts"
import type { Sparing } from "./spares.ts"
import type { Patience } from "./waits.ts"

/** Limits how much a process may hold. */
export interface Room {
  /**
   * Whether so little room is left, with this number of bytes held, that the growth of each step
   * has to be checked.
   */
  readonly isShort: (heldBytes: number) => boolean
  /**
   * Why a process must not grow to this number of bytes because of this message; undefined if it
   * may. The message's sender may be the origin of a new value, or a process that passes on a value
   * held elsewhere.
   */
  readonly refuses: (bytes: number, from: NodeId, message: unknown) => string | undefined
}

/** Receives the steps of processes, to record them. */
export interface Witness {
  /**
   * A process begins, or begins again, in this state: the changes that lead to it from the initial
   * one.
   */
  readonly started: (process: Hosted) => void
  readonly taken: (node: NodeId, key: string, input: AnyInput, step: KeyedStep) => void
}

/**
 * The storage of the secrets that states refer to. It is not the log, because secrets have to be
 * erased (sixth point of the contract).
 */
export interface HostSecrets {
  /**
   * Durable processes have these states now. The returned function is called once they are durable,
   * and before any message of the step leaves.
   */
  readonly change: (states: unknown) => () => void
  /**
   * Durable processes have recovered with these states. Returns the number of missing secrets that
   * the states refer to; if it is not zero, the storage is damaged.
   */
  readonly recover: (states: unknown) => number
}

export interface EndpointOptions {
  /** The endpoint's name among other endpoints. */
  readonly name: string
  /** The messages of its processes. */
  readonly Message: Schema.Codec<unknown, unknown>
  readonly clock: Clock
  readonly link?: LinkOptions
  /** This peer declined a message of one of its processes, which will never be answered. */
  readonly declined?: (envelope: Envelope, peer: string, refusal: Refusal) => void
  /**
   * The number of characters that may wait for the disk before the endpoint stops taking frames; 32
   * Mi by default.
   */
  readonly maxPendingLength?: number
  /** The limit on what its processes hold; by default there is none. */
  readonly room?: Room
  /** The maximum number of remembered answers for all peers together. */
  readonly maxRemembered?: number
  /** The maximum number of remembered peers that are away and may not come back. */
  readonly maxAbsent?: number
  /**
   * The disk for the state of durable processes; without it the endpoint has no durable processes.
   */
  readonly disk?: Disk
  readonly compactionBytes?: number
  /** The disk is broken: the endpoint has stopped, and the process should end. */
  readonly broken?: (fault: DiskFault) => void
  /** The disk is full (nothing is acknowledged), or no longer is. */
  readonly full?: (fault: DiskFault | undefined) => void
  /** What a node knows of its own memory; its log must be that memory. */
  readonly memory?: Memory
  /** The marks that a client carries from node to node. */
  readonly marks?: Marks
  /**
   * A peer remembers more of this node than the node itself: the endpoint has stopped permanently.
   */
  readonly forgot?: (peer: string) => void
  /** Whether a peer comes back under its name, however long it is away; by default none does. */
  readonly returns?: (peer: string) => boolean
  /** A process shows an observation; everything that it depends on is durable. */
  readonly observe?: (node: NodeId, key: string, observation: AnyObservation) => void
  /**
   * How long to wait before a process takes a step of its own, in milliseconds. By default the
   * process takes the step at once.
   */
  readonly patience?: Patience
  /**
   * For a volatile endpoint: what it can hold back of these posts, of one step; undefined if it has
   * to send all of them at once, which is the default.
   */
  readonly spares?: (posts: Effects["posts"]) => Sparing | undefined
  /** The storage of its processes' secrets, if they have any. */
  readonly secrets?: HostSecrets
  /** Receives every step as it is taken, before any effect of the step leaves. */
  readonly witness?: Witness
  /** Receives the spans of messages that belong to a traced operation. */
  readonly tracing?: Tracing
}

/** The endpoint at which a process runs: `c7f3/12` runs at `c7f3`, and `s1` at `s1`. */
export const endpointOf = (node: string): string => {
  const slash = node.indexOf("/")
  return slash < 0 ? node : node.slice(0, slash)
}
