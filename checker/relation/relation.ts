/**
 * A transition system over plain data: its initial states, its actions, and its properties.
 *
 * This is the interface for specifications without nodes and messages. A state is a record of plain
 * data (finite numbers up to 2^53 - 1, strings, booleans, null, arrays, records). Its fields are
 * those of the initial states, and never change. A nested record is taken apart like the state
 * itself, field by field, and its fields never change either. The exception is a record that is
 * empty in the first initial state or has a field `_tag`: it is a value, replaced as a whole.
 */

/**
 * Whether a field is replaced as a whole: any value that is not a record, and a record with a
 * `_tag`.
 */
type IsValue<Field> = Field extends ReadonlyArray<unknown> | { readonly _tag: unknown }
  ? true
  : Field extends object
    ? false
    : true

/**
 * The differences in a successor: the fields that change, those of a nested record one by one. A
 * whole state is allowed too, but a function that copies a field has read it, and is called again
 * for each of its values.
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

/** A predicate on states. */
export type Predicate<State> = (state: State) => boolean

/** A predicate on steps: the state before the step, and the state after it. */
export type StepPredicate<State> = (before: State, after: State) => boolean

/** By name, in the order of the report. */
export type Named<Item> = Readonly<Record<string, Item>>

/** Steps that must not be put off forever. */
export type FairSteps<State> =
  /** The steps of an action, or of several actions that count as one. */
  | string
  | ReadonlyArray<string>
  /** The steps of one or several actions for which `when` is true, under a name for reports. */
  | {
      readonly name?: string
      readonly actions: string | ReadonlyArray<string>
      readonly when: StepPredicate<State>
    }

/**
 * Another transition system, and the mapping from a state of this one to a state there. Every
 * initial state must map to an initial one, and every step to one of its steps or to none. (Its
 * fairness is not checked: to state that something must happen, use `leadsTo`.)
 */
export interface Refinement<State> {
  readonly of: RelationLike
  readonly by: (state: State) => object
}

/** The interface of any relation, whatever its states. */
export interface RelationLike {
  readonly initial: Iterable<object>
  readonly actions: Named<(state: never) => Iterable<object>>
}

/** The expected verdict of a property. */
export type Expectation = "holds" | "violated"

/**
 * A transition system. Its functions must depend only on the state that they receive, and must not
 * keep it. The checker calls each function once for each distinct combination of the values that it
 * read, more often if remembering does not pay, and sometimes a second time with the same state. It
 * refuses answers that differ. It cannot tell a function that gives the same wrong answer twice
 * (from a cache with too small a key, say) from one that is correct.
 */
export interface Relation<State extends object> extends Demands<State> {
  /** The first one defines the fields. Read once. */
  readonly initial: Iterable<State>
}

/** All of a relation except its initial states. */
export interface Demands<State extends object> {
  /** Its name in reports, and its description in a sentence or two. */
  readonly name?: string
  readonly description?: string
  /** By name, in the order in which the checker tries them. */
  readonly actions: Named<Action<NoInfer<State>>>
  /**
   * Predicates that must be true in every reachable state. Together with `steps`, `refines` and
   * `sometimes`, at most 30.
   */
  readonly invariants?: Named<Predicate<NoInfer<State>>>
  /** Predicates that must be true of every step that changes something, as `[][P]_vars` in TLA+. */
  readonly steps?: Named<StepPredicate<NoInfer<State>>>
  /** The transition systems that this one must implement. */
  readonly refines?: Named<Refinement<NoInfer<State>>>
  /** Predicates that must be true in some reachable state: the report has a shortest run to one. */
  readonly sometimes?: Named<Predicate<NoInfer<State>>>
  /**
   * Steps that must not be put off forever. Weak: a step that stays enabled is taken infinitely
   * often. Strong: a step that is enabled infinitely often is taken infinitely often. A step that
   * changes nothing does not count.
   */
  readonly fairness?: {
    readonly weak?: ReadonlyArray<FairSteps<NoInfer<State>>>
    readonly strong?: ReadonlyArray<FairSteps<NoInfer<State>>>
  }
  /**
   * Predicates that must become true in every fair run. A run may also stop where no fairness
   * forbids it.
   */
  readonly eventually?: Named<Predicate<NoInfer<State>>>
  /** Predicates that must be true infinitely often in every fair run: `[]<>P`. */
  readonly alwaysEventually?: Named<Predicate<NoInfer<State>>>
  /** Predicates that must be true from some time on in every fair run: `<>[]P`. */
  readonly eventuallyAlways?: Named<Predicate<NoInfer<State>>>
  /**
   * Whenever the first predicate is true, the second must be true then or later in every fair run:
   * `P ~> Q`.
   */
  readonly leadsTo?: Named<readonly [Predicate<NoInfer<State>>, Predicate<NoInfer<State>>]>
  /**
   * Premises about infinite runs: the liveness properties demand nothing of runs that break them.
   */
  readonly premises?: {
    /** True infinitely often: `[]<>P`. */
    readonly alwaysEventually?: Named<Predicate<NoInfer<State>>>
    /** True from some time on: `<>[]P`. */
    readonly eventuallyAlways?: Named<Predicate<NoInfer<State>>>
  }
  /** The states that may lack successors; by default none. */
  readonly isDone?: Predicate<NoInfer<State>>
  /** Whether a state without successors that is not done is a violation; by default it is not. */
  readonly deadlock?: boolean
  /**
   * The states to continue from, as TLC's CONSTRAINT. The checker judges the other states and
   * counts them as generated, but not as distinct, and does not look at their successors.
   */
  readonly constraint?: Predicate<NoInfer<State>>
  /** The steps to follow, as TLC's ACTION_CONSTRAINT. */
  readonly stepConstraint?: StepPredicate<NoInfer<State>>
  /**
   * Sets of interchangeable names, under a name for each set. Exchanging two members of a set
   * everywhere (as texts, or as fields of records) must make no difference: of states that differ
   * only by such exchanges, the search visits one. The search verifies this on samples. Not used if
   * the relation has liveness properties.
   */
  readonly symmetry?: Named<ReadonlyArray<string>>
  /**
   * For symmetry, the fields (`sent`, `nodes.votes`) in which every array is a set in the order of
   * `setOf`: after an exchange of names, the checker restores the order.
   */
  readonly sets?: ReadonlyArray<string>
  /**
   * What distinguishes states, as TLC's VIEW: of states with the same view, the search visits the
   * first that it finds.
   */
  readonly view?: (state: NoInfer<State>) => unknown
  /**
   * The expected verdict of each property; by default, that it holds. A search ends early only if
   * it finds something else, or if every property is violated.
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

/** The type of values that cannot be part of a state. */
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

/**
 * The type itself, if its states are plain data; otherwise a type that names the part that is not.
 */
export type PlainState<State> =
  true extends IsUnion<State>
    ? NotPlainData<"a union of records: give all states the same fields">
    : {
        readonly [Field in keyof State]: undefined extends State[Field]
          ? unknown extends State[Field]
            ? State[Field]
            : NotPlainData<"optional: every state has every field; use null for no value">
          : PlainValue<State[Field]>
      }

/**
 * The type of states whose initial ones are literals: an empty array there becomes an array of any
 * plain data, and null becomes any plain data.
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

/** The states of a relation that is written with such initial states. */
export type WidenedState<Initial extends object> = {
  readonly [Field in keyof Initial]: Widened<Initial[Field]>
}

/** A relation as its author writes it: its states have the type of `initial`. */
export type RelationOf<Initial extends object> = Demands<WidenedState<NoInfer<Initial>>> & {
  readonly initial: Iterable<Initial> & Iterable<NoInfer<PlainState<Initial>>>
}
