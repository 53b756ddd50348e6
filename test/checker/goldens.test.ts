/**
 * State counts that other tools' models of the same protocol have too, and what kills each mutant.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { Check, type CheckResult } from "../../checker/check.ts"
import { readScenario, shippedNames } from "../../checker/command/shipped.ts"
import { allReductions, type ReductionName } from "../../checker/network/reductions.ts"
import { fromData, type LoadedScenario, load } from "../../checker/scenario/load.ts"
import { variants as consensusVariants } from "../../spec/consensus/variants.ts"
import { variants as majorityVariants } from "../../spec/majority/variants.ts"
import { variants as naiveVariants } from "../../spec/naive/variants.ts"
import { variants as ramboVariants } from "../../spec/rambo/variants.ts"

const run = (scenario: LoadedScenario, reductions: ReadonlyArray<ReductionName>): CheckResult => {
  const check = new Check(scenario, "bfs", reductions)
  while (check.advance(1 << 14));
  return check.result()
}

const plain = (servers: number, clients: ReadonlyArray<ReadonlyArray<string>>): CheckResult =>
  run(Result.getOrThrow(fromData("golden", { protocol: "majority", servers, clients, properties: [] })), [])

describe("majority replication without observer and without reduction", () => {
  it("has the states and transitions of 3 servers, a write beside a read", () => {
    const { counts } = plain(3, [["write 1"], ["read"]])
    expect(counts).toEqual({ distinct: 136_248, generated: 768_925, depth: 26, frontier: 0 })
  })

  it("has the states and transitions of 2 servers, two writes and a read", () => {
    const { counts } = plain(2, [["write 1"], ["write 2"], ["read"]])
    expect([counts.distinct, counts.generated]).toEqual([24_520, 97_837])
  })

  it("has the states and transitions of 3 servers and one write", () => {
    const { counts } = plain(3, [["write 1"]])
    expect([counts.distinct, counts.generated]).toEqual([264, 743])
  })

  it("calls the specification once per distinct local situation", () => {
    const { engine } = plain(3, [["write 1"], ["read"]])
    expect(engine.transitionCalls).toBe(188)
    expect(engine.memoHitRate).toBeGreaterThan(0.999)
  })
})

/** Property that is violated, in how many steps; "holds" if none is. */
const findings: Readonly<Record<string, string>> = {
  "consensus/decision-is-final": "holds",
  "consensus/duel": "deadlock-freedom in 18",
  "consensus/mutants/highest-vote-ignored": "agreement in 18",
  "consensus/mutants/promise-forgotten": "agreement in 18",
  "consensus/mutants/quorum-one-short": "agreement in 10",
  "consensus/one-proposer": "holds",
  "consensus/proposer-and-acceptor-crash": "holds",
  "consensus/two-proposers": "holds",
  "majority/liveness/even-configuration": "holds",
  "majority/liveness/majority-crash": "termination in 5",
  "majority/liveness/minority-crash": "holds",
  "majority/liveness/older-set-not-acknowledged": "static-liveness in 18",
  "majority/liveness/set-only-to-answerers": "static-liveness in 8",
  "majority/majority-crash": "deadlock-freedom in 8",
  "majority/minority-crash": "holds",
  "majority/mutants/late-get-reply-counted": "atomicity in 18",
  "majority/mutants/older-set-not-acknowledged": "deadlock-freedom in 18",
  "majority/mutants/quorum-one-short": "atomicity in 10",
  "majority/mutants/read-stored-at-read-quorum": "atomicity in 10",
  "majority/mutants/read-without-set-phase": "atomicity in 16",
  "majority/mutants/set-only-to-answerers": "deadlock-freedom in 8",
  "majority/mutants/timestamp-without-client": "atomicity in 36",
  "majority/mutants/write-without-get-phase": "atomicity in 11",
  "majority/read-one-write-all": "holds",
  "majority/read-stored-value-at-once": "holds",
  "majority/read-stored-value-at-once-read-one-write-all": "holds",
  "majority/read-your-write": "holds",
  "majority/tutorial-quorums": "holds",
  "majority/weighted-quorums": "holds",
  "majority/write": "holds",
  "majority/write-read": "holds",
  "majority/write-read-read": "holds",
  "majority/write-write-read": "holds",
  "naive/liveness/online-left-behind": "dynamic-liveness in 15",
  "naive/liveness/stop-the-world": "holds",
  "naive/liveness/stop-the-world-client-crash": "dynamic-liveness in 2",
  "naive/liveness/stop-the-world-reconfigurer-crash": "dynamic-liveness in 3",
  "naive/liveness/write-locked": "holds",
  "naive/liveness/write-locked-reconfigurer-crash": "dynamic-liveness in 13",
  "naive/new-write-old-read": "atomicity in 27",
  "naive/populate-old-write": "atomicity in 27",
  "naive/split-brain": "atomicity in 46",
  "naive/stop-the-world": "holds",
  "naive/stop-the-world-client-crash": "deadlock-freedom in 4",
  "naive/write-locked": "holds",
  "naive/write-locked-client-crash": "deadlock-freedom in 12",
  "naive/write-locked-collect-anywhere": "atomicity in 33",
  "naive/write-locked-late-answers-counted": "atomicity in 28",
  "naive/write-locked-unlock-early": "atomicity in 27",
  "rambo/answers-kept-at-retirement": "atomicity in 32",
  "rambo/as-written": "atomicity in 36",
  "rambo/consensus-replace-one": "holds",
  "rambo/consensus-two-in-a-row": "holds",
  "rambo/copied-from-anywhere": "atomicity in 39",
  "rambo/everything-removed": "holds",
  "rambo/mutants/consensus-instance-shared": "configurations-change in 30",
  "rambo/mutants/forward-pointer-one-short": "atomicity in 33",
  "rambo/mutants/get-before-forward-pointer": "atomicity in 39",
  "rambo/mutants/learned-configuration-ignored": "atomicity in 35",
  "rambo/mutants/new-configuration-alone": "atomicity in 26",
  "rambo/mutants/no-forward-pointer": "atomicity in 35",
  "rambo/mutants/populate-without-get": "atomicity in 35",
  "rambo/mutants/retire-before-transfer": "atomicity in 30",
  "rambo/mutants/set-phase-not-extended": "atomicity in 32",
  "rambo/nothing-to-change": "holds",
  "rambo/replace-one-read-after-write": "holds",
  "rambo/replace-one-read-in-the-new": "holds",
  "rambo/replace-one-to-the-end": "holds",
  "rambo/two-in-a-row": "holds"
}

const shipped = (name: string): LoadedScenario =>
  Result.getOrThrow(Result.flatMap(readScenario(name), (text) => load(name, text)))

const found = ({ properties, verdict }: CheckResult): string =>
  verdict === "holds"
    ? "holds"
    : properties
        .filter((property) => property.verdict === "violated")
        .map(({ name, counterexample }) => `${name} in ${counterexample?.steps.length}`)
        .join(", ")

describe("the shipped scenarios", () => {
  it("are the ones in the table of findings", () => {
    // Those of the other protocols, and the large ones, have their own tests, or are for `quorate check`.
    const names = shippedNames().filter((name) => /^(majority|naive|consensus|rambo)\/(?!large\/)/.test(name))
    expect(names).toEqual(Object.keys(findings))
  })

  it.each(Object.entries(findings))("%s: %s", (name, finding) => {
    const result = run(shipped(name), allReductions)
    expect(found(result)).toBe(finding)
    expect(result.asExpected).toBe(true)
    expect(result.notes).toEqual([])
  })

  it.each([
    ["majority", majorityVariants],
    ["naive", naiveVariants],
    ["consensus", consensusVariants],
    ["rambo", ramboVariants]
  ] as const)("kill every mutant of %s and no correct variant", (protocol, variants) => {
    for (const { name, kind } of variants) {
      const verdicts = Object.entries(findings).flatMap(([scenario, finding]) => {
        const { model } = shipped(scenario)
        return model.protocol.name === protocol && model.setup.variant === name ? [finding] : []
      })
      const isKilled = verdicts.some((finding) => finding !== "holds")
      const losesAtomicity = verdicts.some((finding) => finding.startsWith("atomicity"))
      if (kind === "mutant") expect(isKilled, name).toBe(true)
      else expect(losesAtomicity, name).toBe(false)
    }
  })
})
