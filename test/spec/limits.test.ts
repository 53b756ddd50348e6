/**
 * The limits that the specification puts on what nodes accept. They are part of the wire: if one
 * changes, nodes of two releases disagree on what is well-formed, so each stands here as a number.
 */
import { globSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { maxConfigurationBytes } from "../../spec/configuration/configuration.ts"
import { maxWeight } from "../../spec/configuration/quorums.ts"
import { maxCounted, maxNameLength } from "../../spec/kernel/node.ts"
import { patient } from "../../spec/membership/tracking/rules.ts"
import { maxMembers } from "../../spec/nodes/nodes.ts"
import { protocols } from "../../spec/protocols.ts"

const spec = new URL("../../spec/", import.meta.url)

/** Every number that a file of the specification exports. */
const exportedNumbers = async (): Promise<Record<string, number>> => {
  const found: Record<string, number> = {}
  for (const file of globSync("**/*.ts", { cwd: fileURLToPath(spec) }))
    for (const [name, value] of Object.entries(await import(new URL(file, spec).href)))
      if (typeof value === "number") found[`${file.slice(0, -".ts".length)} ${name}`] = value
  return found
}

describe("the limits of what a node accepts", () => {
  it("are the same in every release", async () => {
    expect(await exportedNumbers()).toEqual({
      "configuration/configuration maxConfigurationBytes": 28_672,
      "configuration/configuration maxFloor": 2_251_799_813_685_248,
      "configuration/quorums maxExaminedMembers": 20,
      "configuration/quorums maxListed": 1024,
      "configuration/quorums maxNamed": 1024,
      "configuration/quorums maxToldMembers": 14,
      "configuration/quorums maxWeight": 4_294_967_296,
      "kernel/node maxCounted": 4_503_599_627_370_496,
      "kernel/node maxNameLength": 200,
      "membership/slots slotsBetweenCheckpoints": 32,
      "membership/slots slotsRemembered": 64,
      "membership/slots slotsServed": 32,
      "membership/timers/rules smallest": 4,
      "nodes/nodes maxMembers": 128,
      "phase/position past": Number.POSITIVE_INFINITY,
      "rambo/configuration-map maxActive": 64,
      "rambo/registers/messages maxListed": 1024,
      "rambo/registers/messages maxListedBytes": 1_048_576,
      "register/operation maxRegisterName": 1400,
      "register/operation maxWrittenBytes": 2_097_154
    })
  })

  it("leave a runtime's replicas so much patience with a node that does not answer", () => {
    const { missedToPropose, missedToAgree } = patient
    expect([missedToPropose, missedToAgree]).toEqual([6, 4])
  })

  it("keep sums exact", () => {
    expect(Number.isSafeInteger(2 * maxMembers * maxWeight)).toBe(true)
    expect(Number.isSafeInteger(2 * maxCounted - 1)).toBe(true)
  })

  it("leave room for the maximum number of members in a configuration", () => {
    const names = Array.from({ length: maxMembers }, (_, at) => `${at}`.padStart(maxNameLength))
    const configuration = {
      members: names,
      read: { _tag: "Majority" },
      write: { _tag: "Majority" }
    }
    expect(JSON.stringify(configuration).length).toBeLessThanOrEqual(maxConfigurationBytes)
  })
})

describe("the bounds of a search", () => {
  it("are these where a scenario gives none: what a verdict says depends on them", () => {
    const usual = protocols.flatMap(({ name, bounds = [] }) =>
      bounds.map((bound) => `${name}: ${bound.name} ${bound.usual}`)
    )
    expect(usual).toEqual(
      expect.arrayContaining([
        "consensus: ballots 2",
        "pbft: views 2",
        "membership: epochs 2",
        "membership: rounds 2",
        "membership-timers: epochs 2",
        "membership-timers: rounds 2",
        "rambo: ballots 2",
        "rambo-ii: ballots 2",
        "rds: ballots 2",
        "rambo-registers: ballots 2"
      ])
    )
  })
})
