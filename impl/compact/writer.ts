/**
 * Writes the parts of the compact encoding one after the other: numbers, text, and bytes.
 *
 * - A whole number below 248 is one byte. For larger ones the first byte says how many follow: 248
 *   two, 249 four (little-endian); 250 eight, for any other number, in IEEE 754. There is one zero,
 *   and NaN cannot be written.
 * - Text is twice its number of bytes, and then the bytes: a byte for each character, if all of
 *   them are below 256; otherwise one more than twice, and UTF-8.
 */

/** The first bytes of larger numbers. */
export const twoBytes = 248
export const fourBytes = 249
export const eightBytes = 250

/** Native code checks and copies text of this length or more. */
const longText = 64
const isWide = /[\u0100-\uffff]/

/** The value has no compact form: it does not belong to its Schema. */
export class NotCompact extends Error {}

export class Writer {
  private bytes = Buffer.allocUnsafe(2 ** 14)
  private at = 0
  private maxParts = 0
  /** The number of items of all arrays written so far. */
  parts = 0

  /** Begins again, with this number of free bytes at the front; it may write so many parts. */
  begin(free: number, maxParts: number): void {
    this.maxParts = maxParts
    this.parts = 0
    // A buffer grown for one large frame is not kept for small ones.
    if (this.bytes.length > 2 ** 18) this.bytes = Buffer.allocUnsafe(2 ** 14)
    this.at = free
  }

  /** All bytes since `begin`, the free ones included. */
  end(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.at))
  }

  /** The same as text of a character for each byte. */
  endText(): string {
    return this.bytes.toString("latin1", 0, this.at)
  }

  byte(value: number): void {
    if (this.at === this.bytes.length) this.grow(1)
    this.bytes[this.at++] = value
  }

  number(value: number): void {
    if (this.at + 9 > this.bytes.length) this.grow(9)
    const { bytes } = this
    if (value >= 0 && value <= 0xffff_ffff && value >>> 0 === value) {
      if (value < twoBytes) bytes[this.at++] = value
      else if (value <= 0xffff) {
        bytes[this.at++] = twoBytes
        this.at = bytes.writeUInt16LE(value, this.at)
      } else {
        bytes[this.at++] = fourBytes
        this.at = bytes.writeUInt32LE(value, this.at)
      }
    } else {
      if (!Number.isFinite(value)) throw new NotCompact("it is not a number of plain data")
      bytes[this.at++] = eightBytes
      this.at = bytes.writeDoubleLE(value, this.at)
    }
  }

  text(text: string): void {
    const { length } = text
    if (length >= longText) {
      this.longText(text)
      return
    }
    this.grow(length + 9)
    const begin = this.at
    this.number(2 * length)
    const { bytes } = this
    let { at } = this
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index)
      if (code > 0xff) {
        this.at = begin
        this.wideText(text)
        return
      }
      bytes[at++] = code
    }
    this.at = at
  }

  /** Writes the number of items that follow. */
  items(count: number): void {
    this.take(count)
    this.number(count)
  }

  /** Counts items; a reader with the same limit refuses more of them. */
  private take(count: number): void {
    this.parts += count
    if (this.parts > this.maxParts) throw new NotCompact("it has too many parts")
  }

  /** Writes the number of bytes, then the bytes, which have so many parts. */
  counted(given: Uint8Array, parts: number): void {
    this.take(parts)
    this.number(given.length)
    this.grow(given.length)
    this.bytes.set(given, this.at)
    this.at += given.length
  }

  private longText(text: string): void {
    if (isWide.test(text)) {
      this.wideText(text)
      return
    }
    this.number(2 * text.length)
    this.grow(text.length)
    this.at += this.bytes.write(text, this.at, text.length, "latin1")
  }

  private wideText(text: string): void {
    if (!text.isWellFormed()) throw new NotCompact("half of a surrogate pair has no bytes")
    const length = Buffer.byteLength(text, "utf8")
    this.number(2 * length + 1)
    this.grow(length)
    this.at += this.bytes.write(text, this.at, length, "utf8")
  }

  /** Makes room for this many more bytes. */
  private grow(more: number): void {
    if (this.at + more <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(2 * (this.at + more))
    larger.set(this.bytes.subarray(0, this.at))
    this.bytes = larger
  }
}
