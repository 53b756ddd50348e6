/**
 * The limits that the specification puts on what nodes accept. They are part of the wire: if one
 * changes, nodes of two releases disagree on what is well-formed, so each stands here as a number.
 */
import { describe, expect, it } from "vitest"
import { maxConfigurationBytes } from "../../spec/configuration/configuration.ts"
import {
  maxExaminedMembers,
  maxListed,
  maxNamed,
  maxToldMembers,
  maxWeight
} from "../../spec/configuration/quorums.ts"
import { maxCounted, maxNameLength } from "../../spec/kernel/node.ts"
import { maxMembers } from "../../spec/nodes/nodes.ts"
import { protocols } from "../../spec/protocols.ts"
import { maxActive } from "../../spec/rambo/configuration-map.ts"
import * as Registers from "../../spec/rambo/registers/messages.ts"
import { maxRegisterName, maxWrittenBytes } from "../../spec/register/operation.ts"

describe("the limits of what a node accepts", () => {
  it("are the same in every release", () => {
    expect({
      maxMembers,
      maxNameLength,
      maxCounted,
      maxConfigurationBytes,
      maxWeight,
      maxListed,
      maxNamed,
      maxExaminedMembers,
      maxToldMembers,
      maxActive,
      maxWrittenBytes,
      maxRegisterName,
      maxListedRegisters: Registers.maxListed,
      maxListedBytes: Registers.maxListedBytes
    }).toEqual({
      maxMembers: 128,
      maxNameLength: 200,
      maxCounted: 4_503_599_627_370_496,
      maxConfigurationBytes: 28_672,
      maxWeight: 4_294_967_296,
      maxListed: 1024,
      maxNamed: 1024,
      maxExaminedMembers: 20,
      maxToldMembers: 14,
      maxActive: 64,
      maxWrittenBytes: 2_097_154,
      maxRegisterName: 1400,
      maxListedRegisters: 1024,
      maxListedBytes: 1_048_576
    })
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
