/**
 * The adversary: whoever speaks in the name of the nodes that have been taken over.
 *
 * It is derived, not written. It knows what it has heard, and what the nodes knew that it took
 * over; it sends any message of the protocol's Schema that can be built from that. It overhears
 * everything that is sent, if nothing else is said: links are authentic, not secret. Cryptography
 * is symbolic (`cryptography.ts`): a signed term is there to be repeated once it was heard, and can
 * be made only with the key; what is encrypted can be read once the key is known, or one of which
 * hashing makes it. With shares of a key (`threshold.ts`) it signs what any holder could, and what
 * enough of one dealing sign together is signed.
 *
 * It answers on demand. A node that is taken over needs no state and no messages on their way to
 * it: where a correct process would take a message from it, each one that can be built is a step.
 * What is known only grows.
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
  /** What is known once this value has been heard as well. */
  learn(knowledge: Knowledge, schema: Schema.Top, value: unknown): Knowledge
  /**
   * All values of the Schema that can be built, each once; of these tags only, if any are named.
   */
  derivable(
    knowledge: Knowledge,
    schema: Schema.Top,
    tags?: ReadonlyArray<string>
  ): ReadonlyArray<unknown>
  /**
   * Whether a larger knowledge allows for nothing more: all that it has besides is a term that a
   * known key signs, of parts that are known, or a value that is made up anyway.
   */
  isNoMore(knowledge: Knowledge, larger: Knowledge): boolean
  /** The same knowledge with nodes renamed. */
  rename(renaming: Renaming, knowledge: Knowledge): Knowledge
}

/**
 * What an adversary can do; `schemas` are those of all that is ever learned, as far as it is not
 * learned here. It is the same whatever is kept.
 */
export const derivation = (
  adversary: Adversary,
  schemas: ReadonlyArray<Schema.Top> = [],
  keeping: Keeping = keepsNothing
): Derivation => {
  const types = new Types(schemas)
  // Who puts records together needs none whole: it has heard their parts.
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
 * Whether the adversary makes this of what it knows, if it makes the parts: which are known by
 * themselves to whoever knows the whole.
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
 * What is known once everything has been read that can be decrypted, and the parts of shares were
 * put together.
 */
const opened = (types: Types, keeping: Keeping, knowledge: Knowledge): Knowledge => {
  const keys = knownTerms(knowledge, "symmetric key") as ReadonlyArray<SymmetricKey<unknown>>
  const parts = knownTerms(knowledge, "sub-share") as ReadonlyArray<SubShare<unknown>>
  if (keys.length === 0 && parts.length === 0) return knowledge
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

/** Whether hashing this key gives the one with which this was encrypted. */
const opens = (
  { owner, times }: SymmetricKey<unknown>,
  term: Encrypted<unknown, unknown>
): boolean => times <= term.times && equals(owner, term.owner)
