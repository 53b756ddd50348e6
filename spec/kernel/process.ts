/**
 * What a process is.
 *
 * A process is a pure function from its state and one input to a step: its next state, the messages
 * it sends, and what an outside observer may note. It has no access to time, network, threads or a
 * random source. A host drives it: the model checker tries every order of inputs, the simulator one
 * seeded order, the runtime the order of arrival.
 *
 * The contract between a process and its hosts:
 *
 *  1. A host gives one input at a time and replaces the state by the step's.
 *  2. If the process is durable, the step's state is on stable storage *before* any of the step's
 *     messages leaves and before any of its observations is shown to a user.
 *  3. A message is received at most once, and only if its stated sender sent it; the order is
 *     arbitrary (quasi-reliable, authentic links). A message that the process postpones is not yet
 *     received.
 *  4. A host gives `Invoke` only when `ready` is true; `Choose` only with a choice that `choices`
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

/** A message in flight: its receiver and its content. */
export interface Send<Message> {
  readonly to: NodeId
  readonly message: Message
}

/** The result of one input. Messages to several nodes leave in no particular order. */
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

/** The operation of a process that has none. */
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
  /**
   * True when the process now accepts an `Invoke` of this operation; of any operation, if none is
   * named.
   */
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
   * The name of the bound, if any, that keeps the process from continuing by itself: with this
   * operation, or with any if none is named. A bound is not part of a protocol: a host sets it so
   * that its exploration is finite (`Bound`, in `protocol.ts`).
   */
  atBound?(context: Context, state: State, operation?: Operation): string | undefined
  /**
   * True of an early message: it stays in flight, and a host delivers it once this is false. A
   * process without `postpones` receives every message on arrival.
   */
  postpones?(context: Context, self: Self, state: State, from: NodeId, message: Message): boolean
  /** The process's promises about messages; by default there are none. */
  readonly promises?: Promises<Context, State, Message, Self>
}

/** A process of any type. */
export type AnyProcess = Process<unknown, unknown, AnyOperation, AnyObservation, unknown, unknown>

/**
 * Promises about messages. A host may rely on them: a checker visits fewer states, a runtime
 * retransmits less. Each of the first three must remain true once it is true. The checker verifies
 * at run time the promises it relies on.
 *
 * `self` makes each promise, in this state, about a message from (or, for `isSettled`, to) `node`.
 * The part of a process of many objects (`keyed.ts`) also receives the object's key.
 */
export interface Promises<Context, State, Message, Self extends NodeId = NodeId> {
  /**
   * The tags of the messages that the process ever accepts from this node: receiving any other has
   * no effect. (A checker does not need to try the others among an adversary's messages.)
   */
  heeds?(context: Context, self: Self, node: NodeId): ReadonlyArray<string>
  /**
   * Receiving the message has no effect, now or later: the state does not change, nothing is sent,
   * nothing is observed.
   */
  isObsolete?(
    context: Context,
    self: Self,
    state: State,
    node: NodeId,
    message: Message,
    key?: string
  ): boolean
  /** Receiving the message has no effect, now or later, except that answers go to its sender. */
  onlyAnswers?(
    context: Context,
    self: Self,
    state: State,
    node: NodeId,
    message: Message,
    key?: string
  ): boolean
  /**
   * The process sent this message and no longer waits for answers to it: any answer would be
   * obsolete. (`node` received it.)
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
   * before it receives the answer, receiving the answer first has the same effect, as long as the
   * answer still counts afterwards. Its response may then precede observations of other objects.
   */
  isAnswer?(context: Context, self: Self, state: State, node: NodeId, message: Message): boolean
  /**
   * The message is an answer that says only that its sender has done what it was asked. After
   * counting it, the process can do whatever it could have done if the message had been lost.
   */
  isAcknowledgement?(
    context: Context,
    self: Self,
    state: State,
    node: NodeId,
    message: Message
  ): boolean
  /**
   * Receiving the message only changes the state. Whatever the process could receive before it,
   * receiving the message first has the same effect: no node can observe when it arrives. A sender
   * has at most one message with this tag in flight for which this is promised.
   */
  isWelcome?(context: Context, self: Self, state: State, node: NodeId, message: Message): boolean
}

/** A step that changes only the state. */
export const become = <State>(state: State): Step<State, never, never> => ({
  state,
  sends: [],
  observations: []
})

/** The case that every total transition names: the input has no effect in this state. */
export const ignore = become
