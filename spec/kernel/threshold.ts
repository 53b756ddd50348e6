/**
 * Threshold signatures: a key of which several nodes hold a share each, so that a signature takes
 * so many of them; and shares that are dealt anew, so that other nodes hold the same key.
 *
 * All shares that were dealt at once are one dealing. What is signed with a share is partial;
 * enough partial signatures of one dealing, by different holders and over the same content, combine
 * to a signature under the key, which says neither whose shares made it nor of which dealing they
 * were. A holder deals its share anew by giving each holder of the next dealing a part of it, and
 * the parts that enough holders gave are a share of the next dealing. The key stays the same, and
 * shares of two dealings do not combine. (Herzberg, Jakobsson, Jarecki, Krawczyk, Yung, 1997; Wong,
 * Wang, Wing, 2002; Schultz, Liskov, Liskov, 2008.)
 *
 * That a part fits what its giver holds can be verified by everybody (Feldman, 1987): one that does
 * not is no term here.
 */
import * as Schema from "effect/Schema"
import { equals, setOf } from "./data.ts"
import { Count } from "./node.ts"
import { type TermKind, termAnnotation } from "./terms.ts"

/** Which dealing, and how many shares of it make a signature. */
const dealt = { dealing: Count, threshold: Count }
interface Dealt {
  readonly dealing: number
  readonly threshold: number
}

/** The share that its holder has of the key. `secret` is absent where cryptography is symbolic. */
export const Share = <Holder extends Schema.Top>(holder: Holder) =>
  Schema.Struct({ ...dealt, holder, secret: Schema.optionalKey(Schema.String) }).annotate({
    [termAnnotation]: "share" satisfies TermKind
  })
export interface Share<Holder> extends Dealt {
  readonly holder: Holder
  readonly secret?: string
}

/**
 * What `dealer`, who held a share of the dealing before, gives the holder of a share of this one;
 * `needed` of them make the share.
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

/** Content with the signature that the holder of a share made with it. */
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

/** Content with the signature of the key that all shares are of. */
export const JointlySigned = <Content extends Schema.Top>(content: Content) =>
  Schema.Struct({ content, signature: Schema.optionalKey(Schema.String) }).annotate({
    [termAnnotation]: "jointly signed" satisfies TermKind
  })
export interface JointlySigned<Content> {
  readonly content: Content
  readonly signature?: string
}

/** What was encrypted, as `cryptography.ts` has it. */
interface Encrypted {
  readonly owner: unknown
  readonly times: number
  readonly content?: unknown
  readonly ciphertext?: string
}

/** What can be done with shares. All of it is a function of what is handed in. */
export interface ThresholdCryptography {
  /** The share of a holder in the first dealing, by somebody whom all trust. */
  firstShare<Holder>(holder: Holder, threshold: number): Share<Holder>
  sign<Holder, Content>(share: Share<Holder>, content: Content): Partial<Holder, Content>
  /** Whether the signature was made with the share of its `holder`, over this content. */
  verifiesPartial(partial: Partial<unknown, unknown>): boolean
  /** The signature that these make: undefined if they are too few that fit together. */
  combine<Holder, Content>(
    partials: ReadonlyArray<Partial<Holder, Content>>
  ): JointlySigned<Content> | undefined
  /** Whether the signature was made with the key, over this content. */
  verifies(signed: JointlySigned<unknown>): boolean
  /** What the holder of a share gives this holder of a share of the next dealing. */
  deal<Holder>(share: Share<Holder>, holder: Holder, threshold: number): SubShare<Holder>
  /**
   * Whether this is what a dealer gives the holders of the next dealing, of which so many make a
   * signature, and fits what the dealer holds: everybody can verify that without reading it.
   * (Stadler, 1996.)
   */
  isDealtBy(dealer: unknown, threshold: number, encrypted: ReadonlyArray<Encrypted>): boolean
  /** The share that these make: undefined if they are too few that fit together. */
  redealt<Holder>(subShares: ReadonlyArray<SubShare<Holder>>): Share<Holder> | undefined
}

/** How many different ones there are. */
const different = (values: ReadonlyArray<unknown>): number => setOf(values).length

/**
 * Whether the content is signed if all of these sign it: those who hold shares of one dealing, or
 * have signed with them, are enough.
 */
export const areEnough = (signers: ReadonlyArray<Dealt & { readonly holder: unknown }>): boolean =>
  signers.some(({ dealing, threshold }) => {
    const holders = signers.filter((one) => one.dealing === dealing).map(({ holder }) => holder)
    return different(holders) >= threshold
  })

/** The shares that can be made of these parts, each once. */
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
