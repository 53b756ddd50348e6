/**
 * The membership service moves, as it is run: the new replicas sign, and those who left sign
 * nothing, together or with what they make up.
 */
import { describe, expect, it } from "vitest"
import { systemOf } from "../../../impl/membership/log.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import { World } from "./world.ts"

const four = ["m1", "m2", "m3", "m4"]
const storing = ["s1", "s2", "s3", "s4", "s5"]

describe("a move of the service", () => {
  it("leaves no share with who was a replica before, and the next epoch is signed by who is one now", () => {
    const world = new World(four, storing)
    const before = four.map((name) => world.id(name))
    const shares = before.map((id) => world.state(id).move.shares[0]?.secret as string)
    const fifth = world.newReplica("m5")
    const members = servers(...before.slice(1), fifth)
    world.submit(before, world.orderFor(members, 1))
    world.settle(before)
    for (const id of members) {
      expect([id, world.log(id).service]).toEqual([id, { number: 1, members }])
      expect(world.state(id).move.serving?.number).toBe(1)
      expect(world.state(id).move.shares.map(({ dealing }) => dealing)).toEqual([1])
    }
    // What they had is erased, wherever they are.
    before.forEach((id, at) => {
      expect(world.keyrings.get(id)?.get(shares[at])).toBe(undefined)
    })
    expect(world.state(before[0] as never).move.shares).toEqual([])
    // Those who left are gone; the others evict and certify.
    world.kill(before[0] as never, world.id("s3"))
    const replicas = [...members]
    for (let round = 0; round < 3 && systemOf(world.log(fifth)).number === 0; round++) {
      world.round(replicas)
      world.epoch(replicas)
    }
    expect(systemOf(world.log(fifth)).number).toBe(1)
    expect(world.state(fifth).certificates.map(({ content }) => content.number)).toEqual([0, 1])
  }, 600_000)
})
