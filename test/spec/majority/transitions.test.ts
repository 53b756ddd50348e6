/**
 * Majority replication, sentence by sentence of the tutorial's section 2.3.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { type ClientState, client } from "../../../spec/majority/client.ts"
import type { Message } from "../../../spec/majority/messages.ts"
import { correct } from "../../../spec/majority/rules.ts"
import { server } from "../../../spec/majority/server.ts"
import {
  type ClientId,
  client as clientId,
  server as serverId,
  servers
} from "../../../spec/nodes/nodes.ts"
import type { Access, Value } from "../../../spec/register/operation.ts"
import { initialPair, isLarger, type Pair } from "../../../spec/register/pair.ts"
import { timestampsGrow, timestampsNameValues } from "../../../spec/register/properties.ts"
import type { Context, MajorityInput } from "./drive.ts"

const [c1, c2] = [clientId("c1"), clientId("c2")]
const [s1, s2, s3] = [serverId("s1"), serverId("s2"), serverId("s3")]

const contextOf = (size: number): Context => {
  const members = servers("s1", "s2", "s3", "s4", "s5").slice(0, size)
  return { servers: members, clients: [c1, c2], configuration: majority(members), rules: correct }
}
const three = contextOf(3)

const pair = (value: Value, number: number, of: ClientId | null): Pair => ({
  value,
  timestamp: { number, client: of }
})
const write = (value: Value): Access => ({ _tag: "Write", value })
const read: Access = { _tag: "Read" }
const got = (from: NodeId, has: Pair, operation = 1): MajorityInput => ({
  _tag: "Receive",
  from,
  message: { _tag: "GetReply", operation, pair: has }
})
const acknowledged = (from: NodeId, operation = 1): MajorityInput => ({
  _tag: "Receive",
  from,
  message: { _tag: "SetReply", operation }
})
const invoke = (operation: Access): MajorityInput => ({ _tag: "Invoke", operation })

/** The last step of a client that takes these inputs, one after the other. */
const lastStep = (
  inputs: ReadonlyArray<MajorityInput>,
  self = c1,
  context = three,
  from?: ClientState
) =>
  inputs.reduce((step, input) => client.step(context, self, step.state, input), {
    state: from ?? client.initial(context, self),
    sends: [],
    observations: []
  } as ReturnType<typeof client.step>)
const toEach = (to: ReadonlyArray<NodeId>, message: Message) =>
  to.map((id) => ({ to: id, message }))
const choose: MajorityInput = { _tag: "Choose", choice: undefined }
const nothing = { sends: [], observations: [] }

describe("a storage node (2.3)", () => {
  const receive = (has: Pair, message: Message) =>
    server.step(three, s1, { pair: has }, { _tag: "Receive", from: c1, message })

  it("keeps a copy of the value with its timestamp, initially no value with the smallest timestamp", () => {
    expect(server.initial(three, s1)).toEqual({
      pair: { value: null, timestamp: { number: 0, client: null } }
    })
    expect(isLarger(pair(1, 1, c1).timestamp, initialPair.timestamp)).toBe(true)
  })

  it("answers a Get with its vt-pair, to the sender and for its operation, and keeps the pair", () => {
    const has = pair(7, 3, c2)
    expect(receive(has, { _tag: "Get", operation: 5 })).toEqual({
      state: { pair: has },
      sends: [{ to: c1, message: { _tag: "GetReply", operation: 5, pair: has } }],
      observations: []
    })
  })

  it("stores the vt-pair of a Set if its timestamp is larger, and acknowledges", () => {
    for (const larger of [pair(8, 4, c1), pair(8, 3, c2)]) {
      expect(receive(pair(7, 3, c1), { _tag: "Set", operation: 5, pair: larger })).toEqual({
        state: { pair: larger },
        sends: [{ to: c1, message: { _tag: "SetReply", operation: 5 } }],
        observations: []
      })
    }
  })

  it("keeps its pair if the timestamp is not larger, and still acknowledges", () => {
    const has = pair(7, 3, c2)
    for (const older of [pair(8, 2, c2), pair(8, 3, c1), pair(8, 3, c2), initialPair]) {
      expect(receive(has, { _tag: "Set", operation: 5, pair: older })).toEqual({
        state: { pair: has },
        sends: [{ to: c1, message: { _tag: "SetReply", operation: 5 } }],
        observations: []
      })
    }
  })

  it("sends no requests, and ignores replies and invocations", () => {
    const state = { pair: pair(7, 3, c2) }
    for (const input of [got(s2, pair(8, 9, c1)), acknowledged(s2), invoke(write(1)), choose]) {
      expect(server.step(three, s1, state, input as never)).toEqual({ state, ...nothing })
    }
    expect(server.ready(three, s1, state)).toBe(false)
    expect(server.choices(three, s1, state)).toEqual([])
  })
})

describe("timestamps (2.3)", () => {
  it("are ordered by number and then by client, and none is larger than itself", () => {
    const ascending = [
      pair(0, 0, null),
      pair(0, 1, c1),
      pair(0, 1, c2),
      pair(0, 2, c1),
      pair(0, 10, c1)
    ]
    for (const [left, low] of ascending.entries()) {
      for (const [right, high] of ascending.entries()) {
        expect(isLarger(high.timestamp, low.timestamp)).toBe(right > left)
      }
    }
  })

  it("that shrink at a storage node, or that name two values, violate the invariants", () => {
    const [old, recent] = [{ pair: pair(1, 1, c1) }, { pair: pair(2, 1, c2) }]
    expect(timestampsGrow.holds(three, s1, old, recent)).toBe(true)
    expect(timestampsGrow.holds(three, s1, old, old)).toBe(true)
    expect(timestampsGrow.holds(three, s1, recent, old)).toBe(false)
    expect(timestampsNameValues.holds(three, old, recent)).toBe(true)
    expect(timestampsNameValues.holds(three, old, { pair: pair(1, 1, c1) })).toBe(true)
    expect(timestampsNameValues.holds(three, old, { pair: pair(2, 1, c1) })).toBe(false)
  })
})

describe("the Get phase (2.3)", () => {
  it("begins when the client asks all storage nodes to send their vt-pairs", () => {
    for (const operation of [read, write(7)]) {
      const { sends, observations } = lastStep([invoke(operation)])
      expect(sends).toEqual(toEach([s1, s2, s3], { _tag: "Get", operation: 1 }))
      expect(observations).toEqual([{ _tag: "Invocation", operation }])
    }
  })

  it("waits for exactly a majority of responses, so a minority may be silent", () => {
    for (const [size, needed] of [
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 3],
      [5, 3]
    ] as const) {
      const context = contextOf(size)
      const replies = context.servers.map((from) => got(from, initialPair))
      for (const operation of [read, write(7)]) {
        for (const [index] of replies.slice(0, needed).entries()) {
          const step = lastStep([invoke(operation), ...replies.slice(0, index + 1)], c1, context)
          expect(step.state._tag).toBe(index + 1 < needed ? "Getting" : "Setting")
          expect(step.sends).toHaveLength(index + 1 < needed ? 0 : size)
          expect(step.observations).toEqual([])
        }
      }
    }
  })

  it("of a write ends with a timestamp larger than the largest received: the next number, with the client's id", () => {
    for (const self of [c1, c2]) {
      for (const replies of [
        [got(s1, pair(5, 3, c1)), got(s2, pair(6, 3, c2))],
        [got(s2, pair(6, 3, c2)), got(s3, pair(4, 1, c1))],
        [got(s2, pair(4, 1, c2)), got(s1, pair(5, 3, c1))]
      ]) {
        const { sends } = lastStep([invoke(write(7)), ...replies], self)
        expect(sends).toEqual(
          toEach([s1, s2, s3], { _tag: "Set", operation: 1, pair: pair(7, 4, self) })
        )
      }
    }
  })

  it("of two writers with the same answers ends with different timestamps, by the client-id", () => {
    const [one, other] = [c1, c2].map((self) =>
      lastStep([invoke(write(7)), got(s1, initialPair), got(s2, initialPair)], self).sends.map(
        ({ message }) => (message._tag === "Set" ? message.pair.timestamp : undefined)
      )
    )
    expect(one).toEqual(Array(3).fill({ number: 1, client: c1 }))
    expect(other).toEqual(Array(3).fill({ number: 1, client: c2 }))
  })

  it("of a read selects the vt-pair with the largest timestamp, in any order of responses", () => {
    const [old, recent] = [got(s1, pair(9, 3, c1)), got(s2, pair(1, 3, c2))]
    for (const replies of [
      [old, recent],
      [recent, old]
    ]) {
      const { sends } = lastStep([invoke(read), ...replies])
      expect(sends).toEqual(
        toEach([s1, s2, s3], { _tag: "Set", operation: 1, pair: pair(1, 3, c2) })
      )
    }
  })
})

describe("the Set phase (2.3)", () => {
  const untilSet = (operation: Access) => [
    invoke(operation),
    got(s1, pair(5, 3, c2)),
    got(s2, initialPair)
  ]

  it("asks all storage nodes to store the vt-pair, not only those that answered the Get phase", () => {
    expect(lastStep(untilSet(read)).sends.map(({ to }) => to)).toEqual([s1, s2, s3])
  })

  it("waits for a majority of acknowledgements; a write then returns ok", () => {
    const first = lastStep([...untilSet(write(7)), acknowledged(s3)])
    expect(first).toMatchObject({ state: { _tag: "Setting" }, ...nothing })
    expect(lastStep([...untilSet(write(7)), acknowledged(s3), acknowledged(s1)])).toEqual({
      state: { _tag: "Idle", begun: 1 },
      sends: [],
      observations: [{ _tag: "Response", operation: write(7), result: null }]
    })
  })

  it("of a read waits for a majority too; the read then returns the value it stored", () => {
    const first = lastStep([...untilSet(read), acknowledged(s3)])
    expect(first).toMatchObject({ state: { _tag: "Setting" }, ...nothing })
    expect(lastStep([...untilSet(read), acknowledged(s3), acknowledged(s2)])).toEqual({
      state: { _tag: "Idle", begun: 1 },
      sends: [],
      observations: [{ _tag: "Response", operation: read, result: 5 }]
    })
  })

  it("of a read and of a write differ in the vt-pair alone", () => {
    const requestsWithout = (operation: Access) =>
      [lastStep([invoke(operation)]), lastStep(untilSet(operation))].map(({ sends }) =>
        sends.map(({ to, message }) => ({ to, message: { ...message, pair: undefined } }))
      )
    expect(requestsWithout(read)).toEqual(requestsWithout(write(7)))
    const stored = (operation: Access) => lastStep(untilSet(operation)).sends[0]?.message
    expect([stored(read), stored(write(7))]).toMatchObject([
      { pair: pair(5, 3, c2) },
      { pair: pair(7, 4, c1) }
    ])
  })
})

describe("the set of answers that a client waits for", () => {
  const getting = lastStep([invoke(read), got(s1, initialPair)]).state
  const setting = lastStep([
    invoke(read),
    got(s1, initialPair),
    got(s2, initialPair),
    acknowledged(s1)
  ]).state
  const idle: ClientState = { _tag: "Idle", begun: 1 }
  const ignores = (state: ClientState, input: MajorityInput) =>
    expect(client.step(three, c1, state, input)).toEqual({ state, ...nothing })

  it("does not include replies to an operation before the current one", () => {
    const again = lastStep([invoke(write(7))], c1, three, idle).state
    const againSetting = lastStep(
      [got(s1, initialPair, 2), got(s2, initialPair, 2)],
      c1,
      three,
      again
    ).state
    for (const state of [again, againSetting]) {
      for (const from of [s1, s2, s3]) {
        ignores(state, got(from, pair(9, 9, c2), 1))
        ignores(state, acknowledged(from, 1))
      }
    }
    expect([again._tag, againSetting._tag]).toEqual(["Getting", "Setting"])
  })

  it("does not include answers of the Get phase in the Set phase, or vice versa", () => {
    expect([getting._tag, setting._tag]).toEqual(["Getting", "Setting"])
    ignores(setting, got(s3, pair(9, 9, c2)))
    ignores(getting, acknowledged(s2))
  })

  it("does not include a second answer from the same node: a majority has distinct nodes", () => {
    expect(client.step(three, c1, getting, got(s1, initialPair))).toEqual({
      state: getting,
      ...nothing
    })
    expect(client.step(three, c1, setting, acknowledged(s1))).toEqual({
      state: setting,
      ...nothing
    })
  })

  it("does not include answers from nodes it did not ask", () => {
    const stranger = serverId("s9")
    ignores(getting, got(stranger, pair(9, 9, c2)))
    ignores(setting, acknowledged(stranger))
  })

  it("is empty while the client is idle, and never contains a request", () => {
    ignores(idle, got(s1, pair(9, 9, c2)))
    ignores(idle, acknowledged(s1))
    for (const state of [idle, getting, setting]) {
      for (const message of [
        { _tag: "Get", operation: 1 },
        { _tag: "Set", operation: 1, pair: pair(9, 9, c2) }
      ] as const) {
        ignores(state, { _tag: "Receive", from: c2, message })
      }
    }
  })
})

describe("a client between operations", () => {
  it("accepts one operation at a time", () => {
    const idle = client.initial(three, c1)
    const busy = lastStep([invoke(read)]).state
    expect(client.ready(three, c1, idle)).toBe(true)
    expect(client.ready(three, c1, busy)).toBe(false)
    expect(client.step(three, c1, busy, invoke(write(7)))).toEqual({ state: busy, ...nothing })
  })

  it("takes no spontaneous step", () => {
    for (const state of [client.initial(three, c1), lastStep([invoke(read)]).state]) {
      expect(client.choices(three, c1, state)).toEqual([])
      expect(client.step(three, c1, state, choose)).toEqual({ state, ...nothing })
    }
  })

  it("keeps only the number of operations it has begun", () => {
    const finished = [write(7), read].map(
      (operation) =>
        lastStep([
          invoke(operation),
          ...[got(s1, pair(5, 3, c2)), got(s2, initialPair)],
          ...[acknowledged(s1), acknowledged(s2)]
        ]).state
    )
    expect(finished).toEqual([
      { _tag: "Idle", begun: 1 },
      { _tag: "Idle", begun: 1 }
    ])
  })

  it("begins the next operation with the next number and a fresh phase", () => {
    const { state, sends } = lastStep([invoke(read)], c1, three, { _tag: "Idle", begun: 4 })
    expect(sends).toEqual(toEach([s1, s2, s3], { _tag: "Get", operation: 5 }))
    expect(state).toEqual({
      _tag: "Getting",
      begun: 5,
      operation: read,
      phase: { configurations: [three.configuration], answered: [], answer: initialPair }
    })
  })
})
