/**
 * Searches the scenarios named on the command line, one after the other, until one differs from the
 * manifest. Bundled with a mutated specification, it judges the mutant: it prints the difference
 * and exits with 1, or exits with 0.
 */
import { readFileSync } from "node:fs"
import * as Result from "effect/Result"
import { Check } from "../../../checker/check.ts"
import { type Found, foundIn, type Manifest, mismatch } from "../../../checker/command/manifest.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { load } from "../../../checker/scenario/load.ts"

const [folder, ...names] = process.argv.slice(2)
const manifest: Manifest = JSON.parse(readFileSync(`${folder}/manifest.json`, "utf8"))

/** How a scenario's result differs from the manifest; undefined if it does not. */
const noticed = (name: string, listed: Found): string | undefined => {
  const scenario = Result.getOrThrow(load(name, readFileSync(`${folder}/${name}.json`, "utf8")))
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

for (const name of names) {
  let what: string | undefined
  try {
    what = noticed(name, manifest[name] as Found)
  } catch (error) {
    what = `fault: ${(error as Error).message.slice(0, 60).replaceAll("\n", " ")}`
  }
  if (what !== undefined) {
    console.log(`${name}: ${what}`)
    process.exit(1)
  }
}
