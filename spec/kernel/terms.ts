/**
 * The kinds of cryptographic terms: a Schema marks a record that is a key, or was made with one.
 * The Schemas document each kind (`cryptography.ts`, `threshold.ts`); `adversary.ts` documents what
 * an adversary can make from it.
 */

/** The key of the Schema annotation that gives a record's kind of term. */
export const termAnnotation = "quorate/term"

/**
 * Keys for signing and encryption, and terms signed or encrypted with one; the shares of a key that
 * several nodes hold together, the parts that form a new share, terms signed with one share, and
 * terms signed with enough shares.
 */
export type TermKind =
  | "signing key"
  | "signed"
  | "symmetric key"
  | "encrypted"
  | "share"
  | "sub-share"
  | "partial"
  | "jointly signed"

/** The kinds of terms that no node reveals. */
export const secretKinds: ReadonlyArray<string> = [
  "signing key",
  "symmetric key",
  "share",
  "sub-share"
] satisfies ReadonlyArray<TermKind>
