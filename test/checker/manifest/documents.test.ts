/**
 * Counts in documents are those of the manifest.
 */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { readManifest } from "../../../checker/command/manifest.ts"
import { documents, withNumbersOf } from "./documents.ts"

const manifest = readManifest()

describe("the numbers in", () => {
  it.each(documents())("%s are those of the manifest (npm run manifest corrects them)", (file) => {
    const text = readFileSync(file, "utf8")
    expect(text).toBe(withNumbersOf(manifest, text))
  })
})

describe("a number that is not the manifest's", () => {
  const found = { "a/b": { distinct: 1234, generated: 1, depth: 1, violated: { atomicity: 9 } } }

  it("is found in tables", () => {
    const table = (states: string, steps: number) =>
      `| scenario | states | verdict |\n| -- | -- | -- |\n| \`a/b\` | ${states} | violated in ${steps} steps |\n| 7 |`
    expect(withNumbersOf(found, table("1,233", 8))).toBe(table("1,234", 9))
  })

  it("is found in prose, states and steps", () => {
    const prose = (states: string, steps: number) =>
      `In \`a/b\`, ${states}\nstates (\`a/b\`, ${steps}\n   steps), 7.`
    expect(withNumbersOf(found, prose("77", 8))).toBe(prose("1,234", 9))
  })

  it("is not searched for next to other names", () => {
    const other = "`c/d`, 77 states; a/b, 77 states"
    expect(withNumbersOf(found, other)).toBe(other)
  })
})
