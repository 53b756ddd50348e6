/**
 * Blocks: the units of a log. A block is the result of one commit: a header of 24 bytes and a
 * payload of records (`payload.ts`). The header has these bytes:
 *
 * - 0-3: the mark, which does not occur in a payload, so no payload can pass for a header
 * - 4-7: the payload's length in bytes
 * - 8-15: the block's number, counted through all files of a log
 * - 16-19: CRC-32 of the payload
 * - 20-23: CRC-32 of bytes 0-19
 *
 * All numbers are little-endian. A block without a payload is a *seal*: it records that the blocks
 * before it were synced. A seal carries the number of the next block, which overwrites it (or, at
 * the end of a snapshot, the number of the first block of the segments after it).
 */
import { crc32 } from "node:zlib"

export const headerBytes = 24
const mark = 0x4c_51_0d_ff
/** The bytes of the mark. UTF-8 text has no byte like the first. */
export const headerMark = Buffer.from([0xff, 0x0d, 0x51, 0x4c])
/** The maximum size of a payload, in bytes. */
export const maxPayloadBytes = 256 * 2 ** 20

export interface Header {
  readonly payloadBytes: number
  readonly number: number
  readonly payloadChecksum: number
}

/** The bytes of a block with this number and payload. */
export const encodeBlock = (number: number, payload: Uint8Array): Uint8Array => {
  const block = Buffer.allocUnsafe(headerBytes + payload.length)
  block.writeUInt32LE(mark, 0)
  block.writeUInt32LE(payload.length, 4)
  block.writeUInt32LE(number % 2 ** 32, 8)
  block.writeUInt32LE(Math.floor(number / 2 ** 32), 12)
  block.writeUInt32LE(crc32(payload), 16)
  block.writeUInt32LE(crc32(block.subarray(0, 20)), 20)
  block.set(payload, headerBytes)
  return block
}

/** The header that begins at the offset; undefined if there is none. */
export const headerAt = (bytes: Uint8Array, offset: number): Header | undefined => {
  if (offset + headerBytes > bytes.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, headerBytes)
  if (view.getUint32(0, true) !== mark) return undefined
  if (view.getUint32(20, true) !== crc32(bytes.subarray(offset, offset + 20))) return undefined
  const payloadBytes = view.getUint32(4, true)
  if (payloadBytes > maxPayloadBytes) return undefined
  return {
    payloadBytes,
    number: view.getUint32(8, true) + view.getUint32(12, true) * 2 ** 32,
    payloadChecksum: view.getUint32(16, true)
  }
}

/** Whether this is the payload that the header was written for. */
export const isIntact = (header: Header, payload: Uint8Array): boolean =>
  payload.length === header.payloadBytes && crc32(payload) === header.payloadChecksum

/**
 * The offset of the first header at or after `from` with at least this number; undefined if there
 * is none.
 */
export const findHeader = (
  bytes: Uint8Array,
  from: number,
  minNumber: number
): number | undefined => {
  for (
    let offset = bytes.indexOf(0xff, from);
    offset >= 0;
    offset = bytes.indexOf(0xff, offset + 1)
  ) {
    const header = headerAt(bytes, offset)
    if (header !== undefined && header.number >= minNumber) return offset
  }
  return undefined
}
