/**
 * `quorate reconfigure +s4 -s2`: the parser of arguments would take a leading minus for a flag. A
 * minus before a name is written as another sign before the arguments are parsed.
 */

/** U+2212, the mathematical minus sign: no node's name begins with it. */
export const minus = "\u2212"

/**
 * The arguments of the process. If they are those of `quorate reconfigure`, the minus of `-NAME` is
 * replaced.
 */
export const withoutMinus = (given: ReadonlyArray<string>): ReadonlyArray<string> =>
  given[0] === "reconfigure"
    ? given.map((word) =>
        /^-[A-Za-z0-9']/.test(word) && word !== "-h" ? `${minus}${word.slice(1)}` : word
      )
    : given
