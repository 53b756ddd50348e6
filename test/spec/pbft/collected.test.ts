/**
 * When a view may begin. The correct primary asks whether its request is justified, which includes
 * this; a primary that follows no claims asks this alone.
 */
import { expect, test } from "vitest"
import { symbolic } from "../../../spec/kernel/cryptography.ts"
import { client, servers } from "../../../spec/nodes/nodes.ts"
import { hasBegun, nothingCollected } from "../../../spec/pbft/collected.ts"
import { correct } from "../../../spec/pbft/rules.ts"

const all = servers("s1", "s2", "s3", "s4")
const context = {
  ...{ rules: correct, cryptography: symbolic, servers: all, clients: [client("c1")] },
  bounds: {}
}
/** What a replica has collected to which these have said that they move to view 1. */
const moved = (...names: ReadonlyArray<string>) => ({
  ...nothingCollected,
  claims: servers(...names).map((owner) => symbolic.sign({ owner }, { view: 1, prepared: null }))
})

test("view 0 begins by itself, and a later one when a quorum moves to it", () => {
  expect(hasBegun(context, nothingCollected, 0)).toBe(true)
  expect(hasBegun(context, nothingCollected, 1)).toBe(false)
  expect(hasBegun(context, moved("s1", "s2"), 1)).toBe(false)
  expect(hasBegun(context, moved("s1", "s2", "s3"), 1)).toBe(true)
  expect(hasBegun(context, moved("s1", "s2", "s3"), 2)).toBe(false)
})
