import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { intervalsOf, timeLine } from "../../../checker/report/history.ts"
import type { Observation } from "../../../spec/kernel/observation.ts"
import { client } from "../../../spec/nodes/nodes.ts"
import { atomicity } from "../../../spec/register/atomicity.ts"
import { explainAtomicity } from "../../../spec/register/explanation.ts"
import type { Access, Value } from "../../../spec/register/operation.ts"
import type { Reconfigure } from "../../../spec/storage/reconfiguration.ts"
import { ofHistory } from "./runs.ts"

interface Seen {
  readonly client: ReturnType<typeof client>
  readonly observation: Observation<Access | Reconfigure, Value>
}

const read: Access = { _tag: "Read" }
const write = (value: Value): Access => ({ _tag: "Write", value })
const begin = (name: string, operation: Access | Reconfigure): Seen => ({
  client: client(name),
  observation: { _tag: "Invocation", operation }
})
const end = (name: string, operation: Access | Reconfigure, result: Value = null): Seen => ({
  client: client(name),
  observation: { _tag: "Response", operation, result }
})
const whole = (
  name: string,
  operation: Access | Reconfigure,
  result: Value = null
): ReadonlyArray<Seen> => [begin(name, operation), end(name, operation, result)]

const explain = (...history: ReadonlyArray<Seen>) =>
  explainAtomicity(intervalsOf(ofHistory(history)))

describe("why a history is not atomic", () => {
  it("a read misses a write that had returned", () => {
    expect(explain(...whole("c1", write(1)), ...whole("c2", read, null))).toBe(
      "c2's read began at step 3 and returned ⊥, the value before any write. " +
        "But c1's write 1 had already returned at step 2."
    )
  })

  it("is not that a client crashed while it wrote: its write has no end that a read could miss", () => {
    const [written, missing] = [begin("c1", write(1)), whole("c2", read, null)]
    const [crashed, ...others] = intervalsOf(ofHistory([written, ...missing]))
    if (crashed === undefined) throw new Error("there is a write")
    const moved = others.map((one) => ({ ...one, begin: 5, end: 6 }))
    expect(explainAtomicity([{ ...crashed, end: 3, ending: "fault" }, ...moved])).toBeUndefined()
    expect(explainAtomicity([{ ...crashed, end: 3, ending: "response" }, ...moved])).toMatch(
      "had already returned at step 3"
    )
  })

  it("a read misses a write that another read has seen", () => {
    expect(
      explain(begin("c1", write(1)), ...whole("c2", read, 1), ...whole("c2", read, null))
    ).toBe(
      "c2's second read began at step 4 and returned ⊥, the value before any write. " +
        "But c2's first read had already returned 1 at step 3. " +
        "Once a read has returned a value, no later read may return an older one."
    )
  })

  it("a read returns a value that was overwritten", () => {
    expect(
      explain(...whole("c1", write(1)), ...whole("c2", write(2)), ...whole("c3", read, 1))
    ).toBe(
      "c3's read began at step 5 and returned 1. But c2's write 2 had already returned at step 4, " +
        "and 2 is newer than 1: that write began at step 3, after c1's write 1 had returned at step 2."
    )
  })

  it("of several operations that show the same, the first is named: its write, not a read of it", () => {
    expect(
      explain(
        ...whole("c1", write(1)),
        ...whole("c2", write(2)),
        ...whole("c4", read, 2),
        ...whole("c3", read, 1)
      )
    ).toBe(
      "c3's read began at step 7 and returned 1. But c2's write 2 had already returned at step 4, " +
        "and 2 is newer than 1: that write began at step 3, after c1's write 1 had returned at step 2."
    )
  })

  it("the newer value is known by one operation and its age by another", () => {
    const history = [
      begin("c1", write(1)),
      begin("c2", read),
      ...whole("c3", read, 1),
      begin("c3", write(2)),
      end("c2", read, 2),
      ...whole("c4", read, 1)
    ]
    expect(explain(...history)).toBe(
      "c4's read began at step 7 and returned 1. But c2's read had already returned 2 at step 6, " +
        "and 2 is newer than 1: c3's write 2 began at step 5, after c3's read had returned 1 at step 4. " +
        "Once a read has returned a value, no later read may return an older one."
    )
  })

  it("a read returns a value that no client wrote", () => {
    expect(explain(...whole("c1", write(1)), ...whole("c2", read, 7))).toBe(
      "c2's read returned 7, a value that no client had written."
    )
  })

  it("does not guess where a value was written twice", () => {
    const twice = [...whole("c1", write(1)), ...whole("c2", write(2)), begin("c3", write(1))]
    expect(explain(...twice, ...whole("c2", read, 1))).toBeUndefined()
  })

  it("explains exactly the histories that are not atomic, where every value is written once", () => {
    const move = fc.record({ of: fc.nat(2), writes: fc.boolean(), returns: fc.nat(4) })
    const judged = { atomic: 0, violated: 0 }
    fc.assert(
      fc.property(fc.array(move, { maxLength: 14, size: "max" }), (moves) => {
        const { history, violated } = untilViolation(moves)
        judged[violated ? "violated" : "atomic"]++
        expect(explain(...history) !== undefined).toBe(violated)
      }),
      { numRuns: 3000, seed: 1 }
    )
    expect(judged.atomic).toBeGreaterThan(300)
    expect(judged.violated).toBeGreaterThan(300)
  })
})

/** A random history up to its first violation, or else up to its last response. */
const untilViolation = (
  moves: ReadonlyArray<{ readonly of: number; readonly writes: boolean; readonly returns: number }>
) => {
  const history: Array<Seen> = []
  const pending = new Map<string, Access>()
  let state = atomicity.initial
  let written = 0
  for (const { of, writes, returns } of moves) {
    const name = `c${of + 1}`
    const operation = pending.get(name)
    const next = operation ?? (writes ? write(++written) : read)
    const seen =
      operation === undefined
        ? begin(name, next)
        : end(name, next, next._tag === "Read" && returns > 0 ? returns : null)
    operation === undefined ? pending.set(name, next) : pending.delete(name)
    history.push(seen)
    state = atomicity.observe(state, {
      _tag: "Observed",
      node: seen.client,
      observation: seen.observation
    })
    if (atomicity.violation(state) !== undefined) return { history, violated: true }
  }
  const last = history.findLastIndex(({ observation }) => observation._tag === "Response")
  return { history: history.slice(0, last + 1), violated: false }
}

describe("the time line", () => {
  const history = [
    begin("c1", write(1)),
    ...whole("c2", read, 1),
    begin("c2", { _tag: "Reconfigure", add: [], remove: [] }),
    end("c1", write(1)),
    ...whole("c1", read, 1)
  ]

  it("draws an operation from its beginning to its end, and a pending one to the edge", () => {
    expect(timeLine(ofHistory(history), intervalsOf(ofHistory(history)), 80)).toEqual([
      "c1    |- write 1 -------| |- read: 1 -|",
      "c2      |- read: 1 -| |- reconfigure --- ...",
      "step  1 2           3 4 5 6           7"
    ])
  })

  it("is a list where it would be too wide", () => {
    expect(timeLine(ofHistory(history), intervalsOf(ofHistory(history)), 40)).toEqual([
      "c1's write 1: from step 1 to step 5, returned ok",
      "c2's read: from step 2 to step 3, returned 1",
      "c2's reconfigure: from step 4 on, had not returned",
      "c1's read: from step 6 to step 7, returned 1"
    ])
  })
})
