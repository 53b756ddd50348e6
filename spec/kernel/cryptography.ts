/**
 * Cryptography, as processes use it: signatures, encryption, and keys that are hashed into the
 * next.
 *
 * What can be done with keys are capabilities of the context. A checker hands in the symbolic ones
 * of this file, where a signature is a term that nobody can make without the key; a runtime hands
 * in real ones. A process uses only keys that are in its state: whoever takes its node over gets
 * those, and no others. One that it has overwritten is gone.
 *
 * What an adversary can make of what it knows is said in `adversary.ts`, along the annotations of
 * the Schemas here.
 */
import * as Schema from "effect/Schema"
import { equals } from "./data.ts"
import { Count } from "./node.ts"
import { type TermKind, termAnnotation } from "./terms.ts"
import { symbolicThreshold, type ThresholdCryptography } from "./threshold.ts"

export { secretKinds, type TermKind, termAnnotation } from "./terms.ts"

/**
 * The key with which its owner signs. `secret` is absent where cryptography is symbolic: then the
 * owner's name stands for the key itself, and only who was given the key has it.
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
 * Content with the signature of `signer`. Anybody can read it; nobody can make it without the key.
 * `signature` is absent in a symbolic term that was made with the key.
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

/**
 * The key with which everybody verifies what the owner of the signing key of the pair has signed.
 * `public` is absent where cryptography is symbolic.
 */
export const VerifyingKey = <Owner extends Schema.Top>(owner: Owner) =>
  Schema.Struct({ owner, public: Schema.optionalKey(Schema.String) })
export interface VerifyingKey<Owner> {
  readonly owner: Owner
  readonly public?: string
}

/**
 * A key that encrypts and decrypts. Hashing one gives the next, and no way leads back: `times` says
 * how often the first one was hashed. `secret` is absent where cryptography is symbolic.
 */
export const SymmetricKey = <Owner extends Schema.Top>(owner: Owner) =>
  Schema.Struct({ owner, times: Count, secret: Schema.optionalKey(Schema.String) }).annotate({
    [termAnnotation]: "symmetric key" satisfies TermKind
  })
export interface SymmetricKey<Owner> {
  readonly owner: Owner
  readonly times: number
  readonly secret?: string
}

/**
 * Content that only who has the key can read. A symbolic term has the content in it, where nobody
 * looks without the key; `ciphertext` stands for it where cryptography is not symbolic.
 */
export const Encrypted = <Owner extends Schema.Top, Content extends Schema.Top>(
  owner: Owner,
  content: Content
) =>
  Schema.Struct({
    owner,
    times: Count,
    content: Schema.optionalKey(content),
    ciphertext: Schema.optionalKey(Schema.String)
  }).annotate({ [termAnnotation]: "encrypted" satisfies TermKind })
export interface Encrypted<Owner, Content> {
  readonly owner: Owner
  readonly times: number
  readonly content?: Content
  readonly ciphertext?: string
}

/** The signature of a symbolic term that was made without the key: it verifies nowhere. */
export const forged = "forged"

/**
 * What a process can do with keys. All of it is a function of what is handed in: what looks random
 * in a runtime is derived from a secret that nobody else has.
 */
export interface Cryptography {
  /** Signatures that several make together. */
  readonly threshold: ThresholdCryptography
  /** The key that this node is given at the beginning; a process asks for its own. */
  ownKey<Owner>(owner: Owner): SigningKey<Owner>
  sign<Owner, Content>(key: SigningKey<Owner>, content: Content): Signed<Owner, Content>
  /** Whether the signature was made with the key of its `signer`, over this content. */
  verifies(signed: Signed<unknown, unknown>): boolean
  /** Whether the signature was made with the key that this one belongs to, over this content. */
  verifiesWith(key: VerifyingKey<unknown>, signed: Signed<unknown, unknown>): boolean
  /** The pair of keys that the owner of a key makes for this name. */
  pairFor<Owner>(
    by: SigningKey<unknown>,
    owner: Owner
  ): { readonly signing: SigningKey<Owner>; readonly verifying: VerifyingKey<Owner> }
  /**
   * The key, never hashed, that a node shares with whoever gave it to it; a process asks for its
   * own.
   */
  ownSharedKey<Owner>(owner: Owner): SymmetricKey<Owner>
  /** The same key, for who gives it. */
  sharedKeyFor<Owner>(by: SigningKey<unknown>, owner: Owner): SymmetricKey<Owner>
  /** The key after it was hashed so often in all; undefined if it was hashed more often. */
  hashed<Owner>(key: SymmetricKey<Owner>, times: number): SymmetricKey<Owner> | undefined
  encrypt<Owner, Content>(key: SymmetricKey<Owner>, content: Content): Encrypted<Owner, Content>
  /**
   * Encrypts for who has this key, hashed so often, or one of which hashing makes it: with its
   * public half, which everybody has. (Forward-secure encryption; Canetti, Halevi, Katz, 2003.)
   */
  encryptFor<Owner, Content>(
    owner: Owner,
    times: number,
    content: Content
  ): Encrypted<Owner, Content>
  /** The content; undefined if it was encrypted with another key. */
  decrypt<Owner, Content>(
    key: SymmetricKey<Owner>,
    encrypted: Encrypted<Owner, Content>
  ): Content | undefined
}

/** Symbolic cryptography: terms without secrets. */
export const symbolic: Cryptography = {
  threshold: symbolicThreshold,
  ownKey: (owner) => ({ owner }),
  sign: ({ owner }, content) => ({ signer: owner, content }),
  verifies: ({ signature }) => signature === undefined,
  verifiesWith: ({ owner }, { signer, signature }) =>
    signature === undefined && equals(owner, signer),
  pairFor: (_by, owner) => ({ signing: { owner }, verifying: { owner } }),
  ownSharedKey: (owner) => ({ owner, times: 0 }),
  sharedKeyFor: (_by, owner) => ({ owner, times: 0 }),
  hashed: (key, times) => (key.times > times ? undefined : { ...key, times }),
  encrypt: ({ owner, times }, content) => ({ owner, times, content }),
  encryptFor: (owner, times, content) => ({ owner, times, content }),
  decrypt: (key, { owner, times, content }) =>
    key.times === times && equals(key.owner, owner) ? content : undefined
}
