/**
 * Many registers under one cmap, as the checker sees two: the old configuration is retired when both are transferred,
 * and each step that this takes has a mutant that loses a write.
 */
import { describe, expect, it } from "vitest"
import { allReductions } from "../../../checker/network/reductions.ts"
import { checked } from "../../checker/network/searching.ts"
import { shipped } from "../../checker/walk/shipped.ts"

const outcome = (name: string) => {
  const result = checked(shipped(`rambo-registers/${name}`), {
    reductions: allReductions,
    slice: 10_000
  })
  return { verdict: result.verdict, states: result.counts.distinct, notes: result.notes }
}

describe("two registers that are reconfigured together", () => {
  it.each([
    ["one-register-each", 46_371],
    ["replace-the-only-one", 2_436_946],
    ["write-beside", 66_264],
    ["replace-in-one-list", 62_116],
    ["several-new", 2_639],
    ["both-read", 62_900],
    ["two-writers", 4_687],
    ["liveness/transfer-ends", 15_684],
    ["liveness/crash", 1_404],
    ["read-one-write-all", 1_603],
    ["read-all-write-one", 5_332]
  ])("%s holds, every state visited", (name, states) => {
    expect(outcome(name)).toEqual({ verdict: "holds", states, notes: [] })
  })

  it.each([["retired-after-first-register"], ["listed-by-one"], ["list-without-pointer"]])(
    "%s loses a write",
    (name) => {
      expect(outcome(`mutants/${name}`)).toMatchObject({ verdict: "violated", notes: [] })
    }
  )
})
