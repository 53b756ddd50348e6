/**
 * A store under test: its nodes (three, or as many as it supports), and a client.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { type AddressInfo, connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface RunningSystem {
  readonly read: (key: string) => Promise<unknown>
  readonly write: (key: string, value: string) => Promise<unknown>
  /** Kills at once the node whose loss hurts most. Undefined if there is only one node. */
  readonly killOne: (() => Promise<void>) | undefined
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

export const freePorts = async (count: number): Promise<ReadonlyArray<number>> => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, "127.0.0.1", () => resolve(server))
        })
    )
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

export const launch = (command: string, given: ReadonlyArray<string>): ChildProcess =>
  spawn(command, given, { stdio: ["ignore", "ignore", "ignore"] })

export const end = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    child.once("exit", () => resolve())
    child.kill("SIGKILL")
  })

/** Waits until a process listens on the port. */
export const listening = async (port: number): Promise<void> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy()
        resolve(true)
      }).on("error", () => resolve(false))
    })
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`nothing listens on port ${port}`)
}
