/**
 * What is found in the scenarios of the forgetting protocol, with all reductions that keep the verdicts of what they ask for.
 *
 * Those in `large/` take minutes, and are left to the command.
 */
import { describe, expect, it } from "vitest"
import { shippedNames } from "../../checker/command/shipped.ts"
import { allReductions } from "../../checker/network/reductions.ts"
import { forgetting } from "../../spec/forgetting/protocol.ts"
import { checked, stepsToViolation } from "./network/searching.ts"
import { isOfVariant, shipped } from "./shipped.ts"

type Golden = readonly [
  distinct: number,
  generated: number,
  depth: number,
  violated: Readonly<Record<string, number>>
]

const goldens: Readonly<Record<string, Golden>> = {
  GOLDENS
}

const names = shippedNames().filter((name) => /^forgetting\/(?!large\/)/.test(name))

/** Mutants that are killed in `large/` only, where more clients are needed. */
const large = ["LARGE"]

describe("the scenarios of the forgetting protocol", () => {
  it("are the ones in the table", () => {
    expect(Object.keys(goldens)).toEqual(names)
  })

  it.each(Object.entries(goldens))("%s is as expected, and as it always was", (name, golden) => {
    const result = checked(shipped(name), { reductions: allReductions, slice: 10_000 })
    const { distinct, generated, depth } = result.counts
    expect([distinct, generated, depth, stepsToViolation(result)]).toEqual(golden)
    expect(result.asExpected).toBe(true)
    expect(result.notes).toEqual([])
  })

  it.each(forgetting.variants.filter(({ kind, name }) => kind === "mutant" && !large.includes(name)))(
    "$name, a mutant, is killed by one of them",
    ({ name }) => {
      const killing = names.filter((scenario) => isOfVariant(scenario, forgetting, name))
      expect(killing.some((scenario) => Object.keys((goldens[scenario] as Golden)[3]).length > 0)).toBe(true)
    }
  )
})
