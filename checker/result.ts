/**
 * The result of a check of any kind: verdicts, counts, and their limits.
 */
import type { AnyProperty } from "../spec/kernel/property.ts"
import type { Counts } from "./engine/search.ts"
import type { ReductionName } from "./network/reductions.ts"
import type { Counterexample, PropertyKind } from "./report/trace.ts"
import type { Expected, LoadedScenario } from "./scenario/load.ts"
import type { Tally } from "./tally.ts"

/** The verdict on a property. `holds` means exhausted within the scenario's bounds. */
export type Verdict = "holds" | "violated" | "inconclusive"

export interface PropertyResult {
  readonly name: string
  readonly kind: PropertyKind
  readonly verdict: Verdict
  readonly expected: Expected | undefined
  readonly counterexample: Counterexample | undefined
}

export interface CheckResult {
  readonly scenario: LoadedScenario
  readonly verdict: Verdict
  readonly asExpected: boolean
  readonly properties: ReadonlyArray<PropertyResult>
  /** The reductions in use. */
  readonly reductions: ReadonlyArray<ReductionName>
  /** Whether the search visited every reachable state. */
  readonly exhaustive: boolean
  /** Why the search ended early; undefined if it did not. */
  readonly stopped: string | undefined
  /** The bounds at which some process stopped. The search did not look at what lies beyond them. */
  readonly boundsReached: ReadonlyArray<string>
  readonly counts: Counts
  readonly engine: {
    /** The number of calls of the specification's transition functions. */
    readonly transitionCalls: number
    /** The share of transitions that needed no such call. */
    readonly memoHitRate: number
    readonly bytesPerState: number
    /**
     * With fingerprints, the probability that two different states had the same one, so that the
     * search missed a state. Absent if states are kept: then the search misses none.
     */
    readonly omissionProbability?: number
  }
  /** The number of transitions of each kind. */
  readonly actions: Readonly<Record<string, number>>
  /** Sentences about vacuous parts of the check. */
  readonly vacuous: ReadonlyArray<string>
  /** The tally of random walks; undefined for a search. */
  readonly walk?: Tally & { readonly seed: number }
  /** Other notes for the user, such as a reduction that was left out. */
  readonly notes: ReadonlyArray<string>
}

/** The kind of a property; undefined stands for deadlock freedom. */
export const kindOf = (property: AnyProperty | undefined): PropertyKind => {
  switch (property?._tag) {
    case undefined:
      return "deadlock"
    case "Sometimes":
      return "reachability"
    case "Live":
      return "liveness"
    default:
      return "safety"
  }
}

export const aboutDeadlock =
  "while an operation is pending, some message can be received or some step can be taken"

/**
 * Whether a property is violated. A state that is never reached is only reported as vacuous, unless
 * the scenario expects it to be reached.
 */
export const isBroken = ({ verdict, kind, expected }: PropertyResult): boolean =>
  verdict === "violated" && (kind !== "reachability" || expected !== undefined)

/** Whether a property has the expected verdict. Without an expectation, it must not be violated. */
export const isAsExpected = (property: PropertyResult): boolean =>
  property.expected === undefined ? !isBroken(property) : property.verdict === property.expected

/** True once the search has a finding for every property with an expectation. */
export const isDecided = (
  { expect }: LoadedScenario,
  findings: ReadonlyArray<{ readonly property: string }>
): boolean => [...expect.keys()].every((name) => findings.some(({ property }) => property === name))
