/**
 * Limits what a storage node holds: in memory, and by the space left on its disk.
 *
 * A node that exhausts either of them stops, and cannot start again. So it refuses messages before
 * that, in two steps. First it accepts no new values. The rest of the room is for reads in
 * progress, and for a reconfiguration that moves registers elsewhere: both store only values that
 * other nodes already hold. Then it accepts only messages that need no more room than what they
 * replace. It always accepts a message that frees room: a smaller value or none.
 */
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Room } from "../host/options.ts"
import { roomOnDisk } from "./machine.ts"

export interface RoomOptions {
  /** The maximum memory of registers, in bytes. */
  readonly memoryBytes: number
  /**
   * Whether a message stores a new value; other messages pass on values that another node holds.
   */
  readonly storesNew: (from: NodeId, message: unknown) => boolean
  /** The folder on the disk, and the number of bytes that must stay free there. */
  readonly folder: string
  readonly reservedDiskBytes: number
}

/** Beyond this share of a limit the node accepts no new values. */
const shareOfNew = 0.85
/** Below this share of the disk reserve the node accepts no passed-on values either. */
const shareOfReserve = 0.5

export class NodeRoom implements Room {
  readonly options: RoomOptions
  /** The free space on the disk, as far as it is known. */
  freeDiskBytes: number | undefined
  private reservedDiskBytes = 0

  constructor(options: RoomOptions) {
    this.options = options
  }

  /** Reads the free space of the disk. On a small disk less is reserved. */
  look(): void {
    roomOnDisk(this.options.folder, (room) => {
      if (room !== undefined) this.know(room.freeBytes, room.bytes)
    })
  }

  /** Records the free and the total space of the disk. */
  know(freeBytes: number | undefined, bytes: number): void {
    this.freeDiskBytes = freeBytes
    this.reservedDiskBytes = Math.min(this.options.reservedDiskBytes, bytes / 20)
  }

  readonly isShort = (heldBytes: number): boolean =>
    heldBytes > shareOfNew * this.options.memoryBytes - maxValueBytes ||
    this.isBelow(this.reservedDiskBytes)

  readonly refuses = (bytes: number, from: NodeId, message: unknown): string | undefined => {
    const isNew = this.options.storesNew(from, message)
    const maxBytes = this.options.memoryBytes * (isNew ? shareOfNew : 1)
    if (bytes > maxBytes)
      return `registers take ${mebibytes(bytes)} of memory; at most ${mebibytes(maxBytes)} are given to them`
    const minBytes = this.reservedDiskBytes * (isNew ? 1 : shareOfReserve)
    return this.isBelow(minBytes)
      ? `the disk has ${mebibytes(this.freeDiskBytes ?? 0)} left; ${mebibytes(minBytes)} are kept free`
      : undefined
  }

  private isBelow(minBytes: number): boolean {
    return this.freeDiskBytes !== undefined && this.freeDiskBytes < minBytes
  }
}

/** The maximum number of bytes that one step adds. */
const maxValueBytes = 4 * 2 ** 20

const mebibytes = (bytes: number): string =>
  `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`
