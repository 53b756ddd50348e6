/**
 * DynaStore: the executable specification does what the model says, and no mutant that loses safety
 * does.
 */
import { describe, expect, it } from "vitest"
import { dynastore as model } from "../../../proofs/dynastore/model.ts"
import { tieOf } from "../../../proofs/dynastore/tie.ts"
import { followLocally } from "../../../proofs/tie/tie.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { directory } from "../../../spec/directory/directory.ts"
import { dynastore } from "../../../spec/dynastore/protocol.ts"
import { variants } from "../../../spec/dynastore/variants.ts"
import type { AnyOperation } from "../../../spec/kernel/observation.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import { changeOf } from "../../../spec/storage/reconfiguration.ts"
import { followRuns, parametersOf, systemUnder } from "../ties.ts"
import { parameters as domain, localSteps } from "./local-steps.ts"

/**
 * Two clients that reconfigure at the same time, among other things; all clients write and read.
 */
const changes: Readonly<Record<string, ReadonlyArray<string>>> = { c1: ["+s3"], c2: ["+s4", "-s1"] }

const operations = () => {
  let writes = 0
  return (client: string, random: (below: number) => number) => {
    const change = changes[client]
    const operation =
      change !== undefined && random(2) === 0
        ? { _tag: "Reconfigure", ...changeOf(change) }
        : random(2) === 0
          ? { _tag: "Read" }
          : { _tag: "Write", value: ++writes }
    return operation as AnyOperation
  }
}

const followed = (variant: string, runs: number, hasDirectory: boolean, judgedEvery = 1000) => {
  const parameters = {
    ...parametersOf(4, 4, majority(servers("s1", "s2"))),
    ...(hasDirectory && { directory: directory("d1") })
  }
  return followRuns(() => tieOf(model, parameters), systemUnder(dynastore, parameters, variant), {
    ...{ runs, steps: 400, judgedEvery, operations }
  })
}

const livenessAlone = ["members-not-notified", "announcement-not-awaited"]
/** What a weak snapshot promises is taken for granted here: its own tie catches these. */
const ofSnapshots = ["one-collect", "no-write-back"]
const mutants = variants.filter(({ kind }) => kind === "mutant").map(({ name }) => name)

describe("DynaStore is tied to its model", () => {
  it("follows random runs, in which every transition is taken and every sentence holds", () => {
    const results = [followed("correct", 6, false, 240), followed("correct", 6, true, 240)]
    expect(results.map(({ departure }) => departure)).toEqual([undefined, undefined])
    expect(results.reduce((sum, { steps }) => sum + steps, 0)).toBeGreaterThan(3000)
    expect(results.reduce((sum, { judged }) => sum + judged, 0)).toBeGreaterThan(10)
    const taken = new Set(results.flatMap((one) => [...one.taken]))
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it.each(livenessAlone)("follows %s, which is safe", (variant) => {
    expect(followed(variant, 2, true).departure).toBeUndefined()
  })

  it.each(mutants.filter((name) => ![...livenessAlone, ...ofSnapshots].includes(name)))(
    "does not follow %s",
    (variant) => {
      expect(followed(variant, 60, true).departure).toBeDefined()
    }
  )

  describe("in every state of a small domain, reachable or not", () => {
    /** Where steps depart from the model, one line for each that does. */
    function* departuresOf(variant: string): Generator<string> {
      for (const { taken, memory, supposed } of localSteps(variant)) {
        const tie = tieOf(model, domain, memory)
        const world = () => {
          const known = tie.world()
          for (const [relation, ...labels] of supposed) known.suppose(relation, ...labels)
          return known
        }
        const departure = followLocally({ ...tie, world }, taken)
        if (departure !== undefined) yield departure
      }
    }

    it("follows every step", () => {
      expect([...departuresOf("correct")]).toEqual([])
      expect(localSteps("correct").length).toBe(2907)
    })

    it.each([
      "get-before-scan",
      "scan-before-set",
      "no-final-scan",
      "no-second-get",
      "fresh-timestamps",
      "no-write-back"
    ])("does not follow some step of %s", (variant) => {
      expect(departuresOf(variant).next().done).toBe(false)
    })
  })
})
