/**
 * Majority replication refines the register that is ordered by timestamps
 * (`register/ordered-register.ts`), and with it the atomic register.
 *
 * The mapping says of each state what is already certain in it: the *floor* is what whoever begins
 * now will find at least, whichever read quorum answers it; an operation in its Get phase will find
 * at least what it has, and what the read quorum that is worst for it would add.
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
type Whole = GlobalState<Roles, Message>

interface Context {
  readonly configuration: Configuration
  readonly clients: ReadonlyArray<ClientId>
}

const later = (left: Timestamp, right: Timestamp): Timestamp =>
  isLarger(right, left) ? right : left
const earlier = (left: Timestamp, right: Timestamp): Timestamp =>
  isLarger(right, left) ? left : right

/**
 * The least that a Get phase will have found when it is over: of all sets of further answers that
 * complete it, the one that adds least. `next` is what a storage node will answer at least;
 * undefined if it never will.
 */
const leastFound = (
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
  // Where nothing completes a phase any more, nothing that it could find is too late.
  return outcomes.length === 0 ? endOfTime : outcomes.reduce(earlier)
}

const endOfTime: Timestamp = { number: Number.MAX_SAFE_INTEGER, client: null }

const subsetsOf = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  items.reduce<ReadonlyArray<ReadonlyArray<A>>>(
    (sets, item) => sets.flatMap((set) => [set, [...set, item]]),
    [[]]
  )

/** What the storage node will answer a Get of this client's operation at least. */
const nextAnswer = (
  { nodes, inFlight }: Whole,
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
  whole: Whole,
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
  whole: Whole,
  client: NodeId,
  { begun, phase }: Getting
): Timestamp =>
  leastFound(context, phase.answered, phase.answer.timestamp, (server) =>
    nextAnswer(whole, client, begun, server)
  )

/** The pair that a client has found or chosen; before any answer it has none. */
const pairsOf = (state: ClientState): ReadonlyArray<Pair> =>
  state._tag === "Setting" || (state._tag === "Getting" && state.phase.answered.length > 0)
    ? [state.phase.answer]
    : []

/** Every pair that anybody has, or that is on its way. */
const pairsIn = ({ nodes, inFlight }: Whole): ReadonlyArray<Pair> =>
  setOf([
    ...Object.values(nodes.server).map(({ pair }) => pair),
    ...Object.values(nodes.client).flatMap(pairsOf),
    ...Object.values(inFlight).flatMap((inbox) =>
      inbox.flatMap(({ message }) => ("pair" in message ? [message.pair] : []))
    )
  ])

export const refinesOrderedRegister: Refines<Context, Whole, OrderedRegister> = {
  _tag: "Refines",
  name: "refines-ordered-register",
  about: "each step is one of a register whose operations are ordered by their timestamps, or none",
  isSymmetric: true,
  mapping: (context, whole) => ({
    floor: leastFound(
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
