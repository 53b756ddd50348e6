/**
 * The membership service on a busy machine, by seeds: one replica lies, processes are delayed now
 * and then, and clocks behave as at run time.
 */
import { describe, expect, it } from "vitest"
import { systemOf } from "../../../impl/membership/log.ts"
import { Random } from "../../../impl/simulator/random.ts"
import { type ServerId, servers } from "../../../spec/nodes/nodes.ts"
import { drawsAll } from "../../draws.ts"
import { lies } from "../dbqs/lies.ts"
import { PacedWorld } from "./paced.ts"

const replicas = ["m1", "m2", "m3", "m4"]
const storing = ["s1", "s2", "s3", "s4", "s5", "s6"]
const interval = 700
const minute = 60_000

/** Each step takes so many milliseconds, and these processes are held up for longer. */
const busy = (seed: number, step: number, slow: ReadonlyArray<string> = []): PacedWorld =>
  new PacedWorld(
    new Random(seed, "pace"),
    {
      ...{ latency: 5, interval, step: () => step },
      pause: (id) => ({
        chance: 0.1,
        milliseconds: slow.some((name) => id.startsWith(`${name}~`)) ? interval : 20 * step
      })
    },
    replicas,
    storing,
    { m4: lies["slander-s2"] as never }
  )

/** The suite takes some of the seeds, `npm run bench -- laws` all. */
const seeds = (most: number): ReadonlyArray<number> =>
  Array.from({ length: drawsAll ? most : Math.ceil(most / 3) }, (_, at) => at + 1)

const membersOf = (world: PacedWorld, id: ServerId): ReadonlyArray<string> =>
  systemOf(world.log(id)).members.map((member) => member.slice(0, 2))

/** The first storage node dies: the correct replicas evict it, and nobody else. */
const expectEvictionOfDead = (world: PacedWorld): void => {
  world.kill(world.id("s1"))
  const correct = ["m1", "m2", "m3"].map((name) => world.id(name))
  const isOver = () => correct.every((id) => systemOf(world.log(id)).number > 0)
  expect([world.until(isOver, 10 * minute), world.time]).toEqual([true, expect.any(Number)])
  for (const id of correct) expect(membersOf(world, id)).toEqual(storing.slice(1))
}

describe("a liar that votes for different values at different replicas", () => {
  // The world of the first seed goes on below.
  it.each(seeds(8).slice(1))(
    "does not keep the others from evicting who is dead, and evicts nobody else (seed %i)",
    (seed) => {
      const world = busy(seed, 5)
      expectEvictionOfDead(world)
    }
  )

  it.each(seeds(2))("evicts no slow node with a slow replica (seed %i)", (seed) => {
    const world = busy(seed, 5, ["s2", "m1"])
    const correct = ["m1", "m2", "m3"].map((name) => world.id(name))
    const rounds = (): number => world.log(world.id("m2")).tracking.round
    world.until(() => rounds() > 12, 20 * minute)
    expect(rounds()).toBeGreaterThan(12)
    for (const id of correct) expect(membersOf(world, id)).toEqual(storing)
  })
})

it("a dead node is evicted (seed 1), and a replica that joined after several epochs helps to certify the next", () => {
  const world = busy(1, 5)
  const first = replicas.map((name) => world.id(name))
  expectEvictionOfDead(world)
  const [m5, m6] = [world.newReplica("m5"), world.newReplica("m6")]
  const members = servers(...first.slice(2), m5, m6)
  for (const id of [m5, m6]) world.wind(id)
  world.submit(first, world.orderFor(members, 1))
  const isServing = () => members.every((id) => world.state(id).move.serving?.number === 1)
  expect([world.until(isServing, 10 * minute), world.time]).toEqual([true, expect.any(Number)])
  // Three sign, so the new ones have to.
  world.kill(world.id("m1"), world.id("m2"), world.id("m4"), world.id("s3"))
  const certified = (): number => world.state(m6).certificates.length
  expect([world.until(() => certified() > 2, 10 * minute), certified()]).toEqual([true, 3])
}, 600_000)
