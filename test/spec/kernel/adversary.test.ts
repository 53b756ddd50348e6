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
import { ClientId, client, ServerId, server } from "../../../spec/nodes/nodes.ts"

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

  it("has every message that it overheard, unless the adversary is silent", () => {
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

  it("does not depend on the order in which it was overheard", () => {
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

  it("is repeated in another message, and no node signs another without the key", () => {
    expect(has(stale, knowledge, told(alice, "x", 1, 2))).toBe(true)
    for (const by of adversaries) {
      expect(has(by, knowledge, told(alice, "y", 2))).toBe(false)
      expect(has(by, knowledge, told(alice, "x", 2))).toBe(false)
    }
  })

  it("can be signed by an adversary that knows the key, if it is strong enough", () => {
    const known = stale.learn(knowledge, Holding, { key: { owner: alice } })
    expect(has(stale, known, told(alice, "y", 2))).toBe(false)
    expect(has(equivocating, known, told(alice, "y", 1))).toBe(true)
    expect(has(equivocating, known, told(alice, "y", 7))).toBe(false)
    expect(has(arbitrary, known, told(alice, "y", 7))).toBe(true)
    expect(has(arbitrary, known, told(bob, "y", 2))).toBe(false)
    // A stale one does not sign what another has signed either.
    const alsoBob = stale.learn(known, Message, told(bob, "z", 3))
    expect(has(stale, alsoBob, told(alice, "z", 3))).toBe(false)
    expect(has(equivocating, alsoBob, told(alice, "z", 3))).toBe(true)
  })

  it("is made up by an arbitrary adversary alone, and then verifies nowhere", () => {
    const fake: Extract<Message, { _tag: "Tell" }> = {
      _tag: "Tell",
      operation: 1,
      note: { signer: alice, content: note("y", 7), signature: forged }
    }
    expect(has(equivocating, knowledge, fake)).toBe(false)
    expect(has(arbitrary, knowledge, fake)).toBe(true)
    const ofKnown: Message = { ...fake, note: { ...fake.note, content: note("x", 1) } }
    expect(has(equivocating, knowledge, ofKnown)).toBe(false)
    expect(has(arbitrary, knowledge, ofKnown)).toBe(true)
  })

  it("makes up a part of a joint signature for each holder that it knows of", () => {
    const Part = Schema.Struct({ part: Partial(ClientId, Note) })
    const part = { dealing: 0, threshold: 2, holder: bob, content: note("x", 1) }
    const known = stale.learn([], Part, { part })
    for (const number of [1, 7]) {
      const fake = { part: { ...part, content: note("x", number), signature: forged } }
      const isBuilt = (by: ReturnType<typeof derivation>) =>
        by.derivable(known, Part).some((one) => equals(one, fake))
      expect([equivocating, arbitrary].map(isBuilt)).toEqual([false, true])
    }
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

describe("a record that was overheard", () => {
  const knowledge = heard([
    { _tag: "Say", note: note("x", 1) },
    { _tag: "Say", note: note("y", 2) }
  ])

  it("has every value of a type that has few, regardless of what is known", () => {
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

  it("is taken apart and recombined by an equivocating adversary, not by a stale one", () => {
    expect(has(stale, knowledge, { _tag: "Say", note: note("x", 2) })).toBe(false)
    expect(has(equivocating, knowledge, { _tag: "Say", note: note("x", 2) })).toBe(true)
  })
})

describe("a list that was overheard", () => {
  const List = Schema.Struct({ numbers: Schema.Array(Schema.Int) })
  const list = (...numbers: ReadonlyArray<number>) => ({ numbers })
  const lying = derivation({ strength: "arbitrary", domain: { ...domain, numbers: [[7]] } })
  const built = (by: ReturnType<typeof derivation>) =>
    by.derivable(by.learn(by.learn([], List, list(1, 2)), List, list(3)), List)

  it("is repeated as it was, next to what an arbitrary adversary makes up", () => {
    expect(built(equivocating)).toEqual([list(1, 2), list(3)])
    expect(built(lying)).toEqual([list(1, 2), list(3), list(7)])
  })
})

describe("a record by names that was overheard", () => {
  const ByName = Schema.Struct({ notes: Schema.Record(Schema.String, Note) })

  it("is overheard with what it has by each name", () => {
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

  it("encrypts anything that can be built, if the adversary recombines", () => {
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

  it("is that of a signature with a known key, for an adversary that signs with the keys it knows", () => {
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

/** The knowledge as text: each value with the place where it may occur. */
const places = (knowledge: Knowledge): ReadonlyArray<string> =>
  knowledge.map(({ at, value }) => `${at}: ${JSON.stringify(value)}`)

describe("what is heard of a value", () => {
  const Told = Schema.Struct({
    by: ClientId,
    flag: Schema.NullOr(Schema.Boolean),
    list: Schema.Array(Schema.Int),
    pair: Schema.Tuple([Schema.String, Schema.Int]),
    byName: Schema.Record(Schema.String, Note),
    either: Schema.Union([Schema.Struct({ left: Schema.Int }), Schema.Struct({ right: Note })]),
    absent: Schema.optionalKey(Schema.String)
  })
  const value: typeof Told.Type = {
    by: alice,
    flag: null,
    list: [1, 2],
    pair: ["x", 3],
    byName: { one: note("y", 4) },
    either: { right: note("z", 5) }
  }
  const parts = [
    'byName{}: {"one":{"text":"y","number":4}}',
    "list: 1",
    "list: 2",
    "list[]: [1,2]",
    'node client: "alice"',
    "number: 4",
    "number: 5",
    'one{}: {"text":"y","number":4}',
    'either{}: {"right":{"text":"z","number":5}}',
    'right{}: {"text":"z","number":5}',
    'pair: "x"',
    "pair: 3",
    'pair[]: ["x",3]',
    'text: "y"',
    'text: "z"'
  ]

  it("is each part, at the place where it may occur; and each record whole, by a stale adversary", () => {
    expect(places(stale.learn([], Told, value)).toSorted()).toEqual(parts.toSorted())
    const isWhole = (part: string) => part.includes("{}: ")
    expect(places(equivocating.learn([], Told, value)).toSorted()).toEqual(
      parts.filter((part) => !isWhole(part)).toSorted()
    )
  })

  it("is a term, and its parts but what makes it valid; encrypted content is not heard with it", () => {
    const Box = Encrypted(ClientId, Note)
    const Terms = Schema.Struct({
      note: Signed(ClientId, Schema.Int),
      box: Box,
      key: SymmetricKey(ServerId),
      own: SigningKey(ServerId)
    })
    const terms = {
      note: { signer: alice, content: 1, signature: "mine" },
      box: { owner: bob, times: 2, content: note("x", 3), ciphertext: "xyz" },
      key: { owner: server("s1"), times: 4, secret: "hidden" },
      own: { owner: server("s2"), secret: "hidden" }
    }
    expect(places(stale.learn([], Terms, terms)).toSorted()).toEqual(
      [
        'signed: {"signer":"alice","content":1,"signature":"mine"}',
        "content: 1",
        'encrypted: {"owner":"bob","times":2,"content":{"text":"x","number":3},"ciphertext":"xyz"}',
        'node client: "alice"',
        'node client: "bob"',
        'node server: "s1"',
        'node server: "s2"',
        'signing key: {"owner":"s2","secret":"hidden"}',
        'symmetric key: {"owner":"s1","times":4,"secret":"hidden"}',
        "times: 2",
        "times: 4"
      ].toSorted()
    )
  })

  const Inner = Encrypted(ClientId, Note)
  const Outer = Encrypted(ClientId, Schema.Struct({ key: SymmetricKey(ClientId), inner: Inner }))
  const outer = {
    ...{ owner: alice, times: 1 },
    content: {
      key: { owner: bob, times: 0 },
      inner: { owner: bob, times: 2, content: note("secret", 1) }
    }
  }
  it.each<[string, Schema.Codec<unknown, unknown>, unknown]>([
    ["a field", Schema.Struct({ at: Outer }), { at: outer }],
    ["a tuple", Schema.Struct({ at: Schema.Tuple([Schema.Int, Outer]) }), { at: [0, outer] }],
    ["a list", Schema.Struct({ at: Schema.Array(Outer) }), { at: [outer] }],
    ["a record by names", Schema.Record(Schema.String, Outer), { at: outer }],
    ["a later type", Schema.Struct({ at: Schema.suspend(() => Outer) }), { at: outer }],
    ["one of two types", Schema.Struct({ at: Schema.NullOr(Outer) }), { at: outer }]
  ])("is read in turn, where what is decrypted has a key to more, in %s", (_, schema, value) => {
    const Key = Schema.Struct({ key: SymmetricKey(ClientId) })
    const isRead = (owner: typeof alice, times: number) => {
      const { learn } = derivation({ strength: "stale" })
      const known = learn(learn([], schema, value), Key, { key: { owner, times } })
      return known.some((one) => equals(one, { at: "text", value: "secret" }))
    }
    expect([0, 1, 2].map((times) => isRead(alice, times))).toEqual([true, true, false])
    expect(isRead(bob, 0)).toBe(false)
  })

  it("is not read of a real ciphertext, nor of a type that the adversary was not told of", () => {
    const Box = Schema.Struct({ box: Encrypted(ClientId, Note) })
    const Key = Schema.Struct({ key: SymmetricKey(ClientId) })
    const box = { owner: alice, times: 1 }
    const first = derivation({ strength: "stale" })
    const textsOf = (by: typeof first, known: Knowledge) =>
      by
        .learn(known, Key, { key: { owner: alice, times: 0 } })
        .flatMap(({ at, value }) => (at === "text" ? [value] : []))
    const symbolic = first.learn([], Box, { box: { ...box, content: note("x", 1) } })
    expect(textsOf(first, symbolic)).toEqual(["x"])
    expect(textsOf(derivation({ strength: "stale" }), symbolic)).toEqual([])
    expect(textsOf(first, first.learn([], Box, { box: { ...box, ciphertext: "xyz" } }))).toEqual([])
  })

  it("may contain more of its own type", () => {
    interface Tree {
      readonly at: ClientId
      readonly below: ReadonlyArray<Tree>
    }
    const Tree = Schema.Struct({
      at: ClientId,
      below: Schema.Array(Schema.suspend((): Schema.Codec<Tree, unknown> => Tree))
    })
    const { learn, rename } = derivation({ strength: "stale" }, [Tree])
    const known = learn([], Tree, { at: alice, below: [{ at: bob, below: [] }] })
    expect(places(known)).toContain('below{}: {"at":"bob","below":[]}')
    expect(places(rename(new Map([["bob", "carol"]]), known))).toContain(
      'below{}: {"at":"carol","below":[]}'
    )
  })

  it("is heard with other names, where nodes are renamed", () => {
    const schema = Schema.Struct({
      note: SignedNote,
      list: Schema.Array(ClientId),
      who: Schema.Struct({ at: ClientId }),
      other: ClientId,
      text: Schema.String
    })
    const by = derivation({ strength: "stale" }, [schema])
    const known = by.learn([], schema, {
      note: { signer: alice, content: note("alice", 1) },
      list: [alice],
      who: { at: alice },
      other: client("carol"),
      text: "alice"
    })
    const renamed = by.rename(new Map([["alice", "bob"]]), known)
    expect(places(renamed).toSorted()).toEqual(
      [
        'signed: {"signer":"bob","content":{"text":"alice","number":1}}',
        'content{}: {"text":"alice","number":1}',
        'node client: "bob"',
        "number: 1",
        'list[]: ["bob"]',
        'who{}: {"at":"bob"}',
        'node client: "carol"',
        'text: "alice"'
      ].toSorted()
    )
  })
})

describe("what is asked for by tag", () => {
  it("is only that, or what has no tag", () => {
    const knowledge = heard([
      { _tag: "Ask", operation: 2 },
      { _tag: "Say", note: note("x", 1) }
    ])
    const tagsOf = (tags?: ReadonlyArray<string>) =>
      stale
        .derivable(knowledge, Schema.Union([Message, Schema.Struct({ number: Schema.Int })]), tags)
        .map((one) => (one as { readonly _tag?: string })._tag)
    expect(tagsOf()).toEqual(["Ask", "Say", undefined])
    expect(tagsOf(["Say"])).toEqual(["Say", undefined])
    expect(tagsOf([])).toEqual([undefined])
  })
})

describe("what is made up", () => {
  it("is a usual number or text where the domain says nothing, of the field's type", () => {
    const usual = derivation({ strength: "arbitrary" })
    expect(usual.derivable([], Note)).toEqual([{ text: "lie", number: 9 }])
  })

  it("is no term of a joint key without its content, and no signature but a false one", () => {
    const Whole = Schema.Struct({ note: JointlySigned(Note) })
    const lying = derivation({ strength: "arbitrary", domain: { text: ["x"], number: [1] } })
    expect(lying.derivable([], Whole)).toEqual([
      { note: { content: note("x", 1), signature: forged } }
    ])
    expect(equivocating.derivable([], Whole)).toEqual([])
  })
})

describe("a type that says more of its values than their parts", () => {
  const Equal = Schema.Struct({ text: Schema.String, other: Schema.String }).check(
    Schema.makeFilter(({ text, other }) => text === other)
  )
  const Two = Schema.Struct({ two: Equal, other: Schema.String })

  it("has only the values that are as it says", () => {
    const known = equivocating.learn([], Two, { two: { text: "x", other: "x" }, other: "y" })
    const two = { text: "x", other: "x" }
    const built = equivocating.derivable(known, Two)
    expect(built).toHaveLength(2)
    expect(built).toEqual(expect.arrayContaining(["x", "y"].map((other) => ({ two, other }))))
    expect(equivocating.derivable(known, Equal)).toEqual([{ text: "x", other: "x" }])
  })

  it("has nothing where nothing may be, if it may be undefined", () => {
    const Perhaps = Schema.Struct({ number: Schema.UndefinedOr(Schema.Literal(3)) })
    expect(equivocating.derivable([], Perhaps)).toHaveLength(2)
  })
})

describe("a key, or a share, in a message", () => {
  it("is repeated where one of its kind may be", () => {
    const Given = Schema.Struct({ key: SigningKey(ClientId), share: Share(ClientId) })
    const given = { key: { owner: alice }, share: { dealing: 0, threshold: 2, holder: bob } }
    for (const by of [stale, equivocating, arbitrary])
      expect(by.derivable(by.learn([], Given, given), Given)).toEqual([given])
  })
})

it("a signature that is forged says more, though the key is known", () => {
  const known = stale.learn(heard([told(alice, "x", 1)]), Holding, { key: { owner: alice } })
  const fake = { signer: alice, content: note("x", 1), signature: forged }
  const larger = arbitrary.learn(known, Message, { _tag: "Tell", operation: 1, note: fake })
  expect(arbitrary.isNoMore(known, larger)).toBe(false)
})
