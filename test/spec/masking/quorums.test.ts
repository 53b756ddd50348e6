/**
 * The quorums that mask lies, compared with the published sizes: n > 4f, and ⌈(n+2f+1)/2⌉ (Malkhi
 * and Reiter, masking quorums).
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  countsOnly,
  isQuorum,
  isQuorumWith,
  make,
  tolerating,
  withMembers
} from "../../../spec/configuration/configuration.ts"
import { maskingFaults } from "../../../spec/configuration/tolerated-faults.ts"
import { omniscient } from "../../../spec/liveness/liveness.ts"
import { configure, masking } from "../../../spec/masking/protocol.ts"
import { type ServerSet, servers } from "../../../spec/nodes/nodes.ts"
import { shared, subsetsOf } from "../configuration/pairwise.ts"

const all = servers("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9")
/** For this many members: how many may lie, and how many a quorum has. */
const published = [
  [4, 0, 3],
  [5, 1, 4],
  [6, 1, 5],
  [7, 1, 5],
  [8, 1, 6],
  [9, 2, 7]
] as const

const weighted = (members: ServerSet, threshold: number) =>
  ({
    _tag: "Weighted",
    weights: members.map((server) => ({ server, weight: 1 })),
    threshold
  }) as const

describe("a configuration of masking replication", () => {
  it("has quorums of the published sizes, any two of which share more correct members than liars", () => {
    for (const [size, liars, needed] of published) {
      const members = all.slice(0, size)
      const configuration = Result.getOrThrow(configure(members))
      expect(maskingFaults.maxFaulty(size)).toBe(liars)
      expect(needed).toBe(Math.ceil((size + 2 * liars + 1) / 2))
      const quorums = subsetsOf(members).filter((nodes) => isQuorum(configuration, "read", nodes))
      expect(Math.min(...quorums.map(({ length }) => length))).toBe(needed)
      const least = quorums.filter(({ length }) => length === needed)
      for (const left of least)
        for (const right of least) expect(shared(left, right)).toBeGreaterThan(2 * liars)
      expect(isQuorum(configuration, "write", members.slice(liars))).toBe(true)
    }
  })

  it("is refused when it is built if of what two quorums share the liars may be half", () => {
    for (const [size, liars, needed] of published) {
      const members = all.slice(0, size)
      expect(Result.isFailure(configure(members, weighted(members, needed - 1)))).toBe(true)
      expect(Result.isSuccess(configure(members, weighted(members, needed)))).toBe(true)
      const overlap = 2 * (Math.floor(size / 2) + 1) - size
      expect(Result.isSuccess(configure(members, { _tag: "Majority" }))).toBe(overlap > 2 * liars)
    }
    const refusal = Result.getOrThrow(Result.flip(configure(all, { _tag: "Supermajority" })))
    expect(refusal).toMatchObject({ _tag: "QuorumsDoNotIntersect", minShared: 5 })
  })

  it("is what the protocol begins with, and stays so when other members take over", () => {
    expect(masking.tolerates).toBe(maskingFaults)
    const configuration = tolerating(maskingFaults, all)
    expect(Result.getOrThrow(configure(all))).toEqual(configuration)
    expect(countsOnly(configuration)).toBe(true)
    expect(withMembers(configuration, all.slice(0, 5))).toEqual(
      tolerating(maskingFaults, all.slice(0, 5))
    )
    expect(Result.isSuccess(make(all, maskingFaults.quorums))).toBe(true)
  })

  it("is live while fewer than a quarter fail", () => {
    for (const [size, liars] of published) {
      const members = all.slice(0, size)
      const observer = omniscient(
        { servers: all, configuration: tolerating(maskingFaults, members) },
        maskingFaults
      )
      const held = (failed: number) =>
        members
          .slice(0, failed)
          .map((node) => ({ _tag: "Fault", node, fault: "crash" }) as const)
          .reduce(observer.observe, observer.initial).held
      expect([held(liars), held(liars + 1)]).toEqual([["static-liveness", "dynamic-liveness"], []])
    }
    for (let current = 1; current <= 30; current++) {
      for (let lost = 0; lost <= current; lost++) {
        expect(maskingFaults.survives(lost, current)).toBe(lost <= maskingFaults.maxFaulty(current))
      }
    }
  })
})

describe("a set of the given number of members more", () => {
  it("contains a quorum if some set of them, added to it, makes one", () => {
    const members = all.slice(0, 6)
    const systems = [
      { _tag: "Masking" },
      { _tag: "Majority" },
      {
        _tag: "Weighted",
        weights: members.map((server, index) => ({ server, weight: 1 + (index % 3) }))
      },
      { _tag: "Explicit", quorums: [servers("s1", "s2", "s3"), servers("s1", "s4", "s5", "s6")] }
    ] as const
    fc.assert(
      fc.property(
        fc.constantFrom(...systems),
        fc.subarray([...members]),
        fc.nat(7),
        (system, nodes, more) => {
          const configuration = Result.getOrThrow(make(members, system))
          const possible = subsetsOf(members).some(
            (set) =>
              isQuorum(configuration, "write", set) &&
              set.filter((member) => !nodes.includes(member)).length <= more
          )
          expect(isQuorumWith(configuration, "write", nodes, more)).toBe(possible)
        }
      ),
      { numRuns: 1_000 }
    )
  })
})
