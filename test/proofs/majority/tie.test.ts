/**
 * Majority replication: the executable specification does what the model says, and no mutant that loses safety does.
 */
import { describe, expect, it } from "vitest"
import { majority as model } from "../../../proofs/majority/model.ts"
import { tieOf } from "../../../proofs/majority/tie.ts"
import { protocol as modelled } from "../../../proofs/majority/variants.ts"
import { majority } from "../../../spec/majority/protocol.ts"
import { accesses, followRuns, names, parametersOf, systemUnder } from "../ties.ts"

const followed = (variant: string, of = model, runs = 30, servers = 3) => {
  const parameters = parametersOf(servers, 3)
  return followRuns(
    () =>
      tieOf(of, {
        servers: names("s", servers),
        clients: names("c", 3),
        configuration: parameters.configuration
      }),
    systemUnder(majority, parameters, variant),
    { runs, steps: 120, operations: accesses }
  )
}

describe("majority replication is tied to its model", () => {
  it("follows random runs, in which every transition is taken and every sentence holds", () => {
    const { departure, steps, judged, taken } = followed("correct")
    expect(departure).toBeUndefined()
    expect(steps).toBeGreaterThan(3000)
    expect(judged).toBeGreaterThan(100)
    expect([...taken].toSorted()).toEqual(Object.keys(model.transitions).toSorted())
  })

  it("follows runs of five storage nodes", () => {
    expect(followed("correct", model, 8, 5).departure).toBeUndefined()
  })

  it("follows reads that return at once what is stored", () => {
    const variant = modelled.variants.find(({ name }) => name === "read-stored-value-at-once")
    const { departure, taken } = followed("read-stored-value-at-once", variant?.model)
    expect(departure).toBeUndefined()
    expect(taken).toContain("finishAtOnce")
  })

  it.each(["older-set-not-acknowledged", "set-only-to-answerers"])("follows %s, which is safe", (variant) => {
    expect(followed(variant).departure).toBeUndefined()
  })

  it.each([
    "read-stored-at-read-quorum",
    "read-without-set-phase",
    "write-without-get-phase",
    "timestamp-without-client",
    "quorum-one-short",
    "late-get-reply-counted"
  ])("does not follow %s", (variant) => {
    expect(followed(variant).departure).toBeDefined()
  })
})
