/**
 * How fast the search is, without and with reductions. Counts must be the pinned ones, or the bench fails.
 */
import * as Result from "effect/Result"
import { Check } from "../../checker/check.ts"
import { allReductions, type ReductionName } from "../../checker/network/reductions.ts"
import { fromData, type LoadedScenario } from "../../checker/scenario/load.ts"

interface Row {
  readonly name: string
  readonly scenario: Record<string, unknown>
  /** Distinct and generated states without reduction. */
  readonly plain: readonly [number, number]
  readonly runs: number
}

const rows: ReadonlyArray<Row> = [
  {
    name: "majority, 3 servers, write | read",
    scenario: { protocol: "majority", servers: 3, clients: [["write 1"], ["read"]], properties: [] },
    plain: [136_248, 768_925],
    runs: 7
  },
  {
    name: "majority, 4 servers, write | write",
    scenario: { protocol: "majority", servers: 4, clients: [["write 1"], ["write 2"]], properties: [] },
    plain: [4_503_908, 31_358_245],
    runs: 3
  }
]

const scenarioOf = (row: Row): LoadedScenario => {
  const loaded = fromData(row.name, row.scenario)
  if (Result.isFailure(loaded)) throw loaded.failure
  return loaded.success
}

const measure = (row: Row, reductions: ReadonlyArray<ReductionName>) => {
  const runs = Array.from({ length: row.runs }, () => {
    const check = new Check(scenarioOf(row), "bfs", reductions)
    const started = performance.now()
    while (check.advance(1 << 16));
    return { seconds: (performance.now() - started) / 1000, result: check.result() }
  }).sort((left, right) => left.seconds - right.seconds)
  return runs[runs.length >> 1] as (typeof runs)[number]
}

export const engine = (): void => {
  console.log(
    ["model", "reductions", "distinct", "generated", "seconds (median)", "generated/s", "bytes/state"].join(
      "\t"
    )
  )
  for (const row of rows) {
    for (const reductions of [[], allReductions]) {
      const { seconds, result } = measure(row, reductions)
      const { distinct, generated } = result.counts
      if (reductions.length === 0 && (distinct !== row.plain[0] || generated !== row.plain[1])) {
        throw new Error(
          `${row.name}: ${distinct} distinct, ${generated} generated; expected ${row.plain.join(", ")}`
        )
      }
      const rate = Math.round(generated / seconds)
      const bytes = result.engine.bytesPerState.toFixed(0)
      console.log(
        [
          row.name,
          reductions.length === 0 ? "none" : "all",
          distinct,
          generated,
          seconds.toFixed(3),
          rate,
          bytes
        ].join("\t")
      )
    }
  }
}
