/**
 * State counts that other tools' models of the same protocol also have.
 */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { Check } from "../../checker/check.ts"
import type { ReductionName } from "../../checker/network/reductions.ts"
import type { CheckResult } from "../../checker/result.ts"
import { fromData, type LoadedScenario } from "../../checker/scenario/load.ts"

const run = (scenario: LoadedScenario, reductions: ReadonlyArray<ReductionName>): CheckResult => {
  const check = new Check(scenario, "bfs", reductions)
  while (check.advance(1 << 14));
  return check.result()
}

const plain = (servers: number, clients: ReadonlyArray<ReadonlyArray<string>>): CheckResult => {
  const scenario = Result.getOrThrow(fromData("golden", { protocol: "majority", servers, clients }))
  return run(
    { ...scenario, checksDeadlock: false, model: { ...scenario.model, properties: [] } },
    []
  )
}

describe("majority replication without observer and without reduction", () => {
  it("has the states and transitions of 3 servers and a write concurrent with a read", () => {
    const { counts } = plain(3, [["write 1"], ["read"]])
    expect(counts).toEqual({ distinct: 136_248, generated: 768_925, depth: 26, frontier: 0 })
  })

  it("has the states and transitions of 2 servers, two writes and a read", () => {
    const { counts } = plain(2, [["write 1"], ["write 2"], ["read"]])
    expect([counts.distinct, counts.generated]).toEqual([24_520, 97_837])
  })

  it("has the states and transitions of 3 servers and one write", () => {
    const { counts } = plain(3, [["write 1"]])
    expect([counts.distinct, counts.generated]).toEqual([264, 743])
  })

  it("calls the specification once per distinct local situation", () => {
    const { engine } = plain(3, [["write 1"], ["read"]])
    expect(engine.transitionCalls).toBe(188)
    expect(engine.memoHitRate).toBeGreaterThan(0.999)
  })
})
