/**
 * What is found in the scenarios of the forgetting protocol, with all reductions that keep the
 * verdicts of what they ask for.
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
  "forgetting/keys/disjoint": [19, 30, 7, {}],
  "forgetting/keys/overheard": [19, 30, 7, {}],
  "forgetting/keys/overlapping": [139, 258, 14, {}],
  "forgetting/keys/same-members": [129, 267, 14, {}],
  "forgetting/liveness/new-keys": [3_930, 12_586, 33, {}],
  "forgetting/mutants/asked-is-stopped": [2, 2, 1, { "few-keys": 7 }],
  "forgetting/mutants/certificate-not-checked": [255, 836, 11, { "no-late-phase": 15 }],
  "forgetting/mutants/copied-before-stopping": [68_514, 416_979, 32, { atomicity: 37 }],
  "forgetting/mutants/no-nonce": [3_105, 10_966, 15, { "no-late-phase": 19 }],
  "forgetting/mutants/number-not-certified": [5_314, 19_459, 17, { "no-late-phase": 24 }],
  "forgetting/mutants/old-symmetric-key-kept": [119, 202, 12, { "few-keys": 17 }],
  "forgetting/mutants/one-nonce-per-operation": [3_003, 10_789, 15, { "no-late-phase": 19 }],
  "forgetting/mutants/one-stopped-too-few": [9, 12, 4, { "few-keys": 13 }],
  "forgetting/mutants/private-key-kept-by-who-leaves": [119, 202, 12, { "few-keys": 17 }],
  "forgetting/mutants/private-key-kept-by-who-stays": [127, 194, 12, { "few-keys": 20 }],
  "forgetting/mutants/quorum-one-short": [405, 1_722, 17, { atomicity: 17 }],
  "forgetting/mutants/read-sets-anew": [47_622, 288_124, 30, { atomicity: 35 }],
  "forgetting/mutants/read-without-write-back": [668, 2_716, 23, { atomicity: 23 }],
  "forgetting/mutants/serves-old-configuration": [389, 1_356, 12, { "no-late-phase": 12 }],
  "forgetting/mutants/serves-without-data": [17_739, 71_218, 20, { atomicity: 21 }],
  "forgetting/mutants/stopped-unproved": [31_166, 222_243, 23, { atomicity: 27 }],
  "forgetting/phase-completes": [697, 3_333, 11, { "no-phase-completes": 20 }],
  "forgetting/printed": [18_167, 98_464, 26, { "dynamic-liveness": 18 }],
  "forgetting/printed-in-clear-overheard": [4, 10, 1, { confidentiality: 5 }],
  "forgetting/printed-in-clear-private-links": [1_243, 4_863, 18, {}],
  "forgetting/read": [462, 1_544, 24, {}],
  "forgetting/read-overheard": [3_383, 11_008, 22, {}],
  "forgetting/read-two-configurations-behind": [10_904, 43_727, 32, {}],
  "forgetting/unconfirmed": [44_266, 268_676, 25, { atomicity: 30 }],
  "forgetting/write-read-one-successor": [50_561, 320_606, 35, {}]
}

const names = shippedNames().filter((name) => /^forgetting\/(?!large\/)/.test(name))

/** Mutants that are killed in `large/` only, where more clients are needed. */
const large = ["configurations-mixed", "write-unconfirmed", "write-chooses-again"]

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

  it.each(
    forgetting.variants.filter(({ kind, name }) => kind === "mutant" && !large.includes(name))
  )("$name, a mutant, is killed by one of them", ({ name }) => {
    const killing = names.filter((scenario) => isOfVariant(scenario, forgetting, name))
    expect(
      killing.some((scenario) => Object.keys((goldens[scenario] as Golden)[3]).length > 0)
    ).toBe(true)
  })
})
