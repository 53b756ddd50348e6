/**
 * A postponed message is not received: the host keeps it, and delivers it when the process accepts
 * it. If the host ends before that, the sender still has the message.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { Endpoint } from "../../../impl/host/endpoint.ts"
import { Held } from "../../../impl/host/held.ts"
import type { Frame } from "../../../impl/link/frame.ts"
import { keyed, type Part } from "../../../spec/kernel/keyed.ts"
import type { AnyObservation, AnyOperation } from "../../../spec/kernel/observation.ts"
import { nodeId } from "../node-id.ts"
import { StandingClock } from "../standing-clock.ts"
import { MemoryDisk } from "../storage/memory-disk.ts"

const Message = Schema.Struct({ number: Schema.Int })
type Message = typeof Message.Type
type State = { readonly next: number; readonly last: number }

/** Takes numbers in their order, over all objects, and answers each with the number. */
const inOrder: Part<unknown, State, AnyOperation, AnyObservation, Message> = {
  Shared: Schema.Struct({ next: Schema.Int }),
  Own: Schema.Struct({ last: Schema.Int }),
  durable: true,
  initial: () => ({ next: 1, last: 0 }),
  ready: () => false,
  choices: () => [],
  postpones: (_context, _self, { next }, _from, { number }) => number > next,
  step: (_context, _self, state, input) =>
    input._tag === "Receive" && input.message.number === state.next
      ? {
          state: { next: state.next + 1, last: input.message.number },
          sends: [{ to: input.from, message: input.message }],
          observations: []
        }
      : { state, sends: [], observations: [] }
}

const openedWith = (disk: MemoryDisk, part: typeof inOrder): Endpoint => {
  const endpoint = new Endpoint({
    name: "s1",
    Message: Message as Schema.Codec<unknown, unknown>,
    clock: new StandingClock(),
    disk
  })
  endpoint.add({ id: nodeId("s1"), role: "server", part: part as never, context: {} })
  Result.getOrThrow(endpoint.open())
  return endpoint
}

const started = (disk: MemoryDisk) => {
  const answers: Array<readonly [sequence: number, answer: unknown]> = []
  const declined: Array<number> = []
  const endpoint = openedWith(disk, inOrder)
  endpoint.connected("c1", {
    send: (bytes: Uint8Array) => {
      const frame = JSON.parse(Buffer.from(bytes.subarray(4)).toString()) as Frame
      if (frame._tag === "Answer") answers.push([frame.sequence, frame.envelopes[0]?.message])
      if (frame._tag === "Declined") declined.push(frame.sequence)
    },
    close: () => undefined
  })
  const say = (sequence: number, key: string, number: number) =>
    endpoint.received("c1", {
      _tag: "Post",
      sequence,
      settled: 1,
      envelope: { from: nodeId("c1/1"), to: nodeId("s1"), key, message: { number } }
    })
  return { answers, declined, say }
}

/** The endpoint asks on request, and is answered with these numbers. */
const asking = (disk: MemoryDisk) => {
  const taken: Array<number> = []
  const asks: typeof inOrder = {
    ...inOrder,
    step: (context, self, state, input, ...more) => {
      if (input._tag === "Invoke")
        return { state, sends: [{ to: nodeId("c1/1"), message: { number: 0 } }], observations: [] }
      const step = inOrder.step(context, self, state, input, ...more)
      if (step.state !== state) taken.push(step.state.last)
      return { ...step, sends: [] }
    }
  }
  const endpoint = openedWith(disk, asks)
  let asked = 0
  endpoint.connected("c1", {
    send: (bytes: Uint8Array) => {
      const frame = JSON.parse(Buffer.from(bytes.subarray(4)).toString()) as Frame
      if (frame._tag === "Post") asked = frame.sequence
    },
    close: () => undefined
  })
  const answer = (...numbers: ReadonlyArray<number>) => {
    endpoint.invoke(nodeId("s1"), "x", { _tag: "Read" } as AnyOperation)
    const envelopes = numbers.map((number) => ({
      ...{ from: nodeId("c1/1"), to: nodeId("s1"), key: "x", message: { number } }
    }))
    endpoint.received("c1", { _tag: "Answer", sequence: asked, envelopes })
  }
  return { taken, answer }
}

describe("a message before its time", () => {
  it("waits, is taken once in its time regardless of its object, and is answered then", () => {
    const { answers, say } = started(new MemoryDisk())
    say(1, "x", 3)
    say(2, "y", 2)
    // Repeated, it still waits, and is taken once.
    say(1, "x", 3)
    expect(answers).toEqual([])
    say(3, "x", 1)
    expect(answers).toEqual([
      [3, { number: 1 }],
      [2, { number: 2 }],
      [1, { number: 3 }]
    ])
  })

  it("is not received if the host ends before: it is neither durable nor answered", () => {
    const disk = new MemoryDisk()
    started(disk).say(1, "x", 2)
    const again = started(disk)
    again.say(2, "x", 1)
    expect(again.answers).toEqual([[2, { number: 1 }]])
    again.say(1, "x", 2)
    expect(again.answers.at(-1)).toEqual([1, { number: 2 }])
  })

  it("costs bounded memory: beyond that it is busy, and its sender asks again", () => {
    const { answers, declined, say } = started(new MemoryDisk())
    for (let number = 2; number <= 1100; number++) say(number, "x", number)
    expect(declined.length).toBe(1099 - 1024)
    say(1, "x", 1)
    expect(answers.length).toBe(1025)
    for (const number of [...declined]) say(number, "x", number)
    expect(answers.length).toBe(1100)
  })

  it("keeps up no other message of the same answer, and is kept as durably as its sender did", () => {
    const disk = new MemoryDisk()
    const before = asking(disk)
    before.answer(2, 1)
    expect(before.taken).toEqual([1, 2])
    before.answer(5, 4)
    before.answer(3)
    expect(before.taken.slice(2)).toEqual([3, 4, 5])
    // What waits for its time is there again after a crash, although the answer was taken.
    before.answer(7, 6, 9)
    expect(before.taken.slice(5)).toEqual([6, 7])
    const after = asking(disk)
    after.answer(8)
    expect(after.taken).toEqual([8, 9])
  })

  it("waits with all of its answer where the peer has said too much that is early", () => {
    const { taken, answer } = asking(new MemoryDisk())
    const shares = Array.from({ length: 256 }, (_, at) => at + 1)
    for (const number of shares) answer(number, 1000 + number)
    expect(taken).toEqual(shares)
    answer(257, 2000)
    expect(taken).toEqual(shares)
    answer(257)
    expect(taken).toEqual([...shares, 257])
  })

  it("costs other peers nothing: of too many messages, the latest of the peer with the most is dropped", () => {
    const dropped: Array<string> = []
    const held = new Held()
    const hold = (peer: string, number: number) => {
      const envelope = { from: nodeId(`${peer}/1`), to: nodeId("s1"), key: "x", message: number }
      const drop = () => dropped.push(`${peer} ${number}`)
      const isTimely = () => false
      held.hold({ peer, envelopes: [envelope], isTimely, take: () => undefined, drop })
    }
    for (let number = 1; number <= 1024; number++) hold("greedy", number)
    for (let number = 1; number <= 3; number++) hold("modest", number)
    hold("greedy", 1025)
    expect(dropped).toEqual(["greedy 1024", "greedy 1023", "greedy 1022", "greedy 1025"])
  })

  it("is postponed by the process of many objects that the same part makes", () => {
    const process = keyed(inOrder)
    const state = process.initial({}, nodeId("s1"))
    const isPostponed = (number: number) =>
      process.postpones?.({}, nodeId("s1"), state, nodeId("c1"), { key: "x", message: { number } })
    expect([isPostponed(1), isPostponed(2)]).toEqual([false, true])
  })
})
