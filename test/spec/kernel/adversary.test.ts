/**
 * What the adversary can build from what it knows: laws of the derivation, and what each strength
 * adds.
 */
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { derivation, type Knowledge, strengths } from "../../../spec/kernel/adversary.ts"
import {
  Encrypted,
  forged,
  Signed,
  SigningKey,
  SymmetricKey
} from "../../../spec/kernel/cryptography.ts"
import { canonical, equals } from "../../../spec/kernel/data.ts"
import { JointlySigned, Partial, Share } from "../../../spec/kernel/threshold.ts"
import { ClientId, client } from "../../../spec/nodes/nodes.ts"

const Note = Schema.Struct({ text: Schema.String, number: Schema.Int })
const SignedNote = Signed(ClientId, Note)
const Message = Schema.Union([
  Schema.TaggedStruct("Ask", { operation: Schema.Int }),
  Schema.TaggedStruct("Tell", { operation: Schema.Int, note: SignedNote }),
  Schema.TaggedStruct("Say", { note: Note })
])
type Message = typeof Message.Type
const Holding = Schema.Struct({ key: SigningKey(ClientId) })

const [alice, bob] = [client("alice"), client("bob")]
const domain = { number: [7], text: [], operation: [], signer: [] }
const adversaries = strengths.map((strength) => derivation({ strength, domain }))
const [silent, stale, equivocating, arbitrary] = adversaries as [
  ReturnType<typeof derivation>,
  ReturnType<typeof derivation>,
  ReturnType<typeof derivation>,
  ReturnType<typeof derivation>
]

const heard = (messages: ReadonlyArray<Message>): Knowledge =>
  messages.reduce<Knowledge>((known, message) => stale.learn(known, Message, message), [])
const buildable = (by: ReturnType<typeof derivation>, knowledge: Knowledge) =>
  by.derivable(knowledge, Message).map(canonical)
const has = (by: ReturnType<typeof derivation>, knowledge: Knowledge, message: Message): boolean =>
  by.derivable(knowledge, Message).some((one) => equals(one, message))

const note = (text: string, number: number) => ({ text, number })
const told = (signer: typeof alice, text: string, number: number, operation = 1): Message => ({
  _tag: "Tell",
  operation,
  note: { signer, content: note(text, number) }
})

const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ _tag: fc.constant("Ask" as const), operation: fc.integer({ min: 1, max: 2 }) }),
  fc
    .tuple(fc.constantFrom(alice, bob), fc.constantFrom("x", "y"), fc.integer({ min: 1, max: 2 }))
    .map(([signer, text, number]) => told(signer, text, number)),
  fc
    .tuple(fc.constantFrom("x", "y"), fc.integer({ min: 1, max: 2 }))
    .map(([text, number]) => ({ _tag: "Say" as const, note: note(text, number) }))
)

describe("what is derivable", () => {
  it("is nothing for a silent adversary", () => {
    expect(silent.derivable(heard([told(alice, "x", 1)]), Message)).toEqual([])
  })

  it("has each value once, of the Schema", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 3 }), (messages) => {
        for (const by of adversaries) {
          const built = by.derivable(heard(messages), Message)
          expect(new Set(built.map(canonical)).size).toBe(built.length)
          expect(built.every(Schema.is(Message))).toBe(true)
        }
      }),
      { numRuns: 50 }
    )
  })

  it("has every message that was heard, unless the adversary is silent", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { minLength: 1, maxLength: 3 }), (messages) => {
        for (const by of [stale, equivocating, arbitrary])
          for (const message of messages) expect(has(by, heard(messages), message)).toBe(true)
      }),
      { numRuns: 50 }
    )
  })

  it("grows with what is known, and with the strength", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 3 }), anyMessage, (messages, more) => {
        const [before, after] = [heard(messages), heard([...messages, more])]
        for (const [index, by] of adversaries.entries()) {
          expect(buildable(by, after)).toEqual(expect.arrayContaining(buildable(by, before)))
          const weaker = adversaries[index - 1]
          if (weaker !== undefined)
            expect(buildable(by, before)).toEqual(expect.arrayContaining(buildable(weaker, before)))
        }
      }),
      { numRuns: 50 }
    )
  })

  it("does not depend on the order in which it was heard", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 4 }), (messages) => {
        expect(heard(messages.toReversed())).toEqual(heard(messages))
      })
    )
  })
})

describe("a signed term", () => {
  const knowledge = heard([
    told(alice, "x", 1),
    { _tag: "Ask", operation: 2 },
    { _tag: "Say", note: note("y", 2) }
  ])

  it("is repeated in another message, and nobody signs another without the key", () => {
    expect(has(stale, knowledge, told(alice, "x", 1, 2))).toBe(true)
    for (const by of adversaries) {
      expect(has(by, knowledge, told(alice, "y", 2))).toBe(false)
      expect(has(by, knowledge, told(alice, "x", 2))).toBe(false)
    }
  })

  it("is signed by whoever knows the key, if strong enough", () => {
    const known = stale.learn(knowledge, Holding, { key: { owner: alice } })
    expect(has(stale, known, told(alice, "y", 2))).toBe(false)
    expect(has(equivocating, known, told(alice, "y", 1))).toBe(true)
    expect(has(equivocating, known, told(alice, "y", 7))).toBe(false)
    expect(has(arbitrary, known, told(alice, "y", 7))).toBe(true)
    expect(has(arbitrary, known, told(bob, "y", 2))).toBe(false)
  })

  it("is made up by an arbitrary adversary alone, and then verifies nowhere", () => {
    const fake: Message = {
      _tag: "Tell",
      operation: 1,
      note: { signer: alice, content: note("y", 7), signature: forged }
    }
    expect(has(equivocating, knowledge, fake)).toBe(false)
    expect(has(arbitrary, knowledge, fake)).toBe(true)
  })

  it("makes up a part of a joint signature for each holder that it has heard of", () => {
    const Part = Schema.Struct({ part: Partial(ClientId, Note) })
    const part = { dealing: 0, threshold: 2, holder: bob, content: note("x", 1) }
    const known = stale.learn([], Part, { part })
    const fake = { part: { ...part, content: note("x", 7), signature: forged } }
    const isBuilt = (by: ReturnType<typeof derivation>) =>
      by.derivable(known, Part).some((one) => equals(one, fake))
    expect([equivocating, arbitrary].map(isBuilt)).toEqual([false, true])
  })

  it("makes up a joint signature only if it is arbitrary, though it knows enough shares", () => {
    const Known = Schema.Struct({
      shares: Schema.Array(Share(ClientId)),
      note: JointlySigned(Note)
    })
    const Whole = Schema.Struct({ note: JointlySigned(Note) })
    const shares = [alice, bob].map((holder) => ({ dealing: 0, threshold: 2, holder }))
    const known = stale.learn([], Known, { shares, note: { content: note("x", 1) } })
    const fake = { note: { content: note("x", 1), signature: forged } }
    const isBuilt = (by: ReturnType<typeof derivation>) =>
      by.derivable(known, Whole).some((one) => equals(one, fake))
    expect([equivocating, arbitrary].map(isBuilt)).toEqual([false, true])
  })

  it("is learned from every element of a tuple", () => {
    const Two = Schema.Tuple([SignedNote, SignedNote])
    const [first, second] = [alice, bob].map((signer) => ({ signer, content: note("z", 9) }))
    if (first === undefined || second === undefined) throw new Error("two notes")
    const known = stale.learn([], Schema.Struct({ two: Two }), { two: [first, second] })
    expect(stale.derivable(known, Schema.Struct({ note: SignedNote }))).toHaveLength(2)
  })

  it("hides nothing that it says", () => {
    expect(
      has(equivocating, heard([told(alice, "x", 1)]), { _tag: "Say", note: note("x", 1) })
    ).toBe(true)
  })
})

describe("a record that was heard", () => {
  const knowledge = heard([
    { _tag: "Say", note: note("x", 1) },
    { _tag: "Say", note: note("y", 2) }
  ])

  it("has every value of a type that has few, whatever is known", () => {
    const Few = Schema.TaggedStruct("Few", {
      flag: Schema.Boolean,
      choice: Schema.NullOr(Schema.Literals(["a", "b"]))
    })
    const built = equivocating.derivable([], Few)
    for (const flag of [false, true])
      for (const choice of ["a", "b", null])
        expect(built).toContainEqual({ _tag: "Few", flag, choice })
    expect(built).toHaveLength(6)
  })

  it("is taken apart and put together anew by an equivocating adversary, not by a stale one", () => {
    expect(has(stale, knowledge, { _tag: "Say", note: note("x", 2) })).toBe(false)
    expect(has(equivocating, knowledge, { _tag: "Say", note: note("x", 2) })).toBe(true)
  })
})

describe("a list that was heard", () => {
  const List = Schema.Struct({ numbers: Schema.Array(Schema.Int) })
  const list = (...numbers: ReadonlyArray<number>) => ({ numbers })
  const lying = derivation({ strength: "arbitrary", domain: { ...domain, numbers: [[7]] } })
  const built = (by: ReturnType<typeof derivation>) =>
    by.derivable(by.learn(by.learn([], List, list(1, 2)), List, list(3)), List)

  it("is repeated as it was, beside what an arbitrary adversary makes up", () => {
    expect(built(equivocating)).toEqual([list(1, 2), list(3)])
    expect(built(lying)).toEqual([list(1, 2), list(3), list(7)])
  })
})

describe("a record by names that was heard", () => {
  const ByName = Schema.Struct({ notes: Schema.Record(Schema.String, Note) })

  it("is heard with what it has by each name", () => {
    const knowledge = stale.learn([], ByName, { notes: { one: note("x", 1), two: note("y", 2) } })
    expect(has(equivocating, knowledge, { _tag: "Say", note: note("y", 2) })).toBe(true)
  })
})

describe("a field that may be absent", () => {
  const Told = Schema.Struct({ number: Schema.Int, text: Schema.optionalKey(Schema.String) })

  it("is left out, and has every value that it can have", () => {
    const knowledge = heard([{ _tag: "Say", note: note("x", 1) }])
    expect(equivocating.derivable(knowledge, Told)).toEqual([
      { number: 1 },
      { number: 1, text: "x" }
    ])
  })
})

describe("a symmetric key", () => {
  const Keys = Schema.Struct({ key: SymmetricKey(ClientId) })
  const First = Schema.Struct({ key: SymmetricKey(Schema.Literal("alice")) })
  const key = (owner: typeof alice, times: number) => ({ key: { owner, times } })
  const knowledge = [key(alice, 0), key(bob, 2)].reduce<Knowledge>(
    (known, one) => stale.learn(known, Keys, one),
    []
  )

  it("is repeated, and hashed as often as some key was, where a key of its owner may stand", () => {
    expect(stale.derivable(knowledge, Keys)).toEqual([key(alice, 0), key(bob, 2)])
    expect(equivocating.derivable(knowledge, Keys)).toEqual([
      ...[key(alice, 0), key(bob, 2), key(alice, 2)]
    ])
    expect(equivocating.derivable(knowledge, First)).toEqual([key(alice, 0), key(alice, 2)])
  })

  it("encrypts whatever can be built, if the adversary puts together", () => {
    const Box = Schema.Struct({ box: Encrypted(ClientId, Schema.Struct({ text: Schema.String })) })
    const known = heard([{ _tag: "Say", note: note("x", 1) }])
    const withKey = stale.learn(known, Keys, key(alice, 1))
    expect(equivocating.derivable(known, Box)).toEqual([])
    expect(stale.derivable(withKey, Box)).toEqual([])
    expect(equivocating.derivable(withKey, Box)).toEqual([
      { box: { owner: alice, times: 1, content: { text: "x" } } }
    ])
  })
})

describe("knowledge that lets an adversary say no more", () => {
  const withKey = (knowledge: Knowledge): Knowledge =>
    stale.learn(knowledge, Holding, { key: { owner: alice } })
  const before = heard([{ _tag: "Say", note: note("x", 1) }])
  const signedByAlice = (knowledge: Knowledge): Knowledge =>
    equivocating.learn(knowledge, Message, told(alice, "x", 1))
  const operationKnown = equivocating.learn(before, Message, { _tag: "Ask", operation: 1 })

  it("is knowledge of nothing new", () => {
    expect(equivocating.isNoMore(before, before)).toBe(true)
    expect(equivocating.isNoMore(before, heard([{ _tag: "Say", note: note("y", 1) }]))).toBe(false)
  })

  it("is that of a signature with a known key, for who signs with the keys that it knows", () => {
    const known = withKey(operationKnown)
    expect(equivocating.isNoMore(known, signedByAlice(known))).toBe(true)
    expect(stale.isNoMore(known, signedByAlice(known))).toBe(false)
    expect(equivocating.isNoMore(operationKnown, signedByAlice(operationKnown))).toBe(false)
  })

  it("is that of a value that an arbitrary adversary makes up anyway", () => {
    const larger = (number: number): Knowledge =>
      arbitrary.learn(before, Message, { _tag: "Say", note: note("x", number) })
    expect(arbitrary.isNoMore(before, larger(7))).toBe(true)
    expect(arbitrary.isNoMore(before, larger(8))).toBe(false)
    expect(equivocating.isNoMore(before, larger(7))).toBe(false)
  })
})
