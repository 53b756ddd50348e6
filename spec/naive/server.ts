/**
 * The storage node under naive reconfiguration (tutorial section 4): a storage node of majority
 * replication that a reconfigurer can lock and stop.
 */
import * as Schema from "effect/Schema"
import { match, P } from "ts-pattern"
import { setOf } from "../kernel/data.ts"
import { Count, NodeId, SetOf } from "../kernel/node.ts"
import { become, ignore, type NoOperation, type Process, type Step } from "../kernel/process.ts"
import { type Message as MajorityMessage, SetRequest } from "../majority/messages.ts"
import { correct } from "../majority/rules.ts"
import * as Majority from "../majority/server.ts"
import { initialPair, isLarger, Pair } from "../register/pair.ts"
import { isOfMajority, type Message } from "./messages.ts"

export const ServerState = Schema.Struct({
  pair: Pair,
  /** The reconfigurer that holds the write lock, if any. */
  lockedBy: Schema.NullOr(NodeId),
  /**
   * The reconfigurations that have released their lock. A Lock from one of them arrives too late.
   */
  released: SetOf(Schema.Struct({ client: NodeId, operation: Count })),
  /** Writes that arrived while the node was locked; it applies them when it is unlocked. */
  held: SetOf(Schema.Struct({ from: NodeId, request: SetRequest })),
  /** Whether the node has stopped. */
  stopped: Schema.Boolean
})
export type ServerState = typeof ServerState.Type

type ServerStep = Step<ServerState, never, Message>
/** The parameters of a storage node of majority replication. */
const majorityContext = { rules: correct }

/**
 * A storage node receives a Get or a Set as in majority replication, unless the write lock delays
 * it.
 */
const receiveMajority = (state: ServerState, from: NodeId, message: MajorityMessage): ServerStep =>
  message._tag === "Set" && isHeldBack(state, from, message)
    ? become({ ...state, held: setOf([...state.held, { from, request: message }]) })
    : Majority.receive(majorityContext, state, from, message)

/**
 * The lock "prevents clients from writing": it delays a Set that would change the node, unless the
 * reconfigurer sent it.
 */
const isHeldBack = (state: ServerState, from: NodeId, { pair }: SetRequest): boolean =>
  state.lockedBy !== null &&
  state.lockedBy !== from &&
  isLarger(pair.timestamp, state.pair.timestamp)

/**
 * A storage node receives a Lock. It accepts no write but the reconfigurer's from now on, and
 * replies with its pair. (Links are unordered: the node ignores a Lock that follows its own
 * Unlock.)
 */
const receiveLock = (state: ServerState, from: NodeId, operation: number): ServerStep =>
  isReleased(state, from, operation)
    ? ignore(state)
    : {
        state: { ...state, lockedBy: from },
        sends: [{ to: from, message: { _tag: "Locked", operation, pair: state.pair } }],
        observations: []
      }

const isReleased = ({ released }: ServerState, client: NodeId, operation: number): boolean =>
  released.some((one) => one.client === client && one.operation === operation)

/** A storage node receives an Unlock and applies the delayed writes. */
const receiveUnlock = (state: ServerState, from: NodeId, operation: number): ServerStep =>
  state.held.reduce<ServerStep>(
    (step, { from, request }) => {
      const next = Majority.receiveSet(majorityContext, step.state, from, request)
      return { ...next, sends: [...step.sends, ...next.sends] }
    },
    become({
      ...state,
      lockedBy: null,
      held: [],
      released: setOf([...state.released, { client: from, operation }])
    })
  )

/** A storage node receives a message. A stopped node ignores it. */
const receive = (state: ServerState, from: NodeId, message: Message): ServerStep => {
  if (state.stopped) return ignore(state)
  return match(message)
    .with({ _tag: P.union("Get", "Set", "GetReply", "SetReply") }, (plainMessage) =>
      receiveMajority(state, from, plainMessage)
    )
    .with({ _tag: "Lock" }, ({ operation }) => receiveLock(state, from, operation))
    .with({ _tag: "Unlock" }, ({ operation }) => receiveUnlock(state, from, operation))
    .with({ _tag: "Stop" }, () => become({ ...state, stopped: true }))
    .with({ _tag: P.union("Locked", "Pause", "Paused", "Inform", "Informed") }, () => ignore(state))
    .exhaustive()
}

export const server: Process<unknown, ServerState, NoOperation, never, Message> = {
  State: ServerState,
  durable: true,
  initial: () => ({ pair: initialPair, lockedBy: null, released: [], held: [], stopped: false }),
  ready: () => false,
  choices: () => [],
  step: (_context, _self, state, input) =>
    match(input)
      .with({ _tag: "Receive" }, ({ from, message }) => receive(state, from, message))
      .with({ _tag: P.union("Invoke", "Choose") }, () => ignore(state))
      .exhaustive(),
  promises: {
    isObsolete: (_context, _self, state, from, { _tag, operation }) =>
      state.stopped || (_tag === "Lock" && isReleased(state, from, operation)),
    onlyAnswers: (_context, _self, state, _from, message) =>
      isOfMajority(message) && Majority.onlyAnswers(state, message)
  }
}
