import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  complaintOf,
  dealFirst,
  type Expected,
  isShare,
  openPart,
  type Part,
  type Receiver,
  type Redealing,
  redeal,
  redealtCommitment,
  redealtShare,
  sealPart
} from "../../../impl/threshold/dealing.ts"
import { type G2, scalars } from "../../../impl/threshold/group.ts"
import {
  areEqual,
  commitmentTo,
  decodeCommitment,
  encodeCommitment,
  maxThreshold,
  placeOf,
  polynomialOf,
  valueAt
} from "../../../impl/threshold/polynomial.ts"
import { readingHalf } from "../../../impl/threshold/sealing.ts"
import {
  combine,
  hashToPoint,
  signWith,
  verifies,
  verifiesPartial
} from "../../../impl/threshold/signing.ts"
import { draws } from "../../draws.ts"

const random = (seed: number): Uint8Array => Buffer.alloc(32, seed)
const point = hashToPoint("epoch 7")
const partial = (holder: string, share: bigint, of: G2 = point) => ({
  place: placeOf(holder),
  signature: of === point ? signedWith(share) : signWith(share, of)
})
/**
 * All tests share the signatures of each share and the opening of each part, which take most of the
 * time.
 */
const once = <Given, Made>(make: (given: Given) => Made): ((given: Given) => Made) => {
  const made = new Map<Given, Made>()
  return (given) => {
    if (!made.has(given)) made.set(given, make(given))
    return made.get(given) as Made
  }
}
const signedWith = once((share: bigint) => signWith(share, point))
const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes).toString("hex")

/** The key that shares make: only a test computes it. */
const secretOf = (threshold: number, shares: ReadonlyArray<readonly [string, bigint]>): bigint =>
  shares.slice(0, threshold).reduce((sum, [holder, share]) => {
    const place = placeOf(holder)
    const weight = shares
      .slice(0, threshold)
      .filter(([other]) => other !== holder)
      .reduce((product, [other]) => {
        const there = placeOf(other)
        return scalars.mul(product, scalars.div(there, scalars.sub(there, place)))
      }, 1n)
    return scalars.add(sum, scalars.mul(weight, share))
  }, 0n)

const readers = (...names: ReadonlyArray<string>) =>
  names.map((name, at) => {
    const secret = Buffer.alloc(32, 100 + at)
    return { name, secret, readingHalf: readingHalf(secret) }
  })

const old = dealFirst(["a", "b", "c", "d"], 3, random(1))
const shareOf = (holder: string): bigint => old.shares.get(holder) ?? 0n
const [publicKey] = old.commitment
const next = readers("c", "e", "f", "g")
const expected: Expected = {
  number: 1,
  before: old.commitment,
  threshold: 3,
  receivers: next
}
const dealt = new Map(
  ["a", "b", "c", "d"].map((dealer, at) => [
    dealer,
    redeal(dealer, shareOf(dealer), expected, random(10 + at))
  ])
)
const dealtBy = (dealer: string): Redealing => dealt.get(dealer) as Redealing
const openedBy = once((receiver: Receiver & { readonly secret: Uint8Array }) =>
  once((dealer: string) => openPart(dealtBy(dealer), 1, receiver, receiver.secret) as Part)
)
const partsFor = (
  receiver: Receiver & { readonly secret: Uint8Array },
  dealers: ReadonlyArray<string>
): ReadonlyArray<Part> => dealers.map(openedBy(receiver))
const redealtTo = (dealers: ReadonlyArray<string>) =>
  next.map((receiver) => {
    const made = redealtShare(publicKey, 3, receiver.name, partsFor(receiver, dealers))
    if (made === undefined) throw new Error(`${receiver.name} has no share`)
    return { name: receiver.name, ...made }
  })

describe("a key that is dealt", () => {
  it("signs by any shares that are enough, as the key would alone", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 2, max: 250 }),
        fc.infiniteStream(fc.nat()),
        (threshold, more, seed, order) => {
          const holders = Array.from({ length: threshold + more }, (_, at) => `holder ${at}`)
          const dealing = dealFirst(holders, threshold, random(seed))
          const shuffled = holders
            .map((holder) => [order.next().value as number, holder] as const)
            .sort(([one], [other]) => one - other)
            .map(([, holder]) => holder)
          const partials = shuffled
            .slice(0, threshold)
            .map((holder) => partial(holder, dealing.shares.get(holder) ?? 0n))
          const key = secretOf(threshold, [...dealing.shares])
          expect(hex(combine(threshold, partials))).toBe(hex(signWith(key, point)))
          expect(combine(threshold, partials.slice(1))).toBeUndefined()
        }
      ),
      { numRuns: draws(12) }
    )
  })

  it("commits to every share", () => {
    for (const [holder, share] of old.shares) {
      expect(isShare(old.commitment, holder, share)).toBe(true)
      expect(isShare(old.commitment, holder, share + 1n)).toBe(false)
    }
    const decoded = decodeCommitment(encodeCommitment(old.commitment))
    expect(decoded && areEqual(decoded, old.commitment)).toBe(true)
    expect(decodeCommitment(Buffer.alloc(48))).toBeUndefined()
    expect(decodeCommitment(Buffer.alloc(47))).toBeUndefined()
    expect(decodeCommitment(Buffer.alloc(48 * (maxThreshold + 1)))).toBeUndefined()
  })

  it("names a share that signs something else, and does without it", () => {
    const other = hashToPoint("epoch 8")
    const partials = [
      ["a", partial("a", shareOf("a"))],
      ["b", partial("b", shareOf("b"), other)],
      ["c", partial("c", shareOf("c"))],
      ["d", partial("d", shareOf("d"))]
    ] as const
    const bad = partials.filter(
      ([, { place, signature }]) => !verifiesPartial(old.commitment, place, point, signature)
    )
    expect(bad.map(([holder]) => holder)).toEqual(["b"])
    const all = combine(
      3,
      partials.map(([, one]) => one)
    )
    expect(all && verifies(publicKey, point, all)).toBe(false)
    const good = combine(
      3,
      partials.filter((one) => !bad.includes(one)).map(([, one]) => one)
    )
    expect(good && verifies(publicKey, point, good)).toBe(true)
  })

  it("takes a share once", () => {
    const [a, b] = [partial("a", shareOf("a")), partial("b", shareOf("b"))]
    expect(combine(3, [a, b, b])).toBeUndefined()
  })

  it("has a threshold that its holders can reach", () => {
    expect(() => dealFirst(["a", "b"], 3, random(1))).toThrow("cannot sign together")
    expect(() => dealFirst(["a", "a", "b"], 3, random(1))).toThrow("cannot sign together")
    expect(() => polynomialOf(1n, 0, random(1))).toThrow("a threshold is 1 to")
    expect(() => polynomialOf(1n, 2, Buffer.alloc(8))).toThrow("32 random bytes")
  })
})

describe("a reshared key", () => {
  it("is the same key, for any dealers that the log has ordered", () => {
    const signed = hex(
      combine(
        3,
        ["a", "b", "c"].map((one) => partial(one, shareOf(one)))
      )
    )
    for (const dealers of [
      ["b", "d", "a"],
      ["d", "c", "b", "a"]
    ]) {
      const shares = redealtTo(dealers)
      for (const without of shares) {
        const partials = shares
          .filter((one) => one !== without)
          .map(({ name, share }) => partial(name, share))
        expect(hex(combine(3, partials))).toBe(signed)
      }
      const made = redealtCommitment(publicKey, 3, dealers.map(dealtBy))
      for (const { name, commitment, share } of shares) {
        expect(made && areEqual(made, commitment)).toBe(true)
        expect(isShare(commitment, name, share)).toBe(true)
      }
    }
  })

  it("has other shares: old ones do not sign with new ones", () => {
    const shares = redealtTo(["b", "d", "a"])
    const share = (name: string) => shares.find((one) => one.name === name)?.share ?? 0n
    expect(share("c")).not.toBe(shareOf("c"))
    for (const mixed of [
      [partial("a", shareOf("a")), partial("e", share("e")), partial("f", share("f"))],
      [partial("a", shareOf("a")), partial("b", shareOf("b")), partial("e", share("e"))],
      [partial("a", shareOf("a")), partial("b", shareOf("b")), partial("c", share("c"))]
    ]) {
      const combined = combine(3, mixed)
      expect(combined && verifies(publicKey, point, combined)).toBe(false)
    }
    // Nor do all that are left of either: two of the old, and two of the new.
    const left: ReadonlyArray<readonly [string, bigint]> = [
      ["a", shareOf("a")],
      ["b", shareOf("b")],
      ["e", share("e")],
      ["f", share("f")]
    ]
    const key = secretOf(3, [...old.shares])
    for (const without of left)
      expect(
        secretOf(
          3,
          left.filter((one) => one !== without)
        )
      ).not.toBe(key)
    expect(secretOf(4, left)).not.toBe(key)
  })

  it("says nothing by shares that are too few: they fit every key", () => {
    // For two shares of three, and any key at all, there is a polynomial that goes through them.
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: scalars.ORDER - 1n }), (key) => {
        const two = (["a", "b"] as const).map((name) => [name, shareOf(name)] as const)
        const c = placeOf("c")
        const weight = (at: bigint, others: ReadonlyArray<bigint>) =>
          others.reduce(
            (product, other) =>
              scalars.mul(product, scalars.div(scalars.sub(c, other), scalars.sub(at, other))),
            1n
          )
        const places = [0n, ...two.map(([name]) => placeOf(name))]
        const values = [key, ...two.map(([, share]) => share)]
        const third = places.reduce((sum, place, at) => {
          const others = places.filter((other) => other !== place)
          return scalars.add(sum, scalars.mul(values[at] ?? 0n, weight(place, others)))
        }, 0n)
        expect(secretOf(3, [...two, ["c", third]])).toBe(key)
      }),
      { numRuns: draws(40) }
    )
  })

  it("goes to more or fewer holders, and a higher or lower threshold", () => {
    const few = dealFirst(["a", "b"], 2, random(2))
    const signed = hex(signWith(secretOf(2, [...few.shares]), point))
    for (const [names, threshold] of [
      [["x", "y", "z"], 3],
      [["v"], 1]
    ] as const) {
      const receivers = readers(...names)
      const to = { number: 1, threshold, receivers }
      const parts = [...few.shares].map(([dealer, share], at) =>
        redeal(dealer, share, to, random(30 + at))
      )
      const [first] = parts
      expect(first && complaintOf(first, { ...to, before: few.commitment })).toBeUndefined()
      const partials = receivers.slice(0, threshold).map((receiver) => {
        const opened = parts.map((one) => openPart(one, 1, receiver, receiver.secret) as Part)
        const made = redealtShare(few.commitment[0], 2, receiver.name, opened)
        return partial(receiver.name, made?.share ?? 0n)
      })
      expect(hex(combine(threshold, partials))).toBe(signed)
    }
  })

  it("needs as many dealers as sign together, each once, and all equal", () => {
    const [receiver] = next
    if (receiver === undefined) throw new Error("nobody receives")
    const parts = partsFor(receiver, ["a", "b", "c"])
    const [a, b] = parts
    expect(redealtShare(publicKey, 3, "c", parts.slice(1))).toBeUndefined()
    expect(redealtShare(publicKey, 3, "c", [a, a, b] as ReadonlyArray<Part>)).toBeUndefined()
    expect(redealtCommitment(publicKey, 3, [])).toBeUndefined()
    // Two sets of dealers are two polynomials.
    const madeBy = (...dealers: ReadonlyArray<string>) =>
      redealtShare(publicKey, 3, "c", partsFor(receiver, dealers))
    const [one, other] = [madeBy("a", "b", "c"), madeBy("a", "b", "d")]
    expect([one, other]).not.toContain(undefined)
    expect(one && other && areEqual(one.commitment, other.commitment)).toBe(false)
  })
})

describe("a dealer that lies", () => {
  it("is not complained of if it does not", () => {
    // One of them receives as well, the other does not.
    for (const dealer of ["c", "d"]) expect(complaintOf(dealtBy(dealer), expected)).toBeUndefined()
  })

  it("is complained of if it deals another secret, another threshold, or to others", () => {
    // The commitment of these is already wrong, or the names are, regardless of what is sealed for
    // them.
    const { sealed } = dealtBy("d")
    const committedTo = (secret: bigint, threshold: number): Redealing => ({
      ...{ dealer: "d", sealed },
      commitment: commitmentTo(polynomialOf(secret, threshold, random(13)))
    })
    expect(complaintOf(committedTo(shareOf("d") + 1n, 3), expected)).toEqual({
      dealer: "d",
      about: "another secret"
    })
    for (const threshold of [2, 4])
      expect(complaintOf(committedTo(shareOf("d"), threshold), expected)).toEqual({
        dealer: "d",
        about: "threshold"
      })
    const others = sealed.map((one) => ({
      ...one,
      receiver: one.receiver === "g" ? "h" : one.receiver
    }))
    expect(complaintOf({ ...dealtBy("d"), sealed: others }, expected)).toEqual({
      dealer: "d",
      about: "receivers"
    })
    for (const fewer of [sealed.slice(1), [...sealed.slice(1), ...sealed.slice(1, 2)]])
      expect(complaintOf({ ...dealtBy("d"), sealed: fewer }, expected)).toEqual({
        dealer: "d",
        about: "receivers"
      })
  })

  it("is complained of if it seals another value, and the receiver is named", () => {
    const polynomial = polynomialOf(shareOf("d"), 3, random(13))
    const commitment = commitmentTo(polynomial)
    const receiver = next[2] as Receiver
    const wrong = valueAt(polynomial, placeOf(receiver.name)) + 1n
    const sealed = dealtBy("d").sealed.map((one) =>
      one.receiver === receiver.name
        ? {
            receiver: receiver.name,
            sealed: sealPart("d", 1, commitment, receiver, wrong, random(13))
          }
        : one
    )
    expect(complaintOf({ dealer: "d", commitment, sealed }, expected)).toEqual({
      dealer: "d",
      about: "sealed",
      receiver: receiver.name
    })
  })

  it("is complained of if it repeats what was dealt by another, or for another move", () => {
    expect(complaintOf({ ...dealtBy("a"), dealer: "d" }, expected)?.about).toBe("another secret")
    expect(complaintOf(dealtBy("a"), { ...expected, number: 2 })?.about).toBe("sealed")
  })
})
