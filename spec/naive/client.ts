/**
 * The client under naive reconfiguration (tutorial section 4): that of majority replication, which reads and writes
 * in the configuration that it was last told of, and can reconfigure.
 */
import * as Schema from "effect/Schema"
import { match, P } from "ts-pattern"
import { Configuration } from "../configuration/configuration.ts"
import { setOf } from "../kernel/data.ts"
import { type ClientId, ClientId as ClientIdSchema, type NodeId, SetOf } from "../kernel/node.ts"
import { become, ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import type { Setup } from "../kernel/protocol.ts"
import * as Majority from "../majority/client.ts"
import { ask, begin } from "../phase/phase.ts"
import type { StorageOperation } from "../register/operation.ts"
import { initialPair } from "../register/pair.ts"
import type { Inform, Message, Pause } from "./messages.ts"
import * as Reconfigurer from "./reconfigurer.ts"
import { isConfirmed, locksWrites, type VariantName } from "./variants.ts"

export const ClientState = Schema.Struct({
  /** The configuration that the client was last told of. */
  configuration: Configuration,
  /** The reconfigurers that asked the client to pause, and in which of their operations; none of them is done yet. */
  pauses: SetOf(Schema.Struct({ by: ClientIdSchema, operation: Schema.Int })),
  /** Nothing, an operation of majority replication, or a reconfiguration. */
  activity: Schema.Union([Majority.ClientState, Reconfigurer.Stage])
})
export type ClientState = typeof ClientState.Type

type Context = Setup<VariantName>
type ClientStep = Step<ClientState, StorageOperation, Message>
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
        Reconfigurer.startReconfiguration(context, self, activity.begun + 1, configuration, operation)
      )
    : within(state, Majority.invoke(plain(configuration), self, activity, operation))
}

/** What the client of majority replication needs to know. */
const plain = (configuration: Configuration): Majority.Context => ({ configuration, variant: "correct" })

/** The client's step, from the step of what it is doing. A client that becomes idle answers every Pause that waits. */
const within = (state: ClientState, step: Step<Activity, StorageOperation, Message>): ClientStep => {
  const next: ClientState =
    step.state._tag === "Over"
      ? { ...state, configuration: step.state.to, activity: { _tag: "Idle", begun: step.state.begun } }
      : { ...state, activity: step.state }
  const waiting = next.activity._tag === "Idle" && state.activity._tag !== "Idle" ? state.pauses : []
  const answers = waiting.flatMap(({ by, operation }) => ask([by], { _tag: "Paused", operation } as const))
  return { state: next, sends: [...step.sends, ...answers], observations: step.observations }
}

/** A client is asked to pause: it answers when it has no operation in execution, and begins no other. */
const receivePause = (state: ClientState, by: ClientId, { operation }: Pause): ClientStep => ({
  state: { ...state, pauses: setOf([...state.pauses, { by, operation }]) },
  sends: state.activity._tag === "Idle" ? ask([by], { _tag: "Paused", operation } as const) : [],
  observations: []
})

/**
 * A client is told of the new configuration: it uses it from its next operation on, and goes on unless another
 * reconfigurer has made it pause.
 *
 * Under a write lock an operation in execution may wait for nodes that will never take its write, so it begins its
 * current phase again, in the new configuration and with the same pair. The reconfigurer is told, if it waits for that.
 */
const receiveInform = (context: Context, state: ClientState, from: NodeId, inform: Inform): ClientStep => {
  const { configuration, operation } = inform
  const pauses = state.pauses.filter((pause) => pause.by !== from || pause.operation !== operation)
  const informed: ClientState = { ...state, configuration, pauses }
  if (!isConfirmed(context.variant)) return become(informed)
  const again = locksWrites(context.variant) ? beginAgain(context, informed) : become(informed)
  return { ...again, sends: [...again.sends, ...ask([from], { _tag: "Informed", operation } as const)] }
}

/**
 * The current phase once more, in the configuration that the client knows now, under a new number: an answer that was
 * given before the new configuration was populated must not be counted in it.
 */
const beginAgain = (context: Context, state: ClientState): ClientStep => {
  const { activity, configuration } = state
  if (activity._tag !== "Getting" && activity._tag !== "Setting") return become(state)
  const begun = context.variant === "write-locked-late-answers-counted" ? activity.begun : activity.begun + 1
  const isGet = activity._tag === "Getting"
  const pair = isGet ? initialPair : activity.phase.answer
  const question: Message = isGet
    ? { _tag: "Get", operation: begun }
    : { _tag: "Set", operation: begun, pair }
  return {
    state: { ...state, activity: { ...activity, begun, phase: begin([configuration], pair) } },
    sends: ask(configuration.members, question),
    observations: []
  }
}

/** Whatever a client receives. A reply counts if it answers what the client waits for; any other has no effect. */
const receive = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep => {
  if (message._tag === "Pause") return receivePause(state, from as ClientId, message)
  if (message._tag === "Inform") return receiveInform(context, state, from, message)
  const { activity } = state
  if (message.operation !== activity.begun) return ignore(state)
  return match([activity, message] as const)
    .with(
      [
        { _tag: P.union("Idle", "Getting", "Setting") },
        { _tag: P.union("Get", "GetReply", "Set", "SetReply") }
      ],
      ([plainActivity, plainMessage]) =>
        within(state, Majority.receive(plain(state.configuration), self, plainActivity, from, plainMessage))
    )
    .with([{ _tag: "Pausing" }, { _tag: "Paused" }], ([pausing, paused]) =>
      within(state, Reconfigurer.receivePaused(pausing, from as ClientId, paused))
    )
    .with([{ _tag: "Locking" }, { _tag: "Locked" }], ([locking, locked]) =>
      within(state, Reconfigurer.receiveLocked(context, locking, from, locked))
    )
    .with([{ _tag: "Collecting" }, { _tag: "GetReply" }], ([collecting, reply]) =>
      within(state, Reconfigurer.receiveGetReply(collecting, from, reply))
    )
    .with([{ _tag: "Populating" }, { _tag: "SetReply" }], ([populating, reply]) =>
      within(state, Reconfigurer.receiveSetReply(context, self, populating, from, reply))
    )
    .with([{ _tag: "Informing" }, { _tag: "Informed" }], ([informing, informed]) =>
      within(state, Reconfigurer.receiveInformed(context, informing, from as ClientId, informed))
    )
    .otherwise(() => ignore(state))
}

/**
 * True while it does not matter in which order answers come. (It does at the end of a reconfiguration: whether the
 * client's own configuration or another's is the last that it hears of.)
 */
const takesAnswersInAnyOrder = ({ activity }: ClientState): boolean =>
  (activity._tag === "Getting" || activity._tag === "Setting" || activity._tag === "Collecting") &&
  activity.phase.configurations.every(Majority.isMajority)

/**
 * True when the client no longer waits for answers to this message of its own: the operation, or the stage of it that
 * the message belongs to, is over.
 */
const isSettled = ({ activity }: ClientState, { _tag, operation }: Message): boolean => {
  if (operation < activity.begun) return true
  if (operation > activity.begun) return false
  switch (activity._tag) {
    case "Idle":
      return true
    case "Setting":
    case "Populating":
      return _tag === "Get" || _tag === "GetReply" || _tag === "Locked"
    case "Collecting":
      return _tag === "Locked"
    case "Informing":
      return _tag !== "Inform" && _tag !== "Informed"
    default:
      return false
  }
}

export const client: Process<Context, ClientState, StorageOperation, Message, NoChoice> = {
  role: "client",
  State: ClientState,
  durable: false,
  perRegister: ["activity"],
  initial: ({ configuration }) => ({ configuration, pauses: [], activity: Majority.initial }),
  ready: (_context, _self, { activity, pauses }) => activity._tag === "Idle" && pauses.length === 0,
  choices: () => [],
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) => invoke(context, self as ClientId, state, operation))
      .with({ _tag: "Receive" }, ({ from, message }) =>
        receive(context, self as ClientId, state, from, message)
      )
      .with({ _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, _from, message) =>
      message._tag !== "Pause" && message._tag !== "Inform" && isSettled(state, message),
    isSettled: (_context, _self, state, _to, message) => isSettled(state, message),
    isAnswer: ({ variant }, _self, state, _from, { _tag }) =>
      variant !== "write-locked-late-answers-counted" &&
      (_tag === "GetReply" || _tag === "SetReply") &&
      takesAnswersInAnyOrder(state)
  }
}
