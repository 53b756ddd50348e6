/**
 * The states that the checker visits satisfy the models: in every state of a sample of scenarios
 * every sentence holds, and no model follows a run that breaks safety. (For larger scenarios:
 * `npm run bench -- ties`.)
 */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { allMutants, type Broken, brokenScenarios, followed, outside } from "./mutants.ts"
import { by } from "./scenes.ts"
import { followBroken, followVisited } from "./visited.ts"

/** The most states of a search that is done here. */
const fewStates = 10_000

/**
 * Mutants whose searches take long, and which the ties of their protocols do not follow along
 * random runs either (`tie.test.ts`). `npm run bench -- ties` searches them too.
 */
const notSearched: ReadonlyArray<string> = [
  "dbqs/phase-not-restarted",
  "dbqs/copied-from-serving",
  "dbqs/copied-from-too-few",
  "dbqs/served-without-data",
  "rambo/no-forward-pointer",
  "majority/timestamp-without-client"
]

describe("in every state that a search visits every sentence holds", () => {
  it.each([
    ["majority/write-read", "majority", "correct", 171],
    ["consensus/acceptor-crash", "consensus", "correct", 67],
    ["rambo/read-all-write-one", "rambo", "correct", 88],
    ["rambo/consensus-read-all-write-one", "rambo", "with-consensus", 119],
    ["rambo/parallel-read-all-write-one", "rambo-ii", "correct", 119],
    ["rambo/fused-read-all-write-one", "rds", "correct", 70]
  ])("of %s, by %s (%s): %i states", (name, protocol, variant, states) => {
    const visited = followVisited(name, by(protocol, variant))
    expect(visited.departure).toBeUndefined()
    expect(visited.states).toBe(states)
    expect(visited.steps).toBeGreaterThan(states)
  })

  it.each([
    ["consensus/read-all-write-one", "consensus"],
    ["byzantine/signed-write-read-read", "supermajority"],
    ["weak-snapshot/update-scan-scan", "weak-snapshot"],
    ["dynastore/read-in-the-new", "dynastore"]
  ])("of %s, by %s, along some of the ways", (name, protocol) => {
    const { departure, states } = followVisited(name, by(protocol), 16)
    expect(departure).toBeUndefined()
    expect(states).toBeGreaterThan(60)
  })

  it("and none where quorums do not meet: of three storage nodes one lies", () => {
    const { departure } = followVisited("byzantine/signed-three-servers", by("supermajority"))
    expect(departure).toMatch(/^false here: every read quorum meets every write quorum/)
  })
})

describe("the shortest run that breaks safety is not followed", () => {
  const few = brokenScenarios().filter(
    ({ states, protocol, mutant }) =>
      states <= fewStates && !notSearched.includes(`${protocol}/${mutant}`)
  )

  it("of most mutants, here; of all others there is a scenario, or they are safe", () => {
    const namesOf = (broken: ReadonlyArray<Broken>) =>
      new Set(broken.map(({ protocol, mutant }) => `${protocol}/${mutant}`))
    expect(namesOf(few).size).toBe(36)
    const broken = namesOf(brokenScenarios())
    expect(broken.size).toBe(74)
    expect(allMutants().filter((name) => !broken.has(name))).toEqual([
      "majority/older-set-not-acknowledged",
      "majority/set-only-to-answerers",
      "supermajority/ties-not-broken",
      "rambo/announcement-not-awaited",
      "rambo/announced-first",
      "dynastore/members-not-notified",
      "dynastore/announcement-not-awaited",
      "dbqs/hash-not-verified",
      "masking/asked-once"
    ])
  })

  it("all of which the README names", () => {
    const text = readFileSync(new URL("../../proofs/README.md", import.meta.url), "utf8")
    const rows = new Map(
      text.split("\n").flatMap((line) => {
        const [, protocol, mutants] = line.match(/^\| `([\w-]+)` \| (`.*) \|$/) ?? []
        return protocol === undefined || mutants === undefined ? [] : [[protocol, mutants] as const]
      })
    )
    expect(
      brokenScenarios()
        .map(({ protocol, mutant }) => [protocol, mutant] as const)
        .filter(([protocol, mutant]) => rows.get(protocol)?.includes(`\`${mutant}\``) !== true)
    ).toEqual([])
  })

  it("of a client that lies, since no model has one: the protocol itself is not followed", () => {
    expect(outside).toContain("supermajority/ties-not-broken")
    const { departure } = followVisited("byzantine/clients/signs-two-values", by("supermajority"))
    expect(departure).toBeDefined()
  })

  it.each(few)("$protocol: $mutant ($scenario)", ({ scenario, protocol, mutant, by: variant }) => {
    const { departure } = followBroken(scenario, by(protocol, variant))
    if (followed.includes(`${protocol}/${mutant}`)) expect(departure).toBeUndefined()
    else expect(departure).toBeDefined()
  })
})
