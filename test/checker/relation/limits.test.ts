/**
 * A check of an endless relation ends: at the first violation, at each limit, and when it is
 * aborted.
 */
import { describe, expect, it } from "vitest"
import {
  checkRelation,
  checkRelationAsync,
  type RelationOptions
} from "../../../checker/relation/check.ts"

const endless = {
  initial: [{ left: 0, right: 0 }],
  actions: {
    left: ({ left }: { readonly left: number }) => [{ left: left + 1 }],
    right: ({ right }: { readonly right: number }) => [{ right: right + 1 }]
  },
  invariants: { "left is small": ({ left }: { readonly left: number }) => left < 30 }
}
const unbroken = { ...endless, invariants: {} }

describe("an endless relation", () => {
  it("is searched until a violation is found, and no further", () => {
    const report = checkRelation(endless)
    expect(report).toMatchObject({
      verdict: "violated",
      exhaustive: false,
      stopped: "a violation was found"
    })
    expect(report.properties[0]?.counterexample?.steps).toHaveLength(30)
    expect(report.states.distinct).toBeLessThan(2_000)
  })

  it("is searched on to a limit if all violations are asked for", () => {
    const invariants = {
      ...endless.invariants,
      "sum is small": (state: { readonly left: number; readonly right: number }) =>
        state.left + state.right < 40
    }
    const report = checkRelation(
      { ...endless, invariants },
      { violations: "all", maxStates: 3_000 }
    )
    expect(report.properties.map(({ verdict }) => verdict)).toEqual(["violated", "violated"])
    expect(report.stopped).toBe("the limit of 3000 states was reached")
  })

  it.each<readonly [RelationOptions, string]>([
    [{ maxStates: 500 }, "the limit of 500 states was reached"],
    [{ maxSeconds: 0.05 }, "the limit of 0.05 s was reached"],
    [{ maxMemoryBytes: 3_000_000 }, "the limit of 3000000 bytes was reached"],
    [{ signal: AbortSignal.abort() }, "it was aborted"]
  ])("ends at %j", (options, stopped) => {
    expect(checkRelation(unbroken, options)).toMatchObject({
      verdict: "inconclusive",
      exhaustive: false,
      stopped
    })
  })

  it("can be aborted from its progress callback, and reports its progress", () => {
    const controller = new AbortController()
    const told: Array<number> = []
    const report = checkRelation(unbroken, {
      signal: controller.signal,
      progressMilliseconds: 1,
      onProgress: ({ distinct, heldBytes, seconds, depth, frontier, generated }) => {
        expect(Math.min(heldBytes, seconds, depth + 1, frontier + 1, generated)).toBeGreaterThan(0)
        if (told.push(distinct) === 3) controller.abort()
      }
    })
    expect(report.stopped).toBe("it was aborted")
    expect(told).toHaveLength(3)
  })

  it("can be aborted from anywhere while it gives way", async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 20)
    const report = await checkRelationAsync(unbroken, { signal: controller.signal })
    expect(report).toMatchObject({ verdict: "inconclusive", stopped: "it was aborted" })
  })

  it("is searched depth-first up to a bound", () => {
    const report = checkRelation(unbroken, { order: "dfs", maxSteps: 5 })
    expect(report).toMatchObject({ verdict: "inconclusive", states: { distinct: 21, depth: 5 } })
  })

  it.each(["maxStates", "maxSeconds", "maxMemoryBytes"] as const)(
    "refuses %s that are not limits",
    (name) => {
      for (const limit of [0, -1, Number.NaN])
        expect(() => checkRelation(unbroken, { [name]: limit })).toThrow(
          `options, ${name}: it is ${limit}`
        )
    }
  )
})
