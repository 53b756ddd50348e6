/**
 * JSON that people write: exactly what `JSON.parse` accepts is accepted, with the same data, unless
 * a field is given twice or the text is nested too deeply. Each refusal has a place in the text.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseJson } from "../../../checker/scenario/json.ts"
import { draws } from "../../draws.ts"

const refusal = (text: string): string => {
  const { place, problem } = Result.getOrThrow(Result.flip(parseJson(text)))
  return `${place}: ${problem}`
}
const isJson = (text: string): boolean => Result.isSuccess(Result.try(() => JSON.parse(text)))

/** A JSON text, indented or not, in which up to three characters were replaced or inserted. */
const almostJson = fc
  .tuple(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(0, 2),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.constantFrom(...`{}[],:"\\ntrue01e+-. \t\n/u'`, "//", "\\u00", "\u2028")
      ),
      { maxLength: 3 }
    )
  )
  .map(([data, indent, changes]) =>
    changes.reduce(
      (text, [at, piece], index) => {
        const place = at % (text.length + 1)
        return text.slice(0, place) + piece + text.slice(place + (index % 2))
      },
      JSON.stringify(data, undefined, indent)
    )
  )

describe("a JSON text", () => {
  it("is accepted if JSON.parse accepts it, with the same data; otherwise it has a place", () => {
    const seen = { accepted: 0, refused: 0 }
    fc.assert(
      fc.property(almostJson, (text) => {
        const read = parseJson(text)
        if (Result.isSuccess(read)) {
          expect(read.success).toEqual(JSON.parse(text))
          seen.accepted += 1
          return
        }
        const { place, problem } = read.failure
        expect(place).toMatch(/^line \d+, column \d+$/)
        if (!/is given twice$/.test(problem)) {
          expect(problem).toMatch(/^this is not JSON \([a-z ]+\)$/)
          expect(isJson(text)).toBe(false)
          seen.refused += 1
        }
      }),
      { numRuns: draws(3600) }
    )
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(50)
  })

  it.each([
    [
      "a comment",
      '{"a": 1 /* one */}',
      "line 1, column 9: this is not JSON (invalid comment token)"
    ],
    [
      "a string without its end",
      '{\n"a": "b,\n"c": 1}',
      "line 2, column 6: this is not JSON (unexpected end of string)"
    ],
    [
      "a tabulator in a string",
      '["a\tb"]',
      "line 1, column 2: this is not JSON (invalid character)"
    ],
    ["a number that begins with 0", "[01]", "line 1, column 3: this is not JSON (comma expected)"],
    [
      "a number without its end",
      "[1.]",
      "line 1, column 2: this is not JSON (unexpected end of number)"
    ],
    ["more than one value", "{}\n{}", "line 2, column 1: this is not JSON (end of file expected)"],
    [
      "a field twice, one of them escaped",
      '{"a": 1, "\\u0061": 2}',
      'line 1, column 10: the field "a" is given twice'
    ],
    [
      "a field twice that every record has",
      '{"__proto__": 1, "__proto__": 2}',
      'line 1, column 18: the field "__proto__" is given twice'
    ]
  ])("is refused: %s", (_mistake, text, message) => {
    expect(refusal(text)).toBe(message)
  })

  it("may have a name twice in different records, and numbers of any size", () => {
    for (const text of [
      '[{"a": {"a": 1}}, {"a": 2}]',
      "[123456789012345678901234567890, -0, 1e999]"
    ])
      expect(parseJson(text)).toEqual(Result.succeed(JSON.parse(text)))
  })

  it("keeps a field named __proto__ as a field", () => {
    const data = Result.getOrThrow(parseJson('{"__proto__": {"a": 1}}'))
    expect(Object.keys(data as object)).toEqual(["__proto__"])
  })

  it("may be nested 100 deep, and no deeper, however long it is", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth)
    expect(Result.isSuccess(parseJson(nested(100)))).toBe(true)
    const message = "line 1, column 101: more than 100 lists and records are nested"
    expect(refusal(nested(101))).toBe(message)
    expect(refusal("[".repeat(200_000))).toBe(message)
  })

  it("may have 2^24 characters, and no more", () => {
    expect(Result.isSuccess(parseJson(" ".repeat(2 ** 24 - 1) + "1"))).toBe(true)
    expect(refusal(" ".repeat(2 ** 24) + "1")).toBe(
      "line 1, column 1: the file has more than 16777216 characters"
    )
  })
})
