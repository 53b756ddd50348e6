/**
 * Views only grow: what the graph of configurations is built on.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import {
  configurationOf,
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
import { server, servers } from "../../../spec/kernel/node.ts"

const correct = { variant: "correct" } as const
const some = fc.subarray(["s1", "s2", "s3", "s4"]).map((names) => setOf(names.map(server)))
const views: fc.Arbitrary<View> = fc.record({ add: some, remove: some })

describe("views", () => {
  it("have whoever was added and not removed as members", () => {
    const view = { add: servers("s1", "s2", "s3"), remove: servers("s2", "s9") }
    expect(membersOf(view)).toEqual(servers("s1", "s3"))
    expect(describeView(view)).toBe("{s1,s3} -s2 -s9")
  })

  it("never take back a node that was removed; the mutant does", () => {
    const removed = { add: servers("s1", "s2"), remove: servers("s2") }
    const again = { add: servers("s2"), remove: [] }
    expect(extended(correct, removed, again)).toEqual(removed)
    expect(membersOf(extended({ variant: "removed-node-returns" }, removed, again))).toEqual(
      servers("s1", "s2")
    )
  })

  it("are within what they are extended to, and lack then nothing of the change", () => {
    fc.assert(
      fc.property(views, views, (view, change) => {
        const larger = extended(correct, view, change)
        expect(isWithin(view, larger) && isWithin(change, larger)).toBe(true)
        expect(sizeOf(lacking(correct, change, larger))).toBe(0)
        expect(extended(correct, view, lacking(correct, change, view))).toEqual(larger)
        expect(sizeOf(larger) > sizeOf(view)).toBe(!equals(larger, view))
      })
    )
  })

  it("have majorities as quorums, but for the initial one, which has its own", () => {
    const configuration = {
      ...majority(servers("s1", "s2", "s3")),
      write: { _tag: "Explicit", quorums: [servers("s1", "s2", "s3")] } as const
    }
    const context = { servers: servers("s1"), clients: [], configuration, ...correct }
    const first = initialView(context)
    expect(configurationOf(context, first)).toEqual(configuration)
    const next = extended(correct, first, { add: [], remove: servers("s3") })
    expect(configurationOf(context, next)).toEqual(majority(servers("s1", "s2")))
  })
})
