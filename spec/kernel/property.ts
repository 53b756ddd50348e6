/**
 * What can be asked of a protocol: that something always holds of its states, of its steps or of
 * what observers see, that something happens in some run, that nothing stays pending in any, or
 * that it does what another system does.
 *
 * The smaller the part of the state that a property speaks of, the less often a checker has to
 * evaluate it: once per distinct state of one process, once per distinct pair, once per distinct
 * observer state, or, for `Whole`, `Sometimes` and `Refines`, once per distinct state of everything
 * that the property looks at.
 *
 * Invariants speak of correct nodes: of those that no fault has befallen.
 */
import type { Interval } from "./history.ts"
import type { NodeId, Role } from "./node.ts"
import type { AnyObservation } from "./observation.ts"
import type { Observer } from "./observer.ts"
import type { AnyGlobalState, GlobalState } from "./system.ts"

interface Named {
  readonly name: string
  /** What it demands, in one sentence. */
  readonly about: string
  /** Whether it says the same of a state in which servers are renamed; without it, it may not. */
  readonly isSymmetric?: boolean
  /**
   * Whether a violation stays one when messages that only change their receiver were received
   * earlier.
   */
  readonly allowsEarlierReceipts?: boolean
}

/** An invariant of every single process of a role. */
export interface ProcessInvariant<Context, Of extends Role, State> extends Named {
  readonly _tag: "Process"
  readonly role: Of
  holds(context: Context, self: NodeId, state: State): boolean
}

/** An invariant of every single step of every process of a role. */
export interface StepInvariant<Context, Of extends Role, State> extends Named {
  readonly _tag: "Step"
  readonly role: Of
  holds(context: Context, self: NodeId, before: State, after: State): boolean
}

/**
 * An invariant of every two different processes of a role; `left` comes before `right` in the
 * scenario.
 */
export interface PairInvariant<Context, Of extends Role, State> extends Named {
  readonly _tag: "Pair"
  readonly role: Of
  holds(context: Context, left: State, right: State): boolean
}

/** An invariant of the whole state. */
export interface WholeInvariant<Context, Whole> extends Named {
  readonly _tag: "Whole"
  holds(context: Context, whole: Whole): boolean
}

/** Something that must be possible: some reachable state in which it holds. */
export interface Sometimes<Context, Whole> extends Named {
  readonly _tag: "Sometimes"
  holds(context: Context, whole: Whole): boolean
}

/** A property of runs, decided by an observer. */
export interface Observed<Context, Observation> extends Named {
  readonly _tag: "Observed"
  observer(context: Context): Observer<unknown, Observation>
  /** Observations at which it can fail: a run without any of them says nothing about it. */
  canFailAt?(observation: Observation): boolean
  /**
   * Why a history that breaks it does so, in sentences for people; undefined if there is nothing to
   * add.
   */
  explain?(history: ReadonlyArray<Interval<unknown, unknown>>): string | undefined
}

/**
 * An operation that was invoked and has not completed: whose, and of which object if there are
 * several.
 */
export interface Pending {
  readonly client: NodeId
  readonly object?: string
}

/**
 * A property of whole runs, which may go on forever: no client's operation stays pending forever. A
 * run that counts is fair: what is on its way between correct nodes arrives, and a correct process
 * that can take a step does.
 *
 * An operation is pending if the observer says so, or if its client has yet to invoke it and is not
 * ready to. One with which a bound keeps its own client from going on (`Process.atBound`) is owed
 * nothing. If another process stands at a bound while an operation stays pending, nobody can say
 * whether the property holds.
 */
export interface Live<Context, Observation, State> extends Named {
  readonly _tag: "Live"
  observer(context: Context): Observer<State, Observation>
  /** Whether the premise has held at every time so far; once false, it is false for good. */
  owes(state: State): boolean
  /** The operations of correct clients that were invoked and have not completed. */
  pending(state: State): ReadonlyArray<Pending>
  /** Why a state owes nothing: how the premise is broken in it, for people. */
  excuse?(state: State): string
}

/**
 * Refinement: seen through a mapping, the system does what a more abstract one does. Each of its
 * steps is a step of the abstract system, or none: then the two states look the same.
 */
export interface Refines<Context, Whole, Abstract> extends Named {
  readonly _tag: "Refines"
  /** The abstract state that a state stands for, as plain data. */
  mapping(context: Context, whole: Whole): Abstract
  /** Whether the abstract system may begin in this state. */
  begins(context: Context, abstract: Abstract): boolean
  /**
   * Whether a step of the abstract system leads from the one state to the other, which is
   * different.
   */
  allows(context: Context, before: Abstract, after: Abstract): boolean
}

/** The properties of a protocol whose roles have processes with these states. */
export type Property<Context, Roles, Observation, Message> =
  | {
      [Of in keyof Roles & string]:
        | ProcessInvariant<Context, Of, Roles[Of]>
        | StepInvariant<Context, Of, Roles[Of]>
        | PairInvariant<Context, Of, Roles[Of]>
    }[keyof Roles & string]
  | WholeInvariant<Context, GlobalState<Roles, Message>>
  | Sometimes<Context, GlobalState<Roles, Message>>
  | Refines<Context, GlobalState<Roles, Message>, unknown>
  | Observed<Context, Observation>
  | Live<Context, Observation, unknown>

/** A property of which nothing more is known. */
export type AnyProperty =
  | ProcessInvariant<unknown, Role, unknown>
  | StepInvariant<unknown, Role, unknown>
  | PairInvariant<unknown, Role, unknown>
  | WholeInvariant<unknown, AnyGlobalState>
  | Sometimes<unknown, AnyGlobalState>
  | Refines<unknown, AnyGlobalState, unknown>
  | Observed<unknown, AnyObservation>
  | Live<unknown, AnyObservation, unknown>
