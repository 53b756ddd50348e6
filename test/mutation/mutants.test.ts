/**
 * The changes of the mutation bench, and that each of its excuses belongs to a change that it still
 * makes.
 */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { mutantsOf } from "../bench/mutation/mutants.ts"

const becoming = (text: string): ReadonlyArray<string> =>
  mutantsOf("a.ts", text).map(({ becomes }) => becomes)

describe("a mutant", () => {
  it("has one operator, condition, number or element changed", () => {
    expect(becoming("x = a < 1 && b")).toEqual([
      "x = a <= 1 && b",
      "x = a < 1 || b",
      "x = a < 2 && b"
    ])
    expect(becoming("if (!a) f()")).toEqual(["if (true) f()", "if (false) f()", "if (a) f()"])
    expect(becoming("x = a ? b : c")).toEqual(["x = b", "x = c"])
    expect(becoming("x = () => a ? b : { c }")).toEqual(["x = () => b", "x = () => ({ c })"])
    expect(becoming("x = [a, b]")).toEqual(["x = [b]", "x = [a]"])
    expect(becoming("x = { ...a, b: c }")).toEqual(["x = {...a}"])
    expect(becoming("x = a.some(f)")).toEqual(["x = a.every(f)"])
    expect(becoming("x = a.filter(f)")).toEqual(["x = a"])
    expect(becoming("x = a.find((b) => b.c === d)")).toEqual([
      "x = a.findLast((b) => b.c === d)",
      "x = a.find((b) => b.c !== d)"
    ])
  })

  it("is none that finds the same value from the other end", () => {
    expect(becoming("x = a.find((b) => b === c)")).toEqual(["x = a.find((b) => b !== c)"])
    expect(becoming("x = a.find((b) => b === c && d)")).toEqual([
      "x = a.find((b) => b !== c && d)",
      "x = a.find((b) => b === c || d)"
    ])
    expect(becoming("x = a.findLast((b) => b === c)")).toEqual(["x = a.findLast((b) => b !== c)"])
  })

  it("is none that only gives a number another size where its sign is asked for", () => {
    expect(becoming("x = (a, b) => a.c < b.c ? -1 : 1")).toEqual([
      "x = (a, b) => a.c <= b.c ? -1 : 1",
      "x = (a, b) => -1",
      "x = (a, b) => 1"
    ])
  })

  it("is none without a field that has what was spread before it", () => {
    expect(becoming("x = { ...a, b: a.b }")).toEqual([])
    expect(becoming("x = { ...a, b: a.c as D, e: f.e }")).toEqual([
      "x = {...a, e: f.e}",
      "x = {...a, b: a.c as D}"
    ])
  })

  it("is not one of types, imports and texts for people", () => {
    expect(becoming('import a from "b"\ntype A = 1 | 2\nconst f = (a: A & { b: 1 }) => a')).toEqual(
      []
    )
    expect(becoming('x = { ...a, about: "b" }')).toEqual([])
    expect(becoming('const describeA = () => 1 + 1\nx = { about: a ? "b" : "c" }')).toEqual([])
  })
})

interface Excuse {
  readonly file: string
  readonly was: string
  readonly becomes: string
  readonly because: string
}
const excuses: ReadonlyArray<Excuse> = JSON.parse(
  readFileSync(new URL("../bench/mutation/equivalent.json", import.meta.url), "utf8")
)

describe("an excuse", () => {
  it.each(excuses)("of $file is a sentence about a mutant of it: $becomes", (excuse) => {
    const mutants = mutantsOf(excuse.file, readFileSync(excuse.file, "utf8"))
    const excused = mutants.filter(
      ({ was, becomes }) => was === excuse.was && becomes === excuse.becomes
    )
    expect(excused).toHaveLength(1)
    expect(excuse.because).toMatch(/^[A-Z].*\.$/)
  })
})
