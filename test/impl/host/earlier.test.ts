/**
 * A log keeps records of earlier versions: each of their messages whose shape has changed can be
 * read.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { recordDecoder } from "../../../impl/host/record.ts"
import { runnableNamed } from "../../../impl/protocols.ts"

const majority = { _tag: "Majority" }
const map = { retired: 1, active: [{ members: ["s1"], read: majority, write: majority }] }
const pair = { value: "v", timestamp: { number: 1, client: "c1/1" } }
const prepare = { _tag: "Prepare", ballot: { round: 1, proposer: "c1/1" } }

const decode = recordDecoder(runnableNamed("rambo").Message).line
const between = { from: "c1/1", to: "s1", key: "x" }

describe("a record of an earlier version", () => {
  it.each<[object, object]>([
    [
      { _tag: "Get", retired: 1 },
      { _tag: "Get", phase: 1 }
    ],
    [
      { _tag: "GetReply", retired: 1, map, pair },
      { _tag: "GetReply", phase: 1, map, pair }
    ],
    [
      { _tag: "RetireReply", retired: 1, map },
      { _tag: "Retired", phase: 1, map }
    ],
    [
      { _tag: "Ballot", instance: 0, message: prepare },
      { _tag: "Ballot", phase: 0, instance: 0, message: prepare }
    ],
    [
      { _tag: "BallotReply", instance: 0, message: prepare, map },
      { _tag: "BallotReply", phase: 0, instance: 0, message: prepare, map }
    ]
  ])("is read, with %j", (then, now) => {
    const record = (message: object) => {
      const envelope = { ...between, message: { operation: 1, ...message } }
      return {
        answer: { peer: "c1", sequence: 1, settled: 1, envelopes: [envelope] },
        posts: [{ peer: "s2", sequence: 1, envelope }]
      }
    }
    expect(Result.getOrThrow(decode(JSON.stringify(record(then))))).toEqual(record(now))
  })

  it("is refused for what is wrong with it, as it stands there", () => {
    const message = { _tag: "Get", operation: -1, retired: 1 }
    const posts = [{ peer: "s2", sequence: 1, envelope: { ...between, message } }]
    expect(Result.merge(decode(JSON.stringify({ posts })))).toMatchObject({ _tag: "RecordUnknown" })
  })
})
