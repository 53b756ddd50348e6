/**
 * The storage node of a weak snapshot (tutorial 6).
 */
import * as Schema from "effect/Schema"
import { match, P } from "ts-pattern"
import { including, union } from "../kernel/data.ts"
import type { NodeId } from "../kernel/node.ts"
import {
  ignore,
  type NoChoice,
  type NoOperation,
  type Process,
  type Step
} from "../kernel/process.ts"
import type { ServerId } from "../nodes/nodes.ts"
import { Change } from "./change.ts"
import { Endorsements, includes } from "./endorsements.ts"
import type { Answer, Endorse, Message, Store } from "./messages.ts"
import type { Rules } from "./rules.ts"

export const ServerState = Schema.Struct({
  /** N_i[i]: the change that the node endorses; null (⊥) before the first request. */
  endorsed: Schema.NullOr(Change),
  /** The node's row: all endorsements it knows, including its own. */
  known: Endorsements
})
export type ServerState = typeof ServerState.Type

/** A storage node's parameter: the form of an entry. */
interface Context {
  readonly rules: Pick<Rules, "endorsement">
}
type ServerStep = Step<ServerState, never, Answer>

export const initial: ServerState = { endorsed: null, known: [] }

/**
 * A storage node receives an Endorse, at any time: "s_i endorses the first configuration change d
 * it receives for c, by storing d in N_i[i] and responding with d. If a storage node had already
 * endorsed another configuration change d', it simply responds with d'."
 */
const receiveEndorse = (
  { rules }: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  { operation, phase, change }: Endorse
): ServerStep => {
  const endorsed = state.endorsed ?? change
  return {
    state: { endorsed, known: including(state.known, rules.endorsement(self, endorsed)) },
    sends: [{ to: from, message: { _tag: "Endorsed", operation, phase, change: endorsed } }],
    observations: []
  }
}

/**
 * A storage node receives a Store, at any time. It adds the endorsements to its row and
 * acknowledges. (The Set phase.)
 */
const receiveStore = (
  state: ServerState,
  from: NodeId,
  { operation, phase, endorsements }: Store
): ServerStep => ({
  state: { ...state, known: union(state.known, endorsements) },
  sends: [{ to: from, message: { _tag: "Stored", operation, phase } }],
  observations: []
})

/** A storage node receives a message. It answers a Collect with its array, and ignores answers. */
export const receive = (
  context: Context,
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Message
): ServerStep =>
  match(message)
    .with({ _tag: "Endorse" }, (endorse) => receiveEndorse(context, self, state, from, endorse))
    .with({ _tag: "Store" }, (store) => receiveStore(state, from, store))
    .with(
      { _tag: "Collect" },
      ({ operation, phase }): ServerStep => ({
        state,
        sends: [
          { to: from, message: { _tag: "Collected", operation, phase, endorsements: state.known } }
        ],
        observations: []
      })
    )
    .with({ _tag: P.union("Endorsed", "Stored", "Collected") }, () => ignore(state))
    .exhaustive()

/**
 * True if the message will never change the storage node: it already endorses a change, or knows
 * these endorsements.
 */
export const onlyAnswers = ({ endorsed, known }: ServerState, message: Message): boolean =>
  match(message)
    .with({ _tag: "Endorse" }, () => endorsed !== null)
    .with({ _tag: "Store" }, ({ endorsements }) => includes(known, endorsements))
    .with({ _tag: "Collect" }, () => true)
    .with({ _tag: P.union("Endorsed", "Stored", "Collected") }, () => false)
    .exhaustive()

export const server: Process<
  Context,
  ServerState,
  NoOperation,
  never,
  Message,
  NoChoice,
  ServerId
> = {
  State: ServerState,
  durable: true,
  initial: () => initial,
  ready: () => false,
  choices: () => [],
  step: (context, self, state, input) =>
    match(input)
      .with({ _tag: "Receive" }, ({ from, message }) =>
        receive(context, self, state, from, message)
      )
      .with({ _tag: P.union("Invoke", "Choose") }, () => ignore(state))
      .exhaustive(),
  promises: { onlyAnswers: (_context, _self, state, _from, message) => onlyAnswers(state, message) }
}
