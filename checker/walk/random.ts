/**
 * Random words, as hashes of their purpose: a seed, a run, a step, a name.
 *
 * Why no library: a generator of a stream (pure-rand, effect's `Random`) ties each choice to the
 * order in which the alternatives are listed, and a network lists them in the order in which it
 * happened to number them. A hash makes the same choice on every machine, for every worker that
 * takes the run, whatever that worker did before.
 */

const golden = 0x9e3779b9

/**
 * A one-to-one map of 32-bit words in which every bit depends on every bit (the finish of
 * MurmurHash3).
 */
export const scramble = (word: number): number => {
  let mixed = word ^ (word >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/** A 32-bit hash of two words. For a given first word it is a one-to-one map of the second. */
export const scrambleBoth = (first: number, second: number): number =>
  scramble((scramble(first) + Math.imul(second, golden)) | 0)

/** A 32-bit hash of a text. */
export const scrambleText = (text: string): number => {
  let mixed = golden | 0
  for (let at = 0; at < text.length; at++)
    mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193)
  return scramble(mixed)
}

/**
 * The word that a run of a seed draws for a purpose: 32 bits. Seeds and runs are whole numbers from
 * 0 to 2^53 - 1.
 */
export const draw = (seed: number, run: number, purpose: string): number =>
  [seed, run].reduce(
    (word, number) => scrambleBoth(scrambleBoth(word, number | 0), Math.floor(number / 2 ** 32)),
    scrambleText(purpose)
  )

/** A word as a fraction: at least 0, less than 1. */
export const fraction = (word: number): number => (word >>> 0) / 2 ** 32
