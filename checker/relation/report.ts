/**
 * What the check of a relation comes to, as data.
 */
import type { Expectation } from "./relation.ts"
import type { Run } from "./run.ts"

/** What is known of a property, or of all of them. Within bounds that were hit, nothing holds. */
export type Verdict = "holds" | "violated" | "inconclusive"

export interface PropertyReport<State> {
  readonly name: string
  readonly kind: "safety" | "deadlock" | "liveness" | "reachability"
  /** How the author said it. */
  readonly form:
    | "invariant"
    | "step"
    | "refinement"
    | "deadlock"
    | "sometimes"
    | "eventually"
    | "always eventually"
    | "eventually always"
    | "leads to"
  readonly verdict: Verdict
  /** The verdict that was expected, if one was. */
  readonly expected?: Expectation
  /**
   * A run that breaks the property: of safety, a shortest one where the search was breadth-first;
   * of liveness, one that goes on forever (`loop`). A `sometimes` that is never reached has none.
   */
  readonly counterexample?: Run<State>
  /**
   * Of a `sometimes` that is reached: a run to where it is true, a shortest one where the search
   * was breadth-first.
   */
  readonly witness?: Run<State>
}

export interface RelationReport<State> {
  readonly verdict: Verdict
  /**
   * Whether the verdicts are those that were expected; where nothing is expected, whether nothing
   * is violated.
   */
  readonly asExpected: boolean
  /** Whether every reachable state was visited, and everything decided. */
  readonly exhaustive: boolean
  /** Why the search ended before that. */
  readonly stopped?: string
  readonly properties: ReadonlyArray<PropertyReport<State>>
  /**
   * `generated` counts transitions and initial states, as TLC does; `depth` the steps to the
   * farthest state.
   */
  readonly states: { readonly distinct: number; readonly generated: number; readonly depth: number }
  /** States that were found, and whose successors were not looked at. */
  readonly frontier: number
  /**
   * How many transitions, and initial states, led beyond the constraints: what is there was not
   * gone on from.
   */
  readonly beyond: number
  /**
   * How often the relation's functions were called, and what part of the questions needed no call.
   */
  readonly engine: { readonly calls: number; readonly memoHitRate: number }
  /** How many transitions were of each action. */
  readonly fired: Readonly<Record<string, number>>
  /** In how many states each action was enabled. */
  readonly enabled: Readonly<Record<string, number>>
  /**
   * What was checked in vain, if every state was visited: actions that were never enabled,
   * `sometimes` that were never reached, and, in sentences, premises, fairness and liveness that
   * nothing depended on.
   */
  readonly vacuous: ReadonlyArray<string>
  /** What else one should know, in sentences. */
  readonly notes: ReadonlyArray<string>
}
