/**
 * The membership service at run time, in memory: which nodes are evicted, which are not, and what
 * former replicas can sign.
 */
import { describe, expect, it } from "vitest"
import { systemOf } from "../../../impl/membership/log.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import { lies } from "../dbqs/lies.ts"
import { World } from "./world.ts"

const four = ["m1", "m2", "m3", "m4"]
const storing = ["s1", "s2", "s3", "s4", "s5"]

describe("probing", () => {
  it("a node that answers no probe is evicted, and every node learns of the epoch", () => {
    const world = new World(four, storing)
    const replicas = four.map((name) => world.id(name))
    world.kill(world.id("s3"))
    world.round(replicas)
    world.epoch(replicas)
    for (const id of replicas) {
      expect(systemOf(world.log(id))).toEqual({
        number: 1,
        members: servers(...["s1", "s2", "s4", "s5"].map((name) => world.id(name)))
      })
    }
    const { certificates } = world.process(world.id("s1")).state("") as never as {
      readonly certificates: ReadonlyArray<{ readonly content: { readonly number: number } }>
    }
    expect(certificates.map(({ content }) => content.number)).toEqual([0, 1])
  })

  it("a replica that slanders a live node evicts no node, and stops nothing by equivocating", () => {
    const world = new World(four, storing, { m4: lies["slander-s2"] as never })
    const replicas = four.map((name) => world.id(name))
    for (let round = 0; round < 3; round++) {
      world.round(replicas)
      world.epoch(replicas)
    }
    expect(systemOf(world.log(world.id("m1")))).toMatchObject({ number: 0 })
    expect(world.log(world.id("m1")).tracking.agreements.length).toBeLessThanOrEqual(1)
    // The same liar does not keep one that is dead.
    world.kill(world.id("s3"))
    for (let round = 0; round < 4 && systemOf(world.log(world.id("m1"))).number === 0; round++) {
      world.round(replicas)
      world.epoch(replicas)
    }
    const { members } = systemOf(world.log(world.id("m1")))
    expect([members.includes(world.id("s2")), members.includes(world.id("s3"))]).toEqual([
      true,
      false
    ])
  })
})
