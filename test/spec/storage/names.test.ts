/**
 * The names in a written change are names of nodes.
 */
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { maxNameLength } from "../../../spec/kernel/node.ts"
import { ServerSet } from "../../../spec/nodes/nodes.ts"
import { changeOf, isChange } from "../../../spec/storage/reconfiguration.ts"

const longest = "s".repeat(maxNameLength)

describe("a change", () => {
  it.each([
    [["+s4", "-s2"], true],
    [[`+${longest}`], true],
    [[`+${longest}s`], false],
    [["+"], false],
    [[], false]
  ])("is said with names of nodes: %j", (words, isOne) => {
    expect(isChange(words)).toBe(isOne)
    if (isOne) expect(Schema.is(ServerSet)(changeOf(words).add)).toBe(true)
  })
})
