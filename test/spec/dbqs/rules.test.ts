/**
 * dBQS, rule by rule of its reconstruction (protocols.md 8.2, 8.3; membership.md 5).
 */
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { tolerating } from "../../../spec/configuration/configuration.ts"
import { byzantineFaults } from "../../../spec/configuration/tolerated-faults.ts"
import {
  client as asks,
  type ClientState,
  type ObjectOperation
} from "../../../spec/dbqs/client.ts"
import { hashOf } from "../../../spec/dbqs/content.ts"
import { type Certificate, Chain, certify, epochsOf, serviceOf } from "../../../spec/dbqs/epoch.ts"
import { service } from "../../../spec/dbqs/membership.ts"
import type { Message, Nonce } from "../../../spec/dbqs/messages.ts"
import { correct, type Rules } from "../../../spec/dbqs/rules.ts"
import { type ServerState, server as stores } from "../../../spec/dbqs/server.ts"
import { isComplete, stintOf } from "../../../spec/dbqs/transfer.ts"
import { variants } from "../../../spec/dbqs/variants.ts"
import { type Cryptography, symbolic } from "../../../spec/kernel/cryptography.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { administrator, client, type ServerId, server, servers } from "../../../spec/nodes/nodes.ts"
import type { Written } from "../../../spec/supermajority/signed-pair.ts"

const [a, b, c, d] = [server("a"), server("b"), server("c"), server("d")]
const [x, y] = [server("x"), server("y")]
const [c1, c2, admin] = [client("c1"), client("c2"), administrator("admin")]
const contextOf = (rules: Rules, cryptography: Cryptography = symbolic) => ({
  servers: servers("a", "b", "c", "d", "x", "y"),
  clients: [c1, c2],
  administrator: admin,
  configuration: tolerating(byzantineFaults, servers("a", "b", "c", "d")),
  successors: [servers("b", "c", "d", "x"), servers("c", "d", "x", "y")],
  cryptography,
  rules
})
const context = contextOf(correct)
const certificates: ReadonlyArray<Certificate> = epochsOf(context).map((epoch) =>
  certify(symbolic, symbolic.ownKey(admin), epoch)
)
const notice = (number: number): Message => ({
  _tag: "Notice",
  certificate: certificates[number] as Certificate
})
const written = (value: number, number = value): Written =>
  symbolic.sign(symbolic.ownKey(c1), { value, timestamp: { number, client: c1 } })

const nonce = (number: number, stage: Nonce["stage"] = "get", operation = 1): Nonce => ({
  asker: c1,
  operation,
  number,
  stage
})
const get = (number: number): Message => ({ _tag: "Get", nonce: nonce(number) })
const set = (number: number, stored: Written): Message => ({
  _tag: "Set",
  nonce: nonce(number, "set"),
  stored
})
const transfer = (number: number): Message => ({ _tag: "Transfer", number })
const handover = (number: number, stored: Written = null): Message => ({
  _tag: "Handover",
  number,
  written: stored,
  contents: []
})

const beginning = (self: ServerId) => stores.initial(context, self)
const receive = (
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Message,
  rules = correct
) => stores.step(contextOf(rules), self, state, { _tag: "Receive", from, message })
const isPostponed = (
  self: ServerId,
  state: ServerState,
  from: NodeId,
  message: Message,
  rules = correct
) => stores.postpones?.(contextOf(rules), self, state, from, message) === true
/** A storage node after these messages, one after the other. */
const having = (
  self: ServerId,
  messages: ReadonlyArray<readonly [from: NodeId, message: Message]>,
  rules = correct
) =>
  messages.reduce(
    (state, [from, message]) => receive(self, state, from, message, rules).state,
    beginning(self)
  )
const in1 = (self: ServerId) => having(self, [[admin, notice(1)]])

const idle = () => asks.initial(context, c1)
const hears = (state: ClientState, from: NodeId, message: Message, rules = correct) =>
  asks.step(contextOf(rules), c1, state, { _tag: "Receive", from, message })
const invoked = (operation: ObjectOperation, rules = correct) =>
  asks.step(contextOf(rules), c1, idle(), { _tag: "Invoke", operation })
const hearing = (
  state: ClientState,
  messages: ReadonlyArray<readonly [from: NodeId, message: Message]>,
  rules = correct
) =>
  messages.reduce((step, [from, message]) => hears(step.state, from, message, rules), {
    state,
    sends: [],
    observations: []
  } as ReturnType<typeof hears>)
const answer = (
  number: number,
  stored: Written = null,
  stage: Nonce["stage"] = "get"
): Message => ({
  _tag: "Answer",
  nonce: nonce(number, stage),
  stored
})
const stale = (number: number, asked = 0, stage: Nonce["stage"] = "get"): Message => ({
  _tag: "Stale",
  nonce: nonce(asked, stage),
  certificate: certificates[number] as Certificate
})
const rulesOf = (name: string): Rules =>
  variants.find((variant) => variant.name === name)?.rules as Rules

describe("the membership service, as dBQS sees it (8.1)", () => {
  it("signs an epoch, and notifies all storage nodes and clients of it", () => {
    const operation = { _tag: "Reconfigure", add: [x], remove: [a] } as const
    const step = service.step(context, admin, service.initial(context, admin), {
      _tag: "Invoke",
      operation
    })
    expect(step.sends.map(({ to }) => to)).toEqual([a, b, c, d, x, y, c1, c2])
    expect(step.sends.every(({ message }) => message._tag === "Notice")).toBe(true)
    expect(step.sends[0]?.message).toEqual(notice(1))
  })

  it("refuses an epoch without members", () => {
    const step = service.step(context, admin, service.initial(context, admin), {
      _tag: "Invoke",
      operation: { _tag: "Reconfigure", add: [], remove: [a, b, c, d] }
    })
    expect(step.sends).toEqual([])
    expect(step.observations.at(-1)).toMatchObject({ result: "refused" })
  })

  it("nobody believes a certificate that the service has not signed", () => {
    const [, second] = epochsOf(context)
    const forged: Message = {
      _tag: "Notice",
      certificate: {
        ...certify(symbolic, symbolic.ownKey(serviceOf(context)), second as never),
        signature: "forged"
      }
    }
    expect(receive(b, beginning(b), admin, forged).state).toEqual(beginning(b))
    expect(hears(idle(), admin, forged).state).toEqual(idle())
  })

  it("nodes apply epochs in order: one that comes too early waits, none is left out", () => {
    expect(isPostponed(b, beginning(b), admin, notice(2))).toBe(true)
    const isChain = Schema.is(Chain)
    expect(
      isChain(
        having(b, [
          [admin, notice(1)],
          [admin, notice(2)]
        ]).certificates
      )
    ).toBe(true)
    expect(isChain([certificates[0], certificates[2]])).toBe(false)
  })
})

describe("a request that carries epoch e at a storage node in epoch e_s (8.2)", () => {
  it("e < e_s: it answers STALE with its certificate", () => {
    expect(receive(b, in1(b), c1, get(0)).sends).toEqual([{ to: c1, message: stale(1) }])
  })

  it("e < e_s: it stores nothing: it has stopped serving e forever", () => {
    const step = receive(b, in1(b), c1, set(0, written(1)))
    expect(step.state.written).toBeNull()
    expect(step.sends).toEqual([{ to: c1, message: stale(1, 0, "set") }])
  })

  it("e < e_s: one that is no replica any more says so as well", () => {
    expect(receive(a, in1(a), c1, get(0)).sends).toEqual([{ to: c1, message: stale(1) }])
  })

  it("e > e_s: the question waits until it has caught up", () => {
    expect(isPostponed(b, beginning(b), c1, get(1))).toBe(true)
    expect(isPostponed(b, in1(b), c1, get(1))).toBe(false)
  })

  it("e = e_s: one that was a replica before serves at once", () => {
    expect(receive(b, in1(b), c1, get(1)).sends).toEqual([{ to: c1, message: answer(1) }])
  })

  it("e = e_s: a new replica serves only when its transfer is complete", () => {
    expect(isPostponed(x, in1(x), c1, get(1))).toBe(true)
    const copied = having(x, [
      [admin, notice(1)],
      [a, handover(0)],
      [b, handover(0, written(1))],
      [c, handover(0)]
    ])
    expect(isPostponed(x, copied, c1, get(1))).toBe(false)
    expect(receive(x, copied, c1, get(1)).sends).toEqual([
      { to: c1, message: answer(1, written(1)) }
    ])
  })

  it("takes a newer version, acknowledges an older one, and ignores an unsigned one", () => {
    const has2 = receive(b, beginning(b), c1, set(0, written(2))).state
    expect(has2.written).toEqual(written(2))
    const older = receive(b, has2, c1, set(0, written(1)))
    expect(older.state).toEqual(has2)
    expect(older.sends).toHaveLength(1)
    const forged = { ...(written(3) as object), signature: "forged" } as Written
    expect(receive(b, has2, c1, set(0, forged))).toMatchObject({ state: has2, sends: [] })
  })
})

describe("the phases of a client (8.2)", () => {
  it("asks all replicas of the group of its epoch", () => {
    expect(invoked({ _tag: "Read" }).sends.map(({ to }) => to)).toEqual([a, b, c, d])
  })

  it("is complete with 2f+1 valid replies", () => {
    const { state } = invoked({ _tag: "Write", value: 1 })
    const two = hearing(state, [
      [a, answer(0)],
      [b, answer(0)],
      [b, answer(0)]
    ])
    expect(two.state).toMatchObject({ stage: "get" })
    const three = hears(two.state, c, answer(0))
    expect(three.state).toMatchObject({ stage: "set" })
    expect(three.sends[0]?.message).toEqual(set(0, written(1)))
  })

  it("counts no reply that is not signed by whom its version names", () => {
    const forged = { ...(written(7) as object), signature: "forged" } as Written
    const { state } = invoked({ _tag: "Read" })
    expect(hears(state, a, answer(0, forged)).state).toEqual(state)
  })

  it("write: the next version after the largest that it heard", () => {
    const { state } = invoked({ _tag: "Write", value: 9 })
    const step = hearing(state, [
      [a, answer(0, written(4))],
      [b, answer(0)],
      [c, answer(0)]
    ])
    expect(step.sends[0]?.message).toEqual(set(0, written(9, 5)))
  })

  it("read: returns at once if all replies are the same, and writes back if not", () => {
    const { state } = invoked({ _tag: "Read" })
    const same = [a, b, c].map((from) => [from, answer(0, written(1))] as const)
    expect(hearing(state, same).observations).toMatchObject([{ _tag: "Response", result: 1 }])
    const step = hearing(state, [
      [a, answer(0)],
      [b, answer(0, written(1))],
      [c, answer(0)]
    ])
    expect(step.observations).toEqual([])
    expect(step.sends[0]?.message).toEqual(set(0, written(1)))
  })

  it("STALE: it moves up and restarts the phase in the new epoch, with no answers", () => {
    const { state } = invoked({ _tag: "Read" })
    const step = hearing(state, [
      [a, answer(0)],
      [b, answer(0)],
      [c, stale(1)]
    ])
    expect(step.state).toMatchObject({ stage: "get", phase: { answered: [] } })
    expect(step.sends).toEqual([b, c, d, x].map((to) => ({ to, message: get(1) })))
  })

  it("STALE in a Set phase: it stores the same again", () => {
    const { state } = invoked({ _tag: "Write", value: 1 })
    const setting = hearing(
      state,
      [a, b, c].map((from) => [from, answer(0)] as const)
    )
    const step = hears(setting.state, d, stale(1, 0, "set"))
    expect(step.sends).toEqual([b, c, d, x].map((to) => ({ to, message: set(1, written(1)) })))
  })

  it("all from the same epoch: a late reply of the old one does not count", () => {
    const { state } = hears(invoked({ _tag: "Read" }).state, a, stale(1))
    expect(hears(state, b, answer(0)).state).toEqual(state)
  })

  it("never moves down", () => {
    const in2 = hears(invoked({ _tag: "Read" }).state, admin, notice(2)).state
    expect(hears(in2, admin, notice(1)).state).toEqual(in2)
    expect(hears(in2, c, stale(1, 2)).state).toEqual(in2)
  })
})

describe("content-hash objects (8.2)", () => {
  const data = (value: number) => ({ _tag: "Data", value }) as const
  const found = (stored: ReturnType<typeof data> | null): Message => ({
    _tag: "Answer",
    nonce: nonce(0),
    stored
  })

  it("a put waits for 2f+1, without a Get phase", () => {
    const { state, sends } = invoked({ _tag: "Put", value: 1 })
    expect(sends[0]?.message).toMatchObject({ _tag: "Set", stored: data(1) })
    const acknowledged: Message = { _tag: "Answer", nonce: nonce(0, "set"), stored: data(1) }
    const replies = [a, b, c].map((from) => [from, acknowledged] as const)
    expect(hearing(state, replies.slice(0, 2)).observations).toEqual([])
    expect(hearing(state, replies).observations).toMatchObject([{ _tag: "Response" }])
  })

  it("a fetch accepts the first reply whose hash matches, and no other", () => {
    const { state } = invoked({ _tag: "Fetch", hash: hashOf(1) })
    expect(hears(state, a, found(data(9))).state).toEqual(state)
    expect(hears(state, a, found(data(1))).observations).toMatchObject([{ result: 1 }])
    const nothing = [a, b, c].map((from) => [from, found(null)] as const)
    expect(hearing(state, nothing).observations).toMatchObject([{ result: null }])
  })

  it("write-once: other data does not take its place, and all of it is handed over", () => {
    const put = (value: number): Message => ({
      _tag: "Set",
      nonce: nonce(0, "set"),
      stored: data(value)
    })
    const state = having(b, [
      [c1, put(1)],
      [c1, put(2)],
      [admin, notice(1)]
    ])
    expect(state.contents).toEqual([data(1), data(2)])
    expect(receive(b, state, x, transfer(0)).sends[0]?.message).toMatchObject({
      contents: [data(1), data(2)]
    })
  })
})

describe("state transfer (8.2, 8.3; membership.md 5)", () => {
  it("a new replica asks the old group, one that stays asks nobody", () => {
    const entered = receive(x, beginning(x), admin, notice(1))
    expect(entered.sends).toEqual([a, b, c, d].map((to) => ({ to, message: transfer(0) })))
    expect(receive(b, beginning(b), admin, notice(1)).sends).toEqual([])
  })

  it("counts old replicas only when they have left the old epoch", () => {
    expect(isPostponed(b, beginning(b), x, transfer(0))).toBe(true)
    expect(receive(b, in1(b), x, transfer(0)).sends).toEqual([{ to: x, message: handover(0) }])
    expect(isPostponed(b, beginning(b), x, transfer(0), rulesOf("copied-from-serving"))).toBe(false)
  })

  it("needs 2f+1 of them, each once, and takes the newest that is signed", () => {
    const forged = { ...(written(9) as object), signature: "forged" } as Written
    const state = having(x, [
      [admin, notice(1)],
      [a, handover(0, written(1))],
      [a, handover(0, written(2))],
      [b, handover(0)],
      [c, handover(0, forged)],
      [y, handover(0)]
    ])
    expect(isComplete(correct, state, 1, x)).toBe(false)
    const complete = receive(x, state, d, handover(0))
    expect(isComplete(correct, complete.state, 1, x)).toBe(true)
    expect(complete.state.written).toEqual(written(1))
    expect(complete.observations).toMatchObject([{ name: "copied", detail: { number: 1 } }])
  })

  it("a stint begins with the epoch since which a replica has been in the group without a break", () => {
    const stints = (node: ServerId) =>
      [0, 1, 2].map((epoch) => stintOf(correct, certificates, epoch, node))
    expect(stints(c)).toEqual([0, 0, 0])
    expect(stints(x).slice(1)).toEqual([1, 1])
    expect(stints(y).slice(2)).toEqual([2])
  })

  it("the chain of transfers is not jumped: a replica of epoch 2 copies from the group of 1", () => {
    const entered = receive(y, in1(y), admin, notice(2))
    expect(entered.sends).toEqual([b, c, d, x].map((to) => ({ to, message: transfer(1) })))
  })

  it("x may enter epoch 2 before it is done; until then it serves nothing and hands over nothing", () => {
    const late = having(x, [
      [admin, notice(1)],
      [admin, notice(2)]
    ])
    expect(late.copying).toEqual([{ epoch: 1, replicas: [] }])
    expect(isPostponed(x, late, c1, get(2))).toBe(true)
    expect(isPostponed(x, late, y, transfer(1))).toBe(true)
    const done = [a, b, c].reduce(
      (state, from) => receive(x, state, from, handover(0, written(1))).state,
      late
    )
    expect([1, 2].map((epoch) => isComplete(correct, done, epoch, x))).toEqual([true, true])
    expect(receive(x, done, y, transfer(1)).sends).toEqual([
      { to: y, message: handover(1, written(1)) }
    ])
  })

  it("an old replica keeps what it has, also when it has left two epochs", () => {
    const gone = having(a, [
      [c1, set(0, written(1))],
      [admin, notice(1)],
      [admin, notice(2)]
    ])
    expect(receive(a, gone, x, transfer(0)).sends).toEqual([
      { to: x, message: handover(0, written(1)) }
    ])
  })

  it("or, if it erases, until all who have to copy it have said that they did", () => {
    const erasing = rulesOf("old-replicas-erase")
    const complete: Message = { _tag: "Complete", number: 1 }
    const told = [b, c, d].reduce(
      (state, from) => receive(a, state, from, complete, erasing).state,
      having(
        a,
        [
          [c1, set(0, written(1))],
          [admin, notice(1)]
        ],
        erasing
      )
    )
    expect(told.written).toEqual(written(1))
    expect(receive(a, told, x, complete, erasing).state.written).toBeNull()
  })

  it("also those who came into the group while it stayed, and are late", () => {
    const leaving = (rules: Rules) =>
      having(
        b,
        [
          [admin, notice(1)],
          [c1, set(1, written(1))],
          [admin, notice(2)],
          [y, { _tag: "Complete", number: 2 }]
        ],
        rules
      )
    const kept = leaving(rulesOf("old-replicas-erase"))
    expect(kept.written).toEqual(written(1))
    const complete: Message = { _tag: "Complete", number: 1 }
    const done = receive(b, kept, x, complete, rulesOf("old-replicas-erase")).state
    expect(done.written).toBeNull()
    expect(leaving(rulesOf("erased-before-late-copies")).written).toBeNull()
  })
})
