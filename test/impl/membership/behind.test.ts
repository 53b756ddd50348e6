/**
 * A replica of the membership service that was cut off while the others filled more slots of the
 * log than they remember: it adopts a checkpoint that f+1 of them vouch for.
 */
import { expect, it } from "vitest"
import { givenToStorage } from "../../../impl/dbqs/foundation.ts"
import type { LogState } from "../../../impl/membership/messages.ts"
import { keyOfSlot } from "../../../impl/membership/slots.ts"
import { mint } from "../../../impl/memory/identity.ts"
import { slotsRemembered } from "../../../spec/membership/slots.ts"
import { type ServerId, server } from "../../../spec/nodes/nodes.ts"
import { World } from "./world.ts"

const names = ["m1", "m2", "m3", "m4"]

/** The world after the last replica has missed so many slots, of which most are forgotten. */
const cutOff = (slots: number) => {
  const world = new World(names, ["s1", "s2", "s3", "s4", "s5"])
  const others = names.slice(0, 3).map((name) => world.id(name))
  const behind = world.id("m4")
  world.isOnItsWay = ({ to }) => to === behind
  const fillSlot = (replicas: ReadonlyArray<ServerId>): void => {
    const { admission } = givenToStorage(world.authority, world.foundation, server(mint("x").id))
    world.submit(replicas, { _tag: "Join", admission })
    world.settle(others)
    world.forgetSettled()
  }
  while (world.log(others[0] as ServerId).next < slots) fillSlot(others)
  return { world, others, behind, fillSlot }
}

/** The links work again, and the replica waits in vain for the slot that it lacks. */
const comeBack = ({ world, behind, fillSlot, others }: ReturnType<typeof cutOff>): void => {
  world.isOnItsWay = () => false
  fillSlot([...others, behind])
  const { next: slot } = world.log(behind)
  world.timer([behind], { _tag: "View", slot, view: 0 }, keyOfSlot(slot))
  world.settle(others)
}

it("a replica that lacks more slots than are remembered adopts a checkpoint, by the word of two others and not of one, and executes the slots since then", () => {
  const system = cutOff(slotsRemembered + 4)
  const { world, others, behind } = system
  const [liar, other] = others as [ServerId, ServerId]
  const { checkpoint } = world.state(liar)
  world.isOnItsWay = () => false
  const lie = { ...checkpoint, due: [{ what: "round", by: liar }] } as LogState
  world.say(liar, behind, { _tag: "Vouch", checkpoint: lie } as never)
  world.run()
  expect(world.log(behind).next).toBe(0)
  comeBack(system)
  expect(world.log(other).next).toBeGreaterThan(slotsRemembered + 4)
  expect(world.log(behind)).toEqual(world.log(other))
})

it("a liar that sends a message about one slot to the object of another makes nobody forget a slot", () => {
  const world = new World(names, ["s1", "s2", "s3", "s4", "s5"])
  const [self, liar] = [world.id("m1"), world.id("m4")]
  const { admission } = givenToStorage(world.authority, world.foundation, server(mint("x").id))
  world.submit([self], { _tag: "Join", admission })
  world.run()
  const key = keyOfSlot(world.log(self).next - 1)
  const before = world.process(self).own(key)
  const message = { _tag: "Reply", value: null }
  world.say(liar, self, { _tag: "Slot", epoch: 0, slot: 7, message } as never, key)
  world.say(liar, self, { _tag: "Batch", epoch: 0, slot: 7, operations: [] } as never, key)
  world.run()
  expect(world.process(self).own(key)).toEqual(before)
})
