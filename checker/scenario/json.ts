/**
 * Turns text into data, or finds where the text stops being JSON.
 */
import * as Result from "effect/Result"
import { example } from "./mistakes.ts"
import { type Loaded, refused } from "./refusal.ts"

/** The data of a JSON text; `source` names the text in errors. */
export const parseJson = (source: string, given: string): Loaded<unknown> => {
  const text = given.replace(/^\uFEFF/, "")
  try {
    const data: unknown = JSON.parse(text)
    const twice = fieldGivenTwice(text)
    return twice === undefined
      ? Result.succeed(data)
      : refused(
          source,
          placeOf(text, twice.offset),
          `the field "${twice.name}" is given twice`,
          "give it once"
        )
  } catch (error) {
    const message = (error as Error).message
    const position = /position (\d+)/.exec(message)?.[1]
    const offset = position === undefined ? offsetOfStrangeWord(text) : Number(position)
    const place = placeOf(text, offset)
    const what =
      text.trim() === "" ? "the file is empty" : `this is not JSON (${reasonOf(message)})`
    return refused(source, place, what, `write a scenario such as ${example}`)
  }
}

/**
 * The first field that a record in a JSON text has twice: the second would silently replace the
 * first.
 */
const fieldGivenTwice = (
  text: string
): { readonly name: string; readonly offset: number } | undefined => {
  const open: Array<Set<string>> = []
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g)) {
    if (token[0] === "{") open.push(new Set())
    else if (token[0] === "}") open.pop()
    else if (token[1] !== undefined) {
      const name = String(JSON.parse(token[0].slice(0, -token[1].length)))
      if (open.at(-1)?.has(name)) return { name, offset: token.index }
      open.at(-1)?.add(name)
    }
  }
  return undefined
}

const reasonOf = (message: string): string =>
  message
    .replace(/ in JSON at position.*$/s, "")
    .replace(/, ".*$/s, "")
    .replace(/ is not valid JSON$/, "")
const placeOf = (text: string, offset: number): string => {
  const before = text.slice(0, offset).split("\n")
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`
}

/**
 * The beginning of the word at which a text stops being JSON; the end, if the text only stops too
 * early. (The parser does not give the position of an unknown word, but it rejects every prefix
 * that contains the word.)
 */
const offsetOfStrangeWord = (text: string): number => {
  if (!hasStrangeWord(text)) return text.length
  let [before, end] = [0, text.length]
  while (end - before > 1) {
    const middle = (before + end) >> 1
    if (hasStrangeWord(text.slice(0, middle))) end = middle
    else before = middle
  }
  return end - (/\w+$/.exec(text.slice(0, end))?.[0].length ?? 1)
}

const hasStrangeWord = (text: string): boolean => {
  try {
    JSON.parse(text)
    return false
  } catch (error) {
    return (error as Error).message.startsWith("Unexpected token")
  }
}
