/**
 * The models: what is proved of them, and where their mutants fail. (`quorate prove` proves all of
 * them, which takes longer.)
 */
import { readFileSync } from "node:fs"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { counterexample } from "../../proofs/induction/counterexample.ts"
import { obligationsOf } from "../../proofs/induction/obligations.ts"
import { outcomeOf } from "../../proofs/induction/outcome.ts"
import { prove, show } from "../../proofs/induction/prove.ts"
import { isConfirmed, nameOf, RecordedOfMutants } from "../../proofs/induction/recorded.ts"
import { told } from "../../proofs/induction/told.ts"
import { alternationOfModel, cycleIn } from "../../proofs/logic/alternation.ts"
import { protocols } from "../../proofs/protocols.ts"
import { wasmSolver } from "../../proofs/solver/wasm.ts"

const solver = wasmSolver()
const all = protocols.flatMap(({ name, variants, reasons }) =>
  variants.map((variant) => ({
    ...variant,
    reasons,
    protocol: name,
    name: `${name}/${variant.name}`
  }))
)
const [majority] = protocols

/**
 * The counterexamples to induction that a solver once found; where there is none, it has to find
 * one again.
 */
const recordedOf = (protocol: string): RecordedOfMutants =>
  Schema.decodeUnknownSync(RecordedOfMutants)(
    JSON.parse(readFileSync(new URL(`counterexamples/${protocol}.json`, import.meta.url), "utf8"))
  )

describe("models", () => {
  it("have no cycle of quantifiers", () => {
    expect(
      all.flatMap(({ name, model }) =>
        cycleIn(alternationOfModel(model)) === undefined ? [] : [name]
      )
    ).toEqual([])
  })

  it("pin what there is", () => {
    for (const { name, model, breaks } of all) {
      const kept = obligationsOf(model).flatMap(({ kind, transition, sentence }) =>
        kind === "kept" ? [`${transition}: ${sentence}`] : []
      )
      for (const { transition, sentence } of breaks) {
        expect(kept, name).toContain(`${transition}: ${sentence}`)
      }
    }
    expect(all.filter(({ breaks }) => breaks.length > 0).length).toBeGreaterThan(20)
  })

  it("rest on what there is", () => {
    for (const { name, reasons } of protocols) {
      // Some protocols share their reasons.
      const models = protocols
        .filter((one) => one.reasons === reasons)
        .flatMap(({ variants }) => variants)
        .filter(({ breaks }) => breaks.length === 0)
        .map(({ model }) => model)
      const known = new Set(
        models.flatMap(({ axioms, invariant, keptAlone, safety }) =>
          Object.keys({ ...axioms, ...invariant, ...keptAlone, ...safety })
        )
      )
      const named = Object.entries(reasons).flatMap(([sentence, occasions]) => [
        sentence,
        ...Object.values(occasions).flat()
      ])
      expect(
        named.filter((one) => !known.has(one)),
        name
      ).toEqual([])
      expect(named.length, name).toBeGreaterThan(20)
    }
  })

  it("are not proved by too few reasons: then all sentences are assumed", async () => {
    const [variant] = majority?.variants ?? []
    const obligation = obligationsOf(variant?.model as never).find(
      ({ transition, sentence }) =>
        transition === "receiveGetReply" &&
        sentence === "a client that counts the answer finds no less"
    )
    if (obligation === undefined) throw new Error("not there")
    const asked: Array<string> = []
    const counting = {
      ...solver,
      check: (script: string) => {
        asked.push(script)
        return solver.check(script)
      }
    }
    const tooFew = { [obligation.sentence ?? ""]: { receiveGetReply: [] } }
    const { verdict } = await show(counting, obligation, tooFew)
    expect([verdict, asked.length]).toEqual(["shown", 3])
    expect((asked[0] ?? "").length).toBeLessThan((asked[2] ?? "").length / 2)
    expect((await show(counting, obligation, majority?.reasons)).verdict).toBe("shown")
    expect(asked.length).toBe(4)
  })

  it("of majority replication are proved, atomicity included", async () => {
    const [variant] = majority?.variants ?? []
    if (variant === undefined) throw new Error("no model")
    const { shown } = await prove(variant.model, [solver, wasmSolver()], {
      reasons: majority?.reasons ?? {}
    })
    expect(outcomeOf(variant, shown)).toEqual({
      verdict: "proved",
      asExpected: true,
      failures: [],
      absent: []
    })
    const kinds = new Set(shown.map(({ obligation }) => obligation.kind))
    expect(kinds).toEqual(new Set(["initially", "kept", "safety", "possible"]))
  })

  it.each(all.filter(({ breaks }) => breaks.length > 0))(
    "$name fails where it is pinned",
    async ({ name, protocol, model, breaks, reasons }) => {
      const obligations = obligationsOf(model)
      const recorded = recordedOf(protocol)[name.slice(protocol.length + 1)] ?? {}
      for (const { transition, sentence } of breaks) {
        const obligation = obligations.find(
          (one) => one.kind === "kept" && one.transition === transition && one.sentence === sentence
        )
        if (obligation === undefined) throw new Error("not there")
        const counterexample = recorded[nameOf(obligation)]
        if (counterexample !== undefined)
          expect(isConfirmed(obligation, counterexample), sentence).toBe(true)
        else {
          const { verdict } = await show(solver, obligation, reasons, "refuted")
          expect(verdict, sentence).toBe("refuted")
        }
      }
    }
  )

  it("show a counterexample to induction, which the evaluator confirms", async () => {
    const mutant = all.find(({ name }) => name === "consensus/highest-vote-ignored")
    const [pinned] = mutant?.breaks ?? []
    const obligation = obligationsOf(mutant?.model ?? (majority?.variants[0].model as never)).find(
      (one) => one.transition === pinned?.transition && one.sentence === pinned?.sentence
    )
    if (mutant === undefined || obligation === undefined) throw new Error("not there")
    const found = await counterexample(solver, mutant.model, obligation)
    expect(found?.before.sizes.get("server")).toBe(1)
    expect(found?.before.sizes.get("ballot")).toBe(2)
    const text = found === undefined ? "" : told(found)
    expect(text).toContain("may not hold afterwards, when startAccept is taken with")
    expect(text).toMatch(/\+ accept\(instance 1, ballot \d, decree \d\)/)
    expect(text).toContain("atMostBallot: ballot")
  })

  it("are not proved where a solver may not do enough, on however quick a machine", async () => {
    const [obligation] = obligationsOf(majority?.variants[0].model as never).filter(
      ({ kind, transition }) => kind === "kept" && transition === "startSetOfWrite"
    )
    if (obligation === undefined) throw new Error("not there")
    expect((await show(wasmSolver(100), obligation)).verdict).toBe("unknown")
    expect((await show(solver, obligation)).verdict).toBe("shown")
  })

  it("are not proved where a solver does not know", async () => {
    const [variant] = majority?.variants ?? []
    if (variant === undefined) throw new Error("no model")
    const ignorant = {
      name: "ignorant",
      check: () => Promise.resolve({ verdict: "unknown" as const, values: new Map() }),
      close: () => undefined
    }
    const { shown } = await prove(variant.model, [ignorant])
    const outcome = outcomeOf(variant, shown)
    expect([outcome.verdict, outcome.asExpected, outcome.failures.length]).toEqual([
      "unknown",
      false,
      shown.length
    ])
  })
})
