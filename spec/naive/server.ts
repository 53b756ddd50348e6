/**
 * The storage node under naive reconfiguration (tutorial section 4): that of majority replication,
 * which can be locked and stopped.
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
   * The reconfigurations whose lock was released: a Lock of theirs that comes later comes too late.
   */
  released: SetOf(Schema.Struct({ client: NodeId, operation: Count })),
  /** Writes that came while the node was locked, to be taken when it is unlocked. */
  held: SetOf(Schema.Struct({ from: NodeId, request: SetRequest })),
  /** Whether the node was told to stop. */
  stopped: Schema.Boolean
})
export type ServerState = typeof ServerState.Type

type ServerStep = Step<ServerState, never, Message>
/** What the storage node of majority replication does: the same here. */
const plain = { rules: correct }

/**
 * A storage node receives Get or Set as in majority replication, unless the write lock says
 * otherwise.
 */
const receiveMajority = (state: ServerState, from: NodeId, message: MajorityMessage): ServerStep =>
  message._tag === "Set" && isHeldBack(state, from, message)
    ? become({ ...state, held: setOf([...state.held, { from, request: message }]) })
    : Majority.receive(plain, state, from, message)

/**
 * The lock "prevents clients from writing": it holds back what would change the node, but for the
 * reconfigurer.
 */
const isHeldBack = (state: ServerState, from: NodeId, { pair }: SetRequest): boolean =>
  state.lockedBy !== null &&
  state.lockedBy !== from &&
  isLarger(pair.timestamp, state.pair.timestamp)

/**
 * A storage node is told to take no write but the reconfigurer's: it does so, and says what it
 * holds. (Links are unordered: a lock that was released already is not taken again.)
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

/** A storage node is told to take writes again: it takes those that it held back. */
const receiveUnlock = (state: ServerState, from: NodeId, operation: number): ServerStep =>
  state.held.reduce<ServerStep>(
    (step, { from, request }) => {
      const next = Majority.receiveSet(plain, step.state, from, request)
      return { ...next, sends: [...step.sends, ...next.sends] }
    },
    become({
      ...state,
      lockedBy: null,
      held: [],
      released: setOf([...state.released, { client: from, operation }])
    })
  )

/** Whatever a storage node receives. One that was told to stop does nothing any more. */
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
