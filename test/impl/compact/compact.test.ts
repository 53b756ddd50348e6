/**
 * The compact encoding says what JSON says: a peer that reads it takes the same frames, and refuses
 * the same for the same reasons.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compactOf } from "../../../impl/compact/compact.ts"
import { encodeFrame, type Frame, frameOf } from "../../../impl/link/frame.ts"
import { compactEncoder, frameDecoder } from "../../../impl/link/wire.ts"
import { runnableNamed, runnableProtocols } from "../../../impl/protocols.ts"
import { Count, NodeId, SetOf } from "../../../spec/kernel/node.ts"
import { absurd } from "../hostile/absurd.ts"

const payload = (frame: Uint8Array) => frame.subarray(4)
const isCompact = (frame: Uint8Array) => frame[4] === 1
const options = { maxParts: 1000, parse: JSON.parse }
const compact = <A>(schema: Schema.Codec<A, unknown>) => compactOf(schema.ast, options)
const layoutOf = (schema: Schema.Codec<unknown, unknown>) => compact(schema)?.layout

describe.each(runnableProtocols)("frames of %s", (protocol) => {
  const { Message } = runnableNamed(protocol)
  const encode = compactEncoder(Message)
  const decode = frameDecoder(Message)
  const frames = absurd(frameOf(Message).ast) as fc.Arbitrary<Frame>
  const is = Schema.is(frameOf(Message))

  it("are taken or refused as in JSON, and are not longer", () => {
    let compactFrames = 0
    let takenFrames = 0
    const numRuns = 300
    fc.assert(
      fc.property(frames, (frame) => {
        const json = encodeFrame(frame)
        const bytes = encode(frame)
        const expected = decode(payload(json))
        expect(decode(payload(bytes))).toEqual(expected)
        expect(bytes.length).toBeLessThanOrEqual(json.length + 1)
        if (isCompact(bytes)) compactFrames += 1
        if (isCompact(bytes) && Result.isSuccess(expected)) takenFrames += 1
      }),
      { numRuns }
    )
    expect(compactFrames).toBeGreaterThan(0.7 * numRuns)
    expect(takenFrames).toBeGreaterThan(0.1 * numRuns)
  })

  it("that are damaged are refused, or are what the Schema takes", () => {
    const damage = fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat({ max: 255 }))
    fc.assert(
      fc.property(frames, fc.array(damage, { maxLength: 3 }), fc.nat(3), (frame, where, cut) => {
        const bytes = Uint8Array.from(payload(encode(frame)))
        if (bytes[0] !== 1) return
        for (const [at, byte] of where) bytes[1 + Math.floor(at * (bytes.length - 1))] = byte
        const decoded = decode(bytes.subarray(0, bytes.length - cut))
        if (Result.isSuccess(decoded)) expect(is(decoded.success)).toBe(true)
      }),
      { numRuns: 300 }
    )
  })
})

describe("a compact encoding", () => {
  const Named = Schema.Struct({ name: NodeId, members: SetOf(NodeId) })

  it("has the layout of its Schema: its fields and kinds, and not its bounds", () => {
    const Pair = Schema.Struct({ value: Schema.String, number: Schema.Int })
    const layouts = [
      Pair,
      Schema.Struct({ number: Schema.Int, value: Schema.String }),
      Schema.Struct({ value: Schema.String, count: Schema.Int }),
      Schema.Struct({ value: Schema.String, number: Schema.optionalKey(Schema.Int) }),
      Schema.Struct({ value: Schema.NullOr(Schema.String), number: Schema.Int }),
      Schema.Struct({ value: Schema.Array(Schema.String), number: Schema.Int })
    ].map((schema) => layoutOf(schema as Schema.Codec<unknown, unknown>))
    expect(new Set(layouts).size).toBe(layouts.length)
    expect(layouts).not.toContain(undefined)
    const bounded = Schema.Struct({
      value: Schema.String.check(Schema.isMaxLength(3)),
      number: Count
    })
    expect(layoutOf(bounded as Schema.Codec<unknown, unknown>)).toBe(layouts[0])
  })

  it("is none of a Schema that changes what it decodes, or has fields without names", () => {
    expect(layoutOf(Schema.FiniteFromString as Schema.Codec<unknown, unknown>)).toBeUndefined()
    expect(layoutOf(Schema.Struct({ at: Schema.Record(Schema.String, Count) }))).toBeUndefined()
  })

  it("gives the same record for the same bytes, and never one that breaks a bound", () => {
    const { encode, decode } = compact(Named) as NonNullable<ReturnType<typeof compact>>
    const bytes = (members: ReadonlyArray<string>) => encode({ name: "s1", members }, 0) as Buffer
    const read = (members: ReadonlyArray<string>) => decode(bytes(members), 0)
    const first = read(["s1", "s2"])
    expect(first).toEqual({ _tag: "Value", value: { name: "s1", members: ["s1", "s2"] } })
    const again = read(["s1", "s2"])
    expect(again._tag === "Value" && first._tag === "Value" && again.value === first.value).toBe(
      true
    )
    for (let time = 0; time < 2; time++) expect(read(["s2", "s1"])._tag).toBe("Unchecked")
  })

  it("refuses what ends early, continues too long, or has too many parts", () => {
    const { encode, decode } = compact(Schema.Array(Count)) as NonNullable<
      ReturnType<typeof compact>
    >
    const bytes = encode([1, 2 ** 16, 2 ** 40], 0) as Buffer
    expect(decode(bytes, 0)).toEqual({ _tag: "Value", value: [1, 2 ** 16, 2 ** 40] })
    for (let end = 0; end < bytes.length; end++)
      expect(decode(bytes.subarray(0, end), 0)._tag).toBe("Malformed")
    expect(decode(Buffer.concat([bytes, bytes]), 0)._tag).toBe("Malformed")
    const full = encode(Array(1000).fill(0), 0) as Buffer
    expect(decode(full, 0)._tag).toBe("Value")
    const more = Buffer.concat([full, Buffer.from([0])])
    more.writeUInt16LE(1001, 1)
    expect(decode(more, 0)._tag).toBe("Malformed")
    // What no reader takes is not written.
    expect(encode(Array(1001).fill(0), 0)).toBeUndefined()
    expect(decode(Buffer.from([249, 255, 255, 255, 255]), 0)._tag).toBe("Malformed")
  })

  it("of numbers and text is exact", () => {
    const { encode, decode } = compact(
      Schema.Array(Schema.Union([Schema.Number, Schema.String]))
    ) as NonNullable<ReturnType<typeof compact>>
    const values = [
      ...[0, 247, 248, 65535, 65536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, -1, 0.5, 1e300],
      ...["", "é", "ÿ".repeat(100), "€", "x€".repeat(100), "\u{10ffff}", "\ufeffx", "\u0000"]
    ]
    expect(decode(encode(values, 0) as Buffer, 0)).toEqual({ _tag: "Value", value: values })
    expect(decode(encode([-0], 0) as Buffer, 0)).toEqual({ _tag: "Value", value: [0] })
    for (const none of ["\ud800", Number.NaN, Number.POSITIVE_INFINITY])
      expect(encode([none], 0)).toBeUndefined()
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string({ unit: "binary" }),
            fc.double({ noNaN: true, noDefaultInfinity: true })
          )
        ),
        (some) => {
          const value = JSON.parse(JSON.stringify(some))
          expect(decode(encode(some, 0) as Buffer, 0)).toEqual({ _tag: "Value", value })
        }
      ),
      { numRuns: 200 }
    )
  })
})
