/**
 * Processes rely on bounds of the frames and log records that a node decodes: the Schemas state
 * every bound.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { recordDecoder } from "../../../impl/host/record.ts"
import { maxFrameBytes } from "../../../impl/link/frame.ts"
import { maxDepth, maxParts, oversized } from "../../../impl/link/shape.ts"
import { frameDecoder } from "../../../impl/link/wire.ts"
import { runnableNamed } from "../../../impl/protocols.ts"
import { maxCounted } from "../../../spec/kernel/node.ts"
import { maxMembers } from "../../../spec/nodes/nodes.ts"
import { maxActive } from "../../../spec/rambo/configuration-map.ts"

const majority = { _tag: "Majority" }
const configuration = { members: ["s1", "s2", "s3"], read: majority, write: majority }
const explicit = (...quorums: ReadonlyArray<ReadonlyArray<string>>) => {
  const system = { _tag: "Explicit", quorums }
  return { ...configuration, read: system, write: system }
}
const retire = (...active: ReadonlyArray<unknown>) => ({
  _tag: "Retire",
  operation: 1,
  phase: 1,
  map: { retired: 9, active }
})
const set = (timestamp: unknown, value: unknown = 1) => ({
  _tag: "Set",
  operation: 1,
  phase: 1,
  pair: { value, timestamp }
})
const stamp = { number: 1, client: "c1" }
const envelope = (message: unknown, key = "x") => ({ from: "c1", to: "s1", key, message })
const bytes = (frame: unknown) => Buffer.from(JSON.stringify(frame))

const wrong: ReadonlyArray<readonly [string, unknown]> = [
  ["a cmap without a configuration", retire()],
  ["an empty quorum", retire(explicit([]))],
  ["quorums that do not intersect", retire(explicit(["s1"], ["s2"]))],
  ["a member that occurs twice", retire({ ...configuration, members: ["s1", "s1", "s2"] })],
  ["a member without a name", retire({ ...configuration, members: ["", "s1"] })],
  [
    "a timestamp that cannot be incremented",
    set({ number: Number.MAX_SAFE_INTEGER, client: "c1" })
  ],
  ["a negative timestamp", set({ number: -1, client: null })],
  ["a value that no answer has room for", set(stamp, "€".repeat(2 ** 20))]
]

describe("a frame", () => {
  const { Message } = runnableNamed("rambo")
  const decode = frameDecoder(Message)
  const post = (message: unknown) => ({
    _tag: "Post",
    sequence: 1,
    settled: 0,
    envelope: envelope(message)
  })

  it.each([
    ["a configuration", retire(configuration)],
    ["quorums that intersect", retire(explicit(["s1", "s2"], ["s2", "s3"]))],
    ["the last timestamp", set({ number: maxCounted, client: "c1" })],
    ["a value of 1 MiB", set(stamp, '"'.repeat(2 ** 20))]
  ])("is accepted with %s", (_what, message) => {
    expect(Result.isSuccess(decode(bytes(post(message))))).toBe(true)
  })

  it.each(wrong)("is refused with %s", (_what, message) => {
    expect(Result.isFailure(decode(bytes(post(message))))).toBe(true)
    const answer = { _tag: "Answer", sequence: 1, envelopes: [envelope(message)] }
    expect(Result.isFailure(decode(bytes(answer)))).toBe(true)
  })

  it.each([
    [
      "a number that cannot be incremented",
      { ...post(set(stamp)), sequence: Number.MAX_SAFE_INTEGER }
    ],
    [
      "a sender without a name",
      { ...post(set(stamp)), envelope: { ...envelope(set(stamp)), from: "" } }
    ],
    [
      "a key that is too long",
      { ...post(set(stamp)), envelope: envelope(set(stamp), "x".repeat(1401)) }
    ]
  ])("is refused with %s", (_what, frame) => {
    expect(Result.isFailure(decode(bytes(frame)))).toBe(true)
  })
})

describe("the largest message that the Schemas accept", () => {
  const { Message } = runnableNamed("rambo")
  const name = (index: number) => `${"n".repeat(196)}${String(index).padStart(4, "0")}`
  const members = Array.from({ length: maxMembers }, (_, index) => name(index))
  const largest = { members, read: majority, write: majority }
  const map = { retired: maxCounted, active: Array.from({ length: maxActive }, () => largest) }
  const timestamp = { number: maxCounted, client: name(1) }
  const pair = { value: '"'.repeat(2 ** 20), timestamp }
  const ballot = { round: maxCounted, proposer: name(1) }
  const about = { operation: maxCounted, phase: maxCounted, map }
  const key = "\u0001".repeat(1400)

  it.each([
    ["the answer to a Get", { _tag: "GetReply", ...about, pair }],
    [
      "a listing of one register",
      { _tag: "Listing", ...about, after: key, registers: [{ name: key, pair }], isLast: false }
    ],
    [
      "the answer to a ballot",
      {
        _tag: "BallotReply",
        ...about,
        instance: maxCounted,
        message: { _tag: "Promise", ballot, vote: { ballot, value: largest } }
      }
    ]
  ])("is accepted, and fits into a frame: %s", (_what, message) => {
    const answer = {
      _tag: "Answer",
      sequence: maxCounted,
      envelopes: [{ from: name(1), to: name(2), key, message }]
    }
    const payload = bytes(answer)
    expect(payload.length).toBeGreaterThan(10 ** 6)
    expect(payload.length).toBeLessThanOrEqual(maxFrameBytes)
    expect(Result.isSuccess(frameDecoder(Message)(payload))).toBe(true)
  })

  it("is a configuration of this many bytes, and no more", () => {
    const escaped = members.map((member) => `${"\u0001".repeat(100)}${member.slice(100)}`).sort()
    const payload = bytes({
      _tag: "Post",
      sequence: 1,
      settled: 0,
      envelope: envelope(retire({ ...largest, members: escaped }))
    })
    expect(Result.merge(frameDecoder(Message)(payload))).toMatchObject({
      _tag: "MessageRefused",
      reason: expect.stringContaining("bytes as JSON")
    })
  })
})

describe("JSON that must not be parsed", () => {
  it.each([
    ["is deep", "[".repeat(maxDepth + 1), /levels deep/],
    ["has many parts", `[${"[],".repeat(maxParts / 2)}1]`, /parts/],
    ["has many fields", `{${'"a":1,'.repeat(maxParts / 2)}"b":1}`, /parts/]
  ])("%s", (_what, json, problem) => {
    expect(oversized(Buffer.from(json))).toMatch(problem)
  })

  it("does not count brackets inside of strings", () => {
    expect(
      oversized(Buffer.from(JSON.stringify({ value: '[{,:"\\'.repeat(maxParts) })))
    ).toBeUndefined()
  })
})

describe("a record", () => {
  const decode = recordDecoder(runnableNamed("rambo").Message).line
  const posts = (message: unknown) => ({
    posts: [{ peer: "s2", sequence: 1, envelope: envelope(message) }]
  })

  it("is read if it is valid", () => {
    expect(Result.isSuccess(decode(JSON.stringify(posts(retire(configuration)))))).toBe(true)
  })

  it.each(wrong)("is refused with %s", (_what, message) => {
    expect(Result.isFailure(decode(JSON.stringify(posts(message))))).toBe(true)
  })

  it.each([
    ["a peer without a name", { answered: { peer: "", sequence: 1 } }],
    ["a negative number", { next: { peer: "s2", sequence: -1 } }],
    ["a node without a name", { steps: [{ node: "", key: "x" }] }]
  ])("is refused with %s", (_what, record) => {
    expect(Result.isFailure(decode(JSON.stringify(record)))).toBe(true)
  })
})
