/**
 * The shipped scenarios, for walks.
 */
import { readdirSync, readFileSync } from "node:fs"
import * as Result from "effect/Result"
import { allReductions } from "../../../checker/network/reductions.ts"
import { type LoadedScenario, load } from "../../../checker/scenario/load.ts"
import type { Batch, Tally } from "../../../checker/tally.ts"
import { Walk, type WalkOptions } from "../../../checker/walk/walk.ts"

const folder = new URL("../../../checker/scenarios/", import.meta.url)

export const shipped = (name: string): LoadedScenario => {
  const loaded = load(name, readFileSync(new URL(`${name}.json`, folder), "utf8"))
  if (Result.isFailure(loaded)) throw loaded.failure
  return loaded.success
}

/** The shipped scenarios in a folder, such as `naive/`. */
export const shippedIn = (prefix: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".json") && file.startsWith(prefix))
    .map((file) => file.slice(0, -".json".length))
    .sort()

/** The property whose violation is expected, if there is one. */
export const violatedIn = ({ expect }: LoadedScenario): string | undefined =>
  [...expect].find(([, verdict]) => verdict === "violated")?.[0]

export const optionsOf = (scenario: LoadedScenario, seed = 1): WalkOptions => ({
  seed,
  maxSteps: 10_000,
  checksDeadlock: scenario.checksDeadlock,
  reductions: allReductions
})

/** What a walk says of a batch. */
export const walked = (walk: Walk, batch: Batch): Tally => {
  walk.begin(batch)
  while (walk.advance(1000));
  return walk.tally
}

/** The first run from number `from` on that breaks the property, of at most `most`. */
export const firstBreach = (
  scenario: LoadedScenario,
  options: WalkOptions,
  property: string,
  { from, to }: Batch
): number | undefined => {
  const walk = new Walk(scenario.model, options)
  walk.begin({ from, to })
  for (;;) {
    const more = walk.advance(50)
    const finding = walk.tally.findings.find((one) => one.property === property)
    if (finding !== undefined || !more) return finding?.run
  }
}
