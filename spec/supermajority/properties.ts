/**
 * What super-majority replication promises: about its storage nodes the same as majority
 * replication, and that no node writes in another's name; about the operations of correct clients,
 * their order.
 *
 * The last two hold whatever other clients do. Atomicity does not: a lying client writes values
 * that no user has asked it to write.
 */
import * as Schema from "effect/Schema"
import type { Cryptography } from "../kernel/cryptography.ts"
import { including } from "../kernel/data.ts"
import { NodeId, SetOf } from "../kernel/node.ts"
import type { AnyNote, AnyOperation, Observation } from "../kernel/observation.ts"
import type { Event, Observer } from "../kernel/observer.ts"
import type {
  Observed,
  PairInvariant,
  ProcessInvariant,
  StepInvariant
} from "../kernel/property.ts"
import { isAccess, type Value } from "../register/operation.ts"
import { describePair, initialPair, Pair } from "../register/pair.ts"
import * as Register from "../register/properties.ts"
import type { Settled } from "./observation.ts"
import type { ServerState } from "./server.ts"
import { isGenuine, isNewerPair, pairOf } from "./signed-pair.ts"

/** A storage node as the properties of registers know it. */
const replica = ({ written }: Pick<ServerState, "written">) => ({ pair: pairOf(written) })

/** The pair that a correct storage node holds never becomes older. */
export const timestampsGrow: StepInvariant<unknown, "server", ServerState> = {
  ...Register.timestampsGrow,
  holds: (context, self, before, after) =>
    Register.timestampsGrow.holds(context, self, replica(before), replica(after))
}

/** A timestamp names one value, as long as no client lies. */
export const timestampsNameValues: PairInvariant<unknown, "server", ServerState> = {
  ...Register.timestampsNameValues,
  holds: (context, left, right) =>
    Register.timestampsNameValues.holds(context, replica(left), replica(right))
}

/** No node writes in another's name, neither a lying storage node nor a lying client. */
export const pairsAreSigned: ProcessInvariant<
  { readonly cryptography: Cryptography },
  "server",
  ServerState
> = {
  _tag: "Process",
  name: "pairs-are-signed",
  about: "a storage node holds only what the client that its timestamp names has signed",
  role: "server",
  isSymmetric: true,
  holds: ({ cryptography }, _self, { written }) => isGenuine(cryptography, written)
}

/**
 * The newest pair that an ended operation has settled on; that pair at the beginning of each
 * pending operation; and the first operation that settled on an older one, in words.
 */
const Order = Schema.Struct({
  newest: Pair,
  pending: SetOf(Schema.Struct({ client: NodeId, writes: Schema.Boolean, after: Pair })),
  violation: Schema.NullOr(Schema.String)
})
type Order = typeof Order.Type

type Seen = Observation<AnyOperation, Value, AnyNote>

const isSettled = (note: AnyNote): note is Settled => note.name === "settled"

const observe = (state: Order, event: Event<Seen>): Order => {
  if (state.violation !== null) return state
  const { newest, pending } = state
  const others = pending.filter(({ client }) => client !== event.node)
  if (event._tag === "Fault") return { ...state, pending: others }
  const { node, observation } = event
  switch (observation._tag) {
    case "Invocation": {
      const { operation } = observation
      if (!isAccess(operation)) return state
      const writes = operation._tag === "Write"
      return { ...state, pending: including(others, { client: node, writes, after: newest }) }
    }
    case "Response":
      return { ...state, pending: others }
    case "Note":
      return isSettled(observation) ? settle(state, node, observation.detail) : state
  }
}

/** An operation ends on this pair. A write ends on a newer pair than the newest when it began. */
const settle = (state: Order, node: NodeId, pair: Pair): Order => {
  const begun = state.pending.find(({ client }) => client === node)
  const isWrong =
    begun !== undefined &&
    (begun.writes ? !isNewerPair(pair, begun.after) : isNewerPair(begun.after, pair))
  return {
    ...state,
    newest: isNewerPair(pair, state.newest) ? pair : state.newest,
    violation: isWrong
      ? `${node} settled on ${describePair(pair)}, but an operation that had ended before it began settled on ${describePair(begun.after)}`
      : null
  }
}

const order: Observer<Order, Seen> = {
  name: "order",
  initial: { newest: initialPair, pending: [], violation: null },
  State: Order,
  observe,
  // The earlier an operation ends, the more operations begin after it.
  allowsEarlierResponses: true,
  mentionsServers: false,
  violation: ({ violation }) => violation ?? undefined
}

/**
 * Correct clients see one order of all pairs, including those that a lying client has signed: each
 * of these is a write that takes effect at one time.
 */
export const operationsAreOrdered: Observed<unknown, Seen> = {
  _tag: "Observed",
  name: "operations-are-ordered",
  about:
    "an operation that begins after another has ended does not settle on an older pair, and a write settles on a newer one",
  observer: () => order,
  canFailAt: (observation) => observation._tag === "Note" && isSettled(observation)
}
