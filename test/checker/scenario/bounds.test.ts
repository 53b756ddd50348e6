/**
 * Bounds: how far processes go before they stop by themselves, how they are reported, and what they
 * do not break.
 */
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { checkDocument } from "../../../checker/command/document.ts"
import { summary } from "../../../checker/command/summary.ts"
import { rowOf, Table, tableFoot } from "../../../checker/command/table.ts"
import type { Model } from "../../../checker/network/model.ts"
import { Network } from "../../../checker/network/network.ts"
import { allReductions, soundReductions } from "../../../checker/network/reductions.ts"
import type { CheckResult } from "../../../checker/result.ts"
import { WalkCheck } from "../../../checker/walk/walk-check.ts"
import { noFaults } from "../../../spec/kernel/fault.ts"
import type { AnyProcess } from "../../../spec/kernel/process.ts"
import { client } from "../../../spec/nodes/nodes.ts"
import { register } from "../../../spec/register/operation.ts"
import { checked, loadedFrom, scenarioOf, verdicts } from "../network/searching.ts"
import { accepted, refusal } from "./refused.ts"

/** Two proposers, each of which may preempt the other for as long as it wants. */
const twoProposers = {
  protocol: "rambo",
  variant: "with-consensus",
  servers: 3,
  configuration: ["s1"],
  clients: [
    ["reconfigure +s2", "write 1"],
    ["reconfigure -s1 +s3", "read"]
  ]
}
const duel = { protocol: "consensus", servers: 3, clients: [["propose 1"], ["propose 2"]] }

const search = (scenario: unknown): CheckResult =>
  checked(scenarioOf(scenario), { reductions: allReductions })
const measured = { seconds: 1, peakMemoryBytes: 1, generatedBefore: 0 }
const screen = { columns: 100, colours: false }
/** The summary with each of its sentences in one line. */
const textOf = (result: CheckResult): string =>
  summary(result, measured, screen).replace(/\n +/g, " ")
const tableRow = (result: CheckResult): string =>
  new Table([result.scenario.name], screen).row(rowOf(result, measured))

describe("a bound that processes come to", () => {
  const result = search(twoProposers)
  const beyond = "some process stopped at this bound: what lies beyond it was not explored"

  it("leaves a verdict: one that gives up there is in no deadlock", () => {
    expect([result.verdict, result.exhaustive, result.notes]).toEqual(["holds", true, []])
    expect(verdicts(result)["deadlock-freedom"]).toBe("holds")
    expect(result.counts.distinct).toBe(45_881)
  })

  it("stands next to the verdict in the JSON document, with all else that bounds it", () => {
    expect(checkDocument(result, measured)).toMatchObject({
      verdict: "holds",
      bounds: {
        limits: { ballots: 2 },
        reached: ["ballots"],
        scripts: { c1: ["reconfigure +s2", "write 1"], c2: ["reconfigure +s3 -s1", "read"] },
        faults: []
      }
    })
  })

  it("stands next to the verdict in the text", () => {
    expect(textOf(result).split("\n")).toContain(
      `bounds: 4 operations of 2 clients; no faults; ballots up to 2; ${beyond}`
    )
  })

  it("has a star in the table, and the table a footnote", () => {
    expect(tableRow(result)).toMatch(/ holds, ballots 2\* +45,881 /)
    const report = { asExpected: true, distinct: 1, reachesBound: true }
    expect(tableFoot([report], 1)).toBe(`1 as expected, 0 not; 1 states in 1.0 s\n* ${beyond}`)
  })

  it("is not a deadlock in random walks either, whose runs end there", () => {
    const { properties, walk, boundsReached } = walked(twoProposers)
    expect(walk.stuck).toBeGreaterThan(0)
    expect([walk.violated, walk.findings, boundsReached]).toEqual([0, [], ["ballots"]])
    expect(properties.find(({ name }) => name === "deadlock-freedom")?.verdict).toBe("inconclusive")
  })

  it("is not taken for the end of a script: a proposer that stops there is not done", () => {
    const { model } = scenarioOf(duel)
    const network = new Network(model, soundReductions(allReductions, model, true))
    const seen = { done: 0, cut: 0 }
    for (const state of terminal(network)) {
      expect(network.isDone(state)).toBe(network.cutOf(state) === "not")
      seen[network.isDone(state) ? "done" : "cut"]++
    }
    expect(Math.min(seen.done, seen.cut)).toBeGreaterThan(1)
  })

  it("completes no script: that no run does is said", () => {
    const result = checked(loadedFrom(patient))
    expect([result.verdict, result.boundsReached]).toEqual(["holds", ["patience"]])
    expect(verdicts(result)["deadlock-freedom"]).toBe("holds")
    expect(result.vacuous).toContain("no run completes every client's script")
    expect(walked(duel).walk.completed).toBeGreaterThan(0)
  })
})

describe("a bound that no process reaches", () => {
  it("has no star, no footnote, and is not among those that were reached", () => {
    const result = search({ ...duel, clients: [["propose 1"]] })
    expect(checkDocument(result, measured)).toMatchObject({
      bounds: { limits: { ballots: 2 }, reached: [] }
    })
    expect(tableRow(result)).toMatch(/ ballots 2 /)
    expect(tableFoot([{ asExpected: true, distinct: 1, reachesBound: false }], 1)).not.toContain(
      "*"
    )
    expect(textOf(result)).toMatch(/^bounds: .*; ballots up to 2$/m)
  })
})

describe("the bounds of a scenario", () => {
  it("are taken: what is searched depends on them", () => {
    const states = (bounds: object) => search({ ...duel, ...bounds }).counts.distinct
    expect(accepted({ ...duel, bounds: { ballots: 3 } }).bounds).toEqual({ ballots: 3 })
    expect(states({})).toBe(states({ bounds: { ballots: 2 } }))
    expect(states({ bounds: { ballots: 1 } })).toBeLessThan(states({}))
    expect(states({ bounds: { ballots: 3 } })).toBeGreaterThan(states({}))
  })

  it("are what is usual where nothing is said, and none where the protocol has none", () => {
    expect([accepted(duel).bounds, accepted({}).bounds]).toEqual([{ ballots: 2 }, {}])
  })

  it("are refused with their place, and the mend, if the protocol has no such bound", () => {
    expect(
      [
        refusal({ ...twoProposers, bounds: { rounds: 3 } }),
        refusal({ ...twoProposers, bounds: { balots: 3 } }),
        refusal({ bounds: { ballots: 3 } }),
        refusal({ ...twoProposers, bounds: { ballots: 0 } }),
        refusal({ ...twoProposers, bounds: { ballots: 2.5 } }),
        refusal({ ...twoProposers, bounds: { ballots: "3" } }),
        refusal({ ...twoProposers, bounds: { ballots: 1001 } }),
        refusal({ ...twoProposers, bounds: 3 })
      ].join("\n")
    ).toMatchInlineSnapshot(`
      "file.json: bounds.rounds: rambo has no bound "rounds" — known: ballots
      file.json: bounds.balots: rambo has no bound "balots" — did you mean "ballots"?
      file.json: bounds.ballots: majority has no bound "ballots" — remove it
      file.json: bounds.ballots: expected a whole number from 1 to 1000
      file.json: bounds.ballots: expected a whole number from 1 to 1000
      file.json: bounds.ballots: expected a whole number from 1 to 1000
      file.json: bounds.ballots: expected a whole number from 1 to 1000
      file.json: bounds: expected a record such as {"ballots": 3}"
    `)
  })
})

const walked = (scenario: unknown) => {
  const runs = { seed: 1, from: 0, to: 500, maxSteps: 10_000 }
  const check = new WalkCheck(scenarioOf(scenario), runs, allReductions)
  while (check.advance(1000));
  return check.result()
}

/** The states without transitions. */
const terminal = (network: Network): ReadonlyArray<Int32Array> => {
  const states = new Map(network.initial.map((state) => [state.join(), state]))
  return [...iterated(states, network)]
}

function* iterated(states: Map<string, Int32Array>, network: Network): Generator<Int32Array> {
  for (const state of states.values()) {
    const visit = () => {
      const key = network.successor.join()
      if (!states.has(key)) states.set(key, network.successor.slice())
    }
    if (network.expand(state, { visit }) === 0) yield state
  }
}

/**
 * A client that tries forever, as far as the bound lets the search see: its only operation never
 * ends.
 */
const patient: Model = {
  protocol: {
    name: "patient",
    about: "a client that tries for ever",
    Message: Schema.Never,
    objects: [register],
    properties: [],
    describe: String
  },
  system: {
    nodes: [
      {
        id: client("c1"),
        role: "client",
        process: {
          State: Schema.Int,
          durable: false,
          initial: () => 0,
          ready: (_context, _self, state) => state === 0,
          choices: (_context, _self, state) => (state === 0 || state === 3 ? [] : ["again"]),
          step: (_context, _self, state, input) => ({
            state: (state as number) + 1,
            sends: [],
            observations:
              input._tag === "Invoke" ? [{ _tag: "Invocation", operation: input.operation }] : []
          }),
          atBound: (_context, state) => (state === 3 ? "patience" : undefined)
        } satisfies AnyProcess
      }
    ],
    context: {},
    parameters: {}
  },
  scripts: { [client("c1")]: [{ _tag: "Read" }] },
  faults: noFaults,
  properties: []
}
