/**
 * A transition system over plain data: where it begins, what can happen, and what must be true of
 * it.
 *
 * This is the door for specifications that are not made of our nodes and messages. A state is a
 * record of plain data (finite numbers up to 2^53 - 1, strings, booleans, null, arrays, records)
 * whose fields are those of the initial states, for good. A record in a record is taken apart like
 * the state itself, field by field, and its fields stay the same, too; unless it is empty in the
 * first initial state, or has a field `_tag`: then it is a value, replaced as a whole.
 */

/** Whether a field is replaced as a whole: whatever is not a record, and a record with a `_tag`. */
type IsValue<Field> = Field extends ReadonlyArray<unknown> | { readonly _tag: unknown }
  ? true
  : Field extends object
    ? false
    : true

/**
 * What is different in a successor: the fields that change, those of a nested record one by one. A
 * whole state is allowed too, but whoever copies a field has read it, and is asked again for each
 * of its values.
 */
export type Changes<State> = {
  readonly [Field in keyof State]?: IsValue<State[Field]> extends true
    ? State[Field]
    : State[Field] extends object
      ? Changes<State[Field]>
      : State[Field]
}

/**
 * The successors of a state by one action; none if the action is not enabled. It may be a
 * generator.
 */
export type Action<State> = (state: State) => Iterable<Changes<State>>

/** Something that is true or false of a state. */
export type Predicate<State> = (state: State) => boolean

/** Something that is true or false of a step: the state before it, and the one after it. */
export type StepPredicate<State> = (before: State, after: State) => boolean

/** By name, in the order of the report. */
export type Named<Item> = Readonly<Record<string, Item>>

/** Steps that must not be put off for ever. */
export type FairSteps<State> =
  /** Those of an action, or of several that count as one. */
  | string
  | ReadonlyArray<string>
  /** Those of one or several actions for which `when` is true, under a name for reports. */
  | {
      readonly name?: string
      readonly actions: string | ReadonlyArray<string>
      readonly when: StepPredicate<State>
    }

/**
 * Another transition system, and how a state of this one looks there. Every initial state must be
 * initial there, and every step one of its steps, or none. (Its fairness is not asked for: that
 * what must happen does happen is for `leadsTo`.)
 */
export interface Refinement<State> {
  readonly of: RelationLike
  readonly by: (state: State) => object
}

/** What is known of any relation, whatever its states. */
export interface RelationLike {
  readonly initial: Iterable<object>
  readonly actions: Named<(state: never) => Iterable<object>>
}

/** What is expected of a property. */
export type Expectation = "holds" | "violated"

/**
 * A transition system. Its functions must depend on nothing but the state that they are given, and
 * must not keep it: each is called once for each distinct combination of what it looked at, more
 * often where that is not worth remembering, and now and then a second time with the same state.
 * Answers that differ are refused. A function that gives the same wrong answer twice (from a cache
 * with too small a key, say) cannot be told from one that means it.
 */
export interface Relation<State extends object> extends Demands<State> {
  /** The first one says which fields there are. Read once. */
  readonly initial: Iterable<State>
}

/** All of a relation but its initial states. */
export interface Demands<State extends object> {
  /** What it is called in reports, and what it is about, in a sentence or two. */
  readonly name?: string
  readonly description?: string
  /** By name, in the order in which they are tried. */
  readonly actions: Named<Action<NoInfer<State>>>
  /**
   * What must be true of every reachable state. Together with `steps`, `refines` and `sometimes`,
   * at most 30.
   */
  readonly invariants?: Named<Predicate<NoInfer<State>>>
  /** What must be true of every step that changes something, as `[][P]_vars` in TLA+. */
  readonly steps?: Named<StepPredicate<NoInfer<State>>>
  /** The transition systems that this one must implement. */
  readonly refines?: Named<Refinement<NoInfer<State>>>
  /** What must be true of some reachable state: the report has a shortest run to one. */
  readonly sometimes?: Named<Predicate<NoInfer<State>>>
  /**
   * What must not be put off for ever. Weak: it is taken again and again if it is enabled all the
   * time; strong: if it is enabled again and again. A step that changes nothing is none.
   */
  readonly fairness?: {
    readonly weak?: ReadonlyArray<FairSteps<NoInfer<State>>>
    readonly strong?: ReadonlyArray<FairSteps<NoInfer<State>>>
  }
  /** What must become true in every fair run. A run may also stop, where no fairness forbids it. */
  readonly eventually?: Named<Predicate<NoInfer<State>>>
  /** What must be true again and again in every fair run: `[]<>P`. */
  readonly alwaysEventually?: Named<Predicate<NoInfer<State>>>
  /** What must be true from some time on in every fair run: `<>[]P`. */
  readonly eventuallyAlways?: Named<Predicate<NoInfer<State>>>
  /**
   * Whenever the first is true, the second must be true then or later in every fair run: `P ~> Q`.
   */
  readonly leadsTo?: Named<readonly [Predicate<NoInfer<State>>, Predicate<NoInfer<State>>]>
  /**
   * What is supposed of runs that go on for ever: of others, nothing is demanded by the properties
   * of liveness.
   */
  readonly premises?: {
    /** True again and again: `[]<>P`. */
    readonly alwaysEventually?: Named<Predicate<NoInfer<State>>>
    /** True from some time on: `<>[]P`. */
    readonly eventuallyAlways?: Named<Predicate<NoInfer<State>>>
  }
  /** The states that may be without successors; by default none. */
  readonly isDone?: Predicate<NoInfer<State>>
  /** Whether a state without successors that is not done is a violation; by default it is not. */
  readonly deadlock?: boolean
  /**
   * The states to go on from, as TLC's CONSTRAINT: others are judged and count as generated, but
   * not as distinct, and nothing that follows them is looked at.
   */
  readonly constraint?: Predicate<NoInfer<State>>
  /** The steps to follow, as TLC's ACTION_CONSTRAINT. */
  readonly stepConstraint?: StepPredicate<NoInfer<State>>
  /**
   * Sets of names, by what they are called, whose members can be exchanged wherever they stand (as
   * texts, or as fields of records) without a difference: of states that differ in nothing else,
   * one is visited. Verified by samples as the search goes on. Not used where there are properties
   * of liveness.
   */
  readonly symmetry?: Named<ReadonlyArray<string>>
  /**
   * For symmetry, the fields (`sent`, `nodes.votes`) in which every array is a set, kept by `setOf`
   * in its order: when names are exchanged, it is put in order again.
   */
  readonly sets?: ReadonlyArray<string>
  /**
   * What tells states apart, as TLC's VIEW: of states with the same, the first that is found is
   * visited.
   */
  readonly view?: (state: NoInfer<State>) => unknown
  /**
   * The verdict that is expected of each property; of others, that they hold: a search ends early
   * only where something else is found, or where every property is broken.
   */
  readonly expect?: Named<Expectation>
}

/** Plain data of any form. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | ReadonlyArray<Plain>
  | { readonly [field: string]: Plain }

/** The type of what cannot be part of a state. */
export interface NotPlainData<Reason extends string> {
  readonly "not plain data": Reason
}

type Callable = (...parameters: never) => unknown

type PlainValue<Type> = unknown extends Type
  ? Type
  : Type extends null | boolean | number | string
    ? Type
    : Type extends undefined | symbol | bigint | Callable
      ? NotPlainData<"use null, booleans, finite numbers, strings, arrays and records">
      : Type extends ReadonlyArray<infer Item>
        ? ReadonlyArray<PlainValue<Item>>
        : true extends {
              [Field in keyof Type]: Type[Field] extends Callable ? true : never
            }[keyof Type]
          ? NotPlainData<"an object with methods: use a record or an array">
          : { readonly [Field in keyof Type]: PlainValue<Type[Field]> }

type IsUnion<Type, Each = Type> = Type extends unknown
  ? [Each] extends [Type]
    ? false
    : true
  : never

/** The type itself, if states of it are plain data; else one that says what is not. */
export type PlainState<State> =
  true extends IsUnion<State>
    ? NotPlainData<"a union of records: give all states the same fields">
    : {
        readonly [Field in keyof State]: undefined extends State[Field]
          ? unknown extends State[Field]
            ? State[Field]
            : NotPlainData<"optional: every state has every field; null may stand for nothing">
          : PlainValue<State[Field]>
      }

/**
 * The type of states of which the initial ones are literals: an empty array there is one of any
 * plain data, and null any plain data.
 */
export type Widened<Type> = [Type] extends [null]
  ? Plain
  : Type extends ReadonlyArray<infer Item>
    ? [Item] extends [never]
      ? ReadonlyArray<Plain>
      : Type
    : Type extends object
      ? {
          readonly [Field in keyof Type]: [Type[Field]] extends [
            null | ReadonlyArray<never> | object
          ]
            ? Widened<Type[Field]>
            : Type[Field]
        }
      : Type

/** The states of a relation that is written down with such initial states. */
export type WidenedState<Initial extends object> = {
  readonly [Field in keyof Initial]: Widened<Initial[Field]>
}

/** A relation as it is written down: its states are those of `initial`. */
export type RelationOf<Initial extends object> = Demands<WidenedState<NoInfer<Initial>>> & {
  readonly initial: Iterable<Initial> & Iterable<NoInfer<PlainState<Initial>>>
}
