/**
 * An endpoint keeps the contract between a process and its host: sent data is durable, durable data
 * is recovered, and nothing is kept forever for peers that never return.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import type { Clock } from "../../../impl/environment/clock.ts"
import type { DiskFault, Done } from "../../../impl/environment/disk.ts"
import { Endpoint } from "../../../impl/host/endpoint.ts"
import type { EndpointOptions } from "../../../impl/host/options.ts"
import type { Frame } from "../../../impl/link/frame.ts"
import { nodeOf, rulesOf, runnableNamed } from "../../../impl/protocols.ts"
import { majority as majorityOf } from "../../../spec/configuration/configuration.ts"
import { server, servers } from "../../../spec/nodes/nodes.ts"
import { nodeId } from "../node-id.ts"
import { StandingClock } from "../standing-clock.ts"
import { MemoryDisk } from "../storage/memory-disk.ts"

/** A disk whose syncs wait until they are let go. */
class SlowDisk extends MemoryDisk {
  private readonly waiting: Array<() => void> = []
  override readonly sync = (_file: string, done: Done) => {
    this.waiting.push(() => done(undefined as DiskFault | undefined))
  }
  finish(): void {
    for (const done of this.waiting.splice(0)) done()
  }
}

const members = servers("s1", "s2", "s3")
const majority = runnableNamed("majority")
const setup = {
  servers: members,
  configuration: majorityOf(members),
  rules: rulesOf(majority, "correct")
}

const started = (
  disk: MemoryDisk,
  clock: Clock = new StandingClock(),
  more: Partial<EndpointOptions> = {}
) => {
  const sent: Array<Frame> = []
  const endpoint = new Endpoint({ name: "s1", Message: majority.Message, clock, disk, ...more })
  endpoint.add(nodeOf(majority, "server", server("s1"), setup))
  Result.getOrThrow(endpoint.open())
  const channel = {
    send: (frame: Uint8Array) =>
      sent.push(JSON.parse(Buffer.from(frame.subarray(4)).toString()) as Frame),
    close: () => undefined
  }
  endpoint.connected("c1", channel)
  const say = (sequence: number, key: string, message: unknown, settled = 1) =>
    endpoint.received("c1", {
      _tag: "Post",
      sequence,
      settled,
      envelope: { from: nodeId("c1/1"), to: nodeId("s1"), key, message }
    })
  return { endpoint, sent, say, channel }
}

const pair = (number: number) => ({ value: `v${number}`, timestamp: { number, client: "c1/1" } })
const set = (number: number) => ({ _tag: "Set", operation: number, pair: pair(number) })
const get = (number: number) => ({ _tag: "Get", operation: number })
const answered = (sent: ReadonlyArray<Frame>) =>
  sent.flatMap((frame) =>
    frame._tag === "Answer" ? [[frame.sequence, frame.envelopes[0]?.message]] : []
  )

describe("an endpoint", () => {
  it("answers a write only once it is durable, and a read of it no sooner; a read of another register at once", () => {
    const disk = new SlowDisk()
    const { sent, say } = started(disk)
    say(1, "x", set(1))
    say(2, "x", get(2))
    say(3, "y", get(3))
    expect(answered(sent).map(([sequence]) => sequence)).toEqual([3])
    disk.finish()
    expect(answered(sent)).toEqual([
      [3, expect.objectContaining({ _tag: "GetReply" })],
      [1, { _tag: "SetReply", operation: 1 }],
      [2, { _tag: "GetReply", operation: 2, pair: pair(1) }]
    ])
  })

  it("writes nothing for a read, and nothing for a write that is not newer", () => {
    const disk = new MemoryDisk()
    const { say } = started(disk)
    say(1, "x", set(5))
    const { syncs } = disk
    say(2, "x", get(2))
    say(3, "x", set(4))
    expect(disk.syncs).toBe(syncs)
  })

  it("comes back with its registers, and with the answers that were not settled", () => {
    const disk = new MemoryDisk()
    const before = started(disk)
    before.say(1, "x", set(1))
    before.say(2, "y", set(2), 2)
    const { sent, say } = started(disk.clone())
    // The same post again: the same answer, and no second step.
    say(2, "y", set(2), 2)
    say(3, "x", get(3), 2)
    say(4, "y", get(4), 2)
    expect(answered(sent)).toEqual([
      [2, { _tag: "SetReply", operation: 2 }],
      [3, { _tag: "GetReply", operation: 3, pair: pair(1) }],
      [4, { _tag: "GetReply", operation: 4, pair: pair(2) }]
    ])
  })

  it("forgets a client that has been away for long, and only then", () => {
    const clock = new StandingClock()
    const { endpoint, say, channel } = started(new MemoryDisk(), clock)
    say(1, "x", set(1))
    expect(endpoint.status.rememberedAnswers).toBe(1)
    endpoint.disconnected("c1", channel)
    clock.move(30 * 60_000)
    expect(endpoint.status.rememberedAnswers).toBe(1)
    clock.move(31 * 60_000)
    expect(endpoint.status.rememberedAnswers).toBe(0)
  })

  it("keeps nothing of a peer that came and went without a word", () => {
    const clock = new StandingClock()
    const { endpoint, say, channel } = started(new MemoryDisk(), clock)
    const links = () =>
      (endpoint as unknown as { readonly links: ReadonlyMap<string, unknown> }).links.size
    endpoint.disconnected("c1", channel)
    expect(links()).toBe(0)
    endpoint.connected("c1", channel)
    say(1, "x", set(1))
    endpoint.disconnected("c1", channel)
    expect(links()).toBe(1)
  })

  it("knows what a peer has settled after a snapshot and a crash, and takes none of it again", () => {
    const disk = new MemoryDisk()
    const clock = new StandingClock()
    const { say } = started(disk, clock, { compactionBytes: 1 })
    say(1, "x", set(1))
    // The post is settled, and what is said with is not recorded: only a snapshot can tell.
    say(2, "x", get(2), 2)
    say(3, "y", set(3), 3)
    expect(disk.list().some((file) => file.startsWith("snapshot-"))).toBe(true)
    const { sent, say: sayAgain } = started(disk.clone())
    // As a durable peer does that has forgotten, in a crash, that this one was answered with
    // nothing.
    sayAgain(1, "x", set(9), 1)
    sayAgain(4, "x", get(4), 4)
    expect(sent[0]).toEqual({ _tag: "Answer", sequence: 1, envelopes: [] })
    expect(answered(sent.slice(1))).toEqual([
      [4, { _tag: "GetReply", operation: 4, pair: pair(1) }]
    ])
  })

  it("answers nothing once it is closed: a message would be lost that its sender thinks received", () => {
    const { endpoint, sent, say, channel } = started(new MemoryDisk())
    endpoint.close()
    let isClosed = false
    endpoint.connected("c1", { ...channel, close: () => (isClosed = true) })
    say(1, "x", set(1))
    say(2, "x", get(2))
    expect([sent, isClosed]).toEqual([[], true])
  })

  it("ignores messages for nodes that do not run here", () => {
    const { endpoint, sent } = started(new MemoryDisk())
    const envelope = { from: nodeId("c1/1"), to: nodeId("s9"), key: "x", message: get(1) }
    endpoint.received("c1", { _tag: "Post", sequence: 1, settled: 1, envelope })
    expect(sent).toEqual([{ _tag: "Answer", sequence: 1, envelopes: [] }])
  })

  it("remembers a bounded number of answers, and declines the posts of a peer that has more than its share", () => {
    const { endpoint, sent, say } = started(new MemoryDisk(), new StandingClock(), {
      maxRemembered: 100
    })
    const declined = () =>
      sent.flatMap((frame) =>
        frame._tag === "Declined" && frame.kind === "busy" ? [frame.sequence] : []
      )
    for (let sequence = 1; sequence <= 101; sequence++) say(sequence, `k${sequence}`, set(sequence))
    expect([endpoint.status.rememberedAnswers, declined()]).toEqual([100, [101]])
    const others: Array<Frame> = []
    const channel = {
      send: (frame: Uint8Array) =>
        others.push(JSON.parse(Buffer.from(frame.subarray(4)).toString()) as Frame),
      close: () => undefined
    }
    endpoint.connected("c2", channel)
    const envelope = { from: nodeId("c2/1"), to: nodeId("s1"), key: "x", message: set(1) }
    endpoint.received("c2", { _tag: "Post", sequence: 1, settled: 1, envelope })
    expect(others).toMatchObject([{ _tag: "Answer", sequence: 1 }])
    // The same post is taken once its sender has settled others.
    say(101, "k101", set(101), 50)
    expect(declined()).toEqual([101])
    expect(answered(sent).at(-1)?.[0]).toBe(101)
  })

  it("remembers a bounded number of peers that are away", () => {
    const { endpoint } = started(new MemoryDisk(), new StandingClock(), { maxAbsent: 10 })
    const channel = { send: () => undefined, close: () => undefined }
    for (let count = 1; count <= 30; count++) {
      const peer = `away-${count}`
      endpoint.connected(peer, channel)
      const envelope = {
        from: nodeId(`${peer}/1`),
        to: nodeId("s1"),
        key: "x",
        message: set(count)
      }
      endpoint.received(peer, { _tag: "Post", sequence: 1, settled: 1, envelope })
      endpoint.disconnected(peer, channel)
    }
    expect(endpoint.status.rememberedAnswers).toBe(10)
  })
})
