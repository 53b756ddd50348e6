/**
 * Storage nodes that are not replicas of an object any more erase it, once all who may copy it from
 * them have it, and not before.
 */
import { expect, it } from "vitest"
import type { ServerState } from "../../../impl/dbqs/objects.ts"
import { type Context, rulesFor } from "../../../impl/dbqs/trust.ts"
import { clockNode } from "../../../impl/membership/clockwork.ts"
import { groupAt } from "../../../spec/dbqs/transfer.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { type ServerId, servers } from "../../../spec/nodes/nodes.ts"
import { World } from "../membership/world.ts"

const storing = ["s1", "s2", "s3", "s4", "s5", "s6"]
const keys = Array.from({ length: 24 }, (_, at) => `k${at}`)

it("an object is only with its replicas once all that copy it have it", () => {
  const world = new World(["m1", "m2", "m3", "m4"], storing)
  const replicas = world.foundation.view.members
  const client = world.addClient("one")
  for (const key of keys) world.invoke(client, key, { _tag: "Write", value: `of ${key}` } as never)
  world.run()
  const nodes = new Set<ServerId>(storing.map((name) => world.id(name)))
  const look = (): void => {
    for (const id of nodes)
      world.say(clockNode, id, { _tag: "Look", peers: [], admission: null } as never)
    world.run()
  }
  /** Who has the object, by what is durable. */
  const holders = (key: string): ReadonlyArray<ServerId> =>
    servers(
      ...[...nodes].filter((id) => [...world.process(id).snapshot()].some((one) => one.key === key))
    )
  const group = (key: string): ReadonlyArray<ServerId> => {
    const { node, shared } = world.process(world.id("s1"))
    const { certificates } = shared as ServerState
    const rules = rulesFor(node.context as Context, key)
    return servers(...groupAt(rules, certificates, certificates.length - 1))
  }
  const everybody = () => keys.filter((key) => holders(key).join() !== group(key).join())
  expect(everybody()).toEqual([])

  // What one of the new nodes says of itself takes long.
  let late: NodeId | undefined
  world.isOnItsWay = ({ from, message }) => from === late && message._tag === "Complete"
  const joined = world.join(["t1", "t2", "t3"], replicas)
  for (const id of joined) nodes.add(id)
  late = joined.find((id) => keys.some((key) => groupAfter(world, joined, key).includes(id)))
  world.epoch(replicas)
  look()
  const owed = keys.filter((key) => group(key).includes(late as ServerId))
  expect(owed.length).toBeGreaterThan(0)
  expect(everybody().filter((key) => !owed.includes(key))).toEqual([])
  // What has left a group that it is new in is there still.
  for (const key of owed)
    expect([key, holders(key).length]).toEqual([key, 4 + newIn(world, joined, key)])

  late = undefined
  look()
  look()
  expect(everybody()).toEqual([])
  for (const key of keys) world.invoke(client, key, { _tag: "Read" } as never)
  world.run()
  expect(keys.map((key) => world.result(client, key))).toEqual(keys.map((key) => `of ${key}`))
}, 600_000)

const groupAfter = (
  world: World,
  joined: ReadonlyArray<ServerId>,
  key: string
): ReadonlyArray<ServerId> => {
  const { node, shared } = world.process(world.id("s1"))
  const [first] = (shared as ServerState).certificates
  if (first === undefined) return []
  const members = servers(...first.content.members, ...joined)
  return groupAt(
    rulesFor(node.context as Context, key),
    [{ ...first, content: { number: 0, members } }],
    0
  )
}

/** How many of those who joined are replicas of the object. */
const newIn = (world: World, joined: ReadonlyArray<ServerId>, key: string): number =>
  joined.filter((id) => groupAfter(world, joined, key).includes(id)).length
