/**
 * The move of the membership service (`spec/membership/move`) as its replicas would run it: the
 * processes of the specification, each with a keyring of its own, over real shares.
 */
import { randomBytes } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { realCryptography } from "../../../impl/byzantine/cryptography.ts"
import { handlesIn, Keyring } from "../../../impl/byzantine/keyring.ts"
import {
  Commitments,
  publicKeyText,
  readingHalves,
  shareSecret,
  withThreshold
} from "../../../impl/threshold/cryptography.ts"
import { dealFirst } from "../../../impl/threshold/dealing.ts"
import type { Cryptography } from "../../../spec/kernel/cryptography.ts"
import { equals } from "../../../spec/kernel/data.ts"
import type { Partial } from "../../../spec/kernel/threshold.ts"
import { client } from "../../../spec/membership/move/client.ts"
import { log } from "../../../spec/membership/move/log.ts"
import type { Deal, Message } from "../../../spec/membership/move/messages.ts"
import { type ReplicaState, replica } from "../../../spec/membership/move/replica.ts"
import { correct } from "../../../spec/membership/move/rules.ts"
import * as Nodes from "../../../spec/nodes/nodes.ts"
import { draws } from "../../draws.ts"

const members = Nodes.servers("a", "b", "c", "d")
const servers = Nodes.servers("a", "b", "c", "d", "e", "f", "g", "h")
const admin = Nodes.administrator("admin")
const asker = Nodes.client("c1")

interface Post {
  readonly from: string
  readonly to: string
  readonly message: Message
}

/** A system that has begun, its nodes by name. */
const begun = () => {
  const first = dealFirst(members, 3, randomBytes(32))
  const own = new Map(servers.map((node) => [node as string, randomBytes(32)]))
  const halves = new Map(
    [...own].map(([node, secret]) => [node, readingHalves(secret, 0, 3)] as const)
  )
  // A node that runs the log, or holds a share, learns of each dealing; a node that only asks does
  // not.
  const commitments = new Commitments(first.commitment)
  const joins = (node: string) => {
    const keyring = new Keyring()
    const secret = own.get(node)
    const share = first.shares.get(node)
    const base = realCryptography({
      keyring,
      administrator: admin,
      ...(secret === undefined ? {} : { shared: keyring.add(secret) })
    })
    const cryptography = withThreshold(base, {
      keyring,
      publicKey: publicKeyText(first.commitment),
      commitments: node === asker ? new Commitments() : commitments,
      readingHalf: (owner, times) => halves.get(owner)?.[times],
      ...(share === undefined
        ? {}
        : { firstShare: keyring.add(shareSecret(first.commitment, share)) })
    })
    return { keyring, cryptography }
  }
  return new Map([...servers, admin, asker].map((node) => [node as string, joins(node)] as const))
}

const contextWith = (cryptography: Cryptography) => ({
  rules: correct,
  cryptography,
  servers,
  clients: [asker],
  administrator: admin,
  configuration: { members }
})

/** Runs moves to these members, one after the other, in an order that `pick` decides. */
const run = (
  moves: ReadonlyArray<{ readonly add: Nodes.ServerSet; readonly remove: Nodes.ServerSet }>,
  pick: (most: number) => number,
  lie: (post: Post) => Post | undefined = (post) => post
) => {
  const nodes = begun()
  const at = (node: string) => nodes.get(node) as NonNullable<ReturnType<typeof nodes.get>>
  const context = (node: string) => contextWith(at(node).cryptography)
  const states = new Map<string, ReplicaState>(
    servers.map((one) => [one as string, replica.initial(context(one), one)])
  )
  let logState = log.initial(context(admin), admin)
  let clientState = client.initial(context(asker), asker)
  const results: Array<unknown> = []
  let posts: Array<Post> = []
  const send = (from: string, sends: ReadonlyArray<{ to: string; message: Message }>) => {
    posts = [...posts, ...sends.flatMap((one) => lie({ from, ...one }) ?? [])]
  }
  const deliver = ({ from, to, message }: Post): boolean => {
    const input = { _tag: "Receive", from, message } as never
    if (to === admin) {
      if (log.postpones?.(context(to), admin, logState, from as never, message)) return false
      const step = log.step(context(to), admin, logState, input)
      logState = step.state
      send(to, step.sends)
      return true
    }
    if (to === asker) {
      if (client.postpones?.(context(to), asker, clientState, from as never, message)) return false
      const step = client.step(context(to), asker, clientState, input)
      clientState = step.state
      send(to, step.sends)
      return true
    }
    const state = states.get(to) as ReplicaState
    const self = to as Nodes.ServerId
    if (replica.postpones?.(context(to), self, state, from as never, message)) return false
    const step = replica.step(context(to), self, state, input)
    states.set(to, step.state)
    // Once a step is durable, nothing stays that no state mentions.
    at(to).keyring.eraseAllBut(handlesIn(step.state))
    send(to, step.sends)
    return true
  }
  const choose = (): boolean => {
    for (const choice of log.choices(context(admin), admin, logState)) {
      const step = log.step(context(admin), admin, logState, { _tag: "Choose", choice })
      logState = step.state
      send(admin, step.sends)
      return true
    }
    for (const choice of client.choices(context(asker), asker, clientState)) {
      const step = client.step(context(asker), asker, clientState, { _tag: "Choose", choice })
      clientState = step.state
      results.push(
        ...step.observations.flatMap((one) => (one._tag === "Response" ? [one.result] : []))
      )
      send(asker, step.sends)
      return true
    }
    for (const [node, state] of states)
      for (const choice of replica.choices(context(node), node as Nodes.ServerId, state)) {
        const step = replica.step(context(node), node as Nodes.ServerId, state, {
          _tag: "Choose",
          choice
        })
        states.set(node, step.state)
        send(node, step.sends)
        return true
      }
    return false
  }
  const settle = () => {
    for (;;) {
      while (choose()) {}
      const order = posts.map((post) => ({ post, at: pick(1000) })).sort((x, y) => x.at - y.at)
      const taken = order.find(({ post }) => {
        posts = posts.filter((one) => one !== post)
        if (deliver(post)) return true
        posts = [...posts, post]
        return false
      })
      if (taken === undefined) return
    }
  }
  for (const move of moves) {
    const operation = { _tag: "Reconfigure", ...move } as const
    const step = log.step(context(admin), admin, logState, { _tag: "Invoke", operation })
    logState = step.state
    send(admin, step.sends)
    settle()
  }
  const asked = client.step(context(asker), asker, clientState, {
    _tag: "Invoke",
    operation: { _tag: "Ask" }
  })
  clientState = asked.state
  send(asker, asked.sends)
  settle()
  return { at, states, logState, clientState, results }
}

const add = Nodes.servers
const moveAll = { add: add("e", "f", "g", "h"), remove: add("a", "b", "c", "d") }

describe("the membership service, over real shares,", () => {
  it("moves to nodes none of which it began with, and further, in any order of messages, with one that deals lies and then one that says nothing; and answers where it is", () => {
    // What `d` says is sealed for one is sealed for another.
    const lie = (post: Post): Post | undefined => {
      if (post.from === "h") return undefined
      if (post.from !== "d" || post.message._tag !== "Deal") return post
      const [first, second, ...others] = post.message.sealed
      if (first === undefined || second === undefined) return post
      const message: Deal = {
        ...post.message,
        sealed: [
          { ...first, ciphertext: second.ciphertext ?? "" },
          { ...second, ciphertext: first.ciphertext ?? "" },
          ...others
        ]
      }
      return { ...post, message }
    }
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(999)), (order) => {
        const { at, logState, states, clientState, results } = run(
          [moveAll, { add: add("a"), remove: add("h") }],
          () => order.next().value as number,
          lie
        )
        expect(logState).toEqual({
          view: { number: 2, members: servers.filter((one) => "aefg".includes(one)) },
          moving: null,
          system: 0
        })
        expect(clientState.view.number).toBe(2)
        expect(results).toEqual([2])
        const large = (node: string) => {
          const { keyring } = at(node)
          return keyring.handles.filter((one) => (keyring.get(one)?.length ?? 0) > 32)
        }
        // Nothing is left of the shares of nodes that left, nor of what was dealt to nodes that
        // stayed.
        for (const node of ["b", "c", "d", "h"]) {
          expect(states.get(node)?.shares).toEqual([])
          expect(large(node)).toEqual([])
        }
        for (const node of ["a", "e", "f", "g"]) {
          expect(states.get(node)?.shares.map(({ dealing }) => dealing)).toEqual([2])
          expect(large(node)).toHaveLength(1)
        }
      }),
      { numRuns: draws(4) }
    )
  })
})

describe("a partial signature", () => {
  const nodes = begun()
  const threshold = (node: string) =>
    (nodes.get(node) as NonNullable<ReturnType<typeof nodes.get>>).cryptography.threshold
  const part = (node: string, content: unknown): Partial<string, unknown> =>
    threshold(node).sign(threshold(node).firstShare(node, 3), content)
  const parts = ["a", "b", "c", "d"].map((node) => part(node, { epoch: 1 }))
  const [a, b, c, d] = parts as [
    Partial<string, unknown>,
    Partial<string, unknown>,
    Partial<string, unknown>,
    Partial<string, unknown>
  ]
  const { combine, verifies, verifiesPartial } = threshold("c1")

  it("is of its holder, content, dealing and threshold", () => {
    expect(parts.every(verifiesPartial)).toBe(true)
    for (const changed of [
      { ...a, holder: "b" },
      { ...a, content: { epoch: 2 } },
      { ...a, threshold: 2 },
      { ...a, signature: b.signature ?? "" },
      { ...a, signature: (a.signature ?? "").split(".")[0] ?? "" },
      { ...a, signature: `${a.signature}.AAAA` },
      { ...a, signature: "" }
    ])
      expect(verifiesPartial(changed)).toBe(false)
    // Who was given no share signs nothing.
    expect(verifiesPartial(part("e", { epoch: 1 }))).toBe(false)
  })

  it("combines with any others that are enough, to the same", () => {
    const all = combine(parts)
    expect(all && verifies(all)).toBe(true)
    for (const some of [
      [a, b, c],
      [d, a, c],
      [b, c, d]
    ])
      expect(combine(some)).toEqual(all)
    expect(combine([a, b])).toBeUndefined()
    expect(combine([a, a, b])).toBeUndefined()
    expect(combine([])).toBeUndefined()
    const forged = { ...d, signature: c.signature ?? "" }
    expect(combine([a, b, forged])).toBeUndefined()
    expect(combine([forged, a, b, c])).toEqual(all)
    expect(combine([a, b, part("c", { epoch: 2 })])).toBeUndefined()
    expect(all && verifies({ ...all, content: { epoch: 2 } })).toBe(false)
    expect(verifies({ content: { epoch: 1 } })).toBe(false)
  })

  it("of a commitment that a liar made up does not keep the others from combining", () => {
    // It has the public key, and of the rest what the liar chose: its own commitment, scrambled.
    const [own = "", committed = ""] = (d.signature ?? "").split(".")
    const bytes = Buffer.from(committed, "base64url")
    const swapped = Buffer.concat([
      bytes.subarray(0, 48),
      bytes.subarray(96, 144),
      bytes.subarray(48, 96)
    ])
    const madeUp = { ...d, signature: `${own}.${swapped.toString("base64url")}` }
    const all = combine([madeUp, a, b, c])
    expect(all && verifies(all)).toBe(true)
    expect(combine([madeUp, a, b])).toBeUndefined()
  })
})

describe("what is sealed", () => {
  it("is read by its owner, at its time, with the key that it was sealed for", () => {
    const nodes = begun()
    const of = (node: string) =>
      (nodes.get(node) as NonNullable<ReturnType<typeof nodes.get>>).cryptography
    const dealer = of("a")
    const subShare = dealer.threshold.deal(dealer.threshold.firstShare("a", 3), "e", 3)
    const box = dealer.encryptFor("e", 1, subShare)
    const key = of("e").ownSharedKey("e")
    const next = of("e").hashed(key, 1)
    const later = of("e").hashed(key, 2)
    const read = next && of("e").decrypt(next, box)
    expect(read && equals({ ...read, secret: "" }, { ...subShare, secret: "" })).toBe(true)
    expect(of("e").decrypt(key, box)).toBeUndefined()
    expect(later && of("e").decrypt(later, box)).toBeUndefined()
    expect(later && of("e").decrypt(later, { ...box, times: 2 })).toBeUndefined()
    expect(next && of("e").decrypt({ ...next, owner: "f" }, box)).toBeUndefined()
    // Nothing is sealed for a node whose key is not known, or by a node that has nothing to deal.
    expect(dealer.encryptFor("nobody", 1, subShare).ciphertext).toBe("")
    expect(dealer.encryptFor("e", 1, { ...subShare, secret: "none" }).ciphertext).toBe("")
    expect(dealer.threshold.isDealtBy("a", 3, [box])).toBe(true)
    expect(dealer.threshold.isDealtBy("b", 3, [box])).toBe(false)
    expect(dealer.threshold.isDealtBy("a", 2, [box])).toBe(false)
    expect(dealer.threshold.isDealtBy("a", 3, [box, dealer.encryptFor("f", 2, subShare)])).toBe(
      false
    )
    expect(dealer.threshold.isDealtBy("a", 3, [])).toBe(false)
  })
})
