/**
 * The forgetting protocol, sentence by sentence of the tutorial's section 7.2.
 */
import { describe, expect, it } from "vitest"
import { viewsOf } from "../../../spec/administrator/view.ts"
import { tolerating } from "../../../spec/configuration/configuration.ts"
import { byzantineFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { administrator as administrates } from "../../../spec/forgetting/administrator.ts"
import { client as asks, type ClientState } from "../../../spec/forgetting/client.ts"
import { possessionFor, sharedKeyIn } from "../../../spec/forgetting/keys.ts"
import { Message, type NewView, type Proven } from "../../../spec/forgetting/messages.ts"
import { correct, type Rules } from "../../../spec/forgetting/rules.ts"
import { type ServerState, server as stores } from "../../../spec/forgetting/server.ts"
import { variants } from "../../../spec/forgetting/variants.ts"
import { derivation, knownTerms } from "../../../spec/kernel/adversary.ts"
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { administrator, client, type ServerId, server, servers } from "../../../spec/nodes/nodes.ts"

const [a, b, c, d, e] = [server("a"), server("b"), server("c"), server("d"), server("e")]
const [c1, admin] = [client("c1"), administrator("admin")]
const old = servers("a", "b", "c", "d")
const contextOf = (rules: Rules) => ({
  servers: servers("a", "b", "c", "d", "e"),
  clients: [c1],
  administrator: admin,
  configuration: tolerating(byzantineFaults, old),
  successors: [servers("b", "c", "d", "e")],
  cryptography: symbolic,
  rules
})
const context = contextOf(correct)
const [first, second] = viewsOf(context) as [
  ReturnType<typeof viewsOf>[0],
  ReturnType<typeof viewsOf>[0]
]
const by = symbolic.ownKey(admin)
const possession = (self: ServerId, view = first) => possessionFor(symbolic, by, self, view)

/** What the administrator sends when it replaces a by e. */
const reconfigured = (rules = correct) =>
  administrates.step(contextOf(rules), admin, administrates.initial(contextOf(rules), admin), {
    _tag: "Invoke",
    operation: { _tag: "Reconfigure", add: servers("e"), remove: servers("a") }
  })
const newViewTo = (to: ServerId, rules = correct): NewView =>
  reconfigured(rules).sends.find((send) => send.to === to)?.message as NewView

const receive = (
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Message,
  rules = correct
) => stores.step(contextOf(rules), self, state, { _tag: "Receive", from, message })
const beginning = (self: ServerId) => stores.initial(context, self)
/** A storage node after NEW_VIEW. */
const moved = (self: ServerId, rules = correct) =>
  receive(self, beginning(self), admin, newViewTo(self, rules), rules)

const question = { _tag: "Get", number: 0 } as const
const nonce = { asker: c1, operation: 1, number: 0, stage: "get" } as const
const proven = (
  self: ServerId,
  view = first,
  of: Partial<Proven["proof"]["content"]["nonce"]> = {}
): Proven => ({
  _tag: "Proven",
  certificate: possession(self, view).certificate,
  proof: symbolic.sign(possession(self, view).key, { nonce: { ...nonce, ...of }, written: null })
})

describe("the forgetting protocol (7.2)", () => {
  it("a command that removes nodes has them overwrite what they need to take part; it is too late to recover it when they turn", () => {
    const { learn } = derivation({ strength: "arbitrary" }, [Message, stores.State])
    const privateKeys = (state: ServerState) =>
      knownTerms(learn([], stores.State, state), "signing key")
    expect(privateKeys(beginning(a))).toEqual([possession(a).key])
    expect(privateKeys(moved(a).state)).toEqual([])
    // Who stays has the new one, and not the old.
    expect(privateKeys(moved(b).state)).toEqual([possession(b, second).key])
  })

  it("the keys are sent anew every time some nodes are added or removed", () => {
    for (const member of second.members)
      expect(newViewTo(member).keys?.sealed).toEqual(
        symbolic.encrypt(sharedKeyIn(symbolic, by, member, 1), possession(member, second))
      )
    expect(possession(b, second).key).not.toEqual(possession(b).key)
  })

  it("messages with keys may arrive after their destination has become Byzantine, and open nothing then", () => {
    const { learn } = derivation({ strength: "arbitrary" }, [Message, stores.State])
    // b was moved on twice: the key of the time of the first message is gone.
    const key = symbolic.hashed(symbolic.ownSharedKey(b), 2) ?? null
    const taken = learn([], stores.State, { ...moved(b).state, key, possessions: [] })
    expect(knownTerms(learn(taken, Message, newViewTo(b)), "signing key")).toEqual([])
    const early = learn([], stores.State, { ...beginning(b), possessions: [] })
    expect(knownTerms(learn(early, Message, newViewTo(b)), "signing key")).toEqual([
      possession(b, second).key
    ])
  })

  it("a storage node that has discarded its keys gets none from a NEW_VIEW", () => {
    const { state } = moved(a)
    expect(state.key).toBeNull()
    const third = { ...second, number: 2 }
    const again: NewView = { ...newViewTo(b), view: third, old: second }
    const after = receive(a, state, admin, again).state
    expect(after).toEqual({ ...state, storage: { ...state.storage, view: third } })
  })

  it("a trusted administrative entity selects a sequence of configurations: nobody else can", () => {
    for (const from of [b, c1]) {
      expect(receive(a, beginning(a), from, newViewTo(a)).state).toEqual(beginning(a))
      const hears = asks.initial(context, c1)
      const notice = { _tag: "Receive", from, message: { _tag: "Notice", view: second } } as const
      expect(asks.step(context, c1, hears, notice).state).toEqual(hears)
    }
  })

  it("each storage node holds a symmetric key, which it computes by hashing the one before", () => {
    expect(beginning(a).key).toEqual(symbolic.ownSharedKey(a))
    expect(moved(b).state.key).toEqual(symbolic.hashed(symbolic.ownSharedKey(b), 1))
  })

  it("the key is known only to that storage node and to the administrator", () => {
    expect(sharedKeyIn(symbolic, by, b, 1)).toEqual(moved(b).state.key)
    const told = reconfigured().sends.map(({ message }) => JSON.stringify(message))
    expect(told.some((text) => text.includes("inClear"))).toBe(false)
  })

  it("the storage node keeps only the key corresponding to the current configuration", () => {
    const { key, possessions } = moved(b).state
    expect(key?.times).toBe(1)
    expect(possessions).toEqual([possession(b, second)])
  })

  it("it keeps a pair of keys of the configuration, and a matching certificate from the administrator", () => {
    const [{ certificate, key }] = beginning(a).possessions as [ReturnType<typeof possession>]
    expect(symbolic.verifies(certificate)).toBe(true)
    expect(certificate.signer).toBe(admin)
    expect(certificate.content.server).toBe(a)
    expect(symbolic.verifiesWith(certificate.content.key, symbolic.sign(key, "x"))).toBe(true)
    expect(beginning(e).possessions).toEqual([])
  })

  it("the meta-data includes the configuration number", () => {
    expect(possession(b, second).certificate.content.meta.number).toBe(1)
  })

  it("what NEW_VIEW says of the old configuration tells whether another must come first", () => {
    const third = { number: 2, members: servers("c", "d", "e") }
    const later: Message = {
      ...newViewTo(b),
      ...{ view: third, old: second, nonce: { ...newViewTo(b).nonce, number: 1 } }
    }
    const postpones = (self: ServerId, state: ServerState, rules = correct) =>
      stores.postpones?.(contextOf(rules), self, state, admin, later)
    // b has to serve the configuration before, and a has nothing to do with it.
    expect([postpones(b, beginning(b)), postpones(a, beginning(a))]).toEqual([true, false])
    expect(postpones(b, moved(b).state)).toBe(true)
    const begins: Message = { _tag: "Begin", number: 1, written: null }
    const serving = receive(b, moved(b).state, admin, begins).state
    expect(postpones(b, serving)).toBe(false)
    expect(receive(b, serving, admin, later).sends).toMatchObject([
      { message: { proof: { signer: { server: b, number: 1 } } } }
    ])
    // Whoever was not a member of it has nothing to answer, and what comes after that is too late.
    const skipped = receive(a, beginning(a), admin, later)
    expect([skipped.sends, skipped.state.possessions]).toEqual([[], []])
    expect(stores.promises?.isObsolete?.(context, a, skipped.state, admin, newViewTo(a))).toBe(true)
    const inTurn = variants.find(({ name }) => name === "every-new-view-in-turn")?.rules
    expect(postpones(a, beginning(a), inTurn)).toBe(true)
  })

  it("the administrator sends NEW_VIEW to each storage node, with the old meta-data and the keys encrypted", () => {
    const sends = reconfigured().sends.filter(({ message }) => message._tag === "NewView")
    expect(sends.map(({ to }) => to)).toEqual([a, b, c, d, e])
    const { view, old: before, keys } = newViewTo(e)
    expect([view, before]).toEqual([second, first])
    const sealed = keys?.sealed as NonNullable<NonNullable<NewView["keys"]>["sealed"]>
    expect(symbolic.decrypt(sharedKeyIn(symbolic, by, e, 1), sealed)).toEqual(possession(e, second))
    expect(symbolic.decrypt(sharedKeyIn(symbolic, by, e, 0), sealed)).toBeUndefined()
    expect(newViewTo(a).keys).toBeUndefined()
  })

  it("one that is not part of the new configuration discards its certificate, private key, and symmetric key", () => {
    expect(moved(a).state).toMatchObject({ key: null, possessions: [] })
  })

  it("in the same step it says so, with the key that it discards, and with what it holds", () => {
    const { sends } = moved(a)
    expect(sends).toEqual([
      {
        to: admin,
        message: {
          _tag: "Proven",
          certificate: possession(a).certificate,
          proof: symbolic.sign(possession(a).key, {
            nonce: { asker: admin, operation: 1, number: 0, stage: "stop" },
            written: null
          })
        }
      }
    ])
  })

  it("a message that arrives after its time is of no use: the key that would open it is gone", () => {
    const late = newViewTo(b)
    const gone = { ...beginning(b), key: symbolic.hashed(symbolic.ownSharedKey(b), 2) ?? null }
    expect(receive(b, gone, admin, late).state.possessions).toEqual([])
  })

  it("clients receive a copy of the certificate, and a proof that the storage node has the private key", () => {
    const { sends } = receive(a, beginning(a), c1, { ...question, nonce })
    expect(sends).toEqual([{ to: c1, message: proven(a) }])
    expect(receive(a, moved(a).state, c1, { ...question, nonce }).sends).toEqual([])
  })

  it("clients only proceed when a super-majority have the key for the same configuration", () => {
    const asking = asks.step(context, c1, asks.initial(context, c1), {
      _tag: "Invoke",
      operation: { _tag: "Read" }
    }).state
    const stageAfter = (answers: ReadonlyArray<readonly [NodeId, Proven]>) => {
      const state = answers.reduce(
        (before, [from, message]) =>
          asks.step(context, c1, before, { _tag: "Receive", from, message }).state,
        asking
      )
      return state._tag === "Busy" ? state.stage : "idle"
    }
    const two = [
      [a, proven(a)],
      [b, proven(b)]
    ] as const
    expect(stageAfter(two)).toBe("get")
    expect(stageAfter([...two, [c, proven(c)]])).toBe("set")
    // Another's, of another configuration, of another question, or twice the same.
    expect(stageAfter([...two, [c, proven(d)]])).toBe("get")
    expect(stageAfter([...two, [c, proven(c, second)]])).toBe("get")
    expect(stageAfter([...two, [c, proven(c, first, { operation: 2 })]])).toBe("get")
    expect(stageAfter([...two, [b, proven(b)]])).toBe("get")
  })

  it("every pair of super-majorities intersects at a correct node: with one erased for good, no super-majority has all its keys", () => {
    const threes = old.map((left) => old.filter((member) => member !== left))
    for (const stopped of threes)
      for (const liar of old) {
        const erased = stopped.filter((member) => member !== liar)
        for (const shown of threes)
          expect(shown.some((member) => erased.includes(member))).toBe(true)
      }
  })

  it("a super-majority must present their keys before a write proceeds, in each of its phases", () => {
    const writing = { _tag: "Invoke", operation: { _tag: "Write", value: 1 } } as const
    const stages = (["get", "confirm", "set"] as const).flatMap((stage) =>
      [a, b, c].map((from) => ({ from, message: proven(from, first, { stage }) }))
    )
    const states = stages.reduce(
      (taken, { from, message }) => [
        ...taken,
        asks.step(context, c1, taken.at(-1) as ClientState, { _tag: "Receive", from, message })
          .state
      ],
      [
        asks.step(context, c1, asks.initial(context, c1), writing).state
      ] as ReadonlyArray<ClientState>
    )
    const reached = states.map((state) => (state._tag === "Busy" ? state.stage : "idle"))
    expect(reached).toEqual([
      ...["get", "get", "get", "confirm", "confirm", "confirm", "set", "set", "set", "idle"]
    ])
  })

  it("the new members serve when a super-majority of the old ones has stopped, with what these held", () => {
    const stop = { asker: admin, operation: 1, number: 0, stage: "stop" } as const
    const answers = [a, b, c].map((from) => {
      const { certificate, key } = possession(from)
      const message: Proven = {
        ...{ _tag: "Proven", certificate },
        proof: symbolic.sign(key, { nonce: stop, written: null })
      }
      return { _tag: "Receive", from, message } as const
    })
    const steps = answers.reduce(
      (taken, input) => [
        ...taken,
        administrates.step(context, admin, (taken.at(-1) ?? reconfigured()).state, input)
      ],
      [] as ReadonlyArray<ReturnType<typeof reconfigured>>
    )
    expect(steps.map(({ sends }) => sends.length)).toEqual([0, 0, 4])
    expect(moved(b).state.storage.serves).toEqual([])
    const begun = receive(b, moved(b).state, admin, { _tag: "Begin", number: 1, written: null })
    expect(begun.state.storage.serves).toEqual([1])
  })

  it("read to the letter, the printed message gives nobody a key", () => {
    const { rules } = variants.find(({ name }) => name === "printed") as (typeof variants)[number]
    expect(moved(b, rules).state.possessions).toEqual([])
  })
})

describe("a message before its time", () => {
  it("stays on its way until the storage node serves that configuration", () => {
    const get: Message = { _tag: "Get", number: 1, nonce: { ...nonce, number: 1 } }
    const isPostponed = (state: ServerState) => stores.postpones?.(context, b, state, c1, get)
    expect(isPostponed(beginning(b))).toBe(true)
    expect(isPostponed(moved(b).state)).toBe(true)
    const begun = receive(b, moved(b).state, admin, { _tag: "Begin", number: 1, written: null })
    expect(isPostponed(begun.state)).toBe(false)
  })
})

describe("what a process heeds", () => {
  it("is all that has an effect on it", () => {
    const every: ReadonlyArray<Message> = [
      { ...question, nonce },
      { _tag: "Confirm", number: 0, nonce },
      { _tag: "Begin", number: 0, written: null },
      { _tag: "Notice", view: second },
      newViewTo(b),
      proven(a)
    ]
    for (const from of [a, c1, admin])
      for (const message of every) {
        if (stores.promises?.heeds?.(context, b, from)?.includes(message._tag) === true) continue
        expect(receive(b, beginning(b), from, message)).toEqual({
          ...{ state: beginning(b), sends: [], observations: [] }
        })
      }
  })
})
