import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { client, server } from "../../../spec/nodes/nodes.ts"
import { atomicity } from "../../../spec/register/atomicity.ts"
import type { Value } from "../../../spec/register/operation.ts"
import { atomic } from "../../../spec/register/properties.ts"
import { draws } from "../../draws.ts"
import { type Interval, intervalsOf, isLinearizable } from "./brute-force.ts"
import { crash, type History, histories, invoke, read, respond, whole, write } from "./histories.ts"

/** After each event of the history in turn: whether the automaton sees a violation. */
const verdicts = (history: History): ReadonlyArray<boolean> => {
  let state = atomicity.initial
  return history.map((event) => {
    state = atomicity.observe(state, event)
    return atomicity.violation(state) !== undefined
  })
}

const canFailAt = (event: History[number]): boolean =>
  event._tag === "Observed" && atomic.canFailAt?.(event.observation) === true

const isPending = ({ responded }: Interval): boolean => responded === Number.POSITIVE_INFINITY

/** The value that an operation writes, in an array, or an empty one for a read. */
const written = ({ operation }: Interval): ReadonlyArray<Value> =>
  operation._tag === "Write" ? [operation.value] : []

/**
 * A read that began after its crash returns what only a crashed client's pending write has written.
 */
const readsLateWrite = (history: History, intervals: ReadonlyArray<Interval>): boolean =>
  history.some(({ _tag, node }, crashed) => {
    if (_tag !== "Fault") return false
    const left = intervals
      .filter((interval) => interval.node === node && isPending(interval))
      .flatMap(written)
    const others = intervals.filter((interval) => interval.node !== node || !isPending(interval))
    return left.some(
      (value) =>
        !others.flatMap(written).includes(value) &&
        others.some(
          ({ operation, invoked, result }) =>
            operation._tag === "Read" && invoked > crashed && result !== null && result === value
        )
    )
  })

describe("atomicity, compared with every order of the operations", () => {
  it("agrees with brute force on random small histories and all their prefixes; a violation is permanent", () => {
    const runs = draws(40_000)
    const seen = { linearizable: 0, violated: 0, repeated: 0, pending: 0, late: 0, fourClients: 0 }
    fc.assert(
      fc.property(histories, (history) => {
        const found = verdicts(history)
        const intervals = intervalsOf(history)
        const values = intervals.flatMap(written)
        seen[found.at(-1) === true ? "violated" : "linearizable"] += 1
        if (new Set(values).size < values.length) seen.repeated += 1
        if (intervals.some(isPending)) seen.pending += 1
        if (found.at(-1) === false && readsLateWrite(history, intervals)) seen.late += 1
        if (new Set(history.map(({ node }) => node)).size === 4) seen.fourClients += 1
        // Without the help of brute force: no verdict is ever taken back, and each falls where it
        // is said to.
        return (
          found.every(
            (violation, index) => violation === !isLinearizable(history.slice(0, index + 1))
          ) &&
          found.every((violation, index) => violation || !found.slice(0, index).includes(true)) &&
          history.every((event, index) => found.indexOf(true) !== index || canFailAt(event))
        )
      }),
      { numRuns: runs }
    )
    for (const often of [seen.linearizable, seen.violated, seen.repeated, seen.pending]) {
      expect(often).toBeGreaterThan(runs / 10)
    }
    for (const sometimes of [seen.late, seen.fourClients])
      expect(sometimes).toBeGreaterThan(runs / 1000)
  }, 180_000)
})

/**
 * A history by hand, on which brute force must agree too, so that the oracle is tested by the same
 * cases.
 */
const verdict = (...parts: ReadonlyArray<History | History[number]>): "atomic" | "violated" => {
  const history = parts.flat()
  const found = verdicts(history).at(-1) === true
  expect(isLinearizable(history)).toBe(!found)
  return found ? "violated" : "atomic"
}

describe("atomicity of a history", () => {
  it("lets a read before any write return the initial value only", () => {
    expect(verdict(whole("c1", read, null))).toBe("atomic")
    expect(verdict(whole("c1", read, 1))).toBe("violated")
  })

  it("requires a read after a write to return the new value, not the one before it", () => {
    expect(verdict(whole("c1", write(1)), whole("c2", read, 1))).toBe("atomic")
    expect(verdict(whole("c1", write(1)), whole("c2", read, null))).toBe("violated")
    expect(verdict(whole("c1", write(1)), whole("c1", write(2)), whole("c2", read, 1))).toBe(
      "violated"
    )
  })

  it("lets a read return a concurrent write's value or the one before it", () => {
    for (const result of [1, 2]) {
      const concurrent = [
        ...[invoke("c1", write(2)), ...whole("c2", read, result), respond("c1", write(2))],
        ...whole("c2", read, 2)
      ]
      expect(verdict(whole("c1", write(1)), concurrent)).toBe("atomic")
    }
    expect(verdict(invoke("c1", write(2)), whole("c2", read, 3))).toBe("violated")
  })

  it("rejects the new-old inversion: no later read may return an older value", () => {
    const writing = [...whole("c1", write(1)), invoke("c1", write(2))]
    expect(verdict(writing, whole("c2", read, 2), whole("c3", read, 1))).toBe("violated")
    expect(verdict(writing, whole("c2", read, 1), whole("c3", read, 2))).toBe("atomic")
  })

  it("lets two overlapping reads see a concurrent write in either order", () => {
    const overlapping = [invoke("c2", read), invoke("c3", read), respond("c2", read, 2)]
    expect(
      verdict(whole("c1", write(1)), invoke("c1", write(2)), overlapping, respond("c3", read, 1))
    ).toBe("atomic")
  })

  it("lets two concurrent writes take effect in one order, the same for every reader", () => {
    const both = [
      invoke("c1", write(1)),
      invoke("c2", write(2)),
      respond("c1", write(1)),
      respond("c2", write(2))
    ]
    expect(verdict(both, whole("c3", read, 1), whole("c4", read, 1))).toBe("atomic")
    expect(verdict(both, whole("c3", read, 2), whole("c4", read, 2))).toBe("atomic")
    expect(verdict(both, whole("c3", read, 1), whole("c4", read, 2))).toBe("violated")
  })

  it("lets a pending write take effect late, once, and permanently", () => {
    const pending = [invoke("c1", write(1)), ...whole("c2", read, null), ...whole("c2", write(2))]
    expect(verdict(pending, whole("c2", read, 2), whole("c2", read, 1))).toBe("atomic")
    expect(verdict(pending, whole("c2", read, 1), whole("c2", read, 2))).toBe("violated")
    expect(
      verdict(pending, whole("c2", read, 1), whole("c2", write(3)), whole("c2", read, 1))
    ).toBe("violated")
  })

  it("lets a write of a crashed client take effect at any later time, or never, but not twice", () => {
    const crashed = [invoke("c1", write(1)), crash("c1"), ...whole("c2", write(2))]
    expect(verdict(crashed, whole("c2", read, 2), whole("c3", read, 1), whole("c3", read, 1))).toBe(
      "atomic"
    )
    expect(verdict(crashed, whole("c2", read, 2), whole("c3", read, 2))).toBe("atomic")
    expect(verdict(crashed, whole("c2", read, 1), whole("c3", read, 2))).toBe("violated")
  })

  it("forgets only the read of a crashed client", () => {
    const crashed = [invoke("c1", write(1)), invoke("c2", read), crash("c2")]
    expect(
      verdict(crashed, whole("c3", read, 1), respond("c1", write(1)), whole("c3", read, 1))
    ).toBe("atomic")
    expect(verdict(crashed, respond("c1", write(1)), whole("c3", read, null))).toBe("violated")
  })

  it('treats a value written twice as the same value, and 1 and "1" as two', () => {
    const again = [...whole("c1", write(1)), ...whole("c1", write(2)), ...whole("c1", write(1))]
    expect(verdict(again, whole("c2", read, 1))).toBe("atomic")
    expect(verdict(whole("c1", write(1)), whole("c2", read, "1"))).toBe("violated")
  })

  it("names the response that no order explains, and keeps naming it", () => {
    const stale = [...whole("c1", write(1)), ...whole("c2", read, null)]
    const later = [...whole("c3", read, null), ...whole("c4", write(2))]
    const reason = (history: History) =>
      atomicity.violation(history.reduce(atomicity.observe, atomicity.initial))
    expect(reason(stale)).toContain("c2's read returned ⊥")
    expect(reason([...stale, ...later])).toBe(reason(stale))
  })

  it("ignores reconfigurations and notes (3.1)", () => {
    const change = { _tag: "Reconfigure", add: [], remove: [server("s1")] } as const
    const started = [...whole("c1", write(1)), invoke("c2", read)].reduce(
      atomicity.observe,
      atomicity.initial
    )
    for (const observation of [
      { _tag: "Invocation", operation: change },
      { _tag: "Response", operation: change, result: null },
      { _tag: "Note", name: "retired", detail: 1 }
    ] as const) {
      expect(
        atomicity.observe(started, { _tag: "Observed", node: client("c3"), observation })
      ).toEqual(started)
    }
  })
})
