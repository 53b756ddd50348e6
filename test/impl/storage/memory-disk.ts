/**
 * A synchronous disk in memory, whose files tests may cut and damage.
 */
import { type Disk, type DiskFault, type Done, inTwo } from "../../../impl/environment/disk.ts"

export class MemoryDisk implements Disk {
  readonly files = new Map<string, Uint8Array>()
  /** Data beyond this many bytes does not fit. */
  capacity = Number.POSITIVE_INFINITY
  syncs = 0

  clone(): MemoryDisk {
    const copy = new MemoryDisk()
    for (const [name, bytes] of this.files) copy.files.set(name, bytes.slice())
    return copy
  }

  readonly list = () => [...this.files.keys()].sort()
  readonly size = (file: string) => this.files.get(file)?.length ?? 0
  readonly read = (file: string, offset: number, length: number) =>
    (this.files.get(file) ?? new Uint8Array(0)).slice(offset, offset + length)
  readonly truncate = (file: string, length: number) => {
    this.files.set(file, this.read(file, 0, length))
  }
  readonly write = (
    file: string,
    offset: number,
    bytes: Uint8Array,
    done: (fault: DiskFault | undefined) => void
  ) => {
    if (offset + bytes.length > this.capacity) {
      done({ kind: "full", message: "no space" })
      return
    }
    const before = this.files.get(file) ?? new Uint8Array(0)
    const after = new Uint8Array(Math.max(before.length, offset + bytes.length))
    after.set(before)
    after.set(bytes, offset)
    this.files.set(file, after)
    done(undefined)
  }
  readonly sync = (_file: string, done: (fault: DiskFault | undefined) => void) => {
    this.syncs += 1
    done(undefined)
  }
  readonly writeSynced = (file: string, offset: number, bytes: Uint8Array, done: Done) =>
    inTwo(this)(file, offset, bytes, done)
  readonly writeBriefly = this.write
  readonly rename = (from: string, to: string, done: (fault: DiskFault | undefined) => void) => {
    this.files.set(to, this.files.get(from) as Uint8Array)
    this.files.delete(from)
    done(undefined)
  }
  readonly remove = (file: string, done: (fault: DiskFault | undefined) => void) => {
    this.files.delete(file)
    done(undefined)
  }
}
