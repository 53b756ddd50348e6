/**
 * What an endpoint is told, and whom it tells of what happens.
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

/** How much a process may come to hold. */
export interface Room {
  /**
   * Whether so little is left, with so many bytes held, that what would be added has to be looked
   * at.
   */
  readonly isShort: (heldBytes: number) => boolean
  /**
   * Why a process may not come to hold so many bytes, on account of this message; undefined if it
   * may. Its sender may be the one that it begins with, or somebody who passes on what is held
   * elsewhere.
   */
  readonly refuses: (bytes: number, from: NodeId, message: unknown) => string | undefined
}

/** Hears of what processes do, to record it. */
export interface Witness {
  /**
   * A process begins, or begins again, with this state: the changes that lead to it from the
   * initial one.
   */
  readonly started: (process: Hosted) => void
  readonly taken: (node: NodeId, key: string, input: AnyInput, step: KeyedStep) => void
}

/**
 * Where the secrets are that states speak of: not in the log, for they have to be erased (sixth
 * point of the contract).
 */
export interface HostSecrets {
  /**
   * Durable processes have these states now; what it gives is called once that is durable, and
   * before anything that the step sends leaves.
   */
  readonly change: (states: unknown) => () => void
  /**
   * Durable processes have come back with these states. Returns how many secrets they speak of that
   * are not there: where that is not none, something has happened to them.
   */
  readonly recover: (states: unknown) => number
}

export interface EndpointOptions {
  /** The name by which other endpoints know it. */
  readonly name: string
  /** The messages of its processes. */
  readonly Message: Schema.Codec<unknown, unknown>
  readonly clock: Clock
  readonly link?: LinkOptions
  /** A message of one of its processes was declined by this peer: it will never be answered. */
  readonly declined?: (envelope: Envelope, peer: string, refusal: Refusal) => void
  /**
   * How many characters may wait for the disk before nothing more is taken; 32 Mi if nothing is
   * said.
   */
  readonly maxPendingLength?: number
  /** How much its processes may hold; if nothing is said, all that they are told to. */
  readonly room?: Room
  /** How many answers may be remembered for all peers together. */
  readonly maxRemembered?: number
  /** How many peers that are away, and may not come back, are remembered. */
  readonly maxAbsent?: number
  /** Where durable processes keep their state; without it there are none here. */
  readonly disk?: Disk
  readonly compactionBytes?: number
  /** The disk is broken: the endpoint has stopped, and its process should end. */
  readonly broken?: (fault: DiskFault) => void
  /** The disk is full (nothing is acknowledged), or no longer is. */
  readonly full?: (fault: DiskFault | undefined) => void
  /** What a node knows of its own memory; its log has to be that memory. */
  readonly memory?: Memory
  /** The marks of nodes that a client carries from one to the other. */
  readonly marks?: Marks
  /** A peer remembers more of this node than it does itself: the endpoint has stopped for good. */
  readonly forgot?: (peer: string) => void
  /**
   * Whether a peer comes back under its name, however long it is away; if nothing is said, none
   * does.
   */
  readonly returns?: (peer: string) => boolean
  /** A process shows something; what it rests on is durable. */
  readonly observe?: (node: NodeId, key: string, observation: AnyObservation) => void
  /**
   * How long to wait before a process takes a step by itself, in milliseconds, and how often it has
   * waited for this object since it was last ready; if nothing is said, it takes it at once.
   */
  readonly patience?: (choice: unknown, waited: number) => number
  /**
   * For a volatile endpoint: whether these posts, of one step, only ask, and if so, whether the
   * answers of the others are enough without those of certain peers. Those are then not asked at
   * once. If nothing is said, all are.
   */
  readonly spares?: (
    posts: Effects["posts"]
  ) => ((without: ReadonlySet<string>) => boolean) | undefined
  /** Where the secrets of its processes are, if they have any. */
  readonly secrets?: HostSecrets
  /** Hears of every step as it is taken, before anything it causes leaves. */
  readonly witness?: Witness
  /** Where the spans of messages go that belong to a traced operation. */
  readonly tracing?: Tracing
}

/** The endpoint at which a process lives: `c7f3/12` lives at `c7f3`, and `s1` at `s1`. */
export const endpointOf = (node: string): string => {
  const slash = node.indexOf("/")
  return slash < 0 ? node : node.slice(0, slash)
}
