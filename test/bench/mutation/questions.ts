/**
 * What judges a mutant: strays, searches and random runs of shipped scenarios, each compared with
 * what is written down of it. Bundled with the mutated specification, this module is loaded into a
 * process that judges one mutant after the other (`judge.ts`).
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Result from "effect/Result"
import { Check } from "../../../checker/check.ts"
import { type Found, foundIn, type Manifest, mismatch } from "../../../checker/command/manifest.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { type LoadedScenario, load } from "../../../checker/scenario/load.ts"
import { type Walks, walkedIn, walksApart } from "../../checker/manifest/walks.ts"
import { type Strays, straysApart } from "../../checker/strays/pinned.ts"
import { straysOf } from "../../checker/strays/strays.ts"

/** One scenario, and what is asked of it. */
export interface Question {
  readonly kind: "search" | "strays" | "walks"
  readonly scenario: string
}

/** What differs in a mutant, judged by a question; undefined if nothing does. */
export const judging = (root: string) => {
  const scenarios = join(root, "checker", "scenarios")
  const written = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"))
  const manifest = written(join(scenarios, "manifest.json")) as Manifest
  const walks = written(join(scenarios, "walks.json")) as Walks
  const strays = written(join(root, "test", "checker", "strays", "strays.json")) as Strays
  const scenarioOf = (name: string): LoadedScenario =>
    Result.getOrThrow(load(name, readFileSync(join(scenarios, `${name}.json`), "utf8")))
  const differs = ({ kind, scenario: name }: Question): string | undefined => {
    const scenario = scenarioOf(name)
    switch (kind) {
      case "search":
        return searchedApart(name, scenario, manifest[name] as Found)
      case "strays":
        return straysApart(name, straysOf(scenario.model), strays[name] ?? {}) && "strays"
      case "walks":
        return walksApart(name, walkedIn(scenario), walks[name]) && "random runs"
    }
  }
  return (question: Question): string | undefined => {
    try {
      return differs(question)
    } catch (error) {
      return `fault: ${String((error as Error).message)
        .slice(0, 60)
        .replaceAll("\n", " ")}`
    }
  }
}

/** How the result of a search differs from the manifest; undefined if it does not. */
const searchedApart = (
  name: string,
  scenario: LoadedScenario,
  listed: Found
): string | undefined => {
  const check = new Check(scenario, "bfs", allReductions)
  const most = 2 * listed.distinct + 10_000
  while (check.advance(1000)) if (check.counts.distinct > most) return "states without end"
  const result = check.result()
  if (result.notes.length > 0) return "promise"
  const found = foundIn(result)
  const [violated, expected] = [found, listed].map(({ violated = {} }) =>
    Object.keys(violated).sort().join()
  )
  if (violated !== expected) return `verdict of ${violated || expected}`
  return mismatch(name, found, listed) === undefined ? undefined : "counts"
}
