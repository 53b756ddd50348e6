/**
 * A system of dBQS on this machine: replicas of the membership service and storage nodes, each a
 * process of its own, liars among them; its authority is in this process.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { createAdministrator, openAdministrator } from "../../../impl/administrator/folder.ts"
import { asAuthority, beginDbqs } from "../../../impl/authority/authority.ts"
import type { Credentials } from "../../../impl/byzantine/given.ts"
import { connect, type PromisedStore } from "../../../impl/client/store.ts"
import { parseDirectory } from "../../../impl/directory/directory.ts"
import { nameOf } from "../../../impl/memory/identity.ts"
import { freePorts } from "../../bench/store/system.ts"

const liar = fileURLToPath(new URL("liar.ts", import.meta.url))
const packageFolder = fileURLToPath(new URL("../../..", import.meta.url))

export interface SystemOptions {
  readonly folder: string
  /** The built command. */
  readonly script: string
  readonly intervalMilliseconds: number
  /** Who lies, and how. */
  readonly lies?: Readonly<Record<string, string>>
}

export class DbqsSystem {
  readonly servers: string
  private readonly options: SystemOptions
  private readonly processes = new Map<string, ChildProcess>()

  constructor(options: SystemOptions) {
    this.options = options
    this.servers = `file:${join(options.folder, "servers")}`
  }

  private get authorityFolder(): string {
    return join(this.options.folder, "authority")
  }

  /** Writes nodes with these names into the directory, with ports of their own. */
  async name(names: ReadonlyArray<string>, cameLater = false): Promise<void> {
    const ports = await freePorts(names.length)
    const lines = names.map((name, at) => `${cameLater ? "+" : ""}${name}=127.0.0.1:${ports[at]}\n`)
    mkdirSync(this.options.folder, { recursive: true })
    writeFileSync(join(this.options.folder, "servers"), lines.join(""), { flag: "a" })
  }

  /** Starts a node with this name, which the directory has, and waits until it listens. */
  start(name: string): Promise<void> {
    const { folder, script, intervalMilliseconds: interval, lies } = this.options
    const isReplica = name.startsWith("m")
    const data = join(folder, name)
    const lie = lies?.[name]
    const given =
      lie === undefined
        ? [
            script,
            ...(isReplica ? ["membership", "run"] : ["node", "--protocol", "dbqs"]),
            ...["--name", name, "--servers", this.servers, "--data", data],
            ...(isReplica ? ["--interval-milliseconds", String(interval)] : [])
          ]
        : [
            ...["--import", "tsx", liar, lie, isReplica ? "membership" : "dbqs"],
            ...[name, this.servers, data, String(interval)]
          ]
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, given, {
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        cwd: packageFolder
      })
      this.processes.set(name, child)
      let said = ""
      child.stderr?.on("data", (bytes) => {
        said = `${said}${bytes}`.slice(-2000)
      })
      child.stdout?.on("data", (bytes) => {
        if (String(bytes).includes("listens")) resolve()
      })
      child.once("exit", (code) => reject(new Error(`${name} ended with ${code}: ${said}`)))
    })
  }

  /** Kills nodes as a power failure would. */
  async kill(...names: ReadonlyArray<string>): Promise<void> {
    await Promise.all(
      names.map((name) => {
        const child = this.processes.get(name)
        this.processes.delete(name)
        return new Promise<void>((resolve) => {
          if (child === undefined || child.exitCode !== null) return resolve()
          child.once("exit", () => resolve())
          child.kill("SIGKILL")
        })
      })
    )
  }

  async remove(): Promise<void> {
    await this.kill(...this.processes.keys())
  }

  private withAuthority<A, E>(
    act: (
      authority: Effect.Success<ReturnType<typeof asAuthority>>
    ) => Effect.Effect<A, E, Scope.Scope>
  ): Promise<A> {
    const { authorityFolder: data, servers } = this
    const effect = Effect.gen(function* () {
      const folder = yield* openAdministrator(data)
      return yield* act(yield* asAuthority({ folder, data, directory: parseDirectory(servers) }))
    })
    return Effect.runPromise(Effect.scoped(effect) as Effect.Effect<A, E>)
  }

  /** All these nodes run, and the system begins. */
  async begin(replicas: ReadonlyArray<string>, storing: ReadonlyArray<string>): Promise<void> {
    await this.name([...replicas, ...storing])
    await Promise.all([...replicas, ...storing].map((name) => this.start(name)))
    const { authorityFolder: data, servers } = this
    const effect = Effect.gen(function* () {
      yield* createAdministrator(data, "authority")
      const folder = yield* openAdministrator(data)
      yield* beginDbqs({ folder, data, directory: parseDirectory(servers) }, replicas).pipe(
        Effect.retry({ schedule: Schedule.spaced("200 millis"), times: 50 })
      )
    })
    await Effect.runPromise(Effect.scoped(effect))
  }

  credentials(name: string): Promise<Credentials> {
    return this.withAuthority((authority) => authority.client(name))
  }

  async connect(name: string, timeoutMilliseconds = 20_000): Promise<PromisedStore> {
    const credentials = await this.credentials(name)
    return connect({ servers: this.servers, protocol: "dbqs", credentials, timeoutMilliseconds })
  }

  admit(name: string): Promise<unknown> {
    return this.withAuthority((authority) => authority.admit(name))
  }

  replace(remove: ReadonlyArray<string>, add: ReadonlyArray<string>): Promise<unknown> {
    return this.withAuthority((authority) => authority.replace(remove, add, 150_000))
  }

  /**
   * The members of the system, by name, in the latest epoch that more than one replica tells of.
   */
  async members(): Promise<{ readonly number: number; readonly names: ReadonlyArray<string> }> {
    for (;;) {
      const standing = await this.withAuthority((authority) => authority.status(1000))
      const told = [...standing.values()].filter(({ serves }) => serves).map(({ system }) => system)
      const number = told.map((one) => one.number).sort((left, right) => right - left)[1]
      const view = told.find((one) => one.number === number)
      if (number !== undefined && view !== undefined)
        return { number, names: view.members.map(nameOf) }
    }
  }

  /** Waits until the members are such. */
  async until(is: (names: ReadonlyArray<string>) => boolean, seconds = 120): Promise<number> {
    const end = performance.now() + seconds * 1000
    for (;;) {
      const { number, names } = await this.members()
      if (is(names)) return number
      if (performance.now() > end) throw new Error(`the members are still ${names.join(", ")}`)
    }
  }
}
