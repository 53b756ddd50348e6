/**
 * Searches the scenarios named on the command line, one after the other, until one differs from the
 * manifest; then counts the strays of those named after `--strays`, and takes the random runs of
 * those named after `--walks`, until one differs from what is written down. Bundled with a mutated
 * specification, it judges the mutant: it prints the difference and exits with 1, or exits with 0.
 */
import { readFileSync } from "node:fs"
import * as Result from "effect/Result"
import { Check } from "../../../checker/check.ts"
import { type Found, foundIn, type Manifest, mismatch } from "../../../checker/command/manifest.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { type LoadedScenario, load } from "../../../checker/scenario/load.ts"
import { type Walks, walkedIn, walksApart } from "../../checker/manifest/walks.ts"
import { type Strays, straysApart } from "../../checker/strays/pinned.ts"
import { straysOf } from "../../checker/strays/strays.ts"

const [folder, ...options] = process.argv.slice(2)
const names = options.slice(0, options.indexOf("--walks"))
const walked = options.slice(options.indexOf("--walks") + 1, options.indexOf("--strays"))
const strayed = options.slice(options.indexOf("--strays") + 1)
const manifest: Manifest = JSON.parse(readFileSync(`${folder}/manifest.json`, "utf8"))

const walks: Walks = JSON.parse(readFileSync(`${folder}/walks.json`, "utf8"))

const strays: Strays = JSON.parse(
  readFileSync(`${folder}/../../test/checker/strays/strays.json`, "utf8")
)

const scenarioOf = (name: string): LoadedScenario =>
  Result.getOrThrow(load(name, readFileSync(`${folder}/${name}.json`, "utf8")))

/** How a scenario's result differs from the manifest; undefined if it does not. */
const searched = (name: string): string | undefined => {
  const scenario = scenarioOf(name)
  const listed = manifest[name] as Found
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

/** How the runs of a scenario differ from those of walks.json; undefined if they do not. */
const walkedApart = (name: string): string | undefined =>
  walksApart(name, walkedIn(scenarioOf(name)), walks[name]) && "random runs"

/** How the strays of a scenario are counted otherwise; undefined if they are not. */
const strayedApart = (name: string): string | undefined =>
  straysApart(name, straysOf(scenarioOf(name).model), strays[name] ?? {}) && "strays"

const notice = (name: string, judge: (name: string) => string | undefined): void => {
  let what: string | undefined
  try {
    what = judge(name)
  } catch (error) {
    what = `fault: ${(error as Error).message.slice(0, 60).replaceAll("\n", " ")}`
  }
  if (what === undefined) return
  console.log(`${name}: ${what}`)
  process.exit(1)
}

for (const name of names) notice(name, searched)
for (const name of strayed) notice(name, strayedApart)
for (const name of walked) notice(name, walkedApart)
