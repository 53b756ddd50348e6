/**
 * Short names of steps, for addresses: four characters each. A code says what happens, not which
 * number the step has in a list, so an address outlives changes of the order in which steps are
 * listed.
 */
import { canonical } from "../../spec/kernel/data.ts"

/** The length of a code. */
export const codeLength = 4

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** The code of each step of a list of possible ones. No two are the same. */
export const codesOf = (events: ReadonlyArray<unknown>): ReadonlyArray<string> => {
  const codes = new Set<string>()
  for (const event of events) {
    const text = canonical(event)
    let code = codeOf(text)
    for (let again = 1; codes.has(code); again++) code = codeOf(`${text}${again}`)
    codes.add(code)
  }
  return [...codes]
}

/** FNV-1a, folded to 24 bits. */
const codeOf = (text: string): string => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  const folded = (hash ^ (hash >>> 24)) & 0xffffff
  return [18, 12, 6, 0].map((shift) => alphabet[(folded >>> shift) & 63]).join("")
}

/** A run as it stands in an address. */
export const runText = (codes: ReadonlyArray<string>): string => codes.join("")

/** The codes of a run that stands in an address; undefined if the text is not one. */
export const runFrom = (text: string): ReadonlyArray<string> | undefined =>
  text.length % codeLength === 0 && /^[\w-]*$/.test(text) ? (text.match(/.{4}/g) ?? []) : undefined
