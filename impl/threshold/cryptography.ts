/**
 * Threshold signatures and encryption with public halves, as in the specification
 * (`spec/kernel/threshold.ts`), with real keys. The membership service's replicas run with this.
 *
 * A term has the same shape as a symbolic one. The `secret` of a share, and of a part of a share,
 * is the handle of 32 bytes in the keyring, followed there by the commitment to its dealing. So the
 * commitment is stored with the share, and is erased with it. All randomness is derived from the
 * secrets, so equal steps are equal.
 *
 * A partial signature carries the commitment to its dealing, because no message tells it to the
 * nodes that follow the service's epochs. A commitment with another public key is refused. With the
 * right public key, a liar can invent a commitment of which it knows fewer shares than the
 * threshold. Its signatures then pass as partial signatures, but never combine.
 */
import { createHmac } from "node:crypto"
import type { Cryptography, Encrypted } from "../../spec/kernel/cryptography.ts"
import { canonical, equals } from "../../spec/kernel/data.ts"
import type { Partial, Share, SubShare } from "../../spec/kernel/threshold.ts"
import { nextSecret } from "../byzantine/cryptography.ts"
import type { Keyring } from "../byzantine/keyring.ts"
import {
  complaintOf,
  openPart,
  type Receiver,
  type Redealing,
  redealtShare,
  sealPart
} from "./dealing.ts"
import { decodePoint, decodeScalar, encodeScalar, type G2, scalarBytes } from "./group.ts"
import {
  areEqual,
  type Commitment,
  commitmentTo,
  decodeCommitment,
  encodeCommitment,
  placeOf,
  polynomialOf,
  valueAt
} from "./polynomial.ts"
import { Recent } from "./recent.ts"
import { maxSealedBytes, readingHalf } from "./sealing.ts"
import { combine, hashToPoint, signWith, verifies, verifiesPartial } from "./signing.ts"

export interface ThresholdOptions {
  readonly keyring: Keyring
  /** The public key of the service, as `publicKeyText` encodes it. */
  readonly publicKey: string
  /** The commitments to dealings that this node knows; new ones are added. */
  readonly commitments: Commitments
  /** The handle of this process's share in the first dealing, if it has one. */
  readonly firstShare?: string
  /**
   * The public half of a node's key to read with, hashed this number of times (`readingHalfAt`), 32
   * bytes; undefined if the node has published none.
   */
  readonly readingHalf: (owner: string, times: number) => Uint8Array | undefined
}

/** The public key of the service: 64 characters. */
export const publicKeyText = ([key]: Commitment): string => text(key.toBytes(true))

/** The secret of a share, to add to a keyring, which returns its handle. */
export const shareSecret = (commitment: Commitment, share: bigint): Uint8Array =>
  Buffer.concat([encodeScalar(share), encodeCommitment(commitment)])

/** The public half to read with of this key, which is hashed already. */
export const readingHalfAt = (secret: Uint8Array): Uint8Array => readingHalf(readingSecret(secret))

/** The public halves of an unhashed key, hashed `from` to `to` times. */
export const readingHalves = (
  secret: Uint8Array,
  from: number,
  to: number
): ReadonlyArray<Uint8Array> => {
  const halves: Array<Uint8Array> = []
  let hashed: Uint8Array = Buffer.from(secret)
  for (let times = 0; times <= to; times++) {
    if (times >= from) halves.push(readingHalfAt(hashed))
    const next = nextSecret(hashed)
    hashed.fill(0)
    hashed = next
  }
  hashed.fill(0)
  return halves
}

/** The commitments to dealings, by their numbers. All of it is public. */
export class Commitments {
  private readonly known = new Map<number, Commitment>()

  /** The number of known commitments: a result computed with fewer may differ. */
  get version(): number {
    return this.known.size
  }

  constructor(first?: Commitment) {
    if (first !== undefined) this.known.set(0, first)
  }

  of(dealing: number): Commitment | undefined {
    return this.known.get(dealing)
  }

  remember(dealing: number, commitment: Commitment): void {
    this.known.set(dealing, commitment)
  }

  /** After a start, learns the commitments from the shares in the states of the processes. */
  recover(keyring: Keyring, shares: ReadonlyArray<Share<unknown>>): void {
    for (const share of shares) {
      const held = heldIn(keyring, share.secret)
      if (held !== undefined) this.remember(share.dealing, held.commitment)
    }
  }
}

/** The same cryptography, with threshold keys added. */
export const withThreshold = (base: Cryptography, options: ThresholdOptions): Cryptography => {
  const { keyring, commitments } = options
  const publicKey = decodePoint(bytesOf(options.publicKey))
  if (publicKey === undefined) throw new RangeError("the service's public key is not a valid point")
  // This result depends on the commitments and keys to read with that this node knows.
  const dealings = new Recent<boolean>()
  const pointOf = (content: unknown): G2 => {
    const signed = canonical(["quorate service", content])
    return points.of(signed, () => hashToPoint(signed))
  }
  const held = (secret: string | undefined): Held | undefined => heldIn(keyring, secret)

  const isGenuine = (partial: Partial<unknown, unknown>): boolean => {
    const { dealing, threshold, holder, content, signature = "" } = partial
    const parts = partsOf(signature)
    const known = commitments.of(dealing)
    return (
      parts !== undefined &&
      parts.commitment.length === threshold &&
      parts.commitment[0].equals(publicKey) &&
      (known === undefined || areEqual(known, parts.commitment)) &&
      verdicts.of(canonical(["partial", holder, content, signature]), () =>
        verifiesPartial(parts.commitment, placeOf(nameOf(holder)), pointOf(content), parts.own)
      )
    )
  }

  const combined = <Content>(
    partials: ReadonlyArray<Partial<unknown, Content>>
  ): string | undefined => {
    const [first] = partials
    if (first === undefined) return undefined
    const placed = new Map<bigint, Uint8Array>()
    for (const { holder, signature = "" } of partials) {
      const parts = partsOf(signature)
      if (parts !== undefined) placed.set(placeOf(nameOf(holder)), parts.own)
    }
    const used = [...placed].map(([place, signature]) => ({ place, signature }))
    const { content, threshold } = first
    const shown = used.map(({ place, signature }) => `${place} ${text(signature)}`)
    return combinations.of(canonical([options.publicKey, content, threshold, shown]), () => {
      const signature = combine(threshold, used)
      return signature !== undefined && verifies(publicKey, pointOf(content), signature)
        ? text(signature)
        : undefined
    })
  }

  return {
    ...base,
    threshold: {
      firstShare: (holder, threshold) => ({
        dealing: 0,
        threshold,
        holder,
        ...(options.firstShare === undefined ? {} : { secret: options.firstShare })
      }),
      sign: ({ dealing, threshold, holder, secret }, content) => {
        const own = held(secret)
        // A holder that no longer has the share makes a signature that verifies nowhere.
        if (own === undefined) return { dealing, threshold, holder, content, signature: "" }
        const committed = text(encodeCommitment(own.commitment))
        const signature = signatures.of(canonical([committed, holder, content]), () => {
          return `${text(signWith(own.scalar, pointOf(content)))}.${committed}`
        })
        return { dealing, threshold, holder, content, signature }
      },
      verifiesPartial: isGenuine,
      combine: (partials) => {
        const [first] = partials
        if (first === undefined) return undefined
        if (!partials.every(({ content }) => equals(content, first.content))) return undefined
        const genuine = partials.filter(isGenuine)
        for (const group of groupedBy(genuine, dealingOf)) {
          const signature = combined(group)
          if (signature !== undefined) return { content: first.content, signature }
        }
        return undefined
      },
      verifies: ({ content, signature = "" }) =>
        verdicts.of(canonical(["whole", options.publicKey, content, signature]), () =>
          verifies(publicKey, pointOf(content), bytesOf(signature))
        ),
      deal: (share, holder, threshold) => ({
        dealing: share.dealing + 1,
        threshold,
        holder,
        dealer: share.holder,
        needed: share.threshold,
        ...partFor(keyring, held(share.secret), share.dealing + 1, threshold, nameOf(holder))
      }),
      isDealtBy: (dealer, threshold, encrypted) =>
        dealings.of(canonical([commitments.version, dealer, threshold, encrypted]), () =>
          isDealt(options, nameOf(dealer), threshold, encrypted)
        ),
      redealt: (subShares) => {
        const [first] = subShares
        if (first === undefined) return undefined
        const { dealing, threshold, holder, needed } = first
        const parts = subShares.flatMap((part) => {
          const own = held(part.secret)
          const isFitting = part.dealing === dealing && equals(part.holder, holder)
          return own === undefined || !isFitting
            ? []
            : [{ dealer: nameOf(part.dealer), commitment: own.commitment, value: own.scalar }]
        })
        const made = redealtShare(publicKey, needed, nameOf(holder), parts)
        if (made === undefined || made.commitment.length !== threshold) return undefined
        commitments.remember(dealing, made.commitment)
        const secret = keyring.add(shareSecret(made.commitment, made.share))
        return { dealing, threshold, holder, secret }
      }
    },
    encryptFor: (owner, times, content) => ({
      owner,
      times,
      ciphertext: sealedText(options, owner, times, content)
    }),
    decrypt: (key, box) => {
      const dealt = dealtIn([box])
      if (dealt === undefined) return base.decrypt(key, box)
      const secret = keyring.get(key.secret)
      if (secret === undefined || key.times !== box.times || !equals(key.owner, box.owner))
        return undefined
      const own = readingSecret(secret)
      const receiver = { name: nameOf(box.owner), readingHalf: readingHalf(own) }
      const part = openPart(dealt.redealing, dealt.number, receiver, own)
      own.fill(0)
      if (part === undefined) return undefined
      const subShare: SubShare<unknown> = {
        dealing: dealt.number,
        threshold: part.commitment.length,
        holder: box.owner,
        dealer: dealt.redealing.dealer,
        needed: dealt.needed,
        secret: keyring.add(shareSecret(part.commitment, part.value))
      }
      return subShare as never
    }
  }
}

/**
 * What a handle refers to: a scalar, and the commitment to the polynomial that it is a value of.
 */
interface Held {
  readonly scalar: bigint
  readonly commitment: Commitment
}

const heldIn = (keyring: Keyring, handle: string | undefined): Held | undefined => {
  const secret = keyring.get(handle)
  if (secret === undefined || secret.length <= scalarBytes) return undefined
  const scalar = decodeScalar(secret.subarray(0, scalarBytes))
  const commitment = commitmentIn(text(secret.subarray(scalarBytes)))
  return scalar === undefined || commitment === undefined ? undefined : { scalar, commitment }
}

/** A separate secret for each purpose. */
const derived = (secret: Uint8Array, ...purpose: ReadonlyArray<unknown>): Buffer =>
  createHmac("sha256", secret).update(canonical(purpose)).digest()

const readingSecret = (secret: Uint8Array): Buffer => derived(secret, "quorate reading key")

/** The part that the holder of a share gives this receiver: a value of the share's polynomial. */
const partFor = (
  keyring: Keyring,
  share: Held | undefined,
  dealing: number,
  threshold: number,
  holder: string
): { readonly secret?: string } => {
  if (share === undefined) return {}
  const bytes = encodeScalar(share.scalar)
  const random = derived(bytes, "quorate dealing", dealing, threshold)
  const polynomial = polynomialOf(share.scalar, threshold, random)
  for (const secret of [bytes, random]) secret.fill(0)
  const part = valueAt(polynomial, placeOf(holder))
  return { secret: keyring.add(shareSecret(commitmentTo(polynomial), part)) }
}

/** Seals a part of a share. Nothing else is sealed with public halves. */
const sealedText = (
  { keyring, readingHalf }: ThresholdOptions,
  owner: unknown,
  times: number,
  content: unknown
): string => {
  const { dealer, needed, secret } = content as Partial_<SubShare<unknown>>
  const held = heldIn(keyring, secret)
  const half = readingHalf(nameOf(owner), times)
  // A dealer without the part, or without a key to seal it with, deals an empty text, which no
  // receiver accepts.
  if (held === undefined || half === undefined || needed === undefined) return ""
  const bytes = encodeScalar(held.scalar)
  const random = derived(bytes, "quorate sealing", times)
  const receiver = { name: nameOf(owner), readingHalf: half }
  const sealed = sealPart(nameOf(dealer), times, held.commitment, receiver, held.scalar, random)
  for (const secretBytes of [bytes, random]) secretBytes.fill(0)
  return [
    "dealt",
    needed,
    text(Buffer.from(nameOf(dealer))),
    text(encodeCommitment(held.commitment)),
    text(sealed)
  ].join(".")
}
type Partial_<A> = { readonly [K in keyof A]?: A[K] | undefined }

/** What one dealer dealt, according to its boxes; undefined unless they agree. */
interface Dealt {
  readonly number: number
  readonly needed: number
  readonly redealing: Redealing
}

/** An encrypted part on the wire. */
type Boxed = Pick<Encrypted<unknown, unknown>, "owner" | "times" | "ciphertext">

const shape = /^dealt\.(\d{1,2})\.([\w-]+)\.([\w-]+)\.([\w-]+)$/
const maxTextBytes = 2 * maxSealedBytes

const dealtIn = (boxes: ReadonlyArray<Boxed>): Dealt | undefined => {
  const [first] = boxes
  if (first === undefined) return undefined
  const parsed = boxes.map(({ ciphertext = "" }) =>
    ciphertext.length > maxTextBytes ? null : shape.exec(ciphertext)
  )
  const [one] = parsed
  if (!one || boxes.some(({ times }) => times !== first.times)) return undefined
  const [, needed = "", dealer = "", committed = ""] = one
  const sealed: Array<Redealing["sealed"][number]> = []
  for (const [at, match] of parsed.entries()) {
    const isSame = match?.[1] === needed && match[2] === dealer && match[3] === committed
    if (!isSame) return undefined
    sealed.push({ receiver: nameOf(boxes[at]?.owner), sealed: bytesOf(match?.[4] ?? "") })
  }
  const commitment = commitmentIn(committed)
  if (commitment === undefined) return undefined
  return {
    number: first.times,
    needed: Number(needed),
    redealing: { dealer: bytesOf(dealer).toString("utf8"), commitment, sealed }
  }
}

/** Whether a dealing is valid, from a dealer whose share was dealt in public. */
const isDealt = (
  options: ThresholdOptions,
  dealer: string,
  threshold: number,
  encrypted: ReadonlyArray<Boxed>
): boolean => {
  const dealt = dealtIn(encrypted)
  if (dealt === undefined || dealt.redealing.dealer !== dealer) return false
  const { number, needed, redealing } = dealt
  const before = options.commitments.of(number - 1)
  const receivers = receiversOf(options, redealing, number)
  if (before === undefined || receivers === undefined || needed !== before.length) return false
  return complaintOf(redealing, { number, before, threshold, receivers }) === undefined
}

const receiversOf = (
  { readingHalf }: ThresholdOptions,
  { sealed }: Redealing,
  number: number
): ReadonlyArray<Receiver> | undefined => {
  const receivers = sealed.flatMap(({ receiver }) => {
    const half = readingHalf(receiver, number)
    return half === undefined ? [] : [{ name: receiver, readingHalf: half }]
  })
  return receivers.length === sealed.length ? receivers : undefined
}

/** A partial signature, and the commitment that came with it. */
const partsOf = (
  signature: string
): { readonly own: Uint8Array; readonly commitment: Commitment } | undefined => {
  const [own = "", committed = "", ...more] = signature.split(".", 3)
  if (more.length > 0) return undefined
  const commitment = commitmentIn(committed)
  return commitment === undefined ? undefined : { own: bytesOf(own), commitment }
}

const commitmentIn = (committed: string): Commitment | undefined =>
  decodedCommitments.of(committed, () => decodeCommitment(bytesOf(committed)))

/** The commitment that comes with a partial signature, which names its dealing. */
const dealingOf = ({ dealing, signature = "" }: Partial<unknown, unknown>): string =>
  `${dealing} ${signature.split(".", 2)[1]}`

const groupedBy = <A>(
  values: ReadonlyArray<A>,
  key: (value: A) => string
): ReadonlyArray<ReadonlyArray<A>> => {
  const groups = new Map<string, Array<A>>()
  for (const value of values) groups.set(key(value), [...(groups.get(key(value)) ?? []), value])
  return [...groups.values()]
}

const nameOf = (holder: unknown): string =>
  typeof holder === "string" ? holder : canonical(holder)

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url")
const bytesOf = (encoded: string): Buffer => Buffer.from(encoded, "base64url")

/*
 * These results are functions of public data, so all nodes in one process share them: many nodes
 * send the same signature, and verifying it takes long.
 */
const decodedCommitments = new Recent<Commitment | undefined>()
const points = new Recent<G2>()
const verdicts = new Recent<boolean>()
const combinations = new Recent<string | undefined>()
/** What somebody here has signed, and is asked to sign again. Whoever signs has the share still. */
const signatures = new Recent<string>()
