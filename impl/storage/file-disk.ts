/**
 * A folder of a real file system as a disk.
 */
import {
  closeSync,
  fdatasync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  open,
  openSync,
  readdirSync,
  readSync,
  rename,
  statSync,
  unlink,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { type Disk, type DiskFault, type Done, inTwo } from "../environment/disk.ts"
import { canPrepare, PreparedFile, writeAll } from "./prepared-file.ts"

/**
 * After these errors a later write may succeed. After any other, the contents of stable storage are
 * unknown.
 */
const codesOfFull: ReadonlyArray<string | undefined> = [
  "ENOSPC",
  "EDQUOT",
  "EFBIG",
  "EMFILE",
  "ENFILE"
]

/** If a brief write takes longer than this, the disk counts as busy for the time below. */
const maxBriefMilliseconds = 1
const busyMilliseconds = 1000

const faultOf = (error: NodeJS.ErrnoException | null): DiskFault | undefined =>
  error === null
    ? undefined
    : { kind: codesOfFull.includes(error.code) ? "full" : "broken", message: error.message }

export class FileDisk implements Disk {
  private readonly folder: string
  /** Open files, by name. */
  private readonly open = new Map<string, number>()
  /** Files opened for appending, by name. */
  private readonly prepared = new Map<string, PreparedFile>()
  /** Files whose directory entry may not be durable yet. */
  private readonly fresh = new Set<string>()
  /** The number of unfinished requests to the file system. */
  private underWay = 0
  private whenIdle: (() => void) | undefined
  private busyUntil = 0

  /** Creates the folder if it does not exist. Throws the file system's error. */
  constructor(folder: string) {
    this.folder = folder
    mkdirSync(folder, { recursive: true })
  }

  /**
   * Closes the files once all requests are done, then calls `then`. The caller makes no further
   * requests. (If a descriptor were closed during a write, it might belong to another file when the
   * write happens.)
   */
  close(then: () => void): void {
    this.whenIdle = () => {
      for (const descriptor of this.open.values()) closeSync(descriptor)
      for (const file of this.prepared.values()) file.close()
      this.open.clear()
      this.prepared.clear()
      then()
    }
    if (this.underWay === 0) this.whenIdle()
  }

  /** Counts a request until it is done. */
  private counted<A>(done: (result: A) => void): (result: A) => void {
    this.underWay += 1
    return (fault) => {
      this.underWay -= 1
      done(fault)
      if (this.underWay === 0) this.whenIdle?.()
    }
  }

  readonly list = (): ReadonlyArray<string> => readdirSync(this.folder).sort()

  readonly size = (file: string): number => statSync(this.path(file)).size

  readonly read = (file: string, offset: number, length: number): Uint8Array => {
    const descriptor = this.descriptor(file)
    const bytes = Buffer.allocUnsafe(
      Math.max(0, Math.min(length, fstatSync(descriptor).size - offset))
    )
    let taken = 0
    while (taken < bytes.length) {
      const count = readSync(descriptor, bytes, taken, bytes.length - taken, offset + taken)
      if (count === 0) break
      taken += count
    }
    return bytes.subarray(0, taken)
  }

  readonly truncate = (file: string, length: number): void => {
    const descriptor = this.descriptor(file)
    ftruncateSync(descriptor, length)
    fsyncSync(descriptor)
  }

  readonly write = (file: string, offset: number, bytes: Uint8Array, told: Done): void => {
    const done = this.counted(told)
    this.withFile(file, done, (descriptor) =>
      writeAll(descriptor, offset, bytes, (error) => done(faultOf(error)))
    )
  }

  readonly sync = (file: string, told: Done): void => {
    const done = this.counted(told)
    this.withFile(file, done, (descriptor) => {
      fdatasync(descriptor, (error) => this.syncEntry(file, faultOf(error), done))
    })
  }

  readonly writeSynced = (file: string, offset: number, bytes: Uint8Array, told: Done): void => {
    if (!canPrepare) {
      inTwo(this)(file, offset, bytes, told)
      return
    }
    const done = this.counted(told)
    this.withFile(file, done, () => {
      this.preparedFile(file).append(offset, bytes, (error) =>
        this.syncEntry(file, faultOf(error), done)
      )
    })
  }

  /**
   * Takes a few microseconds in this thread; a request to another thread takes ten times as long.
   * If the file system delays it once, other threads write for a while: a busy disk must not stop
   * the whole process.
   */
  readonly writeBriefly = (file: string, offset: number, bytes: Uint8Array, told: Done): void => {
    const descriptor = this.open.get(file)
    const begun = performance.now()
    if (descriptor === undefined || begun < this.busyUntil || this.whenIdle !== undefined) {
      this.write(file, offset, bytes, told)
      return
    }
    let count = 0
    try {
      count = writeSync(descriptor, bytes, 0, bytes.length, offset)
    } catch (error) {
      told(faultOf(error as NodeJS.ErrnoException))
      return
    }
    const now = performance.now()
    if (now - begun > maxBriefMilliseconds) this.busyUntil = now + busyMilliseconds
    if (count === bytes.length) told(undefined)
    else this.write(file, offset, bytes, told)
  }

  readonly rename = (from: string, to: string, told: Done): void => {
    const done = this.counted(told)
    this.forget(from)
    this.forget(to)
    rename(this.path(from), this.path(to), (error) => {
      if (error !== null) done(faultOf(error))
      else this.syncFolder(done)
    })
  }

  readonly remove = (file: string, told: Done): void => {
    const done = this.counted(told)
    this.forget(file)
    unlink(this.path(file), (error) => done(error?.code === "ENOENT" ? undefined : faultOf(error)))
  }

  /** The file's data is durable, unless there is a fault: makes its directory entry durable too. */
  private syncEntry(file: string, fault: DiskFault | undefined, done: Done): void {
    if (fault !== undefined || !this.fresh.has(file)) {
      done(fault)
      return
    }
    this.syncFolder((problem) => {
      if (problem === undefined) this.fresh.delete(file)
      done(problem)
    })
  }

  private withFile(file: string, done: Done, use: (descriptor: number) => void): void {
    const known = this.open.get(file)
    if (known !== undefined) {
      use(known)
      return
    }
    open(this.path(file), "a+", (notMade, appending) => {
      if (notMade !== null) {
        done(faultOf(notMade))
        return
      }
      closeSync(appending)
      this.fresh.add(file)
      use(this.descriptor(file))
    })
  }

  /** The descriptor of a file that exists. */
  private descriptor(file: string): number {
    const known = this.open.get(file)
    if (known !== undefined) return known
    const descriptor = openSync(this.path(file), "r+")
    this.open.set(file, descriptor)
    return descriptor
  }

  private preparedFile(file: string): PreparedFile {
    const known = this.prepared.get(file)
    if (known !== undefined) return known
    const made = new PreparedFile(this.path(file), (told) => this.counted(told))
    this.prepared.set(file, made)
    return made
  }

  private forget(file: string): void {
    const descriptor = this.open.get(file)
    if (descriptor !== undefined) closeSync(descriptor)
    this.open.delete(file)
    this.prepared.get(file)?.close()
    this.prepared.delete(file)
  }

  private syncFolder(done: Done): void {
    const descriptor = openSync(this.folder, "r")
    fsync(descriptor, (error) => {
      closeSync(descriptor)
      done(faultOf(error))
    })
  }

  private path(file: string): string {
    return join(this.folder, file)
  }
}
