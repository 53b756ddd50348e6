/**
 * The checker refuses ill-formed models, and accepts equal names that do no harm.
 */
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { maxProperties } from "../../../checker/engine/space.ts"
import { ModelIllFormed, maxFaults } from "../../../checker/network/ill-formed.ts"
import type { Model } from "../../../checker/network/model.ts"
import { Network } from "../../../checker/network/network.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { WalkCheck } from "../../../checker/walk/walk-check.ts"
import {
  corruption,
  crash,
  type Fault,
  type FaultModel,
  type Premise,
  replacement
} from "../../../spec/kernel/fault.ts"
import { NodeId } from "../../../spec/kernel/node.ts"
import type { AnyObserver } from "../../../spec/kernel/observer.ts"
import { type AnyProcess, become } from "../../../spec/kernel/process.ts"
import type { AnyProperty } from "../../../spec/kernel/property.ts"
import { checked, loadedFrom, scenarioOf, verdicts } from "./searching.ts"

const node = (name: string): NodeId => NodeId.make(name)
const [s1, s2, witness] = [node("s1"), node("s2"), node("w")]

/** Sends the witness this value once, unless it is zero. */
const telling = (value: number): AnyProcess => ({
  State: Schema.Struct({ told: Schema.Boolean }),
  durable: false,
  initial: () => ({ told: value === 0 }),
  ready: () => false,
  choices: (_context, _self, state) => ((state as { told: boolean }).told ? [] : ["tell"]),
  step: (_context, _self, state, input) =>
    input._tag === "Choose"
      ? {
          state: { told: true },
          sends: [{ to: witness, message: { _tag: "Told", value } }],
          observations: []
        }
      : become(state)
})

/** Keeps the last value that it received. */
const listening: AnyProcess = {
  State: Schema.Struct({ value: Schema.Int }),
  durable: false,
  initial: () => ({ value: 0 }),
  ready: () => false,
  choices: () => [],
  step: (_context, _self, state, input) =>
    become(input._tag === "Receive" ? { value: (input.message as { value: number }).value } : state)
}

const neverFooled = (name: string): AnyProperty => ({
  _tag: "Process",
  role: "witness",
  name,
  about: "the witness is told nothing but zero",
  holds: (_context, _self, state) => (state as { value: number }).value === 0
})

const modelOf = (faults: FaultModel, properties = [neverFooled("never-fooled")]): Model => ({
  protocol: {
    name: "telling",
    about: "servers tell a witness",
    Message: Schema.TaggedStruct("Told", { value: Schema.Int }),
    objects: [],
    properties,
    describe: String
  },
  system: {
    nodes: [
      { id: s1, role: "server", process: telling(0) },
      { id: s2, role: "server", process: telling(0) },
      { id: witness, role: "witness", process: listening }
    ],
    context: {},
    parameters: {}
  },
  scripts: {},
  faults,
  properties
})

const begun = () => ({ told: false })
const liar = replacement("turned", telling(1), begun)
const silent = replacement("turned", telling(0))

/** How the model is refused, by any kind of check. */
const refusal = (model: Model): string => {
  const scenario = loadedFrom(model, false)
  const runs = { seed: 1, from: 0, to: 1, maxSteps: 10 }
  const refused = [
    () => checked(scenario),
    () => checked(scenario, { reductions: allReductions }),
    () => new WalkCheck(scenario, runs, []).advance(1)
  ].map((check) => {
    try {
      check()
    } catch (error) {
      if (error instanceof ModelIllFormed) return error.message
      throw error
    }
    throw new Error("it was not refused")
  })
  expect(new Set(refused).size).toBe(1)
  return refused[0] as string
}

describe("a fault model is refused", () => {
  const many = (count: number): FaultModel => ({
    budgets: Array.from({ length: count }, (_, index) => ({
      fault: { ...crash, name: `crash ${index}` },
      nodes: [s1],
      most: 0
    }))
  })

  it.each<readonly [string, FaultModel, string]>([
    [
      "two faults of one name",
      {
        budgets: [
          { fault: liar, nodes: [s1], most: 1 },
          { fault: silent, nodes: [s2], most: 1 }
        ]
      },
      'faults.budgets[1]: two different faults are named "turned"; rename one of them;' +
        " if both are meant to be one fault, create it once and use it twice"
    ],
    [
      "a different fault of that name at the start",
      { budgets: [{ fault: liar, nodes: [s1], most: 1 }], atStart: [{ fault: silent, node: s1 }] },
      'faults.atStart[0]: two different faults are named "turned"; rename one of them;' +
        " if both are meant to be one fault, create it once and use it twice"
    ],
    [
      "a budget of a node that does not exist",
      { budgets: [{ fault: crash, nodes: [s1, node("s9")], most: 1 }] },
      'faults.budgets[0].nodes: there is no node "s9"; name some of s1, s2, w, or add the node'
    ],
    [
      "a budget that names a node twice, which would be spent twice",
      { budgets: [{ fault: crash, nodes: [s1, s1, s2], most: 2 }] },
      'faults.budgets[0].nodes: "s1" is named twice; name it once'
    ],
    [
      "half a node",
      { budgets: [{ fault: crash, nodes: [s1], most: 0.5 }] },
      "faults.budgets[0].most: 0.5 is not a number of nodes; write a whole number, 0 or more"
    ],
    [
      "more faults at the start than their budget allows",
      {
        budgets: [{ fault: liar, nodes: [s1, s2], most: 0 }],
        atStart: [{ fault: liar, node: s1 }]
      },
      "faults.budgets[0].most: 1 of these nodes suffer turned at the start, but at most 0 may;" +
        " write 1 or more"
    ],
    [
      "a fault at the start of a node that does not exist",
      {
        budgets: [{ fault: liar, nodes: [s1], most: 1 }],
        atStart: [{ fault: liar, node: node("s9") }]
      },
      'faults.atStart[0]: there is no node "s9"; name some of s1, s2, w, or add the node'
    ],
    [
      "a fault at the start that no budget allows",
      { budgets: [{ fault: liar, nodes: [s1], most: 1 }], atStart: [{ fault: liar, node: s2 }] },
      'faults.atStart[0]: no budget of turned names "s2"; add the node to a budget: every fault counts against one'
    ],
    [
      "two faults of one node at the start",
      {
        budgets: [
          { fault: liar, nodes: [s1], most: 1 },
          { fault: crash, nodes: [s1], most: 1 }
        ],
        atStart: [
          { fault: liar, node: s1 },
          { fault: crash, node: s1 }
        ]
      },
      'faults.atStart: "s1" suffers two faults at the start; keep one of them'
    ],
    [
      "more kinds of faults than a state has bits for",
      many(maxFaults + 1),
      "faults.budgets: there are 31 kinds of faults, but one search supports at most 30;" +
        " join some of them, or check them in two searches"
    ],
    [
      "no adversary to speak for nodes that are taken over",
      { budgets: [{ fault: corruption, nodes: [s1], most: 1 }] },
      "faults.adversary: nodes may be taken over, but the model has no adversary to speak for them;" +
        ' add one, such as { strength: "arbitrary" }'
    ]
  ])("%s", (_, faults, message) => {
    expect(refusal(modelOf(faults))).toBe(message)
  })

  it("but not with as many kinds as there are bits, the last of which still happens", () => {
    const { budgets } = many(maxFaults - 1)
    const last: Fault = replacement("last", telling(1), begun)
    const model = modelOf({ budgets: [...budgets, { fault: last, nodes: [s2], most: 1 }] })
    expect(verdicts(checked(loadedFrom(model, false)))).toEqual({ "never-fooled": "violated" })
  })

  it("but not with one fault in two budgets, or a fault that may hand no node over", () => {
    const lying = { fault: liar, nodes: [s1], most: 1 }
    const nobody = { fault: corruption, nodes: [s1], most: 0 }
    const model = modelOf({ budgets: [lying, { ...lying, nodes: [s2] }, nobody] })
    expect(verdicts(checked(loadedFrom(model, false)))).toEqual({ "never-fooled": "violated" })
  })
})

describe("a model is refused", () => {
  const sound = modelOf({ budgets: [{ fault: liar, nodes: [s1], most: 1 }] })

  it("with two nodes of one name", () => {
    const nodes = [...sound.system.nodes, { id: s1, role: "server", process: telling(1) }]
    expect(refusal({ ...sound, system: { ...sound.system, nodes } })).toBe(
      'system.nodes: two nodes are named "s1"; rename one of them'
    )
  })

  it("with a script of an unknown node", () => {
    expect(refusal({ ...sound, scripts: { [node("c9")]: [] } })).toBe(
      'scripts["c9"]: there is no node "c9"; name some of s1, s2, w, or add the node'
    )
  })

  it.each(["twice", "deadlock-freedom"])("with two properties of one name: %s", (name) => {
    const properties = [neverFooled(name), ...(name === "twice" ? [neverFooled(name)] : [])]
    expect(refusal({ ...sound, properties })).toBe(
      `properties: two properties are named "${name}"; rename one of them`
    )
  })

  it("with more properties that can fail than there are bits, however many others there are", () => {
    const failing = (count: number) =>
      Array.from({ length: count }, (_, index) => neverFooled(`p${index}`))
    const reached = Array.from(
      { length: 10 },
      (_, index): AnyProperty => ({
        _tag: "Sometimes",
        name: `r${index}`,
        about: "something happens",
        holds: () => true
      })
    )
    expect(refusal({ ...sound, properties: [...reached, ...failing(maxProperties + 1)] })).toBe(
      "properties: 31 of them can fail in a state or a step, but one search decides at most 30;" +
        " join some of them, or check them in two searches"
    )
    const most = { ...sound, properties: [...reached, ...failing(maxProperties)] }
    const found = Object.values(verdicts(checked(loadedFrom(most, false))))
    expect(found.filter((verdict) => verdict === "violated")).toHaveLength(maxProperties)
  })

  it("but not if it was loaded", () => {
    const { model } = scenarioOf({ faults: { crashes: "static-liveness" }, ...small })
    expect(() => new Network(model)).not.toThrow()
  })
})

const small = { protocol: "majority", servers: 3, clients: [["write 1"]] }

describe("observers of one name", () => {
  const counting = (name: string, initial = 0): AnyObserver => ({
    name,
    initial,
    observe: (count, { _tag }) => (_tag === "Fault" ? (count as number) + 1 : count),
    allowsEarlierResponses: true,
    mentionsServers: false,
    violation: (count) => (count === 0 ? undefined : "something befell a node")
  })
  const still = (name: string): AnyObserver => ({
    ...counting(name),
    observe: (count) => count,
    violation: () => undefined
  })
  const observed = (name: string, observer: AnyObserver): AnyProperty => ({
    ...{ _tag: "Observed", name, about: "what an observer sees" },
    observer: () => observer
  })
  const live = (name: string, observer: AnyObserver): AnyProperty => ({
    ...{ _tag: "Live", name, about: "nothing stays pending" },
    observer: () => observer,
    owes: () => true,
    pending: () => []
  })
  const premiseOf = (observer: AnyObserver): Premise<unknown, unknown> => ({
    name: "at most one",
    observer: () => observer,
    holds: (count) => (count as number) <= 1
  })
  const suffering = (
    premise: Premise<unknown, unknown>,
    properties: ReadonlyArray<AnyProperty>
  ): Model => ({
    ...modelOf({ budgets: [{ fault: crash, nodes: [s1, s2], most: 2 }], premise }),
    properties
  })
  const resultOf = (model: Model) => checked(loadedFrom(model, false))

  it.each(["its own", "theirs"])("bound faults by what the premise's observer sees: %s", (name) => {
    const properties = [
      observed("other", still("theirs")),
      observed("nothing-happens", counting("third"))
    ]
    const model = suffering(premiseOf(counting(name)), properties)
    const result = resultOf(model)
    expect(verdicts(result)).toEqual({ other: "holds", "nothing-happens": "violated" })
    // Neither has crashed, or one of two has.
    expect(result.counts.distinct).toBe(3)
  })

  it("count as one if they see the same: a state has one component for them", () => {
    const properties = [live("one", counting("shared")), live("two", counting("shared"))]
    const network = new Network(suffering(premiseOf(counting("shared")), properties))
    expect(network.width).toBe(network.locals.nodes.length + 1)
    expect(resultOf(network.model).counts.distinct).toBe(3)
  })

  it.each([
    ["they begin in different states", counting("shared", 1)],
    ['they differ after {"_tag":"Fault","fault":"crash","node":"s1"}', still("shared")]
  ])("are refused if they do not: %s", (difference, other) => {
    const model = suffering(premiseOf(counting("shared")), [live("one", other)])
    expect(() => resultOf(model)).toThrow(
      new ModelIllFormed({
        where: "properties",
        problem: `two observers are named "shared", but ${difference}`,
        mend: "rename one of them"
      })
    )
  })

  it("judge nothing if they are onlookers", () => {
    const model = suffering(premiseOf(counting("mine")), [observed("other", still("other"))])
    expect(verdicts(resultOf(model))).toEqual({ other: "holds" })
    const network = new Network(model)
    const judged: Array<number> = []
    network.expand(network.initial[0] as Int32Array, {
      visit: () => judged.push(network.judge(network.successor))
    })
    expect(judged).toEqual([0, 0])
  })

  it("are refused if an onlooker has the name of a property: reports could show only one of them", () => {
    const model = suffering(premiseOf(counting("other")), [observed("other", still("mine"))])
    expect(refusal(model)).toBe(
      'properties: one is named "other", as is the observer of a liveness property or of the premise;' +
        " rename one of them: reports show by name what each has seen"
    )
  })
})
