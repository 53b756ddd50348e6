/**
 * The manifest: what is found in each shipped scenario, in one file that `npm run manifest` writes.
 * Tests compare searches with it, and the documents' numbers too.
 */
import { readFileSync, writeFileSync } from "node:fs"
import type { CheckResult } from "../../../checker/result.ts"
import { stepsToViolation } from "../network/searching.ts"

/** What a breadth-first search finds, with all reductions that keep the verdicts asked for. */
export interface Found {
  readonly distinct: number
  readonly generated: number
  readonly depth: number
  /** The steps of the counterexample to each violated property; all others hold. */
  readonly violated?: Readonly<Record<string, number>>
  /** What was checked and could not have failed. */
  readonly vacuous?: ReadonlyArray<string>
}

/**
 * What was found, by the names of the scenarios. Some in a folder `large` have not been exhausted.
 */
export type Manifest = Readonly<Record<string, Found>>

export const foundIn = (result: CheckResult): Found => {
  const { distinct, generated, depth } = result.counts
  const violated = stepsToViolation(result)
  return {
    ...{ distinct, generated, depth },
    ...(Object.keys(violated).length > 0 && { violated }),
    ...(result.vacuous.length > 0 && { vacuous: result.vacuous })
  }
}

const file = new URL("../../../checker/scenarios/manifest.json", import.meta.url)

export const readManifest = (): Manifest => JSON.parse(readFileSync(file, "utf8"))

/** Writes one line for each scenario, in the order of their names, so that changes merge. */
export const writeManifest = (manifest: Manifest): void => {
  const lines = Object.keys(manifest)
    .sort()
    .map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(manifest[name])}`)
  writeFileSync(file, `{\n${lines.join(",\n")}\n}\n`)
}

/** Both numbers, and what to do about them. */
export const mismatch = (name: string, found: Found, listed: Found | undefined): string =>
  `${name}: found ${JSON.stringify(found)}, the manifest has ${JSON.stringify(listed)}; ` +
  `if the change is meant: npm run manifest ${name}`
