/**
 * Majority replication refines the register ordered by timestamps (`register/ordered-register.ts`),
 * and hence the atomic register.
 *
 * The mapping extracts what is already certain in a state. The *floor* is the largest timestamp
 * that an operation begun now is sure to find, whichever read quorum answers. An operation in its
 * Get phase is sure to find what it already has, and what the least favourable read quorum would
 * add.
 */
import { type Configuration, isQuorum } from "../configuration/configuration.ts"
import { equals, setOf, union } from "../kernel/data.ts"
import type { NodeId } from "../kernel/node.ts"
import type { Refines } from "../kernel/property.ts"
import type { GlobalState } from "../kernel/system.ts"
import type { ClientId, ServerId, ServerSet } from "../nodes/nodes.ts"
import {
  allows,
  initial,
  type Ordered,
  type OrderedRegister
} from "../register/ordered-register.ts"
import { initialPair, isLarger, type Pair, type Timestamp } from "../register/pair.ts"
import type { ClientState, Getting } from "./client.ts"
import type { Message } from "./messages.ts"
import type { ServerState } from "./server.ts"

interface Roles {
  readonly server: ServerState
  readonly client: ClientState
}
type State = GlobalState<Roles, Message>

interface Context {
  readonly configuration: Configuration
  readonly clients: ReadonlyArray<ClientId>
}

const later = (left: Timestamp, right: Timestamp): Timestamp =>
  isLarger(right, left) ? right : left
const earlier = (left: Timestamp, right: Timestamp): Timestamp =>
  isLarger(right, left) ? left : right

/**
 * The least timestamp that a Get phase can have found at its end: the minimum over all sets of
 * further answers that complete it. `next` is a lower bound on a storage node's answer; undefined
 * if the node will never answer.
 */
const minFound = (
  { configuration }: Pick<Context, "configuration">,
  answered: ServerSet,
  found: Timestamp,
  next: (server: ServerId) => Timestamp | undefined
): Timestamp => {
  const silent = configuration.members.filter((member) => !answered.includes(member))
  const able = silent.flatMap((server) => {
    const timestamp = next(server)
    return timestamp === undefined ? [] : [{ server, timestamp }]
  })
  const completions = subsetsOf(able).filter((set) =>
    isQuorum(configuration, "read", union(answered, setOf(set.map(({ server }) => server))))
  )
  const outcomes = completions.map((set) =>
    set.reduce((most, { timestamp }) => later(most, timestamp), found)
  )
  // If no set of answers can complete the phase, any lower bound is true.
  return outcomes.length === 0 ? largestTimestamp : outcomes.reduce(earlier)
}

const largestTimestamp: Timestamp = { number: Number.MAX_SAFE_INTEGER, client: null }

const subsetsOf = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  items.reduce<ReadonlyArray<ReadonlyArray<A>>>(
    (sets, item) => sets.flatMap((set) => [set, [...set, item]]),
    [[]]
  )

/** A lower bound on the storage node's answer to a Get of this operation. */
const nextAnswer = (
  { nodes, inFlight }: State,
  client: NodeId,
  begun: number,
  server: ServerId
): Timestamp | undefined => {
  const reply = (inFlight[client] ?? []).find(
    ({ from, message }) =>
      from === server && message._tag === "GetReply" && message.operation === begun
  )?.message
  return reply?._tag === "GetReply" ? reply.pair.timestamp : nodes.server[server]?.pair.timestamp
}

const orderedOf = (
  context: Context,
  whole: State,
  client: NodeId,
  state: ClientState
): Ordered | undefined => {
  switch (state._tag) {
    case "Idle":
      return undefined
    case "Getting":
      return {
        operation: state.operation,
        floor: floorOf(context, whole, client, state),
        pair: null
      }
    case "Setting": {
      const { answer } = state.phase
      return { operation: state.operation, floor: answer.timestamp, pair: answer }
    }
  }
}

const floorOf = (
  context: Context,
  whole: State,
  client: NodeId,
  { begun, phase }: Getting
): Timestamp =>
  minFound(context, phase.answered, phase.answer.timestamp, (server) =>
    nextAnswer(whole, client, begun, server)
  )

/** The pair that a client has found or chosen; none before the first answer. */
const pairsOf = (state: ClientState): ReadonlyArray<Pair> =>
  state._tag === "Setting" || (state._tag === "Getting" && state.phase.answered.length > 0)
    ? [state.phase.answer]
    : []

/** Every pair held by a node or in flight. */
const pairsIn = ({ nodes, inFlight }: State): ReadonlyArray<Pair> =>
  setOf([
    ...Object.values(nodes.server).map(({ pair }) => pair),
    ...Object.values(nodes.client).flatMap(pairsOf),
    ...Object.values(inFlight).flatMap((inbox) =>
      inbox.flatMap(({ message }) => ("pair" in message ? [message.pair] : []))
    )
  ])

export const refinesOrderedRegister: Refines<Context, State, OrderedRegister> = {
  _tag: "Refines",
  name: "refines-ordered-register",
  about:
    "each step is a step of a register whose operations are ordered by their timestamps, or a stuttering step",
  isSymmetric: true,
  mapping: (context, whole) => ({
    floor: minFound(
      context,
      [],
      initialPair.timestamp,
      (server) => whole.nodes.server[server]?.pair.timestamp
    ),
    chosen: pairsIn(whole),
    operations: Object.fromEntries(
      context.clients.flatMap((id) => {
        const state = whole.nodes.client[id]
        const ordered = state && orderedOf(context, whole, id, state)
        return ordered === undefined ? [] : [[id, ordered]]
      })
    ),
    gone: context.clients.filter((id) => whole.nodes.client[id] === undefined)
  }),
  begins: (_context, abstract) => equals(abstract, initial),
  allows: (_context, before, after) => allows(before, after)
}
