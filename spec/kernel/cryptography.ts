/**
 * Cryptography, as processes use it: signatures, for now.
 *
 * Signing and verifying are capabilities of the context. A checker hands in the symbolic ones of this file, where a signature
 * is a term that nobody can make without the key; a runtime hands in real ones. A process signs only with keys that are in
 * its state: whoever takes its node over gets those, and no others.
 *
 * What an adversary can make of what it knows is said in `adversary.ts`, along the annotations of the Schemas here.
 */
import * as Schema from "effect/Schema"

/** The key of the Schema annotation that says what kind of term a record is. */
export const termAnnotation = "quorate/term"
/** The kinds of terms: a key with which its owner signs, and what was signed with one. */
export type TermKind = "signing key" | "signed"

/**
 * The key with which its owner signs. `secret` is absent where cryptography is symbolic: then the owner's name stands for the
 * key itself, and only who was given the key has it.
 */
export const SigningKey = <Owner extends Schema.Top>(owner: Owner) =>
  Schema.Struct({ owner, secret: Schema.optionalKey(Schema.String) }).annotate({
    [termAnnotation]: "signing key" satisfies TermKind
  })
export interface SigningKey<Owner> {
  readonly owner: Owner
  readonly secret?: string
}

/**
 * Content with the signature of `signer`. Anybody can read it; nobody can make it without the key. `signature` is absent in a
 * symbolic term that was made with the key.
 */
export const Signed = <Signer extends Schema.Top, Content extends Schema.Top>(
  signer: Signer,
  content: Content
) =>
  Schema.Struct({ signer, content, signature: Schema.optionalKey(Schema.String) }).annotate({
    [termAnnotation]: "signed" satisfies TermKind
  })
export interface Signed<Signer, Content> {
  readonly signer: Signer
  readonly content: Content
  readonly signature?: string
}

/** The signature of a symbolic term that was made without the key: it verifies nowhere. */
export const forged = "forged"

/** What a process can do with keys and signatures. */
export interface Cryptography {
  /** The key that this node is given at the beginning; a process asks for its own. */
  ownKey<Owner>(owner: Owner): SigningKey<Owner>
  sign<Owner, Content>(key: SigningKey<Owner>, content: Content): Signed<Owner, Content>
  /** Whether the signature was made with the key of its `signer`, over this content. */
  verifies(signed: Signed<unknown, unknown>): boolean
}

/** Symbolic cryptography: terms without secrets. */
export const symbolic: Cryptography = {
  ownKey: (owner) => ({ owner }),
  sign: ({ owner }, content) => ({ signer: owner, content }),
  verifies: ({ signature }) => signature === undefined
}
