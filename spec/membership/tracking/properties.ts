/**
 * What tracking the members promises (S1 to S4 of the reference).
 */
import * as Schema from "effect/Schema"
import { configurationOf } from "../../administrator/view.ts"
import { symbolic } from "../../kernel/cryptography.ts"
import { equals, including } from "../../kernel/data.ts"
import { Count, SetOf } from "../../kernel/node.ts"
import type { AnyObservation } from "../../kernel/observation.ts"
import type { Event } from "../../kernel/observer.ts"
import type {
  Observed,
  PairInvariant,
  ProcessInvariant,
  StepInvariant,
  WholeInvariant
} from "../../kernel/property.ts"
import type { GlobalState } from "../../kernel/system.ts"
import { ServerId, type ServerSet } from "../../nodes/nodes.ts"
import { refinesAgreedSequence } from "../../rambo/agreed-sequence.ts"
import { authority } from "./authority.ts"
import type { ClientState } from "./client.ts"
import type { LogState } from "./log.ts"
import type { Message } from "./messages.ts"
import type { Noted } from "./observation.ts"
import type { ServerState } from "./server.ts"

interface Roles {
  readonly server: ServerState
  readonly client: ClientState
  readonly administrator: LogState
}
type Whole = Pick<GlobalState<Roles, Message>, "nodes">

/** S1: no two clients receive different views of one epoch. */
export const viewsAgree: PairInvariant<unknown, "client", ClientState> = {
  _tag: "Pair",
  name: "views-agree",
  about: "no two clients are given different views of the same epoch",
  role: "client",
  isSymmetric: true,
  allowsEarlierReceipts: true,
  holds: (_context, left, right) =>
    left.views.every((view) =>
      right.views.every((other) => other.number !== view.number || equals(other, view))
    )
}

/** S1 and S4: the log has every view that a client receives, so a correct replica has signed it. */
export const viewsAreOfLog: WholeInvariant<unknown, Whole> = {
  _tag: "Whole",
  name: "views-are-of-log",
  about: "every view that a client is given is the one of its epoch in the log",
  isSymmetric: true,
  allowsEarlierReceipts: true,
  holds: (_context, { nodes }) => {
    const [log] = Object.values(nodes.administrator)
    return Object.values(nodes.client).every(({ views }) =>
      views.every((view) => equals(log?.views[view.number] ?? null, view))
    )
  }
}

/** S2. */
export const viewsAreConsecutive: StepInvariant<unknown, "client", ClientState> = {
  _tag: "Step",
  name: "views-are-consecutive",
  about: "a client is given the views of all epochs, one after the other",
  role: "client",
  isSymmetric: true,
  allowsEarlierReceipts: true,
  holds: (_context, _self, { view: before }, { view: after }) =>
    after.number === before.number || after.number === before.number + 1
}

/** Every node in the system was admitted by the authority. */
export const membersAreAdmitted: ProcessInvariant<unknown, "administrator", LogState> = {
  _tag: "Process",
  name: "members-are-admitted",
  about: "who becomes a member has an admission that the authority has signed",
  role: "administrator",
  isSymmetric: true,
  allowsEarlierReceipts: true,
  holds: (_context, _self, { admitted }) =>
    admitted.every((admission) => admission.signer === authority && symbolic.verifies(admission))
}

/** The nodes that correct replicas have missed, and when; and the violation. */
const Seen = Schema.Struct({
  missed: SetOf(Schema.Struct({ node: ServerId, epoch: Count, round: Count })),
  violation: Schema.NullOr(Schema.String)
})
type Seen = typeof Seen.Type

const after = (state: Seen, event: Event<AnyObservation>): Seen => {
  if (state.violation !== null || event._tag === "Fault") return state
  if (event.observation._tag !== "Note") return state
  const note = event.observation as Noted
  if (note.name === "missed") return { ...state, missed: including(state.missed, note.detail) }
  if (note.name !== "evicted") return state
  const { node, epoch, round } = note.detail
  return state.missed.some((one) => equals(one, note.detail))
    ? state
    : {
        ...state,
        violation: `${node} is evicted in round ${round} of epoch ${epoch}, in which it answered every correct replica that asked`
      }
}

/**
 * S3: a node that answers all correct replicas in time is not evicted. (At least one of the
 * replicas that agree to evict a node does not lie, and has itself missed the node in this round,
 * not merely at some time.)
 */
export const evictedWereMissed: Observed<unknown, AnyObservation> = {
  _tag: "Observed",
  name: "evicted-were-missed",
  about:
    "a node is evicted only if some correct replica has missed an answer of it in the same round of probing",
  isSymmetric: true,
  observer: () => ({
    name: "who was missed",
    State: Seen,
    initial: { missed: [], violation: null },
    observe: after,
    allowsEarlierResponses: true,
    mentionsServers: true,
    violation: ({ violation }) => violation ?? undefined
  }),
  canFailAt: (observation) => observation._tag === "Note" && observation.name === "evicted"
}

type Context = { readonly configuration: { readonly members: ServerSet } }

/**
 * The sequence of consistent views, as other protocols use one: clients receive an agreed sequence
 * of configurations, like the one that RAMBO follows. (None of them is retired here: retirement is
 * the task of the protocol that stores data in them.)
 */
export const refinesSequence = refinesAgreedSequence<Context, GlobalState<Roles, Message>>(
  "refines-given-sequence",
  "what clients are given continues an agreed sequence of configurations by one in a step, or nothing changes",
  1,
  ({ nodes }) => ({
    maps: Object.values(nodes.client).map(({ views }) => ({
      retired: 0,
      active: views.map(configurationOf)
    })),
    correct: Object.keys(nodes.client).length
  }),
  ({ configuration }) => configurationOf({ number: 0, members: configuration.members })
)
