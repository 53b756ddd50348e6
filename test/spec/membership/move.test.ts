/**
 * The move of the membership service, message by message: which is read, which waits, and which is
 * dropped, at a replica, at the log and at a client.
 */
import { describe, expect, it } from "vitest"
import { configurationOf, type View } from "../../../spec/administrator/view.ts"
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyProcess } from "../../../spec/kernel/process.ts"
import { logOf } from "../../../spec/membership/log.ts"
import { type ClientState, client } from "../../../spec/membership/move/client.ts"
import { type LogState, log } from "../../../spec/membership/move/log.ts"
import type { Message, Nonce } from "../../../spec/membership/move/messages.ts"
import { type ReplicaState, replica } from "../../../spec/membership/move/replica.ts"
import { correct } from "../../../spec/membership/move/rules.ts"
import * as Nodes from "../../../spec/nodes/nodes.ts"
import { type Reconfigure, refused } from "../../../spec/storage/reconfiguration.ts"

const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(Nodes.server) as [
  Nodes.ServerId,
  Nodes.ServerId,
  Nodes.ServerId,
  Nodes.ServerId,
  Nodes.ServerId
]
const [c1, c2] = [Nodes.client("c1"), Nodes.client("c2")]
const old = Nodes.servers("a", "b", "c", "d")
const context = {
  servers: Nodes.servers("a", "b", "c", "d", "e"),
  clients: [c1, c2],
  configuration: configurationOf({ number: 0, members: old }),
  cryptography: symbolic,
  rules: correct,
  bounds: { epochs: 3 }
}
const admin = logOf({})
const epoch = (number: number, members = old): View => ({ number, members })

/** When each message, from this node, is read in this state. */
const timesAt =
  (process: unknown, self: NodeId, state: unknown) =>
  (from: NodeId, ...messages: ReadonlyArray<Message>): string => {
    const { postpones, promises, step } = process as AnyProcess
    return messages
      .map((message) => {
        const isEarly = postpones?.(context, self, state, from, message) === true
        const isOver = promises?.isObsolete?.(context, self, state, from, message) === true
        expect([isEarly, isOver]).not.toEqual([true, true])
        const after = step(context, self, state, { _tag: "Receive", from, message })
        if (isEarly || isOver) expect(after).toEqual({ state, sends: [], observations: [] })
        return isEarly ? "later" : isOver ? "over" : "now"
      })
      .join(" ")
  }

const move = (number: number): Message => ({ _tag: "Move", view: epoch(number) })
const certify = (number: number, signature?: string): Message => ({
  _tag: "Certify",
  part: {
    ...symbolic.threshold.sign(symbolic.threshold.firstShare(b, 3), epoch(number)),
    ...(signature === undefined ? {} : { signature })
  }
})
const dealt = (number: number): Message => ({ _tag: "Dealt", number, sealed: [] })
const begin = (number: number, system = 0): Message => ({ _tag: "Begin", number, system })
const advance = (of: number, number: number): Message => ({ _tag: "Advance", epoch: of, number })
const ask = (number: number, system: number): Message => ({
  _tag: "Ask",
  nonce: { client: c1, operation: 1, number, system }
})

describe("a replica of the service", () => {
  const inFirst: ReplicaState = { ...replica.initial(context, a), system: 1 }
  const tell = (state: ReplicaState, message: Message, from: NodeId = admin) =>
    replica.step(context, a, state, { _tag: "Receive", from, message })
  const times = timesAt(replica, a, inFirst)
  /** It knows of the second epoch, in which it has a share, and still serves none. */
  const inSecond: ReplicaState = {
    ...inFirst,
    view: epoch(1),
    serving: null,
    shares: [{ dealing: 1, threshold: 3, holder: a }]
  }
  const timesInSecond = timesAt(replica, a, inSecond)

  it("reads each message at its time, in the first epoch of the service and the second of the system", () => {
    expect({
      move: times(admin, move(0), move(1), move(2)),
      certify: times(b, certify(0), certify(1), certify(2), certify(1, "forged")),
      dealt: times(admin, dealt(0), dealt(1)),
      begin: times(admin, begin(0), begin(1)),
      advance: times(admin, advance(0, 0), advance(0, 1), advance(0, 2), advance(0, 3)),
      advanceLater: times(admin, advance(1, 1), advance(1, 2)),
      ask: times(c1, ask(0, 0), ask(0, 1), ask(0, 2), ask(1, 1))
    }).toEqual({
      move: "over now later",
      certify: "over now later over",
      dealt: "now later",
      begin: "now later",
      advance: "over over now later",
      advanceLater: "over later",
      ask: "over now later later"
    })
  })

  it("reads them as one that knows of the second epoch and waits for its beginning", () => {
    expect({
      move: timesInSecond(admin, move(1), move(2)),
      dealt: timesInSecond(admin, dealt(0), dealt(1), dealt(2)),
      begin: timesInSecond(admin, begin(0), begin(1), begin(2)),
      advance: timesInSecond(admin, advance(0, 2), advance(1, 1), advance(1, 2)),
      ask: timesInSecond(c1, ask(0, 1), ask(1, 1), ask(2, 1))
    }).toEqual({
      move: "over later",
      dealt: "over now later",
      begin: "over now later",
      advance: "over over later",
      ask: "over later later"
    })
  })

  it("reads none of them from a node that may not send it", () => {
    for (const [message, senders] of [
      [move(1), [a, c1]],
      [dealt(0), [a, c1]],
      [begin(0), [a, c1]],
      [advance(0, 2), [a, c1]],
      [certify(1), [admin, c1]],
      [ask(0, 1), [admin, a]]
    ] as const)
      for (const from of senders) expect(times(from, message)).toBe("over")
    const { heeds } = replica.promises ?? {}
    expect([admin, c1, b].map((from) => heeds?.(context, a, from))).toEqual([
      ["Move", "Dealt", "Begin", "Advance"],
      ["Ask"],
      ["Certify"]
    ])
  })

  it("enters the epoch of the system that the log names, and states how many replicas must know it", () => {
    expect(tell(inFirst, advance(0, 2))).toEqual({
      state: { ...inFirst, system: 2 },
      sends: [],
      observations: [{ _tag: "Note", name: "advanced", detail: { number: 2, enough: 2 } }]
    })
    expect(tell(inSecond, begin(1, 5)).state).toEqual({
      ...inSecond,
      serving: epoch(1),
      system: 5
    })
  })

  it("signs, for a client that asks, that its epochs are the current ones", () => {
    const [answer, ...others] = tell(inFirst, ask(0, 1), c1).sends
    expect(others).toEqual([])
    expect(answer).toMatchObject({
      to: c1,
      message: {
        _tag: "Answer",
        part: {
          dealing: 0,
          holder: a,
          content: { view: epoch(0), nonce: { number: 0, system: 1 } }
        }
      }
    })
    const withoutShare = { ...inFirst, shares: [] }
    expect(tell(withoutShare, ask(0, 1), c1)).toEqual({
      ...{ state: withoutShare, sends: [], observations: [] }
    })
  })

  it("signs the certificate of the next epoch for its replicas and all followers, if it has a share", () => {
    const next: Message = { _tag: "Move", view: epoch(1, Nodes.servers("b", "e")) }
    const { state, sends } = tell(inFirst, next)
    expect(state.view.number).toBe(1)
    const tags = sends.map(({ to, message }) => `${message._tag} to ${to}`)
    expect(tags).toEqual(["Certify to e", "Certify to c1", "Certify to c2", `Deal to ${admin}`])
    const withoutShare = { ...inFirst, shares: [] }
    expect(tell(withoutShare, next)).toEqual({ state: withoutShare, sends: [], observations: [] })
  })

  it("welcomes messages that only change its state: no node can observe when it reads them", () => {
    const { isWelcome, onlyAnswers } = replica.promises ?? {}
    const welcome = (state: ReplicaState, ...messages: ReadonlyArray<readonly [NodeId, Message]>) =>
      messages.map(([from, message]) => isWelcome?.(context, a, state, from, message))
    expect(
      welcome(inFirst, [b, certify(1)], [b, certify(2)], [admin, dealt(0)], [admin, begin(0)])
    ).toEqual([true, false, false, false])
    expect(welcome(inFirst, [c1, ask(0, 1)], [admin, move(1)], [c1, certify(1)])).toEqual(
      ...[[false, false, false]]
    )
    const { shares: _, ...without } = inSecond
    const newcomer = { ...without, shares: [] }
    expect(welcome(newcomer, [admin, dealt(1)])).toEqual([true])
    expect(welcome({ ...newcomer, serving: epoch(0) }, [admin, dealt(1)])).toEqual([false])
    expect(welcome(inSecond, [admin, begin(1)])).toEqual([true])
    const only = ([from, message]: readonly [NodeId, Message]) =>
      onlyAnswers?.(context, a, inFirst, from, message)
    const asked = [
      [c1, ask(0, 1)],
      [admin, move(1)],
      [admin, move(0)],
      [c1, move(1)]
    ] as const
    expect(asked.map(only)).toEqual([true, false, true, true])
  })
})

describe("the log of the service", () => {
  const idle = log.initial(context, admin)
  const next = epoch(1, Nodes.servers("a", "e"))
  const operation = {
    _tag: "Reconfigure",
    add: Nodes.servers("e"),
    remove: Nodes.servers("b", "c", "d")
  } as const
  const invoke = (state: LogState, of: Reconfigure) =>
    log.step(context, admin, state, { _tag: "Invoke", operation: of })
  const moving = invoke(idle, operation).state
  const deal = (
    dealer: Nodes.ServerId,
    number = 1,
    { owners = [a, e], times = 1, threshold = 1 } = {}
  ): Message => ({
    _tag: "Deal",
    number,
    sealed: owners.map((owner) =>
      symbolic.encryptFor(
        owner,
        times,
        symbolic.threshold.deal(symbolic.threshold.firstShare(dealer, 3), owner, threshold)
      )
    )
  })
  const erased = (number = 1): Message => ({ _tag: "Erased", number })
  const receives = (state: LogState, from: NodeId, message: Message) =>
    log.step(context, admin, state, { _tag: "Receive", from, message }).state
  const choicesIn = (state: LogState) => log.choices(context, admin, state).map(({ _tag }) => _tag)
  const choose = (state: LogState, _tag: "Agree" | "End" | "Advance") =>
    log.step(context, admin, state, { _tag: "Choose", choice: { _tag } })
  const withDeals = [a, b, c].reduce((state, from) => receives(state, from, deal(from)), moving)

  it("refuses a move to no replicas, and takes one move at a time", () => {
    const nobody = { ...operation, add: [], remove: old }
    expect(invoke(idle, nobody)).toMatchObject({
      ...{ state: idle, sends: [], observations: [{ _tag: "Invocation" }, { result: refused }] }
    })
    expect(invoke(moving, operation)).toEqual({ state: moving, sends: [], observations: [] })
    expect([idle, moving].map((state) => log.ready(context, admin, state))).toEqual([true, false])
  })

  it("takes a whole deal from each old replica, until there are enough", () => {
    const at = timesAt(log, admin, moving)
    expect(at(a, deal(a, 0), deal(a, 1), deal(a, 2))).toBe("over now later")
    expect(at(e, deal(e))).toBe("over")
    expect(at(a, deal(a, 1, { owners: [a] }), deal(a, 1, { owners: [a, b] }))).toBe("over over")
    expect(at(a, deal(b), deal(a, 1, { times: 2 }), deal(a, 1, { threshold: 2 }))).toBe(
      "over over over"
    )
    expect(timesAt(log, admin, idle)(a, deal(a, 1))).toBe("later")
    const once = receives(moving, a, deal(a))
    expect(once.moving?.dealings.map(({ dealer }) => dealer)).toEqual([a])
    expect(timesAt(log, admin, once)(a, deal(a))).toBe("over")
    expect([moving, once, withDeals].map(choicesIn)).toEqual([[], [], ["Agree"]])
    const agreed = choose(withDeals, "Agree").state
    expect(timesAt(log, admin, agreed)(d, deal(d))).toBe("over")
  })

  it("gives each node what was dealt to it, and ends the epoch once enough have erased", () => {
    const { state: agreed, sends } = choose(withDeals, "Agree")
    expect(
      sends.map(({ to, message }) => [to, message._tag === "Dealt" ? message.sealed.length : 0])
    ).toEqual([
      ...[
        [a, 3],
        [b, 0],
        [c, 0],
        [d, 0],
        [e, 3]
      ]
    ])
    expect(timesAt(log, admin, withDeals)(a, erased())).toBe("later")
    expect(timesAt(log, admin, agreed)(a, erased(), erased(2), erased(0))).toBe("now later over")
    const three = [a, b, c].reduce((state, from) => receives(state, from, erased()), agreed)
    expect(timesAt(log, admin, three)(c, erased())).toBe("over")
    const two = [a, b, b].reduce((state, from) => receives(state, from, erased()), agreed)
    expect([agreed, two, three].map(choicesIn)).toEqual([[], [], ["End"]])
    const { state, sends: begun, observations } = choose({ ...three, system: 2 }, "End")
    expect(state).toEqual({ view: next, moving: null, system: 2 })
    const message = { _tag: "Begin", number: 1, system: 2 }
    expect(begun).toEqual([a, e].map((to) => ({ to, message })))
    expect(observations).toMatchObject([{ detail: { number: 0 } }, { _tag: "Response" }])
  })

  it("advances the system as far as it may, while the service does not move", () => {
    const at = (system: number) => ({ ...idle, system })
    expect([0, 1, 2].map((system) => choicesIn(at(system)))).toEqual([["Advance"], ["Advance"], []])
    const { bounds: _, ...unbounded } = context
    expect(log.choices(unbounded, admin, idle)).toEqual([])
    const { state, sends } = choose(at(1), "Advance")
    expect(state).toEqual(at(2))
    expect(sends.map(({ to }) => to)).toEqual([...old, c1, c2])
    expect(sends[0]?.message).toEqual(advance(0, 2))
    expect(choose(moving, "Advance")).toEqual({ state: moving, sends: [], observations: [] })
    expect(choose(idle, "End")).toEqual({ state: idle, sends: [], observations: [] })
  })
})

describe("a client of the service", () => {
  const idle = client.initial(context, c1)
  const asking: ClientState = { ...idle, asked: 2, isWaiting: true, system: 1 }
  const nonce: Nonce = { client: c1, operation: 2, number: 0, system: 1 }
  const answer = (
    holder: Nodes.ServerId,
    of: Partial<Nonce> = {},
    {
      dealing = 0,
      view = epoch(0),
      signature
    }: { dealing?: number; view?: View; signature?: string } = {}
  ): Message => ({
    _tag: "Answer",
    part: {
      ...symbolic.threshold.sign(
        { ...symbolic.threshold.firstShare(holder, 3), dealing },
        { nonce: { ...nonce, ...of }, view }
      ),
      ...(signature === undefined ? {} : { signature })
    }
  })
  const receives = (state: ClientState, from: NodeId, message: Message) =>
    client.step(context, c1, state, { _tag: "Receive", from, message })
  const times = timesAt(client, c1, asking)

  it("counts the answers to its question, about the epochs that it knows", () => {
    expect(times(a, answer(a), answer(a, { operation: 1 }), answer(a, { number: 1 }))).toBe(
      "now over over"
    )
    expect(times(a, answer(a, { client: c2 }), answer(a, { system: 0 }))).toBe("over over")
    expect(times(a, answer(a, {}, { signature: "forged" }), answer(a, {}, { dealing: 1 }))).toBe(
      "over over"
    )
    const changed = answer(a, {}, { view: epoch(0, Nodes.servers("e")) })
    expect(receives(asking, a, changed).state).toEqual(asking)
    expect(receives({ ...asking, isWaiting: false }, a, answer(a)).state.answers).toEqual([])
    const two = [a, b, b].reduce((state, from) => receives(state, from, answer(from)).state, asking)
    expect(two.answers).toHaveLength(2)
    expect(client.choices(context, c1, two)).toEqual([])
    const three = receives(two, c, answer(c)).state
    expect(client.choices(context, c1, three)).toEqual([{ _tag: "Return" }])
    expect(client.choices(context, c1, { ...three, isWaiting: false })).toEqual([])
    const choice = { _tag: "Return" } as const
    expect(client.step(context, c1, three, { _tag: "Choose", choice })).toEqual({
      state: { ...asking, isWaiting: false },
      sends: [],
      observations: [
        { _tag: "Note", name: "told", detail: { system: 1 } },
        { _tag: "Response", operation: { _tag: "Ask" }, result: 0 }
      ]
    })
  })

  it("asks again, and drops its answers, when the log announces a later epoch of the system", () => {
    const one = receives(asking, a, answer(a)).state
    const told = receives(one, admin, advance(0, 2))
    expect(told.state).toEqual({ ...asking, system: 2 })
    expect(told.sends.map(({ to, message }) => [to, message])).toEqual(
      old.map((to) => [to, { _tag: "Ask", nonce: { ...nonce, system: 2 } }])
    )
    expect(receives({ ...one, isWaiting: false }, admin, advance(0, 2)).sends).toEqual([])
    expect(times(admin, advance(0, 0), advance(0, 1), advance(0, 2))).toBe("over over now")
    expect(times(a, advance(0, 2))).toBe("over")
  })

  it("asks again in the next epoch of the service, once that is certified", () => {
    const parts = [a, b, c].reduce((state, holder) => {
      const part = symbolic.threshold.sign(symbolic.threshold.firstShare(holder, 3), epoch(1))
      return receives(state, holder, { _tag: "Certify", part }).state
    }, asking)
    const [choice, ...others] = client.choices(context, c1, parts)
    expect([choice, others]).toEqual([{ _tag: "Follow", view: epoch(1) }, []])
    if (choice === undefined) throw new Error("it can follow")
    const { state, sends } = client.step(context, c1, parts, { _tag: "Choose", choice })
    expect(state).toEqual({ ...asking, view: epoch(1) })
    expect(sends).toHaveLength(4)
    expect(sends[0]?.message).toEqual({ _tag: "Ask", nonce: { ...nonce, number: 1 } })
    expect(times(b, certify(0), certify(1), certify(2), certify(1, "forged"))).toBe(
      "over now later over"
    )
  })

  it("asks one question at a time, each with a number of its own", () => {
    const operation = { _tag: "Ask" } as const
    const { state, sends } = client.step(context, c1, idle, { _tag: "Invoke", operation })
    expect(state).toEqual({ ...idle, asked: 1, isWaiting: true })
    expect(sends.map(({ to }) => to)).toEqual(old)
    expect(client.step(context, c1, state, { _tag: "Invoke", operation }).state).toBe(state)
    expect([idle, state].map((one) => client.ready(context, c1, one))).toEqual([true, false])
  })

  it("welcomes parts that can only be combined: no node can observe when it reads them", () => {
    const welcome = (message: Message, state = asking) =>
      client.promises?.isWelcome?.(context, c1, state, a, message)
    expect([certify(1), certify(2), advance(0, 2)].map((one) => welcome(one))).toEqual([
      ...[true, false, false]
    ])
    expect([answer(a), answer(a, { operation: 1 })].map((one) => welcome(one))).toEqual([
      ...[true, false]
    ])
    expect(client.promises?.heeds?.(context, c1, admin)).toEqual(["Advance"])
    expect(client.promises?.heeds?.(context, c1, a)).toEqual(["Certify", "Answer"])
  })
})
