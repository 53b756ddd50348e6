/**
 * The store against etcd and Redis, one after the other in one run. Each has every write on disk
 * before it acknowledges it. Measures throughput and latency for two mixes, and the longest stall
 * when a node is killed.
 */
import { etcd } from "./store/etcd.ts"
import { quorate } from "./store/quorate.ts"
import { redis } from "./store/redis.ts"
import { inFolder, type RunningSystem, type System } from "./store/system.ts"

const seconds = Number(process.env.QUORATE_BENCH_SECONDS ?? 10)
const clients = 64
const keys = 1000
const value = "v".repeat(100)

interface Load {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** The longest time in which no operation completed. */
  readonly stall: number
}

/** Many users, one operation at a time each. */
const load = async (
  system: RunningSystem,
  readShare: number,
  forSeconds: number
): Promise<Load> => {
  const latencies: Array<number> = []
  const started = performance.now()
  let lastEnd = started
  let stall = 0
  const user = async (number: number): Promise<void> => {
    // A cheap sequence that visits keys and kinds evenly, the same for every system.
    let word = number * 2654435761
    while (performance.now() - started < 1000 * forSeconds) {
      word = (Math.imul(word, 1664525) + 1013904223) >>> 0
      const key = `k${(word >>> 8) % keys}`
      const begun = performance.now()
      if ((word >>> 20) % 100 < 100 * readShare) await system.read(key)
      else await system.write(key, value)
      const now = performance.now()
      latencies.push(now - begun)
      stall = Math.max(stall, now - lastEnd)
      lastEnd = now
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, number) => user(number)))
  latencies.sort((left, right) => left - right)
  const at = (share: number): number => latencies[Math.floor(share * latencies.length)] ?? 0
  return { perSecond: latencies.length / forSeconds, p50: at(0.5), p99: at(0.99), stall }
}

const measure = (system: System): Promise<ReadonlyArray<string>> =>
  inFolder(async (folder) => {
    const running = await system.start(folder)
    for (let key = 0; key < keys; key += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, offset) => running.write(`k${key + offset}`, value))
      )
    }
    await load(running, 0.9, seconds / 4)
    const rows: Array<string> = []
    for (const readShare of [0.9, 0.5])
      rows.push(row(system, readShare, await load(running, readShare, seconds)))
    if (running.killOne !== undefined) {
      const during = load(running, 0.9, seconds)
      await new Promise((resolve) => setTimeout(resolve, 300 * seconds))
      await running.killOne()
      rows.push(row(system, 0.9, await during, "node killed"))
    }
    await running.stop()
    return rows
  })

const row = (
  { name }: System,
  readShare: number,
  { perSecond, p50, p99, stall }: Load,
  what = ""
): string =>
  [
    name.padEnd(8),
    `${100 * readShare} % reads${what === "" ? "" : `, ${what}`}`.padEnd(24),
    Math.round(perSecond),
    p50.toFixed(1),
    p99.toFixed(1),
    stall.toFixed(0)
  ].join("\t")

export const store = async (): Promise<void> => {
  console.log(["system  ", "mix".padEnd(24), "op/s", "p50 ms", "p99 ms", "stall ms"].join("\t"))
  for (const system of [quorate, etcd, redis]) {
    if (!system.isPresent()) {
      console.log(`${system.name}: not installed here`)
      continue
    }
    for (const line of await measure(system)) console.log(line)
  }
  for (const { name, about } of [quorate, etcd, redis]) console.log(`${name}: ${about}`)
}
