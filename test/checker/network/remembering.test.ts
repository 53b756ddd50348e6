/**
 * The cache of the adversary's derivation changes nothing: knowledge and messages equal those of a
 * derivation without a cache, in the same order, regardless of earlier queries.
 */
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Remembering } from "../../../checker/network/remembering.ts"
import {
  type Adversary,
  derivation,
  type Knowledge,
  type Strength,
  strengths
} from "../../../spec/kernel/adversary.ts"
import { Encrypted, Signed, SigningKey, SymmetricKey } from "../../../spec/kernel/cryptography.ts"
import { canonical, compare, equals } from "../../../spec/kernel/data.ts"
import { JointlySigned, Partial, Share, SubShare } from "../../../spec/kernel/threshold.ts"
import { ServerId, server } from "../../../spec/nodes/nodes.ts"

const Text = Schema.Literals(["x", "y", "made up"])
const Note = Schema.Struct({ text: Text, by: Schema.optionalKey(ServerId) })
const Message = Schema.Union([
  Schema.TaggedStruct("Say", { note: Note, number: Schema.NullOr(Schema.Int) }),
  Schema.TaggedStruct("Sign", { signed: Signed(ServerId, Note) }),
  Schema.TaggedStruct("Give", { key: SigningKey(ServerId) }),
  Schema.TaggedStruct("Share", { key: SymmetricKey(ServerId) }),
  Schema.TaggedStruct("Seal", { sealed: Encrypted(ServerId, SigningKey(ServerId)) }),
  Schema.TaggedStruct("List", { members: Schema.Array(ServerId) }),
  Schema.TaggedStruct("Part", { part: Partial(ServerId, Text), share: Share(ServerId) }),
  Schema.TaggedStruct("Deal", { sealed: Encrypted(ServerId, SubShare(ServerId)) }),
  Schema.TaggedStruct("Whole", { whole: JointlySigned(Text) }),
  Schema.TaggedStruct("Both", { first: Note, second: Signed(ServerId, Note) }).check(
    Schema.makeFilter(({ first, second }) => equals(first, second.content), {
      expected: "what is signed"
    })
  )
])
type Message = typeof Message.Type

const owner = fc.constantFrom(server("a"), server("b"))
const text = fc.constantFrom("x" as const, "y" as const)
const count = fc.integer({ min: 0, max: 2 })
const note = fc.record({ text, by: owner }, { requiredKeys: ["text"] })
const key = fc.record({ owner })
const dealt = { dealing: fc.integer({ min: 0, max: 1 }), threshold: fc.constant(2), holder: owner }
const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ _tag: fc.constant("Say" as const), note, number: fc.option(count) }),
  fc.record({ signer: owner, content: note }).map((signed) => ({ _tag: "Sign" as const, signed })),
  fc.record({ _tag: fc.constant("Give" as const), key }),
  fc.record({ owner, times: count }).map((shared) => ({ _tag: "Share" as const, key: shared })),
  fc
    .record({ owner, times: count, content: key })
    .map((sealed) => ({ _tag: "Seal" as const, sealed })),
  fc.uniqueArray(owner).map((members) => ({ _tag: "List" as const, members })),
  fc.record({
    _tag: fc.constant("Part" as const),
    part: fc.record({ ...dealt, content: text }),
    share: fc.record(dealt)
  }),
  fc
    .record({
      owner,
      times: count,
      content: fc.record({ ...dealt, dealer: owner, needed: fc.integer({ min: 1, max: 2 }) })
    })
    .map((sealed) => ({ _tag: "Deal" as const, sealed })),
  text.map((content) => ({ _tag: "Whole" as const, whole: { content } })),
  fc
    .record({ signer: owner, content: note })
    .map((second) => ({ _tag: "Both" as const, first: second.content, second }))
)

const adversaryOf = (strength: Strength): Adversary => ({
  strength,
  domain: { text: ["made up"], number: [9], dealing: [], threshold: [], times: [], needed: [] }
})

/** A derivation that remembers what all runs have asked, and the one that remembers nothing. */
const both = (strength: Strength) => ({
  plain: derivation(adversaryOf(strength), [Message]),
  remembering: derivation(adversaryOf(strength), [Message], new Remembering())
})

const swapped = new Map([
  ["a", "b"],
  ["b", "a"]
]) as unknown as Parameters<ReturnType<typeof derivation>["rename"]>[0]

describe("a derivation that remembers", () => {
  it.each(strengths)("derives the same as one that does not: %s", (strength) => {
    const { plain, remembering } = both(strength)
    fc.assert(
      fc.property(fc.array(anyMessage, { minLength: 1, maxLength: 5 }), (messages) => {
        let known: Knowledge = []
        let remembered: Knowledge = []
        for (const message of messages) {
          const before = known
          known = plain.learn(known, Message, message)
          remembered = remembering.learn(remembered, Message, message)
          expect(remembered).toEqual(known)
          expect(remembering.derivable(remembered, Message).map(canonical)).toEqual(
            plain.derivable(known, Message).map(canonical)
          )
          expect(remembering.rename(swapped, remembered)).toEqual(plain.rename(swapped, known))
          expect(remembering.isNoMore(before, remembered)).toBe(plain.isNoMore(before, known))
        }
      }),
      { numRuns: 30 }
    )
  })

  it("takes a knowledge that it has not learnt itself, as a worker receives it", () => {
    const { plain, remembering } = both("equivocating")
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 3 }), anyMessage, (messages, more) => {
        const known = messages.reduce<Knowledge>(
          (knowledge, message) => plain.learn(knowledge, Message, message),
          []
        )
        const told: Knowledge = JSON.parse(canonical(known))
        expect(remembering.learn(told, Message, more)).toEqual(plain.learn(known, Message, more))
      }),
      { numRuns: 50 }
    )
  })
})

describe("what is kept", () => {
  it("is one object for all equal data, and as many as there are different ones", () => {
    const keeping = new Remembering()
    const data = fc.jsonValue({ maxDepth: 2, depthSize: "small" })
    fc.assert(
      fc.property(data, data, (left, right) => {
        const isOne = keeping.kept<unknown>(left) === keeping.kept<unknown>(right)
        expect(isOne).toBe(compare(left, right) === 0)
        expect(keeping.kept(left)).toEqual(left)
      })
    )
  })

  it("does not distinguish a field that is undefined from one that is absent", () => {
    const keeping = new Remembering()
    expect(keeping.kept<object>({ x: 1, y: undefined })).toBe(keeping.kept<object>({ x: 1 }))
  })
})
