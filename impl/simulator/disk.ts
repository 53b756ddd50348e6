/**
 * A simulated disk. Written data can be read at once. In a crash, unsynced data is lost, kept or
 * torn, as the random source decides.
 */
import { type Disk, type DiskFault, type Done, inTwo } from "../environment/disk.ts"
import type { Random } from "./random.ts"
import type { Life, World } from "./world.ts"

interface Write {
  readonly offset: number
  /** The previous contents. */
  readonly before: Uint8Array
  readonly written: Uint8Array
}

interface File {
  bytes: Uint8Array
  size: number
  /** The writes since the last sync, in order. */
  unsynced: Array<Write>
  syncedSize: number
}

/** The current faults of the disk. */
export interface Ailments {
  /** The mean duration of a write or a sync. */
  meanMilliseconds: number
  isFull: boolean
  /**
   * A disk that reports a sync as done before it has begun: a mutant, for tests of the simulator.
   */
  readonly lies: boolean
}

const sectorBytes = 512
const full: DiskFault = { kind: "full", message: "no space left on the simulated disk" }

export class SimulatedDisk {
  readonly ailments: Ailments
  private readonly world: World
  private readonly random: Random
  private readonly files = new Map<string, File>()

  constructor(world: World, random: Random, ailments: Ailments) {
    this.world = world
    this.random = random
    this.ailments = ailments
  }

  /**
   * The disk as one run of a machine sees it: actions in flight when the machine dies never
   * complete.
   */
  mount(life: Life): Disk {
    const later = (action: () => DiskFault | undefined, done: Done): void =>
      this.world.after(this.random.delay(this.ailments.meanMilliseconds), () => {
        if (life.isAlive) done(action())
      })
    const write: Disk["write"] = (file, offset, bytes, done) =>
      later(() => this.write(file, offset, bytes), done)
    const sync: Disk["sync"] = (file, done) => later(() => this.sync(file), done)
    return {
      list: () => [...this.files.keys()].sort(),
      size: (file) => this.files.get(file)?.size ?? 0,
      read: (file, offset, length) => this.read(file, offset, length),
      truncate: (file, length) => this.truncate(file, length),
      ...{ write, sync, writeSynced: inTwo({ write, sync }), writeBriefly: write },
      rename: (from, to, done) => later(() => this.rename(from, to), done),
      remove: (file, done) =>
        later(() => {
          this.files.delete(file)
          return undefined
        }, done)
    }
  }

  /** The machine loses its power. */
  crash(): void {
    for (const [name, file] of this.files) {
      for (const write of file.unsynced.reverse()) this.perhapsUndo(file, write)
      file.size = Math.max(file.syncedSize, this.random.chance(0.5) ? file.size : file.syncedSize)
      file.unsynced = []
      file.syncedSize = file.size
      if (file.size === 0 && this.random.chance(0.5)) this.files.delete(name)
    }
  }

  /** An unsynced write: lost, kept, or kept in some of its sectors. */
  private perhapsUndo(file: File, { offset, before, written }: Write): void {
    const fate = this.random.below(3)
    if (fate === 0) return
    for (let at = 0; at < written.length; at += sectorBytes) {
      if (fate === 2 && this.random.chance(0.5)) continue
      file.bytes.set(before.subarray(at, at + sectorBytes), offset + at)
    }
  }

  private read(name: string, offset: number, length: number): Uint8Array {
    const file = this.files.get(name)
    return file === undefined
      ? new Uint8Array(0)
      : file.bytes.slice(offset, Math.min(offset + length, file.size))
  }

  private truncate(name: string, length: number): void {
    const file = this.files.get(name)
    if (file === undefined) return
    file.bytes.fill(0, length)
    file.size = length
    file.syncedSize = length
  }

  private write(name: string, offset: number, bytes: Uint8Array): DiskFault | undefined {
    if (this.ailments.isFull) return full
    const file = this.files.get(name) ?? {
      bytes: new Uint8Array(4096),
      size: 0,
      unsynced: [],
      syncedSize: 0
    }
    this.files.set(name, file)
    const end = offset + bytes.length
    if (end > file.bytes.length) {
      const larger = new Uint8Array(2 * end)
      larger.set(file.bytes)
      file.bytes = larger
    }
    file.unsynced.push({ offset, before: file.bytes.slice(offset, end), written: bytes })
    file.bytes.set(bytes, offset)
    file.size = Math.max(file.size, end)
    return undefined
  }

  private sync(name: string): DiskFault | undefined {
    if (this.ailments.isFull && this.random.chance(0.5)) return full
    const file = this.files.get(name)
    if (file === undefined || this.ailments.lies) return undefined
    file.unsynced = []
    file.syncedSize = file.size
    return undefined
  }

  private rename(from: string, to: string): DiskFault | undefined {
    const file = this.files.get(from)
    if (file === undefined) return { kind: "broken", message: `${from} does not exist` }
    this.files.delete(from)
    this.files.set(to, file)
    return undefined
  }
}
