/**
 * A store under test: its nodes (three, or as many as it supports), and a client.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface RunningSystem {
  /** Its nodes. */
  readonly processes: ReadonlyArray<ChildProcess>
  readonly read: (key: string) => Promise<unknown>
  readonly write: (key: string, value: string) => Promise<unknown>
  /** Kills at once the node whose loss hurts most. Undefined if there is only one node. */
  readonly killOne: (() => Promise<void>) | undefined
  /** Puts a new node in the place of a member. Undefined if the system cannot. */
  readonly replaceOne: (() => Promise<void>) | undefined
  readonly stop: () => Promise<void>
}

export interface System {
  readonly name: string
  /** What a reader must know to compare it. */
  readonly about: string
  readonly isPresent: () => boolean
  readonly start: (folder: string) => Promise<RunningSystem>
}

export const isInstalled = (command: string): boolean => spawnSync("which", [command]).status === 0

export const inFolder = async <A>(use: (folder: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-bench-"))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Below the ports that the system gives to connections, so that none of these takes one. */
const ports = { first: 20_000, beyond: 32_000 }
let nextPort = ports.first + ((process.pid * 40) % (ports.beyond - ports.first))

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })

/** Ports that no process listens on, in a row unless some are taken. */
export const freePorts = async (count: number): Promise<ReadonlyArray<number>> => {
  const free: Array<number> = []
  while (free.length < count) {
    const port = nextPort
    nextPort = port + 1 < ports.beyond ? port + 1 : ports.first
    if (await isFree(port)) free.push(port)
  }
  return free
}

export const launch = (command: string, given: ReadonlyArray<string>): ChildProcess =>
  spawn(command, given, { stdio: ["ignore", "ignore", "ignore"] })

export const end = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    child.once("exit", () => resolve())
    child.kill("SIGKILL")
  })

/** Asks a process to end, and waits until it has. */
export const endInOrder = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once("exit", () => resolve())
    child.kill("SIGTERM")
  })

/** Waits until a process has done its work. */
export const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`${child.spawnargs.join(" ")} ended with ${code}`))
    )
  })

/** How often a port is tried, and for how long: a node with much data takes minutes. */
const tryMilliseconds = 50
const maxMilliseconds = 600_000

/** Waits until a process listens on the port. */
export const listening = async (port: number): Promise<void> => {
  for (let waited = 0; waited < maxMilliseconds; waited += tryMilliseconds) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy()
        resolve(true)
      }).on("error", () => resolve(false))
    })
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, tryMilliseconds))
  }
  throw new Error(`nothing listens on port ${port}`)
}

/** The unit in which Linux counts processor time, in milliseconds. */
const tick = 10

/**
 * The processor time that all of these have used, in milliseconds; not a number if one has ended.
 */
export const processorOf = (processes: ReadonlyArray<ChildProcess>): number => {
  let ticks = 0
  for (const { pid } of processes) {
    try {
      // Fields 14 and 15, after a name in parentheses that may hold spaces.
      const text = readFileSync(`/proc/${pid}/stat`, "utf8")
      const [, ...fields] = text.slice(text.lastIndexOf(")")).split(" ")
      ticks += Number(fields[11]) + Number(fields[12])
    } catch {
      // A node that was killed, or another system than Linux.
      return Number.NaN
    }
  }
  return ticks * tick
}
