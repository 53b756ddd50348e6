/**
 * Values: their maximum length, 1 MiB of characters that JSON writes as two; and the initial one,
 * which scripts write to remove a value.
 */
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { register, Value } from "../../../spec/register/operation.ts"

const accepts = Schema.is(Value)
const mebi = 2 ** 20

it.each([
  ["one byte", "a", 2 * mebi],
  ["two", '"', mebi],
  ["six", "\u0001", Math.floor((2 * mebi) / 6)]
])("characters that JSON writes as %s: this many, and no more", (_, character, most) => {
  expect(accepts(character.repeat(most))).toBe(true)
  expect(accepts(character.repeat(most + 1))).toBe(false)
})

it("the initial value is written as reports write it, and is none of the texts", () => {
  const [write] = register.kinds
  expect(write?.parse(["⊥"])).toEqual({ _tag: "Write", value: null })
  expect(write?.parse(["null"])).toEqual({ _tag: "Write", value: "null" })
  expect(register.describe({ _tag: "Write", value: null })).toBe("write ⊥")
})
