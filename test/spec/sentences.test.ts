/**
 * Each sentence of sections 2.3, 5 and 6 has its place in the specification and its test: the table
 * in `spec/sentences.md` names files, tests and scenarios that exist, and each scenario of a mutant
 * expects a violation.
 */
import { existsSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { shippedNames } from "../../checker/command/shipped.ts"

const sections = readFileSync("spec/sentences.md", "utf8").split("\n## ").slice(1)
const names = new Set(shippedNames())
const spansIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span)
const titlesIn = (text: string) => [...text.matchAll(/_([^_]+)_/g)].map(([, title = ""]) => title)
const isViolated = (scenario: string): boolean => {
  const { expect: expected = {} } = JSON.parse(
    readFileSync(`checker/scenarios/${scenario}.json`, "utf8")
  ) as { readonly expect?: Readonly<Record<string, string>> }
  return Object.values(expected).includes("violated")
}
const testFile = (name: string) => readFileSync(`test/spec/${name}`, "utf8")

describe.each(sections.map((text) => [text.split("\n")[0], text] as const))("%s", (_, text) => {
  const [usual = ""] = spansIn(/Tests in (.*)\.\n/.exec(text)?.[1] ?? "")
  const rows = text
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2)
    .map((line) => line.split("|").map((cell) => cell.trim()))

  it("has a place in the specification for each sentence", () => {
    expect(rows.length).toBeGreaterThan(15)
    const places = rows.map(([, , place = ""]) => spansIn(place))
    expect(places.filter((files) => files.length === 0)).toEqual([])
    expect(places.flat().filter((file) => !existsSync(`spec/${file}`))).toEqual([])
  })

  it.each(rows.map(([, sentence, , test = ""]) => [sentence, test] as const))(
    "has a test of: %s",
    (_, test) => {
      const spans = spansIn(test.replaceAll(/_[^_]+_/g, ""))
      const file = spans.find((span) => span.endsWith(".test.ts")) ?? usual
      const titles = titlesIn(test.replaceAll(/`[^`]+`/g, ""))
      for (const title of titles) expect(testFile(file)).toContain(title)
      const others = spans.filter((span) => !span.endsWith(".test.ts") && !existsSync(span))
      expect(others.filter((name) => !names.has(name))).toEqual([])
      expect(titles.length + spans.length).toBeGreaterThan(0)
      const mutants = others.filter((name) => name.includes("/mutants/"))
      expect(mutants.filter((name) => !isViolated(name))).toEqual([])
    }
  )
})
