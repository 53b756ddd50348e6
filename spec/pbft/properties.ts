/**
 * What PBFT promises of its replicas (Castro and Liskov, OSDI 1999, 4.5); what it promises clients
 * is what consensus does.
 */
import { symbolic } from "../kernel/cryptography.ts"
import { equals } from "../kernel/data.ts"
import type { PairInvariant, ProcessInvariant } from "../kernel/property.ts"
import type { Context } from "./collected.ts"
import type { ReplicaState } from "./replica.ts"

/** No two replicas put different requests into the slot, in whatever views. */
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

/** Whether the other accepts nothing else in a later view than what this one has decided. */
const isKept = ({ decided }: ReplicaState, { accepted }: ReplicaState): boolean =>
  decided === null ||
  accepted === null ||
  accepted.view <= decided.view ||
  equals(accepted.request, decided.request)

/** A view change loses nothing decided: replicas accept nothing else in later views. */
export const decisionsAreKept: PairInvariant<unknown, "server", ReplicaState> = {
  _tag: "Pair",
  name: "decisions-are-kept",
  about: "what a correct replica has decided is all that others accept in later views",
  role: "server",
  allowsEarlierReceipts: true,
  holds: (_context, left, right) => isKept(left, right) && isKept(right, left)
}

/** What is prepared in a view is one request. */
export const viewsPrepareOne: PairInvariant<unknown, "server", ReplicaState> = {
  _tag: "Pair",
  name: "views-prepare-one",
  about: "no two correct replicas prepare different requests in one view",
  role: "server",
  allowsEarlierReceipts: true,
  holds: (_context, { prepared: left }, { prepared: right }) =>
    left === null || right === null || left.view !== right.view || equals(left, right)
}

/** What a replica decides, some client has asked for. */
export const decidesRequests: ProcessInvariant<Pick<Context, "clients">, "server", ReplicaState> = {
  _tag: "Process",
  name: "decides-requests",
  about: "what a correct replica decides carries the signature of a client",
  role: "server",
  allowsEarlierReceipts: true,
  holds: ({ clients }, _self, { decided }) =>
    decided === null ||
    (clients.includes(decided.request.signer) && symbolic.verifies(decided.request))
}
