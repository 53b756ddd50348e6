/**
 * The client of a store of many registers: what it does to each is what `../client.ts` says, unchanged, and all of them
 * share its cmap. What it learns on account of one register it therefore has to heed in what it does to the others
 * (`catchUp`). What a reconfiguration adds is in `transfer.ts`.
 */
import { match, P } from "ts-pattern"
import { equals } from "../../kernel/data.ts"
import type { ClientId, NodeId } from "../../kernel/node.ts"
import { become, ignore, type Process, type Send } from "../../kernel/process.ts"
import { startGet, startSet } from "../access.ts"
import * as Rambo from "../client.ts"
import { integrate, isDecided } from "../configuration-map.ts"
import { receiveHint } from "../discovery.ts"
import type * as RamboMessages from "../messages.ts"
import { continueSequence } from "../sequence.ts"
import type * as RamboState from "../state.ts"
import type { Message } from "./messages.ts"
import { type Choice, type ClientOperation, ClientState, type ClientStep, type Context } from "./state.ts"
import { asOne, collect, forAll, receiveListing, receivePopulated } from "./transfer.ts"
import { asOneRegister } from "./variants.ts"

/**
 * True when the cmap has grown since the client began what it is doing to this register, and that has not heeded it. (Never
 * where there is one register: each growth is heeded in the step in which it is learned.)
 */
const isBehind = ({ variant }: Context, { map, activity }: ClientState): boolean => {
  switch (activity._tag) {
    case "Idle":
      return false
    case "Getting":
    case "Setting":
      return (
        variant !== "other-registers-not-begun-anew" &&
        (map.retired > activity.retired ||
          map.active.some((one) => !activity.phase.configurations.some((known) => equals(known, one))))
      )
    case "Deciding":
      return isDecided(map, activity.instance)
    case "Surveying":
    case "Transferring":
    case "Retiring":
      return map.retired > activity.retired
  }
}

/**
 * The client heeds what it has learned elsewhere: a phase begins anew, among the configurations that are active by now; a
 * reconfiguration goes about what is left to do.
 */
const catchUp = (context: Context, self: ClientId, state: ClientState): ClientStep => {
  const { activity } = state
  switch (activity._tag) {
    case "Idle":
      return become(state)
    case "Getting":
      return forAll(context, startGet(asOne(state), activity.operation))
    case "Setting":
      return forAll(context, startSet(asOne(state), activity.operation, activity.phase.answer))
    case "Deciding":
      return forAll(context, continueSequence(asOneRegister(context), self, asOne(state), activity.operation))
    case "Surveying":
    case "Transferring":
    case "Retiring":
      return collect(context, state, activity)
  }
}

/** A step of one register, as `../client.ts` takes it. */
const ofOne = (
  context: Context,
  self: ClientId,
  state: ClientState,
  input: Parameters<typeof Rambo.client.step>[3]
): ClientStep => forAll(context, Rambo.client.step(asOneRegister(context), self, asOne(state), input))

/** Whatever a client receives. */
const receive = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep =>
  match([state.activity, message] as const)
    .returnType<ClientStep>()
    .with([P._, { _tag: "Hint" }], ([, hint]) => receiveHint(asOne(state), hint) as unknown as ClientStep)
    .with([P._, { _tag: "MapReply" }], ([, { map }]) => become({ ...state, map: integrate(state.map, map) }))
    .with([{ _tag: "Surveying" }, { _tag: "Listing" }], ([survey, listing]) =>
      isCurrent(state, survey, listing)
        ? receiveListing(context, state, survey, from, listing)
        : ignore(state)
    )
    .with([{ _tag: "Transferring" }, { _tag: "Populated" }], ([transfer, reply]) =>
      isCurrent(state, transfer, reply)
        ? receivePopulated(context, state, transfer, from, reply)
        : ignore(state)
    )
    .with([P._, { _tag: P.union("Listing", "Populated", "List", "Populate") }], () => ignore(state))
    .with([{ _tag: P.union("Surveying", "Transferring") }, P._], () => ignore(state))
    .otherwise(([, ofRambo]) =>
      ofOne(context, self, state, { _tag: "Receive", from, message: ofRambo as RamboMessages.Message })
    )

/** Whether the reply answers what the stage asks. */
const isCurrent = (
  { begun }: ClientState,
  { retired }: { readonly retired: number },
  reply: { readonly operation: number; readonly retired: number }
): boolean => reply.operation === begun && reply.retired === retired

/** The step of a client that is not behind. */
const take = (
  context: Context,
  self: ClientId,
  state: ClientState,
  input: Parameters<typeof client.step>[3]
): ClientStep =>
  match(input)
    .returnType<ClientStep>()
    .with({ _tag: "Receive" }, ({ from, message }) => receive(context, self, state, from, message))
    .with({ _tag: "Choose", choice: { _tag: "CatchUp" } }, () => ignore(state))
    .with({ _tag: "Choose", choice: { _tag: P.union("GoOn", "Retry") } }, ({ choice }) =>
      state.activity._tag === "Surveying" || state.activity._tag === "Transferring"
        ? ignore(state)
        : ofOne(context, self, state, { _tag: "Choose", choice: choice as RamboState.Choice })
    )
    .with({ _tag: "Invoke" }, ({ operation }) =>
      state.activity._tag === "Idle"
        ? ofOne(context, self, state, { _tag: "Invoke", operation })
        : ignore(state)
    )
    .exhaustive()

/** Whatever happens to a client: first it heeds what it learned on account of other registers. */
const step: Process<Context, ClientState, ClientOperation, Message, Choice>["step"] = (
  context,
  self,
  state,
  input
) => {
  if (input._tag === "Receive" && isSettled(context, self, state, input.from, input.message))
    return ignore(state)
  if (!isBehind(context, state)) return take(context, self as ClientId, state, input)
  const caught = catchUp(context, self as ClientId, state)
  const after = take(context, self as ClientId, caught.state, input)
  const sends: ReadonlyArray<Send<Message>> = [...caught.sends, ...after.sends]
  return { state: after.state, sends, observations: [...caught.observations, ...after.observations] }
}

const choices = (context: Context, self: NodeId, state: ClientState): ReadonlyArray<Choice> => {
  if (isBehind(context, state)) return [{ _tag: "CatchUp" }]
  const { activity } = state
  if (activity._tag === "Surveying" || activity._tag === "Transferring") return []
  return Rambo.client.choices(asOneRegister(context), self, asOne(state))
}

/** Which of what it asked, and of the answers, it no longer waits for. */
const isSettled = (
  context: Context,
  self: NodeId,
  state: ClientState,
  node: NodeId,
  message: Message
): boolean => {
  if (!isOfOneRegister(message)) return isTransferSettled(state, message)
  const { activity } = state
  // What a survey and a transfer are among the stages of one register, their first is: Action 1.
  const asStage =
    activity._tag === "Surveying" || activity._tag === "Transferring"
      ? { ...state, activity: { ...activity, _tag: "Pointing" } }
      : state
  return (
    Rambo.client.promises?.isSettled?.(
      asOneRegister(context),
      self,
      asStage as RamboState.ClientState,
      node,
      message
    ) ?? false
  )
}

const isTransferSettled = ({ begun, activity }: ClientState, message: Message): boolean => {
  // It is about another register than the one whose state is shown, and where it was asked is not known here.
  if (message._tag === "Populate" || !("retired" in message)) return false
  if (message.operation !== begun || activity._tag === "Idle") return message.operation <= begun
  if (activity._tag === "Deciding") return false
  if (message.retired !== activity.retired) return message.retired < activity.retired
  switch (activity._tag) {
    case "Surveying":
      return (
        activity.after !== null &&
        ("name" in message
          ? message.name <= activity.after
          : "after" in message && (message.after === null || message.after < activity.after))
      )
    case "Transferring":
      return "name" in message
        ? (activity.upTo === null || message.name <= activity.upTo) &&
            !activity.left.some(({ name }) => name === message.name)
        : true
    default:
      return false
  }
}

const isOfOneRegister = (message: Message): message is Message & RamboMessages.Message => {
  switch (message._tag) {
    case "List":
    case "Listing":
    case "Populate":
    case "Populated":
      return false
    default:
      return true
  }
}

/** (There is no `isAnswer`: what comes for another register meanwhile may bring news, and then the order matters.) */
export const client: Process<Context, ClientState, ClientOperation, Message, Choice> = {
  role: "client",
  State: ClientState,
  durable: false,
  perRegister: ["begun", "activity"],
  initial: (context, self) => Rambo.client.initial(asOneRegister(context), self) as unknown as ClientState,
  ready: (_context, _self, { activity }) => activity._tag === "Idle",
  choices,
  step,
  promises: { isObsolete: isSettled, isSettled }
}
