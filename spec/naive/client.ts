/**
 * The client under naive reconfiguration (tutorial section 4): that of majority replication, which
 * reads and writes in the configuration that it was last told of, and can reconfigure.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { Configuration, countsOnly } from "../configuration/configuration.ts"
import { setOf } from "../kernel/data.ts"
import { Count, NodeId, SetOf } from "../kernel/node.ts"
import { become, ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import type { ContextOf } from "../kernel/protocol.ts"
import * as Majority from "../majority/client.ts"
import { correct } from "../majority/rules.ts"
import type { ClientId } from "../nodes/nodes.ts"
import { ask, startPhase } from "../phase/phase.ts"
import { isBefore, type Position, past } from "../phase/position.ts"
import { initialPair } from "../register/pair.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import type { StorageObservation, StorageOperation } from "../storage/reconfiguration.ts"
import { type Inform, isOfMajority, type Message, type Pause } from "./messages.ts"
import * as Reconfigurer from "./reconfigurer.ts"
import type { Rules } from "./rules.ts"

export const ClientState = Schema.Struct({
  /** The configuration that the client was last told of. */
  configuration: Configuration,
  /**
   * The reconfigurers that asked the client to pause, and in which of their operations; none of
   * them is done yet.
   */
  pauses: SetOf(Schema.Struct({ by: NodeId, operation: Count })),
  /** Nothing, an operation of majority replication, or a reconfiguration. */
  activity: Schema.Union([Majority.ClientState, Reconfigurer.Stage])
})
export type ClientState = typeof ClientState.Type

type Context = ContextOf<Pick<StorageParameters, "clients" | "configuration">, Rules>
type ClientStep = Step<ClientState, StorageObservation, Message>
type Activity = ClientState["activity"] | Reconfigurer.Over

/** An idle client begins an operation in the configuration that it knows. */
const invoke = (
  context: Context,
  self: ClientId,
  state: ClientState,
  operation: StorageOperation
): ClientStep => {
  const { activity, configuration } = state
  if (activity._tag !== "Idle") return ignore(state)
  return operation._tag === "Reconfigure"
    ? within(
        state,
        Reconfigurer.startReconfiguration(
          context,
          self,
          activity.begun + 1,
          configuration,
          operation
        )
      )
    : within(state, Majority.invoke(plain(configuration), self, activity, operation))
}

/** What the client of majority replication needs to know. */
const plain = (configuration: Configuration): Majority.Context => ({
  configuration,
  rules: correct
})

/**
 * The client's step, from the step of what it is doing. A client that becomes idle answers every
 * Pause that waits.
 */
const within = (
  state: ClientState,
  step: Step<Activity, StorageObservation, Message>
): ClientStep => {
  const next: ClientState =
    step.state._tag === "Over"
      ? {
          ...state,
          configuration: step.state.to,
          activity: { _tag: "Idle", begun: step.state.begun }
        }
      : { ...state, activity: step.state }
  const waiting =
    next.activity._tag === "Idle" && state.activity._tag !== "Idle" ? state.pauses : []
  const answers = waiting.flatMap(({ by, operation }) =>
    ask([by], { _tag: "Paused", operation } as const)
  )
  return { state: next, sends: [...step.sends, ...answers], observations: step.observations }
}

/**
 * A client is asked to pause: it answers when it has no operation in execution, and begins no
 * other.
 */
const receivePause = (state: ClientState, by: NodeId, { operation }: Pause): ClientStep => ({
  state: { ...state, pauses: setOf([...state.pauses, { by, operation }]) },
  sends: state.activity._tag === "Idle" ? ask([by], { _tag: "Paused", operation } as const) : [],
  observations: []
})

/**
 * A client is told of the new configuration: it uses it from its next operation on, and goes on
 * unless another reconfigurer has made it pause.
 *
 * Under a write lock an operation in execution may wait for nodes that will never take its write,
 * so it begins its current phase again, in the new configuration and with the same pair. The
 * reconfigurer is told, if it waits for that.
 */
const receiveInform = (
  { rules }: Context,
  state: ClientState,
  from: NodeId,
  inform: Inform
): ClientStep => {
  const { configuration, operation } = inform
  const pauses = state.pauses.filter((pause) => pause.by !== from || pause.operation !== operation)
  const informed: ClientState = { ...state, configuration, pauses }
  if (!rules.clientsConfirm) return become(informed)
  const again = rules.barrier === "write-lock" ? beginAgain(rules, informed) : become(informed)
  return {
    ...again,
    sends: [...again.sends, ...ask([from], { _tag: "Informed", operation } as const)]
  }
}

/**
 * The current phase once more, in the configuration that the client knows now, under a new number:
 * an answer that was given before the new configuration was populated must not be counted in it.
 */
const beginAgain = (rules: Rules, state: ClientState): ClientStep => {
  const { activity, configuration } = state
  if (activity._tag !== "Getting" && activity._tag !== "Setting") return become(state)
  const begun = rules.numberAgain(activity.begun)
  const isGet = activity._tag === "Getting"
  const pair = isGet ? initialPair : activity.phase.answer
  const question: Message = isGet
    ? { _tag: "Get", operation: begun }
    : { _tag: "Set", operation: begun, pair }
  const { phase, sends } = startPhase([configuration], pair, question)
  return { state: { ...state, activity: { ...activity, begun, phase } }, sends, observations: [] }
}

/**
 * Whatever a client receives. A reply counts if it answers what the client waits for; any other has
 * no effect.
 */
const receive = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep => {
  if (message._tag === "Pause") return receivePause(state, from, message)
  if (message._tag === "Inform") return receiveInform(context, state, from, message)
  const { activity } = state
  if (message.operation !== activity.begun) return ignore(state)
  switch (activity._tag) {
    case "Idle":
      return ignore(state)
    case "Getting":
    case "Setting":
      return isOfMajority(message)
        ? within(state, Majority.receive(plain(state.configuration), self, activity, from, message))
        : ignore(state)
    case "Pausing":
      return message._tag === "Paused"
        ? within(state, Reconfigurer.receivePaused(activity, from))
        : ignore(state)
    case "Locking":
      return message._tag === "Locked"
        ? within(state, Reconfigurer.receiveLocked(context, activity, from, message))
        : ignore(state)
    case "Collecting":
      return message._tag === "GetReply"
        ? within(state, Reconfigurer.receiveGetReply(activity, from, message))
        : ignore(state)
    case "Populating":
      return message._tag === "SetReply"
        ? within(state, Reconfigurer.receiveSetReply(context, self, activity, from))
        : ignore(state)
    case "Informing":
      return message._tag === "Informed"
        ? within(state, Reconfigurer.receiveInformed(context, activity, from))
        : ignore(state)
  }
}

/**
 * True while it does not matter in which order answers come. (It does at the end of a
 * reconfiguration: whether the client's own configuration or another's is the last that it hears
 * of.)
 */
const takesAnswersInAnyOrder = ({ activity }: ClientState): boolean =>
  (activity._tag === "Getting" || activity._tag === "Setting" || activity._tag === "Collecting") &&
  activity.phase.configurations.every(countsOnly)

/**
 * True when the client no longer waits for answers to this message of its own: the operation, or
 * the stage of it that the message belongs to, is over.
 */
const isSettled = ({ activity }: ClientState, message: Message): boolean =>
  isBefore(positionOf(message), standingOf(activity))

/**
 * Where a message belongs: its operation, and the stage of the operation, in their order. What
 * changes its receiver is not over before the steps of a reconfiguration are taken, even if its
 * answer is not waited for any more.
 */
const positionOf = ({ _tag, operation }: Message): Position => {
  switch (_tag) {
    case "Locked":
      return [operation, 1]
    case "Get":
    case "GetReply":
      return [operation, 2]
    case "Pause":
    case "Paused":
    case "Lock":
    case "Set":
    case "SetReply":
    case "Stop":
    case "Unlock":
      return [operation, 3]
    case "Inform":
    case "Informed":
      return [operation, 4]
  }
}

/** Where a client stands. */
const standingOf = ({ _tag, begun }: ClientState["activity"]): Position => {
  switch (_tag) {
    case "Pausing":
    case "Locking":
      return [begun, 1]
    case "Getting":
    case "Collecting":
      return [begun, 2]
    case "Setting":
    case "Populating":
      return [begun, 3]
    case "Informing":
      return [begun, 4]
    case "Idle":
      return [begun, past]
  }
}

export const client: Process<
  Context,
  ClientState,
  StorageOperation,
  StorageObservation,
  Message,
  NoChoice,
  ClientId
> = {
  State: ClientState,
  durable: false,
  initial: ({ configuration }) => ({ configuration, pauses: [], activity: Majority.initial }),
  ready: (_context, _self, { activity, pauses }) => activity._tag === "Idle" && pauses.length === 0,
  choices: () => [],
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) => invoke(context, self, state, operation))
      .with({ _tag: "Receive" }, ({ from, message }) =>
        receive(context, self, state, from, message)
      )
      .with({ _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, _from, message) =>
      message._tag !== "Pause" && message._tag !== "Inform" && isSettled(state, message),
    isSettled: (_context, _self, state, _to, message) => isSettled(state, message),
    isAnswer: ({ rules }, _self, state, _from, { _tag }) =>
      rules.answersCommute &&
      (_tag === "GetReply" || _tag === "SetReply") &&
      takesAnswersInAnyOrder(state)
  }
}
