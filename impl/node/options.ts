/** What a node is given, and the ways in which it may fail. */
import * as Schema from "effect/Schema"
import type { AnyPart } from "../../spec/kernel/keyed.ts"
import type { Address } from "../directory/address.ts"
import type { Directory } from "../directory/directory.ts"
import type { Witness } from "../host/options.ts"
import type { RecordUnknown } from "../host/record.ts"
import type { Keys } from "../keys/keys.ts"
import type { LogDamaged } from "../storage/recovery.ts"
import type { Tracing } from "../tracing/tracing.ts"

/** The resources that a node may take; by default, what the machine allows. */
export interface NodeLimits {
  readonly connections?: number
  /** The maximum memory of registers, in bytes. */
  readonly memoryBytes?: number
  /**
   * The number of bytes of its disk that stay free; by default 64 MiB, or a twentieth of a small
   * disk.
   */
  readonly reservedDiskBytes?: number
}

export interface NodeOptions {
  readonly name: string
  readonly listen: Address
  /** The folder of its data, which no other node uses. */
  readonly data: string
  /** The names of the directory's first nodes, by which a folder of format 1 knows its system. */
  readonly members: ReadonlyArray<string>
  /** Where the other nodes are. Without a directory the node visits no other. */
  readonly directory?: Directory
  /**
   * Whether to begin a system with the other first nodes of the directory, if none of them belongs
   * to one.
   */
  readonly begin?: boolean
  readonly protocol?: string
  readonly compactionBytes?: number
  readonly keys?: Keys
  readonly limits?: NodeLimits
  /** The interval at which a replica of a membership service probes, in milliseconds. */
  readonly intervalMilliseconds?: number
  /** Replaces the node's process: a liar, in tests. */
  readonly inPlaceOf?: (part: AnyPart) => AnyPart
  /** Receives every step, for recording. */
  readonly witness?: Witness
  /** Receives the spans of messages that belong to a traced operation. */
  readonly tracing?: Tracing
}

/** The node's disk failed, and its contents are unknown. */
export class DiskBroken extends Schema.TaggedError<DiskBroken>()("DiskBroken", {
  problem: Schema.String
}) {
  override get message(): string {
    return `the disk is broken: ${this.problem}; the node has stopped, and has acknowledged nothing that is not on the disk`
  }
}

/**
 * The node's memory is older than what other nodes remember of it, or another process has continued
 * from a copy of it.
 */
export class MemoryLost extends Schema.TaggedError<MemoryLost>()("MemoryLost", {
  node: Schema.String,
  peer: Schema.String,
  mend: Schema.String
}) {
  override get message(): string {
    return `${this.peer} remembers more of ${this.node} than it does itself: its folder is an older copy, or was used in two places; it has stopped, because it may have forgotten what it acknowledged — ${this.mend}`
  }
}

export type NodeFailed = DiskBroken | MemoryLost | LogDamaged | RecordUnknown
