/**
 * The membership service moves, at run time. The new replicas sign; the former ones can sign
 * nothing, neither together nor with forged terms.
 */
import { describe, expect, it } from "vitest"
import { systemOf } from "../../../impl/membership/log.ts"
import { keyOfSlot } from "../../../impl/membership/slots.ts"
import { type ServerId, servers } from "../../../spec/nodes/nodes.ts"
import { World } from "./world.ts"

const four = ["m1", "m2", "m3", "m4"]
const storing = ["s1", "s2", "s3", "s4", "s5"]

describe("a move of the service", () => {
  it("reaches every node, though one replica is silent and only one other has seen it end; former replicas keep no share, and the present ones sign the next epoch", () => {
    const world = new World(four, storing)
    const before = four.map((name) => world.id(name))
    const [m1, m2, m3, silent] = before as [ServerId, ServerId, ServerId, ServerId]
    const awake = [m1, m2, m3]
    const shares = before.map((id) => world.state(id).move.shares[0]?.secret as string)
    const fifth = world.newReplica("m5")
    const members = servers(m2, m3, silent, fifth)
    const isEnding = (): boolean => {
      const { service, move } = world.log(m1)
      return service.number === 1 || move.moving?.isDealt === true
    }
    const isSlot = ({ message }: { readonly message: object }, what: string): boolean =>
      (message as { readonly message?: { readonly _tag: string } }).message?._tag === what
    let [isHeld, isSilent] = [true, true]
    // Of the slots that end the epoch, the others hear too late that all have committed.
    world.isOnItsWay = (sent) =>
      (isSilent && [sent.from, sent.to].includes(silent)) ||
      (isHeld && isEnding() && sent.to !== m1 && isSlot(sent, "Commit"))
    world.submit(before, world.orderFor(members, 1))
    world.settle([m1])
    const epochs = () => awake.map((id) => world.log(id).service.number)
    expect(epochs()).toEqual([1, 0, 0])
    for (const id of [m2, m3]) {
      const { next: slot } = world.log(id)
      world.timer([id], { _tag: "View", slot, view: 0 }, keyOfSlot(slot))
    }
    world.run()
    isHeld = false
    world.settle(before)
    expect(epochs()).toEqual([1, 1, 1])
    expect(world.log(fifth).service).toEqual({ number: 1, members })
    expect(world.log(silent).service.number).toBe(0)
    isSilent = false
    world.settle(before)
    for (const id of members) {
      expect([id, world.log(id).service]).toEqual([id, { number: 1, members }])
      expect(world.state(id).move.serving?.number).toBe(1)
      expect(world.state(id).move.shares.map(({ dealing }) => dealing)).toEqual([1])
    }
    // What they had is erased, wherever they are.
    before.forEach((id, at) => {
      expect(shares[at]).toBeTypeOf("string")
      expect(world.keyrings.get(id)?.get(shares[at])).toBe(undefined)
    })
    expect(world.state(m1).move.shares).toEqual([])
    // The one who left is gone; the others evict and certify.
    world.kill(m1, world.id("s3"))
    const replicas = [...members]
    for (let round = 0; round < 3 && systemOf(world.log(fifth)).number === 0; round++) {
      world.round(replicas)
      world.epoch(replicas)
    }
    expect(systemOf(world.log(fifth)).number).toBe(1)
    expect(world.state(fifth).certificates.map(({ content }) => content.number)).toEqual([0, 1])
  }, 600_000)
})
