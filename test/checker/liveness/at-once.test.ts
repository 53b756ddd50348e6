/**
 * Faults that happen as soon as they may (`atOnce`): when one is due, no other step is possible, so
 * it happens. A run that stops before it is not fair, regardless of what else waits.
 */
import { describe, expect, it } from "vitest"
import {
  allReductions,
  type ReductionName,
  soundReductions
} from "../../../checker/network/reductions.ts"
import { checked, verdicts } from "../network/searching.ts"
import { accepted } from "../scenario/refused.ts"

const corrupted = (corruptions: Readonly<Record<string, unknown>>) => ({
  faults: { corruptions: { clients: 0, strength: "silent", atOnce: true, ...corruptions } },
  properties: ["termination"]
})

/** A move to one replica; the others fall silent as soon as their group no longer counts. */
const falling = {
  protocol: "dbqs",
  servers: ["a", "b", "c", "d", "x"],
  configuration: ["a", "b", "c", "d"],
  administrator: ["reconfigure +x -a -b -c -d"],
  clients: [["write 1"]],
  ...corrupted({
    atStart: ["c"],
    while: "bounded-until-left",
    overhears: "may be corrupted"
  })
}
const replicated = { protocol: "supermajority", servers: 4, clients: [["write 1"]] }

const verdictOf = (
  changes: Readonly<Record<string, unknown>>,
  reductions: ReadonlyArray<ReductionName>
) => {
  const scenario = accepted(changes)
  const sound = soundReductions(reductions, scenario.model, scenario.checksDeadlock)
  return verdicts(checked(scenario, { reductions: sound })).termination
}

describe.each([
  ["with all reductions", allReductions],
  ["without reductions", []]
])("termination under faults at once, %s,", (_name, reductions) => {
  it("is not broken by a fault that is due", () => {
    expect(verdictOf(falling, reductions)).toBe("holds")
    expect(verdictOf({ ...replicated, ...corrupted({ servers: 1 }) }, reductions)).toBe("holds")
  })

  it("is broken by faults that are too many, in a run that is confirmed", () => {
    expect(verdictOf({ ...replicated, ...corrupted({ servers: 2 }) }, reductions)).toBe("violated")
  })
})
