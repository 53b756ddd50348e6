/**
 * A node never trusts its input: anything that a peer sends, or does not read, costs that peer its
 * connection and costs other peers nothing.
 */
import { connect } from "node:net"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { systemClock } from "../../../impl/environment/clock.ts"
import { Endpoint } from "../../../impl/host/endpoint.ts"
import { encodeFrame, type Frame, wireVersion } from "../../../impl/link/frame.ts"
import { frameDecoder } from "../../../impl/link/wire.ts"
import type { Speaker } from "../../../impl/net/connection.ts"
import { listen } from "../../../impl/net/network.ts"
import { nodeOf, type RunnableProtocol, rulesOf, runnableNamed } from "../../../impl/protocols.ts"
import { majority as majorityOf } from "../../../spec/configuration/configuration.ts"
import { server, servers } from "../../../spec/nodes/nodes.ts"
import { nodeId } from "../node-id.ts"
import { MemoryDisk } from "../storage/memory-disk.ts"
import { RawPeer } from "./raw-peer.ts"

const members = servers("s1")
const majority = runnableNamed("majority")
const setup = {
  servers: members,
  configuration: majorityOf(members),
  rules: rulesOf(majority, "correct")
}
/** A node with a bug: it throws on the register `fault`. */
const { server: part } = majority.parts
const faulty: RunnableProtocol = {
  ...majority,
  parts: {
    ...majority.parts,
    server: {
      ...part,
      step: (context, self, state, input, objectsAfter) => {
        if (
          input._tag === "Receive" &&
          (input.message as { operation?: number }).operation === 666
        ) {
          throw new Error("a fault of ours")
        }
        return part.step(context, self, state, input, objectsAfter)
      }
    }
  }
}
const system = { protocol: "majority", first: servers("s1") }
const scope = Effect.runSync(Scope.make())
const endpoint = new Endpoint({
  name: "s1",
  Message: majority.Message,
  clock: systemClock,
  disk: new MemoryDisk()
})
let port: number
const peers: Array<RawPeer> = []

beforeAll(async () => {
  endpoint.add(nodeOf(faulty, "server", server("s1"), setup))
  Result.getOrThrow(endpoint.open())
  const speaker: Speaker = {
    protocol: "majority",
    role: "node",
    first: () => system.first,
    endpoint,
    decode: frameDecoder(majority.Message),
    refuses: () => undefined
  }
  const listening = listen(speaker, { host: "127.0.0.1", port: 0 })
  port = (await Effect.runPromise(Effect.provideService(listening, Scope.Scope, scope))).port
})
afterAll(async () => {
  for (const peer of peers) peer.close()
  await Effect.runPromise(Scope.close(scope, Exit.void))
})

const connected = async (name: string): Promise<RawPeer> => {
  const peer = await RawPeer.connect(port, name, system)
  peers.push(peer)
  return peer
}
const get = (operation: number) => ({ _tag: "Get", operation })
const set = (operation: number, value: string, by: string) => ({
  _tag: "Set",
  operation,
  pair: { value, timestamp: { number: operation, client: by } }
})
/** Another peer, which the node must still serve. */
const expectOthersServed = async (name: string): Promise<void> => {
  const other = await connected(name)
  other.post(1, "s1", get(1))
  expect(await other.answer(1)).toEqual([expect.objectContaining({ _tag: "GetReply" })])
}

describe("a connection", () => {
  const envelope = { from: "bad/1", to: "s1", key: "x", message: get(1) }
  const post = { _tag: "Post", sequence: 1, settled: 1, envelope }
  it.each([
    ["an unknown frame", { _tag: "Nonsense" }],
    ["no frame at all", null],
    ["a negative number", { ...post, sequence: -1 }],
    ["a reason without end", { _tag: "Refused", reason: "r".repeat(2 ** 20) }],
    ["more parts than any message has", Array.from({ length: 2 ** 17 }, () => [])]
  ])("ends with %s, and no other does", async (_what, frame) => {
    const bad = await connected("bad")
    bad.say(frame as unknown as Frame)
    await bad.refusal()
    await expectOthersServed("good")
  })

  it.each([
    ["compact to a peer that names the same layout", frameDecoder(majority.Message).layout, 1],
    ["JSON to one that names another", "0123456789abcdef", 0],
    ["JSON to one that names none, of an earlier version", undefined, 0]
  ])("is %s", async (_what, layout, compactFrames) => {
    const peer = await RawPeer.connect(port, "other", system, undefined, "client", layout)
    peers.push(peer)
    peer.post(1, "s1", get(1))
    expect(await peer.answer(1)).toEqual([expect.objectContaining({ _tag: "GetReply" })])
    expect(peer.compactFrames).toBe(compactFrames)
  })

  it.each([
    ["a number that is text", "unknown", { ...post, settled: "1" }],
    [
      "an unknown message",
      "unknown",
      { ...post, envelope: { ...envelope, message: { _tag: "Nonsense" } } }
    ],
    ["too long a key", "unknown", { ...post, envelope: { ...envelope, key: "k".repeat(1401) } }],
    [
      "a key that is not valid text",
      "unknown",
      { ...post, envelope: { ...envelope, key: "\ud800" } }
    ],
    ["too long a name", "unknown", { ...post, envelope: { ...envelope, to: "s".repeat(201) } }],
    [
      "a message of another endpoint",
      "foreign",
      { ...post, envelope: { ...envelope, from: "c1/1" } }
    ]
  ])("continues after %s, which is declined as %s", async (_what, kind, frame) => {
    const bad = await connected("bad")
    bad.say(frame as unknown as Frame)
    expect(await bad.declined(1)).toMatchObject({ kind })
    bad.post(2, "s1", get(2))
    expect(await bad.answer(2)).toEqual([expect.objectContaining({ _tag: "GetReply" })])
  })

  it("continues after an answer to no post", async () => {
    const bad = await connected("bad")
    bad.say({
      _tag: "Answer",
      sequence: 1,
      envelopes: [{ ...envelope, from: "s2" }]
    } as unknown as Frame)
    bad.post(2, "s1", get(2))
    expect(await bad.answer(2)).toEqual([expect.objectContaining({ _tag: "GetReply" })])
  })

  it("ends with bytes that are not a frame, however deep or long they claim to be", async () => {
    const deep = Buffer.from("[".repeat(2 ** 20))
    for (const bytes of [Buffer.alloc(64, 0xff), Buffer.from([2, 0, 0, 0, 0xc3, 0x28]), deep]) {
      const bad = await connected("bad")
      const length = Buffer.alloc(4)
      length.writeUInt32LE(bytes === deep ? deep.length : 0xffffffff)
      bad.socket.write(bytes === deep ? Buffer.concat([length, deep]) : bytes)
      await bad.refusal()
    }
    await expectOthersServed("good")
  })

  it("accepts a large frame right after a hello, in the same chunk", async () => {
    const eager = await connected("eager")
    const socket = connect(port, "127.0.0.1")
    const large = set(1, "v".repeat(2 ** 20), "hasty/1")
    const envelope = { from: nodeId("hasty/1"), to: nodeId("s1"), key: "y", message: large }
    socket.write(
      Buffer.concat([
        encodeFrame({
          _tag: "Hello",
          version: wireVersion,
          ...system,
          endpoint: "hasty",
          role: "client"
        }),
        encodeFrame({ _tag: "Post", sequence: 1, settled: 1, envelope })
      ])
    )
    let bytes = 0
    await new Promise<void>((resolve) => {
      socket.on("close", () => resolve())
      socket.on("data", (chunk: Uint8Array) => {
        bytes += chunk.length
        if (bytes > 200) socket.destroy()
      })
    })
    eager.post(1, "s1", get(1), { key: "y" })
    expect(await eager.answer(1)).toMatchObject([{ pair: { timestamp: { client: "hasty/1" } } }])
  })

  it("is replaced by a newer one of the same peer, which works", async () => {
    for (let time = 0; time < 3; time++) await expectOthersServed("back again")
  })

  it("ends with an internal error in a step, which costs other peers nothing", async () => {
    const unlucky = await connected("unlucky")
    unlucky.post(1, "s1", get(666))
    await unlucky.refusal()
    await expectOthersServed("lucky")
  })

  it("reads no more requests from a peer that does not read the answers, and continues when it does", async () => {
    const slow = await connected("slow")
    const value = "v".repeat(2 ** 20)
    slow.post(1, "s1", set(1, value, "slow/1"))
    await slow.answer(1)
    slow.socket.pause()
    const before = endpoint.status.steps
    // All their answers together are more than a connection holds.
    const count = 70
    for (let sequence = 2; sequence < 2 + count; sequence++) {
      slow.post(sequence, "s1", get(sequence), { settled: sequence })
    }
    await expectOthersServed("fast")
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(endpoint.status.steps - before).toBeLessThan(count / 2)
    slow.socket.resume()
    await slow.until(() => slow.heard.length >= 2 + count)
    expect(slow.heard.filter(({ _tag }) => _tag === "Answer")).toHaveLength(1 + count)
  })
})
