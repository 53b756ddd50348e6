/**
 * A client asks which epoch is current while the membership service moves and no replica may
 * answer: the former ones have erased their shares, and the next ones wait for the epoch to end.
 */
import { expect, it } from "vitest"
import type { FreshnessState } from "../../../impl/dbqs/freshness.ts"
import { servers } from "../../../spec/nodes/nodes.ts"
import { World } from "./world.ts"

const four = ["m1", "m2", "m3", "m4"]

it("the question is answered when the next epoch begins, without being asked again", () => {
  const world = new World(four, ["s1", "s2", "s3", "s4", "s5"])
  const asker = world.addAsker("client")
  const before = four.map((name) => world.id(name))
  const fifth = world.newReplica("m5")
  let isHeld = true
  world.isOnItsWay = ({ message }) => {
    const { operation } = message as { readonly operation?: { readonly _tag: string } }
    return isHeld && operation?._tag === "Erasure"
  }
  world.submit(before, world.orderFor(servers(...before.slice(1), fifth), 1))
  world.settle(before)
  const serving = () => [...before, fifth].map((id) => world.state(id).move.serving?.number)
  expect(serving()).toEqual(Array(5).fill(undefined))
  world.invoke(asker, "", { _tag: "Ask" } as never)
  world.run()
  expect(world.result(asker, "")).toBeUndefined()
  // It knows where the service goes, and waits there.
  const { asking } = world.process(asker).state("") as FreshnessState
  expect(asking.view.number).toBe(1)
  isHeld = false
  world.settle(before)
  expect(serving()).toEqual([undefined, 1, 1, 1, 1])
  expect(world.result(asker, "")).toBe(1)
}, 600_000)
