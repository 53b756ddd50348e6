/**
 * The messages between the replicas of the membership service, and between them and other nodes, at
 * run time: the messages of the specifications (`spec/pbft`, `spec/membership`), and those that run
 * both over one log.
 *
 * - An operation of the log is signed by its submitter, so it does not matter which replica
 *   proposes it, or how often.
 * - `Slot` is a message of PBFT about one slot of the log, in one epoch of the service.
 * - `Output` is a message of the log to a node that has no part in it (yet). The node believes it
 *   when f+1 replicas send the same.
 */
import * as Schema from "effect/Schema"
import { View } from "../../spec/administrator/view.ts"
import { Certificate } from "../../spec/dbqs/epoch.ts"
import { Signed } from "../../spec/kernel/cryptography.ts"
import { Count, SetOf, Text } from "../../spec/kernel/node.ts"
import { EpochPart } from "../../spec/membership/following.ts"
import { LogState as MoveLog } from "../../spec/membership/move/log.ts"
import {
  Answer,
  Ask,
  Begin as BeginEpoch,
  Dealt,
  Sealed
} from "../../spec/membership/move/messages.ts"
import { Due, DueBy, DueContent } from "../../spec/membership/timers/messages.ts"
import { LogState as TrackingLog } from "../../spec/membership/tracking/log.ts"
import { Agree, Join, Ping, Pong, Propose } from "../../spec/membership/tracking/messages.ts"
import { AdministratorId, Members, ServerId } from "../../spec/nodes/nodes.ts"
import { Message as PbftMessage } from "../../spec/pbft/messages.ts"
import { Moved, SinceMove } from "./moves.ts"

/**
 * The public half with which other nodes seal the shares that they deal to a node in the epoch with
 * this number.
 */
export const Half = Signed(ServerId, Schema.Struct({ number: Count, half: Text }))
export type Half = typeof Half.Type

/** The authority orders: the service moves to these nodes. */
export const Move = Schema.TaggedStruct("Move", {
  order: Signed(
    AdministratorId,
    Schema.Struct({
      number: Count,
      members: Members.check(Schema.isMinLength(1)),
      halves: Schema.Array(Half).check(Schema.isMaxLength(128))
    })
  )
})
export type Move = typeof Move.Type

/** A replica reshares its share. */
export const Dealing = Schema.TaggedStruct("Dealing", {
  dealt: Signed(ServerId, Schema.Struct({ number: Count, sealed: SetOf(Sealed) }))
})
/** A replica has erased its share of the previous epoch. */
export const Erasure = Schema.TaggedStruct("Erasure", {
  erased: Signed(ServerId, Schema.Struct({ number: Count }))
})

/** The operations of the log. */
export const Operation = Schema.Union([Join, Agree, Due, Move, Dealing, Erasure])
export type Operation = typeof Operation.Type

/** An operation for the log. */
export const Submit = Schema.TaggedStruct("Submit", { operation: Operation })
export type Submit = typeof Submit.Type

/** A message of PBFT about this slot, in this epoch of the service. */
export const Slot = Schema.TaggedStruct("Slot", {
  epoch: Count,
  slot: Count,
  message: PbftMessage
})
export type Slot = typeof Slot.Type

/** The maximum number of operations in a slot. */
export const maxOperations = 256
/** Replicas agree on the hash of a batch in a slot; this is the batch. */
export const Batch = Schema.TaggedStruct("Batch", {
  epoch: Count,
  slot: Count,
  operations: Schema.Array(Operation).check(Schema.isMaxLength(maxOperations))
})
export type Batch = typeof Batch.Type
/** A replica lacks the batch with this hash, which the slot holds. */
export const Want = Schema.TaggedStruct("Want", { epoch: Count, slot: Count, hash: Text })
export type Want = typeof Want.Type

/** A replica lacks the slots from this one on, and asks for a checkpoint. */
export const SinceSlot = Schema.TaggedStruct("SinceSlot", { epoch: Count, slot: Count })
export type SinceSlot = typeof SinceSlot.Type

/** A replica's part of the certificate of an epoch of the system, and of one of the service. */
export const CertifySystem = Schema.TaggedStruct("CertifySystem", { part: EpochPart })
export const CertifyService = Schema.TaggedStruct("CertifyService", { part: EpochPart })

/** The public half of a node, for the epoch with this number. */
export const KnownHalf = Schema.Struct({ node: ServerId, number: Count, half: Text })
export type KnownHalf = typeof KnownHalf.Type

/** The state that all replicas have computed from the log, up to the same slot. */
export const LogState = Schema.Struct({
  /** The epoch of the service, and its replicas. */
  service: View,
  tracking: TrackingLog,
  move: MoveLog,
  /** The next slot, in this epoch of the service. */
  next: Count,
  due: SetOf(DueBy),
  halves: SetOf(KnownHalf)
})
export type LogState = typeof LogState.Type

/** A replica vouches for the state that it has computed from all slots before its `next`. */
export const Vouch = Schema.TaggedStruct("Vouch", { checkpoint: LogState })
export type Vouch = typeof Vouch.Type

/** The log announces that a share was dealt, or that an epoch of the service begins. */
export const Output = Schema.TaggedStruct("Output", {
  /** The number of the service's epoch in which the log sends this. */
  epoch: Count,
  said: Schema.Union([Dealt, BeginEpoch, Schema.TaggedStruct("State", { state: LogState })])
})
export type Output = typeof Output.Type

/** The edge: this timer of the receiver has expired. */
export const Timer = Schema.Union([
  Schema.TaggedStruct("View", { slot: Count, view: Count }),
  Schema.TaggedStruct("Interval", { epoch: Count, round: Count }),
  Schema.TaggedStruct("Due", DueContent.fields),
  /** The certificate of an epoch of the system is missing. */
  Schema.TaggedStruct("Behind", {})
])
export type Timer = typeof Timer.Type

/** Asks for the certificates from this epoch on. */
export const Since = Schema.TaggedStruct("Since", { number: Count })
export const maxCertificates = 32
/** Certificates of epochs of the system, one after the other. */
export const Certificates = Schema.TaggedStruct("Certificates", {
  certificates: Schema.Array(Certificate).check(Schema.isMaxLength(maxCertificates))
})
export type Certificates = typeof Certificates.Type

/** The request of the authority, or of any other node, to a replica; and the replica's standing. */
export const Inquire = Schema.TaggedStruct("Inquire", { number: Count })
export const Standing = Schema.TaggedStruct("Standing", {
  service: View,
  system: View,
  isMoving: Schema.Boolean,
  serves: Schema.Boolean,
  /** Its public half for the requested epoch. */
  half: Schema.NullOr(Half)
})
export type Standing = typeof Standing.Type

/** A replica's part of the answer to the question whether an epoch of the service has ended. */
export const Stated = Schema.TaggedStruct("Stated", { part: Answer.fields.part })

/** To itself: the slot of this object has something to request. */
export const Wake = Schema.TaggedStruct("Wake", {})

/** The messages to and from the service on the wire. */
export const members = [
  Submit,
  Slot,
  Batch,
  Want,
  SinceSlot,
  Vouch,
  CertifySystem,
  CertifyService,
  Output,
  Ping,
  Pong,
  Propose,
  Agree,
  Ask,
  Since,
  Certificates,
  Stated,
  Moved,
  SinceMove,
  Wake,
  Inquire,
  Standing
] as const

export const Message = Schema.Union(members)
export type Message = typeof Message.Type
