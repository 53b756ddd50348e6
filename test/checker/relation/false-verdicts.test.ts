/**
 * Functions that depend on more than their state must not lead to a verdict: if the checker can
 * detect this, it refuses.
 */
import { describe, expect, it } from "vitest"
import { checkRelation } from "../../../checker/relation/check.ts"
import { RelationIllFormed } from "../../../checker/relation/ill-formed.ts"

interface Count {
  readonly count: number
}
const countingTo = (last: number) => ({
  initial: [{ count: 0 }],
  actions: { count: ({ count }: Count) => (count < last ? [{ count: count + 1 }] : []) }
})

const refusal = (check: () => unknown): RelationIllFormed => {
  try {
    check()
  } catch (error) {
    if (error instanceof RelationIllFormed) return error
    throw error
  }
  throw new Error("it was not refused")
}

describe("a predicate that keeps its answers by the identity of the state", () => {
  const cached = (holds: (state: Count) => boolean) => {
    const known = new WeakMap<object, boolean>()
    return (state: Count) => {
      const answer = known.get(state) ?? holds(state)
      known.set(state, answer)
      return answer
    }
  }

  it("is given another object for each state, so that its violations are found", () => {
    const invariants = { "below five": cached(({ count }) => count < 5) }
    expect(checkRelation({ ...countingTo(9), invariants }).verdict).toBe("violated")
  })

  it("is right in thousands of states as well, where answers are not remembered any more", () => {
    const whole = cached((state) => !JSON.stringify(state).includes("4321"))
    const invariants = { whole }
    const report = checkRelation({ ...countingTo(5_000), invariants })
    expect(report.verdict).toBe("violated")
    expect(report.properties[0]?.counterexample?.steps).toHaveLength(4_321)
  })

  it("is right, too, if it keeps them by the identity of a part of the state", () => {
    const known = new Map<object, boolean>()
    const invariants = {
      "below five": ({ inner }: { readonly inner: Count }) => {
        if (!known.has(inner)) known.set(inner, inner.count < 5)
        return known.get(inner) === true
      }
    }
    const report = checkRelation({
      initial: [{ inner: { count: 0 } }],
      actions: {
        count: ({ inner }) => (inner.count < 9 ? [{ inner: { count: inner.count + 1 } }] : [])
      },
      invariants
    })
    expect(report.verdict).toBe("violated")
  })
})

describe("is refused, with the part of the relation and both answers:", () => {
  it("an action that draws lots", () => {
    let drawn = 0
    const roll = () => [{ count: drawn++ % 7 }]
    const refused = refusal(() => checkRelation({ initial: [{ count: 0 }], actions: { roll } }))
    expect(refused).toMatchObject({
      where: 'action "roll"',
      problem: "called twice with the same state, it returned [{count: 0}], then [{count: 1}]",
      state: { count: 0 },
      run: { initial: { count: 0 }, steps: [] }
    })
    expect(refused.mend).toContain("only on the state")
  })

  it("an invariant that changes its mind after a hundred calls", () => {
    let calls = 0
    const invariants = { patient: ({ count }: Count) => count >= 0 && ++calls < 100 }
    expect(refusal(() => checkRelation({ ...countingTo(90), invariants })).where).toBe(
      'invariant "patient"'
    )
  })

  it("a function that reads what it wrote elsewhere", () => {
    let largest = 0
    const invariants = {
      growing: ({ count }: Count) => {
        const isGrowing = count >= largest
        largest = Math.max(largest, count)
        return isGrowing
      }
    }
    expect(refusal(() => checkRelation({ ...countingTo(90), invariants })).where).toBe(
      'invariant "growing"'
    )
  })

  it("a function that looks at a state that it kept from an earlier call", () => {
    let kept: Count | undefined
    const invariants = {
      monotone: (state: Count) => {
        kept ??= state
        return kept.count <= state.count
      }
    }
    const refused = refusal(() => checkRelation({ ...countingTo(3), invariants }))
    expect(refused.problem).toContain("read after the call")
  })

  it("an answer that depends on the clock, in the middle of a long search", () => {
    let now = 0
    const actions = {
      count: ({ count }: Count) => {
        now++
        return count < 20_000 ? [{ count: now > 15_000 ? count + 2 : count + 1 }] : []
      }
    }
    expect(refusal(() => checkRelation({ initial: [{ count: 0 }], actions })).where).toBe(
      'action "count"'
    )
  })
})

describe("numbers and names that could not be distinguished are refused:", () => {
  it("integers beyond 2^53 - 1", () => {
    const initial = [{ n: 2 ** 53 - 2 }]
    const actions = { inc: ({ n }: { readonly n: number }) => [{ n: n + 1 }] }
    const refused = refusal(() => checkRelation({ initial, actions }, { maxStates: 9 }))
    expect(refused.problem).toContain(
      'field "n" is 9007199254740992, beyond the largest exact integer'
    )
    expect(refused.state).toEqual({ n: 2 ** 53 - 1 })
    expect(refused.run?.steps.map(({ action }) => action)).toEqual(["inc"])
  })

  it("fields named by symbols, of a state and inside a value", () => {
    const key = Symbol("key")
    const inState = refusal(() =>
      checkRelation({ initial: [Object.assign({ a: 1 }, { [key]: 1 })], actions: {} })
    )
    expect(inState.problem).toBe("a state has a field named by a symbol")
    const actions = { go: () => [{ a: [{ [key]: 1 }] as unknown as Array<number> }] }
    expect(refusal(() => checkRelation({ initial: [{ a: [0] }], actions })).problem).toContain(
      'field "a.0" is a record with a field named by a symbol'
    )
  })
})

describe("an error deep in a search", () => {
  it("names the action, the state and the run that led there", () => {
    const refused = refusal(() =>
      checkRelation({
        initial: [{ count: 0 }],
        actions: {
          count: ({ count }) => {
            if (count === 700) throw new Error("no such ballot")
            return [{ count: count + 1 }]
          }
        }
      })
    )
    expect(refused).toMatchObject({
      where: 'action "count"',
      problem: "it threw Error: no such ballot"
    })
    expect(refused.state).toEqual({ count: 700 })
    expect(refused.run?.steps).toHaveLength(700)
    expect(refused.run?.steps.at(-1)).toEqual({ action: "count", state: { count: 700 } })
  })
})
