/**
 * Threshold signatures: how many shares sign, what resharing protects, and what an adversary makes
 * of the shares that it has.
 */
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { derivation, type Knowledge, knownTerms } from "../../../spec/kernel/adversary.ts"
import { Encrypted, SymmetricKey, symbolic } from "../../../spec/kernel/cryptography.ts"
import { equals } from "../../../spec/kernel/data.ts"
import { JointlySigned, Partial, Share, SubShare } from "../../../spec/kernel/threshold.ts"
import { ServerId, server } from "../../../spec/nodes/nodes.ts"

const { threshold } = symbolic
const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(server) as [
  ServerId,
  ServerId,
  ServerId,
  ServerId,
  ServerId
]
const share = (holder: ServerId) => threshold.firstShare(holder, 3)
const parts = (holders: ReadonlyArray<ServerId>, content = "x") =>
  holders.map((holder) => threshold.sign(share(holder), content))

describe("threshold signatures", () => {
  it("take as many different holders as the threshold says, over the same content", () => {
    expect(threshold.combine(parts([a, b, c]))).toEqual({ content: "x" })
    expect(threshold.combine(parts([a, b]))).toBeUndefined()
    expect(threshold.combine(parts([a, b, b]))).toBeUndefined()
    expect(threshold.combine([...parts([a, b]), ...parts([c], "y")])).toBeUndefined()
    const forged = parts([c]).map((part) => ({ ...part, signature: "forged" }))
    expect(threshold.combine([...parts([a, b]), ...forged])).toBeUndefined()
  })

  it("take shares of one dealing", () => {
    const dealt = [a, b, c].map((dealer) => threshold.deal(share(dealer), e, 3))
    const next = threshold.redealt(dealt)
    expect(next).toEqual({ dealing: 1, threshold: 3, holder: e })
    const mixed = [...parts([a, b]), ...(next === undefined ? [] : [threshold.sign(next, "x")])]
    expect(threshold.combine(mixed)).toBeUndefined()
  })

  it("are reshared by as many as sign together, each for itself", () => {
    const dealt = (dealer: ServerId) => threshold.deal(share(dealer), e, 1)
    expect(threshold.redealt([dealt(a), dealt(b)])).toBeUndefined()
    expect(threshold.redealt([dealt(a), dealt(b), dealt(b)])).toBeUndefined()
    const key = { owner: e, times: 1 }
    const [byA, byB] = [a, b].map((dealer) => symbolic.encrypt(key, dealt(dealer)))
    if (byA === undefined || byB === undefined) throw new Error("nothing was encrypted")
    expect(threshold.isDealtBy(a, 1, [byA, byA])).toBe(true)
    expect(threshold.isDealtBy(d, 1, [byA])).toBe(false)
    expect(threshold.isDealtBy(a, 2, [byA])).toBe(false)
    expect(threshold.isDealtBy(a, 1, [byA, byB])).toBe(false)
  })
})

const Message = Schema.Union([
  Schema.TaggedStruct("Part", { part: Partial(ServerId, Schema.String) }),
  Schema.TaggedStruct("Whole", { whole: JointlySigned(Schema.String) }),
  Schema.TaggedStruct("Dealt", { sealed: Encrypted(ServerId, SubShare(ServerId)) }),
  Schema.TaggedStruct("Say", { content: Schema.String })
])
const Holding = Schema.Struct({ share: Share(ServerId) })
const Reading = Schema.Struct({ key: SymmetricKey(ServerId) })
const { learn, derivable } = derivation({ strength: "equivocating" }, [Message, Holding, Reading])

const hold = (holders: ReadonlyArray<ServerId>): Knowledge =>
  holders.reduce<Knowledge>(
    (known, holder) => learn(known, Holding, { share: share(holder) }),
    learn([], Message, { _tag: "Say", content: "lie" })
  )
const hear = (known: Knowledge, holders: ReadonlyArray<ServerId>, content = "x"): Knowledge =>
  parts(holders, content).reduce((sum, part) => learn(sum, Message, { _tag: "Part", part }), known)
const signs = (known: Knowledge, content: string): boolean =>
  derivable(known, Message).some((one) => equals(one, { _tag: "Whole", whole: { content } }))

describe("an adversary with shares", () => {
  it("signs anything with enough of them, and nothing with one fewer", () => {
    expect(signs(hold([a, b, c]), "lie")).toBe(true)
    expect(signs(hold([a, b]), "lie")).toBe(false)
  })

  it("completes with its shares what others have signed, and nothing else", () => {
    const known = hear(hold([a, b]), [c])
    expect(signs(known, "x")).toBe(true)
    expect(signs(known, "lie")).toBe(false)
    expect(signs(hear(hold([a]), [b]), "x")).toBe(false)
    // The same holder does not count twice, and a part of another content does not count.
    expect(signs(hear(hold([a, b]), [b]), "x")).toBe(false)
    expect(signs(hear(hear(hold([a]), [b]), [c], "y"), "x")).toBe(false)
  })

  it("makes a share of the parts that were dealt to a node, once it can read them", () => {
    const key = { owner: e, times: 1 }
    const dealt = (dealers: ReadonlyArray<ServerId>) =>
      dealers.reduce<Knowledge>((known, dealer) => {
        const sealed = symbolic.encrypt(key, threshold.deal(share(dealer), e, 1))
        return learn(known, Message, { _tag: "Dealt", sealed })
      }, [])
    const reads = (known: Knowledge, times: number) =>
      knownTerms(learn(known, Reading, { key: { owner: e, times } }), "share")
    expect(reads(dealt([a, b, c]), 1)).toEqual([{ dealing: 1, threshold: 1, holder: e }])
    expect(reads(dealt([a, b, c]), 0)).toHaveLength(1)
    expect(reads(dealt([a, b, c]), 2)).toEqual([])
    expect(reads(dealt([a, b]), 1)).toEqual([])
  })

  it("can be no stronger than it is said to be: a stale one only repeats", () => {
    const stale = derivation({ strength: "stale" }, [Message])
    const whole = stale
      .derivable(hear(hold([a, b, c]), [a]), Message)
      .filter((one) => (one as { readonly _tag: string })._tag !== "Say")
    expect(whole).toEqual([{ _tag: "Part", part: parts([a])[0] }])
  })
})
