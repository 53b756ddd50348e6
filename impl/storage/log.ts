/**
 * An append-only log with checksums, group commit and compaction.
 *
 * Records are bytes (`payload.ts`). Records that are appended while a block is being written and
 * synced go into the next block, so many records share one sync. The log calls a record's `done`
 * when its block is on stable storage.
 *
 * The files `segment-N.log` take the blocks in turn. When they have grown well beyond the live
 * data, the log begins a new segment and writes all live data next to it as `snapshot-N.log`, which
 * then replaces all segments before N.
 *
 * When the disk is full, the log writes the same block again, at the same place, until it fits.
 * Until then no record is done.
 */
import * as Result from "effect/Result"
import type { Clock } from "../environment/clock.ts"
import type { Disk, DiskFault } from "../environment/disk.ts"
import { encodeBlock, headerBytes } from "./block.ts"
import { payloadOf } from "./payload.ts"
import {
  type Apply,
  type LogDamaged,
  type Recovered,
  recover,
  segmentName,
  snapshotName,
  supersededFiles,
  unfinishedName,
  watermarkFor,
  watermarkName
} from "./recovery.ts"

export interface LogOptions {
  /**
   * The live data at this moment, as records: the contents of a snapshot. They are read a block at
   * a time, and stay what they were.
   */
  readonly snapshot: () => Iterator<Uint8Array>
  /**
   * A record that readers need before any other: the first in every snapshot, and the first that
   * this log appends to a segment.
   */
  readonly preamble?: Uint8Array
  /** Called when the disk is broken: its contents are unknown, and the process must end. */
  readonly broken: (fault: DiskFault) => void
  /** Called when the disk turns out to be full, and with undefined when it no longer is. */
  readonly full?: (fault: DiskFault | undefined) => void
  /** Beyond this many bytes the log is compacted, if that frees at least half of it. */
  readonly compactionBytes?: number
}

const defaultCompactionBytes = 64 * 2 ** 20
/**
 * The time without a record after which the last block is sealed. (The watermark records the same
 * at once; the seal records it in the segment itself.)
 */
const sealMilliseconds = 100
/** The time between two attempts to write to a full disk. */
const retryMilliseconds = 250
/** The time between two attempts to write a snapshot to a disk without room for it. */
const compactionRetryMilliseconds = 30_000
/** The size of a block of a snapshot. */
const snapshotBlockBytes = 2 ** 20
/** The size at which a block takes no more records. */
const fullBlockBytes = 8 * 2 ** 20

interface Entry {
  readonly record: Uint8Array
  readonly done: () => void
}

export class Log {
  private readonly disk: Disk
  private readonly clock: Clock
  private readonly options: LogOptions
  private waiting: Array<Entry> = []
  private isWriting = false
  private isScheduled = false
  private isClosed = false
  private isSealed = true
  /** Whether the segment is about to be sealed. */
  private isSealing = false
  private isCompacting = false
  private isFull = false
  private segment: number
  private end: number
  private block: number
  /** Whether this log has appended its preamble to the segment. */
  private isIntroduced = false
  private liveBytesAtLeast = 0
  /** The bytes in use: what recovery would have to read. */
  bytes: number
  /** The length in bytes of the records that are not durable yet. */
  pendingLength = 0
  /** The number of blocks synced since the log was opened. */
  syncs = 0

  private constructor(disk: Disk, clock: Clock, options: LogOptions, recovered: Recovered) {
    this.disk = disk
    this.clock = clock
    this.options = options
    this.segment = recovered.segment
    this.end = recovered.end
    this.block = recovered.lastBlock
    this.bytes = recovered.bytes
  }

  /** Reads the existing records and opens the log for appending. */
  static open(
    disk: Disk,
    clock: Clock,
    options: LogOptions,
    apply: Apply
  ): Result.Result<{ readonly log: Log; readonly recovered: Recovered }, LogDamaged> {
    return Result.map(recover(disk, apply), (recovered) => {
      const log = new Log(disk, clock, options, recovered)
      for (const file of supersededFiles(disk.list())) disk.remove(file, () => undefined)
      return { log, recovered }
    })
  }

  /**
   * Appends a record that a block can hold (`canBeHeld`). Calls `done` when the record is durable,
   * in the order of the appends.
   */
  append(record: Uint8Array, done: () => void): void {
    this.waiting.push({ record, done })
    this.pendingLength += record.length
    if (this.isWriting || this.isScheduled) return
    this.isScheduled = true
    this.clock.soon(() => {
      this.isScheduled = false
      this.writeNext()
    })
  }

  /** The number of the last durable block. */
  get position(): number {
    return this.block
  }

  /** Ends all writing. */
  close(): void {
    this.isClosed = true
  }

  private writeNext(): void {
    if (this.isClosed || this.isWriting) return
    if (this.waiting.length === 0) {
      this.sealLater()
      return
    }
    const entries = this.takeEntries()
    const records = entries.map(({ record }) => record)
    const payload = payloadOf(this.isIntroduced ? records : [...this.preamble, ...records])
    this.isIntroduced = true
    this.isWriting = true
    this.isSealed = false
    this.write(this.block + 1, payload, () => {
      this.block += 1
      this.end += headerBytes + payload.length
      this.bytes += headerBytes + payload.length
      this.syncs += 1
      this.isWriting = false
      for (const { record, done } of entries) {
        this.pendingLength -= record.length
        done()
      }
      this.compactIfWorthwhile()
      this.writeNext()
    })
  }

  private get preamble(): ReadonlyArray<Uint8Array> {
    const { preamble } = this.options
    return preamble === undefined ? [] : [preamble]
  }

  private takeEntries(): ReadonlyArray<Entry> {
    let length = 0
    const tooMany = this.waiting.findIndex(({ record }, index) => {
      length += record.length
      return index > 0 && length > fullBlockBytes
    })
    return this.waiting.splice(0, tooMany < 0 ? this.waiting.length : tooMany)
  }

  /**
   * Writes a block at the end of the segment and syncs it; repeats this while the disk is full.
   * Then records in the watermark that the block was synced. The watermark needs no sync: it must
   * only survive the process.
   */
  private write(number: number, payload: Uint8Array, then: () => void): void {
    const file = segmentName(this.segment)
    const block = encodeBlock(number, payload)
    const { offset, bytes } = watermarkFor(number)
    const attempt = (): void =>
      this.disk.writeSynced(file, this.end, block, (fault) => settle(fault, mark))
    const mark = (): void =>
      this.disk.writeBriefly(watermarkName, offset, bytes, (fault) => settle(fault, finish))
    const finish = (): void => {
      this.report(undefined)
      then()
    }
    const settle = (fault: DiskFault | undefined, next: () => void): void => {
      if (this.isClosed) return
      if (fault === undefined) {
        next()
        return
      }
      if (fault.kind === "broken") {
        this.options.broken(fault)
        return
      }
      this.report(fault)
      this.clock.after(retryMilliseconds, () => {
        if (!this.isClosed) attempt()
      })
    }
    attempt()
  }

  private report(fault: DiskFault | undefined): void {
    const isFull = fault !== undefined
    if (isFull !== this.isFull) this.options.full?.(fault)
    this.isFull = isFull
  }

  /** Seals the segment once nothing has been appended for a while. */
  private sealLater(): void {
    if (this.isSealed || this.isSealing) return
    this.isSealing = true
    const { block } = this
    this.clock.after(sealMilliseconds, () => {
      this.isSealing = false
      if (this.isClosed) return
      if (this.block !== block) this.sealLater()
      else if (!this.isWriting && this.waiting.length === 0) this.seal()
    })
  }

  /**
   * Writes a seal after the last block: the block was synced. The next block overwrites the seal,
   * which needs no sync.
   */
  private seal(): void {
    if (this.isSealed) return
    this.isSealed = true
    this.isWriting = true
    const seal = encodeBlock(this.block + 1, new Uint8Array(0))
    this.disk.write(segmentName(this.segment), this.end, seal, () => {
      this.isWriting = false
      this.writeNext()
    })
  }

  private compactIfWorthwhile(): void {
    const threshold = Math.max(
      this.options.compactionBytes ?? defaultCompactionBytes,
      2 * this.liveBytesAtLeast
    )
    if (this.isCompacting || this.bytes < threshold) return
    this.isCompacting = true
    const older = supersededBy(this.segment + 1)
    this.segment += 1
    this.end = 0
    this.isIntroduced = false
    this.writeSnapshot(this.segment, (snapshotBytes) => {
      if (snapshotBytes === undefined) {
        this.clock.after(compactionRetryMilliseconds, () => {
          this.isCompacting = false
        })
        return
      }
      this.isCompacting = false
      this.liveBytesAtLeast = snapshotBytes
      this.bytes = snapshotBytes + this.end
      for (const file of this.disk.list().filter(older)) this.disk.remove(file, () => undefined)
    })
  }

  /**
   * Writes the live data next to the segments, piece by piece so that appending continues, as the
   * snapshot that replaces everything before this segment. `then` receives its size; undefined if
   * there was no room for it.
   */
  private writeSnapshot(segment: number, then: (bytes: number | undefined) => void): void {
    const records = this.options.snapshot()
    const nextBlock = this.block + 1
    const unlessFault =
      (next: () => void) =>
      (fault: DiskFault | undefined): void => {
        if (this.isClosed) return
        if (fault === undefined) {
          next()
          return
        }
        records.return?.()
        if (fault.kind === "broken") this.options.broken(fault)
        // A disk without room for a snapshot may still take blocks: keep the segments.
        else this.disk.remove(unfinishedName, () => then(undefined))
      }
    const writeBlock = (number: number, offset: number): void => {
      const some = takeSome(records)
      const isEnd = some.length === 0
      const payload = payloadOf(number === 1 ? [...this.preamble, ...some] : some)
      const block = isEnd ? encodeBlock(nextBlock, new Uint8Array(0)) : encodeBlock(number, payload)
      const end = offset + block.length
      const next = isEnd ? () => publish(end) : () => writeBlock(number + 1, end)
      this.disk.write(unfinishedName, offset, block, unlessFault(next))
    }
    const publish = (bytes: number): void => {
      const rename = () =>
        this.disk.rename(
          unfinishedName,
          snapshotName(segment),
          unlessFault(() => then(bytes))
        )
      this.disk.sync(unfinishedName, unlessFault(rename))
    }
    writeBlock(1, 0)
  }
}

/** Takes some of the remaining records: enough for one block of a snapshot. */
const takeSome = (records: Iterator<Uint8Array>): ReadonlyArray<Uint8Array> => {
  const some: Array<Uint8Array> = []
  for (let length = 0; length < snapshotBlockBytes; ) {
    const next = records.next()
    if (next.done === true) break
    some.push(next.value)
    length += next.value.length
  }
  return some
}

/** The files that a snapshot with this number replaces. */
const supersededBy =
  (number: number) =>
  (file: string): boolean =>
    (file.startsWith("segment-") && file < segmentName(number)) ||
    (file.startsWith("snapshot-") && file < snapshotName(number))
