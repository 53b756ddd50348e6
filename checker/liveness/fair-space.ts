/**
 * What the decision of liveness needs to know: a space with the fairness of its transitions, the
 * states that a search has visited, and what is demanded.
 */
import type { Space } from "../engine/space.ts"

/**
 * Which transitions must not be put off for ever. A transition may belong to several classes, or to
 * none: then nothing ever obliges it to be taken.
 *
 * A run that goes on for ever (stuttering in a state counts as going on) is fair if, for every
 * class,
 *
 *  - weak: the class is not enabled in all states from some time on, unless it is taken again and
 *    again;
 *  - strong: the class is not enabled in states again and again, unless it is taken again and
 *    again.
 *
 * As in TLA+, a transition that leads back to where it starts is no step: it neither enables its
 * classes nor takes them.
 */
export interface Fairness {
  /** The classes, each a small integer, of transition `label` out of `state`. */
  readonly classesOf: (state: Int32Array, label: number) => ReadonlyArray<number>
  readonly isStrong: (fairnessClass: number) => boolean
}

export interface FairSpace extends Pick<Space, "width" | "initial" | "successor" | "expand"> {
  readonly fairness: Fairness
}

/** The states that an exhausted search has visited, by their numbers. */
export interface Visited {
  /** All numbers are less than this. Not every number need be that of a state. */
  readonly size: number
  readonly has: (number: number) => boolean
  readonly read: (number: number, into: Int32Array) => void
  /** The number of a state; -1 if it was not visited. */
  readonly find: (state: Int32Array) => number
  readonly parentOf: (number: number) => number
}

/**
 * Something that must not stay undone for ever. It is violated by a fair run that, from some time
 * on, is in open states only, and in which the demand was made when that began.
 */
export interface Demand {
  /**
   * Where it is made: wherever it is open, in initial states alone, or in the states that the
   * predicate says.
   */
  readonly made: "anywhere" | "initially" | ((state: Int32Array) => boolean)
  /** Whether what is demanded has yet to happen in this state. */
  readonly isOpen: (state: Int32Array) => boolean
  /**
   * Of runs, only those violate it that are in such states only, from some time on; without it, all
   * may.
   */
  readonly within?: ((state: Int32Array) => boolean) | undefined
  /**
   * And only those that are again and again in a state of which the first of these is true, in one
   * for the second, …
   */
  readonly again?: ReadonlyArray<(state: Int32Array) => boolean> | undefined
}

/**
 * A violation: a way to a state, and a way from there back to it; an empty loop stands for
 * stuttering.
 */
export interface Lasso {
  /** The states of the way, first to last; the last is where the loop begins and ends. */
  readonly stem: ReadonlyArray<number>
  /** Where in the stem the demand is made: from there on it is open. */
  readonly made: number
  readonly loop: ReadonlyArray<{ readonly label: number; readonly state: number }>
}
