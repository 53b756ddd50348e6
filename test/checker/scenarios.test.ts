/**
 * What is found in every shipped scenario, with all reductions that keep the verdicts of what it asks for.
 */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { shippedNames } from "../../checker/command/shipped.ts"
import { livePropertiesOf } from "../../checker/network/model.ts"
import { allReductions } from "../../checker/network/reductions.ts"
import type { CheckResult } from "../../checker/result.ts"
import { protocols } from "../../spec/protocols.ts"
import { checked, stepsToViolation, verdicts } from "./network/searching.ts"
import { isOfVariant, shipped } from "./shipped.ts"

type Golden = readonly [
  distinct: number,
  generated: number,
  depth: number,
  /** The steps of the counterexample of each property that is violated; all others hold. */
  violated: Readonly<Record<string, number>>
]

const goldens: Readonly<Record<string, Golden>> = {
  "byzantine/i-still-work-here": [23_107, 111_789, 19, { atomicity: 24 }],
  "byzantine/masking-four-servers": [174, 388, 11, { "only-written-values": 11 }],
  "byzantine/masking-liveness": [284_935, 1_474_945, 51, {}],
  "byzantine/masking-write-read-read-stale": [31_873, 165_885, 45, {}],
  "byzantine/mutants/masking-asked-once": [261_007, 1_319_893, 51, { "static-liveness": 43 }],
  "byzantine/mutants/masking-highest-timestamp": [31, 107, 8, { "timestamps-count-writes": 8 }],
  "byzantine/mutants/masking-highest-vouched": [151_467, 868_540, 39, { atomicity: 39 }],
  "byzantine/mutants/masking-one-voucher-short": [281, 767, 15, { "only-written-values": 15 }],
  "byzantine/mutants/masking-quarter-masked": [796, 3_075, 33, { atomicity: 33 }],
  "byzantine/mutants/masking-quorum-one-short": [522, 2_269, 22, { atomicity: 22 }],
  "byzantine/mutants/masking-read-without-write-back": [15_718, 67_857, 26, { atomicity: 25 }],
  "byzantine/mutants/masking-silent-not-counted": [151_467, 868_540, 39, { atomicity: 39 }],
  "byzantine/mutants/signed-one-short": [60, 153, 14, { atomicity: 14 }],
  "byzantine/mutants/signed-plain-majorities": [117, 395, 22, { atomicity: 22 }],
  "byzantine/mutants/signed-read-without-write-back": [585, 2_115, 18, { atomicity: 18 }],
  "byzantine/mutants/signed-timestamp-outside-signature": [1_187, 5_093, 34, { atomicity: 33 }],
  "byzantine/mutants/signed-unsigned-pairs-believed": [274, 792, 11, { "only-written-values": 11 }],
  "byzantine/signed-liveness": [16_404, 91_178, 23, {}],
  "byzantine/signed-three-servers": [43, 79, 14, { atomicity: 14 }],
  "byzantine/signed-unanimous-reads": [2_319, 9_933, 33, {}],
  "byzantine/signed-write-read-read": [2_397, 10_394, 33, {}],
  "byzantine/signed-write-read-read-any-time": [3_742, 20_954, 39, {}],
  "byzantine/still-bounded": [48_912, 311_551, 30, {}],
  "byzantine/trusted-server-asked-after-each-phase": [870, 3_713, 24, {}],
  "byzantine/trusted-server-asked-first": [35_624, 205_755, 24, { atomicity: 29 }],
  "consensus/acceptor-crash": [85, 309, 11, {}],
  "consensus/decision-is-final": [51_155, 215_860, 37, {}],
  "consensus/duel": [13_238, 72_963, 28, {}],
  "consensus/duel-longer": [55_836, 331_500, 36, {}],
  "consensus/mutants/highest-vote-ignored": [6_092, 17_178, 18, { agreement: 18 }],
  "consensus/mutants/promise-forgotten": [9_010, 19_479, 18, { agreement: 18 }],
  "consensus/mutants/quorum-one-short": [1_086, 2_549, 10, { agreement: 10 }],
  "consensus/old-vote": [3_824, 6_321, 38, {}],
  "consensus/one-proposer": [33, 89, 11, {}],
  "consensus/proposer-and-acceptor-crash": [75_806, 474_301, 31, {}],
  "consensus/read-all-write-one": [686, 1_987, 23, {}],
  "consensus/read-one-write-all": [1_681, 6_368, 21, {}],
  "consensus/two-proposers": [12_653, 48_530, 28, {}],
  "consensus/two-proposers-go-on": [873, 2_474, 26, {}],
  "majority-registers/oscillating-reads": [878, 2_890, 16, { atomicity: 16 }],
  "majority-registers/two-registers": [8_229, 33_600, 27, {}],
  "majority-registers/two-writers": [20_537, 83_713, 36, {}],
  "majority/liveness/even-configuration": [847, 3_532, 14, {}],
  "majority/liveness/majority-crash": [20_880, 103_669, 20, { termination: 5 }],
  "majority/liveness/minority-crash": [17_750, 111_249, 19, {}],
  "majority/liveness/older-set-not-acknowledged": [5_676, 23_560, 19, { "static-liveness": 18 }],
  "majority/liveness/set-only-to-answerers": [252, 752, 10, { "static-liveness": 8 }],
  "majority/majority-crash": [4_116, 20_522, 20, { "deadlock-freedom": 8 }],
  "majority/minority-crash": [3_981, 23_461, 20, {}],
  "majority/mutants/late-get-reply-counted": [278, 849, 18, { atomicity: 18 }],
  "majority/mutants/older-set-not-acknowledged": [1_281, 5_227, 19, { "deadlock-freedom": 18 }],
  "majority/mutants/quorum-one-short": [17, 21, 10, { atomicity: 10 }],
  "majority/mutants/read-stored-at-read-quorum": [216, 802, 10, { atomicity: 10 }],
  "majority/mutants/read-without-set-phase": [137, 341, 16, { atomicity: 16 }],
  "majority/mutants/set-only-to-answerers": [43, 115, 10, { "deadlock-freedom": 8 }],
  "majority/mutants/timestamp-without-client": [7_452, 21_379, 36, { atomicity: 36 }],
  "majority/mutants/write-without-get-phase": [47, 53, 11, { atomicity: 11 }],
  "majority/read-all-write-one": [16_813, 60_305, 28, {}],
  "majority/read-one-write-all": [1_284, 5_555, 27, {}],
  "majority/read-stored-value-at-once": [2_854, 14_688, 28, {}],
  "majority/read-stored-value-at-once-read-one-write-all": [1_284, 5_555, 27, {}],
  "majority/read-your-write": [5_255, 26_489, 27, {}],
  "majority/refinement/quorum-one-short": [61, 141, 5, { "refines-ordered-register": 5 }],
  "majority/refinement/write-read": [23_990, 134_957, 26, {}],
  "majority/refinement/writes-crash": [1_997, 6_216, 28, {}],
  "majority/ties": [4_842, 13_995, 36, {}],
  "majority/tutorial-quorums": [37_776, 274_923, 26, {}],
  "majority/tutorial-quorums-majority-crash": [517, 2_443, 16, {}],
  "majority/tutorial-quorums-minority-crash": [331, 1_433, 15, { "deadlock-freedom": 9 }],
  "majority/weighted-quorums": [2_120, 8_892, 20, {}],
  "majority/weighted-quorums-crash": [46, 146, 10, {}],
  "majority/weighted-quorums-heavy-crash": [66, 162, 11, { "deadlock-freedom": 6 }],
  "majority/weighted-quorums-in-any-order": [2_120, 8_892, 20, {}],
  "majority/weighted-quorums-light-crash": [95, 238, 11, {}],
  "majority/weighted-quorums-threshold-crash": [56, 163, 14, { "deadlock-freedom": 6 }],
  "majority/write": [17, 39, 10, {}],
  "majority/write-read": [720, 3_165, 19, {}],
  "majority/write-read-read": [1_814, 8_284, 28, {}],
  "majority/write-write-read": [117_644, 742_993, 28, {}],
  "naive/kept-node-not-stopped": [94, 186, 16, {}],
  "naive/liveness/online-left-behind": [16_520, 67_839, 21, { "dynamic-liveness": 15 }],
  "naive/liveness/stop-the-world": [2_952, 9_069, 24, {}],
  "naive/liveness/stop-the-world-client-crash": [3_866, 13_568, 26, { "dynamic-liveness": 2 }],
  "naive/liveness/stop-the-world-reconfigurer-crash": [4_359, 15_455, 26, { "dynamic-liveness": 3 }],
  "naive/liveness/write-locked": [161_065, 1_117_957, 30, {}],
  "naive/liveness/write-locked-reconfigurer-crash": [158_731, 980_765, 31, { "dynamic-liveness": 13 }],
  "naive/new-write-old-read": [2_230, 6_853, 27, { atomicity: 27 }],
  "naive/populate-old-write": [4_357, 15_195, 27, { atomicity: 27 }],
  "naive/removed-node-stopped": [62, 108, 12, { "deadlock-freedom": 8 }],
  "naive/split-brain": [76_586, 365_621, 46, { atomicity: 46 }],
  "naive/stop-the-world": [40_862, 228_504, 41, {}],
  "naive/stop-the-world-client-crash": [63_777, 402_590, 38, { "deadlock-freedom": 4 }],
  "naive/stop-the-world-twice": [390, 873, 30, {}],
  "naive/stop-the-world-two-reconfigurers": [3_819, 10_960, 51, {}],
  "naive/stop-the-world-two-writers": [1_607, 3_679, 30, {}],
  "naive/stop-the-world-unconfirmed": [427, 893, 26, { atomicity: 26 }],
  "naive/write-locked": [224_016, 1_384_601, 40, {}],
  "naive/write-locked-client-crash": [112_461, 704_192, 31, { "deadlock-freedom": 12 }],
  "naive/write-locked-collect-anywhere": [254_948, 1_267_407, 33, { atomicity: 33 }],
  "naive/write-locked-late-answers-counted": [284_687, 1_582_112, 28, { atomicity: 28 }],
  "naive/write-locked-three-clients": [4_699, 14_336, 25, {}],
  "naive/write-locked-two-writers": [10_560, 30_616, 33, {}],
  "naive/write-locked-unlock-early": [73_860, 324_309, 27, { atomicity: 27 }],
  "rambo/answers-kept-at-retirement": [80_123, 308_208, 33, { atomicity: 32 }],
  "rambo/as-written": [86_786, 343_572, 37, { atomicity: 36 }],
  "rambo/consensus-both-done": [12_033, 40_197, 49, {}],
  "rambo/consensus-read-all-write-one": [119, 275, 40, {}],
  "rambo/consensus-read-one-write-all": [4_880, 15_375, 42, {}],
  "rambo/consensus-replace-one": [275_065, 1_616_322, 48, {}],
  "rambo/consensus-two-in-a-row": [8_561, 47_040, 42, {}],
  "rambo/consensus-two-writers": [4_765, 10_380, 43, {}],
  "rambo/copied-from-anywhere": [129_750, 610_069, 40, { atomicity: 39 }],
  "rambo/everything-removed": [2_620, 5_939, 41, {}],
  "rambo/fused-both-done": [11_539, 38_804, 50, {}],
  "rambo/fused-read-all-write-one": [70, 122, 30, {}],
  "rambo/fused-read-one-write-all": [3_246, 8_899, 40, {}],
  "rambo/fused-replace-one": [218_224, 1_166_994, 45, {}],
  "rambo/fused-two-writers": [3_181, 6_000, 41, {}],
  "rambo/liveness/announced-first": [178_957, 1_221_219, 31, { "dynamic-liveness": 18 }],
  "rambo/liveness/announcement-not-awaited": [83_626, 577_848, 30, { "dynamic-liveness": 14 }],
  "rambo/liveness/consensus-reconfigurer": [2_852, 11_985, 26, {}],
  "rambo/liveness/fused-two-added": [53_076, 328_516, 33, {}],
  "rambo/liveness/nothing-to-announce": [4, 4, 3, {}],
  "rambo/liveness/premise-broken-once": [386, 824, 19, {}],
  "rambo/liveness/replace-then-read": [4_594, 19_893, 27, {}],
  "rambo/liveness/two-added": [74_381, 477_270, 31, {}],
  "rambo/liveness/two-added-without-directory": [13_549, 67_265, 27, { "dynamic-liveness": 13 }],
  "rambo/mutants/consensus-instance-shared": [10_365, 37_389, 30, { "configurations-change": 30 }],
  "rambo/mutants/empty-successor-proposed": [1_842, 4_705, 17, { "configurations-have-members": 17 }],
  "rambo/mutants/forward-pointer-one-short": [1_762, 6_359, 34, { atomicity: 33 }],
  "rambo/mutants/fused-pair-ignored": [160_504, 752_399, 39, { atomicity: 38 }],
  "rambo/mutants/fused-pointer-untold": [98_689, 461_232, 39, { atomicity: 38 }],
  "rambo/mutants/fused-votes-of-a-write-quorum": [104, 180, 28, { atomicity: 27 }],
  "rambo/mutants/fused-while-older-active": [528_189, 2_615_179, 49, { atomicity: 48 }],
  "rambo/mutants/get-before-forward-pointer": [134_255, 582_832, 40, { atomicity: 39 }],
  "rambo/mutants/learned-configuration-ignored": [14_818, 61_789, 36, { atomicity: 35 }],
  "rambo/mutants/new-configuration-alone": [17_135, 50_332, 27, { atomicity: 26 }],
  "rambo/mutants/no-forward-pointer": [8_722, 29_819, 36, { atomicity: 35 }],
  "rambo/mutants/parallel-retirement-of-one": [85_899, 183_039, 43, { atomicity: 42 }],
  "rambo/mutants/populate-without-get": [869, 2_638, 36, { atomicity: 35 }],
  "rambo/mutants/retire-before-transfer": [4_546, 21_511, 31, { atomicity: 30 }],
  "rambo/mutants/set-phase-not-extended": [96_974, 394_127, 33, { atomicity: 32 }],
  "rambo/nothing-to-change": [80, 211, 13, {}],
  "rambo/parallel-both-done": [10_675, 36_291, 42, {}],
  "rambo/parallel-read-all-write-one": [119, 275, 40, {}],
  "rambo/parallel-read-one-write-all": [4_880, 15_375, 42, {}],
  "rambo/parallel-two-in-a-row": [174_507, 411_599, 58, {}],
  "rambo/parallel-two-writers": [4_765, 10_380, 43, {}],
  "rambo/read-all-write-one": [88, 176, 34, {}],
  "rambo/read-one-write-all": [3_599, 10_311, 36, {}],
  "rambo/refinement/fused": [6_304, 19_081, 46, {}],
  "rambo/refinement/instance-shared": [1_193, 2_649, 17, { "refines-sequence": 17 }],
  "rambo/refinement/parallel": [1_162, 2_630, 21, { "refines-sequence": 21 }],
  "rambo/refinement/parallel-sequence": [5_990, 18_023, 45, {}],
  "rambo/refinement/two-reconfigurers": [6_610, 19_801, 46, {}],
  "rambo/replace-one-read-after-write": [90_705, 433_209, 40, {}],
  "rambo/replace-one-read-in-the-new": [123_336, 609_859, 41, {}],
  "rambo/replace-one-to-the-end": [40_882, 221_030, 28, {}],
  "rambo/two-in-a-row": [17_450, 41_342, 54, {}],
  "rambo/two-proposers": [29_578, 93_669, 66, {}],
  "rambo/two-removals": [7_719, 21_331, 44, {}],
  "rambo/two-writers": [4_705, 10_264, 39, {}]
}

const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "checker", "scenarios")

const results = new Map<string, CheckResult>()
/** What is found in a scenario; it is searched once. */
const resultOf = (name: string): CheckResult => {
  const result = results.get(name) ?? checked(shipped(name), { reductions: allReductions, slice: 10_000 })
  results.set(name, result)
  return result
}

/**
 * The scenarios of the protocols that are searched here; others have their own tests. Those that take minutes are left to
 * the command; what is found in them stands in the README of `spec/`.
 */
const names = shippedNames().filter((name) =>
  /^(byzantine|majority|majority-registers|naive|consensus|rambo)\/(?!large\/)/.test(name)
)

/** What shows that a correct protocol does not do what another one promises, or where its premise ends. */
const otherwise = [
  "rambo/refinement/parallel",
  "byzantine/i-still-work-here",
  "byzantine/masking-four-servers",
  "byzantine/signed-three-servers"
]

describe("the shipped scenarios", () => {
  it("are the ones in the table", () => {
    expect(Object.keys(goldens)).toEqual(names)
  })

  it("are all the files in their folder, but for the schema, which each of them names", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.includes(".")
    )
    const scenarios = files.filter((file) => file !== "scenario.schema.json")
    expect(scenarios.sort()).toEqual(
      shippedNames()
        .map((name) => `${name}.json`)
        .sort()
    )
    for (const file of scenarios) {
      const path = join(folder, file)
      const { $schema } = JSON.parse(readFileSync(path, "utf8"))
      expect(join(dirname(path), $schema), file).toBe(join(folder, "scenario.schema.json"))
    }
    expect(files).toContain("scenario.schema.json")
  })

  it.each(names)("%s says what it shows, and expects a verdict", (name) => {
    const { description, expect: expected } = shipped(name)
    expect(description).toMatch(/^[A-Z].*\.$/)
    expect(expected.size).toBeGreaterThan(0)
  })

  it.each(Object.entries(goldens))("%s is as expected, and as it always was", (name, golden) => {
    const result = resultOf(name)
    const { distinct, generated, depth } = result.counts
    expect([distinct, generated, depth, stepsToViolation(result)]).toEqual(golden)
    expect(result.asExpected).toBe(true)
    // No promise was broken.
    expect(result.notes).toEqual([])
    const others = Object.entries(verdicts(result)).filter(([property]) => !(property in golden[3]))
    expect(others.filter(([, verdict]) => verdict !== "holds")).toEqual([])
  })
})

/** The protocols that these scenarios are about; majority replication of several registers has the variants of that of one. */
const searched = protocols.filter(
  (protocol) =>
    protocol.name !== "majority-registers" && names.some((name) => shipped(name).model.protocol === protocol)
)

describe.each(searched)("the variants of $name", (protocol) => {
  const ofVariant = (variant: string) => names.filter((name) => isOfVariant(name, protocol, variant))
  const violatedIn = (variant: string) =>
    ofVariant(variant).flatMap((name) => Object.keys(stepsToViolation(resultOf(name))))
  const named = (kind: string) => protocol.variants.filter((variant) => variant.kind === kind)

  it.each(named("mutant"))("$name, a mutant, is killed by a shipped scenario that expects it", ({ name }) => {
    expect(violatedIn(name).length).toBeGreaterThan(0)
    const expected = ofVariant(name).flatMap((scenario) => [...shipped(scenario).expect.values()])
    expect(expected).toContain("violated")
  })

  it.each(named("correct"))(
    "$name, which is correct, is searched to the end and keeps its promises",
    ({ name }) => {
      const scenarios = ofVariant(name)
      expect(scenarios.length).toBeGreaterThan(0)
      for (const scenario of scenarios)
        if (!otherwise.includes(scenario)) expect(resultOf(scenario).exhaustive, scenario).toBe(true)
      // A crash may cost liveness; it never costs anything else.
      const liveness = ["deadlock-freedom", ...livePropertiesOf(protocol).map((property) => property.name)]
      const violated = scenarios
        .filter((scenario) => !otherwise.includes(scenario))
        .flatMap((scenario) => Object.keys(stepsToViolation(resultOf(scenario))))
      expect(violated.filter((property) => !liveness.includes(property))).toEqual([])
      const withoutCrashes = scenarios.filter((scenario) => {
        const { budgets } = shipped(scenario).model.faults
        return budgets.every(({ most }) => most === 0) && !otherwise.includes(scenario)
      })
      for (const scenario of withoutCrashes) expect(resultOf(scenario).verdict, scenario).toBe("holds")
    }
  )
})
