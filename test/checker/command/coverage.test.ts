/**
 * Turns the execution counts of the JavaScript engine into the parts of a file that never ran. The
 * innermost count around a part is that of the part, and a part with only brackets is not reported.
 */
import { expect, it } from "vitest"
import { coverageLines, takenBy, untaken } from "../../../checker/command/coverage.ts"

const text = `const f = (n) => {
  if (n > 3) { return [1] } else { return n < 2 ? [2] : [3] }
}
f(1)
`
const range = (part: string, count: number) => {
  const startOffset = text.indexOf(part)
  return { startOffset, endOffset: startOffset + part.length, count }
}
const taken = takenBy({
  functions: [
    {
      functionName: "f",
      isBlockCoverage: true,
      ranges: [
        range("(n) => {\n  if (n > 3) { return [1] } else { return n < 2 ? [2] : [3] }\n}", 2),
        range("{ return [1] }", 0),
        range("else { return n < 2 ? [2] : [3] }", 2),
        range("{ return n < 2 ? [2] : [3] }", 0),
        range("n < 2 ? [2]", 1)
      ]
    },
    { functionName: "", isBlockCoverage: true, ranges: [range(text, 1)] }
  ]
})

it("reports each part with its place, and the innermost count counts", () => {
  const file = `${process.cwd()}/f.mjs`
  expect(untaken(file, text, (at) => taken[at] === 1)).toEqual([
    { file: "f.mjs", line: 2, column: 16, text: "return [1] }" },
    { file: "f.mjs", line: 2, column: 36, text: "return" },
    { file: "f.mjs", line: 2, column: 57, text: "[3] }" }
  ])
  expect(untaken(file, text, () => true)).toEqual([])
  const brackets = (at: number) => text[at] !== "{" && text[at] !== "}"
  expect(untaken(file, text, brackets)).toEqual([])
})

it("cuts long parts, and reports where there are none", () => {
  const [part] = untaken("f.mjs", "x".repeat(200), () => false)
  expect(part?.text).toBe(`${"x".repeat(60)}…`)
  expect(coverageLines([])).toEqual(["coverage: every part of the model ran in some state"])
})
