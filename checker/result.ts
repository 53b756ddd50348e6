/**
 * What a check comes to, however it was done: verdicts, counts, and what limits them.
 */
import type { AnyProperty } from "../spec/kernel/property.ts"
import type { Counts } from "./engine/search.ts"
import type { ReductionName } from "./network/reductions.ts"
import type { Counterexample, PropertyKind } from "./report/trace.ts"
import type { Expected, LoadedScenario } from "./scenario/load.ts"
import type { Tally } from "./tally.ts"

/** What is known of a property. Holds: exhausted within the scenario's bounds. */
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
  /** The reductions that were on. */
  readonly reductions: ReadonlyArray<ReductionName>
  /** Whether every reachable state was visited. */
  readonly exhaustive: boolean
  /** Why the search ended before that; undefined if it did not. */
  readonly stopped: string | undefined
  /**
   * The bounds that some process came to, and stopped at: what lies beyond them was not looked at.
   */
  readonly boundsReached: ReadonlyArray<string>
  readonly counts: Counts
  readonly engine: {
    /** Calls of the specification's transition functions. */
    readonly transitionCalls: number
    /** The share of transitions that needed no such call. */
    readonly memoHitRate: number
    readonly bytesPerState: number
    /**
     * If fingerprints are kept, the probability that two different states had the same one, so that
     * a state may have been missed; absent if states are kept, for then none is missed.
     */
    readonly omissionProbability?: number
  }
  /** How many transitions there were of each kind. */
  readonly actions: Readonly<Record<string, number>>
  /** What was checked in vain, in sentences. */
  readonly vacuous: ReadonlyArray<string>
  /** What random walks came to; undefined for a search. */
  readonly walk?: Tally & { readonly seed: number }
  /** What else a user should know: a reduction that had to be left out. */
  readonly notes: ReadonlyArray<string>
}

/** What kind of promise a property is; undefined stands for freedom of deadlock. */
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
  "as long as an operation is pending, some message can be received or some step be taken"

/**
 * Violated; that something never happens is reported as vacuous, and breaks nothing unless it was
 * expected.
 */
export const isBroken = ({ verdict, kind, expected }: PropertyResult): boolean =>
  verdict === "violated" && (kind !== "reachability" || expected !== undefined)

/** A property of which nothing is expected is expected not to be broken. */
export const isAsExpected = (property: PropertyResult): boolean =>
  property.expected === undefined ? !isBroken(property) : property.verdict === property.expected

/** True when no property of which something is expected is still open. */
export const isDecided = (
  { expect }: LoadedScenario,
  findings: ReadonlyArray<{ readonly property: string }>
): boolean => [...expect.keys()].every((name) => findings.some(({ property }) => property === name))
