/**
 * The properties of PBFT's replicas (Castro and Liskov, OSDI 1999, 4.5). Towards clients PBFT has
 * the properties of consensus.
 */
import { symbolic } from "../kernel/cryptography.ts"
import { equals } from "../kernel/data.ts"
import type { PairInvariant, ProcessInvariant } from "../kernel/property.ts"
import type { Context } from "./collected.ts"
import type { ReplicaState } from "./replica.ts"

/** No two replicas put different requests into the slot, in the same or in different views. */
export const replicasAgree: PairInvariant<unknown, "server", ReplicaState> = {
  _tag: "Pair",
  name: "replicas-agree",
  about: "no two correct replicas decide on different requests",
  role: "server",
  allowsEarlierReceipts: true,
  holds: (_context, left, right) =>
    left.decided === null ||
    right.decided === null ||
    equals(left.decided.request, right.decided.request)
}

/**
 * True if the second replica accepts, in views after the first one's decision, only the decided
 * request.
 */
const isKept = ({ decided }: ReplicaState, { accepted }: ReplicaState): boolean =>
  decided === null ||
  accepted === null ||
  accepted.view <= decided.view ||
  equals(accepted.request, decided.request)

/** View changes preserve decisions: in later views replicas accept only the decided request. */
export const decisionsAreKept: PairInvariant<unknown, "server", ReplicaState> = {
  _tag: "Pair",
  name: "decisions-are-kept",
  about: "in views after a decision, correct replicas accept only the decided request",
  role: "server",
  allowsEarlierReceipts: true,
  holds: (_context, left, right) => isKept(left, right) && isKept(right, left)
}

/** At most one request is prepared in a view. */
export const viewsPrepareOne: PairInvariant<unknown, "server", ReplicaState> = {
  _tag: "Pair",
  name: "views-prepare-one",
  about: "no two correct replicas prepare different requests in one view",
  role: "server",
  allowsEarlierReceipts: true,
  holds: (_context, { prepared: left }, { prepared: right }) =>
    left === null || right === null || left.view !== right.view || equals(left, right)
}

/** A replica decides only a request of a client. */
export const decidesRequests: ProcessInvariant<Pick<Context, "clients">, "server", ReplicaState> = {
  _tag: "Process",
  name: "decides-requests",
  about: "every request that a correct replica decides is signed by a client",
  role: "server",
  allowsEarlierReceipts: true,
  holds: ({ clients }, _self, { decided }) =>
    decided === null ||
    (clients.includes(decided.request.signer) && symbolic.verifies(decided.request))
}
