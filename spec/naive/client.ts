/**
 * The client under naive reconfiguration (tutorial section 4): a client of majority replication
 * that can also reconfigure. It reads and writes in the last configuration it was informed of.
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
  /** The last configuration that the client was informed of. */
  configuration: Configuration,
  /** The reconfigurations in progress that asked the client to pause, by client and operation. */
  pauses: SetOf(Schema.Struct({ by: NodeId, operation: Count })),
  /**
   * What the client is doing: nothing, an operation of majority replication, or a reconfiguration.
   */
  activity: Schema.Union([Majority.ClientState, Reconfigurer.Stage])
})
export type ClientState = typeof ClientState.Type

type Context = ContextOf<Pick<StorageParameters, "clients" | "configuration">, Rules>
type ClientStep = Step<ClientState, StorageObservation, Message>
type Activity = ClientState["activity"] | Reconfigurer.Over

/** An idle client begins an operation in the configuration it knows. */
const invoke = (
  context: Context,
  self: ClientId,
  state: ClientState,
  operation: StorageOperation
): ClientStep => {
  const { activity, configuration } = state
  if (activity._tag !== "Idle") return ignore(state)
  return operation._tag === "Reconfigure"
    ? afterActivity(
        state,
        Reconfigurer.startReconfiguration(
          context,
          self,
          activity.begun + 1,
          configuration,
          operation
        )
      )
    : afterActivity(
        state,
        Majority.invoke(majorityContext(configuration), self, activity, operation)
      )
}

/** The parameters of a client of majority replication. */
const majorityContext = (configuration: Configuration): Majority.Context => ({
  configuration,
  rules: correct
})

/**
 * Turns a step of the activity into a step of the client. A client that becomes idle answers every
 * pending Pause.
 */
const afterActivity = (
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

/** A client receives a Pause. It begins no new operation, and answers as soon as it is idle. */
const receivePause = (state: ClientState, by: NodeId, { operation }: Pause): ClientStep => ({
  state: { ...state, pauses: setOf([...state.pauses, { by, operation }]) },
  sends: state.activity._tag === "Idle" ? ask([by], { _tag: "Paused", operation } as const) : [],
  observations: []
})

/**
 * A client is informed of the new configuration. It uses that configuration from its next operation
 * on, and resumes unless another reconfigurer still has it paused.
 *
 * Under a write lock, an operation in progress may be waiting for nodes that will never accept its
 * write. It therefore restarts its current phase in the new configuration, with the same pair. The
 * client confirms if the rules ask for it.
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
  const again = rules.barrier === "write-lock" ? restartPhase(rules, informed) : become(informed)
  return {
    ...again,
    sends: [...again.sends, ...ask([from], { _tag: "Informed", operation } as const)]
  }
}

/**
 * Restarts the current phase in the configuration the client knows now. The phase gets a new
 * number, so that the client does not count answers from before the new configuration was
 * populated.
 */
const restartPhase = (rules: Rules, state: ClientState): ClientStep => {
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
 * A client receives a message. A reply counts if it answers the current question; the client
 * ignores any other.
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
        ? afterActivity(
            state,
            Majority.receive(majorityContext(state.configuration), self, activity, from, message)
          )
        : ignore(state)
    case "Pausing":
      return message._tag === "Paused"
        ? afterActivity(state, Reconfigurer.receivePaused(activity, from))
        : ignore(state)
    case "Locking":
      return message._tag === "Locked"
        ? afterActivity(state, Reconfigurer.receiveLocked(context, activity, from, message))
        : ignore(state)
    case "Collecting":
      return message._tag === "GetReply"
        ? afterActivity(state, Reconfigurer.receiveGetReply(activity, from, message))
        : ignore(state)
    case "Populating":
      return message._tag === "SetReply"
        ? afterActivity(state, Reconfigurer.receiveSetReply(context, self, activity, from))
        : ignore(state)
    case "Informing":
      return message._tag === "Informed"
        ? afterActivity(state, Reconfigurer.receiveInformed(context, activity, from))
        : ignore(state)
  }
}

/**
 * True while answers commute. (They do not at the end of a reconfiguration: their order decides
 * whether the client keeps its own configuration or another's.)
 */
const takesAnswersInAnyOrder = ({ activity }: ClientState): boolean =>
  (activity._tag === "Getting" || activity._tag === "Setting" || activity._tag === "Collecting") &&
  activity.phase.configurations.every(countsOnly)

/** True if the client is past the operation, or the stage, that this message belongs to. */
const isSettled = ({ activity }: ClientState, message: Message): boolean =>
  isBefore(positionOf(message), currentPosition(activity))

/**
 * The position of a message: its operation, then its stage. A message that changes its receiver
 * stays relevant until the steps of the reconfiguration are done, even if the client no longer
 * waits for the answer.
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

/** The position of a client. */
const currentPosition = ({ _tag, begun }: ClientState["activity"]): Position => {
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
