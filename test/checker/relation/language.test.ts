/**
 * Properties of a relation other than invariants: each with a model in which it holds and one in
 * which it does not.
 */
import { describe, expect, it } from "vitest"
import { checkRelation, type RelationReport } from "../../../checker/relation/check.ts"

const verdictsOf = ({ properties }: RelationReport<never> | RelationReport<object>) =>
  Object.fromEntries(properties.map(({ name, verdict }) => [name, verdict]))

interface Count {
  readonly count: number
}
const counter = {
  initial: [{ count: 0 }],
  actions: { count: ({ count }: Count) => [{ count: count + 1 }] }
}

describe("a state constraint", () => {
  it("is not explored beyond, with TLC's counts: checked and generated, but not distinct", () => {
    const report = checkRelation({ ...counter, constraint: ({ count }) => count < 3 })
    // TLC on Init x = 0, Next x' = x + 1, CONSTRAINT x < 3: 4 states generated, 3 distinct states
    // found, depth 3.
    expect(report).toMatchObject({
      verdict: "holds",
      states: { distinct: 3, generated: 4, depth: 2 },
      beyond: 1
    })
    expect(report.notes.join()).toContain("1 transitions left the constraints")
  })

  it("hides no violation one step beyond it, nor one in an initial state beyond it", () => {
    const invariants = { "not three": ({ count }: Count) => count !== 3 }
    const beyond = checkRelation({ ...counter, invariants, constraint: ({ count }) => count < 3 })
    expect(beyond.properties[0]?.counterexample?.steps.map(({ state }) => state.count)).toEqual([
      1, 2, 3
    ])
    const first = checkRelation({
      ...counter,
      initial: [{ count: 3 }, { count: 0 }],
      invariants,
      constraint: ({ count }) => count < 3
    })
    expect(first.properties[0]?.counterexample).toEqual({ initial: { count: 3 }, steps: [] })
    expect(first.verdict).toBe("violated")
  })

  it("excuses no run from what is fair beyond it, and says that liveness is decided within it", () => {
    const report = checkRelation({
      ...counter,
      fairness: { weak: ["count"] },
      eventually: { two: ({ count }) => count === 2 },
      constraint: ({ count }) => count < 2
    })
    // To stutter in 1 would not be fair: the step to 2 is enabled there. TLC says the same.
    expect(verdictsOf(report)).toEqual({ two: "holds" })
    expect(report.notes.join()).toContain("runs that stay within them")
  })

  it("of steps leaves out steps", () => {
    const report = checkRelation({
      initial: [{ count: 0 }],
      actions: {
        by: ({ count }) => (count < 6 ? [{ count: count + 1 }, { count: count + 2 }] : [])
      },
      stepConstraint: (before, after) => after.count - before.count === 2
    })
    expect(report.states).toEqual({ distinct: 4, generated: 7, depth: 3 })
  })
})

describe("a step property", () => {
  const walk = (steps: ReadonlyArray<number>) => ({
    initial: [{ count: 0 }],
    actions: {
      walk: ({ count }: Count) =>
        steps.map((by) => ({ count: Math.max(0, Math.min(5, count + by)) }))
    },
    steps: { "never back": (before: Count, after: Count) => after.count >= before.count }
  })

  it("is true of every step that changes something", () => {
    expect(checkRelation(walk([1, 2])).verdict).toBe("holds")
    const steps = { changes: (before: Count, after: Count) => before.count !== after.count }
    expect(checkRelation({ ...walk([1]), steps }).verdict).toBe("holds")
  })

  it("is broken by a shortest run whose last step breaks it", () => {
    const [property] = checkRelation(walk([2, -1])).properties
    expect(property).toMatchObject({
      name: "never back",
      kind: "safety",
      form: "step",
      verdict: "violated"
    })
    expect(property?.counterexample?.steps.map(({ state }) => state.count)).toEqual([2, 1])
  })
})

describe("true from some time on", () => {
  const settle = (isSettled: boolean) =>
    checkRelation({
      initial: [{ at: "moving" }],
      actions: {
        move: ({ at }) => (at === "moving" ? [{ at: "moving" }, { at: "settled" }] : []),
        disturb: ({ at }) => (at === "settled" && !isSettled ? [{ at: "moving" }] : [])
      },
      fairness: { weak: ["move", "disturb"] },
      eventuallyAlways: { settles: ({ at }) => at === "settled" }
    })

  it("holds where it becomes true and stays so", () => {
    expect(settle(true).verdict).toBe("holds")
  })

  it("is broken by a loop that leaves it again and again, though it comes back", () => {
    const [property] = settle(false).properties
    expect(property?.verdict).toBe("violated")
    const { steps = [], loop = 0 } = property?.counterexample ?? {}
    expect(
      steps
        .slice(loop)
        .map(({ action }) => action)
        .sort()
    ).toEqual(["disturb", "move"])
  })

  it("is broken by stopping where it is false", () => {
    const report = checkRelation({
      ...counter,
      constraint: ({ count }) => count < 3,
      eventuallyAlways: { two: ({ count }) => count === 2 }
    })
    expect(report.properties[0]?.counterexample).toEqual({
      initial: { count: 0 },
      steps: [],
      loop: 0
    })
  })

  it("is reported as vacuous where nothing could break it", () => {
    const report = checkRelation({
      initial: [{ count: 0 }],
      actions: { idle: () => [{ count: 0 }] },
      eventuallyAlways: { zero: ({ count }) => count === 0 }
    })
    expect(report.vacuous).toContain('"zero" is true in every state')
  })
})

describe("premises", () => {
  /** A sender repeats itself over a channel that loses what it likes. */
  const channel = (premises: object) =>
    checkRelation({
      initial: [{ sent: false, arrived: false, up: true }],
      actions: {
        send: ({ sent, arrived }) => (!sent && !arrived ? [{ sent: true }] : []),
        lose: ({ sent }) => (sent ? [{ sent: false }] : []),
        arrive: ({ sent, up }) => (sent && up ? [{ sent: false, arrived: true }] : []),
        "go down": ({ up }) => (up ? [{ up: false }] : []),
        "come up": ({ up }) => (up ? [] : [{ up: true }])
      },
      fairness: { weak: ["send"], strong: ["arrive"] },
      eventually: { arrives: ({ arrived }) => arrived },
      premises
    })

  it("excuse runs that break them: the receiver is up from some time on, or again and again", () => {
    expect(channel({}).verdict).toBe("violated")
    const up = ({ up }: { readonly up: boolean }) => up
    expect(channel({ eventuallyAlways: { "it stays up": up } }).verdict).toBe("holds")
    // Up again and again, but perhaps never while a message is in flight.
    const { properties } = channel({ alwaysEventually: { "it comes up": up } })
    expect(properties[0]?.verdict).toBe("violated")
    const { steps = [], loop = 0 } = properties[0]?.counterexample ?? {}
    expect(steps.slice(loop).some(({ state }) => state.up)).toBe(true)
  })

  it("that are never met are reported as vacuous", () => {
    const report = channel({ alwaysEventually: { never: () => false } })
    expect(report.verdict).toBe("holds")
    expect(report.vacuous).toContain(
      'the premise "never" is true in no state: nothing is required of any run'
    )
  })
})

describe("fairness of a part of an action", () => {
  const choose = (isOneEnough: boolean) =>
    checkRelation({
      initial: [{ at: 0 }],
      actions: {
        go: ({ at }) => (at === 0 ? [{ at: 1 }, { at: 2 }] : at === 1 ? [{ at: 0 }] : [])
      },
      fairness: {
        strong: isOneEnough
          ? ["go"]
          : ["go", { name: "on", actions: "go", when: (_, after) => after.at === 2 }]
      },
      eventually: { two: ({ at }) => at === 2 }
    })

  it("demands of the part what fairness of the whole does not", () => {
    expect(choose(true).properties[0]?.counterexample?.loop).toBe(0)
    expect(choose(false)).toMatchObject({ verdict: "holds", vacuous: [] })
  })
})

describe("symmetry over named sets", () => {
  const nodes = ["n1", "n2", "n3", "n4"]
  /** Each node votes for some node, once. */
  const votes = (symmetry: Readonly<Record<string, ReadonlyArray<string>>>) => ({
    initial: [{ vote: { n1: "-", n2: "-", n3: "-", n4: "-" }, log: [] as ReadonlyArray<string> }],
    actions: Object.fromEntries(
      nodes.map((node) => [
        `vote(${node})`,
        ({
          vote,
          log
        }: {
          readonly vote: Readonly<Record<string, string>>
          readonly log: ReadonlyArray<string>
        }) =>
          vote[node] === "-"
            ? nodes.map((other) => ({ vote: { [node]: other }, log: [...log, other] }))
            : []
      ])
    ),
    symmetry
  })

  it("visits one of the states that differ in names, with the same verdicts and a run of the model itself", () => {
    const invariants = {
      "no three agree": ({ log }: { readonly log: ReadonlyArray<string> }) =>
        nodes.every((node) => log.filter((one) => one === node).length < 3)
    }
    const whole = checkRelation({ ...votes({}), invariants }, { violations: "all" })
    const reduced = checkRelation({ ...votes({ nodes }), invariants }, { violations: "all" })
    expect(reduced.states.distinct).toBeLessThan(whole.states.distinct / 15)
    expect(reduced.states.depth).toBe(whole.states.depth)
    expect(reduced.verdict).toBe("violated")
    const run = reduced.properties[0]?.counterexample
    expect(run?.steps).toHaveLength(3)
    const last = run?.steps.at(-1)?.state.log ?? []
    expect(new Set(last).size).toBe(1)
  })

  it("is refused where the names are treated differently", () => {
    const biased = {
      ...votes({ nodes }),
      invariants: {
        "n1 has no vote": ({ log }: { readonly log: ReadonlyArray<string> }) => !log.includes("n1")
      }
    }
    expect(() => checkRelation(biased, { violations: "all" })).toThrow(
      /symmetry: the names cannot be exchanged/
    )
    expect(() => checkRelation(votes({ nodes: ["n1", "n9"] }))).toThrow(/no field "vote.n9"/)
    expect(() => checkRelation(votes({ nodes: ["n1", "n1"] }))).toThrow(/"n1" is named twice/)
  })

  it("is not used where there are properties of liveness, and that is said", () => {
    const report = checkRelation({
      ...votes({ nodes }),
      eventually: { all: ({ log }) => log.length === 4 }
    })
    expect(report.notes.join()).toContain("symmetry was not used")
  })
})

describe("a view", () => {
  it("takes states for one in which the author sees the same", () => {
    const model = {
      initial: [{ at: 0, clock: 0 }],
      actions: {
        go: ({ at, clock }: { readonly at: number; readonly clock: number }) => [
          { at: (at + 1) % 4, clock: clock + 1 }
        ]
      },
      sometimes: { three: ({ at }: { readonly at: number }) => at === 3 }
    }
    const report = checkRelation({ ...model, view: ({ at }) => at })
    expect(report).toMatchObject({
      verdict: "holds",
      exhaustive: true,
      states: { distinct: 4, generated: 5 }
    })
    expect(report.properties[0]?.witness?.steps).toHaveLength(3)
    expect(() =>
      checkRelation({ ...model, view: ({ at }) => at, eventually: { two: ({ at }) => at === 2 } })
    ).toThrow(/liveness properties cannot be decided under a view/)
  })
})

describe("refinement", () => {
  const clock = {
    initial: [{ hour: 0 }],
    actions: { tick: ({ hour }: { readonly hour: number }) => [{ hour: (hour + 1) % 3 }] }
  }
  const withMinutes = (isRight: boolean, first = 0) =>
    checkRelation({
      initial: [{ hour: first, minute: 0 }],
      actions: {
        minute: ({ hour, minute }) =>
          minute === 0 ? [{ minute: 1 }] : [{ minute: 0, hour: (hour + (isRight ? 1 : 2)) % 3 }]
      },
      refines: { clock: { of: clock, by: ({ hour }) => ({ hour }) } }
    })

  it("holds where every step is one of the other relation's, or none", () => {
    expect(withMinutes(true)).toMatchObject({ verdict: "holds", exhaustive: true })
  })

  it("is broken by a step that is none there, and by an initial state that is none there", () => {
    const [property] = withMinutes(false).properties
    expect(property).toMatchObject({ form: "refinement", kind: "safety", verdict: "violated" })
    expect(property?.counterexample?.steps.at(-1)?.state).toEqual({ hour: 2, minute: 0 })
    const early = withMinutes(true, 1)
    expect(early.properties[0]?.counterexample).toEqual({
      initial: { hour: 1, minute: 0 },
      steps: []
    })
  })
})

describe("what is true in some state", () => {
  it("has a shortest run to it as a witness", () => {
    const report = checkRelation({
      ...counter,
      constraint: ({ count }) => count < 9,
      sometimes: { seven: ({ count }) => count === 7 }
    })
    expect(report.properties[0]).toMatchObject({ verdict: "holds", kind: "reachability" })
    expect(report.properties[0]?.witness?.steps.map(({ state }) => state.count)).toEqual([
      1, 2, 3, 4, 5, 6, 7
    ])
  })
})

describe("coverage", () => {
  it("says how many steps each action took, and in how many states it was enabled", () => {
    const report = checkRelation({
      initial: [{ count: 0 }],
      actions: {
        by: ({ count }) => (count < 2 ? [{ count: count + 1 }, { count: count + 2 }] : []),
        never: () => []
      },
      invariants: { "at most three": ({ count }) => count <= 3 }
    })
    expect([report.fired, report.enabled]).toEqual([
      { by: 4, never: 0 },
      { by: 2, never: 0 }
    ])
    expect(report.vacuous).toEqual(["never"])
  })
})
