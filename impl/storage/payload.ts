/**
 * How the records of a block follow one another in its payload.
 *
 * A payload begins with the byte 1. Each record follows with a zero, its length (seven bits a byte,
 * the lowest first, each byte but the last with its highest bit set), and its bytes. Earlier
 * versions wrote lines of text; no text begins with the byte 1.
 *
 * No part of a payload can pass for the header of a block, even if users choose the values in it:
 * no record contains the mark of a header (`canBeHeld`), and the zeros keep a mark from beginning
 * in one record and ending in another.
 */
import { headerMark } from "./block.ts"

const payloadMark = 1
const lineFeed = 0x0a
/** Lengths are below 2^28: a payload has at most 256 MiB. */
const maxLengthBytes = 4

/**
 * Whether a block can hold this record. A mark may begin in the length of a record, but then its
 * third byte would be the record's first.
 */
export const canBeHeld = (record: Uint8Array): boolean =>
  record.length > 0 && record[0] !== headerMark[2] && !asBuffer(record).includes(headerMark)

export const payloadOf = (records: ReadonlyArray<Uint8Array>): Uint8Array => {
  let length = 1
  for (const record of records) length += 1 + maxLengthBytes + record.length
  const bytes = Buffer.allocUnsafe(length)
  bytes[0] = payloadMark
  let at = 1
  for (const record of records) {
    bytes[at++] = 0
    let rest = record.length
    for (; rest > 0x7f; rest >>>= 7) bytes[at++] = 0x80 | (rest & 0x7f)
    bytes[at++] = rest
    bytes.set(record, at)
    at += record.length
  }
  return bytes.subarray(0, at)
}

/** Receives a record, and the offset of its first byte. */
export type TakeRecord = (record: Uint8Array, offset: number) => void

/**
 * Passes on each record of a payload, in order. Returns the offset of the first byte that is wrong;
 * undefined if none is.
 */
export const readPayload = (payload: Uint8Array, take: TakeRecord): number | undefined => {
  if (payload[0] !== payloadMark) {
    readLines(payload, take)
    return undefined
  }
  for (let at = 1; at < payload.length; ) {
    const begin = at
    if (payload[at++] !== 0) return begin
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = payload[at++]
      if (byte === undefined || shift >= 7 * maxLengthBytes) return begin
      length += (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    if (length === 0 || length > payload.length - at) return begin
    take(payload.subarray(at, at + length), at)
    at += length
  }
  return undefined
}

const readLines = (text: Uint8Array, take: TakeRecord): void => {
  for (let from = 0; ; ) {
    const end = text.indexOf(lineFeed, from)
    take(text.subarray(from, end < 0 ? text.length : end), from)
    if (end < 0) return
    from = end + 1
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
