/**
 * The worked examples of users' own models behave as their texts say. (Two-phase commit and Raft's
 * membership change have separate tests.)
 */
import { describe, expect, it } from "vitest"
import { Check } from "../../../checker/check.ts"
import * as cache from "../../../checker/examples/cache.ts"
import * as lock from "../../../checker/examples/lock.ts"
import { scenarios as ownProperties } from "../../../checker/examples/own-properties.ts"
import { waking } from "../../../checker/examples/queue.ts"
import { scenarios as election } from "../../../checker/examples/ring-election.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import type { Relation } from "../../../checker/relation/relation.ts"
import { RelationCheck } from "../../../checker/relation/relation-check.ts"
import type { LoadedScenario } from "../../../checker/scenario/load.ts"

const reportOf = <State extends object>(relation: Relation<State>) => {
  const check = new RelationCheck(relation)
  while (check.advance(1000));
  return check.result()
}
const actionsOf = <State extends object>(relation: Relation<State>) =>
  reportOf(relation).properties[0]?.counterexample?.steps.map(({ action }) => action)

const resultOf = (scenario: LoadedScenario) => {
  const check = new Check(scenario, "bfs", allReductions)
  while (check.advance(1000));
  return check.result()
}
const loaded = (made: (typeof election)[keyof typeof election]): LoadedScenario => {
  if (made._tag === "Failure") throw made.failure
  return made.success
}

describe("the worked examples", () => {
  it("a lock that is looked at first and taken then lets both in", () => {
    expect(actionsOf(lock.careless)).toEqual(["look(p)", "look(q)", "take(p)", "take(q)"])
    expect(reportOf(lock.careless).asExpected).toBe(true)
    expect(reportOf(lock.atomic)).toMatchObject({ verdict: "holds", exhaustive: true })
  })

  it("a queue whose users wake one of three sleeps forever, and not if they wake all", () => {
    expect(Object.values(waking).map((one) => reportOf(one).verdict)).toEqual([
      "holds",
      "violated",
      "holds"
    ])
    const report = reportOf(waking["one of three"])
    const last = report.properties
      .find(({ name }) => name === "somebody is awake")
      ?.counterexample?.steps.at(-1)
    expect(last?.state.asleep).toEqual(["c1", "c2", "p1"])
  })

  it("a cache keeps an old value that was read before the write and put there after its invalidation", () => {
    expect(actionsOf(cache.careless)).toEqual([
      "miss and read the database",
      "write",
      "invalidate",
      "fill the cache"
    ])
    expect(reportOf(cache.versioned)).toMatchObject({
      verdict: "holds",
      exhaustive: true,
      vacuous: []
    })
  })

  it("two properties of one's own hold of rambo, next to its own", () => {
    const results = Object.values(ownProperties).map(resultOf)
    expect(results.map(({ verdict }) => verdict)).toEqual(["holds", "holds"])
    expect(results[0]?.properties.map(({ name }) => name)).toEqual([
      "atomicity",
      "few-configurations",
      "retired-grows"
    ])
  })

  it("a protocol of one's own elects one leader, and its mutant several", () => {
    expect(resultOf(loaded(election.correct))).toMatchObject({ verdict: "holds", exhaustive: true })
    const mutant = resultOf(loaded(election.mutant))
    expect(mutant).toMatchObject({ verdict: "violated", asExpected: true })
    expect(mutant.properties[0]?.counterexample?.steps).toHaveLength(8)
  })
})
