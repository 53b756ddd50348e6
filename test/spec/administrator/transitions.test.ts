/**
 * Reconfiguration by an administrator, step by step: which node sends what and when, which messages
 * move a node on, and which have no effect.
 */
import { describe, expect, it } from "vitest"
import { administrator as administrates } from "../../../spec/administrator/administrator.ts"
import { client as asks } from "../../../spec/administrator/client.ts"
import type { Message } from "../../../spec/administrator/messages.ts"
import { administered as protocol } from "../../../spec/administrator/protocol.ts"
import { correct, plain } from "../../../spec/administrator/rules.ts"
import { server as stores } from "../../../spec/administrator/server.ts"
import { trustedServer } from "../../../spec/administrator/trusted-server.ts"
import { forged } from "../../../spec/kernel/cryptography.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import { refused } from "../../../spec/storage/reconfiguration.ts"
import {
  a,
  admin,
  administered,
  answer,
  at,
  b,
  c,
  c1,
  c2,
  client1,
  contextOf,
  d,
  e,
  initialServer,
  invoke,
  newView,
  next,
  nonceOf,
  old,
  read,
  receivers,
  signed,
  told,
  trusted,
  write
} from "./scene.ts"

const stopped = nonceOf("stop", 0, admin)
const stops = (...from: ReadonlyArray<readonly [typeof a, ReturnType<typeof signed>]>) =>
  from.map(([node, written]) => told(node, answer(stopped, written)))
const got = (...from: ReadonlyArray<typeof a>) =>
  from.map((node) => told(node, answer(nonceOf("get"), signed(5, 2))))
const notice = told(admin, { _tag: "Notice", view: next })

describe("the protocol", () => {
  it("ignores messages to nodes that the system lacks", () => {
    const { unused } = protocol
    const all = contextOf(plain, true)
    const { administrator: _, ...withoutAdministrator } = all
    const { directory: __, ...withoutDirectory } = all
    expect(unused?.(all)).toEqual([])
    expect(unused?.(withoutDirectory)).toEqual(["Announce", "Announced", "Ask", "Current"])
    expect(unused?.(withoutAdministrator)).toEqual([
      ...["NewView", "Begin", "Notice", "Announce", "Announced"]
    ])
  })
})

describe("the administrator", () => {
  it("sends NEW_VIEW to all old and new members, and informs the clients", () => {
    const begun = administered([])
    expect(receivers(begun, "NewView")).toEqual([a, b, c, d, e])
    expect(receivers(begun, "Notice")).toEqual([c1, c2])
  })

  it("continues with the answers of a super-majority: the newest pair that they held goes to the new members", () => {
    const two = stops([a, signed(1, 1)], [b, null])
    expect(administered(two)).toMatchObject({ sends: [], observations: [] })
    const three = administered([...two, ...stops([c, signed(3, 2)])])
    expect(three.sends).toEqual(
      next.members.map((to) => ({
        to,
        message: { _tag: "Begin", number: 1, written: signed(3, 2) }
      }))
    )
    expect(three.state).toMatchObject({ view: next, activity: null })
    expect(three.observations).toEqual([
      { _tag: "Note", name: "forgotten", detail: { number: 0 } },
      expect.objectContaining({ _tag: "Response", result: null })
    ])
  })

  it("counts each old member once, no stranger, no forged pair and no answer to another question", () => {
    const two = stops([a, null], [b, null])
    const counted = administered(two).state
    const written = {
      ...(signed(9, 9) as NonNullable<ReturnType<typeof signed>>),
      signature: forged
    }
    for (const input of [
      ...stops([a, null], [e, null]),
      told(c, answer(stopped, written)),
      told(c, answer(nonceOf("get", 0, admin))),
      told(c, answer(nonceOf("stop", 1, admin))),
      told(c, newView)
    ])
      expect(administered([...two, input]).state).toEqual(counted)
  })

  it("counts no answer before the trusted server, if there is one, has acknowledged", () => {
    const context = contextOf(plain, true)
    const announced = administered([], context)
    expect(receivers(announced, "Announce")).toEqual([trusted])
    const early = stops([a, signed(1, 1)], [b, null], [c, null])
    expect(administered(early, context).state).toEqual(announced.state)
  })

  it("refuses a configuration without members, and is not ready for another while it waits", () => {
    const remove = servers("a", "b", "c", "d")
    const empty = administered([], contextOf(), { _tag: "Reconfigure", add: [], remove })
    expect(empty.sends).toEqual([])
    expect(empty.observations.at(-1)).toMatchObject({ _tag: "Response", result: refused })
    expect(administrates.ready(contextOf(), admin, administered([]).state)).toBe(false)
    expect(administrates.ready(contextOf(), admin, empty.state)).toBe(true)
  })

  it("that copies beforehand asks first, and sends what it found then", () => {
    const context = contextOf({ ...plain, copiesAsOfStopping: false })
    expect(receivers(administered([], context), "Get")).toEqual(old.members)
    const found = [a, b, c].map((from) =>
      told(from, answer(nonceOf("get", 0, admin), signed(1, 1)))
    )
    expect(receivers(administered(found, context), "NewView")).toHaveLength(5)
    const late = stops([a, signed(3, 2)], [b, null], [c, null])
    expect(administered([...found, ...late], context).sends[0]?.message).toMatchObject({
      written: signed(1, 1)
    })
  })
})

describe("a storage node", () => {
  const get: Message = { _tag: "Get", number: 0, nonce: nonceOf("get") }
  const set: Message = {
    ...{ _tag: "Set", number: 0, nonce: nonceOf("set") },
    written: signed(3, 2) as NonNullable<ReturnType<typeof signed>>
  }

  it("answers in the configuration that it serves, with what it holds", () => {
    expect(at(a, c1, get).sends).toEqual([{ to: c1, message: answer(nonceOf("get")) }])
    const stored = at(a, c1, set)
    expect(stored.state.written).toEqual(signed(3, 2))
    expect(stored.sends).toEqual([{ to: c1, message: answer(nonceOf("set"), signed(3, 2)) }])
  })

  it("stores nothing older, and nothing that is forged", () => {
    const state = { ...initialServer(a), written: signed(9, 7) }
    expect(at(a, c1, set, state).state).toEqual(state)
    const written = {
      ...(signed(9, 9) as NonNullable<ReturnType<typeof signed>>),
      signature: forged
    }
    expect(at(a, c1, { ...set, written })).toMatchObject({ state: initialServer(a), sends: [] })
  })

  it("stops in the step in which it says so, with what it holds then, and serves once it has its initial data", () => {
    const state = { ...initialServer(b), written: signed(1, 1) }
    const moved = at(b, admin, newView, state)
    expect(moved.state).toMatchObject({ view: next, serves: [] })
    expect(moved.sends).toEqual([{ to: admin, message: answer(stopped, signed(1, 1)) }])
    const begin: Message = { _tag: "Begin", number: 1, written: signed(3, 2) }
    const begun = at(b, admin, begin, moved.state).state
    expect(begun).toMatchObject({ serves: [1], written: signed(3, 2) })
    // One that is late has what it held itself, if that is newer.
    const newer = at(b, admin, { ...begin, written: null }, moved.state).state
    expect(newer).toMatchObject({ serves: [1], written: signed(1, 1) })
  })

  it("obeys only the administrator on configurations, and takes early messages later", () => {
    for (const from of [b, c1]) expect(at(a, from, newView).state).toEqual(initialServer(a))
    const early: Message = { _tag: "Get", number: 1, nonce: nonceOf("get", 1) }
    const isPostponed = (state = initialServer(b)) =>
      stores.postpones?.(contextOf(), b, state, c1, early)
    expect(isPostponed()).toBe(true)
    const moved = at(b, admin, newView).state
    expect(isPostponed(moved)).toBe(true)
    expect(isPostponed({ ...moved, serves: [1] })).toBe(false)
  })
})

describe("a client", () => {
  const asking = contextOf(correct)
  const confirmed = [a, b, c].map((from) => told(from, answer(nonceOf("confirm"))))

  it("reads: gets, stores what it found, and returns it", () => {
    const set = client1([invoke(read), ...got(a, b, c)], asking)
    expect(set.sends.map(({ message }) => message)).toContainEqual({
      ...{ _tag: "Set", number: 0, nonce: nonceOf("set"), written: signed(5, 2) }
    })
    const stored = [a, b, d].map((from) => told(from, answer(nonceOf("set"), signed(5, 2))))
    const done = client1([invoke(read), ...got(a, b, c), ...stored], asking)
    expect(done.observations.at(-1)).toEqual({ _tag: "Response", operation: read, result: 5 })
  })

  it("writes: gets, confirms, and stores its value under the next timestamp", () => {
    const confirming = client1([invoke(write), ...got(a, b, c)], asking)
    expect(receivers(confirming, "Confirm")).toEqual(old.members)
    const setting = client1([invoke(write), ...got(a, b, c), ...confirmed], asking)
    expect(setting.sends[0]?.message).toMatchObject({
      _tag: "Set",
      written: { signer: c1, content: { value: 7, timestamp: { number: 3, client: c1 } } }
    })
    // Without confirming, it stores at once.
    expect(receivers(client1([invoke(write), ...got(a, b, c)]), "Set")).toEqual(old.members)
  })

  it("counts only answers to its question, of members, each once, with genuine pairs", () => {
    const two = [invoke(read), ...got(a, b)]
    const counted = client1(two).state
    const written = {
      ...(signed(9, 9) as NonNullable<ReturnType<typeof signed>>),
      signature: forged
    }
    for (const input of [
      ...got(a, e),
      told(c, answer(nonceOf("set"))),
      told(c, answer(nonceOf("get", 1))),
      told(c, answer(nonceOf("get"), written)),
      told(c, newView)
    ])
      expect(client1([...two, input]).state).toEqual(counted)
  })

  it("that moves during its Get phase or while it confirms repeats the Get phase", () => {
    for (const before of [[], got(a, b, c)]) {
      const moved = client1([invoke(write), ...before, notice], asking)
      expect(receivers(moved, "Get")).toEqual(next.members)
      expect(moved.state).toMatchObject({ stage: "get", phase: { answered: [], answer: null } })
    }
  })

  it("that moves while it stores: a write stores the same pair again, a read repeats its Get phase", () => {
    const pair = { signer: c1, content: { value: 7, timestamp: { number: 3, client: c1 } } }
    const writing = client1([invoke(write), ...got(a, b, c), ...confirmed, notice], asking)
    expect(receivers(writing, "Set")).toEqual(next.members)
    expect(writing.sends[0]?.message).toMatchObject({ number: 1, written: pair })
    const reading = client1([invoke(read), ...got(a, b, c), notice], asking)
    expect(receivers(reading, "Get")).toEqual(next.members)
    // As the prose has it, a read does its current phase again too.
    expect(receivers(client1([invoke(read), ...got(a, b, c), notice]), "Set")).toEqual(next.members)
  })

  it("moves upward only", () => {
    const late = told(admin, { _tag: "Notice", view: old })
    expect(client1([notice, late]).state.view).toEqual(next)
    expect(client1([late]).state).toEqual(asks.initial(contextOf(), c1))
  })
})

describe("the trusted server", () => {
  const context = contextOf(plain, true)
  const step = (from: typeof admin | typeof c1, message: Message, state = old) =>
    trustedServer.step(context, trusted, state, told(from, message))

  it("knows what the administrator has announced, and reports it on request", () => {
    const announced = step(admin, { _tag: "Announce", view: next })
    expect(announced.state).toEqual(next)
    expect(announced.sends).toEqual([{ to: admin, message: { _tag: "Announced", number: 1 } }])
    const nonce = nonceOf("get")
    expect(step(c1, { _tag: "Ask", nonce }, next).sends).toEqual([
      { to: c1, message: { _tag: "Current", nonce, view: next } }
    ])
  })

  it("believes only the administrator, and never returns to an older configuration", () => {
    expect(step(c1, { _tag: "Announce", view: next }).state).toEqual(old)
    expect(step(admin, { _tag: "Announce", view: old }, next).state).toEqual(next)
  })
})
