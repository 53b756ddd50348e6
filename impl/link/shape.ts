/**
 * A look at JSON before it is read: how deep it goes, and of how many parts it is.
 *
 * To read a frame of 4 MiB that is all brackets takes longer than anybody else should wait; to walk
 * over it once takes some milliseconds. What is too deep or of too many parts is none of ours, so
 * nobody needs to read it.
 */

/**
 * The deepest that a frame goes, with room to spare: frame, envelope, message, ballot, vote,
 * configuration, quorums.
 */
export const mostDepth = 24
/**
 * The most parts of a frame: commas, colons, and openings of arrays and records. The most that a
 * message comes to are as many active configurations as there may be, each with as many names as
 * there may be.
 */
export const mostParts = 2 ** 17

const quote = 0x22
const backslash = 0x5c

/**
 * Why this JSON is not worth reading; undefined if it is. Text that is no JSON may pass, for the
 * parser to refuse.
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
        if (depth > mostDepth) return `it is more than ${mostDepth} levels deep`
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
    if (parts > mostParts) return `it has more than ${mostParts} parts`
  }
  return undefined
}

/** Where the text ends whose first character is there. */
const endOfText = (json: Uint8Array, from: number): number => {
  for (let at = from; at < json.length; at++) {
    if (json[at] === backslash) at += 1
    else if (json[at] === quote) return at
  }
  return json.length
}
