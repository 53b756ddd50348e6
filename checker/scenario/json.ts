/**
 * Reads JSON that people write: a mistake has a place in the text, and each field is given once.
 *
 * `JSON.parse` decides what is JSON and makes the data. jsonc-parser finds the places, which
 * `JSON.parse` does not give, and the fields that are given twice, of which it keeps the second.
 */
import * as Result from "effect/Result"
import { type ParseErrorCode, printParseErrorCode, visit } from "jsonc-parser"

/** Why a text is refused, with the line and the column. */
export interface JsonMistake {
  readonly place: string
  readonly problem: string
  /** Undefined if the text should be of another form: the reader of the file knows which. */
  readonly mend: string | undefined
}

/** Larger than any file that people write. */
const maxCharacters = 2 ** 24

/** Deeper than any file that Quorate reads. The parser recurses, so the stack needs a bound. */
const maxDepth = 100

/** The data of a JSON text, or its first mistake. */
export const parseJson = (given: string): Result.Result<unknown, JsonMistake> => {
  const text = given.replace(/^\uFEFF/, "")
  const mistake = text.length > maxCharacters ? tooLong : firstMistake(text)
  if (mistake !== undefined) return Result.fail(mistake)
  return Result.try({
    try: (): unknown => JSON.parse(text),
    catch: () => ({ place: placeOf(0, 0), problem: "this is not JSON", mend: undefined })
  })
}

const firstMistake = (text: string): JsonMistake | undefined => {
  let first: JsonMistake | undefined
  const report = (line: number, column: number, problem: string, mend?: string) => {
    first ??= { place: placeOf(line, column), problem, mend }
  }
  // The names of the fields so far, of each record that is open.
  const open: Array<Set<string>> = []
  let depth = 0
  const enter = (line: number, column: number) => {
    depth += 1
    if (depth <= maxDepth) return
    report(line, column, `more than ${maxDepth} lists and records are nested`, "nest fewer")
    throw new TooDeep()
  }
  try {
    visit(
      text,
      {
        onError: (code, _offset, _length, line, column) =>
          report(
            line,
            column,
            text.trim() === "" ? "the file is empty" : `this is not JSON (${reasonOf(code)})`
          ),
        onObjectBegin: (_offset, _length, line, column) => {
          open.push(new Set())
          enter(line, column)
        },
        onObjectProperty: (name, _offset, _length, line, column) => {
          const names = open.at(-1)
          if (names?.has(name))
            report(line, column, `the field "${name}" is given twice`, "give it once")
          names?.add(name)
        },
        onObjectEnd: () => {
          open.pop()
          depth -= 1
        },
        onArrayBegin: (_offset, _length, line, column) => enter(line, column),
        onArrayEnd: () => {
          depth -= 1
        }
      },
      { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false }
    )
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error
  }
  return first
}

const tooLong: JsonMistake = {
  place: "line 1, column 1",
  problem: `the file has more than ${maxCharacters} characters`,
  mend: "divide it"
}

const placeOf = (line: number, column: number): string => `line ${line + 1}, column ${column + 1}`

/** Ends the visit of a text that is nested too deeply. */
class TooDeep extends Error {}

/** The parser's name of a mistake as words: "PropertyNameExpected" is "property name expected". */
const reasonOf = (code: ParseErrorCode): string =>
  printParseErrorCode(code)
    .replaceAll(/(?<!^)[A-Z]/g, " $&")
    .toLowerCase()
