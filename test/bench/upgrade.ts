/**
 * A rolling upgrade from an earlier release, whose built command is named: three nodes and a
 * gateway of that release, and a gateway and a client of this one, under load; each node in turn is
 * stopped and started again as this release, with its folder. One user writes each key, through one
 * of the three ways in; the others read it. A read must return the last value whose write had
 * returned, or a later one, and none before one that was read.
 *
 * `npm run bench -- upgrade --old PATH/TO/.build/quorate.js [--seconds N] [--back]`; with `--back`
 * the last node is started as the earlier release again at the end, which only a release with the
 * same disk format can be.
 */
import { join } from "node:path"
import { parseArgs } from "node:util"
import { connect } from "../../impl/client/store.ts"
import { Installation } from "../checker/command/installation.ts"
import { Connection } from "./store/redis.ts"
import { end, endInOrder, freePorts, inFolder, launch, listening } from "./store/system.ts"

/** One way into the store, for one operation at a time. */
interface Way {
  readonly name: string
  readonly read: (key: string) => Promise<number>
  readonly write: (key: string, value: number) => Promise<void>
}

/** What is known of a key: the values written and begun, and the largest that was read. */
interface Known {
  begun: number
  written: number
  read: number
}

class Traffic {
  operations = 0
  violations = 0
  readonly failures = new Map<string, number>()
  longestMilliseconds = 0
  private isStopped = false
  private readonly all: Promise<ReadonlyArray<void>>

  constructor(ways: ReadonlyArray<Way>, usersOfEach: number) {
    const known = new Map<string, Known>()
    const users = ways.flatMap((way, place) =>
      Array.from({ length: usersOfEach }, (_, number) => {
        const key = `k${place}-${number}`
        known.set(key, { begun: 0, written: 0, read: 0 })
        return { way, key }
      })
    )
    const keys = [...known.keys()]
    this.all = Promise.all(
      users.map(async ({ way, key }, number) => {
        for (let at = number; !this.isStopped; at++) {
          const other = keys[at % keys.length] as string
          await this.timed(way, () => this.write(way, key, known.get(key) as Known))
          await this.timed(way, () => this.read(way, other, known.get(other) as Known))
        }
      })
    )
  }

  private async timed({ name }: Way, operation: () => Promise<void>): Promise<void> {
    const begun = performance.now()
    try {
      await operation()
      this.operations += 1
    } catch (error) {
      const what = `${name}: ${(error as Error).message}`
      this.failures.set(what, (this.failures.get(what) ?? 0) + 1)
    }
    this.longestMilliseconds = Math.max(this.longestMilliseconds, performance.now() - begun)
  }

  private async write({ write }: Way, key: string, known: Known): Promise<void> {
    known.begun += 1
    const value = known.begun
    await write(key, value)
    known.written = value
  }

  private async read({ read }: Way, key: string, known: Known): Promise<void> {
    const least = Math.max(known.written, known.read)
    const value = await read(key)
    if (value < least || value > known.begun) this.violations += 1
    known.read = Math.max(known.read, value)
  }

  /** What has happened since the last report. */
  report(what: string): void {
    const failed = [...this.failures].map(([failure, times]) => `${times} failed (${failure})`)
    console.log(
      `${what.padEnd(44)} ${`${this.operations}`.padStart(7)} operations, longest ${this.longestMilliseconds.toFixed(0)} ms, ${this.violations} violations${failed.length === 0 ? ", 0 failed" : `, ${failed.join("; ")}`}`
    )
    if (this.violations + failed.length > 0) process.exitCode = 12
    this.operations = 0
    this.longestMilliseconds = 0
    this.failures.clear()
  }

  async stop(): Promise<void> {
    this.isStopped = true
    await this.all
  }
}

const usersOfEachWay = 4

export const upgrade = async (given: ReadonlyArray<string>): Promise<void> => {
  const { values } = parseArgs({
    args: [...given],
    options: {
      old: { type: "string" },
      seconds: { type: "string", default: "3" },
      back: { type: "boolean", default: false }
    }
  })
  const { old } = values
  if (old === undefined)
    throw new Error("name the earlier release: --old PATH/TO/.build/quorate.js")
  const installation = new Installation({ scenarios: false })
  const scripts = { old, new: installation.script }
  const names = ["s1", "s2", "s3"]
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1000 * Number(values.seconds)))
  await inFolder(async (folder) => {
    const ports = await freePorts(5)
    const system = [
      "--servers",
      names.map((name, at) => `${name}=127.0.0.1:${ports[at]}`).join(",")
    ]
    const start = (release: keyof typeof scripts, ...words: ReadonlyArray<string>) =>
      launch(process.execPath, [scripts[release], ...words, ...system])
    const startNode = async (release: keyof typeof scripts, at: number, ...how: Array<string>) => {
      const name = names[at] as string
      const node = start(release, "node", "--name", name, "--data", join(folder, name), ...how)
      return node
    }
    const nodes = await Promise.all(names.map((_, at) => startNode("old", at, "--begin")))
    await Promise.all(names.map((_, at) => listening(ports[at] as number)))
    const gateways = (["old", "new"] as const).map((release, at) =>
      start(release, "gateway", "--listen", `127.0.0.1:${ports[3 + at]}`)
    )
    await Promise.all([3, 4].map((at) => listening(ports[at] as number)))
    const store = await connect({ servers: system[1] as string, timeoutMilliseconds: 60_000 })
    const connections: Array<Connection> = []
    const gateway = (name: string, port: number): Way => {
      const idle: Array<Connection> = []
      const ask = async (...words: ReadonlyArray<string>): Promise<string> => {
        const connection = idle.pop() ?? new Connection(port)
        if (!connections.includes(connection)) connections.push(connection)
        const reply = await connection.ask(...words)
        idle.push(connection)
        if (reply.startsWith("-")) throw new Error(reply.trim())
        return reply
      }
      return {
        name,
        read: async (key) => Number((await ask("GET", key)).split("\r\n")[1] ?? 0),
        write: async (key, value) => void (await ask("SET", key, `${value}`))
      }
    }
    const decoder = new TextDecoder()
    const ways: ReadonlyArray<Way> = [
      gateway("gateway of the earlier release", ports[3] as number),
      gateway("gateway of this release", ports[4] as number),
      {
        name: "client of this release",
        read: async (key) =>
          Number(decoder.decode((await store.get(key)) ?? new Uint8Array()) || 0),
        write: (key, value) => store.put(key, `${value}`)
      }
    ]
    const traffic = new Traffic(ways, usersOfEachWay)
    try {
      await pause()
      traffic.report("all nodes of the earlier release")
      const restart = async (at: number, release: keyof typeof scripts, what: string) => {
        await endInOrder(nodes[at] as (typeof nodes)[number])
        nodes[at] = await startNode(release, at)
        await listening(ports[at] as number)
        await pause()
        traffic.report(what)
      }
      for (const [at, name] of names.entries())
        await restart(at, "new", `${name} is of this release, as those before it`)
      if (values.back) await restart(2, "old", "s3 is of the earlier release again")
      await traffic.stop()
    } finally {
      await store.close()
      for (const connection of connections) connection.end()
      await Promise.all([...gateways, ...nodes].map(end))
      installation.remove()
    }
  })
}
