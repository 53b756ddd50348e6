/**
 * Which configurations must have answered for a fixed point: all active ones; or, where the rules
 * let a phase send to no more configurations than it began with, those that it sends to.
 */
import { expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import { isFixedPoint } from "../../../spec/rambo/fixed-point.ts"
import { correct, type Rules } from "../../../spec/rambo/rules.ts"
import { initial, type Setting } from "../../../spec/rambo/state.ts"
import { initialPair } from "../../../spec/register/pair.ts"

const [old, next] = [majority(servers("s1", "s2")), majority(servers("s3"))]
const state = { ...initial(old), map: { retired: 0, active: [old, next] } }
const setting: Setting = {
  ...{ _tag: "Setting", operation: { _tag: "Read" }, retired: 0 },
  phase: { configurations: [old], answered: servers("s1", "s2"), answer: initialPair }
}
const isOverWith = (rules: Partial<Rules>): boolean =>
  isFixedPoint({ rules: { ...correct, ...rules } }, state, setting)

it("is reached when every active configuration has answered, asked or not", () => {
  expect(isOverWith({})).toBe(false)
  expect(isOverWith({ awaits: () => [old] })).toBe(true)
})

it("is reached when those asked have answered, in a phase that asks no others", () => {
  expect(isOverWith({ extends: ["Getting"] })).toBe(true)
})
