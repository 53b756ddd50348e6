/**
 * Encryption and hashed keys, as terms: what an adversary can read and build, compared with a slow
 * twin that takes one step of derivation after the other.
 */
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  derivation,
  type Knowledge,
  knownTerms,
  withoutSecrets
} from "../../../spec/kernel/adversary.ts"
import {
  Encrypted,
  SigningKey,
  SymmetricKey,
  type SymmetricKey as SymmetricKeyOf,
  symbolic
} from "../../../spec/kernel/cryptography.ts"
import { canonical, equals } from "../../../spec/kernel/data.ts"
import { client, ServerId, server } from "../../../spec/nodes/nodes.ts"

const [a, b] = [server("a"), server("b")]
const Key = SymmetricKey(ServerId)
type Key = SymmetricKeyOf<ServerId>

/** Terms in terms: a text, a key, or any of them encrypted. */
interface Sealed {
  readonly _tag: "Sealed"
  readonly box: { readonly owner: ServerId; readonly times: number; readonly content?: Term }
}
type Term =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Key"; readonly key: Key }
  | Sealed
const Term: Schema.Codec<Term, unknown> = Schema.Union([
  Schema.TaggedStruct("Text", { text: Schema.String }),
  Schema.TaggedStruct("Key", { key: Key }),
  Schema.TaggedStruct("Sealed", {
    box: Encrypted(
      ServerId,
      Schema.suspend((): Schema.Codec<Term, unknown> => Term)
    )
  })
])

const adversary = derivation({ strength: "equivocating" })
const heard = (terms: ReadonlyArray<Term>): Knowledge =>
  terms.reduce<Knowledge>((known, term) => adversary.learn(known, Term, term), [])

const text = (of: string): Term => ({ _tag: "Text", text: of })
const shown = (key: Key): Term => ({ _tag: "Key", key })
const sealed = (key: Key, content: Term): Term => ({
  _tag: "Sealed",
  box: symbolic.encrypt(key, content)
})
const keyOf = (owner: ServerId, times: number): Key => ({ owner, times })

const knows = (knowledge: Knowledge, of: string): boolean =>
  knowledge.some(({ at, value }) => at === "text" && value === of)

describe("what is encrypted", () => {
  it("is not learned with the term, but is read once the key is known, in either order", () => {
    const box = sealed(keyOf(a, 1), text("x"))
    expect(knows(heard([box]), "x")).toBe(false)
    expect(knows(heard([box, shown(keyOf(a, 1))]), "x")).toBe(true)
    expect(knows(heard([shown(keyOf(a, 1)), box]), "x")).toBe(true)
    expect(knows(heard([box, shown(keyOf(b, 1))]), "x")).toBe(false)
  })

  it("is read with an earlier key, of which hashing makes the one that is needed, and not with a later one", () => {
    const box = sealed(keyOf(a, 1), text("x"))
    expect(knows(heard([box, shown(keyOf(a, 0))]), "x")).toBe(true)
    expect(knows(heard([box, shown(keyOf(a, 2))]), "x")).toBe(false)
  })

  it("gives the keys that are in it, and what they open", () => {
    const known = heard([
      sealed(keyOf(a, 0), shown(keyOf(b, 1))),
      sealed(keyOf(b, 2), text("x")),
      shown(keyOf(a, 0))
    ])
    expect(knows(known, "x")).toBe(true)
  })

  it("is repeated as it is, and made with a known key only", () => {
    const box = sealed(keyOf(a, 1), text("x"))
    const has = (knowledge: Knowledge, term: Term) =>
      adversary
        .derivable(knowledge, Schema.Union([Schema.TaggedStruct("Sealed", { box: BoxOfText })]))
        .some((one) => equals(one, term))
    const known = heard([box, text("y")])
    expect(has(known, box)).toBe(true)
    expect(has(known, sealed(keyOf(a, 1), text("y")))).toBe(false)
    expect(has(heard([box, text("y"), shown(keyOf(a, 0))]), sealed(keyOf(a, 1), text("y")))).toBe(
      true
    )
  })
})
const BoxOfText = Encrypted(ServerId, Schema.TaggedStruct("Text", { text: Schema.String }))

/**
 * What can be derived, one step at a time: a key is hashed once, or a term is opened with the very
 * key.
 */
const closure = (terms: ReadonlyArray<Term>, maxTimes: number): ReadonlySet<string> => {
  const known = new Map(terms.map((term) => [canonical(term), term]))
  for (let size = -1; size !== known.size; ) {
    size = known.size
    for (const term of [...known.values()]) {
      if (term._tag === "Key" && term.key.times < maxTimes) {
        const next = shown({ ...term.key, times: term.key.times + 1 })
        known.set(canonical(next), next)
      }
      if (term._tag !== "Sealed" || term.box.content === undefined) continue
      const { owner, times, content } = term.box
      if (known.has(canonical(shown({ owner, times })))) known.set(canonical(content), content)
    }
  }
  return new Set(known.keys())
}

const anyKey = fc.record({ owner: fc.constantFrom(a, b), times: fc.integer({ min: 0, max: 2 }) })
const { term: anyTerm } = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("x", "y", "z").map(text),
    anyKey.map(shown),
    fc.tuple(anyKey, tie("term")).map(([key, content]) => sealed(key, content))
  )
}))

describe("what is known", () => {
  it("is what one step of derivation after the other leads to", () => {
    fc.assert(
      fc.property(fc.array(anyTerm, { maxLength: 6 }), (terms) => {
        const known = heard(terms)
        const derived = closure(terms, 2)
        for (const name of ["x", "y", "z"])
          expect(knows(known, name)).toBe(derived.has(canonical(text(name))))
        const keys = knownTerms(known, "symmetric key") as ReadonlyArray<Key>
        for (const owner of [a, b])
          for (const times of [0, 1, 2])
            expect(keys.some((key) => key.owner === owner && key.times <= times)).toBe(
              derived.has(canonical(shown(keyOf(owner, times))))
            )
      }),
      { numRuns: 300 }
    )
  })

  it("does not depend on the order in which it was overheard, and is renamed part by part", () => {
    fc.assert(
      fc.property(fc.array(anyTerm, { maxLength: 5 }), (terms) => {
        const swap = new Map([
          ["a", "b"],
          ["b", "a"]
        ])
        expect(heard(terms.toReversed())).toEqual(heard(terms))
        expect(adversary.rename(swap, adversary.rename(swap, heard(terms)))).toEqual(heard(terms))
      }),
      { numRuns: 100 }
    )
  })
})

describe("keys", () => {
  const Holding = Schema.Struct({ signs: SigningKey(ServerId), key: Key })

  it("do not depend on which holder begins", () => {
    const known = adversary.learn([], Holding, { signs: { owner: a }, key: keyOf(a, 0) })
    expect(knownTerms(known, "symmetric key")).toEqual([keyOf(a, 0)])
    expect(knownTerms(withoutSecrets(known), "symmetric key")).toEqual([])
    expect(knownTerms(withoutSecrets(known), "signing key")).toEqual([])
  })

  it("open what was encrypted with them, and nothing else", () => {
    const key = symbolic.ownSharedKey(a)
    const later = symbolic.hashed(key, 2) as Key
    const box = symbolic.encrypt(later, "x")
    expect(symbolic.decrypt(later, box)).toBe("x")
    expect(symbolic.decrypt(key, box)).toBeUndefined()
    expect(symbolic.decrypt({ ...later, owner: b }, box)).toBeUndefined()
    expect(symbolic.hashed(later, 1)).toBeUndefined()
    expect(symbolic.sharedKeyFor({ owner: client("c1") }, a)).toEqual(key)
  })

  it("verify what the other key of their pair has signed, and nothing that was forged", () => {
    const { signing, verifying } = symbolic.pairFor({ owner: a }, { server: b, number: 1 })
    const signed = symbolic.sign(signing, "x")
    expect(symbolic.verifiesWith(verifying, signed)).toBe(true)
    expect(symbolic.verifiesWith({ owner: { server: b, number: 2 } }, signed)).toBe(false)
    expect(symbolic.verifiesWith(verifying, { ...signed, signature: "forged" })).toBe(false)
  })
})
