/**
 * The result of the check of a relation, as data.
 */
import type { Expectation } from "./relation.ts"
import type { Run } from "./run.ts"

/**
 * What is known of a property, or of all of them. Within bounds that some run reached, no property
 * holds.
 */
export type Verdict = "holds" | "violated" | "inconclusive"

export interface PropertyReport<State> {
  readonly name: string
  readonly kind: "safety" | "deadlock" | "liveness" | "reachability"
  /** How the author stated it. */
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
  /** The expected verdict, if there is one. */
  readonly expected?: Expectation
  /**
   * A run that violates the property. For safety it is a shortest one if the search was
   * breadth-first; for liveness it is infinite (`loop`). A `sometimes` that is never reached has
   * none.
   */
  readonly counterexample?: Run<State>
  /**
   * For a `sometimes` that is reached: a run to such a state, a shortest one if the search was
   * breadth-first.
   */
  readonly witness?: Run<State>
}

export interface RelationReport<State> {
  readonly verdict: Verdict
  /**
   * Whether the verdicts are the expected ones; without expectations, whether nothing is violated.
   */
  readonly asExpected: boolean
  /** Whether the search visited every reachable state and decided everything. */
  readonly exhaustive: boolean
  /** Why the search ended before that. */
  readonly stopped?: string
  readonly properties: ReadonlyArray<PropertyReport<State>>
  /**
   * `generated` counts transitions and initial states, as TLC does; `depth` is the number of steps
   * to the farthest state.
   */
  readonly states: { readonly distinct: number; readonly generated: number; readonly depth: number }
  /** States that were found and not expanded. */
  readonly frontier: number
  /**
   * How many transitions and initial states led beyond the constraints; the search did not continue
   * from there.
   */
  readonly beyond: number
  /**
   * How often the relation's functions were called, and the share of the questions that needed no
   * call.
   */
  readonly engine: { readonly calls: number; readonly memoHitRate: number }
  /** The number of transitions of each action. */
  readonly fired: Readonly<Record<string, number>>
  /** The number of states in which each action was enabled. */
  readonly enabled: Readonly<Record<string, number>>
  /**
   * Vacuous parts of the check, if every state was visited: actions that were never enabled,
   * `sometimes` that were never reached, and, in sentences, premises, fairness and liveness that
   * nothing depended on.
   */
  readonly vacuous: ReadonlyArray<string>
  /** Other notes for the user, in sentences. */
  readonly notes: ReadonlyArray<string>
}
