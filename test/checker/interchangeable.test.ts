/**
 * Reconfiguration with consensus and without are interchangeable: a scenario of one is a scenario
 * of the other, with `protocol` (and the variant) changed and nothing else, and atomicity holds in
 * both.
 *
 * Small scenarios are searched to their end; from every scenario some seeded runs are taken to
 * their ends.
 */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { shippedNames } from "../../checker/command/shipped.ts"
import { allReductions } from "../../checker/network/reductions.ts"
import type { LoadedScenario } from "../../checker/scenario/load.ts"
import type { Scenario } from "../../checker/scenario/scenario.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation } from "../../spec/kernel/observation.ts"
import type { AnyObserver, Event } from "../../spec/kernel/observer.ts"
import { atomic } from "../../spec/register/properties.ts"
import { simulate } from "../bench/simulation.ts"
import { checked, scenarioOf } from "./network/searching.ts"

const folder = new URL("../../checker/scenarios/", import.meta.url)
const dataOf = (name: string): Scenario =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"))

type Name = "rambo" | "dynastore"
const other: Readonly<Record<Name, Name>> = { rambo: "dynastore", dynastore: "rambo" }

/** The scenarios of the protocols themselves, not of mutants, in which something is read. */
const names = shippedNames().filter((name) => {
  if (!/^(rambo|dynastore)\//.test(name)) return false
  const { protocol, variant, clients } = dataOf(name)
  if (!(protocol in other)) return false
  return (variant === undefined || variant === "with-consensus") && clients.flat().includes("read")
})

/** The scenario with the other protocol, which decides by consensus, or needs no decision. */
const exchanged = (name: string): LoadedScenario => {
  const { servers, configuration, clients, faults, protocol } = dataOf(name)
  const to = other[protocol as Name]
  const variant = to === "rambo" ? "with-consensus" : "correct"
  const same = {
    servers,
    clients,
    ...(configuration && { configuration }),
    ...(faults && { faults })
  }
  return scenarioOf({ ...same, protocol: to, variant, properties: ["atomicity"] })
}

/** Those that a test can search to their ends with the other protocol. */
const small = [
  "dynastore/read-read",
  "dynastore/reconfigure-twice",
  "dynastore/reconfigurer-dies",
  "dynastore/remove-all",
  "dynastore/replace-node",
  "rambo/everything-removed"
]

/**
 * Scenarios that leave no members with the other protocol: RAMBO refuses the change that would
 * leave no storage node, but DynaStore merges concurrent removals. Then no operation ends.
 */
const leftWithNobody = ["rambo/two-removals"]

/** Most messages are quick, some are very late. */
const uneven = (fraction: number): number => (fraction < 0.7 ? fraction : 40 * (fraction - 0.7))
const runsEach = 8

describe("the scenarios of one protocol with the other", () => {
  it.each(small)("%s is searched to its end, and holds", (name) => {
    const result = checked(exchanged(name), { reductions: allReductions, slice: 10_000 })
    expect([result.verdict, result.exhaustive]).toEqual(["holds", true])
  })

  it.each(names)("%s has runs that are atomic", (name) => {
    const { system, scripts } = exchanged(name).model
    const observer: AnyObserver = atomic.observer(system.context)
    let responses = 0
    for (let seed = 1; seed <= runsEach; seed++) {
      const begins = Object.entries(scripts).map(([client, operations]) => ({
        client: client as NodeId,
        at: 0,
        operations
      }))
      const conditions = {
        delayOf: uneven,
        pauseOf: (_choice: unknown, _taken: number, at: number) => 8 * at
      }
      const events = simulate(system, begins, seed, conditions).flatMap(({ node, observations }) =>
        observations.map(
          (observation): Event<AnyObservation> => ({ _tag: "Observed", node, observation })
        )
      )
      responses += events.filter(
        (event) => event._tag === "Observed" && event.observation._tag === "Response"
      ).length
      const end = events.reduce(observer.observe, observer.initial)
      expect(observer.violation(end), `seed ${seed}`).toBeUndefined()
    }
    if (leftWithNobody.includes(name)) expect(responses).toBe(0)
    else expect(responses).toBeGreaterThan(0)
  })
})
