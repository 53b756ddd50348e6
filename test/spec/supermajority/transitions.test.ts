/**
 * Super-majority replication, sentence by sentence: of the tutorial's section 2.3 where signatures
 * change it, and of section 7.
 */
import { describe, expect, it } from "vitest"
import { tolerating } from "../../../spec/configuration/configuration.ts"
import { byzantineFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { type Cryptography, forged, symbolic } from "../../../spec/kernel/cryptography.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { Input, NoChoice } from "../../../spec/kernel/process.ts"
import {
  type ClientId,
  client as clientId,
  server as serverId,
  servers
} from "../../../spec/nodes/nodes.ts"
import type { Access, Value } from "../../../spec/register/operation.ts"
import { type ClientState, client } from "../../../spec/supermajority/client.ts"
import type { Message } from "../../../spec/supermajority/messages.ts"
import { timestampsGrow, timestampsNameValues } from "../../../spec/supermajority/properties.ts"
import { correct } from "../../../spec/supermajority/rules.ts"
import { server } from "../../../spec/supermajority/server.ts"
import {
  describeWritten,
  isGenuine,
  newer,
  pairOf,
  type SignedPair,
  type Written
} from "../../../spec/supermajority/signed-pair.ts"

type ClientInput = Input<Access, Message, NoChoice>

const [c1, c2] = [clientId("c1"), clientId("c2")]
const [s1, s2, s3, s4] = [serverId("s1"), serverId("s2"), serverId("s3"), serverId("s4")]

const contextOf = (size: number) => {
  const members = servers("s1", "s2", "s3", "s4", "s5", "s6", "s7").slice(0, size)
  return {
    clients: [c1, c2],
    configuration: tolerating(byzantineFaults, members),
    rules: correct,
    cryptography: symbolic
  }
}
const four = contextOf(4)

const signed = (value: Value, number: number, of: ClientId): SignedPair => ({
  signer: of,
  content: { value, timestamp: { number, client: of } }
})
/** What a liar makes up without any key. */
const lie: Written = { ...signed("lie", 9, c1), signature: forged }
/** What a client signs in the name of another. */
const usurped: Written = { ...signed("lie", 9, c1), signer: c2 }
/** A signed value under a timestamp that no client signed. */
const stamped: Written = {
  timestamp: { number: 9, client: c1 },
  signed: { signer: c1, content: 1 }
}
/** A pair below all others in the name of no client. */
const initial: Written = {
  signer: c1,
  content: { value: "lie", timestamp: { number: 0, client: null } }
}
const garbage = [lie, usurped, stamped, initial]

const write = (value: Value): Access => ({ _tag: "Write", value })
const read: Access = { _tag: "Read" }
const invoke = (operation: Access): ClientInput => ({ _tag: "Invoke", operation })
const got = (from: NodeId, written: Written, operation = 1): ClientInput => ({
  _tag: "Receive",
  from,
  message: { _tag: "GetReply", operation, written }
})
const acknowledged = (from: NodeId, operation = 1): ClientInput => ({
  _tag: "Receive",
  from,
  message: { _tag: "SetReply", operation }
})
const nothing = { sends: [], observations: [] }

/** The last step of a client that is given these inputs, one after the other. */
const lastStep = (
  inputs: ReadonlyArray<ClientInput>,
  context = four,
  self = c1,
  from?: ClientState
) =>
  inputs.reduce((step, input) => client.step(context, self, step.state, input), {
    state: from ?? client.initial(context, self),
    ...nothing
  } as ReturnType<typeof client.step>)
const toEach = (to: ReadonlyArray<NodeId>, message: Message) =>
  to.map((id) => ({ to: id, message }))

describe("a signed pair (7)", () => {
  it("is genuine if the client that its timestamp names has signed value and timestamp together", () => {
    expect(isGenuine(symbolic, signed(1, 1, c1))).toBe(true)
    for (const written of garbage) expect(isGenuine(symbolic, written)).toBe(false)
  })

  it("may be absent before the first write: every node knows that nothing was written", () => {
    expect(isGenuine(symbolic, null)).toBe(true)
    expect(pairOf(null)).toEqual({ value: null, timestamp: { number: 0, client: null } })
  })

  it("is ordered by its timestamp, above nothing, and what a liar signs under the same by its value", () => {
    const ties = [null, 8, 9, "8", "9"].map((value) => signed(value, 3, c1))
    const ascending = [null, signed(7, 1, c1), signed(6, 1, c2), signed(5, 2, c1), ...ties]
    for (const [left, low] of ascending.entries()) {
      for (const [right, high] of ascending.entries()) {
        expect(newer(low, high)).toBe(right > left ? high : low)
      }
    }
  })

  it("is shown to people with its signer, and whether the signature is genuine", () => {
    expect([null, signed(7, 1, c1), lie].map(describeWritten)).toEqual([
      "nothing",
      "7@1.c1 signed by c1",
      "lie@9.c1 forged as c1's"
    ])
  })
})

describe("a storage node", () => {
  const receive = (has: Written, message: Message) =>
    server.step(four, s1, { written: has }, { _tag: "Receive", from: c1, message })
  const promised = (has: Written, message: Message) =>
    server.promises?.onlyAnswers?.(four, s1, { written: has }, c1, message)

  it("holds nothing at first, and answers a Get with what it holds, to the client that asked", () => {
    expect(server.initial(four, s1)).toEqual({ written: null })
    for (const has of [null, signed(7, 3, c2)]) {
      expect(receive(has, { _tag: "Get", operation: 5 })).toEqual({
        state: { written: has },
        sends: [{ to: c1, message: { _tag: "GetReply", operation: 5, written: has } }],
        observations: []
      })
    }
  })

  it("stores the pair of a Set if it is signed and its timestamp is larger, and acknowledges in either case", () => {
    const [old, recent] = [signed(7, 3, c1), signed(8, 3, c2)]
    const sends = [{ to: c1, message: { _tag: "SetReply", operation: 5 } }]
    for (const [has, written, holds] of [
      [null, old, old],
      [old, recent, recent],
      [recent, old, recent],
      [old, null, old]
    ] as const) {
      expect(receive(has, { _tag: "Set", operation: 5, written })).toEqual({
        state: { written: holds },
        sends,
        observations: []
      })
      expect(promised(has, { _tag: "Set", operation: 5, written })).toBe(holds === has)
    }
    expect(promised(null, { _tag: "Get", operation: 5 })).toBe(true)
  })

  it("ignores a Set that its writer has not signed, regardless of its sender", () => {
    for (const written of garbage) {
      const message: Message = { _tag: "Set", operation: 5, written }
      const state = { written: signed(7, 3, c2) }
      expect(receive(state.written, message)).toEqual({ state, ...nothing })
      expect(server.promises?.isObsolete?.(four, s1, state, c1, message)).toBe(true)
      expect(server.promises?.onlyAnswers?.(four, s1, state, c1, message)).toBe(true)
    }
  })

  it("serves clients alone: what another storage node asks has no effect, signed or not", () => {
    const state = { written: null }
    for (const message of [
      { _tag: "Get", operation: 1 },
      { _tag: "Set", operation: 1, written: signed(7, 3, c2) },
      { _tag: "Set", operation: 1, written: lie }
    ] satisfies ReadonlyArray<Message>) {
      expect(server.step(four, s1, state, { _tag: "Receive", from: s4, message })).toEqual({
        state,
        ...nothing
      })
      expect(server.promises?.isObsolete?.(four, s1, state, s4, message)).toBe(true)
    }
  })

  it("asks nothing, so that replies and invocations have no effect on it", () => {
    const state = { written: signed(7, 3, c2) }
    for (const input of [got(s2, signed(8, 9, c1)), acknowledged(s2), invoke(read)]) {
      expect(server.step(four, s1, state, input as never)).toEqual({ state, ...nothing })
    }
  })

  it("whose timestamp shrinks, or two with one timestamp and two values, break the invariants", () => {
    const [old, recent, other] = [signed(1, 1, c1), signed(2, 1, c2), signed(3, 1, c1)].map(
      (written) => ({
        written
      })
    ) as [{ written: Written }, { written: Written }, { written: Written }]
    expect(timestampsGrow.holds(four, s1, { written: null }, old)).toBe(true)
    expect(timestampsGrow.holds(four, s1, recent, old)).toBe(false)
    expect(timestampsNameValues.holds(four, old, recent)).toBe(true)
    expect(timestampsNameValues.holds(four, old, other)).toBe(false)
  })
})

describe("a client", () => {
  it("receives its key, keeps it, and asks for no other key", () => {
    const asked: Array<unknown> = []
    const cryptography: Cryptography = {
      ...symbolic,
      ownKey: (owner) => {
        asked.push(owner)
        return { owner, secret: "k" }
      }
    }
    const context = { ...four, cryptography }
    const states = [
      client.initial(context, c1),
      lastStep([invoke(write(1))], context).state,
      lastStep([invoke(write(1)), ...[s1, s2, s3].map((from) => got(from, null))], context).state
    ]
    expect(states.map(({ _tag }) => _tag)).toEqual(["Idle", "Getting", "Setting"])
    for (const state of states) expect(state.key).toEqual({ owner: c1, secret: "k" })
    expect(new Set(asked)).toEqual(new Set([c1]))
  })

  it("signs what it writes, value and timestamp, one above the largest that it believes", () => {
    const answers = [
      got(s1, signed(5, 3, c2)),
      got(s4, lie),
      got(s2, null),
      got(s3, signed(4, 2, c1))
    ]
    const { sends } = lastStep([invoke(write(7)), ...answers])
    expect(sends).toEqual(
      toEach([s1, s2, s3, s4], { _tag: "Set", operation: 1, written: signed(7, 4, c1) })
    )
  })

  it("drops what does not verify: it is not an answer, and the client waits for another storage node", () => {
    const begun = [invoke(read), got(s1, signed(1, 1, c2)), got(s2, null)]
    for (const written of garbage) {
      const before = lastStep(begun)
      expect(lastStep([...begun, got(s4, written)])).toEqual({ state: before.state, ...nothing })
      const reply: Message = { _tag: "GetReply", operation: 1, written }
      expect(client.promises?.isObsolete?.(four, c1, before.state, s4, reply)).toBe(true)
      const { sends } = lastStep([...begun, got(s4, written), got(s3, null)])
      expect(sends).toEqual(
        toEach([s1, s2, s3, s4], { _tag: "Set", operation: 1, written: signed(1, 1, c2) })
      )
    }
  })

  it("waits for more than two thirds, as few as share a correct one, and no longer", () => {
    for (const [size, needed] of [
      [1, 1],
      [4, 3],
      [5, 4],
      [6, 4],
      [7, 5]
    ] as const) {
      const context = contextOf(size)
      const replies = context.configuration.members.map((from) => got(from, null))
      for (const [index] of replies.slice(0, needed).entries()) {
        const { state } = lastStep([invoke(read), ...replies.slice(0, index + 1)], context)
        expect(state._tag).toBe(index + 1 < needed ? "Getting" : "Setting")
      }
    }
  })

  it("that reads writes the largest pair back as its writer signed it, and then returns its value", () => {
    const pair = signed(7, 3, c2)
    const untilSet = [invoke(read), got(s1, null), got(s2, pair), got(s3, signed(5, 3, c1))]
    const { sends } = lastStep(untilSet)
    expect(sends).toEqual(toEach([s1, s2, s3, s4], { _tag: "Set", operation: 1, written: pair }))
    const acknowledgements = [s1, s4, s2].map((from) => acknowledged(from))
    expect(lastStep([...untilSet, ...acknowledgements.slice(0, 2)])).toMatchObject(nothing)
    expect(lastStep([...untilSet, ...acknowledgements])).toEqual({
      state: { _tag: "Idle", begun: 1, key: { owner: c1 } },
      sends: [],
      observations: [
        { _tag: "Note", name: "settled", detail: pair.content },
        { _tag: "Response", operation: read, result: 7 }
      ]
    })
  })

  it("that writes returns when a super-majority has acknowledged, each of them once", () => {
    const untilSet = [invoke(write(7)), got(s1, null), got(s2, null), got(s3, null)]
    const twice = [s4, s4, s1].map((from) => acknowledged(from))
    expect(lastStep([...untilSet, ...twice])).toMatchObject({
      state: { _tag: "Setting" },
      ...nothing
    })
    expect(lastStep([...untilSet, ...twice, acknowledged(s2)]).observations).toEqual([
      { _tag: "Note", name: "settled", detail: signed(7, 1, c1).content },
      { _tag: "Response", operation: write(7), result: null }
    ])
  })

  it("ignores answers to another phase or another operation, second answers, strangers and requests", () => {
    const first = [invoke(read), got(s1, null)]
    const { state } = lastStep(first)
    for (const input of [
      got(s2, null, 2),
      got(s1, signed(1, 1, c2)),
      got(c2, signed(1, 1, c2)),
      acknowledged(s2),
      { _tag: "Receive", from: s2, message: { _tag: "Get", operation: 1 } },
      {
        _tag: "Receive",
        from: s2,
        message: { _tag: "Set", operation: 1, written: signed(1, 1, c2) }
      },
      { _tag: "Choose", choice: undefined },
      invoke(read)
    ] satisfies ReadonlyArray<ClientInput>) {
      expect(lastStep([...first, input])).toEqual({ state, ...nothing })
    }
    const setting = [invoke(read), ...[s1, s2, s3].map((from) => got(from, null))]
    expect(lastStep([...setting, got(s4, signed(1, 1, c2))])).toEqual({
      state: lastStep(setting).state,
      ...nothing
    })
  })
})
