/**
 * Views only grow; the graph of configurations depends on it.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { correct } from "../../../spec/dynastore/rules.ts"
import { variants } from "../../../spec/dynastore/variants.ts"
import {
  configurationsOf,
  describeView,
  extended,
  initialView,
  isWithin,
  lacking,
  membersOf,
  sizeOf,
  type View
} from "../../../spec/dynastore/view.ts"
import { equals, setOf } from "../../../spec/kernel/data.ts"
import { server, servers } from "../../../spec/nodes/nodes.ts"

const mutant = variants.find(({ name }) => name === "removed-node-returns")
const some = fc.subarray(["s1", "s2", "s3", "s4"]).map((names) => setOf(names.map(server)))
const views: fc.Arbitrary<View> = fc.record({ add: some, remove: some })

describe("views", () => {
  it("have as members the nodes added and not removed", () => {
    const view = { add: servers("s1", "s2", "s3"), remove: servers("s2", "s9") }
    expect(membersOf(view)).toEqual(servers("s1", "s3"))
    expect(describeView(view)).toBe("{s1,s3} -s2 -s9")
  })

  it("never add a removed node again; the mutant does", () => {
    const removed = { add: servers("s1", "s2"), remove: servers("s2") }
    const again = { add: servers("s2"), remove: [] }
    expect(extended(removed, again)).toEqual(removed)
    expect(mutant && membersOf(mutant.rules.extended(removed, again))).toEqual(servers("s1", "s2"))
    expect(mutant?.rules.lacking(again, removed)).toEqual(again)
  })

  it("are within their extensions, which lack nothing of the change", () => {
    fc.assert(
      fc.property(views, views, (view, change) => {
        const larger = extended(view, change)
        expect(isWithin(view, larger) && isWithin(change, larger)).toBe(true)
        expect(sizeOf(lacking(change, larger))).toBe(0)
        expect(extended(view, lacking(change, view))).toEqual(larger)
        expect(sizeOf(larger) > sizeOf(view)).toBe(!equals(larger, view))
      })
    )
  })

  it("have majority quorums, except the initial one, which has its own", () => {
    const configuration = {
      ...majority(servers("s1", "s2", "s3")),
      write: { _tag: "Explicit", quorums: [servers("s1", "s2", "s3")] } as const
    }
    const first = initialView({ configuration })
    expect(configurationsOf({ configuration }, first)).toEqual([configuration])
    const next = extended(first, { add: [], remove: servers("s3") })
    expect(configurationsOf({ configuration }, next)).toEqual([majority(servers("s1", "s2"))])
  })

  it("have no configuration without members", () => {
    const context = { configuration: majority(servers("s1", "s2")) }
    const nobody = extended(initialView(context), { add: [], remove: servers("s1", "s2") })
    expect(configurationsOf(context, nobody)).toEqual([])
  })

  it("are visited the smallest first", () => {
    const [small, large] = [
      { add: servers("s1", "s2"), remove: [] },
      { add: servers("s1", "s2"), remove: servers("s2") }
    ]
    expect([correct.visited([large, small]), correct.visited([small, large])]).toEqual([
      small,
      small
    ])
  })
})
