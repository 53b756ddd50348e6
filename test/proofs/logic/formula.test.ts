/**
 * The language of the models: what the compiler refuses, and which quantifiers alternate.
 */
import { describe, expect, it } from "vitest"
import { alternationOf, cycleIn } from "../../../proofs/logic/alternation.ts"
import { and, eq, exists, forall, implies, not, sort } from "../../../proofs/logic/formula.ts"
import { transition, weakestPrecondition } from "../../../proofs/logic/model.ts"
import { partial, relation, totalFunction } from "../../../proofs/logic/symbols.ts"
import { scriptOf } from "../../../proofs/solver/smtlib.ts"

const node = sort("node")
const time = sort("time")
const has = relation("has", node, time)
const last = partial("last", [node], [time])
const clock = totalFunction("clock", [node], time)

describe("the language", () => {
  it("refuses wrong sorts when it is compiled", () => {
    forall({ n: node, t: time }, ({ n, t }) => {
      // @ts-expect-error a time where a node is asked for
      has(t, t)
      // @ts-expect-error one place too few
      has(n)
      // @ts-expect-error a node is no time
      eq(n, t)
      // @ts-expect-error a function has a result of its own sort
      eq(clock(n), n)
      // @ts-expect-error a partial function has arguments and results of its own sorts
      last.put([t], [n])
      // @ts-expect-error a node where a time is added
      has.add(n, n)
      return and(has(n, t), last(n, t), eq(clock(n), t))
    })
    // @ts-expect-error a parameter has the sort that it was declared with
    transition({ n: node }, ({ n }) => ({ when: [has(n, n)], does: [] }))
  })

  it("finds the edges of quantifiers and of functions, and their cycles", () => {
    const everyNodeHas = forall({ n: node }, ({ n }) => exists({ t: time }, ({ t }) => has(n, t)))
    const everyTimeIsHad = forall({ t: time }, ({ t }) => exists({ n: node }, ({ n }) => has(n, t)))
    expect([...alternationOf([everyNodeHas])]).toEqual([["node", new Set(["time"])]])
    expect(cycleIn(alternationOf([everyNodeHas]))).toBeUndefined()
    expect(cycleIn(alternationOf([everyNodeHas, everyTimeIsHad]))).toEqual(["node", "time", "node"])
    // Denied, "for all … exists" is "some … for all", which claims nothing.
    expect(cycleIn(alternationOf([everyNodeHas, not(everyTimeIsHad)]))).toBeUndefined()
    const clockIsHad = forall({ n: node }, ({ n }) => has(n, clock(n)))
    expect(cycleIn(alternationOf([clockIsHad, everyTimeIsHad]))).toEqual(["node", "time", "node"])
  })

  it("prints every variable under a name of its own", () => {
    const twice = forall({ x: node, t: time }, ({ x, t }) =>
      implies(
        has(x, t),
        exists({ x: node }, ({ x: y }) => and(has(y, t), not(eq(x, y))))
      )
    )
    expect(scriptOf([twice], []).print(twice)).toBe(
      "(forall ((x node) (t time)) (or (not (has x t)) (exists ((x_2 node)) (and (has x_2 t) (not (= x x_2))))))"
    )
  })

  it("says before a transition what is to hold after it", () => {
    const set = transition({ n: node, t: time }, ({ n, t }) => ({
      when: [],
      does: [last.put([n], [t])]
    }))
    const some = forall({ m: node, u: time }, ({ m, u }) => last(m, u))
    expect(scriptOf([some], []).print(weakestPrecondition(set, some))).toBe(
      "(forall ((m node) (u time)) (or (and (last m u) (not (= m n))) (and (= m n) (= u t))))"
    )
  })
})
