/**
 * Chaos on real processes. Storage nodes are killed, paused, slowed down and isolated, their disks
 * fill, and a client with a certificate sends them absurd frames, while clients read and write.
 * Then all faults are healed, and every pending operation has to complete. The history of every
 * register is judged.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { join } from "node:path"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { type ConfigurationChange, Store, type StoreShape } from "../../../impl/client/store.ts"
import { Random } from "../../../impl/simulator/random.ts"
import type { Access, Value } from "../../../spec/register/operation.ts"
import { type Interval, judge } from "../../../spec/register/written-once.ts"
import { isInstalled } from "../../bench/store/system.ts"
import { Attack, Keyring } from "./attack.ts"
import { Forgetting, type MemoryTally } from "./forgetting.ts"
import { pause } from "./pause.ts"
import { NodeProxy } from "./proxy.ts"

export interface ChaosOptions {
  /** The command, built, and a folder for data. */
  readonly script: string
  readonly folder: string
  readonly nodes: number
  readonly clients: number
  readonly registers: number
  readonly seconds: number
  /** How long a client rests between two operations, on average; 5 ms if nothing is said. */
  readonly restMilliseconds?: number
  /**
   * How often the whole configuration is replaced by other nodes, under load and faults; never if
   * nothing is said.
   */
  readonly replacements?: number
  /**
   * Whether nodes lose their memory as well, or a part of it, are started with that of another, are
   * impersonated, and are removed by two operators at once. (Not with replacements, whose nodes are
   * others.)
   */
  readonly forgets?: boolean
  /**
   * Whether all nodes prove their identity over TLS, and a client with a certificate sends absurd
   * frames to one node after the other.
   */
  readonly hostile?: boolean
  readonly seed: number
}

export interface ChaosReport {
  readonly operations: number
  readonly faults: Readonly<Record<string, number>>
  /** How often a node said that its disk is full, and that it has room again. */
  readonly fullDisks: number
  readonly disksWithRoomAgain: number
  /** Registers whose history is not atomic, with the reason. */
  readonly violations: ReadonlyArray<string>
  /** Operations, replacements among them, that did not complete after healing. */
  readonly stuck: number
  /** What they wait for: the operations, and why the last attempt at a replacement failed. */
  readonly waiting: ReadonlyArray<string>
  /** How often the whole configuration was replaced by other nodes. */
  readonly replacements: number
  /**
   * What befell memories: how often; how often that was noticed by the node; and what should have
   * been and was not.
   */
  readonly memories: MemoryTally
  /** How many absurd frames were sent. */
  readonly absurdFrames: number
  /** Nodes that ended though nothing was done to them that ends one, with what they said last. */
  readonly ended: ReadonlyArray<string>
  readonly longestMilliseconds: number
  /** The most resident memory of a node at the end, in bytes. */
  readonly nodeBytes: number
}

/**
 * A process may not let a file grow beyond a limit, which can be changed as it runs: its disk is as
 * good as full.
 */
export const canFillDisks = isInstalled("prlimit")
const kinds = ["kill", "kill", "pause", "cut", "slow", "silence", ...(canFillDisks ? ["full"] : [])]
const meanBetweenFaultsMilliseconds = 600
const maxFaultMilliseconds = 2500
/** For a machine that is also busy with other things: no user waits that long elsewhere. */
const healingMilliseconds = 120_000
/**
 * An operation that takes longer than this in the worst of times is pending, and may still
 * complete.
 */
const patienceMilliseconds = 3_600_000

export interface Node {
  readonly name: string
  readonly port: number
  readonly proxy: NodeProxy
  process: ChildProcess | undefined
  /** Whether it was started, and has not been removed. */
  isThere: boolean
}

export const chaos = async (options: ChaosOptions): Promise<ChaosReport> => new Chaos(options).run()

class Chaos {
  private readonly options: ChaosOptions
  private readonly random: Random
  private readonly faults: Record<string, number> = {}
  private readonly history: Array<
    Interval & { readonly key: string; responded: number; result: Value }
  > = []
  private nodes: ReadonlyArray<Node> = []
  private servers = ""
  private events = 0
  private isOver = false
  private replacements = 0
  /** Why the last attempt at a replacement failed. */
  private refusal = "nothing failed"
  private longestMilliseconds = 0
  private readonly ended: Array<string> = []
  private keys: Keyring | undefined
  private absurdFrames = 0
  private readonly memories: MemoryTally = { befallen: {}, noticed: 0, unnoticed: [] }
  private fullDisks = 0
  private disksWithRoomAgain = 0
  /** Faults that are still to be inflicted before any kind of them is again. */
  private due: Array<string> = []

  constructor(options: ChaosOptions) {
    this.options = options
    this.random = new Random(options.seed, "chaos")
  }

  async run(): Promise<ChaosReport> {
    const { seconds, clients } = this.options
    if (this.options.hostile === true) {
      this.keys = new Keyring(join(this.options.folder, "keys"), this.nodeNames)
    }
    await this.startNodes()
    const scope = Effect.runSync(Scope.make())
    const stores: Array<StoreShape> = []
    for (let client = 0; client < clients; client++) {
      const layer = Store.layer({
        servers: this.servers,
        timeoutMilliseconds: patienceMilliseconds,
        ...(this.keys === undefined ? {} : { keys: this.keys.of("administrator") })
      })
      stores.push(Context.get(await Effect.runPromise(Layer.buildWithScope(layer, scope)), Store))
    }
    const working = Promise.all(stores.map((store, client) => this.work(store, `c${client + 1}`)))
    const end = performance.now() + 1000 * seconds
    const ports = this.nodes.map(({ port }) => port)
    const attack = this.keys && new Attack(this.keys, ports, this.options.seed)
    const replacing = this.replace(stores[0] as StoreShape, 1000 * seconds)
    const forgetting =
      this.options.forgets === true ? this.forgetting(stores, end).run() : Promise.resolve()
    while (performance.now() < end) {
      await pause(this.random.delay(meanBetweenFaultsMilliseconds))
      void this.inflict()
    }
    // A node that was made to forget is replaced before the run ends.
    await forgetting
    this.absurdFrames = (await attack?.end()) ?? 0
    await this.heal()
    this.isOver = true
    await Promise.race([Promise.all([working, replacing]), pause(healingMilliseconds)])
    const waiting = this.waiting()
    if (waiting.length === 0) await this.readAll(stores[0] as StoreShape)
    const report = this.report(waiting)
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await this.stop()
    return report
  }

  /** Loses memories, one after the other, until the end. */
  private forgetting(stores: ReadonlyArray<StoreShape>, end: number): Forgetting {
    const { nodes } = this
    return new Forgetting({
      random: new Random(this.options.seed, "memories"),
      nodes,
      operators: [stores[0] as StoreShape, stores[1] as StoreShape],
      folderOf: (node) => join(this.options.folder, node.name),
      start: (node) => this.start(node),
      ...(this.keys === undefined ? {} : { forger: this.keys.of("mallory") }),
      isOver: () => performance.now() > end,
      tally: this.memories
    })
  }

  /**
   * Twice, every storage node of the configuration is replaced; those that were removed are gone
   * then.
   */
  private async replace(store: StoreShape, milliseconds: number): Promise<void> {
    const { nodes, replacements = 0 } = this.options
    for (let number = 1; number <= replacements; number++) {
      await pause(milliseconds / (replacements + 1))
      const before = this.nodes.slice((number - 1) * nodes, number * nodes)
      const after = this.nodes.slice(number * nodes, (number + 1) * nodes)
      await this.startAll(after)
      const change = { add: after.map(({ name }) => name), remove: before.map(({ name }) => name) }
      await this.reconfigured(store, change)
      this.replacements += 1
      for (const node of before) this.end(node)
    }
  }

  /** A node that is paused or killed just now does not answer: then it is tried again. */
  private async reconfigured(store: StoreShape, change: ConfigurationChange): Promise<void> {
    for (;;) {
      const exit = await Effect.runPromiseExit(store.reconfigure(change))
      if (Exit.isSuccess(exit)) return
      this.refusal = String(Cause.squash(exit.cause))
      await pause(200)
    }
  }

  /** The node has been removed, and is switched off permanently. */
  private end(node: Node): void {
    node.isThere = false
    node.process?.kill("SIGKILL")
    node.proxy.cut()
  }

  private get nodeNames(): ReadonlyArray<string> {
    const { nodes, replacements = 0 } = this.options
    return Array.from({ length: nodes * (1 + replacements) }, (_, index) => `s${index + 1}`)
  }

  private async startNodes(): Promise<void> {
    const nodes: Array<Node> = []
    const proxied: Array<string> = []
    const { nodes: members } = this.options
    for (const name of this.nodeNames) {
      const port = await freePort()
      const proxy = new NodeProxy(port)
      proxied.push(`${nodes.length < members ? "" : "+"}${name}=127.0.0.1:${await proxy.start()}`)
      nodes.push({ name, port, proxy, process: undefined, isThere: false })
    }
    this.nodes = nodes
    this.servers = proxied.join(",")
    await this.startAll(nodes.slice(0, members))
  }

  private async startAll(nodes: ReadonlyArray<Node>): Promise<void> {
    for (const node of nodes) {
      this.start(node)
      // Until it has begun no fault happens to it: it has to be there to be replaced or to take a
      // place.
      node.isThere = false
    }
    await Promise.all(nodes.map(({ process: started }) => said(started as ChildProcess)))
    for (const node of nodes) node.isThere = true
  }

  /** The nodes that faults happen to. */
  private get there(): ReadonlyArray<Node> {
    return this.nodes.filter(({ isThere }) => isThere)
  }

  private start(node: Node): void {
    const direct = this.nodes
      .map(
        ({ name, port }, index) =>
          `${index < this.options.nodes ? "" : "+"}${name}=127.0.0.1:${port}`
      )
      .join(",")
    const { script, folder } = this.options
    const given = [
      "node",
      "--name",
      node.name,
      "--servers",
      direct,
      "--data",
      join(folder, node.name),
      "--begin",
      ...(this.keys === undefined ? [] : ["--keys", this.keys.folder])
    ]
    const started = spawn(process.execPath, [script, ...given, "--log", "json"], {
      stdio: ["ignore", "pipe", "pipe", "ipc"]
    })
    node.process = started
    let said = ""
    started.stderr?.on("data", (bytes: Uint8Array) => {
      said = (said + Buffer.from(bytes).toString("utf8")).slice(-1000)
      this.hear(Buffer.from(bytes).toString("utf8"))
    })
    // A node that is killed ends with a signal; one that is made to forget is not there meanwhile.
    started.once("exit", (code) => {
      if (code !== null && node.isThere && !this.isOver)
        this.ended.push(`${node.name} ended with ${code}: ${said}`)
    })
  }

  /** A node logs something. */
  private hear(text: string): void {
    this.fullDisks += text.split("while the disk is full").length - 1
    this.disksWithRoomAgain += text.split("the disk has space again").length - 1
  }

  /** A user: operations one after the other, until the end. */
  private async work(store: StoreShape, client: string): Promise<void> {
    const { seed, registers, restMilliseconds = 5 } = this.options
    const random = new Random(seed, client)
    while (!this.isOver) {
      const key = `r${random.below(registers)}`
      const isRead = random.chance(0.5)
      await this.perform(
        store,
        client,
        key,
        isRead ? { _tag: "Read" } : { _tag: "Write", value: this.events }
      )
      await pause(random.delay(restMilliseconds))
    }
  }

  private async perform(
    store: StoreShape,
    client: string,
    key: string,
    operation: Access
  ): Promise<void> {
    const lived = {
      client,
      key,
      operation,
      invoked: this.events++,
      responded: Number.POSITIVE_INFINITY,
      result: null as Value
    }
    this.history.push(lived)
    const started = performance.now()
    lived.result = await Effect.runPromise(store.perform(key, operation))
    lived.responded = this.events++
    this.longestMilliseconds = Math.max(this.longestMilliseconds, performance.now() - started)
  }

  private async readAll(store: StoreShape): Promise<void> {
    for (let register = 0; register < this.options.registers; register++) {
      await this.perform(store, "reader", `r${register}`, { _tag: "Read" })
    }
  }

  private async inflict(): Promise<void> {
    const node = this.random.pick(this.there)
    const milliseconds = Math.min(this.random.delay(800), maxFaultMilliseconds)
    if (this.due.length === 0) this.due = [...kinds]
    const kind = this.due.splice(this.random.below(this.due.length), 1)[0] as string
    this.faults[kind] = (this.faults[kind] ?? 0) + 1
    switch (kind) {
      case "kill":
        node.process?.kill("SIGKILL")
        await pause(milliseconds)
        if (!this.isOver && node.isThere && isGone(node)) this.start(node)
        return
      case "pause":
        node.process?.kill("SIGSTOP")
        await pause(milliseconds)
        node.process?.kill("SIGCONT")
        return
      case "cut":
        node.proxy.cut()
        return
      case "full":
        limitFiles(node, this.logBytes(node) + this.random.below(200))
        // Long enough that the node writes something meanwhile.
        await pause(Math.max(milliseconds, 800))
        limitFiles(node, "unlimited")
        return
      case "slow":
        node.proxy.delayMilliseconds = 50
        await pause(milliseconds)
        node.proxy.delayMilliseconds = 0
        return
      case "silence":
        node.proxy.isSilent = true
        await pause(milliseconds)
        node.proxy.isSilent = false
        // Bytes are missing in the middle of what was sent: nothing can be made of the connections
        // any more.
        node.proxy.cut()
        return
    }
  }

  /** How much a node has written into its file; zeros come after that, for what is to come. */
  private logBytes({ name }: Node): number {
    const log = join(this.options.folder, name, "log")
    const newest = readdirSync(log)
      .filter((file) => file.startsWith("segment-"))
      .sort()
      .at(-1)
    if (newest === undefined) return 0
    const bytes = readFileSync(join(log, newest))
    return bytes.findLastIndex((byte) => byte !== 0) + 1
  }

  private async heal(): Promise<void> {
    for (const node of this.there) {
      limitFiles(node, "unlimited")
      node.proxy.delayMilliseconds = 0
      node.proxy.isSilent = false
      node.proxy.cut()
      node.process?.kill("SIGCONT")
      if (isGone(node)) this.start(node)
    }
    // What was inflicted last is over by then.
    await pause(maxFaultMilliseconds + 100)
    for (const node of this.there) if (isGone(node)) this.start(node)
  }

  /** What did not complete. */
  private waiting(): ReadonlyArray<string> {
    const operations = this.history
      .filter(({ responded }) => responded === Number.POSITIVE_INFINITY)
      .map(({ client, key, operation }) => `${client}'s ${operation._tag} of ${key}`)
    const missing = (this.options.replacements ?? 0) - this.replacements
    return [
      ...operations,
      ...Array.from({ length: missing }, () => `a replacement; the last failed: ${this.refusal}`)
    ]
  }

  private report(waiting: ReadonlyArray<string>): ChaosReport {
    const violations = [...new Set(this.history.map(({ key }) => key))].flatMap((key) => {
      const judgement = judge(this.history.filter((lived) => lived.key === key))
      return judgement._tag === "Atomic" ? [] : [`${key}: ${JSON.stringify(judgement)}`]
    })
    return {
      operations: this.history.length,
      faults: this.faults,
      fullDisks: this.fullDisks,
      disksWithRoomAgain: this.disksWithRoomAgain,
      violations,
      stuck: waiting.length,
      waiting,
      replacements: this.replacements,
      memories: this.memories,
      absurdFrames: this.absurdFrames,
      ended: this.ended,
      longestMilliseconds: Math.round(this.longestMilliseconds),
      nodeBytes: Math.max(...this.there.map(({ process: running }) => residentBytes(running?.pid)))
    }
  }

  private async stop(): Promise<void> {
    for (const { process: running, proxy } of this.nodes) {
      running?.kill("SIGKILL")
      await proxy.stop()
    }
  }
}

/**
 * Lets the files of a node grow to this many bytes and no further. Nothing happens to a node that
 * is
 * gone.
 */
const limitFiles = ({ process: running }: Node, bytes: number | "unlimited"): void => {
  if (!canFillDisks || running?.pid === undefined) return
  spawnSync("prlimit", ["--pid", String(running.pid), `--fsize=${bytes}:`])
}

export const isGone = ({ process: running }: Node): boolean =>
  running === undefined || running.exitCode !== null || running.signalCode !== null

/** Waits until the process has said something; it must not end before. */
const said = (started: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    started.stdout?.once("data", () => resolve())
    started.once("exit", (code, signal) =>
      reject(new Error(`a node ended as it began (${signal ?? code})`))
    )
  })

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const residentBytes = (pid: number | undefined): number => {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
    return 1024 * Number(kilobytes ?? 0)
  } catch {
    return 0
  }
}
