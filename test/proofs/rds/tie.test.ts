/**
 * RDS: the executable specification does what the model says, and no mutant does.
 */
import { describe, expect, it } from "vitest"
import { rds as model } from "../../../proofs/rds/model.ts"
import { tieOf } from "../../../proofs/rds/tie.ts"
import { majority } from "../../../spec/configuration/configuration.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import { rds } from "../../../spec/rds/protocol.ts"
import { variants } from "../../../spec/rds/variants.ts"
import { ofAcceptors, ofProposers, ofStages } from "../rambo/local-reconfigurations.ts"
import { localSteps } from "../rambo/local-steps.ts"
import { departureOf, departuresOf } from "../rambo/tried.ts"
import { operations } from "../reconfigurations.ts"
import { followRuns, names, parametersOf, quorumsOf, systemUnder } from "../ties.ts"
import { triedRds } from "./local.ts"

const followed = (
  variant: string,
  runs = 60,
  configuration = majority(servers("s1", "s2", "s3"))
) =>
  followRuns(
    () =>
      tieOf({
        model,
        servers: names("s", 5),
        clients: names("c", 4),
        configuration,
        isDecided: true,
        nextOldest: (retired) => retired + 1,
        maxConfigurations: 5,
        maxRounds: 4
      }),
    systemUnder(rds, { ...parametersOf(5, 4, configuration), bounds: { ballots: 3 } }, variant),
    { runs, steps: 120, operations: operations(["c1", "c2"]), judgedEvery: 80 }
  )

/** All three to read, any two to write; the configurations after it count majorities. */
const allToRead = quorumsOf(3, 3, 2)

const departures: ReadonlyArray<readonly [variant: string, where: RegExp]> = [
  ["fused-pointer-untold", /^awaitsTo(Get|Set): /],
  ["fused-pair-ignored", /^transferringState: /],
  ["fused-while-older-active", /^startBallotAndCollect cannot be taken/],
  ["fused-votes-of-a-write-quorum", /has no read quorum/]
]

describe("RDS is tied to its model", () => {
  it("follows random runs, in which every transition is taken and every sentence holds", () => {
    const { departure, judged, taken } = followed("correct")
    expect(departure).toBeUndefined()
    expect(judged).toBeGreaterThan(20)
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it("follows runs in which reads need more than writes", () => {
    expect(followed("correct", 15, allToRead).departure).toBeUndefined()
  })

  it("leaves out no mutant", () => {
    const mutants = rds.variants.filter(({ kind }) => kind === "mutant")
    expect(mutants.map(({ name }) => name)).toEqual(departures.map(([name]) => name))
  })

  it.each(departures)("does not follow %s", (variant, where) => {
    expect(followed(variant, 60, allToRead).departure).toMatch(where)
  })

  describe("in every state of a small domain, reachable or not", () => {
    const tried = (variant: string) => {
      const found = variants.find(({ name }) => name === variant)
      if (found === undefined) throw new Error(`no variant ${variant}`)
      return triedRds(found.rules)
    }

    it("follows every step", () => {
      const steps = [localSteps, ofStages, ofProposers, ofAcceptors].map((of) =>
        of(tried("correct"))
      )
      expect([...departuresOf(model, steps.flat(), { tieOf })]).toEqual([])
      expect(steps.map(({ length }) => length)).toEqual([8764, 3330, 1770, 1800])
    })

    it.each(["fused-pair-ignored", "fused-while-older-active"])(
      "does not follow some step of %s",
      (variant) => {
        expect(departureOf(model, ofProposers(tried(variant)), { tieOf })).toBeDefined()
      }
    )
  })
})
