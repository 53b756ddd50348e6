/**
 * The agreed sequence allows the steps of a sequence, and no others.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import {
  type AgreedSequence,
  refinesSequence,
  refinesSequenceInParallel
} from "../../../spec/rambo/agreed-sequence.ts"

const configurationOf = (word: string) =>
  majority(servers(...(word === "-" ? [] : word.split(","))))

/**
 * `1: s1 s2/s3`: one configuration is retired, {s1} follows, and then, since nodes disagree, {s2}
 * or {s3}.
 */
const sequenceOf = (text: string, correct = 3): AgreedSequence => {
  const [retired, ...active] = text.split(/:? /)
  return {
    retired: Number.parseInt(retired as string, 10),
    active: active.map((entry) => entry.split("/").map(configurationOf)),
    correct
  }
}

const allows = (before: string, after: string, failed = 0, property = refinesSequence): boolean =>
  property.allows(
    { configuration: configurationOf("s1") },
    sequenceOf(before),
    sequenceOf(after, 3 - failed)
  )

describe("a step of the agreed sequence", () => {
  it.each([
    ["0: s1", "0: s1 s2", "appends a configuration"],
    ["1: s1 s2", "1: s1 s2 s1", "appends one that was there before the last"],
    ["0: s1 s2", "1: s2", "retires the oldest"],
    ["2: s1 s2 s3", "3: s2 s3", "retires the oldest of three"]
  ])("from %s to %s %s", (before, after) => {
    expect(allows(before, after)).toBe(true)
  })

  it.each([
    ["0: s1", "0: s1 s1", "appends the last one again"],
    ["0: s1", "0: s1 -", "appends one without members"],
    ["0: s1", "0: s1 s2 s3", "appends two"],
    ["0: s1", "0: s1 s2/s3", "appends two in one place"],
    ["0: s1 s2", "0: s1 s3", "replaces the last"],
    ["0: s1 s2", "0: s3 s2 s1", "replaces an older one as it appends"],
    ["0: s1 s2", "0: s1", "forgets the last"],
    ["0: s1 s2", "1: s3", "retires one and replaces the next"],
    ["0: s1 s2", "2: s3", "retires all"],
    ["0: s1 s2 s3", "2: s3", "retires two"],
    ["1: s2", "0: s1 s2", "makes a retired one active again"],
    ["0: s1", "1: s1 s2", "appends and counts one more as retired"],
    ["0: s1 s2", "0: s1 s2", "changes nothing"]
  ])("does not lead from %s to %s: it %s", (before, after) => {
    expect(allows(before, after)).toBe(false)
  })

  it("retires two, or all but one, only in parallel", () => {
    const inParallel = (before: string, after: string) =>
      allows(before, after, 0, refinesSequenceInParallel)
    expect(inParallel("0: s1 s2 s3", "2: s3")).toBe(true)
    expect(inParallel("0: s1 s2 s3", "1: s2 s3")).toBe(true)
    expect(inParallel("0: s1 s2 s3", "1: s3")).toBe(false)
    expect(inParallel("0: s1 s2", "2:")).toBe(false)
  })
})

describe("a fault of one node", () => {
  it.each([
    ["0: s1 s2", "0: s1 s2", "nothing"],
    ["0: s1 s2", "0: s1", "the last"],
    ["1: s2", "0: s1 s2", "a retirement"],
    ["1: s2 s3", "0: s1 s2", "a retirement and the last"],
    ["0: s1 s2/s3", "0: s1 s3", "one side of a disagreement"]
  ])("from %s to %s loses %s", (before, after) => {
    expect(allows(before, after, 1)).toBe(true)
  })

  it.each([
    ["0: s1", "0: s1 s2", "appends"],
    ["0: s1 s2", "1: s2", "retires"],
    ["0: s1 s2", "0: s1 s3", "replaces the last"],
    ["0: s1 s2", "0: s1 s2/s3", "lets nodes disagree"],
    ["1: s2", "0: s1/s3 s2", "makes two configurations active again in one place"],
    ["1: s2", "0: s1 s3", "replaces one behind the one that is active again"],
    ["1: s2", "0: s1 s2 s3", "appends behind the one that is active again"]
  ])("does not lead from %s to %s: it %s", (before, after) => {
    expect(allows(before, after, 1)).toBe(false)
  })

  it("is of one node at a time, and of one that was correct", () => {
    expect(allows("0: s1 s2", "0: s1", 2)).toBe(false)
    expect(allows("0: s1 s2", "0: s1", -1)).toBe(false)
  })
})

describe("the agreed sequence", () => {
  it("begins with the initial configuration, and none is retired", () => {
    const begins = (text: string) =>
      refinesSequence.begins({ configuration: configurationOf("s1") }, sequenceOf(text))
    expect(["0: s1", "1: s1", "0: s2", "0: s1 s2"].map(begins)).toEqual([true, false, false, false])
  })

  it("is what correct nodes and messages know together", () => {
    const map = (retired: number, ...active: ReadonlyArray<string>) => ({
      map: { retired, active: active.map(configurationOf) }
    })
    const known = refinesSequence.mapping({ configuration: configurationOf("s1") }, {
      nodes: { server: { s1: map(0, "s1", "s2"), s2: map(1, "s2") }, client: { c1: map(0, "s1") } },
      inFlight: {
        c1: [{ from: "s1", message: { _tag: "Decide", ...map(2, "s3") } }],
        s1: [{ from: "c1", message: { _tag: "Get" } }]
      }
    } as never)
    expect(known).toEqual(sequenceOf("2: s3"))
    const apart = refinesSequence.mapping({ configuration: configurationOf("s1") }, {
      nodes: { server: { s1: map(0, "s1", "s2") }, client: { c1: map(0, "s1", "s3") } },
      inFlight: {}
    } as never)
    expect(apart).toEqual(sequenceOf("0: s1 s2/s3", 2))
  })
})
