/**
 * What the search explores: a transition system whose states are short vectors of small integers.
 *
 * A source (a network of processes, or any transition system over plain data) numbers the distinct values of each
 * component of its state and remembers what it computed for them; the search sees numbers only.
 */

/** Where a space puts the transitions of a state, one after the other. */
export interface Sink {
  /**
   * The space's `successor` now holds the state that transition `label` leads to. The space may change it again
   * as soon as this returns. `steps` says how many steps the transition stands for: 1, or 2.
   */
  readonly visit: (label: number, steps: number) => void
}

/** Which properties fail: bit `i` for the property number `i` of the space. */
export type Failures = number

export interface Space {
  /** The number of components of a state. */
  readonly width: number
  /** The initial states. */
  readonly initial: ReadonlyArray<Int32Array>
  /** Scratch: the successor that is being visited. */
  readonly successor: Int32Array
  /** Visits every transition of the state, always in the same order. Returns how many there are. */
  readonly expand: (state: Int32Array, sink: Sink) => number
  /** The names of the properties that `judge` and `judgeTransition` report on; at most 30. */
  readonly properties: ReadonlyArray<string>
  /** The properties that fail in a state. `label` is the transition that led there, -1 for an initial state. */
  readonly judge: (state: Int32Array, label: number) => Failures
  /** The properties that fail in the transition itself, whatever the state around it. */
  readonly judgeTransition: (label: number) => Failures
  /** Whether a state without transitions is one in which everything that was asked for is done. */
  readonly isDone: (state: Int32Array) => boolean
}

/** The most properties that one search can decide. */
export const mostProperties = 30
