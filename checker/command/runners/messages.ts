/**
 * What the processes of a search say to each other. A conductor asks a runner for itself
 * (`Conduct`), makes it know the others (`Join`), and begins the search (`Begin`); what follows are
 * orders and answers. Runners call each other (`Peer`) and send parcels.
 *
 * A search that has to begin again without a reduction is another epoch: what is left of the former
 * one is dropped.
 */
import * as Schema from "effect/Schema"
import { Answer, Order } from "../../distributed/messages.ts"
import { Head } from "../../distributed/parcels.ts"
import { partitionCount } from "../../engine/numbers.ts"
import { reductionNames } from "../../network/reductions.ts"

const Text = Schema.String.check(Schema.isMaxLength(1 << 22))
const Name = Schema.String.check(Schema.isMaxLength(200))
const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const Index = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: partitionCount - 1 }))

const RunnerPlace = Schema.Struct({
  host: Name,
  port: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 }))
})

/** What is searched: the text of a scenario, so runners need no files. */
export const Searched = Schema.Struct({
  name: Text,
  text: Text,
  /** The properties to check instead of the scenario's. */
  properties: Schema.optionalKey(Schema.Array(Name)),
  keeping: Schema.Literals(["states", "fingerprints"])
})
export type Searched = typeof Searched.Type

/** The first frame of a connection to a runner. */
export const Greeting = Schema.Union([
  Schema.TaggedStruct("Conduct", {
    version: Name,
    byteOrder: Schema.Literals(["LE", "BE"]),
    search: Name
  }),
  Schema.TaggedStruct("Peer", { search: Name, from: Index })
])

/** From the conductor to a runner. */
export const Command = Schema.Union([
  Schema.TaggedStruct("Join", {
    index: Index,
    runners: Schema.Array(RunnerPlace).check(Schema.isMaxLength(partitionCount)),
    searched: Searched
  }),
  Schema.TaggedStruct("Begin", {
    epoch: Count,
    reductions: Schema.Array(Schema.Literals(reductionNames))
  }),
  Schema.TaggedStruct("Ask", { epoch: Count, order: Order })
])
export type Command = typeof Command.Type

/** From a runner to the conductor. */
export const Reply = Schema.Union([
  Schema.TaggedStruct("Ready", {}),
  Schema.TaggedStruct("Refused", { reason: Text, isBusy: Schema.Boolean }),
  Schema.TaggedStruct("Joined", {}),
  Schema.TaggedStruct("Answered", {
    epoch: Count,
    answer: Answer,
    /** The memory of the runner besides its states, and the most that it has held, in bytes. */
    heapBytes: Count,
    peakBytes: Count,
    /** What it has sent to other runners. */
    sentBytes: Count,
    sentParcels: Count,
    /** The processor time that the runner has taken, in microseconds. */
    processorMicroseconds: Count
  }),
  Schema.TaggedStruct("LostPeer", { peer: Index, reason: Text }),
  Schema.TaggedStruct("Failed", { reason: Text })
])
export type Reply = typeof Reply.Type

/** From runner to runner; the bytes of the parcel are those of the frame. */
export const PeerFrame = Schema.Struct({ epoch: Count, head: Head })

/** Decodes the head of a frame, or throws an error that says what is wrong. */
export const decoded = <A>(schema: Schema.Codec<A, unknown>, head: unknown): A =>
  Schema.decodeUnknownSync(schema)(head, { onExcessProperty: "error" })
