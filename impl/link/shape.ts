/**
 * Examines JSON before it is parsed: how deep it is, and how many parts it has.
 *
 * Parsing a frame of 4 MiB that is all brackets would make other connections wait too long; one
 * pass over it takes a few milliseconds. No valid frame is too deep or has too many parts, so an
 * endpoint does not need to parse such a frame. (A frame of a few KiB is parsed in less time than
 * the pass takes; the Schema refuses it.)
 */

/**
 * The maximum depth of a frame, with room to spare: frame, envelope, message, ballot, vote,
 * configuration, quorums.
 */
export const maxDepth = 24
/**
 * The maximum number of parts of a frame: commas, colons, and openings of arrays and records. The
 * largest message holds the maximum number of active configurations, each with the maximum number
 * of names.
 */
export const maxParts = 2 ** 17

const quote = 0x22
const backslash = 0x5c

/**
 * Why this JSON must not be parsed; undefined if it may be. Invalid JSON may pass; the parser
 * refuses it.
 */
export const oversized = (json: Uint8Array): string | undefined => {
  let depth = 0
  let parts = 0
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case quote:
        at = endOfText(json, at + 1)
        break
      case 0x5b: // [
      case 0x7b: // {
        depth += 1
        parts += 1
        if (depth > maxDepth) return `it is more than ${maxDepth} levels deep`
        break
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1
        break
      case 0x2c: // ,
      case 0x3a: // :
        parts += 1
        break
    }
    if (parts > maxParts) return `it has more than ${maxParts} parts`
  }
  return undefined
}

/** The end of the string that begins at this character. */
const endOfText = (json: Uint8Array, from: number): number => {
  for (let at = from; at < json.length; at++) {
    if (json[at] === backslash) at += 1
    else if (json[at] === quote) return at
  }
  return json.length
}
