/**
 * Masking replication, with one test for each sentence about its client and its storage nodes.
 */
import { describe, expect, it } from "vitest"
import { tolerating } from "../../../spec/configuration/configuration.ts"
import { maskingFaults } from "../../../spec/configuration/tolerated-faults.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { Input, NoChoice } from "../../../spec/kernel/process.ts"
import type { Message } from "../../../spec/majority/messages.ts"
import { type ClientState, client } from "../../../spec/masking/client.ts"
import { timestampCount, timestampsCountWrites } from "../../../spec/masking/properties.ts"
import { correct } from "../../../spec/masking/rules.ts"
import { server } from "../../../spec/masking/server.ts"
import {
  type ClientId,
  client as clientId,
  server as serverId,
  servers
} from "../../../spec/nodes/nodes.ts"
import type { Access, Value } from "../../../spec/register/operation.ts"
import { initialPair, type Pair } from "../../../spec/register/pair.ts"
import { writtenValues } from "../../../spec/register/written-values.ts"

type ClientInput = Input<Access, Message, NoChoice>

const [c1, c2] = [clientId("c1"), clientId("c2")]
const members = servers("s1", "s2", "s3", "s4", "s5")
const [s1, s2, s3] = [serverId("s1"), serverId("s2"), serverId("s3")]
const [s4, s5] = [serverId("s4"), serverId("s5")]
const five = {
  clients: [c1, c2],
  configuration: tolerating(maskingFaults, members),
  rules: correct
}

const pair = (value: Value, number: number, of: ClientId): Pair => ({
  value,
  timestamp: { number, client: of }
})
const write = (value: Value): Access => ({ _tag: "Write", value })
const read: Access = { _tag: "Read" }
const invoke = (operation: Access): ClientInput => ({ _tag: "Invoke", operation })
const got = (from: NodeId, has: Pair, operation = 1): ClientInput => ({
  _tag: "Receive",
  from,
  message: { _tag: "GetReply", operation, pair: has }
})
const acknowledged = (from: NodeId, operation = 1): ClientInput => ({
  _tag: "Receive",
  from,
  message: { _tag: "SetReply", operation }
})
const nothing = { sends: [], observations: [] }
const get: Message = { _tag: "Get", operation: 1 }

/** The last step of a client that is given these inputs, one after the other. */
const lastStep = (inputs: ReadonlyArray<ClientInput>, from?: ClientState) =>
  inputs.reduce((step, input) => client.step(five, c1, step.state, input), {
    state: from ?? client.initial(five, c1),
    ...nothing
  } as ReturnType<typeof client.step>)
const toEach = (to: ReadonlyArray<NodeId>, message: Message) =>
  to.map((id) => ({ to: id, message }))

const [one, two, high] = [pair(1, 1, c2), pair(2, 2, c2), pair("lie", 9, c1)]
/** Answers of a quorum that do not decide: the two lower ones may have been replaced. */
const undecided = [
  invoke(read),
  got(s1, initialPair),
  got(s2, initialPair),
  got(s3, one),
  got(s4, two)
]

describe("a storage node", () => {
  it("is that of majority replication to clients", () => {
    const state = server.initial(five, s1)
    expect(state).toEqual({ pair: initialPair })
    const set: Message = { _tag: "Set", operation: 1, pair: one }
    const stored = server.step(five, s1, state, { _tag: "Receive", from: c2, message: set })
    expect(stored.state).toEqual({ pair: one })
    expect(stored.sends).toEqual(toEach([c2], { _tag: "SetReply", operation: 1 }))
    const answer = server.step(five, s1, stored.state, {
      _tag: "Receive",
      from: c1,
      message: get
    })
    expect(answer.sends).toEqual(toEach([c1], { _tag: "GetReply", operation: 1, pair: one }))
  })

  it("takes nothing of other storage nodes: one that lies could have it store what it makes up", () => {
    const state = { pair: one }
    for (const message of [
      get,
      { _tag: "Set", operation: 1, pair: high }
    ] satisfies ReadonlyArray<Message>) {
      expect(server.step(five, s1, state, { _tag: "Receive", from: s5, message })).toEqual({
        state,
        ...nothing
      })
      expect(server.promises?.isObsolete?.(five, s1, state, s5, message)).toBe(true)
      expect(server.promises?.isObsolete?.(five, s1, state, c1, message)).toBe(false)
    }
  })
})

describe("a read", () => {
  it("asks all storage nodes, and waits for a quorum: four of five", () => {
    expect(lastStep([invoke(read)]).sends).toEqual(toEach(members, get))
    const answers = [s1, s2, s3].map((from) => got(from, one))
    expect(lastStep([invoke(read), ...answers])).toMatchObject({
      state: { _tag: "Getting" },
      ...nothing
    })
  })

  it("writes back what it accepts, in the step in which the answers decide", () => {
    const answers = [got(s1, one), got(s5, high), got(s2, one), got(s3, initialPair)]
    const { state, sends } = lastStep([invoke(read), ...answers])
    expect(state._tag).toBe("Setting")
    expect(sends).toEqual(toEach(members, { _tag: "Set", operation: 1, pair: one }))
  })

  it("returns what it wrote back once a quorum has acknowledged", () => {
    const setting = [invoke(read), ...[s1, s2, s3, s4].map((from) => got(from, one))]
    const acknowledgements = [s5, s1, s2].map((from) => acknowledged(from))
    expect(lastStep([...setting, ...acknowledgements])).toMatchObject(nothing)
    expect(lastStep([...setting, ...acknowledgements, acknowledged(s5)])).toMatchObject(nothing)
    expect(lastStep([...setting, ...acknowledgements, acknowledged(s3)])).toEqual({
      state: { _tag: "Idle", begun: 1 },
      sends: [],
      observations: [{ _tag: "Response", operation: read, result: 1 }]
    })
  })

  it("asks all that have answered again when the answers of a quorum do not decide", () => {
    const { state, sends } = lastStep(undecided)
    expect(state._tag).toBe("Getting")
    expect(sends).toEqual(toEach([s1, s2, s3, s4], get))
  })

  it("asks a node that answers after that again, and only it, while the answers do not decide", () => {
    const { state } = lastStep(undecided)
    for (const [input, who] of [
      [got(s2, initialPair), s2],
      [got(s5, high), s5],
      [got(s2, high), s2]
    ] as const) {
      expect(lastStep([input], state).sends).toEqual(toEach([who], get))
    }
    expect(lastStep([got(s2, initialPair)], state).state).toEqual(state)
  })

  it("keeps the latest answer of each, so that it ends when the slow have answered or the writes are done", () => {
    const { state } = lastStep(undecided)
    const slow = lastStep([got(s5, initialPair)], state)
    expect(slow.sends).toEqual(toEach(members, { _tag: "Set", operation: 1, pair: initialPair }))
    const later = lastStep([got(s3, two)], state)
    expect(later.sends).toEqual(toEach(members, { _tag: "Set", operation: 1, pair: two }))
  })

  it("neither asks again nor counts a second answer before a quorum has answered", () => {
    const { state, sends } = lastStep([invoke(read), got(s5, one), got(s5, high)])
    expect(sends).toEqual([])
    expect(state).toMatchObject({ phase: { answered: [s5], answer: [{ server: s5, pair: one }] } })
  })
})

describe("a write", () => {
  it("goes above the second highest of a quorum's timestamps, which no liar alone has made up", () => {
    const answers = [got(s1, initialPair), got(s5, high), got(s2, two), got(s3, one)]
    const { sends, observations } = lastStep([invoke(write(7)), ...answers])
    expect(sends).toEqual(toEach(members, { _tag: "Set", operation: 1, pair: pair(7, 3, c1) }))
    expect(observations).toEqual([
      { _tag: "Note", name: "chose", detail: { number: 3, client: c1 } }
    ])
  })

  it("never asks again: the answers of a quorum suffice", () => {
    const answers = [got(s1, initialPair), got(s2, initialPair), got(s3, one), got(s4, two)]
    expect(lastStep([invoke(write(7)), ...answers]).state._tag).toBe("Setting")
  })

  it("returns when a quorum has acknowledged", () => {
    const setting = [invoke(write(7)), ...[s1, s2, s3, s4].map((from) => got(from, one))]
    const { observations } = lastStep([
      ...setting,
      ...[s5, s1, s2, s3].map((from) => acknowledged(from))
    ])
    expect(observations).toEqual([{ _tag: "Response", operation: write(7), result: null }])
  })
})

describe("a client", () => {
  it("ignores answers to another phase or another operation, strangers and requests", () => {
    const { state } = lastStep(undecided)
    for (const input of [
      got(s2, two, 2),
      got(s2, two, 0),
      got(c2, two),
      acknowledged(s2),
      { _tag: "Receive", from: s2, message: get },
      { _tag: "Receive", from: s2, message: { _tag: "Set", operation: 1, pair: two } },
      { _tag: "Choose", choice: undefined },
      invoke(read)
    ] satisfies ReadonlyArray<ClientInput>) {
      expect(lastStep([input], state)).toEqual({ state, ...nothing })
    }
    const setting = lastStep([...undecided, got(s5, initialPair)]).state
    expect(lastStep([got(s5, one)], setting)).toEqual({ state: setting, ...nothing })
  })

  it("promises that answers commute, but for those that decide what a read accepts", () => {
    const reply: Message = { _tag: "GetReply", operation: 1, pair: one }
    const promised = (inputs: ReadonlyArray<ClientInput>) =>
      client.promises?.isAnswer?.(five, c1, lastStep(inputs).state, s1, reply)
    expect(promised([invoke(write(7))])).toBe(true)
    expect(promised([invoke(read)])).toBe(false)
    expect(promised([...undecided, got(s5, initialPair)])).toBe(true)
  })
})

describe("the observers", () => {
  const begins = (operation: Access) =>
    ({ _tag: "Observed", node: c1, observation: { _tag: "Invocation", operation } }) as const
  const chose = (number: number) =>
    ({
      _tag: "Observed",
      node: c1,
      observation: { _tag: "Note", name: "chose", detail: { number, client: c1 } }
    }) as const
  const returned = (operation: Access, result: Value) =>
    ({ _tag: "Observed", node: c2, observation: { _tag: "Response", operation, result } }) as const

  it("of timestamps allow a write the number of the writes that have begun, and no higher", () => {
    const judge = (events: ReadonlyArray<ReturnType<typeof begins> | ReturnType<typeof chose>>) =>
      timestampCount.violation(events.reduce(timestampCount.observe, timestampCount.initial))
    expect(
      judge([begins(write(1)), chose(1), begins(write(2)), chose(2), begins(read)])
    ).toBeUndefined()
    expect(judge([begins(write(1)), begins(write(2)), chose(1), chose(1)])).toBeUndefined()
    expect(judge([begins(read), begins(write(1)), chose(2), begins(write(2))])).toContain(
      "number 2"
    )
    expect(timestampsCountWrites.canFailAt?.(chose(1).observation)).toBe(true)
    expect(timestampsCountWrites.canFailAt?.(begins(read).observation)).toBe(false)
  })

  it("of values allow a read the initial one and what a write has begun to write, in that order", () => {
    const judge = (
      events: ReadonlyArray<ReturnType<typeof begins> | ReturnType<typeof returned>>
    ) => writtenValues.violation(events.reduce(writtenValues.observe, writtenValues.initial))
    expect(
      judge([returned(read, null), begins(write(1)), returned(read, 1), returned(read, null)])
    ).toBe(undefined)
    expect(judge([begins(write(1)), returned(read, 2), begins(write(2))])).toContain("c2 read 2")
    expect(judge([begins(write(1)), returned(write(1), null), begins(write(2))])).toBeUndefined()
  })
})
