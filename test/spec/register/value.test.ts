/**
 * The maximum length of a value: 1 MiB of characters that JSON writes as two.
 */
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { Value } from "../../../spec/register/operation.ts"

const accepts = Schema.is(Value)
const mebi = 2 ** 20

it.each([
  ["one byte", "a", 2 * mebi],
  ["two", '"', mebi],
  ["six", "\u0001", Math.floor((2 * mebi) / 6)]
])("characters that JSON writes as %s: so many, and no more", (_, character, most) => {
  expect(accepts(character.repeat(most))).toBe(true)
  expect(accepts(character.repeat(most + 1))).toBe(false)
})
