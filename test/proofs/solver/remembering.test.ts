/**
 * Each question is asked once, and only obtained answers are given.
 */
import { expect, it } from "vitest"
import { remembering } from "../../../proofs/solver/remembering.ts"
import type { Answer, Solver, Verdict } from "../../../proofs/solver/solver.ts"

const answering = (verdicts: Readonly<Record<string, Verdict>>) => {
  const asked: Array<string> = []
  const solver: Solver = {
    name: "scripted",
    check: (script, values): Promise<Answer> => {
      asked.push(values !== undefined ? `${script} with a model` : script)
      const verdict = verdicts[script]
      return verdict === undefined
        ? Promise.reject(new Error("no answer"))
        : Promise.resolve({ verdict, values: new Map() })
    },
    close: () => undefined
  }
  return { asked, solver }
}

const pairOf = (solver: Solver): readonly [Solver, Solver] =>
  remembering([solver, solver]) as readonly [Solver, Solver]

it("a question is asked once, by either solver, and has its own answer", async () => {
  const { asked, solver } = answering({ one: "unsat", other: "sat" })
  const [first, second] = pairOf(solver)
  const verdicts = [first.check("one"), second.check("one"), second.check("other")]
  expect((await Promise.all(verdicts)).map(({ verdict }) => verdict)).toEqual([
    "unsat",
    "unsat",
    "sat"
  ])
  expect((await second.check("one")).verdict).toBe("unsat")
  expect(asked).toEqual(["one", "other"])
})

it("a model is asked for each time, and so is what is not known", async () => {
  const { asked, solver } = answering({ one: "sat", hard: "unknown" })
  const [first, second] = pairOf(solver)
  await first.check("one")
  await second.check("one", new Map([["p", "(p)"]]))
  await first.check("hard")
  await second.check("hard")
  await expect(first.check("nonsense")).rejects.toThrow("no answer")
  await expect(second.check("nonsense")).rejects.toThrow("no answer")
  expect(asked).toEqual(["one", "one with a model", "hard", "hard", "nonsense", "nonsense"])
})
