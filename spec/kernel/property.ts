/**
 * Properties of a protocol: an invariant of its states, of its steps or of what observers see; a
 * condition that some run reaches; the absence of operations that stay pending; or a refinement of
 * another system.
 *
 * The smaller the part of the state that a property refers to, the less often a checker has to
 * evaluate it: once per distinct state of one process, once per distinct pair, once per distinct
 * observer state, or, for `Whole`, `Sometimes` and `Refines`, once per distinct state of everything
 * that the property reads.
 *
 * Invariants are about correct nodes: those without a fault.
 */
import type { Interval } from "./history.ts"
import type { NodeId, Role } from "./node.ts"
import type { AnyObservation } from "./observation.ts"
import type { Observer } from "./observer.ts"
import type { AnyGlobalState, GlobalState } from "./system.ts"

interface Named {
  readonly name: string
  /** The requirement, in one sentence. */
  readonly about: string
  /** Whether its verdict is the same after servers are renamed; by default it may differ. */
  readonly isSymmetric?: boolean
  /**
   * Whether a violation remains one if messages that only change their receiver are received
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

/** A condition that must be reachable: it holds in some reachable state. */
export interface Sometimes<Context, Whole> extends Named {
  readonly _tag: "Sometimes"
  holds(context: Context, whole: Whole): boolean
}

/** A property of runs, decided by an observer. */
export interface Observed<Context, Observation> extends Named {
  readonly _tag: "Observed"
  observer(context: Context): Observer<unknown, Observation>
  /** The observations at which it can fail: a run without any of them is vacuous. */
  canFailAt?(observation: Observation): boolean
  /**
   * An explanation, in sentences for people, of how a history violates it; undefined if there is
   * nothing to add.
   */
  explain?(history: ReadonlyArray<Interval<unknown, unknown>>): string | undefined
}

/**
 * An operation that was invoked and has not completed: its client, and its object if there are
 * several.
 */
export interface Pending {
  readonly client: NodeId
  readonly object?: string
}

/**
 * A property of whole runs, which may go on forever: no client's operation stays pending forever.
 * Only fair runs count: a message in flight between correct nodes arrives, and a correct process
 * that can take a step does.
 *
 * An operation is pending if the observer says so, or if its client has yet to invoke it and is not
 * ready to. Nothing is owed to an operation whose own client is stopped by a bound
 * (`Process.atBound`). If a bound stops another process while an operation stays pending, the
 * verdict is unknown.
 */
export interface Live<Context, Observation, State> extends Named {
  readonly _tag: "Live"
  observer(context: Context): Observer<State, Observation>
  /** Whether the premise has held at every time so far; once false, it stays false. */
  owes(state: State): boolean
  /** The operations of correct clients that were invoked and have not completed. */
  pending(state: State): ReadonlyArray<Pending>
  /** Why a state owes nothing: how it violates the premise, for people. */
  excuse?(state: State): string
}

/**
 * Refinement: under a mapping, the system behaves like a more abstract one. Each of its steps is a
 * step of the abstract system or a stuttering step, which leaves the abstract state unchanged.
 */
export interface Refines<Context, Whole, Abstract> extends Named {
  readonly _tag: "Refines"
  /** The abstract state that a state maps to, as plain data. */
  mapping(context: Context, whole: Whole): Abstract
  /** Whether this is an initial state of the abstract system. */
  begins(context: Context, abstract: Abstract): boolean
  /**
   * Whether a step of the abstract system leads from the first state to the second, which differs.
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

/** A property of any type. */
export type AnyProperty =
  | ProcessInvariant<unknown, Role, unknown>
  | StepInvariant<unknown, Role, unknown>
  | PairInvariant<unknown, Role, unknown>
  | WholeInvariant<unknown, AnyGlobalState>
  | Sometimes<unknown, AnyGlobalState>
  | Refines<unknown, AnyGlobalState, unknown>
  | Observed<unknown, AnyObservation>
  | Live<unknown, AnyObservation, unknown>
