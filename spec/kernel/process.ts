/**
 * What a process is.
 *
 * A process is a pure function from its state and one input to a step: its next state, the messages
 * it sends, and what an outside observer may note. It knows no time, network, thread or random
 * source. A host drives it: the model checker tries every order of inputs, the simulator one seeded
 * order, the runtime the order in which they really come.
 *
 * The contract between a process and its hosts:
 *
 *  1. A host gives one input at a time and replaces the state by the step's.
 *  2. If the process is durable, the step's state is on stable storage *before* any of the step's
 *     messages leaves and before any of its observations is shown to a user.
 *  3. A message is received at most once, and only if it was sent, by the node that it says it is
 *     from; the order is free (quasi-reliable, authentic links). One that the process postpones is
 *     not received yet.
 *  4. `Invoke` is given only when `ready` says so; `Choose` only with a choice that `choices`
 *     offers in this state.
 *  5. Equal state and equal input give an equal step. A process that must choose offers its
 *     `choices` instead.
 *  6. A secret that the step's state no longer has is erased *before* any of the step's messages
 *     leaves.
 *
 * The functions of a process are declared as methods: TypeScript then lets a host hold processes
 * whose types it does not know (`AnyProcess`) without `any`. A host gives a process nothing but its
 * own states and inputs.
 */
import type * as Schema from "effect/Schema"
import type { NodeId } from "./node.ts"
import type { AnyObservation, AnyOperation } from "./observation.ts"

/** A message on its way: whom it is for, and what it says. */
export interface Send<Message> {
  readonly to: NodeId
  readonly message: Message
}

/** What a process does with one input. Messages to several nodes leave in no particular order. */
export interface Step<State, Observation, Message> {
  readonly state: State
  readonly sends: ReadonlyArray<Send<Message>>
  readonly observations: ReadonlyArray<Observation>
}

/**
 * What can happen to a process: a user invokes an operation, a message arrives, or it acts by
 * itself.
 */
export type Input<Operation, Message, Choice> =
  | { readonly _tag: "Invoke"; readonly operation: Operation }
  | { readonly _tag: "Receive"; readonly from: NodeId; readonly message: Message }
  | { readonly _tag: "Choose"; readonly choice: Choice }

/** The operation of a process that nobody invokes anything of. */
export type NoOperation = never

/** The choice of a process that never acts by itself. */
export type NoChoice = undefined

/**
 * A pure transition function with its state. `Self` is the type of the identities of the nodes that
 * run it.
 */
export interface Process<
  Context,
  State,
  Operation,
  Observation,
  Message,
  Choice = NoChoice,
  Self extends NodeId = NodeId
> {
  /** The Schema of the state: one definition for checking, traces, disk and wire. */
  readonly State: Schema.Codec<State, unknown>
  /**
   * Whether the state must be on stable storage before a step's messages leave (contract, point 2).
   */
  readonly durable: boolean
  initial(context: Context, self: Self): State
  /** True when the process takes an `Invoke` of this operation now; of any, if none is named. */
  ready(context: Context, self: Self, state: State, operation?: Operation): boolean
  /** The steps that the process may take by itself now. */
  choices(context: Context, self: Self, state: State): ReadonlyArray<Choice>
  step(
    context: Context,
    self: Self,
    state: State,
    input: Input<Operation, Message, Choice>
  ): Step<State, Observation, Message>
  /**
   * The name of the bound that keeps the process from going on by itself, if one does: with this
   * operation, or with anything if none is named. A bound is no part of a protocol: its host sets
   * it so that what it explores is finite (`Bound`, in `protocol.ts`).
   */
  atBound?(context: Context, state: State, operation?: Operation): string | undefined
  /**
   * True of a message that has come before its time: it stays on its way, and a host gives it when
   * that is false. A process without takes every message when it comes.
   */
  postpones?(context: Context, self: Self, state: State, from: NodeId, message: Message): boolean
  /** What the process promises about messages; without it, nothing. */
  readonly promises?: Promises<Context, State, Message, Self>
}

/** A process of which nothing more is known. */
export type AnyProcess = Process<unknown, unknown, AnyOperation, AnyObservation, unknown, unknown>

/**
 * Promises about messages. A host may rely on them: a checker has fewer states to visit, a runtime
 * less to retransmit. The first three must stay true forever once they are true. The checker
 * verifies what it relies on as it runs.
 *
 * Each is made by `self`, in this state, about a message from (or, for `isSettled`, to) `node`. The
 * part of a process that runs for each of many objects (`keyed.ts`) is told the object's key.
 */
export interface Promises<Context, State, Message, Self extends NodeId = NodeId> {
  /**
   * The tags of the messages that the process ever takes from this node: receiving any other has no
   * effect. (Of what an adversary can say, the others need not be tried.)
   */
  heeds?(context: Context, self: Self, node: NodeId): ReadonlyArray<string>
  /**
   * Receiving the message has no effect, now or later: the state stays, nothing is sent, nothing is
   * observed.
   */
  isObsolete?(
    context: Context,
    self: Self,
    state: State,
    node: NodeId,
    message: Message,
    key?: string
  ): boolean
  /** Receiving the message has no effect, now or later, but that answers go to its sender. */
  onlyAnswers?(
    context: Context,
    self: Self,
    state: State,
    node: NodeId,
    message: Message,
    key?: string
  ): boolean
  /**
   * The process sent this message and no longer waits for answers to it: any would be obsolete.
   * (`node` received it.)
   */
  isSettled?(
    context: Context,
    self: Self,
    state: State,
    node: NodeId,
    message: Message,
    key?: string
  ): boolean
  /**
   * The message answers a question of this process. Whatever else the process receives or does
   * before it takes the answer, taking the answer first comes to the same, as long as the answer
   * still counts afterwards; what it responds may then come before what is observed of other
   * objects.
   */
  isAnswer?(context: Context, self: Self, state: State, node: NodeId, message: Message): boolean
  /**
   * The message is an answer that says nothing but that its sender has done what it was asked. The
   * process that has counted it can do whatever it could have done if the message had been lost.
   */
  isAcknowledgement?(
    context: Context,
    self: Self,
    state: State,
    node: NodeId,
    message: Message
  ): boolean
  /**
   * Receiving the message only changes the state, and whatever the process could take before it,
   * taking the message first comes to the same: nobody can tell when it comes. A sender has at most
   * one message of this tag on its way for which that is said.
   */
  isWelcome?(context: Context, self: Self, state: State, node: NodeId, message: Message): boolean
}

/** A step that changes nothing but the state. */
export const become = <State>(state: State): Step<State, never, never> => ({
  state,
  sends: [],
  observations: []
})

/** The case that every total transition names: the input has no effect in this state. */
export const ignore = become
