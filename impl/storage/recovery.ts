/**
 * Reads a log after a crash.
 *
 * A crash leaves at most the last block incomplete, because the next block is written only after a
 * sync. A bad block with nothing after it was never acknowledged, so recovery cuts it off. A bad
 * block with a good one after it (a seal, at least) was once complete, so the log is damaged and
 * none of it may be served. Zeros after the last block are not a bad block: a disk may have
 * prepared the file for more.
 *
 * The watermark is next to the segments: the number of a block up to which all blocks were synced,
 * written before the node acknowledged them. A log that ends before its watermark has lost
 * acknowledged records.
 *
 * Recovery cannot detect one loss: power failed, the disk lost blocks that it had reported as
 * synced, and the watermark, which is not synced for every block, had not reached the disk either.
 * Other nodes may remember (`memory/`).
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Disk } from "../environment/disk.ts"
import { encodeBlock, findHeader, headerAt, headerBytes, isIntact } from "./block.ts"
import { readPayload } from "./payload.ts"

/** A log cannot be trusted: durable data has changed or is missing. */
export class LogDamaged extends Schema.TaggedError<LogDamaged>()("LogDamaged", {
  file: Schema.String,
  /** The offset of the first wrong byte. */
  offset: Schema.Int,
  problem: Schema.String,
  mend: Schema.String
}) {
  override get message(): string {
    return `${this.file}, byte ${this.offset}: ${this.problem}; the data of this node cannot be trusted — ${this.mend}`
  }
}

export interface Recovered {
  /** The number of the segment to append to, and its end. */
  readonly segment: number
  readonly end: number
  /** The number of the last block, 0 if there is none. */
  readonly lastBlock: number
  /** The number of bytes in use in the files. */
  readonly bytes: number
  /** The number of bytes cut off from an incomplete block. */
  readonly tornBytes: number
}

export const segmentName = (number: number): string =>
  `segment-${String(number).padStart(9, "0")}.log`
export const snapshotName = (number: number): string =>
  `snapshot-${String(number).padStart(9, "0")}.log`
/**
 * The file with the number of the block up to which all were synced: two seals, written in turn.
 */
export const watermarkName = "watermark"
/** A snapshot has this name until it is complete. */
export const unfinishedName = "snapshot.unfinished"

const numbersOf = (
  files: ReadonlyArray<string>,
  kind: "segment" | "snapshot"
): ReadonlyArray<number> =>
  files
    .map((file) => new RegExp(`^${kind}-(\\d{9})\\.log$`).exec(file)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((left, right) => left - right)

/** The files that the newest snapshot replaces, and those never finished. */
export const supersededFiles = (files: ReadonlyArray<string>): ReadonlyArray<string> => {
  const newest = numbersOf(files, "snapshot").at(-1) ?? 0
  return [
    ...numbersOf(files, "snapshot")
      .filter((number) => number < newest)
      .map(snapshotName),
    ...numbersOf(files, "segment")
      .filter((number) => number < newest)
      .map(segmentName),
    ...files.filter((file) => file === unfinishedName)
  ]
}

/** Receives a record, and where it begins. */
export type Apply = (record: Uint8Array, file: string, offset: number) => void

/**
 * Passes every record to `apply`, in the order of the appends, and cuts off an incomplete last
 * block. The newest snapshot comes first, then the segments from its number on, without a gap.
 */
export const recover = (disk: Disk, apply: Apply): Result.Result<Recovered, LogDamaged> => {
  const files = disk.list()
  const snapshot = numbersOf(files, "snapshot").at(-1)
  const segments = numbersOf(files, "segment").filter((number) => number >= (snapshot ?? 1))
  const first = snapshot ?? 1
  let bytes = 0
  let position: Position = { end: 0, lastBlock: 0, tornBytes: 0 }
  if (snapshot !== undefined) {
    const read = readSnapshot(disk, snapshotName(snapshot), apply)
    if (Result.isFailure(read)) return Result.fail(read.failure)
    bytes += read.success.bytes
    position = { ...position, lastBlock: read.success.lastBlock }
  }
  for (const [index, segment] of segments.entries()) {
    if (segment !== first + index) {
      return damaged(segmentName(first + index), 0, "the file is missing")
    }
    const read = readSegment(disk, segmentName(segment), position.lastBlock, apply)
    if (Result.isFailure(read)) return Result.fail(read.failure)
    position = read.success
    bytes += position.end
  }
  const synced = files.includes(watermarkName) ? watermarkOn(disk) : 0
  if (position.lastBlock < synced) {
    return damaged(
      segmentName(segments.at(-1) ?? first),
      position.end,
      `the blocks from ${position.lastBlock + 1} to ${synced} were synced, but are missing or damaged`
    )
  }
  const last = segments.at(-1)
  if (last !== undefined && disk.size(segmentName(last)) > position.end) {
    disk.truncate(segmentName(last), position.end)
  }
  return Result.succeed({ segment: last ?? first, bytes, ...position })
}

/** The larger of the two readable numbers: while one is written, the other is intact. */
const watermarkOn = (disk: Disk): number =>
  Math.max(
    ...[0, headerBytes].map(
      (offset) => headerAt(disk.read(watermarkName, offset, headerBytes), 0)?.number ?? 0
    )
  )

/** The offset and the bytes of the watermark for this block. */
export const watermarkFor = (block: number) => ({
  offset: (block % 2) * headerBytes,
  bytes: encodeBlock(block, new Uint8Array(0))
})

interface Position {
  readonly end: number
  readonly lastBlock: number
  readonly tornBytes: number
}

const damaged = (file: string, offset: number, problem: string): Result.Result<never, LogDamaged> =>
  Result.fail(new LogDamaged({ file, offset, problem, mend: "replace it by a new node" }))

const malformed = (file: string, offset: number): Result.Result<never, LogDamaged> =>
  damaged(file, offset, "a block is not made of records, although its checksum is right")

interface Block {
  readonly number: number
  readonly payload: Uint8Array
}

/** The block at the offset; undefined if there is none, or a damaged one. */
const blockAt = (disk: Disk, file: string, offset: number): Block | undefined => {
  const header = headerAt(disk.read(file, offset, headerBytes), 0)
  if (header === undefined) return undefined
  const payload = disk.read(file, offset + headerBytes, header.payloadBytes)
  return isIntact(header, payload) ? { number: header.number, payload } : undefined
}

/** Reads a snapshot: it was synced before it got its name, so it must be complete. */
const readSnapshot = (
  disk: Disk,
  file: string,
  apply: Apply
): Result.Result<{ readonly bytes: number; readonly lastBlock: number }, LogDamaged> => {
  let offset = 0
  for (let expected = 1; ; expected++) {
    const block = blockAt(disk, file, offset)
    if (block === undefined) return damaged(file, offset, "a block is damaged or missing")
    offset += headerBytes + block.payload.length
    // The seal of a snapshot has the number of the first block of the segments after it.
    if (block.payload.length === 0)
      return Result.succeed({ bytes: offset, lastBlock: block.number - 1 })
    if (block.number !== expected) return damaged(file, offset, `block ${expected} is missing`)
    const begin = offset - block.payload.length
    const wrong = readPayload(block.payload, (record, at) => apply(record, file, begin + at))
    if (wrong !== undefined) return malformed(file, begin + wrong)
  }
}

/**
 * Reads a segment, which continues after block number `previous` and may end in an incomplete
 * block.
 */
const readSegment = (
  disk: Disk,
  file: string,
  previous: number,
  apply: Apply
): Result.Result<Position, LogDamaged> => {
  const size = disk.size(file)
  let offset = 0
  let last = previous
  while (offset < size) {
    const block = blockAt(disk, file, offset)
    if (block === undefined) return endAt(disk, file, offset, offset + 1, last)
    if (block.number !== last + 1) {
      return damaged(file, offset, `block ${block.number} follows block ${last}`)
    }
    // A seal is not part of the chain: the next block overwrites it.
    if (block.payload.length === 0) return endAt(disk, file, offset, offset + headerBytes, last)
    const begin = offset + headerBytes
    const wrong = readPayload(block.payload, (record, at) => apply(record, file, begin + at))
    if (wrong !== undefined) return malformed(file, begin + wrong)
    last = block.number
    offset += headerBytes + block.payload.length
  }
  return Result.succeed({ end: offset, lastBlock: last, tornBytes: 0 })
}

/**
 * Cuts the file off at `end`, after the last good block, unless a good block follows at or after
 * `from`.
 */
const endAt = (
  disk: Disk,
  file: string,
  end: number,
  from: number,
  lastBlock: number
): Result.Result<Position, LogDamaged> => {
  const rest = disk.read(file, end, disk.size(file) - end)
  const next = findHeader(rest, from - end, lastBlock + 1)
  if (next !== undefined) {
    return damaged(
      file,
      end,
      `a damaged block was complete when the block at ${end + next} was written`
    )
  }
  return Result.succeed({ end, lastBlock, tornBytes: Math.max(0, end + written(rest) - from) })
}

/** The number of bytes before the zeros with which a disk prepares a file for more. */
const written = (bytes: Uint8Array): number => {
  let length = bytes.length
  while (length > 0 && bytes[length - 1] === 0) length -= 1
  return length
}
