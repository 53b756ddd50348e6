/**
 * The ring (protocols.md 8.2): "replica group of object o in epoch e = 3f+1 successors of id(o)
 * among members(e)". A group is a function of the epoch and the identifier; a change of members
 * changes only the groups next to it, and each by one node.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { clockwise, replicaGroup, replicasOf } from "../../../spec/dbqs/ring.ts"
import { server, servers } from "../../../spec/nodes/nodes.ts"

const name = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom(..."0123456789abcdef") })
const circle = fc.uniqueArray(name, { minLength: 4, maxLength: 12 }).map((all) => servers(...all))

describe("the ring", () => {
  it("begins at the first member that follows the place, and goes around", () => {
    const members = servers("a", "b", "c", "d", "e")
    expect(clockwise(members, "")).toEqual(["a", "b", "c", "d", "e"])
    expect(clockwise(members, "c")).toEqual(["c", "d", "e", "a", "b"])
    expect(clockwise(members, "cc")).toEqual(["d", "e", "a", "b", "c"])
    expect(clockwise(members, "f")).toEqual(["a", "b", "c", "d", "e"])
    expect(replicaGroup(members, "d", 1)).toEqual(servers("a", "b", "d", "e"))
  })

  it("goes around in the order of identifiers, whatever the order of names", () => {
    const identifier = (node: string): string => String("hgfedcba".indexOf(node))
    const members = servers("a", "b", "c", "d", "e")
    expect(clockwise(members, "0", identifier)).toEqual(["e", "d", "c", "b", "a"])
    expect(clockwise(members, "5", identifier)).toEqual(["c", "b", "a", "e", "d"])
    expect(replicaGroup(members, "6", 1, identifier)).toEqual(servers("a", "b", "d", "e"))
  })

  it("gives an object 3f+1 replicas, or everybody where there are fewer", () => {
    fc.assert(
      fc.property(circle, name, fc.integer({ min: 0, max: 3 }), (members, place, liars) => {
        const group = replicaGroup(members, place, liars)
        expect(group).toHaveLength(Math.min(replicasOf(liars), members.length))
        expect(group.every((one) => members.includes(one))).toBe(true)
      })
    )
  })

  it("is the same whoever computes it, in whatever order the members are told", () => {
    fc.assert(
      fc.property(circle, name, (members, place) => {
        expect(replicaGroup([...members].reverse(), place, 1)).toEqual(
          replicaGroup(members, place, 1)
        )
      })
    )
  })

  it("changes a group by one node at most when one node joins or leaves", () => {
    fc.assert(
      fc.property(circle, name, name, (members, place, joining) => {
        fc.pre(!members.includes(server(joining)))
        const [before, after] = [members, [...members, server(joining)]].map((all) =>
          replicaGroup(all, place, 1)
        )
        const left = before?.filter((one) => after?.includes(one) === false) ?? []
        const joined = after?.filter((one) => before?.includes(one) === false) ?? []
        expect(left.length).toBeLessThanOrEqual(1)
        expect(joined.every((one) => one === joining)).toBe(true)
      })
    )
  })

  it("has one group between two neighbours: the objects there are copied together", () => {
    const members = servers("10", "20", "30", "40", "50", "60")
    for (const place of ["21", "25", "2f", "30"])
      expect(replicaGroup(members, place, 1)).toEqual(servers("30", "40", "50", "60"))
    expect(replicaGroup(members, "31", 1)).toEqual(servers("10", "40", "50", "60"))
  })
})
