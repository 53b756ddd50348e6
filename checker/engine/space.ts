/**
 * What the search explores: a transition system whose states are short vectors of small integers.
 *
 * A source (a network of processes, or any transition system over plain data) numbers the distinct
 * values of each component of its state and remembers what it computed for them; the search sees
 * numbers only. Two instances of a source may number differently; `content` is the same in all of
 * them.
 */

/** Receives the transitions of a state, one after another. */
export interface Sink {
  /**
   * The space's `successor` now holds the state to which transition `label` leads. The space may
   * overwrite it as soon as this returns. `steps` is the number of steps that the transition stands
   * for: 1 or 2.
   */
  readonly visit: (label: number, steps: number) => void
  /**
   * The successor of transition `label` lies beyond what is explored: the search counts and judges
   * the transition, and does not add its successor.
   */
  readonly leave?: (label: number) => void
}

/**
 * Receives the transitions of a state as moves: lists of components that go from one value to
 * another. The sink numbers the moves; a space that remembers their numbers does not need to look
 * at values again.
 */
export interface MoveSink {
  /** Scratch: the moves of the current transition, at most `width` of them. */
  readonly moves: Int32Array
  /** The number of the move of a component from one value to another. */
  readonly moveOf: (component: number, from: number, to: number) => number
  /** Records transition `label`, of one step, which makes the first `count` moves. */
  readonly take: (label: number, count: number) => void
}

/**
 * How far bounds on the search explain why a state has no transitions. `not`: nothing has stopped
 * at a bound, so the state is a deadlock. `wholly`: everything that has work left has stopped at a
 * bound, so the state is not a deadlock. `partly`: some parts have stopped at a bound while the
 * rest waits, perhaps for them, so the search cannot tell.
 */
export type Cut = "not" | "partly" | "wholly"

/** The properties that fail: bit `i` stands for property number `i` of the space. */
export type Failures = number

export interface Space {
  /** The number of components of a state. */
  readonly width: number
  /** The initial states. */
  readonly initial: ReadonlyArray<Int32Array>
  /** Scratch: the successor that is being visited. */
  readonly successor: Int32Array
  /**
   * Visits every transition of the state, always in the same order, whatever the numbering. Returns
   * the number of transitions.
   */
  readonly expand: (state: Int32Array, sink: Sink) => number
  /** The same transitions in the same order, as moves, for spaces that support them. */
  readonly expandMoves?: ((state: Int32Array, sink: MoveSink) => number) | undefined
  /**
   * Remembers what `expand` has counted so far. The returned function undoes all later counting.
   */
  readonly remember: () => () => void
  /** The names of the properties that `judge` and `judgeTransition` report on; at most 30. */
  readonly properties: ReadonlyArray<string>
  /** True if `judge` can report a failure. */
  readonly judgesStates: boolean
  /** The properties that fail in a state. */
  readonly judge: (state: Int32Array) => Failures
  /** True if `judgeTransition` can report a failure. */
  readonly judgesTransitions: boolean
  /** The properties that the transition being visited violates. */
  readonly judgeTransition: (label: number) => Failures
  /** Whether a state without transitions has completed everything that its scenario asks for. */
  readonly isDone: (state: Int32Array) => boolean
  /**
   * How far bounds explain why this state, which is not done, has no transitions. Without this
   * function they never do.
   */
  readonly cutOf?: (state: Int32Array) => Cut
  /** The canonical text of a value of a component. */
  readonly content: (component: number, value: number) => string
  /**
   * The value of a component that has this content. The content may come from another instance of
   * this space.
   */
  readonly numberFor: (component: number, content: string) => number
}

/** The maximum number of properties that one search can decide. */
export const maxProperties = 30
