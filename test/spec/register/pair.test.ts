/**
 * A storage node can answer with every pair it can store, and a writer can continue from it.
 */
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { maxCounted } from "../../../spec/kernel/node.ts"
import {
  maxRegisterName,
  maxWrittenBytes,
  RegisterName,
  Value
} from "../../../spec/register/operation.ts"
import { initialPair, Timestamp } from "../../../spec/register/pair.ts"

describe("a timestamp", () => {
  it.each([
    ["the one from before the first write", initialPair.timestamp, true],
    ["one of a client", { number: 1, client: "c1" }, true],
    ["the last one that is counted to", { number: maxCounted, client: "c1" }, true],
    ["one without a client, as a mutant writes it", { number: 1, client: null }, true],
    ["one from before the first write that somebody wrote", { number: 0, client: "c1" }, false],
    ["a negative one", { number: -4, client: null }, false],
    ["one that nobody can count on from", { number: Number.MAX_SAFE_INTEGER, client: "c1" }, false],
    ["one of a client without a name", { number: 1, client: "" }, false]
  ])("%s", (_what, timestamp, isOne) => {
    expect(Schema.is(Timestamp)(timestamp)).toBe(isOne)
  })
})

describe("a value", () => {
  const oneMiB = 2 ** 20

  it.each([
    ["1 MiB", "a".repeat(oneMiB), true],
    ["1 MiB of which JSON writes each character as two", '"'.repeat(oneMiB), true],
    ["1 MiB in base64", "a".repeat(Math.ceil(oneMiB / 3) * 4 + 1), true],
    ["one character more than is written", "a".repeat(maxWrittenBytes - 1), false],
    ["more than that of which JSON writes each character as two", '"'.repeat(oneMiB + 1), false],
    ["characters that JSON writes as six", "\u0001".repeat(maxWrittenBytes / 4), false],
    ["characters of three bytes", "€".repeat(oneMiB), false]
  ])("%s", (_what, value, isOne) => {
    expect(Schema.is(Value)(value)).toBe(isOne)
    expect(Buffer.byteLength(JSON.stringify(value)) <= maxWrittenBytes).toBe(isOne)
  })
})

describe("the name of a register", () => {
  it("has a maximum length", () => {
    expect(Schema.is(RegisterName)("x".repeat(maxRegisterName))).toBe(true)
    expect(Schema.is(RegisterName)("x".repeat(maxRegisterName + 1))).toBe(false)
  })
})
