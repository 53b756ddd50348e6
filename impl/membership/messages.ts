/**
 * What the replicas of the membership service say to each other, and others to them, where it is
 * run: the messages of the specifications (`spec/pbft`, `spec/membership`), and what it takes to
 * run both over one log.
 *
 * - An operation of the log says itself who submits it: it is signed. So it does not matter which
 *   replica proposes it, or how often.
 * - `Slot` is a message of PBFT about one slot of the log, in one epoch of the service.
 * - `Output` is what the log tells somebody who has no part in it (yet): who hears the same of f+1
 *   replicas believes it.
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

/** The public half with which others seal what they deal to a node in the epoch of this number. */
export const Half = Signed(ServerId, Schema.Struct({ number: Count, half: Text }))
export type Half = typeof Half.Type

/** The authority: the service moves to these nodes. */
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

/** A replica deals its share anew. */
export const Dealing = Schema.TaggedStruct("Dealing", {
  dealt: Signed(ServerId, Schema.Struct({ number: Count, sealed: SetOf(Sealed) }))
})
/** A replica has erased its share of the epoch before this one. */
export const Erasure = Schema.TaggedStruct("Erasure", {
  erased: Signed(ServerId, Schema.Struct({ number: Count }))
})

/** What can stand in the log. */
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

/** The most operations that a slot holds. */
export const maxOperations = 256
/** What replicas agree upon in a slot is the hash of a batch; this is the batch. */
export const Batch = Schema.TaggedStruct("Batch", {
  epoch: Count,
  slot: Count,
  operations: Schema.Array(Operation).check(Schema.isMaxLength(maxOperations))
})
export type Batch = typeof Batch.Type
/** A replica lacks the batch with this hash, which the slot holds. */
export const Want = Schema.TaggedStruct("Want", { epoch: Count, slot: Count, hash: Text })
export type Want = typeof Want.Type

/** A replica's part of the certificate of an epoch of the system, and of one of the service. */
export const CertifySystem = Schema.TaggedStruct("CertifySystem", { part: EpochPart })
export const CertifyService = Schema.TaggedStruct("CertifyService", { part: EpochPart })

/** The public half of a node, for the epoch of this number. */
export const KnownHalf = Schema.Struct({ node: ServerId, number: Count, half: Text })
export type KnownHalf = typeof KnownHalf.Type

/** What all replicas have made of the log, up to the same slot. */
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

/** The log tells somebody that something has been dealt, or that an epoch of the service begins. */
export const Output = Schema.TaggedStruct("Output", {
  /** The number of the epoch of the service that it is said in. */
  epoch: Count,
  said: Schema.Union([Dealt, BeginEpoch, Schema.TaggedStruct("State", { state: LogState })])
})
export type Output = typeof Output.Type

/** The edge: this timer of the receiver has run out. */
export const Timer = Schema.Union([
  Schema.TaggedStruct("View", { slot: Count, view: Count }),
  Schema.TaggedStruct("Interval", { epoch: Count, round: Count }),
  Schema.TaggedStruct("Due", DueContent.fields),
  /** The certificate of an epoch of the system is missing. */
  Schema.TaggedStruct("Behind", {})
])
export type Timer = typeof Timer.Type

/** Which certificates there are from this epoch on. */
export const Since = Schema.TaggedStruct("Since", { number: Count })
export const maxCertificates = 32
/** Certificates of epochs of the system, one after the other. */
export const Certificates = Schema.TaggedStruct("Certificates", {
  certificates: Schema.Array(Certificate).check(Schema.isMaxLength(maxCertificates))
})
export type Certificates = typeof Certificates.Type

/** What the authority, or whoever is curious, asks a replica; and how it stands. */
export const Inquire = Schema.TaggedStruct("Inquire", { number: Count })
export const Standing = Schema.TaggedStruct("Standing", {
  service: View,
  system: View,
  isMoving: Schema.Boolean,
  serves: Schema.Boolean,
  /** Its public half for the epoch that was asked for. */
  half: Schema.NullOr(Half)
})
export type Standing = typeof Standing.Type

/** A replica's part of the answer to the question whether an epoch of the service is over. */
export const Stated = Schema.TaggedStruct("Stated", { part: Answer.fields.part })

/** To itself: there is something to ask for in the slot that this is about. */
export const Wake = Schema.TaggedStruct("Wake", {})

/** What is said over the wire to the service, and by it. */
export const members = [
  Submit,
  Slot,
  Batch,
  Want,
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
  Wake,
  Inquire,
  Standing
] as const

export const Message = Schema.Union(members)
export type Message = typeof Message.Type
