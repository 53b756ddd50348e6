/**
 * Cryptography as processes use it: signatures, encryption, and keys that are hashed into the next
 * key.
 *
 * The operations on keys are capabilities of the context. A checker passes the symbolic ones of
 * this file, in which a signature is a term that cannot be made without the key; a runtime passes
 * real ones. A process uses only keys in its state. An adversary that takes over its node gets
 * those keys and no others. A key that the process has overwritten is gone.
 *
 * `adversary.ts` defines what an adversary can make from its knowledge, based on the annotations of
 * the Schemas here.
 */
import * as Schema from "effect/Schema"
import { equals } from "./data.ts"
import { Count } from "./node.ts"
import { type TermKind, termAnnotation } from "./terms.ts"
import { symbolicThreshold, type ThresholdCryptography } from "./threshold.ts"

export { secretKinds, type TermKind, termAnnotation } from "./terms.ts"

/**
 * The key with which its owner signs. `secret` is absent in symbolic cryptography: then the owner's
 * name stands for the key itself, and only a node that was given the key has it.
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
 * Content with the signature of `signer`. Any node can read it; none can make it without the key.
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
 * The public key: it verifies signatures made with the signing key of its pair. `public` is absent
 * in symbolic cryptography.
 */
export const VerifyingKey = <Owner extends Schema.Top>(owner: Owner) =>
  Schema.Struct({ owner, public: Schema.optionalKey(Schema.String) })
export interface VerifyingKey<Owner> {
  readonly owner: Owner
  readonly public?: string
}

/**
 * A key that encrypts and decrypts. Hashing a key gives the next, and cannot be reversed: `times`
 * says how often the first key was hashed. `secret` is absent in symbolic cryptography.
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
 * Content that can be read only with the key. A symbolic term contains the content, which is not
 * accessed without the key; in real cryptography `ciphertext` takes its place.
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

/** The signature of a symbolic term made without the key: it never verifies. */
export const forged = "forged"

/**
 * What a process can do with keys. Every operation is a function of its arguments: values that look
 * random in a runtime are derived from a secret that no other node has.
 */
export interface Cryptography {
  /** Threshold signatures. */
  readonly threshold: ThresholdCryptography
  /** The initial key of this node; a process asks for its own. */
  ownKey<Owner>(owner: Owner): SigningKey<Owner>
  sign<Owner, Content>(key: SigningKey<Owner>, content: Content): Signed<Owner, Content>
  /** Whether the signature was made with the key of its `signer`, over this content. */
  verifies(signed: Signed<unknown, unknown>): boolean
  /**
   * Whether the signature was made over this content, with the signing key that this key belongs
   * to.
   */
  verifiesWith(key: VerifyingKey<unknown>, signed: Signed<unknown, unknown>): boolean
  /** The key pair that the owner of a key makes for this name. */
  pairFor<Owner>(
    by: SigningKey<unknown>,
    owner: Owner
  ): { readonly signing: SigningKey<Owner>; readonly verifying: VerifyingKey<Owner> }
  /**
   * The key, never hashed, that a node shares with the node that issued it; a process asks for its
   * own.
   */
  ownSharedKey<Owner>(owner: Owner): SymmetricKey<Owner>
  /** The same key, for the issuer. */
  sharedKeyFor<Owner>(by: SigningKey<unknown>, owner: Owner): SymmetricKey<Owner>
  /** The key after this total number of hashes; undefined if it was already hashed more often. */
  hashed<Owner>(key: SymmetricKey<Owner>, times: number): SymmetricKey<Owner> | undefined
  encrypt<Owner, Content>(key: SymmetricKey<Owner>, content: Content): Encrypted<Owner, Content>
  /**
   * Encrypts for a holder of this key at this number of hashes, or of a key that hashes to it,
   * using its public half, which every node has. (Forward-secure encryption; Canetti, Halevi, Katz,
   * 2003.)
   */
  encryptFor<Owner, Content>(
    owner: Owner,
    times: number,
    content: Content
  ): Encrypted<Owner, Content>
  /** The content; undefined if another key encrypted it. */
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
