/**
 * Requests that people type: words on a line, some of them in quotes, parsed as Redis does.
 */

const backslash = 0x5c
const double = 0x22
const single = 0x27

/** The byte that an escape sequence stands for. */
const escapes: ReadonlyMap<number, number> = new Map(
  (
    [
      ["n", "\n"],
      ["r", "\r"],
      ["t", "\t"],
      ["b", "\b"],
      ["a", "\u0007"]
    ] as const
  ).map(([letter, byte]) => [letter.charCodeAt(0), byte.charCodeAt(0)])
)

/** ASCII only: no byte of a longer UTF-8 sequence is a space. */
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d)

/** The words of a line; undefined if a quote is not closed, or does not end its word. */
export const wordsOf = (line: Uint8Array): ReadonlyArray<Uint8Array> | undefined => {
  const words: Array<Uint8Array> = []
  let at = 0
  while (true) {
    while (at < line.length && isSpace(line[at])) at += 1
    if (at >= line.length) return words
    const word = wordAt(line, at)
    if (word === undefined) return undefined
    words.push(word.bytes)
    at = word.end
  }
}

const wordAt = (
  line: Uint8Array,
  from: number
): { readonly bytes: Uint8Array; readonly end: number } | undefined => {
  const bytes: Array<number> = []
  let quote: number | undefined
  let at = from
  while (at < line.length) {
    const byte = line[at] as number
    if (quote === undefined) {
      if (isSpace(byte)) break
      if (byte === double || byte === single) quote = byte
      else bytes.push(byte)
      at += 1
    } else if (byte === backslash && at + 1 < line.length) {
      const { byte: meant, length } = escaped(line, at, quote)
      bytes.push(meant)
      at += length
    } else if (byte === quote) {
      at += 1
      quote = undefined
      if (at < line.length && !isSpace(line[at])) return undefined
    } else {
      bytes.push(byte)
      at += 1
    }
  }
  return quote === undefined ? { bytes: Uint8Array.from(bytes), end: at } : undefined
}

/**
 * The byte that a backslash and the character after it stand for. Single quotes allow only an
 * escaped quote.
 */
const escaped = (
  line: Uint8Array,
  at: number,
  quote: number
): { readonly byte: number; readonly length: number } => {
  const next = line[at + 1] as number
  if (quote === single)
    return next === single ? { byte: single, length: 2 } : { byte: backslash, length: 1 }
  const hexadecimal = Buffer.from(line.subarray(at + 1, at + 4)).toString("latin1")
  return /^x[0-9a-fA-F]{2}$/.test(hexadecimal)
    ? { byte: Number.parseInt(hexadecimal.slice(1), 16), length: 4 }
    : { byte: escapes.get(next) ?? next, length: 2 }
}
