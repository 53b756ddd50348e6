/**
 * Majority replication: the executable specification does what the model says, and no mutant that
 * loses safety does.
 */
import { describe, expect, it } from "vitest"
import { majority as model } from "../../../proofs/majority/model.ts"
import { tieOf } from "../../../proofs/majority/tie.ts"
import { protocol as modelled } from "../../../proofs/majority/variants.ts"
import { followLocally } from "../../../proofs/tie/tie.ts"
import {
  type Configuration,
  majority as majorityOf
} from "../../../spec/configuration/configuration.ts"
import type { AnyOperation } from "../../../spec/kernel/observation.ts"
import { majority } from "../../../spec/majority/protocol.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import { accesses, followRuns, names, parametersOf, quorumsOf, systemUnder } from "../ties.ts"
import { localSteps } from "./local-steps.ts"

const modelOf = (name: string) => {
  const model = modelled.variants.find((variant) => variant.name === name)?.model
  if (model === undefined) throw new Error(`no model ${name}`)
  return model
}

const followed = (
  variant: string,
  by = "correct",
  configuration: Configuration = majorityOf(servers(...names("s", 3))),
  runs = 15,
  operations = accesses
) => {
  const { members } = configuration
  return followRuns(
    () => tieOf(modelOf(by), { servers: members, clients: names("c", 3), configuration }),
    systemUnder(majority, parametersOf(members.length, 3, configuration), variant),
    { runs, steps: 120, operations }
  )
}

const twoAndThree = quorumsOf(4, 2, 3)

const departures: ReadonlyArray<readonly [variant: string, by: string, why: RegExp]> = [
  ["read-stored-at-read-quorum", "read-stored-value-at-once", /is no write quorum/],
  ["read-without-set-phase", "read-stored-value-at-once", /is no write quorum/],
  ["write-without-get-phase", "correct", /is no read quorum/],
  ["timestamp-without-client", "correct", /startSetOfWrite cannot be taken/],
  ["quorum-one-short", "correct", /is no read quorum/],
  ["late-get-reply-counted", "correct", /receiveSetReply cannot be taken/]
]
/** This one shows where registers are removed: where null is written. */
const forgetful = "removed-register-forgotten"
const withRemovals: typeof accesses = () => {
  const others = accesses()
  return (client, random) =>
    random(3) === 0 ? ({ _tag: "Write", value: null } as AnyOperation) : others(client, random)
}
/** These lose liveness alone. */
const safe = ["older-set-not-acknowledged", "set-only-to-answerers"]

describe("majority replication is tied to its model", () => {
  it("follows random runs, in which every transition is taken and every sentence holds", () => {
    const { departure, steps, judged, taken } = followed("correct")
    expect(departure).toBeUndefined()
    expect(steps).toBeGreaterThan(1500)
    expect(judged).toBeGreaterThan(50)
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it("follows runs of other quorums, and of five storage nodes", () => {
    expect(followed("correct", "correct", twoAndThree, 10).departure).toBeUndefined()
    expect(
      followed("correct", "correct", majorityOf(servers(...names("s", 5))), 5).departure
    ).toBeUndefined()
  })

  it("follows reads that return at once what is stored", () => {
    const variant = "read-stored-value-at-once"
    const { departure, taken } = followed(variant, variant)
    expect(departure).toBeUndefined()
    expect(taken).toContain("finishAtOnce")
  })

  it("leaves out no mutant", () => {
    const mutants = majority.variants.filter(({ kind }) => kind === "mutant")
    expect(mutants.map(({ name }) => name)).toEqual([
      ...departures.map(([variant]) => variant),
      forgetful,
      ...safe
    ])
  })

  it("follows removals, and no storage node that forgets them", () => {
    const run = (variant: string) => followed(variant, "correct", undefined, 10, withRemovals)
    expect(run("correct").departure).toBeUndefined()
    expect(run(forgetful).departure).toMatch(/^holds: /)
  })

  it.each(safe)("follows %s, which is safe", (variant) => {
    expect(followed(variant, "correct", undefined, 10).departure).toBeUndefined()
  })

  it.each(departures)("does not follow %s", (variant, by, why) => {
    expect(followed(variant, by, twoAndThree).departure).toMatch(why)
  })

  describe("in every state of a small domain, reachable or not", () => {
    const configuration = majorityOf(servers(...names("s", 3)))
    const departureOf = ({ taken }: ReturnType<typeof localSteps>[number]) =>
      followLocally(
        tieOf(modelOf("correct"), {
          servers: names("s", 3),
          clients: names("c", 2),
          configuration
        }),
        taken
      )

    it("follows every step", () => {
      const steps = localSteps(configuration, "correct")
      expect(steps.length).toBeGreaterThan(1500)
      expect(steps.filter((one) => departureOf(one) !== undefined).map(({ name }) => name)).toEqual(
        []
      )
    })

    it.each([
      "timestamp-without-client",
      "quorum-one-short",
      "late-get-reply-counted",
      "read-without-set-phase"
    ])("does not follow some step of %s", (variant) => {
      expect(localSteps(configuration, variant).some((one) => departureOf(one) !== undefined)).toBe(
        true
      )
    })
  })
})
