/**
 * An error of a module is reported with its place, in a line of readable length.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import { mishapOf, oldestNode } from "../../../checker/command/module-errors.ts"
import manifest from "../../../package.json" with { type: "json" }

const coded = (error: Error, code: string, stack: string) => Object.assign(error, { code, stack })

it("the Node that is asked for is the one that the package asks for", () => {
  expect(manifest.engines.node).toBe(`>=${oldestNode}`)
})

it("of a syntax error, the place is taken from above the message", () => {
  const stack = "/models/ring.ts:7\nconst x: number = = 3\n                  ^\n\nSyntaxError: no"
  const typed = coded(
    new SyntaxError("Expression expected"),
    "ERR_INVALID_TYPESCRIPT_SYNTAX",
    stack
  )
  expect(mishapOf(typed, [])).toEqual({
    problem: "it cannot be parsed: Expression expected",
    mend: "see ring.ts:7:19"
  })
  const enums = coded(new SyntaxError("enums"), "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX", stack)
  expect(mishapOf(enums, []).mend).toMatch(/write unions .*see ring\.ts:7:19/)
})

it("of JavaScript, another Node says in which of the files it is", () => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-modules-"))
  try {
    const files = [join(folder, "good.mjs"), join(folder, "bad.mjs")] as const
    writeFileSync(files[0], 'import "./bad.mjs"')
    writeFileSync(files[1], "export default {\n  initial: [{ n: 0 }\n}")
    expect(mishapOf(new SyntaxError("Unexpected token '}'"), files).mend).toBe("see bad.mjs:3:1")
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it("an import that does not exist, or is not exported, is reported as that", () => {
  const missing = coded(new Error("Cannot find module './x.ts'"), "ERR_MODULE_NOT_FOUND", "")
  expect(mishapOf(missing, []).mend).toContain("extension")
  const unexported = new SyntaxError("'./x.ts' does not provide an export named 'y'")
  expect(mishapOf(unexported, []).problem).toContain("an import does not exist")
})

it("anything thrown can be reported, and long texts are cut", () => {
  for (const thrown of [undefined, null, "text", 7, { message: "x" }])
    expect(mishapOf(thrown, []).problem).toContain("running it threw")
  const { problem } = mishapOf(new TypeError("y".repeat(100_000)), [])
  expect(problem).toMatch(/^running it threw TypeError: y+… \(100,000 characters\)$/)
  expect(problem.length).toBeLessThan(600)
})
