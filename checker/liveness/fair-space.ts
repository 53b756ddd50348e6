/**
 * The input of the liveness decision: a space with the fairness of its transitions, the states that
 * a search has visited, and the demands.
 */
import type { Space } from "../engine/space.ts"

/**
 * Which transitions a run must not postpone forever. A transition may belong to several classes, or
 * to none; then no run is ever obliged to take it.
 *
 * An infinite run (stuttering counts as going on) is fair if every class satisfies its condition:
 *
 * - weak: if from some point on the class is enabled in all states, it is taken infinitely often;
 * - strong: if the class is enabled infinitely often, it is taken infinitely often.
 *
 * As in TLA+, a transition that leads back to its own state is not a step: it neither enables nor
 * takes its classes.
 */
export interface Fairness {
  /** The classes of transition `label` out of `state`, as small integers. */
  readonly classesOf: (state: Int32Array, label: number) => ReadonlyArray<number>
  readonly isStrong: (fairnessClass: number) => boolean
}

export interface FairSpace extends Pick<Space, "width" | "initial" | "successor" | "expand"> {
  readonly fairness: Fairness
}

/** The states that an exhausted search has visited, by number. */
export interface Visited {
  /** All numbers are less than this one. Some of them may belong to no state. */
  readonly size: number
  readonly has: (number: number) => boolean
  readonly read: (number: number, into: Int32Array) => void
  /** The number of a state; -1 if it was not visited. */
  readonly find: (state: Int32Array) => number
  readonly parentOf: (number: number) => number
}

/**
 * Something that must not stay undone forever. A fair run violates the demand if the demand is made
 * in some state of the run, and is open in that state and in all later ones.
 */
export interface Demand {
  /**
   * The states in which the demand is made: every state in which it is open, the initial states, or
   * the states that satisfy the predicate.
   */
  readonly made: "anywhere" | "initially" | ((state: Int32Array) => boolean)
  /** Whether the demand is still unfulfilled in this state. */
  readonly isOpen: (state: Int32Array) => boolean
  /** If present, only runs that from some point on stay in such states violate the demand. */
  readonly within?: ((state: Int32Array) => boolean) | undefined
  /**
   * If present, only runs that visit states of each of these kinds infinitely often violate the
   * demand.
   */
  readonly again?: ReadonlyArray<(state: Int32Array) => boolean> | undefined
}

/**
 * A violation: a path to a state, and a loop from that state back to it. An empty loop stands for
 * stuttering.
 */
export interface Lasso {
  /** The states of the path, in order; the loop begins and ends in the last one. */
  readonly stem: ReadonlyArray<number>
  /** The index in the stem at which the demand is made; from there on it is open. */
  readonly made: number
  readonly loop: ReadonlyArray<{ readonly label: number; readonly state: number }>
}
