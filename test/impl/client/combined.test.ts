/**
 * How the client hosts the queue of combining: one operation on a register at a time, everybody
 * answered once, and nothing held beyond a bound.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import type { Begin } from "../../../impl/client/accesses.ts"
import { Combined } from "../../../impl/client/combined.ts"
import { Refused, type Unfinished } from "../../../impl/client/known.ts"
import type { Access, Value } from "../../../spec/register/operation.ts"

type Outcome = Result.Result<Value, Unfinished>

const read: Access = { _tag: "Read" }
const write = (value: Value): Access => ({ _tag: "Write", value })

/** A client whose operations end when the test says so. */
const client = () => {
  const held = { bytes: 0 }
  const combined = new Combined(held)
  const begun: Array<{ readonly operation: Access; readonly end: (outcome: Outcome) => void }> = []
  const answers: Array<Outcome> = []
  const forgotten: Array<Access> = []
  const begin: Begin = (_key, operation, end) => {
    begun.push({ operation, end })
    return () => void forgotten.push(operation)
  }
  const request = (operation: Access, key = "k"): void =>
    combined.request(key, operation, begin, (outcome) => answers.push(outcome))
  return { begun, answers, forgotten, held, request, end: () => combined.end() }
}

describe("combined operations", () => {
  it("begin when the operation before has ended, and serve all that came meanwhile", () => {
    const { begun, answers, request } = client()
    request(read)
    for (const operation of [write("1"), read, write("2")]) request(operation)
    expect(begun.map(({ operation }) => operation)).toEqual([read])
    begun[0]?.end(Result.succeed("0"))
    expect(answers).toEqual([Result.succeed("0")])
    expect(begun.map(({ operation }) => operation)).toEqual([read, write("2")])
    begun[1]?.end(Result.succeed(null))
    expect(answers.slice(1)).toEqual([null, "1", null].map((value) => Result.succeed(value)))
    request(read)
    expect(begun).toHaveLength(3)
  })

  it("of two registers do not wait for each other", () => {
    const { begun, request } = client()
    request(read, "a")
    request(read, "b")
    expect(begun).toHaveLength(2)
  })

  it("fail together, each as what it was: a read has no effect", () => {
    const { begun, answers, request } = client()
    request(read)
    for (const operation of [write("1"), read]) request(operation)
    begun[0]?.end(Result.succeed(null))
    begun[1]?.end(Result.fail(new Refused({ operation: "Write", kind: "full", reason: "no room" })))
    const outcomes = answers.slice(1).map((one) => Result.isFailure(one) && one.failure.outcome)
    expect(outcomes).toEqual(["unknown", "none"])
  })

  it("are refused while too much waits, and accepted again afterwards", () => {
    const { begun, answers, request } = client()
    const large = write("v".repeat(2 ** 20))
    for (let at = 0; at < 256; at++) request(large)
    const refused = () => answers.filter(Result.isFailure).length
    expect(refused()).toBe(1)
    begun[0]?.end(Result.succeed(null))
    request(large)
    expect(refused()).toBe(1)
  })

  it("begin no more when nobody waits for them, and hold nothing", () => {
    const { begun, answers, forgotten, held, request, end } = client()
    for (const operation of [read, write("1"), read]) request(operation)
    end()
    expect(forgotten).toEqual([read])
    begun[0]?.end(Result.succeed("0"))
    expect([begun.length, answers, held.bytes]).toEqual([1, [], 0])
  })
})
