/**
 * What is found in the shipped scenarios of weak snapshots and of DynaStore, and what kills each of their mutants.
 *
 * The states of a search to its end are a property of the protocol and the reductions; where a search ends that finds a
 * violation is the engine's affair, so of those only the counterexample's length is pinned.
 */
import { describe, expect, it } from "vitest"
import { shippedNames } from "../../checker/command/shipped.ts"
import { livePropertiesOf } from "../../checker/network/model.ts"
import { allReductions } from "../../checker/network/reductions.ts"
import { dynastore } from "../../spec/dynastore/protocol.ts"
import type { StorageProtocol } from "../../spec/protocols.ts"
import { weakSnapshot } from "../../spec/weak-snapshot/protocol.ts"
import { compare, nothingSeen } from "./network/comparing.ts"
import { checked, scenarioOf, stepsToViolation, untilExhausted } from "./network/searching.ts"
import { isOfVariant, shipped } from "./shipped.ts"

/** Where everything holds: the distinct states and the depth. */
const holding: Readonly<Record<string, readonly [distinct: number, depth: number]>> = {
  "dynastore/branches": [82_959, 170],
  "dynastore/directory": [7_428, 77],
  "dynastore/liveness/nothing-to-announce": [14, 13],
  "dynastore/liveness/reconfigurer-dies": [21_846, 81],
  "dynastore/liveness/two-in-a-row": [34_852, 106],
  "dynastore/overlap": [31_683, 155],
  "dynastore/read-all-write-one": [69_316, 87],
  "dynastore/read-in-the-new": [2_535, 65],
  "dynastore/read-one-write-all": [14_454, 82],
  "dynastore/reconfigure-twice": [5_714, 110],
  "dynastore/remove-all": [28_164, 115],
  "dynastore/replace-node": [23_909, 87],
  "dynastore/replace-node-invariants": [3_210, 64],
  "dynastore/two-writers": [11_808, 83],
  "dynastore/two-writers-two-added": [9_564, 89],
  "weak-snapshot/read-all-write-one": [52_795, 38],
  "weak-snapshot/read-one-write-all": [14_244, 41],
  "weak-snapshot/two-updates": [6_365, 17],
  "weak-snapshot/two-updates-two-scans-of-two": [65_823, 48],
  "weak-snapshot/update-scan": [5_439, 26],
  "weak-snapshot/update-scan-crash": [19_846, 27],
  "weak-snapshot/update-scan-scan": [2_979, 42],
  "weak-snapshot/with-columns": [9_344, 26]
}

/** Where something is violated: the steps of the shortest counterexample. */
const violated: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "dynastore/liveness/left-behind": { "dynamic-liveness": 33 },
  "dynastore/mutants/get-before-scan": { atomicity: 41 },
  "dynastore/mutants/members-not-notified": { "dynamic-liveness": 38 },
  "dynastore/mutants/no-final-scan": { atomicity: 35, "timestamps-follow-time": 33 },
  "dynastore/mutants/no-second-get": { atomicity: 43 },
  "dynastore/mutants/removed-node-returns": { "desired-grows": 41 },
  "dynastore/mutants/scan-before-set": { atomicity: 41 },
  "dynastore/mutants/unmerged-branches": { atomicity: 88 },
  "weak-snapshot/liveness/majority-crash": { termination: 7 },
  "weak-snapshot/mutants/one-collect-no-write-back": { monotonicity: 19, "non-empty-intersection": 19 },
  "weak-snapshot/mutants/update-without-set-phase": { validity: 8 }
}

/** Too many states for a test: `quorate check` searches these. */
const slow = [
  "dynastore/large/directory-branches",
  "dynastore/large/directory-retried",
  "dynastore/large/directory-twice",
  "dynastore/large/figure-1",
  "dynastore/large/figure-1-in-small",
  "dynastore/large/largest-first",
  "dynastore/large/liveness-branches",
  "dynastore/large/liveness-directory-majority",
  "dynastore/large/liveness-directory-reconfigurer-crashes",
  "dynastore/large/no-write-back",
  "dynastore/large/one-collect",
  "dynastore/large/replace-one-of-three",
  "dynastore/large/replaced-by-one",
  "dynastore/large/uneven-branches",
  "dynastore/liveness/left-behind-with-directory",
  "dynastore/liveness/nobody-left",
  "dynastore/liveness/replace-one",
  "dynastore/mutants/announcement-not-awaited",
  "dynastore/mutants/fresh-timestamps",
  "dynastore/mutants/restart-chooses-again",
  "dynastore/read-read",
  "dynastore/reconfigurer-dies",
  "weak-snapshot/large/liveness-two-updates",
  "weak-snapshot/large/two-updates-two-scans",
  "weak-snapshot/liveness/minority-crash",
  "weak-snapshot/mutants/no-write-back",
  "weak-snapshot/mutants/one-collect",
  "weak-snapshot/mutants/to-the-letter",
  "weak-snapshot/two-updates-scan",
  "weak-snapshot/update-scan-each"
]

const search = (name: string) => checked(shipped(name), { reductions: allReductions, slice: 10_000 })
const names = shippedNames().filter((name) => /^(dynastore|weak-snapshot)\//.test(name))

describe("the scenarios of weak snapshots and DynaStore", () => {
  it("are searched here, or listed as too slow", () => {
    expect([...Object.keys(holding), ...Object.keys(violated), ...slow].sort()).toEqual(names)
  })

  it.each(Object.entries(holding))("%s holds, in %j states and depth", (name, [distinct, depth]) => {
    const { asExpected, counts, exhaustive, notes, verdict } = search(name)
    expect([verdict, asExpected, exhaustive, notes]).toEqual(["holds", true, true, []])
    expect([counts.distinct, counts.depth]).toEqual([distinct, depth])
  })

  it.each(Object.entries(violated))("%s is violated: %j", (name, steps) => {
    const result = search(name)
    expect(stepsToViolation(result)).toEqual(steps)
    expect([result.asExpected, result.notes]).toEqual([true, []])
  })

  it.each(names)("%s says what it shows, and expects a verdict", (name) => {
    const { description, expect: expected } = shipped(name)
    expect(description).toMatch(/^[A-Z].*\.$/)
    expect(expected.size).toBeGreaterThan(0)
  })
})

const protocols: ReadonlyArray<StorageProtocol> = [weakSnapshot, dynastore]

describe.each(protocols)("the variants of $name", (protocol) => {
  const scenariosOf = (variant: string) =>
    names.filter((name) => isOfVariant(name, protocol, variant)).map(shipped)

  it.each([...protocol.variants])("$name has a scenario that expects what it is: $kind", ({ name, kind }) => {
    const scenarios = scenariosOf(name)
    expect(scenarios.length).toBeGreaterThan(0)
    const lost = scenarios.flatMap(({ expect: expected }) =>
      [...expected].flatMap(([property, verdict]) => (verdict === "violated" ? [property] : []))
    )
    const live = livePropertiesOf(protocol).map((property) => property.name)
    // The correct ones lose nothing, but that operations wait for ever where too few are left.
    if (kind === "mutant") expect(lost).not.toEqual([])
    else expect(lost.filter((property) => !live.includes(property))).toEqual([])
  })
})

const promises = ["integrity", "validity", "monotonicity", "non-empty-intersection"]

describe("the reductions", () => {
  it.each([
    ["dynastore", 2, ["s1"], [["reconfigure +s2 -s1", "read"], ["write 1"]]],
    ["dynastore", 2, ["s1"], [["reconfigure +s2 -s1"], ["write 1"]]],
    ["weak-snapshot", 4, ["s1", "s2"], [["update +s3"], ["update +s4"]]],
    ["weak-snapshot", 3, ["s1", "s2"], [["update +s3"], ["scan"]]]
  ] as const)(
    "keep every verdict of %s with %i storage nodes, first %j, and %j",
    (protocol, servers, configuration, clients) => {
      const seen = nothingSeen()
      const variants = protocol === "dynastore" ? dynastore.variants : weakSnapshot.variants
      // The graph that this one makes has no end.
      for (const { name } of variants.filter(({ name }) => name !== "removed-node-returns")) {
        const properties =
          protocol === "dynastore" ? ["atomicity", "views-grow", "timestamps-follow-time"] : promises
        const data = { protocol, variant: name, servers, configuration, clients, properties }
        compare(untilExhausted(scenarioOf(data)), 10_000, seen)
      }
      expect(seen.compared).toBeGreaterThan(2)
      expect(seen.smaller.size).toBeGreaterThan(0)
      expect(seen.broken).toEqual(new Map())
    }
  )
})
