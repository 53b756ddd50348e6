/**
 * The store against etcd and Redis in one run, in turns: for each number of users and each mix, one
 * system after the other while the others are idle. Each system has every write on disk before it
 * acknowledges the write. Measures throughput, latency and processor time, and the longest stall
 * when a node is killed.
 *
 * `npm run bench -- store [--seconds N] [--users 1,16,64] [--only NAME,…] [--no-kill]`
 */
import { parseArgs } from "node:util"
import { bars, savePlot } from "./plot.ts"
import { etcd } from "./store/etcd.ts"
import { loopbackMilliseconds, syncMilliseconds } from "./store/limits.ts"
import { fill, type Load, load, type Mix } from "./store/load.ts"
import { majority, quorate } from "./store/quorate.ts"
import { redis } from "./store/redis.ts"
import { inFolder, type RunningSystem, type System } from "./store/system.ts"

const systems = [quorate, majority, etcd, redis]

/** With these systems running, all in one folder. */
const withRunning = <A>(
  present: ReadonlyArray<System>,
  use: (running: ReadonlyMap<System, RunningSystem>) => Promise<A>
): Promise<A> =>
  inFolder(async (folder) => {
    const running = new Map<System, RunningSystem>()
    try {
      for (const system of present)
        running.set(system, await system.start(`${folder}/${system.name}`))
      return await use(running)
    } finally {
      for (const one of running.values()) await one.stop()
    }
  })

const header = [
  "system",
  "users",
  "reads",
  "op/s",
  "p50 ms",
  "p99 ms",
  "stall ms",
  "client ms",
  "nodes ms",
  "/ etcd: op/s",
  "p50",
  "p99",
  "processor"
]

const row = (
  { name }: System,
  { users, readShare }: Mix,
  { perSecond, p50, p99, stall, client, nodes }: Load,
  peer: Load | undefined
): ReadonlyArray<string> => [
  name,
  `${users}`,
  `${100 * readShare} %`,
  `${Math.round(perSecond)}`,
  p50.toFixed(2),
  p99.toFixed(1),
  stall.toFixed(0),
  client.toFixed(3),
  nodes.toFixed(3),
  ...(peer === undefined
    ? []
    : [
        (perSecond / peer.perSecond).toFixed(2),
        (p50 / peer.p50).toFixed(2),
        (p99 / peer.p99).toFixed(2),
        ((client + nodes) / (peer.client + peer.nodes)).toFixed(2)
      ])
]

const print = (cells: ReadonlyArray<string>): void =>
  console.log(
    cells
      .map((cell, at) =>
        at === 0 ? cell.padEnd(9) : cell.padStart(Math.max(8, (header[at] ?? "").length))
      )
      .join(" ")
  )

interface Measured {
  readonly mix: Mix
  readonly loads: ReadonlyMap<System, Load>
}

/** The throughput of each system, by the number of users and the mix. */
const throughput = (present: ReadonlyArray<System>, measured: ReadonlyArray<Measured>): string =>
  bars({
    title: "Throughput, each write on disk before it is acknowledged",
    unit: "operations a second",
    along: "users, share of reads",
    places: measured.map(({ mix: { users, readShare } }) => `${users}, ${100 * readShare} %`),
    series: present.map((system) => ({
      name: system.name,
      figures: measured.map(({ loads }) => loads.get(system)?.perSecond)
    }))
  })

export const store = async (given: ReadonlyArray<string>): Promise<void> => {
  const { values } = parseArgs({
    args: [...given],
    options: {
      seconds: { type: "string", default: "4" },
      users: { type: "string", default: "1,16,64" },
      only: { type: "string" },
      "no-kill": { type: "boolean", default: false }
    }
  })
  const seconds = Number(values.seconds)
  const wanted = values.only?.split(",")
  const present = systems.filter((system) => {
    if (wanted !== undefined && !wanted.includes(system.name)) return false
    if (system.isPresent()) return true
    console.log(`${system.name}: not installed here`)
    return false
  })
  console.log(
    `limits of this machine: a sync ${(await syncMilliseconds()).toFixed(2)} ms, a round trip over loopback ${(await loopbackMilliseconds()).toFixed(3)} ms`
  )
  await withRunning(present, async (running) => {
    for (const one of running.values()) {
      await fill(one)
      await load(one, { users: 64, readShare: 0.7, seconds: seconds / 2 })
    }
    print(header)
    const measured: Array<Measured> = []
    for (const users of values.users.split(",").map(Number)) {
      for (const readShare of [0.9, 0.5]) {
        const mix = { users, readShare, seconds }
        const loads = new Map<System, Load>()
        for (const [system, one] of running) loads.set(system, await load(one, mix))
        for (const [system, of] of loads) print(row(system, mix, of, loads.get(etcd)))
        measured.push({ mix, loads })
      }
    }
    console.log(`the plot: ${savePlot("store", throughput(present, measured))}`)
    if (values["no-kill"]) return
    console.log("with a node killed meanwhile:")
    for (const [system, one] of running) {
      if (one.killOne === undefined) continue
      const mix = { users: 64, readShare: 0.9, seconds: 2 * seconds }
      const during = load(one, mix)
      await new Promise((resolve) => setTimeout(resolve, 600 * seconds))
      await one.killOne()
      print(row(system, mix, await during, undefined))
    }
  })
  for (const { name, about } of present) console.log(`${name}: ${about}`)
}
