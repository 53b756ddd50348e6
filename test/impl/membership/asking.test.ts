/**
 * A client asks which epoch is current while no replica can answer: the membership service moves,
 * so that the former replicas have erased their shares and the next ones wait for the epoch to end;
 * or the system has gone on to an epoch whose certificate no replica has yet.
 */
import { expect, it } from "vitest"
import type { FreshnessState } from "../../../impl/dbqs/freshness.ts"
import { type ServerId, servers } from "../../../spec/nodes/nodes.ts"
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

it("a question about an epoch that is over waits for the next one's certificate, and is answered without being asked again", () => {
  const world = new World(four, ["s1", "s2", "s3", "s4", "s5"])
  const asker = world.addAsker("client")
  const replicas = four.map((name) => world.id(name))
  let isHeld = true
  world.isOnItsWay = ({ message }) => isHeld && message._tag === "CertifySystem"
  world.join(["s6"])
  world.epoch(replicas)
  const known = () => replicas.map((id) => [world.state(id).move.system, certified(world, id)])
  expect(known()).toEqual(Array(4).fill([1, 0]))
  world.invoke(asker, "", { _tag: "Ask" } as never)
  world.run()
  expect(world.result(asker, "")).toBeUndefined()
  isHeld = false
  world.run()
  expect(known()).toEqual(Array(4).fill([1, 1]))
  expect(world.result(asker, "")).toBe(0)
  const { latest } = world.process(asker).state("") as FreshnessState
  expect(latest.content.number).toBe(1)
}, 600_000)

/** The latest epoch of the system of which a replica has the certificate. */
const certified = (world: World, id: ServerId): number | undefined =>
  world.state(id).certificates.at(-1)?.content.number
