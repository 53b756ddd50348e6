/**
 * What a replica of the membership service keeps.
 */
import * as Schema from "effect/Schema"
import { View } from "../../spec/administrator/view.ts"
import { Certificate } from "../../spec/dbqs/epoch.ts"
import { SigningKey } from "../../spec/kernel/cryptography.ts"
import { Count, SetOf } from "../../spec/kernel/node.ts"
import * as Following from "../../spec/membership/following.ts"
import { ReplicaState as MoveState } from "../../spec/membership/move/replica.ts"
import { Probing } from "../../spec/membership/tracking/probing.ts"
import { ServerId } from "../../spec/nodes/nodes.ts"
import { Batch, LogState, Operation as OperationSchema, Output, type Timer } from "./messages.ts"
import { SlotState } from "./slots.ts"

export const Shared = Schema.Struct({
  key: SigningKey(ServerId),
  /** What all replicas have made of the log. */
  log: LogState,
  /** The epoch of the service before, if this replica has seen it end. */
  former: Schema.optionalKey(View),
  /** How far it is with probing. */
  probing: Schema.Struct({ view: View, ...Probing }),
  /** What it has of the service's key, and which epochs of the service it knows. */
  move: MoveState,
  /** The latest certified epoch of the system, and what it has of the certificate of the next. */
  system: Schema.Struct(Following.Following),
  certificates: Schema.Array(Certificate),
  /** What was submitted, and does not stand in the log yet. */
  pool: Schema.Array(OperationSchema),
  /** What it heard of the log without having a part in it. */
  outputs: SetOf(Schema.Struct({ from: ServerId, output: Output })),
  /** What of that it has taken, and in which epoch of the service: the log says it once. */
  taken: Schema.Array(Schema.Struct({ epoch: Count, what: Schema.String }))
})
export const Own = Schema.Struct({
  slot: Schema.NullOr(SlotState),
  /** The batches that somebody proposes for the slot, by who sent them. */
  batches: Schema.Array(Schema.Struct({ from: ServerId, hash: Schema.String, batch: Batch }))
})
export type ReplicaState = typeof Shared.Type & typeof Own.Type

/** What the process itself is told besides messages: that a timer has run out. */
export interface TimerMessage {
  readonly _tag: "Timer"
  readonly timer: Timer
}
