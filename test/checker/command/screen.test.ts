/**
 * Output fits its medium: a hundred columns in a file, the terminal's own width on a terminal, and
 * colours only on a terminal.
 */
import { describe, expect, it } from "vitest"
import { reportOf } from "../../../checker/command/report.ts"
import { paintOf, screenOf } from "../../../checker/command/screen.ts"
import { rowOf, Table } from "../../../checker/command/table.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { fitted, visible, wrap } from "../../../checker/report/lines.ts"
import { checked } from "../network/searching.ts"
import { shipped } from "../shipped.ts"

const plain = (columns: number) => ({ columns, colours: false })
const widest = (text: string): number => Math.max(...text.split("\n").map(visible))

describe("a screen", () => {
  it("is as wide as the terminal says, and a hundred columns where nothing says it", () => {
    const terminal = (columns: number) => screenOf({ isTTY: true, columns }, { TERM: "xterm" })
    expect([80, 160, 0].map((columns) => terminal(columns).columns)).toEqual([80, 160, 100])
    expect(screenOf({ isTTY: false, columns: 80 }, {})).toEqual(plain(100))
  })

  it("shows colours on a terminal that has them, unless NO_COLOR is set", () => {
    const coloured = (environment: NodeJS.ProcessEnv) =>
      screenOf({ isTTY: true, columns: 80 }, environment).colours
    expect(coloured({ TERM: "xterm" })).toBe(true)
    expect([coloured({ TERM: "dumb" }), coloured({ NO_COLOR: "1" })]).toEqual([false, false])
  })
})

describe("lines", () => {
  it("that are too long continue below the start of their last column", () => {
    expect(fitted("  name    one two three four", 20)).toBe(
      "  name    one two\n          three four"
    )
    expect(fitted("note: one two three four", 12)).toBe("note: one\n  two three\n  four")
    expect(fitted("  a very long name here   one two three", 20)).toBe(
      "  a very long name\n    here\n      one two three"
    )
  })

  it("are measured without colours, and keep them", () => {
    const { strong } = paintOf({ columns: 10, colours: true })
    expect(wrap(`${strong("one")} ${strong("two")} ${strong("three")}`, 9)).toEqual([
      `${strong("one")} ${strong("two")}`,
      strong("three")
    ])
  })
})

describe("the table", () => {
  const names = ["majority/mutants/quorum-one-short", `${"long/".repeat(12)}name`]
  const result = checked(shipped("majority/mutants/quorum-one-short"), {
    reductions: allReductions
  })
  const measured = { seconds: 1.234, peakMemoryBytes: 1, generatedBefore: 0 }
  const row = rowOf(result, measured)
  const rows = [row, { ...row, name: names[1] as string, asExpected: false, bounds: "ballots 2*" }]

  it.each([72, 80, 100, 120, 200])("fits %i columns, and breaks no name", (columns) => {
    const table = new Table(names, plain(columns))
    const lines = [table.head(), ...rows.map((one) => table.row(one))].join("\n")
    expect(widest(lines)).toBeLessThanOrEqual(columns)
    for (const name of names) expect(lines.split(/\s+/)).toContain(name)
  })

  it("is a few lines for each on a narrow screen", () => {
    const table = new Table(names.slice(0, 1), plain(40))
    expect(table.head()).toBeUndefined()
    expect(table.row({ ...row, distinct: 12_345 })).toBe(
      "majority/mutants/quorum-one-short\n  ✓ atomicity violated in 10 steps\n  12,345 states, 1.23 s"
    )
  })

  it("says with a sign and not by its colour alone what is not as expected", () => {
    const table = new Table(names, { columns: 100, colours: true })
    expect(rows.map((one) => table.row(one)).map((text) => /✓|✗/.exec(text)?.[0])).toEqual([
      "✓",
      "✗"
    ])
    expect(table.row(row)).toContain("\u001b[32m✓")
  })
})

describe("a result", () => {
  const result = checked(shipped("rambo/refinement/instance-shared"), { reductions: allReductions })
  const measured = { seconds: 1, peakMemoryBytes: 1, generatedBefore: 0 }

  it.each([60, 80, 100])("fits %i columns: verdicts, counts, and the story", (columns) => {
    const { summary, stories } = reportOf(result, measured, {
      format: "text",
      screen: plain(columns)
    })
    expect(stories.length).toBe(1)
    for (const text of [summary, ...stories]) expect(widest(text)).toBeLessThanOrEqual(columns)
  })

  it("has no data of ours in its sentences", () => {
    const [story = ""] = reportOf(result, measured, { format: "text", screen: plain(100) }).stories
    expect(story).toMatch(
      /^Found: the last step of c2 is not a step from \{ retired: 0, active: \[\[\{s1\}\]/m
    )
    expect(story).not.toContain("_tag")
  })
})
