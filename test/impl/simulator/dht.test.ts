/**
 * Systems of many nodes by seed: a service that probes, evicts and admits, objects whose groups
 * change with it, and liars. Properties that hold under the right rules are violated under wrong
 * ones.
 */
import { describe, expect, it } from "vitest"
import { epochsOf } from "../../../impl/simulator/dht/epochs.ts"
import { isTheGroup } from "../../../impl/simulator/dht/object.ts"
import {
  type DhtPlan,
  defaultDhtPlan,
  simulateDht
} from "../../../impl/simulator/dht/simulation.ts"
import { Random } from "../../../impl/simulator/random.ts"
import { dbqs } from "../../../spec/dbqs/protocol.ts"
import { variantOf } from "../../../spec/kernel/protocol.ts"
import { server, servers } from "../../../spec/nodes/nodes.ts"

const small: DhtPlan = { ...defaultDhtPlan, nodes: 200, objects: 30, changes: 4 }

describe("the simulated membership service", () => {
  const members = Array.from({ length: 20 }, (_, at) => server(`n${String(at).padStart(2, "0")}`))
  const [n10 = server(""), n12 = server("")] = servers("n10", "n12")
  const [n30 = server(""), n31 = server("")] = servers("n30", "n31")
  const service = epochsOf({
    members,
    joins: [
      [0, n30],
      [1, n31]
    ],
    dies: new Map([
      [n10, 0],
      [n12, 1]
    ]),
    epochs: 4,
    random: new Random(1, "a test")
  })

  it("evicts nodes that are gone, admits nodes that join, and does not evict a node that one replica slanders", () => {
    const changes = service.members.map((view) => [
      view.includes(n10),
      view.includes(n12),
      view.includes(n30),
      view.includes(n31)
    ])
    expect(changes).toEqual([
      [true, true, false, false],
      [false, true, true, false],
      [false, false, true, true]
    ])
    expect(service.slandered.length).toBeGreaterThan(10)
    for (const node of service.slandered) expect(service.members.at(-1)).toContain(node)
  })
})

describe("a simulated hash table", () => {
  it("is atomic object by object, and every operation completes, with liars and churn", () => {
    for (const seed of [1, 2, 3]) {
      const outcome = simulateDht({ ...small, seed })
      expect(outcome.reason).toBe("")
      expect(outcome).toMatchObject({
        verdict: "atomic",
        pending: 0,
        operations: 3 * small.operations * small.objects,
        ...{ evicted: 12, joined: 12, evictedBySlander: 0 }
      })
      // It is worth nothing unless groups change, and have liars.
      expect(outcome.changedGroups).toBeGreaterThan(5)
      expect(outcome.lyingReplicas).toBeGreaterThan(10)
    }
  })

  it("is the same again with the same seed", () => {
    const plan = { ...small, objects: 5 }
    expect(simulateDht(plan)).toEqual(simulateDht(plan))
    expect(simulateDht({ ...plan, seed: 2 })).not.toEqual(simulateDht(plan))
  })

  it.each(["read-without-write-back", "quorum-one-short"])("is not atomic as %s", (name) => {
    const rules = variantOf(dbqs, name)?.rules
    if (rules === undefined) throw new Error(`no variant ${name}`)
    const plan = { nodes: 60, objects: 100, epochs: 2, changes: 1, liars: 1, operations: 12 }
    expect(simulateDht({ ...plan, seed: 1, rules }).verdict).toBe("violated")
    expect(simulateDht({ ...plan, seed: 1 }).verdict).toBe("atomic")
  })

  it("has groups that the next members of the circle know as well as all do", () => {
    const random = new Random(7, "a test")
    const members = Array.from({ length: 50 }, () => server(random.word().toString(16)))
    const sorted = [...members].sort((one, other) => (one < other ? -1 : 1))
    for (let at = 0; at < 50; at++)
      expect(isTheGroup(sorted, random.word().toString(16))).toBe(true)
    expect(isTheGroup(sorted, "")).toBe(true)
    expect(isTheGroup(sorted, "zzz")).toBe(true)
    expect(isTheGroup(sorted.slice(0, 2), "8")).toBe(true)
  })
})
