/**
 * The adversary, which speaks in the name of the corrupt nodes.
 *
 * The adversary is derived, not written. It knows what it has overheard and what its corrupt nodes
 * knew. It sends any message of the protocol's Schema that it can build from this knowledge. By
 * default it overhears every message that is sent: links are authentic, not secret. Cryptography is
 * symbolic (`cryptography.ts`): the adversary can repeat a signed term once it has heard the term,
 * and can make one only with the key. It can read an encrypted term once it knows the key, or a key
 * that hashes to it. With a share of a key (`threshold.ts`) it signs whatever the holder could;
 * enough partial signatures of one dealing form a signature.
 *
 * The adversary answers on demand. A corrupt node needs neither state nor messages in flight to it:
 * wherever a correct process would accept a message from it, each message that the adversary can
 * build is a step. Its knowledge only grows.
 */
import type * as Schema from "effect/Schema"
import { Building } from "./building.ts"
import type { Encrypted, Signed, SigningKey, SymmetricKey } from "./cryptography.ts"
import { canonical, equals } from "./data.ts"
import { type Keeping, keepsNothing } from "./keeping.ts"
import { type Knowledge, type Known, knownTerms, partsOf, placeOf, Types } from "./knowledge.ts"
import type { Renaming } from "./renaming.ts"
import { alternatives, tagLiteral } from "./schema-shape.ts"
import { type Adversary, liesAt, putsTogether } from "./strength.ts"
import { type SubShare, sharesOf } from "./threshold.ts"

export { type Knowledge, type Known, knownTerms, withoutSecrets } from "./knowledge.ts"
export {
  type Adversary,
  type Hearing,
  hearings,
  type Strength,
  strengths,
  usualLies
} from "./strength.ts"

/** What an adversary can do with what it knows. */
export interface Derivation {
  /** The knowledge after this value is also heard. */
  learn(knowledge: Knowledge, schema: Schema.Top, value: unknown): Knowledge
  /**
   * All values of the Schema that the adversary can build, each once; only those with these tags,
   * if any are named.
   */
  derivable(
    knowledge: Knowledge,
    schema: Schema.Top,
    tags?: ReadonlyArray<string>
  ): ReadonlyArray<unknown>
  /**
   * Whether the larger knowledge allows nothing more: every addition is a term that a known key
   * signs, made of known parts, or a value that the adversary makes up anyway.
   */
  isNoMore(knowledge: Knowledge, larger: Knowledge): boolean
  /** The same knowledge with nodes renamed. */
  rename(renaming: Renaming, knowledge: Knowledge): Knowledge
}

/**
 * What an adversary can do. `schemas` are the Schemas of everything it ever learns elsewhere. The
 * result does not depend on what is cached.
 */
export const derivation = (
  adversary: Adversary,
  schemas: ReadonlyArray<Schema.Top> = [],
  keeping: Keeping = keepsNothing
): Derivation => {
  const types = new Types(schemas)
  // An adversary that assembles records needs no whole record: it has heard their parts.
  const isNeeded = (at: string) => !putsTogether(adversary) || !at.endsWith(placeOf.record(""))
  return {
    learn: (knowledge, { ast }, value) => {
      types.add(ast, "")
      const heard = keeping.heard(ast, "", value, (whole) =>
        partsOf(ast, "", whole).filter(({ at }) => isNeeded(at))
      )
      const all = keeping.joined(knowledge, heard)
      return all === knowledge ? knowledge : opened(types, keeping, all)
    },
    derivable: (knowledge, { ast }, tags) => {
      if (adversary.strength === "silent") return []
      const building = new Building(adversary, keeping, keeping.shelves(knowledge))
      const wanted = alternatives(ast).filter((member) => {
        const tag = tagLiteral(member)
        return tags === undefined || tag === undefined || tags.includes(tag)
      })
      return keeping.distinct(wanted.flatMap((member) => building.build(member, "")))
    },
    isNoMore: (knowledge, larger) => {
      const known = new Set(knowledge.map(canonical))
      return larger
        .filter((one) => !known.has(canonical(one)))
        .every((one) => isMade(adversary, knowledge, one))
    },
    rename: (renaming, knowledge) =>
      keeping.joined(
        [],
        knowledge.map(({ at, value }) => ({ at, value: types.rename(renaming, at, value) }))
      )
  }
}

/**
 * Whether the adversary makes this value from its knowledge, provided that it makes the parts. An
 * adversary that knows the whole also knows each part.
 */
const isMade = (adversary: Adversary, knowledge: Knowledge, { at, value }: Known): boolean => {
  if (at !== placeOf.term("signed"))
    return (
      adversary.strength === "arbitrary" && liesAt(adversary, at).some((lie) => equals(lie, value))
    )
  const { signer, signature } = value as Signed<unknown, unknown>
  const keys = knownTerms(knowledge, "signing key") as ReadonlyArray<SigningKey<unknown>>
  return (
    putsTogether(adversary) &&
    signature === undefined &&
    keys.some(({ owner }) => equals(owner, signer))
  )
}

/**
 * The knowledge after the adversary has decrypted everything it can and combined the parts of
 * shares.
 */
const opened = (types: Types, keeping: Keeping, knowledge: Knowledge): Knowledge => {
  const keys = knownTerms(knowledge, "symmetric key") as ReadonlyArray<SymmetricKey<unknown>>
  const parts = knownTerms(knowledge, "sub-share") as ReadonlyArray<SubShare<unknown>>
  const shares = sharesOf(parts).map((value) => ({ at: placeOf.term("share"), value }))
  const terms = knownTerms(knowledge, "encrypted") as ReadonlyArray<Encrypted<unknown, unknown>>
  const read = terms
    .filter((term) => keys.some((key) => opens(key, term)))
    .flatMap((term) => {
      const content = types.contentOf(term)
      if (content === undefined) return []
      return keeping.heard(content, "content", term.content, (whole) =>
        partsOf(content, "content", whole)
      )
    })
  const all = keeping.joined(knowledge, [...shares, ...read])
  return all.length === knowledge.length ? knowledge : opened(types, keeping, all)
}

/** Whether hashing this key yields the key that encrypted this term. */
const opens = (
  { owner, times }: SymmetricKey<unknown>,
  term: Encrypted<unknown, unknown>
): boolean => times <= term.times && equals(owner, term.owner)
