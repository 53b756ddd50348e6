/**
 * The manifest: what a breadth-first search finds in each shipped scenario, with all reductions
 * that keep the requested verdicts. `npm run manifest` writes it; a check of all scenarios and the
 * tests compare with it.
 */
import { readFileSync } from "node:fs"
import { stepsFound } from "../report/trace.ts"
import type { CheckResult } from "../result.ts"
import { manifestFile } from "./shipped.ts"

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
 * The findings, by the names of the scenarios. Some in a folder `large` have not been exhausted.
 */
export type Manifest = Readonly<Record<string, Found>>

export const readManifest = (): Manifest => JSON.parse(readFileSync(manifestFile(), "utf8"))

/** The number of steps of the counterexample, per violated property. */
export const stepsToViolation = ({ properties }: CheckResult): Readonly<Record<string, number>> =>
  Object.fromEntries(
    properties
      .filter(({ verdict }) => verdict === "violated")
      .map(({ name, counterexample }) => [
        name,
        counterexample === undefined ? Number.POSITIVE_INFINITY : stepsFound(counterexample)
      ])
  )

export const foundIn = (result: CheckResult): Found => {
  const { distinct, generated, depth } = result.counts
  const violated = stepsToViolation(result)
  return {
    ...{ distinct, generated, depth },
    ...(Object.keys(violated).length > 0 && { violated }),
    ...(result.vacuous.length > 0 && { vacuous: result.vacuous })
  }
}

/** Both numbers, and what to do about the difference; undefined if they are equal. */
export const mismatch = (
  name: string,
  found: Found,
  listed: Found | undefined
): string | undefined => {
  const [left, right] = [found, listed].map((one) => JSON.stringify(one))
  return left === right
    ? undefined
    : `${name}: found ${left}, the manifest has ${right}; ` +
        `if the change is meant: npm run manifest ${name}`
}
