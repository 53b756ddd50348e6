/**
 * Reads the parts of the compact encoding (`writer.ts`). It trusts no byte: it refuses input that
 * ends early, encodes nothing, or has too many parts, with `Malformed`.
 */
import { eightBytes, fourBytes, twoBytes } from "./writer.ts"

/** These bytes encode nothing. */
export class Malformed extends Error {}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

export class Reader {
  private bytes: Buffer = Buffer.alloc(0)
  private at = 0
  private end = 0
  private partsLeft = 0
  /** Whether input is also checked; without checks it is plain data of the right form. */
  isChecked = true

  /** Begins to read these bytes from the offset on; they may have this number of parts. */
  begin(bytes: Uint8Array, offset: number, maxParts: number): void {
    this.bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.at = offset
    this.end = bytes.length
    this.partsLeft = maxParts
  }

  /** Refuses bytes that remain unread. */
  finish(): void {
    if (this.at !== this.end) throw new Malformed(`it goes on after byte ${this.at}`)
  }

  byte(): number {
    if (this.at >= this.end) throw this.early()
    return this.bytes[this.at++] as number
  }

  number(): number {
    const first = this.byte()
    if (first < twoBytes) return first
    const from = this.at
    switch (first) {
      case twoBytes:
        this.skip(2)
        return this.bytes.readUInt16LE(from)
      case fourBytes:
        this.skip(4)
        return this.bytes.readUInt32LE(from)
      case eightBytes: {
        this.skip(8)
        const value = this.bytes.readDoubleLE(from)
        if (!Number.isFinite(value)) throw new Malformed(`there is no number at byte ${from}`)
        // There is one zero, as in JSON.
        return value + 0
      }
      default:
        throw new Malformed(`there is no number at byte ${from - 1}`)
    }
  }

  /** The number of items that follow; each takes one of the remaining parts. */
  parts(): number {
    const count = this.count()
    this.partsLeft -= count
    if (this.partsLeft < 0) throw new Malformed("it has too many parts")
    return count
  }

  text(): string {
    const written = this.count()
    const length = written >>> 1
    const from = this.at
    this.skip(length)
    if ((written & 1) === 0) return this.bytes.toString("latin1", from, from + length)
    try {
      return utf8.decode(this.bytes.subarray(from, from + length))
    } catch {
      throw new Malformed(`the text at byte ${from} is not UTF-8`)
    }
  }

  get position(): number {
    return this.at
  }

  /** A copy of the bytes read since then. */
  since(position: number): Buffer {
    return Buffer.from(this.bytes.subarray(position, this.at))
  }

  /**
   * A hash of the next bytes, of this length.
   */
  hashOf(length: number): number {
    const end = Math.min(this.at + length, this.end)
    const step = 1 + (length >> 4)
    let hash = length
    for (let at = end - 1; at >= this.at; at -= step)
      hash = (Math.imul(hash, 31) + (this.bytes[at] as number)) >>> 0
    return hash
  }

  /** A hash of the next text. */
  hashOfText(): number {
    const from = this.at
    const length = this.count() >>> 1
    const hash = this.hashOf(length)
    this.at = from
    return hash
  }

  /** Skips these bytes if they come next. */
  skipIfNext(bytes: Buffer): boolean {
    const { at } = this
    const { length } = bytes
    if (length > this.end - at) return false
    if (length <= 64) {
      for (let index = 0; index < length; index++)
        if (this.bytes[at + index] !== bytes[index]) return false
    } else if (this.bytes.compare(bytes, 0, length, at, at + length) !== 0) return false
    this.at += length
    return true
  }

  /** Reads a value of exactly this many bytes with its own reader. */
  within<A>(length: number, read: (reader: Reader) => A): A {
    const { end } = this
    if (length > end - this.at) throw this.early()
    this.end = this.at + length
    const value = read(this)
    this.finish()
    this.end = end
    return value
  }

  count(): number {
    const count = this.number()
    // The largest count is that of bytes, which are fewer than this in any frame.
    if (!(count >= 0 && count <= 0x7fff_ffff && Number.isInteger(count)))
      throw new Malformed(`there is no count before byte ${this.at}`)
    return count
  }

  private skip(length: number): void {
    if (length > this.end - this.at) throw this.early()
    this.at += length
  }

  private early(): Malformed {
    return new Malformed(`it ends early, at byte ${this.at}`)
  }
}
