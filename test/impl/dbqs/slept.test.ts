/**
 * A client of dBQS that slept while the system went through ten epochs, in which all storage nodes
 * that it knew were removed and the membership service moved. Those who were removed would serve it
 * as ever. It counts on nobody until the service has told it what is current.
 */
import { expect, it } from "vitest"
import type { FreshnessState } from "../../../impl/dbqs/freshness.ts"
import { Hosted } from "../../../impl/host/hosted.ts"
import { clockNode } from "../../../impl/membership/clockwork.ts"
import { systemOf } from "../../../impl/membership/log.ts"
import type { ReplicaState } from "../../../impl/membership/state.ts"
import { directory } from "../../../spec/directory/directory.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { type ClientId, type ServerId, servers } from "../../../spec/nodes/nodes.ts"
import { World } from "../membership/world.ts"

const replicas = ["m1", "m2", "m3", "m4"]
const storing = ["s1", "s2", "s3", "s4", "s5", "s6"]
const keys = ["a", "b", "c"]

const copyOf = (process: Hosted): Hosted => {
  const copy = new Hosted(process.node)
  for (const change of process.snapshot()) copy.restore(change)
  return copy
}

it("a client that slept ten epochs and a move of the service is not deceived by former replicas, and reads what was written", () => {
  const world = new World(replicas, storing)
  let members: ReadonlyArray<ServerId> = replicas.map((name) => world.id(name))
  const [awake, asleep] = [world.addClient("awake"), world.addClient("asleep")]
  const asker = world.addAsker("asleep")
  const ofSleeper: ReadonlyArray<NodeId> = [asleep, asker]
  // Who is removed hears nothing any more, but for the one who slept: what it has, it keeps.
  const removed = new Set<NodeId>()
  world.isOnItsWay = ({ from, to }) =>
    (removed.has(to) && !ofSleeper.includes(from)) || (removed.has(from) && !ofSleeper.includes(to))
  for (const key of keys) world.invoke(awake, key, { _tag: "Write", value: `${key} 0` } as never)
  world.run()
  const asAtFirst = storing.map((name) => copyOf(world.process(world.id(name))))
  const alive = new Set<ServerId>(storing.map((name) => world.id(name)))
  for (let epoch = 1; epoch <= 10; epoch++) {
    for (const id of world.join([`t${epoch}`], members)) alive.add(id)
    const old = storing[epoch - 1]
    if (old !== undefined) {
      removed.add(world.id(old))
      alive.delete(world.id(old))
      world.round(members)
    }
    if (epoch === 5) {
      // A liar does as if it heard nothing of the move, and has its share still.
      removed.add(world.id("m1"))
      const next = servers(...members.slice(1), world.newReplica("m5"))
      world.submit(members, world.orderFor(next, 1))
      world.settle(members.slice(1))
      members = next
    }
    world.epoch(members)
    expect(systemOf(world.log(members[0] as ServerId))).toEqual({
      number: epoch,
      members: servers(...alive)
    })
    // Somebody reads and writes all the while.
    const key = keys[epoch % keys.length] as string
    world.invoke(awake, key, { _tag: "Write", value: `${key} ${epoch}` } as never)
    world.run()
    world.say(directory("directory"), awake, { _tag: "Hint", members: servers(...alive) } as never)
    world.run()
    expect([epoch, world.result(awake, key)]).toEqual([epoch, null])
  }
  const share = (world.state(world.id("m1")) as ReplicaState).move.shares[0]
  expect(share?.dealing).toBe(0)

  // The others come back as they were at first, and serve that epoch. Nobody else is heard at once.
  for (const old of asAtFirst) world.processes.set(old.node.id, old)
  const wasOnItsWay = world.isOnItsWay
  const isOfOthers = ({ from }: { readonly from: NodeId }): boolean =>
    world.processes.has(from) && !removed.has(from) && !ofSleeper.includes(from)
  world.isOnItsWay = (sent) =>
    wasOnItsWay(sent) || (ofSleeper.includes(sent.to) && isOfOthers(sent))
  const results = () => keys.map((key) => world.result(asleep, key))
  // Its lease is over. All whom it asks answer as long ago, and it does not count that.
  world.lease(asleep, null)
  for (const key of keys) world.invoke(asleep, key, { _tag: "Read" } as never)
  world.run()
  expect(results()).toEqual([undefined, undefined, undefined])
  // As long as nobody but those who left answers its question, it knows that it does not know.
  const asking = (): FreshnessState => world.process(asker).state("") as FreshnessState
  world.invoke(asker as ClientId, "", { _tag: "Ask" } as never)
  world.run()
  expect(world.result(asker, "")).toBeUndefined()
  expect(asking().asking.answers.map(({ holder }) => holder)).toEqual([world.id("m1")])
  // A new replica, which it has never heard of, shows where the service has gone.
  const fifth = members.find((id) => !replicas.some((name) => world.id(name) === id)) as ServerId
  const isHeld = world.isOnItsWay
  world.isOnItsWay = (sent) => sent.from !== fifth && isHeld(sent)
  world.say(clockNode, asker, { _tag: "Again", peers: [fifth] } as never)
  world.run()
  expect([asking().asking.view.number, world.result(asker, "")]).toEqual([1, undefined])
  // When the service answers, it goes along what certifies the move and the epochs.
  world.isOnItsWay = wasOnItsWay
  world.run()
  expect(world.result(asker, "")).toBe(1)
  expect(asking().latest.content).toEqual({ number: 10, members: servers(...alive) })
  world.lease(asleep, asking().latest)
  expect(results()).toEqual(["a 9", "b 10", "c 8"])
}, 600_000)
