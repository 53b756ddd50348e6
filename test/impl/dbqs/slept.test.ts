/**
 * A client of dBQS that was away while the system went through ten epochs, and while all storage
 * nodes that it knew were evicted: it catches up, and the written data is still there.
 */
import { expect, it } from "vitest"
import { systemOf } from "../../../impl/membership/log.ts"
import { directory } from "../../../spec/directory/directory.ts"
import { type ServerId, servers } from "../../../spec/nodes/nodes.ts"
import { World } from "../membership/world.ts"

const replicas = ["m1", "m2", "m3", "m4"]
const storing = ["s1", "s2", "s3", "s4", "s5", "s6"]

it("a client that slept ten epochs reads what was written, though nobody is left whom it knew", () => {
  const world = new World(replicas, storing)
  const members = replicas.map((name) => world.id(name))
  const [awake, asleep] = [world.addClient("awake"), world.addClient("asleep")]
  const keys = ["a", "b", "c"]
  for (const key of keys) world.invoke(awake, key, { _tag: "Write", value: `${key} 0` } as never)
  world.run()
  const alive = new Set<ServerId>(storing.map((name) => world.id(name)))
  for (let epoch = 1; epoch <= 10; epoch++) {
    for (const id of world.join([`t${epoch}`])) alive.add(id)
    const old = storing[epoch - 1]
    if (old !== undefined) {
      world.kill(world.id(old))
      alive.delete(world.id(old))
      world.round(members)
    }
    world.epoch(members)
    expect(systemOf(world.log(world.id("m1")))).toEqual({
      number: epoch,
      members: servers(...alive)
    })
    // Somebody reads and writes all the while.
    const key = keys[epoch % keys.length] as string
    world.invoke(awake, key, { _tag: "Write", value: `${key} ${epoch}` } as never)
    world.run()
    const hint = { _tag: "Hint", members: servers(...alive) }
    world.say(directory("directory") as never, awake, hint)
    world.run()
    expect([epoch, world.result(awake, key)]).toEqual([epoch, null])
  }
  for (const key of keys) world.invoke(asleep, key, { _tag: "Read" } as never)
  world.run()
  expect(keys.map((key) => world.result(asleep, key))).toEqual([undefined, undefined, undefined])
  world.say(directory("directory") as never, asleep, {
    _tag: "Hint",
    members: servers(...alive)
  } as never)
  world.run()
  expect(keys.map((key) => world.result(asleep, key))).toEqual(["a 9", "b 10", "c 8"])
}, 600_000)
