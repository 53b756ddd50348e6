/**
 * Searches dBQS with all sound reductions and with none: the results are equal.
 *
 * Systems of one replica at a time are small enough for that, and have all special features of
 * dBQS: epochs, STALE, waiting requests, and transfers.
 */
import { describe, expect, it } from "vitest"
import { interchangeable } from "../../checker/network/reductions/server-symmetry.ts"
import { allReductions } from "../../checker/network/reductions.ts"
import { checked, scenarioOf, verdicts } from "./network/searching.ts"
import { shipped } from "./shipped.ts"

const both = [[], allReductions].map((reductions) => ({ reductions, slice: 10_000 }))

describe("dBQS with and without reductions", () => {
  it.each([
    "dbqs/mutants/copied-from-incomplete",
    "dbqs/mutants/epoch-skipped",
    "dbqs/mutants/hash-not-verified"
  ])("%s is violated in both", (name) => {
    const [plain, reduced] = both.map((options) => checked(shipped(name), options))
    expect(plain?.reductions).toEqual([])
    expect(reduced?.reductions).toContain("answers-at-once")
    expect(plain?.asExpected).toBe(true)
    expect(reduced?.asExpected).toBe(true)
  })

  it.each(["correct", "reads-write-back", "old-replicas-erase", "served-without-data"])(
    "one replica takes the place of another under %s: the verdicts are the same",
    (variant) => {
      const scenario = scenarioOf({
        protocol: "dbqs",
        variant,
        servers: ["a", "x"],
        configuration: ["a"],
        administrator: ["reconfigure +x -a"],
        clients: [["write 1"], ["read"]],
        properties: ["atomicity", "only-written-values"],
        expect: { atomicity: variant === "served-without-data" ? "violated" : "holds" }
      })
      const [plain, reduced] = both.map((options) => checked(scenario, options))
      expect(plain?.asExpected).toBe(true)
      expect(reduced && verdicts(reduced)).toEqual(plain && verdicts(plain))
      expect(reduced?.notes).toEqual([])
    }
  )
})

describe("the replicas of dBQS", () => {
  it("are interchangeable if they belong to the same epochs, by the parameters alone", () => {
    const { model } = scenarioOf({
      protocol: "dbqs",
      servers: ["a", "b", "c", "d", "x", "y"],
      configuration: ["a", "b", "c", "d"],
      administrator: ["reconfigure +x -a"],
      clients: [["read"]]
    })
    const { context, parameters, nodes } = model.system
    const classes = (...successors: ReadonlyArray<ReadonlyArray<string>>) =>
      interchangeable({
        ...model,
        scripts: {},
        system: { context, nodes, parameters: { ...(parameters as object), successors } }
      }).map((nodes) => nodes.join(""))
    expect(classes(["b", "c", "d", "x"])).toEqual(["bcd"])
    expect(classes(["b", "c", "d", "x"], ["b", "c", "x", "y"])).toEqual(["bc"])
    expect(classes(["c", "d", "x", "y"])).toEqual(["ab", "cd", "xy"])
  })
})
