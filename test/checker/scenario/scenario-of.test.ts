/** Scenarios without a file equal those with one, through the library's interface alone. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  allReductions,
  Check,
  type CheckOptions,
  counterexampleDocument,
  type Expected,
  fromData,
  type LoadedScenario,
  type Model,
  ParallelCheck,
  type ScenarioOptions,
  ScenarioRefused,
  SearchWorker,
  scenarioOf,
  scenarioOfModel,
  soundReductions,
  story
} from "../../../checker/index.ts"
import { consensus, Fault, majority, Nodes, type Parameters, Process } from "../../../spec/index.ts"

const accepted = (data: unknown): LoadedScenario => Result.getOrThrow(fromData("file", data))

const resultOf = (scenario: LoadedScenario, options: Omit<CheckOptions, "order"> = {}) => {
  const check = new Check(scenario, "bfs", allReductions, options)
  while (check.advance(1000));
  return check.result()
}

const written = { protocol: "majority", servers: 3, clients: [["write 1"], ["read"]] }
const parametersOf = ({ model }: LoadedScenario) =>
  model.system.parameters as Parameters.StorageParameters
const [c1, c2] = [Nodes.client("c1"), Nodes.client("c2")]
const scripts = { [c1]: [{ _tag: "Write", value: 1 }], [c2]: [{ _tag: "Read" }] }

describe("the scenario of a protocol", () => {
  it("is the one that a file describes, if it says the same", () => {
    const file = accepted({ ...written, expect: { atomicity: "holds" } })
    const expected: Record<string, Expected> = { atomicity: "holds" }
    const made = scenarioOf(majority, parametersOf(file), {
      name: "file",
      scripts,
      expect: expected
    })
    const { model, ...rest } = Result.getOrThrow(made)
    const { model: asLoaded, ...others } = file
    expect(rest).toEqual(others)
    expect(model.properties).toEqual(asLoaded.properties)
    expect(resultOf(Result.getOrThrow(made)).counts).toEqual(resultOf(file).counts)
  })

  it("shows the bounds that are among the parameters", () => {
    const file = accepted({ protocol: "consensus", servers: 3, clients: [["propose 1"]] })
    const made = scenarioOf(consensus, parametersOf(file))
    expect(Result.getOrThrow(made)).toMatchObject({ name: "consensus", bounds: { ballots: 2 } })
  })

  it("checks properties of liveness if something is expected of them, or they are named", () => {
    const parameters = parametersOf(accepted(written))
    const namesOf = (options: ScenarioOptions) =>
      Result.getOrThrow(scenarioOf(majority, parameters, options)).model.properties.map(
        ({ name }) => name
      )
    expect(namesOf({})).not.toContain("termination")
    expect(namesOf({ expect: { termination: "holds" } })).toContain("termination")
    expect(namesOf({ properties: ["termination"] })).toEqual(["termination"])
  })

  it.each<readonly [string, ScenarioOptions, string]>([
    [
      "a variant",
      { variant: "quorum-one-shorter" },
      'majority: variant: majority has no variant "quorum-one-shorter" — did you mean "quorum-one-short"?'
    ],
    [
      "a property",
      { properties: ["atomicty"] },
      'majority: properties[0]: majority has no property "atomicty" — did you mean "atomicity"?'
    ],
    [
      "an expectation",
      { name: "mine", properties: ["atomicity"], expect: { termination: "holds" } },
      'mine: expect.termination: "termination" is not among the properties that are checked' +
        " — known: atomicity"
    ]
  ])("is refused with the place and the mend: %s", (_, options, message) => {
    const made = scenarioOf(majority, parametersOf(accepted(written)), options)
    const error = Result.getOrThrow(Result.flip(made))
    expect(error).toBeInstanceOf(ScenarioRefused)
    expect(error.message).toBe(message)
  })

  it("finds what a mutant breaks, which the story and the document report", () => {
    const faults = { budgets: [{ fault: Fault.crash, nodes: [Nodes.server("s1")], most: 1 }] }
    const options = {
      variant: "quorum-one-short",
      scripts,
      faults,
      expect: { atomicity: "violated" }
    } as const
    const scenario = Result.getOrThrow(
      scenarioOf(majority, parametersOf(accepted(written)), options)
    )
    const found = resultOf(scenario).properties.find(({ name }) => name === "atomicity")
    expect(found?.verdict).toBe("violated")
    expect(found?.counterexample && story(found.counterexample)).toContain("c1 begins write 1")
    expect(found?.counterexample && counterexampleDocument(found.counterexample).property).toBe(
      "atomicity"
    )
  })
})

describe("the scenario of a model", () => {
  /** Counts to three, as a protocol that is not in the list. */
  const counter: Process.AnyProcess = {
    State: Schema.Int,
    durable: false,
    initial: () => 0,
    ready: () => false,
    choices: (_context, _self, state) => (state === 3 ? [] : ["count"]),
    step: (_context, _self, state, input) =>
      Process.become(input._tag === "Choose" ? (state as number) + 1 : state)
  }
  const model: Model = {
    protocol: {
      name: "counting",
      about: "a node counts",
      Message: Schema.Never,
      objects: [],
      properties: [],
      describe: String
    },
    system: { nodes: [{ id: c1, role: "counter", process: counter }], context: {}, parameters: {} },
    scripts: {},
    faults: Fault.noFaults,
    properties: [
      {
        _tag: "Process",
        role: "counter",
        name: "below-three",
        about: "it never comes to three",
        holds: (_context, _self, state) => state !== 3
      }
    ]
  }

  it("is searched like any other, and reported in the same words", () => {
    const scenario = scenarioOfModel(model, { name: "mine", expect: { "below-three": "violated" } })
    const result = resultOf(scenario)
    expect([result.scenario.name, result.verdict, result.asExpected]).toEqual([
      "mine",
      "violated",
      true
    ])
    const [found] = result.properties
    expect(found?.counterexample && story(found.counterexample)).toContain(
      "mine violates below-three"
    )
  })

  it("needs nothing but the model: then deadlock-freedom is checked, and nothing expected", () => {
    const result = resultOf(scenarioOfModel({ ...model, properties: [] }))
    expect(result.properties.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["deadlock-freedom", "holds"]
    ])
    expect(
      resultOf(scenarioOfModel({ ...model, properties: [] }, { checksDeadlock: false })).properties
    ).toEqual([])
  })

  it("is searched by several workers as by one", async () => {
    const scenario = scenarioOfModel(model)
    const { checksDeadlock } = scenario
    const sound = soundReductions(allReductions, model, checksDeadlock)
    const check = new ParallelCheck(scenario, sound, { keeping: "states" }, ({ reductions, log }) =>
      [0, 1].map((index) => {
        const setup = {
          model,
          reductions,
          checksDeadlock,
          keeping: "states",
          index,
          count: 2,
          log
        } as const
        const worker = new SearchWorker(setup)
        return { ask: async (order) => worker.answer(order) }
      })
    )
    while (await check.advance());
    const [together, alone] = [await check.result(), resultOf(scenario)]
    expect([together.verdict, together.counts]).toEqual([alone.verdict, alone.counts])
  })
})
