/**
 * The model of DynaStore: the fragment that it is in, and that each rule carries weight. (`quorate prove dynastore` shows all
 * of it, which takes about a minute of a processor.)
 */
import { describe, expect, it } from "vitest"
import { dynastore } from "../../../proofs/dynastore/model.ts"
import { protocol } from "../../../proofs/dynastore/variants.ts"
import { obligationsOf } from "../../../proofs/induction/obligations.ts"
import { show } from "../../../proofs/induction/prove.ts"
import type { Break } from "../../../proofs/induction/variant.ts"
import { alternationOfModel, cycleIn } from "../../../proofs/logic/alternation.ts"
import type { Model } from "../../../proofs/logic/model.ts"
import { wasmSolver } from "../../../proofs/solver/wasm.ts"

const minutes = 60_000
const solver = wasmSolver()
const [, ...mutants] = protocol.variants

const verdictOf = async (model: Model, { transition, sentence }: Break) => {
  const obligation = obligationsOf(model).find(
    (one) => one.kind === "kept" && one.transition === transition && one.sentence === sentence
  )
  return obligation && (await show(solver, obligation)).verdict
}

describe("the model of DynaStore", () => {
  it("is in the decidable fragment, under every rule", () => {
    for (const { model } of protocol.variants) expect(cycleIn(alternationOfModel(model))).toBeUndefined()
  })

  it("is safe by its invariant, which holds at the beginning", { timeout: 4 * minutes }, async () => {
    const asked = obligationsOf(dynastore).filter(({ kind }) => kind === "safety" || kind === "initially")
    const verdicts = new Set<string>()
    for (const one of asked) verdicts.add((await show(solver, one)).verdict)
    expect([...verdicts]).toEqual(["shown"])
    expect(asked.length).toBeGreaterThan(70)
  })

  it.each(mutants)("loses a sentence with $name", { timeout: 2 * minutes }, async ({ model, breaks }) => {
    // The last one, since of those of quorum-one-short only that is refuted at once.
    const first = breaks.at(-1)
    if (first === undefined) throw new Error("no break is pinned")
    expect(await verdictOf(model, first)).toBe("refuted")
    // The correct model keeps the same sentence, if it has the transition and that touches it at all.
    expect(["shown", undefined]).toContain(await verdictOf(dynastore, first))
  })
})
