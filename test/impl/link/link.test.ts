/**
 * Links: each message at most once and eventually, over channels that lose, repeat and reorder
 * frames, and through restarts of a receiver that remembers what it recorded.
 */

import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  type Envelope,
  encodeFrame,
  type Frame,
  FrameReader,
  wireVersion
} from "../../../impl/link/frame.ts"
import { Link, type LinkEvents } from "../../../impl/link/link.ts"
import { compactEncoder, frameDecoder } from "../../../impl/link/wire.ts"
import { majority } from "../../../spec/majority/protocol.ts"
import { nodeId } from "../node-id.ts"
import { StandingClock } from "../standing-clock.ts"

const options = { repeatMilliseconds: 100, maxPosts: 1000, maxBytes: 1e6 }
const [atA, atB] = [nodeId("a"), nodeId("b")]
const envelope = (count: number): Envelope => ({ from: atA, to: atB, key: "k", message: count })
const frameIn = (bytes: Uint8Array): Frame =>
  JSON.parse(Buffer.from(bytes.subarray(4)).toString("utf8")) as Frame

/** Two ends, a bag of frames in flight between them, and what each end received. */
const pair = () => {
  const clock = new StandingClock()
  const bag: Array<{ readonly to: Link; readonly frame: Frame }> = []
  const posts: Array<unknown> = []
  const answers: Array<unknown> = []
  const events = (own: () => Link): LinkEvents => ({
    post: (sequence, { message }) => {
      posts.push(message)
      const replies = [{ from: atB, to: atA, key: "k", message: -(message as number) }]
      own().prepare(sequence, replies)
      own().answer(sequence, replies)
    },
    answered: (sequence, envelopes) => {
      answers.push(...envelopes.map(({ message }) => message))
      own().settle(sequence)
    },
    declined: (sequence) => own().settle(sequence),
    isSettled: () => false
  })
  const a: Link = new Link(
    "b",
    clock,
    events(() => a),
    options
  )
  const b: Link = new Link(
    "a",
    clock,
    events(() => b),
    options
  )
  const connect = () => {
    a.attach({
      send: (frame) => bag.push({ to: b, frame: frameIn(frame) }),
      close: () => undefined
    })
    b.attach({
      send: (frame) => bag.push({ to: a, frame: frameIn(frame) }),
      close: () => undefined
    })
  }
  connect()
  return { clock, bag, a, b, posts, answers, connect }
}

const noEvents: LinkEvents = {
  post: () => undefined,
  answered: () => undefined,
  declined: () => undefined,
  isSettled: () => false
}

describe("a link", () => {
  it("repeats nothing on a channel that has not sent the first copy", () => {
    const { clock, a } = pair()
    const sent: Array<Uint8Array> = []
    let isBusy = true
    a.attach({ send: (frame) => sent.push(frame), close: () => undefined, isBusy: () => isBusy })
    a.release(a.reserve(envelope(1)))
    for (let time = 0; time < 10; time++) clock.move(1000)
    expect(sent).toHaveLength(1)
    isBusy = false
    clock.move(1000)
    expect(sent).toHaveLength(2)
  })

  it("scans the posts that must stay now and then, and not for each new post", () => {
    let looks = 0
    const isSettled = () => {
      looks += 1
      return false
    }
    const link = new Link(
      "b",
      new StandingClock(),
      { post: () => undefined, answered: () => undefined, declined: () => undefined, isSettled },
      options
    )
    for (let count = 0; count < 5000; count++) link.release(link.reserve(envelope(count)))
    expect(link.unanswered).toBe(5000)
    expect(looks).toBeLessThan(10 * 5000)
  })

  it("knows for how long its peer has owed answers and sent none", () => {
    const link = new Link("b", new StandingClock(), noEvents, options)
    expect(link.silentMilliseconds).toBe(Number.POSITIVE_INFINITY)
    const { clock, bag, a, b } = pair()
    clock.now = 50
    expect(a.silentMilliseconds).toBe(0)
    for (const count of [1, 2]) a.release(a.reserve(envelope(count)))
    clock.now = 80
    expect(a.silentMilliseconds).toBe(30)
    b.receive((bag.shift() as (typeof bag)[number]).frame)
    a.receive((bag.pop() as (typeof bag)[number]).frame)
    expect(a.silentMilliseconds).toBe(0)
    clock.now = 90
    expect(a.silentMilliseconds).toBe(10)
  })

  it("accepts no more from a peer that settles nothing", () => {
    const { b, posts } = pair()
    let last: Frame | undefined
    b.attach({ send: (bytes) => (last = frameIn(bytes)), close: () => undefined })
    for (let sequence = 1; sequence <= 2 ** 16 + 1; sequence++) {
      b.receive({ _tag: "Post", sequence, settled: 1, envelope: envelope(sequence) })
    }
    expect([posts.length, b.remembered]).toEqual([2 ** 16, 2 ** 16])
    expect(last).toMatchObject({ _tag: "Declined", sequence: 2 ** 16 + 1, kind: "busy" })
    // Once the peer settles its posts, it may continue.
    b.receive({ _tag: "Post", sequence: 70_000, settled: 65_000, envelope: envelope(70_000) })
    expect([posts.length, b.remembered]).toEqual([2 ** 16 + 1, 2 ** 16 - 65_000 + 2])
  })

  it("delivers each post and each answer exactly once, regardless of what happens to frames", () => {
    const fate = fc.record({
      which: fc.nat(),
      kind: fc.constantFrom("deliver", "deliver", "lose", "repeat", "cut", "post")
    })
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 80 }), (fates) => {
        const { clock, bag, a, posts, answers, connect } = pair()
        let posted = 0
        for (const { which, kind } of fates) {
          const at = which % Math.max(1, bag.length)
          const chosen = bag[at]
          if (kind === "post") a.release(a.reserve(envelope(++posted)))
          else if (kind === "cut") {
            bag.length = 0
            connect()
          } else if (chosen !== undefined) {
            if (kind !== "repeat") bag.splice(at, 1)
            if (kind !== "lose") chosen.to.receive(chosen.frame)
          }
        }
        for (let round = 0; round < 50 && a.unanswered > 0; round++) {
          for (let next = bag.shift(); next !== undefined; next = bag.shift())
            next.to.receive(next.frame)
          clock.move(60_000)
        }
        const all = Array.from({ length: posted }, (_, index) => index + 1)
        expect(posts.toSorted((left, right) => (left as number) - (right as number))).toEqual(all)
        expect(
          answers.map((count) => -(count as number)).toSorted((left, right) => left - right)
        ).toEqual(all)
      })
    )
  })

  it("keeps few answers for a peer that announces what it has settled", () => {
    const { bag, a, b } = pair()
    for (let count = 1; count <= 1000; count++) {
      a.release(a.reserve(envelope(count)))
      for (let next = bag.shift(); next !== undefined; next = bag.shift())
        next.to.receive(next.frame)
    }
    expect(b.remembered).toBeLessThan(100)
  })

  it("drops posts that need no answer, when the peer is gone", () => {
    const clock = new StandingClock()
    const events: LinkEvents = {
      post: () => undefined,
      answered: () => undefined,
      declined: () => undefined,
      isSettled: ({ message }) => (message as number) > 10
    }
    const link = new Link("b", clock, events, {
      repeatMilliseconds: 100,
      maxPosts: 100,
      maxBytes: 1e6
    })
    for (let count = 1; count <= 1000; count++) link.release(link.reserve(envelope(count)))
    expect(link.unanswered).toBeLessThanOrEqual(100)
    // The posts that still need answers are all there.
    expect(
      link
        .snapshot()
        .outgoing.map(([, { message }]) => message)
        .slice(0, 10)
    ).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })
})

describe("a link to a peer that is gone", () => {
  it("holds few bytes, too", () => {
    const events: LinkEvents = {
      post: () => undefined,
      answered: () => undefined,
      declined: () => undefined,
      isSettled: () => true
    }
    const link = new Link("b", new StandingClock(), events, {
      repeatMilliseconds: 100,
      maxPosts: 1000,
      maxBytes: 50_000
    })
    for (let count = 1; count <= 100; count++) {
      link.release(link.reserve({ ...envelope(count), message: "x".repeat(10_000) }))
    }
    expect(link.unanswered).toBeLessThanOrEqual(5)
  })
})

describe("a link to a peer that is of another version after each connection", () => {
  it("repeats its posts so that the peer reads them, and counts their bytes", () => {
    const { Message } = majority
    const sent: Array<Uint8Array> = []
    const link = new Link(
      ...(["b", new StandingClock(), noEvents, options] as const),
      { remembered: 0 },
      compactEncoder(Message)
    )
    const through = (isCompact: boolean): Uint8Array => {
      sent.length = 0
      link.attach({ send: (frame) => sent.push(frame), close: () => undefined, isCompact })
      expect(sent.length).toBe(1)
      expect(link.unansweredBytes).toBe(sent[0]?.length)
      return sent[0] as Uint8Array
    }
    const get = { ...envelope(1), message: { _tag: "Get", operation: 1 } }
    link.release(link.reserve(get))
    const ways = [false, true, false, true].map(through)
    expect(ways.map((frame) => frame[4] === 1)).toEqual([false, true, false, true])
    for (const frame of ways)
      expect(Result.getOrThrow(frameDecoder(Message)(frame.subarray(4)))).toEqual({
        ...{ _tag: "Post", sequence: 1, settled: 1, envelope: get }
      })
  })
})

describe("frames", () => {
  const decode = frameDecoder(majority.Message)
  it("are the same however the bytes are cut", () => {
    const frames: ReadonlyArray<Frame> = [
      {
        _tag: "Hello",
        version: wireVersion,
        protocol: "majority",
        first: null,
        endpoint: "s1",
        role: "node"
      },
      {
        _tag: "Post",
        sequence: 1,
        settled: 1,
        envelope: {
          from: nodeId("c/1"),
          to: nodeId("s1"),
          key: "ü\u0000",
          message: { _tag: "Get", operation: 1 }
        }
      },
      { _tag: "Settled", settled: 2 }
    ]
    const bytes = Buffer.concat(frames.map(encodeFrame))
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
        const reader = new FrameReader(() => 1000)
        const found: Array<Frame> = []
        let from = 0
        for (const to of [...cuts.toSorted((left, right) => left - right), bytes.length]) {
          reader.read(bytes.subarray(from, to), (payload) =>
            found.push(Result.getOrThrow(decode(payload)))
          )
          from = to
        }
        expect(found).toEqual(frames)
      })
    )
  })

  it("that are too long are refused before they have arrived", () => {
    const reader = new FrameReader(() => 1000)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(1001)
    expect(Result.isFailure(reader.read(length, () => undefined))).toBe(true)
  })

  it.each([
    "{",
    '"x"',
    '{"_tag":"Post"}',
    '{"_tag":"Settled","settled":-1}',
    '{"_tag":"Settled","settled":1.5}'
  ])("that are invalid are refused: %s", (text) => {
    expect(Result.isFailure(decode(Buffer.from(text)))).toBe(true)
  })
})
