/**
 * Damaged input for every reader of external data: valid input with bytes changed, dropped,
 * repeated and cut, in chunks of any size, and plain noise. `npm run bench -- fuzz` takes a million
 * inputs each, the tests fewer.
 */
import * as Result from "effect/Result"
import { RequestParser } from "../../../impl/gateway/resp.ts"
import { encodeFrame, type Frame, FrameReader, wireVersion } from "../../../impl/link/frame.ts"
import { frameDecoder } from "../../../impl/link/wire.ts"
import { Random } from "../../../impl/simulator/random.ts"
import { encodeBlock } from "../../../impl/storage/block.ts"
import { payloadOf } from "../../../impl/storage/payload.ts"
import { recover, segmentName, snapshotName } from "../../../impl/storage/recovery.ts"
import { majority } from "../../../spec/majority/protocol.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import { nodeId } from "../node-id.ts"
import { MemoryDisk } from "../storage/memory-disk.ts"

/** How the inputs of one reader were taken. */
export interface Tally {
  inputs: number
  accepted: number
  refused: number
  slowestMilliseconds: number
}

/** A valid input, damaged a little or a lot; now and then left as it is. */
const damaged = (random: Random, valid: Uint8Array): Uint8Array => {
  const bytes = Buffer.from(valid)
  switch (random.below(8)) {
    case 0:
      return bytes
    case 1:
      return bytes.subarray(0, random.below(bytes.length + 1))
    case 2:
      return Buffer.concat([
        bytes.subarray(0, random.below(bytes.length)),
        bytes.subarray(random.below(bytes.length))
      ])
    case 3:
      return Buffer.from(Array.from({ length: random.below(64) }, () => random.below(256)))
    default:
      for (let change = 1 + random.below(4); change > 0 && bytes.length > 0; change--) {
        const at = random.below(bytes.length)
        bytes[at] = random.chance(0.5)
          ? random.below(256)
          : (bytes[at] as number) ^ (1 << random.below(8))
      }
      return bytes
  }
}

/** The input in chunks of any size. */
const chunked = (random: Random, bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const chunks: Array<Uint8Array> = []
  for (let at = 0; at < bytes.length; ) {
    const size = random.chance(0.5) ? bytes.length : 1 + random.below(16)
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const fuzz = (
  inputs: number,
  seed: number,
  purpose: string,
  valid: ReadonlyArray<Uint8Array>,
  accepts: (random: Random, input: Uint8Array) => boolean
): Tally => {
  const random = new Random(seed, purpose)
  const tally: Tally = { inputs, accepted: 0, refused: 0, slowestMilliseconds: 0 }
  for (let input = 0; input < inputs; input++) {
    const bytes = damaged(random, random.pick(valid))
    const started = performance.now()
    if (accepts(random, bytes)) tally.accepted += 1
    else tally.refused += 1
    tally.slowestMilliseconds = Math.max(tally.slowestMilliseconds, performance.now() - started)
  }
  return tally
}

const pair = { value: "v", timestamp: { number: 3, client: "c1" } }
const envelope = (message: unknown) => ({
  from: nodeId("c1/2"),
  to: nodeId("s1"),
  key: "k",
  message
})
const frames: ReadonlyArray<Frame> = [
  {
    _tag: "Hello",
    version: wireVersion,
    protocol: "majority",
    first: servers("s1", "s2"),
    endpoint: "s1",
    role: "node"
  },
  {
    _tag: "Post",
    sequence: 7,
    settled: 3,
    envelope: envelope({ _tag: "Set", operation: 1, pair })
  },
  { _tag: "Answer", sequence: 7, envelopes: [envelope({ _tag: "GetReply", operation: 1, pair })] },
  { _tag: "Settled", settled: 9 },
  { _tag: "Refused", reason: "no" }
]

/** Frames off the wire. A decoder accepts an input if it found a frame and refused nothing. */
export const fuzzFrames = (inputs: number, seed: number): Tally => {
  const decode = frameDecoder(majority.Message)
  const valid = [...frames.map(encodeFrame), Buffer.concat(frames.map(encodeFrame))]
  return fuzz(inputs, seed, "frames", valid, (random, input) => {
    const reader = new FrameReader(() => 4096)
    let found = 0
    let isRefused = false
    for (const chunk of chunked(random, input)) {
      if (isRefused) break
      const read = reader.read(chunk, (payload) => {
        if (Result.isSuccess(decode(payload))) found += 1
        else isRefused = true
      })
      isRefused ||= Result.isFailure(read)
    }
    return found > 0 && !isRefused
  })
}

/** Requests of Redis clients. */
export const fuzzRequests = (inputs: number, seed: number): Tally => {
  const valid = [
    "PING\r\n",
    "*1\r\n$4\r\nPING\r\n",
    "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nv\r\nv\n\r\n",
    "*2\r\n$3\r\nGET\r\n$0\r\n\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
    "set k v\r\nget k\n\r\n",
    "*0\r\n*-1\r\n"
  ].map((text) => Buffer.from(text))
  return fuzz(inputs, seed, "requests", valid, (random, input) => {
    const parser = new RequestParser()
    let found = 0
    for (const chunk of chunked(random, input)) {
      parser.push(chunk)
      for (let item = parser.next(); item !== undefined; item = parser.next()) {
        if (item._tag === "Malformed") return false
        found += 1
      }
    }
    return found > 0
  })
}

/** Logs off a disk. One that is accepted holds a prefix of what was written. */
export const fuzzLogs = (inputs: number, seed: number): Tally => {
  const payloads = ['{"steps":[]}', '{"a":1}\n{"b":2}', "ä".repeat(30)]
  const written = payloads.flatMap((payload) => payload.split("\n"))
  const log = (payloads: ReadonlyArray<Uint8Array>) =>
    Buffer.concat(
      [...payloads, new Uint8Array(0)].map((payload, index) => encodeBlock(index + 1, payload))
    )
  const earlier = payloads.map((payload) => Buffer.from(payload))
  const now = payloads.map((payload) =>
    payloadOf(payload.split("\n").map((record) => Buffer.from(record)))
  )
  return fuzz(inputs, seed, "logs", [log(now), log(earlier)], (random, input) => {
    const disk = new MemoryDisk()
    const isSnapshot = random.chance(0.3)
    disk.files.set(isSnapshot ? snapshotName(2) : segmentName(1), input)
    const records: Array<string> = []
    const take = (record: Uint8Array) => records.push(Buffer.from(record).toString())
    if (Result.isFailure(recover(disk, take))) return false
    const isPrefix = records.every((record, index) => record === written[index])
    if (!isPrefix) throw new Error(`a damaged log gave ${JSON.stringify(records)}`)
    return records.length > 0
  })
}
