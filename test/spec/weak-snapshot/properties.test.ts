/**
 * The promises of a weak snapshot are broken by the histories that break them, and by no others.
 */
import { describe, expect, it } from "vitest"
import type { Event } from "../../../spec/kernel/observer.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"
import type { SnapshotObservation, SnapshotOperation } from "../../../spec/weak-snapshot/operation.ts"
import {
  integrity,
  monotonicity,
  nonEmptyIntersection,
  validity
} from "../../../spec/weak-snapshot/properties.ts"

/** `c1 +s4` and `c1 ok`: an update begins and ends; `c2 scan` and `c2 = s4,s5`: a scan begins and finds changes. */
const eventOf = (text: string): Event<SnapshotObservation> => {
  const [who, word, found] = text.split(" ") as [string, string, string | undefined]
  const node = client(who)
  const update: SnapshotOperation = { _tag: "Update", add: servers(word.slice(1)), remove: [] }
  const scan: SnapshotOperation = { _tag: "Scan" }
  const result = (found ?? "").split(",").filter((name) => name !== "")
  const observation = {
    "+": { _tag: "Invocation", operation: update },
    o: { _tag: "Response", operation: update, result: null },
    s: { _tag: "Invocation", operation: scan },
    "=": {
      _tag: "Response",
      operation: scan,
      result: result.map((name) => ({ add: servers(name), remove: [] }))
    }
  }[word.charAt(0)] as never
  return { _tag: "Observed", node, observation }
}

const properties = { integrity, validity, monotonicity, nonEmptyIntersection }

/** The names of the properties that the history breaks. */
const broken = (...history: ReadonlyArray<string>): ReadonlyArray<string> =>
  Object.entries(properties).flatMap(([name, property]) => {
    const observer = property.observer({})
    const state = history.map(eventOf).reduce(observer.observe, observer.initial)
    return observer.violation(state) === undefined ? [] : [name]
  })

describe("the promises of a weak snapshot", () => {
  it("are kept by scans that find what was proposed, in whatever order", () => {
    expect(broken("c1 +s4", "c2 scan", "c3 scan", "c2 =", "c3 = s4", "c1 ok", "c2 scan", "c2 = s4")).toEqual(
      []
    )
    expect(broken("c1 +s4", "c2 +s5", "c3 scan", "c4 scan", "c3 = s4,s5", "c4 = s5")).toEqual([])
  })

  it("integrity: a change that nobody proposed, or nobody yet", () => {
    expect(broken("c1 +s4", "c3 scan", "c3 = s5")).toEqual(["integrity"])
    expect(broken("c3 scan", "c3 = s4", "c1 +s4")).toEqual(["integrity"])
  })

  it("validity: a scan that finds nothing though an update was complete before it began", () => {
    expect(broken("c1 +s4", "c1 ok", "c3 scan", "c3 =")).toEqual(["validity"])
    expect(broken("c1 +s4", "c3 scan", "c1 ok", "c3 =")).toEqual([])
    expect(broken("c1 +s4", "c1 ok", "c3 scan", "c3 = s4", "c3 scan", "c3 =")).toContain("validity")
  })

  it("monotonicity: a change that an earlier scan found is missed", () => {
    const both = ["c1 +s4", "c2 +s5", "c3 scan", "c3 = s4,s5"]
    expect(broken(...both, "c4 scan", "c4 = s4")).toEqual(["monotonicity"])
    expect(broken("c4 scan", ...both, "c4 = s4")).toEqual([])
  })

  it("non-empty intersection: two scans with nothing in common, at once or not; one that is empty does not count", () => {
    expect(broken("c1 +s4", "c2 +s5", "c3 scan", "c4 scan", "c3 = s4", "c4 = s5")).toEqual([
      "nonEmptyIntersection"
    ])
    expect(broken("c1 +s4", "c2 +s5", "c3 scan", "c4 scan", "c3 =", "c4 = s5")).toEqual([])
    const pairwise = ["c1 +s4", "c2 +s5", "c5 +s6", "c3 scan", "c4 scan", "c6 scan"]
    expect(broken(...pairwise, "c3 = s4,s5", "c4 = s5,s6", "c6 = s4,s6")).toEqual(["nonEmptyIntersection"])
  })
})
