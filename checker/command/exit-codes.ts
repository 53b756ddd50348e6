/**
 * The exit codes of `quorate`.
 */

import type { PropertyReport } from "../relation/report.ts"
import { type CheckResult, isBroken } from "../result.ts"

export const exitCodes = {
  asExpected: 0,
  /** A property that was expected to be violated is not. */
  expectedViolationAbsent: 1,
  badInput: 2,
  deadlock: 11,
  safetyViolated: 12,
  livenessViolated: 13,
  inconclusive: 14,
  /**
   * With --all: a promise that a reduction relies on is broken, or an expectation could not fail.
   */
  inVain: 15,
  /** With --all: the counts of a scenario differ from the manifest. */
  countsChanged: 16,
  /** A runner of the search was lost. */
  unavailable: 69,
  fault: 70
} as const

/** A result of either kind of check. */
interface Judged {
  readonly asExpected: boolean
  readonly exhaustive: boolean
  readonly properties: CheckResult["properties"] | ReadonlyArray<PropertyReport<object>>
}

/**
 * The code for one result. An unexpected violation gives the code of its kind; safety comes first.
 */
export const exitCodeOf = (result: Judged): number => {
  if (result.asExpected) return exitCodes.asExpected
  const unexpected = result.properties.filter(
    (property) =>
      ("form" in property ? property.verdict === "violated" : isBroken(property)) &&
      property.expected !== "violated"
  )
  const isUnexpected = (kind: string) => unexpected.some((property) => property.kind === kind)
  if (isUnexpected("safety") || isUnexpected("reachability")) return exitCodes.safetyViolated
  if (isUnexpected("deadlock")) return exitCodes.deadlock
  if (isUnexpected("liveness")) return exitCodes.livenessViolated
  const isAbsent = result.properties.some(
    ({ expected, verdict }) => expected === "violated" && verdict === "holds"
  )
  return result.exhaustive && isAbsent ? exitCodes.expectedViolationAbsent : exitCodes.inconclusive
}

const severity: ReadonlyArray<number> = [
  exitCodes.safetyViolated,
  exitCodes.deadlock,
  exitCodes.livenessViolated,
  exitCodes.inconclusive,
  exitCodes.expectedViolationAbsent,
  exitCodes.inVain,
  exitCodes.countsChanged
]

/** The code for several results: the most severe one. */
export const mostSevere = (codes: ReadonlyArray<number>): number =>
  severity.find((code) => codes.includes(code)) ?? exitCodes.asExpected
