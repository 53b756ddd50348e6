/**
 * What can be asked of a protocol: that something always holds of its states, of its steps or of what observers
 * see, that something happens in some run, or that nothing stays pending in any.
 *
 * The smaller the part of the state that a property speaks of, the less often a checker has to evaluate it: once per
 * distinct state of one process, once per distinct pair, once per distinct observer state, or, for `Whole` and
 * `Sometimes`, once per distinct state of everything that the property looks at.
 */
import type { ClientId, NodeId, Role, ServerId } from "./node.ts"
import type { Observer } from "./observer.ts"
import type { Observation } from "./process.ts"

interface Named {
  readonly name: string
  /** What it demands, in one sentence. */
  readonly about: string
  /** Whether it says the same of a state in which servers are renamed; without it, it may not. */
  readonly isSymmetric?: boolean
}

/** An invariant of every single process of a role. */
export interface ProcessInvariant<Context, Of extends Role, State> extends Named {
  readonly _tag: "Process"
  readonly role: Of
  readonly holds: (context: Context, self: NodeId, state: State) => boolean
}

/** An invariant of every single step of every process of a role. */
export interface StepInvariant<Context, Of extends Role, State> extends Named {
  readonly _tag: "Step"
  readonly role: Of
  readonly holds: (context: Context, self: NodeId, before: State, after: State) => boolean
}

/** An invariant of every two different processes of a role; `left` comes before `right` in the scenario. */
export interface PairInvariant<Context, Of extends Role, State> extends Named {
  readonly _tag: "Pair"
  readonly role: Of
  readonly holds: (context: Context, left: State, right: State) => boolean
}

/** The whole state of a system, as an omniscient observer sees it. Crashed nodes are absent. */
export interface Whole<ServerState, ClientState, Message> {
  readonly servers: Readonly<Record<ServerId, ServerState>>
  readonly clients: Readonly<Record<ClientId, ClientState>>
  /** The messages on their way, by the node they are on their way to. */
  readonly inboxes: Readonly<
    Record<NodeId, ReadonlyArray<{ readonly from: NodeId; readonly message: Message }>>
  >
}

/** An invariant of the whole state. */
export interface WholeInvariant<Context, WholeState> extends Named {
  readonly _tag: "Whole"
  readonly holds: (context: Context, whole: WholeState) => boolean
}

/** Something that must be possible: some reachable state in which it holds. */
export interface Sometimes<Context, WholeState> extends Named {
  readonly _tag: "Sometimes"
  readonly holds: (context: Context, whole: WholeState) => boolean
}

/** A property of runs, decided by an observer. */
export interface Observed<Context, Operation> extends Named {
  readonly _tag: "Observed"
  // biome-ignore lint/suspicious/noExplicitAny: an observer's state is its own affair
  readonly observer: (context: Context) => Observer<any, Operation>
  /** Observations at which it can fail: a run without any of them says nothing about it. */
  readonly canFailAt?: (observation: Observation<Operation>) => boolean
}

/**
 * A property of whole runs, which may go on for ever: no client's operation stays pending for ever. A run that counts is
 * fair: what is on its way between nodes that do not crash arrives, and a process that can take a step does.
 *
 * An operation is pending if the observer says so, or if its client has yet to invoke it and is not ready to.
 */
export interface Live<Context, Operation, State> extends Named {
  readonly _tag: "Live"
  readonly observer: (context: Context) => Observer<State, Operation>
  /** Whether the premise has held at every time so far; once false, it is false for good. */
  readonly owes: (state: State) => boolean
  /** The clients that have not crashed and whose operation was invoked and has not completed. */
  readonly pending: (state: State) => ReadonlyArray<ClientId>
}

export type Property<Context, ServerState, ClientState, Operation, Message> =
  | ProcessInvariant<Context, "server", ServerState>
  | ProcessInvariant<Context, "client", ClientState>
  | StepInvariant<Context, "server", ServerState>
  | StepInvariant<Context, "client", ClientState>
  | PairInvariant<Context, "server", ServerState>
  | PairInvariant<Context, "client", ClientState>
  | WholeInvariant<Context, Whole<ServerState, ClientState, Message>>
  | Sometimes<Context, Whole<ServerState, ClientState, Message>>
  | Observed<Context, Operation>
  // biome-ignore lint/suspicious/noExplicitAny: an observer's state is its own affair
  | Live<Context, Operation, any>
