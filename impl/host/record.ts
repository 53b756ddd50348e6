/**
 * The stable storage of an endpoint: one record for the effects of one frame. Here records are
 * JSON; `written-record.ts` writes them compactly.
 *
 * A record is applied whole or not at all. Records assign and do not add: applying one that a
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

/**
 * The changes of a step, without the key; the fields of one object are written under `register`.
 */
const changed = {
  own: Schema.optionalKey(Fields),
  shared: Schema.optionalKey(Fields),
  dropped: Schema.optionalKey(Schema.Array(Schema.String))
}
const names = { own: "register" } as const

/** A change as read from logs and recordings; with its key, and without. */
export const WrittenChange = Schema.Struct({ key: RegisterName, ...changed }).pipe(
  Schema.encodeKeys(names)
)
export const WrittenChanged = Schema.Struct(changed).pipe(Schema.encodeKeys(names))

/** A change, possibly with further fields, as written to logs and recordings. */
export const written = ({ own, ...rest }: Omit<Change, "key">): object =>
  own === undefined ? rest : { ...rest, register: own }

/** The Schema of a record, with messages of this Schema and with steps of that one. */
export const recordOf = <Step extends Schema.Top>(
  Message: Schema.Codec<unknown, unknown>,
  Step: Step
) => {
  const Envelope = envelopeOf(Message)
  return Schema.Struct({
    /** The memory's owner and sessions, and the marks kept for other nodes. */
    memory: Schema.optionalKey(MemoryRecord),
    /** The changes of the processes' steps. */
    steps: Schema.optionalKey(Schema.Array(Step)),
    /**
     * The answer to a post of this peer; all its posts with numbers below `settled` are settled.
     */
    answer: Schema.optionalKey(
      Schema.Struct({
        peer: Name,
        sequence: Count,
        settled: Count,
        envelopes: Schema.Array(Envelope)
      })
    ),
    /** Posts of this endpoint to these peers. */
    posts: Schema.optionalKey(
      Schema.Array(Schema.Struct({ peer: Name, sequence: Count, envelope: Envelope }))
    ),
    /** This peer answered this post of this endpoint. */
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

/** A step of a process; the fields of its state are not known here. */
const Step = Schema.Struct({ node: NodeId, key: RegisterName, ...changed }).pipe(
  Schema.encodeKeys(names)
)

export type DurableRecord = ReturnType<typeof recordOf<typeof Step>>["Type"]

/**
 * A record with a correct checksum and unknown content: another version or another protocol wrote
 * it.
 */
export class RecordUnknown extends Schema.TaggedError<RecordUnknown>()("RecordUnknown", {
  reason: Schema.String
}) {
  override get message(): string {
    return `the log has a record that this version does not know: ${this.reason} — run the version that wrote it`
  }
}

/** The record as plain data, under the names that logs have had before. */
const plain = (record: DurableRecord): object =>
  record.steps === undefined ? record : { ...record, steps: record.steps.map(written) }

export const encodeRecord = (record: DurableRecord): string => JSON.stringify(plain(record))

/** Reads records with messages of this Schema. */
export const recordDecoder = (Message: Schema.Codec<unknown, unknown>) => {
  const decode = Schema.decodeUnknownResult(recordOf(Message, Step))
  const decodeData = (data: unknown): Result.Result<DurableRecord, RecordUnknown> =>
    Result.orElse(decode(data), ({ message }) =>
      Result.mapError(decode(fromEarlier(data)), () => new RecordUnknown({ reason: message }))
    )
  return {
    /** Reads a line of JSON. */
    line: (line: string): Result.Result<DurableRecord, RecordUnknown> => {
      let data: unknown
      try {
        data = JSON.parse(line)
      } catch {
        return Result.fail(new RecordUnknown({ reason: "it is not JSON" }))
      }
      return decodeData(data)
    },
    /** Checks a record that has the form of one. */
    data: (record: unknown): Result.Result<DurableRecord, RecordUnknown> =>
      decodeData(plain(record as DurableRecord))
  }
}
