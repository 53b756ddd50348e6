/**
 * The properties of a weak snapshot fail on the histories that violate them, and on no others.
 */
import { describe, expect, it } from "vitest"
import type { Event } from "../../../spec/kernel/observer.ts"
import type { GlobalState } from "../../../spec/kernel/system.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import type { Change } from "../../../spec/weak-snapshot/change.ts"
import type {
  SnapshotObservation,
  SnapshotOperation
} from "../../../spec/weak-snapshot/operation.ts"
import {
  columnsHaveOneChange,
  endorsementsAreFinal,
  integrity,
  monotonicity,
  nonEmptyIntersection,
  validity
} from "../../../spec/weak-snapshot/properties.ts"
import { weakSnapshot } from "../../../spec/weak-snapshot/protocol.ts"
import type { ServerState } from "../../../spec/weak-snapshot/server.ts"
import { checked, scenarioOf } from "../../checker/network/searching.ts"

/**
 * `c1 +s4` and `c1 ok`: an update begins and ends; `c2 scan` and `c2 = s4,s5`: a scan begins and
 * finds changes.
 */
const eventOf = (text: string): Event<SnapshotObservation> => {
  const [who, word, found] = text.split(" ") as [string, string, string | undefined]
  const node = client(who)
  const add = word.startsWith("+") ? servers(word.slice(1)) : []
  const update: SnapshotOperation = { _tag: "Update", add, remove: [] }
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

/** The names of the properties that the history violates. */
const broken = (...history: ReadonlyArray<string>): ReadonlyArray<string> =>
  Object.entries(properties).flatMap(([name, property]) => {
    const observer = property.observer({})
    const state = history.map(eventOf).reduce(observer.observe, observer.initial)
    return observer.violation(state) === undefined ? [] : [name]
  })

describe("the properties of a weak snapshot", () => {
  it("hold for scans that find proposed changes, in any order", () => {
    expect(
      broken("c1 +s4", "c2 scan", "c3 scan", "c2 =", "c3 = s4", "c1 ok", "c2 scan", "c2 = s4")
    ).toEqual([])
    expect(broken("c1 +s4", "c2 +s5", "c3 scan", "c4 scan", "c3 = s4,s5", "c4 = s5")).toEqual([])
  })

  it("integrity: a change that no update proposed, or only a later one", () => {
    expect(broken("c1 +s4", "c3 scan", "c3 = s5")).toEqual(["integrity"])
    expect(broken("c3 scan", "c3 = s4", "c1 +s4")).toEqual(["integrity"])
  })

  it("validity: a scan finds nothing although an update completed before it began", () => {
    expect(broken("c1 +s4", "c1 ok", "c3 scan", "c3 =")).toEqual(["validity"])
    expect(broken("c1 +s4", "c3 scan", "c1 ok", "c3 =")).toEqual([])
    expect(broken("c1 +s4", "c1 ok", "c3 scan", "c3 = s4", "c3 scan", "c3 =")).toContain("validity")
  })

  it("monotonicity: a scan misses a change that an earlier scan found", () => {
    const both = ["c1 +s4", "c2 +s5", "c3 scan", "c3 = s4,s5"]
    expect(broken(...both, "c4 scan", "c4 = s4")).toEqual(["monotonicity"])
    expect(broken("c4 scan", ...both, "c4 = s4")).toEqual([])
  })

  it("monotonicity: a scan misses a change found by a scan before the last one", () => {
    const apart = ["c1 +s4", "c2 +s5", "c3 scan", "c4 scan", "c3 = s4,s5", "c4 = s5"]
    expect(broken(...apart, "c3 scan", "c3 = s5")).toEqual(["monotonicity"])
    expect(broken(...apart, "c3 scan", "c3 = s4,s5")).toEqual([])
  })

  it("monotonicity: a scan finds nothing after a non-empty one, by the same client or another", () => {
    const found = ["c1 +s4", "c3 scan", "c3 = s4"]
    expect(broken(...found, "c3 scan", "c3 =")).toEqual(["monotonicity"])
    expect(broken(...found, "c4 scan", "c4 =")).toEqual(["monotonicity"])
  })

  it("non-empty intersection: two scans have nothing in common, concurrent or not; an empty scan does not count", () => {
    expect(broken("c1 +s4", "c2 +s5", "c3 scan", "c4 scan", "c3 = s4", "c4 = s5")).toEqual([
      "nonEmptyIntersection"
    ])
    expect(broken("c1 +s4", "c2 +s5", "c3 scan", "c4 scan", "c3 =", "c4 = s5")).toEqual([])
    const pairwise = ["c1 +s4", "c2 +s5", "c5 +s6", "c3 scan", "c4 scan", "c6 scan"]
    expect(broken(...pairwise, "c3 = s4,s5", "c4 = s5,s6", "c6 = s4,s6")).toEqual([
      "nonEmptyIntersection"
    ])
  })
})

const adding = (name: string): Change => ({ add: servers(name), remove: [] })
/**
 * `s4 s1:s4 s2:s5`: the node endorses +s4, and knows that s1 endorses +s4 and s2 +s5; a dash stands
 * for no change.
 */
const node = (text: string): ServerState => {
  const [own, ...row] = text.split(" ") as [string, ...ReadonlyArray<string>]
  return {
    endorsed: own === "-" ? null : adding(own),
    known: row.map((entry) => {
      const [by, name] = entry.split(":") as [string, string]
      return by === "" ? { change: adding(name) } : { change: adding(name), by: server(by) }
    })
  }
}

describe("the endorsement of a storage node", () => {
  it("is final: it never changes and is never revoked", () => {
    const holds = (before: string, after: string) =>
      endorsementsAreFinal.holds({}, server("s1"), node(before), node(after))
    expect(holds("- s2:s4", "s4 s1:s4 s2:s4")).toBe(true)
    expect(holds("s4 s1:s4", "s4 s1:s4 s2:s5")).toBe(true)
    expect(holds("s4 s1:s4", "s5 s1:s4")).toBe(false)
    expect(holds("s4 s1:s4", "- s1:s4")).toBe(false)
  })

  it("is one change per column, in one row and in two", () => {
    const holds = (left: string, right: string) =>
      columnsHaveOneChange.holds({}, node(left), node(right))
    expect(holds("s4 s1:s4 s2:s5", "s5 s2:s5")).toBe(true)
    expect(holds("s4 s1:s4 s2:s4", "s4 s1:s4 s3:s5")).toBe(true)
    expect(holds("s4 :s4 :s5", "s4 :s4")).toBe(true)
    expect(holds("s4 s1:s4", "s5 s1:s5 s2:s5")).toBe(false)
    expect(holds("s4 s1:s4 s1:s5", "-")).toBe(false)
    expect(holds("-", "s4 s3:s5 s3:s4")).toBe(false)
  })

  it.each(["correct", "with-columns"])(
    "is final and one change per column in every run of %s",
    (variant) => {
      const scenario = scenarioOf({
        ...{ protocol: "weak-snapshot", variant, servers: 4, configuration: ["s1", "s2"] },
        clients: [["update +s3", "scan"], ["update +s4"]]
      })
      const properties = [endorsementsAreFinal, columnsHaveOneChange]
      const result = checked(
        { ...scenario, checksDeadlock: false, model: { ...scenario.model, properties } },
        { reductions: [] }
      )
      expect(result).toMatchObject({ verdict: "holds", exhaustive: true })
      expect(result.counts.distinct).toBeGreaterThan(1000)
    }
  )

  it("differs once two storage nodes endorse different changes, and not before", () => {
    const property = weakSnapshot.properties.find(({ name }) => name === "endorsements-differ")
    const holds = (...nodes: ReadonlyArray<string>) => {
      if (property?._tag !== "Sometimes")
        throw new Error("it says that something happens at some time")
      const named = Object.fromEntries(nodes.map((text, at) => [`s${at + 1}`, node(text)]))
      return property.holds(
        {} as never,
        { nodes: { server: named, client: {} } } as unknown as GlobalState<never, never>
      )
    }
    expect(holds("-", "-", "-")).toBe(false)
    expect(holds("s4", "-", "s4")).toBe(false)
    expect(holds("s4", "s4 s3:s5", "-")).toBe(false)
    expect(holds("-", "s4", "s5")).toBe(true)
    expect(holds("s5", "s4", "s4")).toBe(true)
  })
})
