import { describe, expect, it } from "vitest"
import { checkRelation, type RelationOptions } from "../../../checker/relation/check.ts"
import type { Relation } from "../../../checker/relation/relation.ts"

/** The example of `checkRelation`'s documentation, word for word. */
const jugs = (options: RelationOptions = {}) =>
  checkRelation(
    {
      initial: [{ small: 0, big: 0 }],
      actions: {
        fill: () => [{ small: 3 }, { big: 5 }],
        empty: () => [{ small: 0 }, { big: 0 }],
        "pour into big": ({ small, big }) => {
          const poured = Math.min(small, 5 - big)
          return [{ small: small - poured, big: big + poured }]
        },
        "pour into small": ({ small, big }) => {
          const poured = Math.min(big, 3 - small)
          return [{ small: small + poured, big: big - poured }]
        }
      },
      invariants: { "never four gallons": ({ big }) => big !== 4 }
    },
    options
  )

interface Count {
  readonly count: number
}
const countingTo = (last: number): Relation<Count> => ({
  initial: [{ count: 0 }],
  actions: { count: ({ count }) => (count < last ? [{ count: count + 1 }] : []) }
})
const endless: Relation<Count> = {
  initial: [{ count: 0 }],
  actions: { count: ({ count }) => [{ count: count + 1 }], "count down": () => [] },
  invariants: { "below ten": ({ count }) => count < 10, "not negative": ({ count }) => count >= 0 },
  sometimes: { five: ({ count }) => count === 5, "minus one": ({ count }) => count === -1 }
}
const verdictsOf = <State extends object>(...asked: Parameters<typeof checkRelation<State>>) =>
  Object.fromEntries(checkRelation(...asked).properties.map(({ name, verdict }) => [name, verdict]))

describe("checking a relation", () => {
  it("counts the jugs of DieHard as TLC does, and measures four gallons in six steps", () => {
    const { verdict, exhaustive, states, fired, properties } = jugs({ violations: "all" })
    expect({ verdict, exhaustive, states }).toEqual({
      verdict: "violated",
      exhaustive: true,
      states: { distinct: 16, generated: 97, depth: 7 }
    })
    expect(fired).toEqual({ fill: 32, empty: 32, "pour into big": 16, "pour into small": 16 })
    expect(properties[0]?.counterexample).toEqual({
      initial: { small: 0, big: 0 },
      steps: [
        { action: "fill", state: { small: 0, big: 5 } },
        { action: "pour into small", state: { small: 3, big: 2 } },
        { action: "empty", state: { small: 0, big: 2 } },
        { action: "pour into small", state: { small: 2, big: 0 } },
        { action: "fill", state: { small: 2, big: 5 } },
        { action: "pour into small", state: { small: 3, big: 4 } }
      ]
    })
  })

  it("calls a function once for each combination of what it looked at", () => {
    const asked: Array<number> = []
    const report = checkRelation({
      initial: [{ left: 0, right: 0 }],
      actions: {
        left: ({ left }) => {
          asked.push(left)
          return left < 9 ? [{ left: left + 1 }] : []
        },
        right: ({ right }) => (right < 9 ? [{ right: right + 1 }] : [])
      }
    })
    expect(report.states).toEqual({ distinct: 100, generated: 181, depth: 18 })
    // Each of them a second time at once, to see whether it answers the same, and a third time in
    // the end; and the first eight of states that notice what they are looked at for in vain.
    expect(asked.filter((one, at) => asked.indexOf(one) === at)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9
    ])
    expect(asked).toHaveLength(30 + 8)
    expect(report.engine).toEqual({ calls: 20, memoHitRate: 0.9 })
  })

  it("reports a violation in an initial state with no step", () => {
    const { properties } = checkRelation({
      ...countingTo(3),
      invariants: { positive: ({ count }) => count > 0 }
    })
    expect(properties[0]?.counterexample).toEqual({ initial: { count: 0 }, steps: [] })
  })

  it("begins a counterexample in the initial state from which it is shortest", () => {
    const { properties } = checkRelation({
      ...countingTo(9),
      initial: [{ count: 0 }, { count: 4 }],
      invariants: { "not six": ({ count }) => count !== 6 }
    })
    expect(properties[0]?.counterexample?.initial).toEqual({ count: 4 })
    expect(properties[0]?.counterexample?.steps).toHaveLength(2)
  })

  it("reports what is vacuous", () => {
    const report = checkRelation({
      ...countingTo(3),
      sometimes: { three: ({ count }) => count === 3, four: ({ count }) => count === 4 }
    })
    expect(report.verdict).toBe("violated")
    expect(report.vacuous).toEqual(["four"])
    expect(checkRelation(endless, { maxStates: 20 }).vacuous).toEqual([])
  })
})

describe("deadlock", () => {
  const stuck = { "deadlock-freedom": "violated" }

  it("is looked for only when asked for", () => {
    expect(verdictsOf(countingTo(3))).toEqual({})
    expect(verdictsOf(countingTo(3), { deadlock: true })).toEqual(stuck)
  })

  it("is reported with the shortest run into it", () => {
    const [property] = checkRelation(countingTo(3), { deadlock: true }).properties
    expect(property?.kind).toBe("deadlock")
    expect(property?.counterexample?.steps.map(({ state }) => state.count)).toEqual([1, 2, 3])
  })

  it("is none in a state that is done, or that leads to itself", () => {
    const done = { ...countingTo(3), isDone: ({ count }: Count) => count === 3 }
    expect(verdictsOf(done, { deadlock: true })).toEqual({ "deadlock-freedom": "holds" })
    expect(verdictsOf({ ...done, isDone: ({ count }) => count === 2 }, { deadlock: true })).toEqual(
      stuck
    )
    const idle = { initial: [{ count: 0 }], actions: { idle: () => [{}] } }
    expect(verdictsOf(idle, { deadlock: true })).toEqual({ "deadlock-freedom": "holds" })
    expect(checkRelation(idle).states).toEqual({ distinct: 1, generated: 2, depth: 0 })
  })
})

describe("a bound on states", () => {
  it("leaves what was not decided inconclusive", () => {
    const report = checkRelation(endless, { maxStates: 8 })
    // The ninth state is over the limit; the tenth was found when the ninth was expanded, in the
    // same round.
    expect(report).toMatchObject({
      ...{ verdict: "inconclusive", exhaustive: false, frontier: 1 },
      states: { distinct: 10, generated: 10, depth: 9 }
    })
    expect(verdictsOf(endless, { maxStates: 8, deadlock: true })).toEqual({
      "below ten": "inconclusive",
      "not negative": "inconclusive",
      "deadlock-freedom": "inconclusive",
      five: "holds",
      "minus one": "inconclusive"
    })
  })

  it("keeps a violation that was found", () => {
    expect(checkRelation(endless, { maxStates: 20 }).verdict).toBe("violated")
    expect(verdictsOf(endless, { maxStates: 20 })).toMatchObject({
      "below ten": "violated",
      "not negative": "inconclusive"
    })
  })

  it("is not hit by a relation that has just as many", () => {
    expect(checkRelation(countingTo(7), { maxStates: 8 })).toMatchObject({
      verdict: "holds",
      exhaustive: true
    })
    expect(checkRelation(countingTo(7), { maxStates: 7 }).exhaustive).toBe(false)
  })
})

describe("states", () => {
  it("are records in records, whose fields change one by one", () => {
    const { properties } = checkRelation({
      initial: [
        { queue: [] as ReadonlyArray<number>, nodes: { left: { up: true }, right: { up: true } } }
      ],
      actions: {
        *crash({ nodes }) {
          if (nodes.right.up) yield { nodes: { right: { up: false } } }
        },
        send: ({ queue }) => (queue.length < 2 ? [{ queue: [...queue, queue.length] }] : [])
      },
      invariants: {
        "one is up": ({ queue, nodes }) => queue.length < 2 || nodes.left.up === nodes.right.up
      }
    })
    expect(properties[0]?.counterexample?.steps.at(-1)?.state).toEqual({
      queue: [0, 1],
      nodes: { left: { up: true }, right: { up: false } }
    })
  })

  it("are equal regardless of the order in which records were written", () => {
    const { states } = checkRelation({
      initial: [
        { left: 1, right: { low: 2, high: [{ a: 1, b: 2 }] } },
        { right: { high: [{ b: 2, a: 1 }], low: 2 }, left: 1 }
      ],
      actions: {}
    })
    expect(states).toEqual({ distinct: 1, generated: 2, depth: 0 })
  })

  it("may hold a record where null was, and is then a value like any other", () => {
    const { states } = checkRelation({
      initial: [{ vote: null as null | { readonly ballot: number; readonly by?: string } }],
      actions: {
        vote: ({ vote }) => [{ vote: vote === null ? { ballot: 1, by: "a" } : { ballot: 1 } }]
      }
    })
    expect(states).toEqual({ distinct: 3, generated: 4, depth: 2 })
  })

  it("can be copied, listed and written down like plain ones", () => {
    const seen: Array<unknown> = []
    checkRelation({
      initial: [{ count: 1, inner: { list: [1, { two: 2 }] } }],
      actions: {
        look: (state) => {
          seen.push(
            { ...state, inner: { ...state.inner } },
            structuredClone(state),
            JSON.parse(JSON.stringify(state))
          )
          return [state]
        }
      }
    })
    const plain = { count: 1, inner: { list: [1, { two: 2 }] } }
    expect(seen.length).toBeGreaterThan(0)
    for (const one of seen) expect(one).toEqual(plain)
  })
})
