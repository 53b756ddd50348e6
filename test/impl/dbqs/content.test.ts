/**
 * Data under its own hash, at run time: a client with the hash finds the data, even after new
 * replicas had to copy it.
 */
import { createHash } from "node:crypto"
import { expect, it } from "vitest"
import { textOfBytes } from "../../../impl/bytes.ts"
import { hashOf } from "../../../impl/dbqs/trust.ts"
import { systemOf } from "../../../impl/membership/log.ts"
import { World } from "../membership/world.ts"

const replicas = ["m1", "m2", "m3", "m4"]
const storing = ["s1", "s2", "s3", "s4"]

it("the hash of data is the SHA-256 of its bytes, whether they are text or not", () => {
  for (const bytes of [Buffer.from("some data"), Buffer.from([0, 255, 7])])
    expect(hashOf(textOfBytes(bytes))).toBe(createHash("sha256").update(bytes).digest("hex"))
})

it("what was put is found by its hash, by others as well, and after members changed", () => {
  const world = new World(replicas, storing)
  const members = replicas.map((name) => world.id(name))
  const [writer, reader] = [world.addClient("writer"), world.addClient("reader")]
  const hash = hashOf("some data")
  const fetched = (key = hash): unknown => {
    world.invoke(reader, key, { _tag: "Fetch", hash: key } as never)
    world.run()
    return world.result(reader, key)
  }
  expect(fetched()).toBe(null)
  world.invoke(writer, hash, { _tag: "Put", value: "some data" } as never)
  world.run()
  expect([world.result(writer, hash), fetched()]).toEqual([null, "some data"])
  expect(fetched(hashOf("other data"))).toBe(null)
  // All four have it; a fifth joins and one goes, so the newcomer has to copy it.
  world.join(["t1"])
  world.kill(world.id("s1"))
  world.round(members)
  world.epoch(members)
  expect(systemOf(world.log(world.id("m1"))).number).toBe(1)
  world.kill(world.id("s2"))
  expect(fetched()).toBe("some data")
}, 600_000)
