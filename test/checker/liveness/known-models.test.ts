/**
 * Models whose verdicts are known, through the library's interface.
 */
import { describe, expect, it } from "vitest"
import { alternatingBit } from "../../../checker/examples/alternating-bit.ts"
import { diningPhilosophers } from "../../../checker/examples/dining-philosophers.ts"
import { endlessReconfiguration } from "../../../checker/examples/endless-reconfiguration.ts"
import { peterson } from "../../../checker/examples/peterson.ts"
import { tokenRing } from "../../../checker/examples/token-ring-termination.ts"
import { checkRelation, type RelationReport } from "../../../checker/relation/check.ts"

const verdictsOf = ({ properties }: RelationReport<object>): Readonly<Record<string, string>> =>
  Object.fromEntries(properties.map(({ name, verdict }) => [name, verdict]))

/** The actions before the loop, and those of the loop, of the run that breaks a property. */
const lassoOf = ({ properties }: RelationReport<object>, property: string) => {
  const run = properties.find(({ name }) => name === property)?.counterexample
  const actions = run?.steps.map(({ action }) => action) ?? []
  return { stem: actions.slice(0, run?.loop), loop: actions.slice(run?.loop) }
}

describe("Peterson's lock", () => {
  it("serves every process that asks, if none stops outside of rest", () => {
    const report = checkRelation(peterson({ isFair: true }))
    expect(report).toMatchObject({ verdict: "holds", vacuous: [], states: { distinct: 20 } })
    expect(Object.keys(verdictsOf(report))).toEqual([
      "mutual exclusion",
      "p is served",
      "q is served"
    ])
  })

  it("serves no process that stops, which is allowed without fairness", () => {
    const report = checkRelation(peterson({ isFair: false }))
    expect(verdictsOf(report)).toEqual({
      "mutual exclusion": "holds",
      "p is served": "violated",
      "q is served": "violated"
    })
    expect(lassoOf(report, "p is served")).toEqual({ stem: ["request(p)"], loop: [] })
  })
})

describe("the alternating-bit protocol", () => {
  it("delivers if packets that are sent infinitely often arrive infinitely often", () => {
    const report = checkRelation(alternatingBit({ channels: "strongly fair" }))
    expect(report).toMatchObject({ verdict: "holds", vacuous: [] })
  })

  it("delivers nothing over weakly fair channels, because they may lose every packet", () => {
    const report = checkRelation(alternatingBit({ channels: "weakly fair" }))
    expect(Object.values(verdictsOf(report))).toEqual(["violated", "violated"])
    const { stem, loop } = lassoOf(report, "a message is accepted")
    expect(stem).toEqual([])
    expect([...loop].sort()).toEqual([
      "lose acknowledgement",
      "lose packet",
      "send acknowledgement",
      "send packet"
    ])
  })
})

describe("termination detection on a ring of four", () => {
  it("has the number of states that TLC reports, and eventually detects termination", () => {
    const report = checkRelation(tokenRing({ count: 4 }))
    expect(report.states).toMatchObject({ distinct: 1_566, generated: 15_986 })
    expect(verdictsOf(report)).toMatchObject({
      "detection is right": "holds",
      "termination is detected": "holds"
    })
  })

  it("makes no node passive: the token may wait for an active node forever", () => {
    const report = checkRelation(tokenRing({ count: 4 }))
    expect(verdictsOf(report)["all nodes become passive"]).toBe("violated")
    expect(lassoOf(report, "all nodes become passive").loop).toEqual([])
  })

  it("detects nothing if no node need pass the token on", () => {
    const report = checkRelation(tokenRing({ count: 4, isFair: false }))
    expect(verdictsOf(report)["termination is detected"]).toBe("violated")
  })
})

describe("dining philosophers", () => {
  const dine = (rightHanded: number, fairness: "weak" | "strong") =>
    checkRelation(diningPhilosophers({ count: 4, rightHanded, fairness }), { deadlock: true })

  it("are stuck if all take the left fork first, however strong fairness is", () => {
    for (const fairness of ["weak", "strong"] as const) {
      expect(verdictsOf(dine(0, fairness))).toMatchObject({
        "deadlock-freedom": "violated",
        "0 eats": "violated"
      })
    }
  })

  it("are never stuck if one of them takes the right fork first, but one may starve", () => {
    const report = dine(1, "weak")
    const { "deadlock-freedom": deadlock, ...eats } = verdictsOf(report)
    expect(deadlock).toBe("holds")
    expect(Object.values(eats)).toEqual(["violated", "violated", "violated", "violated"])
    // The neighbour eats again and again, and the fork is never free for long enough.
    expect(lassoOf(report, "0 eats")).toEqual({
      stem: ["hunger(0)"],
      loop: ["hunger(3)", "take first(3)", "take second(3)", "finish(3)"]
    })
  })

  it("all eat then, if each that can take a fork infinitely often does take it", () => {
    expect(dine(1, "strong")).toMatchObject({ verdict: "holds", vacuous: [] })
  })
})

describe("a write that reconfigurations overtake", () => {
  it("never completes if they never end, though every message arrives", () => {
    const report = checkRelation(endlessReconfiguration({ reconfigurations: "endless" }))
    expect(report.verdict).toBe("violated")
    const { loop } = lassoOf(report, "the write completes")
    expect(loop).toContain("reconfigure")
    expect(loop.filter((action) => action.startsWith("store")).length).toBeGreaterThan(0)
  })

  it.each([0, 1, 7])("completes after %i reconfigurations", (reconfigurations) => {
    const report = checkRelation(endlessReconfiguration({ reconfigurations }))
    expect(report.verdict).toBe("holds")
  })
})

describe("vacuity", () => {
  const clock = {
    initial: [{ hour: 0 }],
    actions: {
      tick: ({ hour }: { readonly hour: number }) => [{ hour: (hour + 1) % 3 }],
      strike: ({ hour }: { readonly hour: number }) => (hour > 5 ? [{ hour: 0 }] : [])
    }
  }

  it("is reported: fairness of actions that never happen, and demands that are never made", () => {
    const report = checkRelation({
      ...clock,
      fairness: { weak: ["tick"], strong: ["strike"] },
      eventually: { "it begins": ({ hour }) => hour === 0 },
      alwaysEventually: { "it is early": ({ hour }) => hour < 3 },
      leadsTo: { "midnight passes": [({ hour }) => hour === 5, ({ hour }) => hour === 0] }
    })
    expect(report.verdict).toBe("holds")
    expect(report.vacuous).toEqual([
      "strike",
      'strong fairness of "strike" requires nothing: it is never enabled',
      '"it begins" requires nothing: wherever runs begin, it is already fulfilled',
      '"it is early" is true in every state',
      '"midnight passes" requires nothing: wherever it begins, it is already fulfilled'
    ])
  })

  it("is refused if it is a mistake: fairness of an unknown action, a name that is used twice", () => {
    const never = () => false
    expect(() => checkRelation({ ...clock, fairness: { weak: ["tock"] } })).toThrow(
      'weak fairness: there is no action "tock"; name one of tick, strike'
    )
    expect(() =>
      checkRelation({ ...clock, eventually: { once: never }, invariants: { once: never } })
    ).toThrow('two properties are named "once"')
  })

  it("leaves the verdict open unless every state was visited", () => {
    const report = checkRelation(
      {
        ...clock,
        fairness: { weak: ["tick"] },
        alwaysEventually: { noon: ({ hour }) => hour === 2 }
      },
      { maxStates: 1 }
    )
    expect(report.properties).toEqual([
      { name: "noon", kind: "liveness", form: "always eventually", verdict: "inconclusive" }
    ])
  })

  it("holds with fairness, and only then", () => {
    const noon = { alwaysEventually: { noon: ({ hour }: { readonly hour: number }) => hour === 2 } }
    expect(checkRelation({ ...clock, ...noon, fairness: { weak: ["tick"] } }).verdict).toBe("holds")
    const { properties } = checkRelation({ ...clock, ...noon })
    expect(properties[0]).toMatchObject({
      verdict: "violated",
      counterexample: { loop: 0, steps: [] }
    })
  })
})
