/**
 * Records in a log: the compact form says what JSON says, whoever reads it, and what has no compact
 * form is JSON.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { DurableRecord } from "../../../impl/host/record.ts"
import {
  inJson,
  type RecordSchemas,
  recordReader,
  recordWriter,
  schemaOf
} from "../../../impl/host/written-record.ts"
import { runnableNamed, runnableProtocols } from "../../../impl/protocols.ts"
import { headerMark } from "../../../impl/storage/block.ts"
import { canBeHeld } from "../../../impl/storage/payload.ts"
import { server } from "../../../spec/nodes/nodes.ts"
import { absurd } from "../hostile/absurd.ts"

const schemasOf = (protocol: string) => {
  const { Message, parts } = runnableNamed(protocol)
  return { Message, part: parts.server }
}

/** The same state with one more field: a later version's. */
const later = ({ Message, part }: ReturnType<typeof schemasOf>): RecordSchemas => ({
  Message,
  part: {
    ...part,
    Own: Schema.Struct({
      ...(part.Own as unknown as { readonly fields: Record<string, Schema.Top> }).fields,
      addedLater: Schema.optionalKey(Schema.String)
    }) as unknown as Schema.Codec<unknown, unknown>
  }
})

const preambleOf = (schemas: RecordSchemas): Uint8Array =>
  recordWriter(schemas).preamble as Uint8Array

/** A reader that was told this layout. */
const readerOf = (schemas: RecordSchemas, preamble = preambleOf(schemas)) => {
  const read = recordReader(schemas)
  expect(read(preamble)).toEqual(Result.succeed(undefined))
  return read
}

/** The record that was read, or why there is none. */
const recordIn = (read: ReturnType<ReturnType<typeof recordReader>>): unknown =>
  Result.match(read, { onSuccess: (found) => found?.record, onFailure: (refusal) => refusal })

/** One field of a record, with one item: with more, hardly any record breaks no bound. */
const brief = ([record, at]: readonly [DurableRecord, number]): DurableRecord => {
  const fields = Object.entries(record)
  const [field, value] = fields[at % fields.length] ?? ["memory", {}]
  return { [field]: Array.isArray(value) ? value.slice(0, 1) : value }
}

describe.each([...runnableProtocols, "membership"])("records of %s", (protocol) => {
  const schemas = schemasOf(protocol)
  const { encode } = recordWriter(schemas)
  const ast = (schemaOf(schemas.Message, schemas.part) as Schema.Top).ast
  const records = fc.tuple(absurd(ast) as fc.Arbitrary<DurableRecord>, fc.nat(9)).map(brief)

  it("are taken or refused as in JSON, by this version and by a later one", () => {
    const read = readerOf(schemas)
    const readLater = readerOf(later(schemas), preambleOf(schemas))
    const numRuns = 120
    let compact = 0
    let taken = 0
    fc.assert(
      fc.property(records, (record) => {
        const json = inJson(record)
        const bytes = encode(record)
        expect(canBeHeld(bytes)).toBe(true)
        const expected = recordIn(read(json))
        expect(recordIn(read(bytes))).toEqual(expected)
        expect(recordIn(readLater(bytes))).toEqual(expected)
        expect(bytes.length).toBeLessThanOrEqual(json.length + 1)
        if (bytes[0] === 1) compact += 1
        if (bytes[0] === 1 && Result.isSuccess(read(bytes))) taken += 1
      }),
      { numRuns }
    )
    expect(compact).toBeGreaterThan(0.5 * numRuns)
    expect(taken).toBeGreaterThan(0.1 * numRuns)
  })

  it("that are damaged are refused, or are records", () => {
    const read = readerOf(schemas)
    const readLater = readerOf(later(schemas), preambleOf(schemas))
    const damage = fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat({ max: 255 }))
    fc.assert(
      fc.property(records, fc.array(damage, { maxLength: 3 }), fc.nat(3), (record, where, cut) => {
        const bytes = Uint8Array.from(encode(record))
        if (bytes[0] !== 1) return
        for (const [at, byte] of where) bytes[1 + Math.floor(at * (bytes.length - 1))] = byte
        const damaged = bytes.subarray(0, Math.max(1, bytes.length - cut))
        const found = read(damaged)
        // A record that was taken is one that JSON would give as well.
        if (Result.isSuccess(found) && found.success !== undefined)
          expect(recordIn(read(inJson(found.success.record)))).toEqual(found.success.record)
        expect(Result.isSuccess(readLater(damaged))).toBe(Result.isSuccess(found))
      }),
      { numRuns: 120 }
    )
  })
})

describe("a record", () => {
  const schemas = schemasOf("rambo")
  const { encode } = recordWriter(schemas)
  const recordOf = (own: Record<string, unknown>): DurableRecord => ({
    steps: [{ node: server("s1"), key: "k", own }]
  })
  const pairOf = (value: string) => ({ timestamp: { number: 1, client: "c1/1" }, value })

  it("is compact, and JSON if it has a field that its Schema does not name", () => {
    expect(encode(recordOf({ pair: pairOf("v") }))[0]).toBe(1)
    const other = recordOf({ pair: pairOf("v"), other: 1 })
    expect(encode(other)).toEqual(inJson(other))
    expect(recordIn(readerOf(schemas)(encode(other)))).toEqual(other)
  })

  it("is JSON if its bytes would contain the mark of a block", () => {
    const value = `v${headerMark.toString("latin1")}v`
    const record = recordOf({ pair: pairOf(value) })
    expect(encode(record)).toEqual(inJson(record))
    expect(canBeHeld(encode(record))).toBe(true)
    expect(encode(recordOf({ pair: pairOf("ÿ") }))[0]).toBe(1)
  })

  it("is JSON if nothing says what the state of its process is", () => {
    const { preamble, encode } = recordWriter({ Message: schemas.Message })
    const record = recordOf({ pair: pairOf("v") })
    expect(preamble).toBeUndefined()
    expect(encode(record)).toEqual(inJson(record))
  })

  it("is refused where nothing says how it is written, and so are other bytes", () => {
    const problemOf = (bytes: Uint8Array) => Result.merge(recordReader(schemas)(bytes))
    const refusal = { _tag: "RecordUnknown" }
    expect(problemOf(encode(recordOf({ pair: pairOf("v") })))).toMatchObject(refusal)
    for (const none of ["", "\u0002", "\u0002AAAA", "\u0003", "[]", "{"])
      expect(problemOf(Buffer.from(none)), none).toMatchObject(refusal)
  })
})
