/**
 * The part of DER (X.690) that development certificates need: encoding of values. (Packages that
 * issue certificates bring a dozen others and a global registry of decorators. OpenSSL parses and
 * verifies what is encoded here whenever a node accepts it.)
 */

const encoded = (tag: number, ...content: ReadonlyArray<Uint8Array>): Buffer => {
  const bytes = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag]), lengthOf(bytes.length), bytes])
}

const lengthOf = (length: number): Buffer => {
  if (length < 128) return Buffer.from([length])
  const digits: Array<number> = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return Buffer.from([0x80 | digits.length, ...digits])
}

export const sequence = (...items: ReadonlyArray<Uint8Array>): Buffer => encoded(0x30, ...items)
export const set = (...items: ReadonlyArray<Uint8Array>): Buffer => encoded(0x31, ...items)
export const octets = (content: Uint8Array): Buffer => encoded(0x04, content)
export const truth: Buffer = encoded(0x01, Buffer.from([0xff]))
/** A bit string whose last `unused` bits are not used. */
export const bits = (content: Uint8Array, unused = 0): Buffer =>
  encoded(0x03, Buffer.from([unused]), content)
/**
 * A non-negative integer, most significant byte first, in the fewest bytes whose first is less than
 * 128.
 */
export const integer = (content: Uint8Array): Buffer => {
  const first = content.findIndex((byte) => byte !== 0)
  const digits = first < 0 ? content.subarray(0, 0) : content.subarray(first)
  const isPositive = (digits[0] ?? 128) < 128
  return encoded(0x02, isPositive ? Buffer.alloc(0) : Buffer.from([0]), digits)
}
export const text = (value: string): Buffer => encoded(0x0c, Buffer.from(value, "utf8"))
/** A value with a context-specific tag. */
export const tagged = (number: number, content: Uint8Array): Buffer =>
  encoded(0xa0 | number, content)

/** An object identifier, such as 2.5.4.3. */
export const identifier = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number)
  const bytes = [40 * first + second, ...rest.flatMap(base128)]
  return encoded(0x06, Buffer.from(bytes))
}

const base128 = (number: number): ReadonlyArray<number> => {
  const digits = [number & 127]
  for (let rest = number >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 127) | 128)
  return digits
}

/** A time before 2050, to the second. */
export const time = (date: Date): Buffer =>
  encoded(
    0x17,
    Buffer.from(
      `${date
        .toISOString()
        .replace(/[-:T]|\.\d+/g, "")
        .slice(2)}`,
      "latin1"
    )
  )
