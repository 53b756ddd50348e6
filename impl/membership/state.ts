/**
 * The state of a replica of the membership service.
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
import { Moves } from "./moves.ts"
import { SlotState } from "./slots.ts"

export const Shared = Schema.Struct({
  key: SigningKey(ServerId),
  /** The state that all replicas have computed from the log. */
  log: LogState,
  /** A recent state of the log, for a replica that lacks slots which are no longer remembered. */
  checkpoint: Schema.optionalKey(LogState),
  /** The checkpoints that others vouch for, while this replica is behind. */
  vouched: Schema.optionalKey(SetOf(Schema.Struct({ by: ServerId, checkpoint: LogState }))),
  /** The previous epoch of the service, if this replica has seen it end. */
  former: Schema.optionalKey(View),
  /** The progress of probing. */
  probing: Schema.Struct({ view: View, ...Probing }),
  /** The replica's shares of the service's key, and the epochs of the service that it knows. */
  move: MoveState,
  /** The latest certified epoch of the system, and the collected parts of the next certificate. */
  system: Schema.Struct(Following.Following),
  certificates: Schema.Array(Certificate),
  /** What certifies the epochs of the service, for those who come later. */
  moves: Moves,
  /** What was submitted, and does not stand in the log yet. */
  pool: Schema.Array(OperationSchema),
  /** The outputs of the log that it received while it had no part in the log. */
  outputs: SetOf(Schema.Struct({ from: ServerId, output: Output })),
  /** The outputs already taken, and their epochs of the service: the log sends each output once. */
  taken: Schema.Array(Schema.Struct({ epoch: Count, what: Schema.String }))
})
export const Own = Schema.Struct({
  slot: Schema.NullOr(SlotState),
  /** The proposed batches for the slot, by sender. */
  batches: Schema.Array(Schema.Struct({ from: ServerId, hash: Schema.String, batch: Batch }))
})
export type ReplicaState = typeof Shared.Type & typeof Own.Type

/** The process's input besides messages: a timer has expired. */
export interface TimerMessage {
  readonly _tag: "Timer"
  readonly timer: Timer
}
