/**
 * Shared parts of many obligations are shown once: a run of the model shows what is possible, and
 * one question shows what holds at the beginning. Neither must show anything false.
 */
import { afterAll, describe, expect, it } from "vitest"
import { obligationsOf } from "../../proofs/induction/obligations.ts"
import { prove, shownTogether } from "../../proofs/induction/prove.ts"
import { witnessed } from "../../proofs/induction/witness.ts"
import { and, eq, exists, forall, implies, not, sort } from "../../proofs/logic/formula.ts"
import { type Model, transition } from "../../proofs/logic/model.ts"
import { constant, relation } from "../../proofs/logic/symbols.ts"
import { protocols } from "../../proofs/protocols.ts"
import type { Solver } from "../../proofs/solver/solver.ts"
import { wasmSolver } from "../../proofs/solver/wasm.ts"

const solver = wasmSolver()
afterAll(() => solver.close())

const node = sort("node")
const first = constant("first", node)
const token = relation("token", node)
const atMostOne = forall({ a: node, b: node }, ({ a, b }) =>
  implies(and(token(a), token(b)), eq(a, b))
)

/**
 * A token goes round; two more transitions can never be taken, and one sentence is wrong at first.
 */
const passing: Model = {
  name: "passing",
  about: "A token, which is passed on.",
  axioms: {},
  initially: [token.beginsAs((n) => eq(n, first))],
  transitions: {
    pass: transition({ n: node, to: node }, ({ n, to }) => ({
      when: [token(n), not(eq(n, to))],
      does: [token.remove(n), token.add(to)]
    })),
    passTwo: transition({ n: node, m: node }, ({ n, m }) => ({
      when: [token(n), token(m), not(eq(n, m))],
      does: [token.remove(n)]
    })),
    lose: transition({ n: node }, ({ n }) => ({
      when: [token(n), not(token(n))],
      does: [token.remove(n)]
    }))
  },
  invariant: { "one node has the token": atMostOne },
  safety: {}
}
const wrongAtFirst: Model = {
  ...passing,
  invariant: {
    ...passing.invariant,
    "another node has the token": exists({ n: node }, ({ n }) => and(token(n), not(eq(n, first))))
  }
}

const counting = () => {
  const asked: Array<string> = []
  const check: Solver["check"] = (script, values) => {
    asked.push(script)
    return solver.check(script, values)
  }
  return { asked, solver: { ...solver, check } }
}

describe("what is shown together", () => {
  it("is something that a run of the model reaches, and not what it never does", async () => {
    const obligations = obligationsOf(passing)
    const names = [...(await witnessed(solver, passing, obligations))].map(
      ({ transition }) => transition
    )
    expect(names).toEqual([undefined, "pass"])
  })

  it("leaves what is impossible to the solver, which refutes it", async () => {
    const { shown } = await prove(passing, [solver])
    const failing = shown.flatMap(({ obligation: { kind, transition }, verdict }) =>
      verdict === "shown" ? [] : [`${verdict}: ${kind} ${transition}`]
    )
    expect(failing).toEqual(["refuted: possible passTwo", "refuted: possible lose"])
  })

  it("is nothing at the beginning where one sentence does not hold there", async () => {
    const obligations = obligationsOf(wrongAtFirst)
    const kinds = [...(await shownTogether(solver, wrongAtFirst, obligations))].map(
      ({ kind }) => kind
    )
    expect(kinds).not.toContain("initially")
    const { shown } = await prove(wrongAtFirst, [solver])
    const initially = shown.filter(({ obligation }) => obligation.kind === "initially")
    expect(initially.map(({ verdict }) => verdict)).toEqual(["shown", "refuted"])
  })

  it("spares most questions: of RAMBO, all that ask whether a transition is possible", async () => {
    const rambo = protocols.find(({ name }) => name === "rambo")
    if (rambo === undefined) throw new Error("no model")
    const [{ model }] = rambo.variants
    const obligations = obligationsOf(model)
    const { asked, solver: counted } = counting()
    const shown = await shownTogether(counted, model, obligations)
    expect(shown.size).toBe(
      obligations.filter(({ kind }) => kind === "possible" || kind === "initially").length
    )
    expect(asked.length).toBeLessThan(shown.size / 4)
  })
})
