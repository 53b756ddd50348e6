/**
 * How much a storage node comes to hold: so much memory, and no more than its disk has room for.
 *
 * A node that runs into either of them ends, and cannot start again either. So it refuses in time,
 * in two steps. First it takes no new values, so that whoever reads on, and a reconfiguration that
 * moves registers elsewhere, has the rest: what they store is what others hold already. Then it
 * takes nothing more that is larger than what it replaces. What makes room, a smaller value or
 * none, is always taken.
 */
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Room } from "../host/endpoint.ts"
import { roomOnDisk } from "./machine.ts"

export interface RoomOptions {
  /** The memory that registers may take, in bytes. */
  readonly memoryBytes: number
  /** Whether a message stores a new value; otherwise it passes on one that is stored elsewhere. */
  readonly storesNew: (from: NodeId, message: unknown) => boolean
  /** The folder whose disk is looked at, and how much of it has to stay free. */
  readonly folder: string
  readonly reservedDiskBytes: number
}

/** Beyond this share of what there is nothing new is taken. */
const shareOfNew = 0.85
/** Nothing that is passed on is taken either below this share of the reserve on the disk. */
const shareOfReserve = 0.5

export class NodeRoom implements Room {
  readonly options: RoomOptions
  /** What the disk has left, as far as that is known. */
  freeDiskBytes: number | undefined
  private reservedDiskBytes = 0

  constructor(options: RoomOptions) {
    this.options = options
  }

  /** Looks how much room the disk has. On a small disk less is kept free. */
  look(): void {
    roomOnDisk(this.options.folder, (room) => {
      if (room !== undefined) this.know(room.freeBytes, room.bytes)
    })
  }

  /** The disk has so much free of so much. */
  know(freeBytes: number | undefined, bytes: number): void {
    this.freeDiskBytes = freeBytes
    this.reservedDiskBytes = Math.min(this.options.reservedDiskBytes, bytes / 20)
  }

  readonly isShort = (heldBytes: number): boolean =>
    heldBytes > shareOfNew * this.options.memoryBytes - mostValueBytes ||
    this.isBelow(this.reservedDiskBytes)

  readonly refuses = (bytes: number, from: NodeId, message: unknown): string | undefined => {
    const isNew = this.options.storesNew(from, message)
    const mostBytes = this.options.memoryBytes * (isNew ? shareOfNew : 1)
    if (bytes > mostBytes)
      return `registers take ${mebibytes(bytes)} of memory; at most ${mebibytes(mostBytes)} are given to them`
    const leastBytes = this.reservedDiskBytes * (isNew ? 1 : shareOfReserve)
    return this.isBelow(leastBytes)
      ? `the disk has ${mebibytes(this.freeDiskBytes ?? 0)} left; ${mebibytes(leastBytes)} are kept free`
      : undefined
  }

  private isBelow(leastBytes: number): boolean {
    return this.freeDiskBytes !== undefined && this.freeDiskBytes < leastBytes
  }
}

/** A step adds no more than this. */
const mostValueBytes = 4 * 2 ** 20

const mebibytes = (bytes: number): string =>
  `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`
