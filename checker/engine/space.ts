/**
 * What the search explores: a transition system whose states are short vectors of small integers.
 *
 * A source (a network of processes, or any transition system over plain data) numbers the distinct
 * values of each component of its state and remembers what it computed for them; the search sees
 * numbers only. Two instances of a source may number differently; `content` is the same in all of
 * them.
 */

/** Where a space puts the transitions of a state, one after the other. */
export interface Sink {
  /**
   * The space's `successor` now holds the state that transition `label` leads to. The space may
   * change it again as soon as this returns. `steps` says how many steps the transition stands for:
   * 1, or 2.
   */
  readonly visit: (label: number, steps: number) => void
  /**
   * The successor of transition `label` is beyond what is explored: the transition counts and is
   * judged, and its successor is not taken up.
   */
  readonly leave?: (label: number) => void
}

/**
 * Where a space puts the transitions of a state as moves: lists of components that go from one
 * value to another. Moves are numbered by the sink; a space that remembers their numbers need not
 * look at values any more.
 */
export interface MoveSink {
  /** Scratch: the moves of the transition that is taken. At most `width` of them. */
  readonly moves: Int32Array
  /** The number of the move of a component from one value to another. */
  readonly moveOf: (component: number, from: number, to: number) => number
  /** Transition `label`, one step, makes the first `count` of the moves. */
  readonly take: (label: number, count: number) => void
}

/**
 * How far bounds that are no part of what is modelled account for a state that has no transitions.
 * It is a deadlock if nothing stops at a bound, and none if whatever has something left to do does.
 * Where some stop there while others wait, nobody knows: they may wait for those.
 */
export type Cut = "not" | "partly" | "wholly"

/** Which properties fail: bit `i` for the property number `i` of the space. */
export type Failures = number

export interface Space {
  /** The number of components of a state. */
  readonly width: number
  /** The initial states. */
  readonly initial: ReadonlyArray<Int32Array>
  /** Scratch: the successor that is being visited. */
  readonly successor: Int32Array
  /**
   * Visits every transition of the state, always in the same order, whatever the numbers are.
   * Returns how many there are.
   */
  readonly expand: (state: Int32Array, sink: Sink) => number
  /** The same, for spaces that know moves: the same transitions in the same order. */
  readonly expandMoves?: ((state: Int32Array, sink: MoveSink) => number) | undefined
  /**
   * Remembers what `expand` has counted so far. The answer takes back what it counts from now on.
   */
  readonly remember: () => () => void
  /** The names of the properties that `judge` and `judgeTransition` report on; at most 30. */
  readonly properties: ReadonlyArray<string>
  /** Whether `judge` has anything to say of any state. */
  readonly judgesStates: boolean
  /** The properties that fail in a state. */
  readonly judge: (state: Int32Array) => Failures
  /** Whether `judgeTransition` has anything to say of any transition. */
  readonly judgesTransitions: boolean
  /** The properties that fail in the transition itself, which is being visited. */
  readonly judgeTransition: (label: number) => Failures
  /** Whether a state without transitions is one in which everything that was asked for is done. */
  readonly isDone: (state: Int32Array) => boolean
  /**
   * How far bounds account for it that this state, which is not done, has no transitions; without
   * it, they never do.
   */
  readonly cutOf?: (state: Int32Array) => Cut
  /** The canonical text of a value of a component. */
  readonly content: (component: number, value: number) => string
  /**
   * The value of a component that has this content, which may come from another instance of this
   * space.
   */
  readonly numberFor: (component: number, content: string) => number
}

/** The most properties that one search can decide. */
export const mostProperties = 30
