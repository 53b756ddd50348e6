/**
 * A transition system over plain data: where it begins, what can happen, and what must be true of it.
 *
 * This is the door for specifications that are not made of our nodes and messages. A state is a record of plain data
 * (numbers, strings, booleans, null, arrays, records) whose fields are those of the initial states, for good.
 */

/**
 * What is different in a successor: the fields that change, those of a nested record one by one.
 * A whole state is allowed too, but whoever copies a field has read it, and is asked again for each of its values.
 */
export type Changes<State> = {
  readonly [Field in keyof State]?: State[Field] extends ReadonlyArray<unknown>
    ? State[Field]
    : State[Field] extends object
      ? Changes<State[Field]>
      : State[Field]
}

/** The successors of a state by one action; none if the action is not enabled. It may be a generator. */
export type Action<State> = (state: State) => Iterable<Changes<State>>

/** Something that is true or false of a state. */
export type Predicate<State> = (state: State) => boolean

/**
 * A transition system. Its functions must depend on nothing but the state that they are given: each is called once
 * for each distinct combination of what it looked at.
 */
export interface Relation<State extends object> {
  readonly initial: ReadonlyArray<State>
  /** By name, in the order in which they are tried. */
  readonly actions: Readonly<Record<string, Action<NoInfer<State>>>>
  /** What must be true of every reachable state, by name; at most 30. */
  readonly invariants?: Readonly<Record<string, Predicate<NoInfer<State>>>>
  /** What must be true of some reachable state, by name. */
  readonly sometimes?: Readonly<Record<string, Predicate<NoInfer<State>>>>
  /**
   * What must not be put off for ever: an action, or several that count as one, by name. Weak: it is taken again and
   * again if it is enabled all the time; strong: if it is enabled again and again. A step that changes nothing is none.
   */
  readonly fairness?: {
    readonly weak?: ReadonlyArray<string | ReadonlyArray<string>>
    readonly strong?: ReadonlyArray<string | ReadonlyArray<string>>
  }
  /** What must become true in every fair run, by name. A run may also stop, where no fairness forbids it. */
  readonly eventually?: Readonly<Record<string, Predicate<NoInfer<State>>>>
  /** What must be true again and again in every fair run, by name. */
  readonly alwaysEventually?: Readonly<Record<string, Predicate<NoInfer<State>>>>
  /** Whenever the first is true, the second must be true then or later in every fair run, by name. */
  readonly leadsTo?: Readonly<Record<string, readonly [Predicate<NoInfer<State>>, Predicate<NoInfer<State>>]>>
  /** The states that may be without successors; by default none. */
  readonly isDone?: Predicate<NoInfer<State>>
}
