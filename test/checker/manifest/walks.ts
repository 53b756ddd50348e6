/**
 * The walks: the results of a few random runs of each shipped scenario that the tests do not
 * search. A search of such a scenario takes long, or has never ended; the runs go deep in little
 * time, and a seed's runs are the same on every machine. So they detect changes of a protocol with
 * many nodes, many operations or many reconfigurations.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import * as Result from "effect/Result"
import { readManifest } from "../../../checker/command/manifest.ts"
import { readScenario, shippedNames } from "../../../checker/command/shipped.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import type { LoadedScenario } from "../../../checker/scenario/load.ts"
import { WalkCheck } from "../../../checker/walk/walk-check.ts"
import { drawsAll } from "../../draws.ts"
import { untilExhausted } from "../network/searching.ts"

export interface Walked {
  readonly steps: number
  /** The length of the longest run, in steps. */
  readonly longest: number
  /** The number of runs in which every script was done at the end. */
  readonly completed: number
  /** The properties that a run violated, with the steps of the first that did. */
  readonly violated?: Readonly<Record<string, number>>
}

/** What the runs come to, by the names of the scenarios. */
export type Walks = Readonly<Record<string, Walked>>

const file = new URL("../../../checker/scenarios/walks.json", import.meta.url)

export const readWalks = (): Walks => JSON.parse(readFileSync(file, "utf8"))

export const writeWalks = (walks: Walks): void => {
  const lines = Object.keys(walks)
    .sort()
    .map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(walks[name])}`)
  writeFileSync(file, `{\n${lines.join(",\n")}\n}\n`)
}

/** The tests search a scenario whose search generates no more states than this. */
export const maxSearchedGenerated = 8_000

/** The names of the scenarios that the tests walk: those that they do not search. */
export const walkedNames = (): ReadonlyArray<string> => {
  const manifest = readManifest()
  return shippedNames().filter(
    (name) => (manifest[name]?.generated ?? Number.POSITIVE_INFINITY) > maxSearchedGenerated
  )
}

/**
 * Those that the suite walks: of each folder the first one, and of scenarios that no search
 * exhausts the first of each variant. `npm run check` searches all that can be exhausted;
 * `npm run bench -- laws` walks all.
 */
export const walkedHere = (): ReadonlyArray<string> => {
  const names = walkedNames()
  const kindOf = (name: string): string => {
    if (!name.includes("/large/")) return dirname(name)
    const { protocol, variant = "" } = JSON.parse(Result.getOrThrow(readScenario(name)))
    return [dirname(name), protocol, variant].join(" ")
  }
  const firsts = new Set(new Map(names.toReversed().map((name) => [kindOf(name), name])).values())
  return names.filter((name) => drawsAll || firsts.has(name))
}

const runs = { seed: 1, from: 0, to: 5, maxSteps: 300 }

export const walkedIn = (scenario: LoadedScenario): Walked => {
  const check = new WalkCheck(untilExhausted(scenario), runs, allReductions)
  while (check.advance(1000));
  const { walk, notes } = check.result()
  const broken = notes.find((note) => !note.startsWith("random runs are finite"))
  if (broken !== undefined) throw new Error(broken)
  const violated = walk.findings.map(({ property, steps }) => [property, steps] as const)
  return {
    steps: walk.steps,
    longest: walk.longest,
    completed: walk.completed,
    ...(violated.length > 0 && { violated: Object.fromEntries(violated) })
  }
}

/** Both results, and what to do about them; undefined if they are the same. */
export const walksApart = (
  name: string,
  found: Walked,
  listed: Walked | undefined
): string | undefined => {
  const [left, right] = [found, listed].map((one) => JSON.stringify(one))
  return left === right
    ? undefined
    : `${name}: the runs come to ${left}, walks.json has ${right}; ` +
        `if the change is meant: npm run manifest ${name}`
}
