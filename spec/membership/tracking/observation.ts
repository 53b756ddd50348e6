/**
 * What an outside observer may note of probing: which replica missed which node, and which node was
 * evicted.
 */
import type { Note, Observation } from "../../kernel/observation.ts"
import type { ServerId } from "../../nodes/nodes.ts"
import type { Value } from "../../register/operation.ts"
import type { Round } from "./messages.ts"
import type { Await } from "./operation.ts"

interface Of extends Round {
  readonly node: ServerId
}
/** A replica has waited in vain for an answer of the node, in this round. */
export type Missed = Note<"missed", Of>
/** The log evicts the node. */
export type Evicted = Note<"evicted", Of>

export type Noted = Missed | Evicted
export type TrackingObservation = Observation<Await, Value, Noted>
