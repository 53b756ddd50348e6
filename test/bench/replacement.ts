/**
 * A node is replaced while users read and write: what they notice of it, beside etcd, in one run.
 * Each write is on disk before it is acknowledged. The client's latencies before, during and after.
 *
 * `npm run bench -- replacement [--registers N] [--users N] [--reads SHARE] [--seconds N] [--only
 * NAME,…]`
 */
import { parseArgs } from "node:util"
import { etcd } from "./store/etcd.ts"
import { loopbackMilliseconds, syncMilliseconds } from "./store/limits.ts"
import { quorate } from "./store/quorate.ts"
import { inFolder, type RunningSystem } from "./store/system.ts"

const value = "v".repeat(100)
/** The number of registers that are written at a time before the measurement. */
const filledAtOnce = 128

const fill = async (system: RunningSystem, registers: number): Promise<void> => {
  let next = 0
  const write = async (): Promise<void> => {
    while (next < registers) await system.write(`k${next++}`, value)
  }
  await Promise.all(Array.from({ length: filledAtOnce }, write))
}

/** An operation: when it ended, and how long it took, in milliseconds. */
type Timed = readonly [endedAt: number, milliseconds: number]

/** Users who read and write, one operation at a time each, until they are stopped. */
class Users {
  readonly operations: Array<Timed> = []
  private isStopped = false
  private readonly all: Promise<ReadonlyArray<void>>

  constructor(system: RunningSystem, users: number, readShare: number, registers: number) {
    const user = async (number: number): Promise<void> => {
      let word = number * 2654435761
      while (!this.isStopped) {
        word = (Math.imul(word, 1664525) + 1013904223) >>> 0
        const key = `k${(word >>> 8) % registers}`
        const begun = performance.now()
        if ((word >>> 20) % 100 < 100 * readShare) await system.read(key)
        else await system.write(key, value)
        const now = performance.now()
        this.operations.push([now, now - begun])
      }
    }
    this.all = Promise.all(Array.from({ length: users }, (_, number) => user(number)))
  }

  async stop(): Promise<void> {
    this.isStopped = true
    await this.all
  }
}

const header = ["system", "", "seconds", "op/s", "p50", "p99", "p99.9", "max", "max / p50 before"]
const widths = [9, 8, 9, 8, 8, 8, 8, 8, 17]
const print = (cells: ReadonlyArray<string>): void =>
  console.log(
    cells
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join(" ")
  )

const at = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN

const sleep = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, 1000 * seconds))

export const replacement = async (given: ReadonlyArray<string>): Promise<void> => {
  const { values } = parseArgs({
    args: [...given],
    options: {
      registers: { type: "string", default: "100000" },
      users: { type: "string", default: "4" },
      reads: { type: "string", default: "0.5" },
      seconds: { type: "string", default: "5" },
      only: { type: "string" }
    }
  })
  const [registers, users, reads, seconds] = [
    Number(values.registers),
    Number(values.users),
    Number(values.reads),
    Number(values.seconds)
  ]
  const wanted = values.only?.split(",")
  console.log(
    `limits of this machine: a sync ${(await syncMilliseconds()).toFixed(2)} ms, a round trip over loopback ${(await loopbackMilliseconds()).toFixed(3)} ms`
  )
  console.log(`${registers} registers, ${users} users, ${100 * reads} % reads; milliseconds`)
  print(header)
  for (const system of [quorate, etcd]) {
    if (wanted?.includes(system.name) === false || !system.isPresent()) continue
    await inFolder(async (folder) => {
      const running = await system.start(`${folder}/${system.name}`)
      try {
        await fill(running, registers)
        const all = new Users(running, users, reads, registers)
        await sleep(seconds / 2)
        const began = performance.now()
        await sleep(seconds)
        const replacing = performance.now()
        await running.replaceOne?.()
        const replaced = performance.now()
        await sleep(seconds)
        await all.stop()
        let before = Number.NaN
        for (const [name, from, to] of [
          ["before", began, replacing],
          ["during", replacing, replaced],
          ["after", replaced, replaced + 1000 * seconds]
        ] as const) {
          const sorted = all.operations
            .flatMap(([ended, milliseconds]) => (ended > from && ended <= to ? [milliseconds] : []))
            .sort((left, right) => left - right)
          if (name === "before") before = at(sorted, 0.5)
          print([
            ...[system.name, name, ((to - from) / 1000).toFixed(2)],
            `${Math.round((1000 * sorted.length) / (to - from))}`,
            ...[0.5, 0.99, 0.999, 1].map((share) => at(sorted, share).toFixed(1)),
            (at(sorted, 1) / before).toFixed(1)
          ])
        }
      } finally {
        await running.stop()
      }
    })
  }
}
