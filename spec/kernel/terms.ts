/**
 * The kinds of cryptographic terms: what a Schema says of a record that is a key, or was made with
 * one. What each means is said where its Schema is (`cryptography.ts`, `threshold.ts`), and what an
 * adversary can make of it in `adversary.ts`.
 */

/** The key of the Schema annotation that says what kind of term a record is. */
export const termAnnotation = "quorate/term"

/**
 * Keys to sign and to encrypt with, and what was signed or encrypted with one; the shares of a key
 * that several have together, the parts of which a new share is made, what was signed with one
 * share, and what was signed with enough of them.
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

/** The kinds of terms that nobody tells. */
export const secretKinds: ReadonlyArray<string> = [
  "signing key",
  "symmetric key",
  "share",
  "sub-share"
] satisfies ReadonlyArray<TermKind>
