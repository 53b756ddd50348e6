/**
 * The weak snapshot is proved, and every mutant of its model fails where it is pinned to fail, and nowhere else.
 */
import { describe, expect, it } from "vitest"
import { obligationsOf } from "../../../proofs/induction/obligations.ts"
import { outcomeOf } from "../../../proofs/induction/outcome.ts"
import { isProved, prove, questionOf } from "../../../proofs/induction/prove.ts"
import { alternationOfModel, cycleIn } from "../../../proofs/logic/alternation.ts"
import { wasmSolver } from "../../../proofs/solver/wasm.ts"
import { weakSnapshot } from "../../../proofs/weak-snapshot/model.ts"
import { protocol } from "../../../proofs/weak-snapshot/variants.ts"

const minutes = 60_000
const solvers = [wasmSolver()]
const [, ...mutants] = protocol.variants
/** What is asked of the correct model; of a mutant only what differs need be asked. */
const answered = new Set(obligationsOf(weakSnapshot).map(questionOf))

describe("the model of the weak snapshot", () => {
  it("is in the decidable fragment, under every rule", () => {
    for (const { model } of protocol.variants) expect(cycleIn(alternationOfModel(model))).toBeUndefined()
  })

  it("is proved", { timeout: 4 * minutes }, async () => {
    const proof = await prove(weakSnapshot, solvers)
    expect(proof.shown.filter(({ verdict }) => verdict !== "shown")).toEqual([])
    expect(isProved(proof)).toBe(true)
    expect(proof.shown.length).toBeGreaterThan(150)
  })

  it.each(mutants)("fails where it is pinned to fail: $name", { timeout: 2 * minutes }, async (variant) => {
    const different = obligationsOf(variant.model).filter((one) => !answered.has(questionOf(one)))
    const { shown } = await prove(variant.model, solvers, different)
    const { asExpected, failures, absent } = outcomeOf(variant, shown)
    expect([absent, failures.length]).toEqual([[], variant.breaks.length])
    expect(asExpected).toBe(true)
  })
})
