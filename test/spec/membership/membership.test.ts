/**
 * The membership service, driven by hand: what it does in words, and that RAMBO can follow the
 * sequence of its views.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { allReductions, Check, fromData } from "../../../checker/index.ts"
import { configurationOf, firstView, type View } from "../../../spec/administrator/view.ts"
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { Send } from "../../../spec/kernel/process.ts"
import { logOf } from "../../../spec/membership/log.ts"
import type * as Move from "../../../spec/membership/move/messages.ts"
import { type ReplicaState, replica } from "../../../spec/membership/move/replica.ts"
import { correct as moves } from "../../../spec/membership/move/rules.ts"
import { authority } from "../../../spec/membership/tracking/authority.ts"
import { type ClientState, client } from "../../../spec/membership/tracking/client.ts"
import { type LogState, log } from "../../../spec/membership/tracking/log.ts"
import type { Message } from "../../../spec/membership/tracking/messages.ts"
import { correct } from "../../../spec/membership/tracking/rules.ts"
import { server as node, type ServerState } from "../../../spec/membership/tracking/server.ts"
import * as Nodes from "../../../spec/nodes/nodes.ts"

const [a, b, d, x, y] = ["a", "b", "d", "x", "y"].map(Nodes.server) as [
  Nodes.ServerId,
  Nodes.ServerId,
  Nodes.ServerId,
  Nodes.ServerId,
  Nodes.ServerId
]
const [c1, c2] = [Nodes.client("c1"), Nodes.client("c2")]
const contextOf = (...members: ReadonlyArray<string>) => ({
  servers: Nodes.servers(...members, "y"),
  clients: [c1, c2],
  configuration: configurationOf({ number: 0, members: Nodes.servers(...members) }),
  cryptography: symbolic,
  rules: correct
})
const context = contextOf("a", "b", "c", "d", "x")
const admin = logOf({})

const toLog = (state: LogState, from: NodeId, message: Message) =>
  log.step(context, admin, state, { _tag: "Receive", from, message })
const toNode = (self: Nodes.ServerId, state: ServerState, from: NodeId, message: Message) =>
  node.step(context, self, state, { _tag: "Receive", from, message })
const waits = (self: Nodes.ServerId, state: ServerState) =>
  node.step(context, self, state, { _tag: "Choose", choice: { _tag: "Wait", node: x } })
const tagsOf = (sends: ReadonlyArray<Send<{ readonly _tag: string }>>) =>
  [...new Set(sends.map(({ message }) => message._tag))].sort()

const beginning = log.initial(context, admin)
const nextRound = (state: LogState) =>
  log.step(context, admin, state, { _tag: "Choose", choice: { _tag: "NextRound" } }).state
/** A replica in the first round of probing. */
const probing = (self: Nodes.ServerId) =>
  toNode(self, node.initial(context, self), admin, { _tag: "Begin", epoch: 0, round: 1 })
const agrees = (signer: Nodes.ServerId, round = 1): Message => ({
  _tag: "Agree",
  agreement: symbolic.sign({ owner: signer }, { node: x, epoch: 0, round })
})

describe("tracking the members", () => {
  it("admits only nodes with an admission that the authority has signed", () => {
    const join = (owner: typeof authority, signature?: string): Message => ({
      _tag: "Join",
      admission: { ...symbolic.sign({ owner }, { node: y }), ...(signature && { signature }) }
    })
    expect(toLog(beginning, y, join(authority)).state.admitted).toHaveLength(1)
    for (const bad of [join(authority, "forged"), join(Nodes.administrator("other"))])
      expect(toLog(beginning, y, bad).state).toEqual(beginning)
  })

  it("a node asks to join once, and only with an admission", () => {
    const joins = (self: Nodes.ServerId, state: ServerState) =>
      node.step(context, self, state, { _tag: "Choose", choice: { _tag: "Join" } })
    const first = joins(y, node.initial(context, y))
    expect(first.sends.map(({ to, message }) => [to, message._tag])).toEqual([[admin, "Join"]])
    for (const [self, state] of [
      [y, first.state],
      [a, node.initial(context, a)]
    ] as const)
      expect(joins(self, state)).toEqual({ state, sends: [], observations: [] })
  })

  it("begins rounds of probing only if some member is not a replica of the service", () => {
    const choices = (of: ReturnType<typeof contextOf>) =>
      log.choices?.(of, admin, log.initial(of, admin)).map(({ _tag }) => _tag)
    expect(choices(context)).toContain("NextRound")
    expect(choices(contextOf("a", "b", "c", "d"))).not.toContain("NextRound")
  })

  it("a client follows the epochs one by one: a certificate of a later epoch waits", () => {
    const receives = (state: ClientState, number: number) => {
      const content = { number, members: Nodes.servers("a", "b", "c", "d", "y") }
      const message: Message = { _tag: "Certificate", signed: { content } }
      return client.step(context, c1, state, { _tag: "Receive", from: a, message }).state
    }
    const before = client.initial(context, c1)
    expect(receives(before, 2)).toEqual(before)
    expect(receives(receives(before, 1), 2).view.number).toBe(2)
  })

  it("a replica proposes an eviction after two missed intervals, and agrees to one after one", () => {
    const { state, sends } = probing(a)
    expect(tagsOf(sends)).toEqual(["Ping"])
    const once = waits(a, state)
    expect(once.sends).toEqual([])
    expect(tagsOf(waits(a, once.state).sends)).toEqual(["Agree", "Propose"])
    const propose = { _tag: "Propose", node: x, epoch: 0, round: 1 } as const
    expect(toNode(a, state, b, propose).sends).toEqual([])
    expect(tagsOf(toNode(a, once.state, b, propose).sends)).toEqual(["Agree"])
    const answered = toNode(a, once.state, x, { _tag: "Pong", epoch: 0, round: 1 }).state
    expect(toNode(a, answered, b, propose)).toEqual({
      state: answered,
      sends: [],
      observations: []
    })
  })

  it("f+1 agreements of one round evict a node; they count in no later round", () => {
    const round = nextRound(beginning)
    const one = toLog(round, a, agrees(a))
    expect(one.observations).toEqual([])
    expect(toLog(one.state, a, agrees(a)).state).toEqual(one.state)
    expect(toLog(one.state, b, agrees(b)).observations).toHaveLength(1)
    const later = nextRound(one.state)
    expect(later.agreements).toEqual([])
    expect(toLog(later, d, agrees(a)).state).toEqual(later)
  })
})

describe("a message of tracking", () => {
  it("is read at its time, waits before it, and is dropped after it", () => {
    const { state } = probing(a)
    const members = Nodes.servers("a", "b", "c", "d", "x")
    const epoch = (number: number): Message => ({ _tag: "Epoch", view: { number, members } })
    const begin = (number: number, round: number): Message => ({
      _tag: "Begin",
      epoch: number,
      round
    })
    const pong = (number: number, round: number): Message => ({
      _tag: "Pong",
      epoch: number,
      round
    })
    const propose = (number: number, round: number): Message => ({
      _tag: "Propose",
      node: x,
      epoch: number,
      round
    })
    const timeOf = (from: NodeId, message: Message) => {
      const isEarly = node.postpones?.(context, a, state, from, message) === true
      const isOver = node.promises?.isObsolete?.(context, a, state, from, message) === true
      expect([isEarly, isOver]).not.toEqual([true, true])
      return isEarly ? "later" : isOver ? "over" : "now"
    }
    const times = (from: NodeId, ...messages: ReadonlyArray<Message>) =>
      messages.map((message) => timeOf(from, message)).join(" ")
    // The replica is in round 1 of epoch 0.
    expect({
      epoch: times(admin, epoch(0), epoch(1), epoch(2)),
      begin: times(admin, begin(0, 0), begin(0, 1), begin(0, 2), begin(0, 3), begin(1, 0)),
      pong: times(x, pong(0, 0), pong(0, 1), pong(0, 2), pong(1, 0)),
      propose: times(b, propose(0, 0), propose(0, 1), propose(0, 2), propose(1, 0))
    }).toEqual({
      epoch: "over now later",
      begin: "over over now later later",
      pong: "over now later later",
      propose: "over now later later"
    })
  })
})

/** What a client of the service has been given once so many replicas have certified the views. */
const given = (
  system: ReturnType<typeof contextOf>,
  views: ReadonlyArray<View>,
  holders: ReadonlyArray<Nodes.ServerId>,
  threshold: number
): { readonly state: ClientState; readonly sends: ReadonlyArray<Send<Message>> } => {
  let state = client.initial(system, c1)
  const sends: Array<Send<Message>> = []
  for (const view of views) {
    for (const holder of holders) {
      const share = symbolic.threshold.firstShare(holder, threshold)
      const part = symbolic.threshold.sign(share, view)
      const message: Message = { _tag: "Certify", part }
      state = client.step(system, c1, state, { _tag: "Receive", from: holder, message }).state
    }
    for (const choice of client.choices(system, c1, state)) {
      const step = client.step(system, c1, state, { _tag: "Choose", choice })
      state = step.state
      sends.push(...step.sends)
    }
  }
  return { state, sends }
}

describe("the sequence of views", () => {
  const next: View = { number: 1, members: Nodes.servers("a", "b", "c", "d", "x", "y") }

  it("grows with 2f+1 signatures, and a node that has the certificate passes it on", () => {
    expect(given(context, [next], [a, b], 3).state.views).toEqual([firstView(context)])
    const { state, sends } = given(context, [next], [a, b, d], 3)
    expect(state.views).toEqual([firstView(context), next])
    const [passed] = sends
    expect(passed?.to).toBe(c2)
    const other = client.initial(context, c2)
    const input = { _tag: "Receive", from: c1, message: passed?.message as Message } as const
    expect(client.step(context, c2, other, input).state.views).toEqual(state.views)
  })

  it("can be the sequence of RAMBO, in place of one that a person provides", () => {
    const small = contextOf("a")
    const second: View = { number: 1, members: Nodes.servers("a", "y") }
    const third: View = { number: 2, members: Nodes.servers("y") }
    const { views } = given(small, [second, third], [a], 1).state
    expect(views).toHaveLength(3)
    const script = views.slice(1).map(({ members }, index) => {
      const before = views[index]?.members ?? []
      const added = members.filter((one) => !before.includes(one)).map((one) => `+${one}`)
      const removed = before.filter((one) => !members.includes(one)).map((one) => `-${one}`)
      return `reconfigure ${[...added, ...removed].join(" ")}`
    })
    expect(script).toEqual(["reconfigure +y", "reconfigure -a"])
    const scenario = fromData("rambo", {
      protocol: "rambo",
      servers: ["a", "y"],
      configuration: views[0]?.members,
      clients: [script, ["write 1", "read"]],
      expect: { atomicity: "holds" },
      properties: ["atomicity"]
    })
    const check = new Check(Result.getOrThrow(scenario), "bfs", allReductions)
    while (check.advance(10_000));
    expect(check.result().verdict).toBe("holds")
    expect(check.result().exhaustive).toBe(true)
  })
})

describe("the move of the service", () => {
  const moving = {
    ...contextOf("a", "b", "c", "d"),
    servers: Nodes.servers("a", "b", "c", "d", "y"),
    rules: moves
  }
  const next: View = { number: 1, members: Nodes.servers("y") }
  const tell = (self: Nodes.ServerId, state: ReplicaState, message: Move.Message, from = admin) =>
    replica.step(moving, self, state, { _tag: "Receive", from, message })
  const old = Nodes.servers("a", "b", "c", "d")
  const moved = old.map((self) =>
    tell(self, replica.initial(moving, self), { _tag: "Move", view: next })
  )
  const sealed = moved
    .slice(0, 3)
    .flatMap(({ sends }) =>
      sends.flatMap(({ message }) => (message._tag === "Deal" ? message.sealed : []))
    )
  const dealt = { _tag: "Dealt", number: 1, sealed } as const
  const question = {
    _tag: "Ask",
    nonce: { client: c1, operation: 1, number: 1, system: 0 }
  } as const

  it("certifies the next epoch, deals, and erases when enough have dealt", () => {
    const before = moved[0]?.state as ReplicaState
    expect(tagsOf(moved[0]?.sends ?? [])).toEqual(["Certify", "Deal"])
    expect(before.shares).toHaveLength(1)
    const { state, sends } = tell(a, before, { ...dealt, sealed: [] })
    expect(state).toMatchObject({ shares: [], serving: null })
    expect(tagsOf(sends)).toEqual(["Erased"])
  })

  it("a replica combines what 2f+1 replicas have dealt into a share, and can read none of it again", () => {
    const newcomer: ReplicaState = { ...replica.initial(moving, y), view: next }
    const { state } = tell(y, newcomer, dealt)
    expect(state.shares).toEqual([{ dealing: 1, threshold: 1, holder: y }])
    const { key } = state
    const read = sealed.flatMap((one) => (key && symbolic.decrypt(key, one)) ?? [])
    expect([key?.times, read]).toEqual([2, []])
    expect(tell(y, newcomer, { ...dealt, sealed: sealed.slice(1) }).state.shares).toEqual([])
  })

  it("a replica answers in an epoch once the previous one has ended, and signs the question too", () => {
    const newcomer: ReplicaState = { ...replica.initial(moving, y), view: next }
    const waiting = tell(y, newcomer, dealt).state
    expect(replica.postpones?.(moving, y, waiting, c1, question)).toBe(true)
    const serving = tell(y, waiting, { _tag: "Begin", number: 1, system: 0 }).state
    const input = { _tag: "Receive", from: c1, message: question } as const
    const [answer] = replica.step(moving, y, serving, input).sends
    expect(answer?.message).toMatchObject({
      part: { content: { nonce: question.nonce, view: next } }
    })
  })
})
