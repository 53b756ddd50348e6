/**
 * What combining does to a queue: with every atomic register below, each request gets the result
 * that it would get if the requests were executed one after the other, in the order of their
 * arrival.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { arrive, begin, empty, end, type Queue } from "../../../spec/combining/queue.ts"
import type { Request } from "../../../spec/combining/request.ts"
import { correct } from "../../../spec/combining/rules.ts"
import type { Access, Value } from "../../../spec/register/operation.ts"
import { draws } from "../../draws.ts"

interface Numbered extends Request {
  readonly number: number
}

const read: Access = { _tag: "Read" }
const write = (value: Value): Access => ({ _tag: "Write", value })

/** The requests that arrive before each operation begins. */
const arrivals = fc.array(
  fc.array(fc.oneof(fc.constant(read), fc.integer({ min: 1, max: 9 }).map(write)), {
    maxLength: 6
  }),
  { maxLength: 5 }
)

/** Executes an operation on a register with this value; returns the next value and the result. */
const perform = (value: Value, operation: Access): readonly [Value, Value] =>
  operation._tag === "Read" ? [value, value] : [operation.value, null]

/** The results of the requests, by number, and the number of operations that served them. */
const combined = (arrived: ReadonlyArray<ReadonlyArray<Access>>) => {
  const results = new Map<number, Value>()
  let queue: Queue<Numbered> = empty
  let value: Value = null
  let operations = 0
  let number = 0
  const serve = (): void => {
    const next = begin(correct, queue)
    if (next === undefined) return
    operations += 1
    const [after, result] = perform(value, next.operation)
    value = after
    const ended = end(next.queue, result)
    for (const { request, result: own } of ended.answers) results.set(request.number, own)
    queue = ended.queue
  }
  for (const some of arrived) {
    queue = arrive(
      correct,
      queue,
      some.map((operation) => ({ operation, number: number++ }))
    )
    serve()
  }
  while (queue.waiting.length > 0) serve()
  return { results: [...results.values()], operations, value }
}

describe("combining", () => {
  it("gives each request the result of its turn, in order", () => {
    fc.assert(
      fc.property(arrivals, (arrived) => {
        let value: Value = null
        const expected = arrived.flat().map((operation) => {
          const [after, result] = perform(value, operation)
          value = after
          return result
        })
        expect(combined(arrived)).toMatchObject({ results: expected, value })
      }),
      { numRuns: draws(300) }
    )
  })

  it("needs one operation for all that a write is first of, and one for reads before it", () => {
    expect(combined([[write(1), read, write(2), read]])).toEqual({
      results: [null, 1, null, 2],
      operations: 1,
      value: 2
    })
    expect(combined([[read, read, write(1), read]]).operations).toBe(2)
  })

  it("begins nothing while an operation is in execution", () => {
    const first = begin(correct, arrive(correct, empty, [{ operation: read }]))
    const queue = arrive(correct, first?.queue ?? empty, [{ operation: write(1) }])
    expect(queue).toEqual({ served: [{ operation: read }], waiting: [{ operation: write(1) }] })
    expect(begin(correct, queue)).toBeUndefined()
  })
})
