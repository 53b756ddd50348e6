/**
 * Threshold signatures: several nodes each hold a share of a key, and a signature requires a
 * threshold of shares. The shares can be reshared, so that other nodes hold the same key.
 *
 * All shares dealt at once form one dealing. A signature made with a share is partial. Enough
 * partial signatures of one dealing, by different holders over the same content, combine into a
 * signature under the key, which reveals neither the holders nor the dealing. To reshare, a holder
 * gives each holder of the next dealing a part of its share, and the parts from enough holders form
 * a share of the next dealing. The key stays the same, and shares of two dealings do not combine.
 * (Herzberg, Jakobsson, Jarecki, Krawczyk, Yung, 1997; Wong, Wang, Wing, 2002; Schultz, Liskov,
 * Liskov, 2008.)
 *
 * Any node can verify that a part matches its giver's share (Feldman, 1987); a part that does not
 * match is not a term here.
 */
import * as Schema from "effect/Schema"
import { equals, setOf } from "./data.ts"
import { Count } from "./node.ts"
import { type TermKind, termAnnotation } from "./terms.ts"

/** A dealing, and the number of its shares that make a signature. */
const dealt = { dealing: Count, threshold: Count }
interface Dealt {
  readonly dealing: number
  readonly threshold: number
}

/** The holder's share of the key. `secret` is absent in symbolic cryptography. */
export const Share = <Holder extends Schema.Top>(holder: Holder) =>
  Schema.Struct({ ...dealt, holder, secret: Schema.optionalKey(Schema.String) }).annotate({
    [termAnnotation]: "share" satisfies TermKind
  })
export interface Share<Holder> extends Dealt {
  readonly holder: Holder
  readonly secret?: string
}

/**
 * The part that `dealer`, a holder in the previous dealing, gives to a holder in this one; `needed`
 * parts form the share.
 */
export const SubShare = <Holder extends Schema.Top>(holder: Holder) =>
  Schema.Struct({
    ...dealt,
    holder,
    dealer: holder,
    needed: Count,
    secret: Schema.optionalKey(Schema.String)
  }).annotate({ [termAnnotation]: "sub-share" satisfies TermKind })
export interface SubShare<Holder> extends Dealt {
  readonly holder: Holder
  readonly dealer: Holder
  readonly needed: number
  readonly secret?: string
}

/** Content with the partial signature that the holder of a share made. */
export const Partial = <Holder extends Schema.Top, Content extends Schema.Top>(
  holder: Holder,
  content: Content
) =>
  Schema.Struct({
    ...dealt,
    holder,
    content,
    signature: Schema.optionalKey(Schema.String)
  }).annotate({ [termAnnotation]: "partial" satisfies TermKind })
export interface Partial<Holder, Content> extends Dealt {
  readonly holder: Holder
  readonly content: Content
  readonly signature?: string
}

/** Content with the signature of the key that all shares belong to. */
export const JointlySigned = <Content extends Schema.Top>(content: Content) =>
  Schema.Struct({ content, signature: Schema.optionalKey(Schema.String) }).annotate({
    [termAnnotation]: "jointly signed" satisfies TermKind
  })
export interface JointlySigned<Content> {
  readonly content: Content
  readonly signature?: string
}

/** Encrypted content, as in `cryptography.ts`. */
interface Encrypted {
  readonly owner: unknown
  readonly times: number
  readonly content?: unknown
  readonly ciphertext?: string
}

/** The operations on shares. Each is a function of its arguments. */
export interface ThresholdCryptography {
  /** The share of a holder in the first dealing, by a trusted dealer. */
  firstShare<Holder>(holder: Holder, threshold: number): Share<Holder>
  sign<Holder, Content>(share: Share<Holder>, content: Content): Partial<Holder, Content>
  /** Whether the signature was made with the share of its `holder`, over this content. */
  verifiesPartial(partial: Partial<unknown, unknown>): boolean
  /** The signature that these combine into; undefined if too few match. */
  combine<Holder, Content>(
    partials: ReadonlyArray<Partial<Holder, Content>>
  ): JointlySigned<Content> | undefined
  /** Whether the signature was made with the key, over this content. */
  verifies(signed: JointlySigned<unknown>): boolean
  /** The part that the holder of a share gives to this holder of the next dealing. */
  deal<Holder>(share: Share<Holder>, holder: Holder, threshold: number): SubShare<Holder>
  /**
   * Whether these are a dealer's parts for the holders of the next dealing, with this number of
   * shares per signature, and match the dealer's share. Any node can verify this without reading
   * the parts. (Stadler, 1996.)
   */
  isDealtBy(dealer: unknown, threshold: number, encrypted: ReadonlyArray<Encrypted>): boolean
  /** The share that these combine into; undefined if too few match. */
  redealt<Holder>(subShares: ReadonlyArray<SubShare<Holder>>): Share<Holder> | undefined
}

/** The number of distinct values. */
const different = (values: ReadonlyArray<unknown>): number => setOf(values).length

/**
 * Whether the content is signed if all of these sign it: the holders of shares of one dealing, or
 * those that have signed with them, are enough.
 */
export const areEnough = (signers: ReadonlyArray<Dealt & { readonly holder: unknown }>): boolean =>
  signers.some(({ dealing, threshold }) => {
    const holders = signers.filter((one) => one.dealing === dealing).map(({ holder }) => holder)
    return different(holders) >= threshold
  })

/** The shares that these parts can form, each once. */
export const sharesOf = <Holder>(
  parts: ReadonlyArray<SubShare<Holder>>
): ReadonlyArray<Share<Holder>> =>
  setOf(
    parts.flatMap(({ dealing, threshold, holder, needed }) => {
      const fitting = parts.filter((one) => one.dealing === dealing && equals(one.holder, holder))
      return different(fitting.map(({ dealer }) => dealer)) >= needed
        ? [{ dealing, threshold, holder }]
        : []
    })
  )

/** Symbolic threshold signatures: terms without secrets. */
export const symbolicThreshold: ThresholdCryptography = {
  firstShare: (holder, threshold) => ({ dealing: 0, threshold, holder }),
  sign: ({ dealing, threshold, holder }, content) => ({ dealing, threshold, holder, content }),
  verifiesPartial: ({ signature }) => signature === undefined,
  combine: (partials) => {
    const genuine = partials.filter(({ signature }) => signature === undefined)
    const [first] = genuine
    return first !== undefined &&
      genuine.every(({ content }) => equals(content, first.content)) &&
      areEnough(genuine)
      ? { content: first.content }
      : undefined
  },
  verifies: ({ signature }) => signature === undefined,
  deal: (share, holder, threshold) => ({
    dealing: share.dealing + 1,
    threshold,
    holder,
    dealer: share.holder,
    needed: share.threshold
  }),
  isDealtBy: (dealer, threshold, encrypted) =>
    encrypted.every(
      ({ content }) =>
        typeof content === "object" &&
        content !== null &&
        "dealer" in content &&
        equals(content.dealer, dealer) &&
        "threshold" in content &&
        content.threshold === threshold
    ),
  redealt: (subShares) => sharesOf(subShares)[0]
}
