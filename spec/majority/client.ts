/**
 * The client of majority replication (tutorial 2.3), with any number of writers.
 *
 * "The protocols for read() and write(v) are very similar; the key difference is the vt-pair used in the Set phase":
 * so both are one protocol here, and `choosePair` is that difference.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { type Configuration, isQuorum, type Access as QuorumAccess } from "../configuration/configuration.ts"
import { including } from "../kernel/data.ts"
import { type ClientId, type NodeId, type ServerId, ServerSet } from "../kernel/node.ts"
import { become, ignore, type NoChoice, type Process, type Step } from "../kernel/process.ts"
import type { Setup } from "../kernel/protocol.ts"
import { ask, asked, begin, count, isOver, isOverButForOne, Phase } from "../phase/phase.ts"
import { Access } from "../register/operation.ts"
import { initialPair, isLarger, larger, Pair } from "../register/pair.ts"
import type { GetReply, Message, SetReply } from "./messages.ts"
import type { VariantName } from "./variants.ts"

/** Between operations a client keeps nothing but how many it has begun. */
export const Idle = Schema.TaggedStruct("Idle", { begun: Schema.Int })
/** In the Get phase: the phase's answer is the pair with the largest timestamp received so far. */
export const Getting = Schema.TaggedStruct("Getting", {
  begun: Schema.Int,
  operation: Access,
  phase: Phase(Pair),
  /** Who answered with that very pair; kept by the variant that looks at it. */
  holders: Schema.optionalKey(ServerSet)
})
/** In the Set phase: the phase's answer is the pair that was picked and that is being stored. */
export const Setting = Schema.TaggedStruct("Setting", {
  begun: Schema.Int,
  operation: Access,
  phase: Phase(Pair)
})

export const ClientState = Schema.Union([Idle, Getting, Setting])
export type ClientState = typeof ClientState.Type
export type Idle = typeof Idle.Type
export type Getting = typeof Getting.Type
export type Setting = typeof Setting.Type

/** What a client needs to know: the configuration to ask, and which variant it runs. */
export type Context = Pick<Setup<VariantName>, "configuration" | "variant">
type ClientStep = Step<ClientState, Access, Message>

/** The client's state at the beginning. */
export const initial: Idle = { _tag: "Idle", begun: 0 }

/**
 * An idle client begins an operation: it asks all storage nodes for their vt-pairs. (2.3, Get phase, first
 * sentence.)
 */
export const invoke = (context: Context, self: ClientId, state: Idle, operation: Access): ClientStep => {
  const invocation = { _tag: "Invocation", operation } as const
  const getting: Getting = {
    _tag: "Getting",
    begun: state.begun + 1,
    operation,
    phase: begin([context.configuration], initialPair)
  }
  if (context.variant === "write-without-get-phase" && operation._tag === "Write") {
    const started = startSet(context, getting, choosePair(context, self, getting))
    return { ...started, observations: [invocation, ...started.observations] }
  }
  return {
    state: getting,
    sends: ask(context.configuration.members, { _tag: "Get", operation: getting.begun }),
    observations: [invocation]
  }
}

/**
 * A client in the Get phase of the operation that the reply belongs to receives it: it counts the answer and keeps
 * the pair with the largest timestamp. With the answer that completes a majority it goes on, in the same step, to
 * the Set phase. (2.3, Get phase: "waits for a majority of responses".)
 */
export const receiveGetReply = (
  context: Context,
  self: ClientId,
  state: Getting,
  from: NodeId,
  reply: GetReply
): ClientStep => {
  const counted: Getting = {
    ...state,
    phase: count(state.phase, from, larger(state.phase.answer, reply.pair)),
    ...holdersAfter(context, state, from as ServerId, reply.pair)
  }
  if (!enough(context, counted, "read")) return become(counted)
  if (context.variant === "read-without-set-phase" && state.operation._tag === "Read") return finish(counted)
  if (isStored(context, counted)) return finish(counted)
  return startSet(context, counted, choosePair(context, self, counted))
}

/** Who is known to hold the pair with the largest timestamp, after this answer of a storage node. */
const holdersAfter = (
  context: Context,
  { operation, phase, holders = [] }: Getting,
  from: ServerId,
  { timestamp }: Pair
): Pick<Getting, "holders"> => {
  if (!looksAtHolders(context.variant) || operation._tag === "Write") return {}
  if (isLarger(timestamp, phase.answer.timestamp)) return { holders: [from] }
  return { holders: isLarger(phase.answer.timestamp, timestamp) ? holders : including(holders, from) }
}

/**
 * A read whose Get phase has found the same pair at a whole write quorum has nothing to store: the Set phase would
 * change nothing, and be acknowledged by these same nodes. So the read may return at once.
 *
 * (Not in the tutorial. Section 2.3 has the Set phase of a read so that later reads find what it returned; here they
 * do without it.)
 */
const isStored = ({ configuration, variant }: Context, { holders = [] }: Getting): boolean =>
  holders.length > 0 &&
  isQuorum(configuration, variant === "read-stored-at-read-quorum" ? "read" : "write", holders)

const looksAtHolders = (variant: VariantName): boolean =>
  variant === "read-stored-value-at-once" || variant === "read-stored-at-read-quorum"

/**
 * The pair to store. A read stores the pair with the largest timestamp that its Get phase found; a write stores its
 * own value under a higher timestamp, made unique by "adjoining the client-id". (2.3, Get phase.)
 */
const choosePair = (context: Context, self: ClientId, { begun, operation, phase }: Getting): Pair => {
  if (operation._tag === "Read") return phase.answer
  const number = context.variant === "write-without-get-phase" ? begun : phase.answer.timestamp.number + 1
  const client = context.variant === "timestamp-without-client" ? null : self
  return { value: operation.value, timestamp: { number, client } }
}

/** The client asks the storage nodes to store the pair. (2.3, Set phase, first sentence.) */
const startSet = (context: Context, { begun, operation, phase }: Getting, pair: Pair): ClientStep => ({
  state: { _tag: "Setting", begun, operation, phase: begin(phase.configurations, pair) },
  sends: ask(context.variant === "set-only-to-answerers" ? phase.answered : asked(phase), {
    _tag: "Set",
    operation: begun,
    pair
  }),
  observations: []
})

/**
 * A client in the Set phase of the operation that the acknowledgement belongs to receives it. The one that completes
 * a majority ends the operation in the same step: a write returns ok, a read returns the value that it stored.
 * (2.3, Set phase: "the client then waits for a majority of acknowledgements".)
 */
export const receiveSetReply = (
  context: Context,
  state: Setting,
  from: NodeId,
  _reply: SetReply | GetReply
): ClientStep => {
  const counted: Setting = { ...state, phase: count(state.phase, from, state.phase.answer) }
  return enough(context, counted, "write") ? finish(counted) : become(counted)
}

/** The operation ends, and nothing of it is kept. */
const finish = ({ begun, operation, phase }: Getting | Setting): ClientStep => ({
  state: { _tag: "Idle", begun },
  sends: [],
  observations: [
    { _tag: "Response", operation, result: operation._tag === "Read" ? phase.answer.value : null }
  ]
})

const enough = (context: Context, { phase }: Getting | Setting, access: QuorumAccess): boolean =>
  context.variant === "quorum-one-short" ? isOverButForOne(phase, access) : isOver(phase, access)

/**
 * Whatever a client receives. A reply counts if it answers the current phase of the current operation; any other is
 * consumed without effect, and so is a request, which no one sends to a client.
 */
export const receive = (
  context: Context,
  self: ClientId,
  state: ClientState,
  from: NodeId,
  message: Message
): ClientStep => {
  if (state._tag === "Idle" || message.operation !== state.begun) return ignore(state)
  return match([state, message] as const)
    .with([{ _tag: "Getting" }, { _tag: "GetReply" }], ([getting, reply]) =>
      receiveGetReply(context, self, getting, from, reply)
    )
    .with([{ _tag: "Setting" }, { _tag: "SetReply" }], ([setting, reply]) =>
      receiveSetReply(context, setting, from, reply)
    )
    .with([{ _tag: "Setting" }, { _tag: "GetReply" }], ([setting, late]) =>
      context.variant === "late-get-reply-counted"
        ? receiveSetReply(context, setting, from, late)
        : ignore(setting)
    )
    .with([{ _tag: "Getting" }, { _tag: "SetReply" }], () => ignore(state))
    .with([{}, { _tag: "Get" }], [{}, { _tag: "Set" }], () => ignore(state))
    .exhaustive()
}

/**
 * With majorities the answers that a phase counts could have come in any order. (Other quorums may be complete with
 * fewer answers than the phase happened to count, and then the order decides which of them are counted.)
 */
export const isMajority = ({ read, write }: Configuration): boolean =>
  read._tag === "Majority" && write._tag === "Majority"

/**
 * True when the client no longer waits for answers to this message of its own: the operation is over, or it is in
 * its Set phase and the message belongs to its Get phase.
 */
export const isSettled = (context: Context, state: ClientState, { _tag, operation }: Message): boolean =>
  operation < state.begun ||
  (operation === state.begun &&
    (state._tag === "Idle" ||
      (state._tag === "Setting" &&
        (_tag === "Get" || _tag === "GetReply") &&
        context.variant !== "late-get-reply-counted")))

export const client: Process<Setup<VariantName>, ClientState, Access, Message, NoChoice> = {
  role: "client",
  State: ClientState,
  durable: false,
  perRegister: ["_tag", "begun", "operation", "phase", "holders"],
  initial: () => initial,
  ready: (_context, _self, state) => state._tag === "Idle",
  choices: () => [],
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Invoke" }, ({ operation }) =>
        state._tag === "Idle" ? invoke(context, self as ClientId, state, operation) : ignore(state)
      )
      .with({ _tag: "Receive" }, ({ from, message }) =>
        receive(context, self as ClientId, state, from, message)
      )
      .with({ _tag: "Choose" }, () => ignore(state))
      .exhaustive(),
  promises: {
    isObsolete: (context, _self, state, _from, reply) => isSettled(context, state, reply),
    isSettled: (context, _self, state, _to, request) => isSettled(context, state, request),
    isAnswer: ({ configuration, variant }) =>
      isMajority(configuration) &&
      variant !== "late-get-reply-counted" &&
      variant !== "timestamp-without-client"
  }
}
