/**
 * Hashes of texts, from which a state's hash is made. A hash depends on the text alone, so every
 * worker, every run and every resumed run agree.
 */

/**
 * A 32-bit hash of a text; each seed gives another hash. (The mixing steps are those of
 * MurmurHash3.)
 */
export const hashText = (text: string, seed: number): number => {
  let mixed = Math.imul(seed + 1, 0x9e3779b1)
  for (let at = 0; at < text.length; at++) {
    let block = Math.imul(text.charCodeAt(at), 0xcc9e2d51)
    block = (block << 15) | (block >>> 17)
    mixed ^= Math.imul(block, 0x1b873593)
    mixed = (mixed << 13) | (mixed >>> 19)
    mixed = (Math.imul(mixed, 5) + 0xe6546b64) | 0
  }
  return avalanche(mixed ^ text.length)
}

/** Makes every bit of the result depend on every bit of the argument. */
const avalanche = (given: number): number => {
  let mixed = given ^ (given >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

const fingerprints = 2 ** 64

/**
 * The probability that two of this many states share a 64-bit fingerprint, if fingerprints were
 * drawn at random: about one in 2^64 for each pair. (They are hashes of contents, and no adversary
 * chooses the contents to collide.)
 */
export const omissionProbability = (states: number): number =>
  Math.min(1, (states * (states - 1)) / 2 / fingerprints)
