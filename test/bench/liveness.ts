/**
 * The cost of the liveness decision compared with the preceding search, in time and in memory. Both
 * are measured in one run on the same states; the bench fails if the decision takes more than three
 * times as long as the search, or more memory than the search again.
 */
import * as Result from "effect/Result"
import { Search } from "../../checker/engine/search.ts"
import { LivenessPass } from "../../checker/liveness/pass.ts"
import { visitedOf } from "../../checker/liveness/visited.ts"
import { demandsOf, fairSpaceOf } from "../../checker/network/fairness.ts"
import { Network } from "../../checker/network/network.ts"
import {
  allReductions,
  type ReductionName,
  soundReductions
} from "../../checker/network/reductions.ts"
import { fromData } from "../../checker/scenario/load.ts"

interface Row {
  readonly name: string
  readonly scenario: Record<string, unknown>
  readonly reductions: ReadonlyArray<ReductionName>
}

const clients = [["write 1"], ["read"]]
const oneCrash = { protocol: "majority", servers: 3, clients, faults: { crashes: { servers: 1 } } }
const rows: ReadonlyArray<Row> = [
  {
    name: "majority, 3 servers, write | read, 1 crash",
    scenario: oneCrash,
    reductions: allReductions
  },
  { name: "majority, 3 servers, write | read, 1 crash", scenario: oneCrash, reductions: [] },
  {
    name: "majority, 3 servers, write | read, while static liveness",
    scenario: { ...oneCrash, faults: { crashes: "static-liveness" } },
    reductions: allReductions
  }
]

const maxTime = 3
const maxMemory = 1
const runs = 5

interface Measured {
  readonly distinct: number
  readonly searchSeconds: number
  readonly decisionSeconds: number
  /** The memory of the decision, per byte of the visited states. */
  readonly memory: number
}

const measure = ({ name, scenario, reductions }: Row): Measured => {
  const loaded = fromData(name, { ...scenario, properties: ["atomicity", "static-liveness"] })
  if (Result.isFailure(loaded)) throw loaded.failure
  const { model } = loaded.success
  const network = new Network(model, soundReductions(reductions, model, false))
  const started = performance.now()
  const search = new Search(network, { checksDeadlock: false })
  while (search.advance(1 << 16));
  const searched = performance.now()
  const demands = demandsOf(network)
  const pass = new LivenessPass(fairSpaceOf(network), visitedOf(search.shard), demands)
  while (pass.advance(1 << 16));
  const decided = performance.now()
  if (demands.some((_, index) => pass.lassoOf(index) !== undefined))
    throw new Error(`${name} is not live`)
  return {
    distinct: search.counts.distinct,
    searchSeconds: (searched - started) / 1000,
    decisionSeconds: (decided - searched) / 1000,
    memory: pass.bytes / search.bytes
  }
}

export const liveness = (): void => {
  console.log(
    ["model", "reductions", "distinct", "search s", "decision s", "ratio (median)", "memory"].join(
      "\t"
    )
  )
  for (const row of rows) {
    const measured = Array.from({ length: runs }, () => measure(row)).sort(
      (left, right) => ratio(left) - ratio(right)
    )
    const median = measured[runs >> 1] as Measured
    const { distinct, searchSeconds, decisionSeconds, memory } = median
    const reductions = row.reductions.length === 0 ? "none" : "all"
    const numbers = [searchSeconds, decisionSeconds, ratio(median), memory].map((number) =>
      number.toFixed(2)
    )
    console.log([row.name, reductions, distinct, ...numbers].join("\t"))
    if (ratio(median) > maxTime) throw new Error(`${row.name}: the decision takes too long`)
    if (memory > maxMemory) throw new Error(`${row.name}: the decision takes too much memory`)
  }
}

const ratio = ({ searchSeconds, decisionSeconds }: Measured): number =>
  decisionSeconds / searchSeconds
