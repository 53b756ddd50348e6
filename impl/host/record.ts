/**
 * What an endpoint keeps on stable storage: one record, a line of JSON, for what it did with one
 * frame.
 *
 * A record is applied whole or not at all. Records assign, they do not add: applying one that a
 * snapshot already contains changes nothing.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Change } from "../../spec/kernel/keyed.ts"
import { Count, NodeId } from "../../spec/kernel/node.ts"
import { RegisterName } from "../../spec/register/operation.ts"
import { envelopeOf, Name } from "../link/frame.ts"
import { MemoryRecord } from "../memory/memory.ts"
import { fromEarlier } from "./earlier.ts"

const Fields = Schema.Record(Schema.String, Schema.Unknown)

/** What a step changed, but for the key; the fields of one object are written under `register`. */
const changed = {
  own: Schema.optionalKey(Fields),
  shared: Schema.optionalKey(Fields),
  dropped: Schema.optionalKey(Schema.Array(Schema.String))
}
const names = { own: "register" } as const

/** A change as it is read from logs and recordings; with its key, and without. */
export const WrittenChange = Schema.Struct({ key: RegisterName, ...changed }).pipe(
  Schema.encodeKeys(names)
)
export const WrittenChanged = Schema.Struct(changed).pipe(Schema.encodeKeys(names))

/** A change, with or without more, as it is written to logs and recordings. */
export const written = ({ own, ...rest }: Omit<Change, "key">): object =>
  own === undefined ? rest : { ...rest, register: own }

const recordOf = (Message: Schema.Codec<unknown, unknown>) => {
  const Envelope = envelopeOf(Message)
  return Schema.Struct({
    /** Whose memory this is, its sessions, and what is remembered for others. */
    memory: Schema.optionalKey(MemoryRecord),
    /** What the steps of processes changed. */
    steps: Schema.optionalKey(
      Schema.Array(
        Schema.Struct({ node: NodeId, key: RegisterName, ...changed }).pipe(
          Schema.encodeKeys(names)
        )
      )
    ),
    /**
     * A post of this peer was answered so; all its posts with numbers below `settled` are settled.
     */
    answer: Schema.optionalKey(
      Schema.Struct({
        peer: Name,
        sequence: Count,
        settled: Count,
        envelopes: Schema.Array(Envelope)
      })
    ),
    /** Posts of our own to these peers. */
    posts: Schema.optionalKey(
      Schema.Array(Schema.Struct({ peer: Name, sequence: Count, envelope: Envelope }))
    ),
    /** This peer answered this post of ours. */
    answered: Schema.optionalKey(Schema.Struct({ peer: Name, sequence: Count })),
    /**
     * Numbers of posts to this peer begin here; all its posts with numbers below `settled` are
     * settled.
     */
    next: Schema.optionalKey(
      Schema.Struct({ peer: Name, sequence: Count, settled: Schema.optionalKey(Count) })
    )
  })
}

export type DurableRecord = ReturnType<typeof recordOf>["Type"]

/**
 * A record whose checksum is right and whose content is unknown: another version wrote it, or
 * another protocol.
 */
export class RecordUnknown extends Schema.TaggedError<RecordUnknown>()("RecordUnknown", {
  reason: Schema.String
}) {
  override get message(): string {
    return `the log has a record that this version does not know: ${this.reason}`
  }
}

export const encodeRecord = (record: DurableRecord): string =>
  JSON.stringify(
    record.steps === undefined ? record : { ...record, steps: record.steps.map(written) }
  )

/** Reads records with messages of this Schema. */
export const recordDecoder = (Message: Schema.Codec<unknown, unknown>) => {
  const decode = Schema.decodeUnknownResult(recordOf(Message))
  return (line: string): Result.Result<DurableRecord, RecordUnknown> => {
    let data: unknown
    try {
      data = JSON.parse(line)
    } catch {
      return Result.fail(new RecordUnknown({ reason: "it is not JSON" }))
    }
    return Result.orElse(decode(data), ({ message }) =>
      Result.mapError(decode(fromEarlier(data)), () => new RecordUnknown({ reason: message }))
    )
  }
}
