/**
 * What a process is.
 *
 * A process is a pure function from its state and one input to a step: its next state, the messages it sends, and
 * what an outside observer may note. It knows no time, network, thread or random source. A host drives it: the
 * model checker tries every order of inputs, the simulator one seeded order, the runtime the order in which they
 * really come.
 *
 * The contract between a process and its hosts:
 *
 *  1. A host gives one input at a time and replaces the state by the step's.
 *  2. If the process is durable, the step's state is on stable storage *before* any of the step's messages leaves
 *     and before any of its observations is shown to a user.
 *  3. A message is received at most once, and only if it was sent; the order is free (quasi-reliable links, 2.1).
 *  4. `Invoke` is given only when `ready` says so; `Choose` only with a choice that `choices` offers in this state.
 *  5. Equal state and equal input give an equal step. A process that must choose offers its `choices` instead; an
 *     adversary (a Byzantine server, say) is a process with many of them.
 */
import type * as Schema from "effect/Schema"
import type { NodeId, Role } from "./node.ts"

/** A message on its way: whom it is for, and what it says. */
export interface Send<Message> {
  readonly to: NodeId
  readonly message: Message
  /** Where a process serves many registers: the one that the message is about, if it is not the one of the step. */
  readonly register?: string
}

/** A client's operation begins. */
export interface Invocation<Operation> {
  readonly _tag: "Invocation"
  readonly operation: Operation
}
/** A client's operation ends, with its result (null for a plain ok). */
export interface Response<Operation> {
  readonly _tag: "Response"
  readonly operation: Operation
  readonly result: unknown
}
/** Anything else a protocol wants an observer to see, by name. */
export interface Note {
  readonly _tag: "Note"
  readonly name: string
  readonly detail: unknown
}

/** What an outside observer may note of a step. It never feeds back into a process. */
export type Observation<Operation> = Invocation<Operation> | Response<Operation> | Note

/** What a process does with one input. Messages to several nodes leave in no particular order. */
export interface Step<State, Operation, Message> {
  readonly state: State
  readonly sends: ReadonlyArray<Send<Message>>
  readonly observations: ReadonlyArray<Observation<Operation>>
}

/** What can happen to a process: a user invokes an operation, a message arrives, or it acts by itself. */
export type Input<Operation, Message, Choice> =
  | { readonly _tag: "Invoke"; readonly operation: Operation }
  | { readonly _tag: "Receive"; readonly from: NodeId; readonly message: Message }
  | { readonly _tag: "Choose"; readonly choice: Choice }

/** The choice of a process that never acts by itself. */
export type NoChoice = undefined

/**
 * The registers of a process that serves many: those after this one (all of them after null) in the order of their names, each
 * with the state that a transition of it is shown. One that was never changed may be left out.
 */
export type Catalogue<State> = (after: string | null) => Iterable<readonly [register: string, state: State]>

/** One role of a protocol, as a pure transition function. */
export interface Process<Context, State, Operation, Message, Choice> {
  readonly role: Role
  /** The Schema of the state: one definition for checking, traces, disk and wire. */
  readonly State: Schema.Codec<State, unknown>
  /** Whether the state must be on stable storage before a step's messages leave (contract, point 2). */
  readonly durable: boolean
  /**
   * The fields of the state that exist once per register; all others exist once per node. A runtime that serves
   * many registers keeps these apart and shows a transition one register at a time.
   */
  readonly perRegister: ReadonlyArray<string>
  readonly initial: (context: Context, self: NodeId) => State
  /** True when the process takes an `Invoke` now. A server never does. */
  readonly ready: (context: Context, self: NodeId, state: State) => boolean
  /** The steps that the process may take by itself now. */
  readonly choices: (context: Context, self: NodeId, state: State) => ReadonlyArray<Choice>
  readonly step: (
    context: Context,
    self: NodeId,
    state: State,
    input: Input<Operation, Message, Choice>,
    /** For answers about more than one register; without it, the process serves one. It is part of the state. */
    catalogue?: Catalogue<State>
  ) => Step<State, Operation, Message>
  /** What the process promises about messages; without it, nothing. */
  readonly promises?: Promises<Context, State, Message>
}

/**
 * Promises about messages. A host may rely on them: a checker has fewer states to visit, a runtime less to retransmit.
 * The first three must stay true for ever once they are true. The checker verifies what it relies on as it runs.
 */
export interface Promises<Context, State, Message> {
  /** Receiving the message has no effect, now or later: the state stays, nothing is sent, nothing is observed. */
  readonly isObsolete?: Promise<Context, State, Message>
  /** Receiving the message has no effect, now or later, but that answers go to its sender. */
  readonly onlyAnswers?: Promise<Context, State, Message>
  /** The process sent this message and no longer waits for answers to it: any would be obsolete. (`node` received it.) */
  readonly isSettled?: Promise<Context, State, Message>
  /**
   * The message answers a question of this process. Whatever else the process receives or does before it takes the
   * answer, taking the answer first comes to the same, as long as the answer still counts afterwards.
   */
  readonly isAnswer?: Promise<Context, State, Message>
}

/** A promise of `self`, in this state, about a message from (or, for `isSettled`, to) `node`. */
export type Promise<Context, State, Message> = (
  context: Context,
  self: NodeId,
  state: State,
  node: NodeId,
  message: Message
) => boolean

/** A step that changes nothing but the state. */
export const become = <State>(state: State): Step<State, never, never> => ({
  state,
  sends: [],
  observations: []
})

/** The case that every total transition names: the input has no effect in this state. */
export const ignore = become
