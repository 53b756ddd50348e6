/**
 * Short names of steps, for addresses: four characters each. A code depends on what happens, not on
 * the step's number in a list, so an address survives changes of the order in which steps are
 * listed.
 */
import { canonical } from "../../spec/kernel/data.ts"

/** The length of a code. */
export const codeLength = 4

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** The code of each step of a list of possible ones. No two codes are equal. */
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

/** A run as an address contains it. */
export const runText = (codes: ReadonlyArray<string>): string => codes.join("")

/** The codes of a run in an address; undefined if the text is not a run. */
export const runFrom = (text: string): ReadonlyArray<string> | undefined =>
  text.length % codeLength === 0 && /^[\w-]*$/.test(text) ? (text.match(/.{4}/g) ?? []) : undefined
