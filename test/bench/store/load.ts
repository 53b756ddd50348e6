/**
 * Users of a store, each with one operation at a time, and their cost.
 */
import { processorOf, type RunningSystem } from "./system.ts"

export const keys = 1000
export const value = "v".repeat(100)

export interface Load {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** The longest time in which no operation completed, in milliseconds. */
  readonly stall: number
  /** Processor time an operation, in milliseconds: of the client's process, and of all nodes. */
  readonly client: number
  readonly nodes: number
}

export interface Mix {
  readonly users: number
  /** The share of operations that read. */
  readonly readShare: number
  readonly seconds: number
}

/** Stores a value under each key. */
export const fill = async (system: RunningSystem): Promise<void> => {
  for (let key = 0; key < keys; key += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, offset) => system.write(`k${key + offset}`, value))
    )
  }
}

export const load = async (
  system: RunningSystem,
  { users, readShare, seconds }: Mix
): Promise<Load> => {
  const latencies: Array<number> = []
  const ofClient = process.cpuUsage()
  const ofNodes = processorOf(system.processes)
  const started = performance.now()
  let lastEnd = started
  let stall = 0
  const user = async (number: number): Promise<void> => {
    // A cheap sequence that visits keys and kinds evenly, the same for every system.
    let word = number * 2654435761
    while (performance.now() - started < 1000 * seconds) {
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
  await Promise.all(Array.from({ length: users }, (_, number) => user(number)))
  const elapsed = (performance.now() - started) / 1000
  const { user: inUser, system: inSystem } = process.cpuUsage(ofClient)
  latencies.sort((left, right) => left - right)
  const at = (share: number): number => latencies[Math.floor(share * latencies.length)] ?? 0
  return {
    perSecond: latencies.length / elapsed,
    p50: at(0.5),
    p99: at(0.99),
    stall,
    client: (inUser + inSystem) / 1000 / latencies.length,
    nodes: (processorOf(system.processes) - ofNodes) / latencies.length
  }
}
