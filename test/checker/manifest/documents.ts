/**
 * Finds the numbers of the manifest in documents: in tables with a column `states`, and in prose as
 * `` `majority/write`, 17 states `` or `` (`majority/mutants/…`, 11 steps) ``.
 */
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Found, Manifest } from "../../../checker/command/manifest.ts"

/** The Markdown files of the repository. */
export const documents = (): ReadonlyArray<string> => [
  `${root}README.md`,
  ...["checker", "impl", "proofs", "spec", "test"].flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".md"))
      .map((file) => `${root}${folder}/${file}`)
  )
]
const root = fileURLToPath(new URL("../../../", import.meta.url))

const inEnglish = (count: number): string => count.toLocaleString("en")

/** The same text with the numbers that the manifest has; widths of cells are kept where they do. */
export const withNumbersOf = (manifest: Manifest, text: string): string =>
  inProse(manifest, inTables(manifest, text))

const inTables = (manifest: Manifest, text: string): string => {
  let column = -1
  return text
    .split("\n")
    .map((line) => {
      if (!line.startsWith("|")) {
        column = -1
        return line
      }
      const cells = line.split("|")
      const states = cells.findIndex((cell) => cell.trim() === "states")
      if (states >= 0) column = states
      const found = manifest[/^`(.*)`$/.exec(cells[1]?.trim() ?? "")?.[1] ?? ""]
      return found === undefined || column < 0
        ? line
        : cells
            .map((cell, index) => (index === column ? numberIn(cell, found) : stepsIn(cell, found)))
            .join("|")
    })
    .join("\n")
}

const numberIn = (cell: string, { distinct }: Found): string =>
  ` ${inEnglish(distinct)} `.padEnd(cell.length)

const stepsIn = (cell: string, found: Found): string =>
  cell.replace(/violated in (\d+) steps/, (_, told) => `violated in ${stepsOf(found, told)} steps`)

const inProse = (manifest: Manifest, text: string): string =>
  text.replace(
    /(`([a-z0-9/-]+)`[,:]?\s+\(?)(\d[\d,]*\d|\d)(?=(\s+steps)?)/g,
    (all, before, name, told, ofSteps) => {
      const found = manifest[name]
      if (found === undefined) return all
      return `${before}${ofSteps === undefined ? inEnglish(found.distinct) : stepsOf(found, told)}`
    }
  )

/** The steps to a violation: those given, if some property has them; else those of the first. */
const stepsOf = ({ violated = {} }: Found, told: string): string => {
  const steps = Object.values(violated).map(String)
  return steps.includes(told) ? told : (steps[0] ?? "no")
}
