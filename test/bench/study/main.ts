/**
 * `npm run bench -- study [RUNS]`: the study's table, and its plot in `.build/study.svg`.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { plot } from "./plot.ts"
import {
  circumstances,
  contenders,
  maxReconfigurations,
  measures,
  type Row,
  rowOf
} from "./study.ts"

const usualRuns = 30
const plotFile = ".build/study.svg"

export const study = ([given]: ReadonlyArray<string>): void => {
  const runs = given === undefined ? usualRuns : Number(given)
  if (!Number.isInteger(runs) || runs < 1) {
    console.error(`the number of runs is a whole number from 1 on, not ${given}`)
    process.exitCode = 2
    return
  }
  const counts = Array.from({ length: maxReconfigurations + 1 }, (_, count) => count)
  const rows = circumstances.flatMap((circumstance) =>
    contenders.flatMap((contender) =>
      counts.map((count) => rowOf(contender, circumstance, count, runs))
    )
  )
  console.log(`latency in message delays, over the runs of seeds 1 to ${runs} each\n`)
  for (const { about, name } of circumstances) console.log(`${name}: ${about}`)
  console.log(`\n${table(rows)}`)
  mkdirSync(".build", { recursive: true })
  writeFileSync(plotFile, plot(rows))
  console.log(`\nplot: ${plotFile}`)
}

const titles = {
  read: "read",
  write: "write",
  undecided: "before a decision",
  reconfigure: "reconfigure",
  slowest: "slowest"
} as const

/** The rows as a table in plain text. */
export const table = (rows: ReadonlyArray<Row>): string => {
  const head = [
    "circumstance",
    "protocol",
    "reconfigurations",
    ...measures.map((measure) => titles[measure]),
    "not ended"
  ]
  const cells = rows.map(({ circumstance, latency, pending, protocol, reconfigurations }) => [
    circumstance,
    protocol,
    String(reconfigurations),
    ...measures.map((measure) => latency[measure]?.toFixed(1) ?? "-"),
    String(pending)
  ])
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0))
  )
  return [head, ...cells]
    .map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "))
    .join("\n")
}
