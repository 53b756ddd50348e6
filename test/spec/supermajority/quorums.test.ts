/**
 * The quorums with which fewer than a third of the storage nodes may lie, compared with the
 * published sizes: n > 3f, and ⌈(n+f+1)/2⌉ (Malkhi and Reiter, dissemination quorums).
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { countsOnly, isQuorum, tolerating } from "../../../spec/configuration/configuration.ts"
import { byzantineFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { staticPremise } from "../../../spec/liveness/liveness.ts"
import { type ServerSet, servers } from "../../../spec/nodes/nodes.ts"
import { configure, supermajority } from "../../../spec/supermajority/protocol.ts"
import { shared, subsetsOf } from "../configuration/pairwise.ts"

const all = servers("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9")
/** For this many members: how many may lie, and how many a quorum has. */
const published = [
  [4, 1, 3],
  [5, 1, 4],
  [6, 1, 4],
  [7, 2, 5],
  [8, 2, 6],
  [9, 2, 6]
] as const

const weighted = (members: ServerSet, threshold: number) =>
  ({
    _tag: "Weighted",
    weights: members.map((server) => ({ server, weight: 1 })),
    threshold
  }) as const

describe("a configuration of super-majority replication", () => {
  it("has super-majorities of the published sizes, any two of which share a correct member", () => {
    for (const [size, liars, needed] of published) {
      const members = all.slice(0, size)
      const configuration = Result.getOrThrow(configure(members))
      expect(byzantineFaults.maxFaulty(size)).toBe(liars)
      expect(needed).toBe(Math.ceil((size + liars + 1) / 2))
      const quorums = subsetsOf(members).filter((nodes) => isQuorum(configuration, "read", nodes))
      expect(Math.min(...quorums.map(({ length }) => length))).toBe(needed)
      const least = quorums.filter(({ length }) => length === needed)
      for (const left of least)
        for (const right of least) expect(shared(left, right)).toBeGreaterThan(liars)
      expect(isQuorum(configuration, "write", members.slice(liars))).toBe(true)
    }
  })

  it("is refused when it is built if two of its quorums may share only liars", () => {
    for (const [size, liars, needed] of published) {
      const members = all.slice(0, size)
      const smaller = configure(members, weighted(members, needed - 1))
      expect(Result.isFailure(smaller)).toBe(true)
      expect(Result.isSuccess(configure(members, weighted(members, needed)))).toBe(true)
      const overlap = 2 * (Math.floor(size / 2) + 1) - size
      expect(Result.isSuccess(configure(members, { _tag: "Majority" }))).toBe(overlap > liars)
    }
    expect(
      Result.getOrThrow(Result.flip(configure(all.slice(0, 5), { _tag: "Majority" }))).message
    ).toContain("share fewer than 2 members")
  })

  it("is what the protocol begins with, and what counts members", () => {
    expect(supermajority.tolerates).toBe(byzantineFaults)
    const configuration = tolerating(supermajority.tolerates, all)
    expect(Result.getOrThrow(configure(all))).toEqual(configuration)
    expect(countsOnly(configuration)).toBe(true)
  })

  it("is live while fewer than a third fail", () => {
    for (const [size, liars] of published) {
      const current = all.slice(0, size)
      const premise = (failed: number) =>
        staticPremise(byzantineFaults, {
          current,
          outstanding: [],
          failed: current.slice(0, failed),
          pending: []
        })
      expect([premise(liars), premise(liars + 1)]).toEqual([true, false])
    }
  })
})
