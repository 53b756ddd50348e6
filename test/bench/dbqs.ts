/**
 * The cost of dBQS: an epoch change by the number of nodes and of changes; and reads and writes
 * compared with an unreplicated store and a crash-tolerant one, during an epoch change, and with a
 * liar.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect, type PromisedStore } from "../../impl/client/store.ts"
import { Installation } from "../checker/command/installation.ts"
import { DbqsSystem } from "../impl/dbqs/system.ts"
import { World } from "../impl/membership/world.ts"
import { bars, lines, savePlot } from "./plot.ts"
import { end, freePorts, launch, listening } from "./store/system.ts"

const seconds = Number(process.env.QUORATE_BENCH_SECONDS ?? 3)
const users = 16
const value = "v".repeat(100)
const replicas = ["m1", "m2", "m3", "m4"]
const named = (count: number, from = 1): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `s${from + index}`)

/** One epoch change, in memory: all messages of all processes, in one process. */
const epochChange = (nodes: number, changes: number) => {
  const world = new World(replicas, named(nodes))
  const { members } = world.foundation.view
  world.join(named(changes, nodes + 1))
  const { messages, bytes } = world
  const started = performance.now()
  world.epoch(members)
  return {
    milliseconds: performance.now() - started,
    messages: world.messages - messages,
    kilobytes: (world.bytes - bytes) / 1000
  }
}

const epochChanges = (): void => {
  const sizes = [6, 12, 24, 48]
  console.log(["nodes", "changes", "messages", "kB", "ms of one processor"].join("\t"))
  const rows = [1, 4].map((changes) =>
    sizes.map((nodes) => {
      const row = epochChange(nodes, changes)
      const { messages, kilobytes, milliseconds } = row
      console.log(
        [nodes, changes, messages, kilobytes.toFixed(0), milliseconds.toFixed(0)].join("\t")
      )
      return row
    })
  )
  const series = rows.map((row, index) => ({
    name: index === 0 ? "one node joins" : "four nodes join",
    figures: row.map(({ kilobytes }) => kilobytes)
  }))
  const svg = lines({
    title: "Bytes of an epoch change, of four replicas and all nodes together",
    unit: "kB",
    along: "nodes",
    places: sizes,
    series
  })
  console.log(savePlot("dbqs-epoch-change", svg))
}

interface Row {
  readonly readMilliseconds: number
  readonly writeMilliseconds: number
  readonly perSecond: number
}

const median = (numbers: ReadonlyArray<number>): number =>
  [...numbers].sort((left, right) => left - right)[numbers.length >> 1] ?? Number.NaN

const latency = async (milliseconds: number, operate: (turn: number) => Promise<unknown>) => {
  const took: Array<number> = []
  const started = performance.now()
  for (let turn = 0; performance.now() - started < milliseconds; turn++) {
    const begun = performance.now()
    await operate(turn)
    took.push(performance.now() - begun)
  }
  return took
}

const measure = async (store: PromisedStore): Promise<Row> => {
  const key = (turn: number): string => `k${turn % 50}`
  for (let turn = 0; turn < 50; turn++) await store.put(key(turn), value)
  const reads = await latency(500 * seconds, (turn) => store.get(key(turn)))
  const writes = await latency(500 * seconds, (turn) => store.put(key(turn), value))
  const started = performance.now()
  let done = 0
  await Promise.all(
    Array.from({ length: users }, async (_, user) => {
      for (let turn = user; performance.now() - started < 1000 * seconds; turn += users) {
        await (done++ % 2 === 0 ? store.get(key(turn)) : store.put(key(turn), value))
      }
    })
  )
  return {
    readMilliseconds: median(reads),
    writeMilliseconds: median(writes),
    perSecond: (1000 * done) / (performance.now() - started)
  }
}

/** A cluster of storage nodes that only crash. */
const crashTolerant = async (script: string, nodes: number): Promise<Row> => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-bench-"))
  const [port = 0] = await freePorts(1)
  const given = ["cluster", "--protocol", "majority", "--nodes", String(nodes)]
  const where = ["--data", folder, "--port", String(port)]
  const cluster = launch(process.execPath, [script, ...given, ...where])
  try {
    await listening(port)
    const servers = `file:${join(folder, "servers")}`
    const store = await connect({ servers, protocol: "majority", timeoutMilliseconds: 60_000 })
    const row = await measure(store)
    await store.close()
    return row
  } finally {
    await end(cluster)
    rmSync(folder, { recursive: true, force: true })
  }
}

interface DbqsRow extends Row {
  /**
   * The median and the longest of reads while a node dies and is evicted, and how long that took.
   */
  readonly changing: { readonly median: number; readonly longest: number; readonly seconds: number }
}

const dbqsOf = async (script: string, lies: Readonly<Record<string, string>>): Promise<DbqsRow> => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-bench-"))
  const system = new DbqsSystem({ folder, script, intervalMilliseconds: 500, lies })
  try {
    await system.begin(replicas, named(6))
    const store = await system.connect("bench", 60_000)
    const row = await measure(store)
    await system.kill("s1")
    const started = performance.now()
    let isOver = false
    const took: Array<number> = []
    const reading = (async () => {
      for (let turn = 0; !isOver; turn++)
        took.push(...(await latency(1, () => store.get(`k${turn % 50}`))))
    })()
    await system.until((names) => !names.includes("s1"))
    const changed = (performance.now() - started) / 1000
    isOver = true
    await reading
    await store.close()
    return {
      ...row,
      changing: { median: median(took), longest: Math.max(...took), seconds: changed }
    }
  } finally {
    await system.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

export const dbqs = async ([part]: ReadonlyArray<string> = []): Promise<void> => {
  if (part !== "running") epochChanges()
  if (part === "epochs") return
  const installation = new Installation({ scenarios: false })
  const { script } = installation
  try {
    const rows: ReadonlyArray<readonly [name: string, row: Row]> = [
      ["unreplicated", await crashTolerant(script, 1)],
      ["4 that crash", await crashTolerant(script, 4)],
      ["dBQS", await dbqsOf(script, {})],
      ["dBQS, a liar in each group", await dbqsOf(script, { s6: "empty", m4: "slander-s2" })]
    ]
    const mine = rows[2]?.[1] as DbqsRow
    console.log(["", "read ms", "write ms", `op/s (${users} users)`].join("\t"))
    for (const [name, row] of rows) {
      const ratio = (row.perSecond / mine.perSecond).toFixed(1)
      console.log(
        [
          name.padEnd(26),
          row.readMilliseconds.toFixed(2),
          row.writeMilliseconds.toFixed(2),
          `${row.perSecond.toFixed(0)} (${ratio} times dBQS)`
        ].join("\t")
      )
    }
    for (const [name, row] of rows.slice(2)) {
      const { changing } = row as DbqsRow
      console.log(
        `${name}: a node is killed and evicted in ${changing.seconds.toFixed(1)} s; reads meanwhile take ${changing.median.toFixed(2)} ms, the longest ${changing.longest.toFixed(0)} ms`
      )
    }
    const svg = bars({
      title: "Latency of one user, six storage nodes and four replicas on one machine",
      unit: "ms",
      along: "store",
      places: rows.map(([name]) => name),
      series: [
        { name: "read", figures: rows.map(([, row]) => row.readMilliseconds) },
        { name: "write", figures: rows.map(([, row]) => row.writeMilliseconds) }
      ]
    })
    console.log(savePlot("dbqs-latency", svg))
  } finally {
    installation.remove()
  }
}
