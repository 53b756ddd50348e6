/**
 * The faults of nodes' memories in chaos: they are lost, rolled back, swapped, truncated; another
 * process speaks in a node's name; two operators remove different members at once. There is one
 * fault at a time, because each is a loss that only a minority may suffer. A node that has lost its
 * memory is replaced by the command that its message names.
 */
import {
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { StoreShape } from "../../../impl/client/store.ts"
import type { Keys } from "../../../impl/keys/keys.ts"
import { mint } from "../../../impl/memory/identity.ts"
import { marker } from "../../../impl/memory/mark.ts"
import type { Random } from "../../../impl/simulator/random.ts"
import { findHeader, headerAt, headerBytes } from "../../../impl/storage/block.ts"
import { RawPeer } from "../net/raw-peer.ts"
import { isGone, type Node } from "./chaos.ts"
import { pause } from "./pause.ts"

export interface MemoryTally {
  readonly befallen: Record<string, number>
  /** How often a node refused to continue with its memory. */
  noticed: number
  /** What a node wrongly continued with, or wrongly stopped for. */
  readonly unnoticed: Array<string>
}

export interface ForgettingOptions {
  readonly random: Random
  readonly nodes: ReadonlyArray<Node>
  readonly operators: readonly [StoreShape, StoreShape]
  readonly folderOf: (node: Node) => string
  readonly start: (node: Node) => void
  /** Who forges, where everybody proves who it is. */
  readonly forger?: Keys
  readonly isOver: () => boolean
  readonly tally: MemoryTally
}

/** How long a node may take to start, on a machine that is busy. */
const startMilliseconds = 60_000
/** The time within which a node that may only listen must exit. */
const endMilliseconds = 15_000

export class Forgetting {
  private readonly options: ForgettingOptions

  constructor(options: ForgettingOptions) {
    this.options = options
  }

  async run(): Promise<void> {
    const { random, tally, isOver } = this.options
    const kinds = {
      amnesia: (node: Node) => this.amnesia(node),
      rollback: (node: Node) => this.rollback(node),
      "corrupted tail": (node: Node) => this.corruptedTail(node),
      "swapped folders": (node: Node) => this.swappedFolders(node),
      "forged identity": (node: Node) => this.forgedIdentity(node),
      "two operators": (node: Node) => this.twoOperators(node)
    }
    let due: Array<keyof typeof kinds> = []
    while (!isOver()) {
      if (due.length === 0) due = Object.keys(kinds) as typeof due
      const [kind = "amnesia"] = due.splice(random.below(due.length), 1)
      tally.befallen[kind] = (tally.befallen[kind] ?? 0) + 1
      await kinds[kind](random.pick(this.options.nodes))
      await pause(200)
    }
  }

  /** The disk is empty. */
  private async amnesia(node: Node): Promise<void> {
    await this.withhold(node)
    await this.replaceEmpty(node)
  }

  /** A backup of some time ago is restored. */
  private async rollback(node: Node): Promise<void> {
    const folder = this.options.folderOf(node)
    await this.withhold(node)
    rmSync(`${folder}.backup`, { recursive: true, force: true })
    cpSync(folder, `${folder}.backup`, { recursive: true })
    this.options.start(node)
    await pause(1500)
    await this.end(node)
    const isOlder = watermarkIn(folder) > watermarkIn(`${folder}.backup`) + 1
    rmSync(folder, { recursive: true })
    renameSync(`${folder}.backup`, folder)
    this.options.start(node)
    if (await this.endsByItself(node)) {
      this.options.tally.noticed += 1
      await this.replaceEmpty(node)
      return
    }
    if (isOlder) this.options.tally.unnoticed.push(`${node.name} went on from a backup`)
    node.isThere = true
  }

  /** The last bytes that were written are zeros. */
  private async corruptedTail(node: Node): Promise<void> {
    const log = join(this.options.folderOf(node), "log")
    await this.withhold(node)
    const newest = readdirSync(log)
      .filter((file) => file.startsWith("segment-"))
      .sort()
      .at(-1) as string
    const file = join(log, newest)
    const before = readFileSync(file)
    const bytes = Math.min(before.length, 200)
    const synced = endOfBlock(before, watermarkIn(this.options.folderOf(node)))
    const descriptor = openSync(file, "r+")
    writeSync(descriptor, Buffer.alloc(bytes), 0, bytes, before.length - bytes)
    closeSync(descriptor)
    this.options.start(node)
    if (await this.endsByItself(node)) this.options.tally.noticed += 1
    // Of a disk that was full the last bytes may be of a block that was never synced.
    else if (synced > before.length - bytes) {
      const where = `${newest}, ${synced} of ${before.length} bytes synced, the last ${bytes} lost`
      this.options.tally.unnoticed.push(
        `${node.name} went on without the end of its log (${where})`
      )
    }
    await this.end(node)
    await this.replaceEmpty(node)
  }

  /** Two nodes are started with each other's folders. */
  private async swappedFolders(node: Node): Promise<void> {
    const { nodes, folderOf, start, tally } = this.options
    const other = nodes[(nodes.indexOf(node) + 1) % nodes.length] as Node
    await this.withhold(node)
    await this.withhold(other)
    const swap = (): void => {
      renameSync(folderOf(node), `${folderOf(node)}.kept`)
      renameSync(folderOf(other), folderOf(node))
      renameSync(`${folderOf(node)}.kept`, folderOf(other))
    }
    swap()
    start(node)
    start(other)
    for (const one of [node, other]) {
      if (await this.endsByItself(one)) tally.noticed += 1
      else tally.unnoticed.push(`${one.name} went on with the folder of another`)
      await this.end(one)
    }
    swap()
    for (const one of [node, other]) {
      start(one)
      one.isThere = true
    }
  }

  /** Somebody says that it is the node, and shows marks of all that they did not make. */
  private async forgedIdentity(node: Node): Promise<void> {
    const { nodes, folderOf, tally, forger } = this.options
    const before = nodes.map(({ process: running }) => running)
    const first = contentsIn(folderOf(node))?.first ?? null
    const ids = nodes.flatMap((one) => contentsIn(folderOf(one))?.identity.id ?? [])
    const marks = ids.map((id) =>
      marker({ ...mint("forger"), id })({ session: 1000, nonce: "forged", position: 2 ** 40 })
    )
    for (const one of nodes) {
      const peer = await Promise.race([
        RawPeer.connect(
          one.port,
          // A client cannot claim to be a node without a node's certificate; it can still show
          // marks.
          forger === undefined ? `${node.name}~forged` : "mallory.forger",
          { protocol: "rambo", first },
          forger,
          forger === undefined ? "node" : "client"
        ),
        pause(1000).then(() => undefined)
      ])
      peer?.say({ _tag: "Marks", marks })
      await pause(100)
      peer?.close()
    }
    await pause(300)
    for (const [index, one] of nodes.entries()) {
      if (before[index] === one.process && one.process?.exitCode === 74) {
        tally.unnoticed.push(`${one.name} believed a forger`)
      }
    }
  }

  /** Two members are removed at once, by people who do not know of each other, and added again. */
  private async twoOperators(node: Node): Promise<void> {
    const { nodes, operators } = this.options
    const other = nodes[(nodes.indexOf(node) + 1) % nodes.length] as Node
    await Promise.all(
      operators.map((operator, index) =>
        Effect.runPromiseExit(operator.reconfigure({ remove: [(index === 0 ? node : other).name] }))
      )
    )
    for (const one of [node, other]) await this.reconfigured(one.name)
  }

  /** The node is there as a member in the end; it may be one already. */
  private async reconfigured(name: string): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt++) {
      const [operator] = this.options.operators
      const exit = await Effect.runPromiseExit(operator.reconfigure({ add: [name] }))
      const { nodes, configurations } = await Effect.runPromise(operator.status)
      const found = nodes.find((one) => one.name === name)
      if (configurations.length === 1 && found?.member === true && !found.isNew) return
      if (exit._tag === "Failure") await pause(200)
    }
    this.options.tally.unnoticed.push(`${name} could not be put in its place`)
  }

  /** The node is started with an empty folder, and takes its own place. */
  private async replaceEmpty(node: Node): Promise<void> {
    rmSync(this.options.folderOf(node), { recursive: true, force: true })
    this.options.start(node)
    await this.reconfigured(node.name)
    node.isThere = true
  }

  /** No other fault happens to the node until it is there again. */
  private async withhold(node: Node): Promise<void> {
    node.isThere = false
    await this.end(node)
  }

  private async end(node: Node): Promise<void> {
    // It may be paused, or being started again after a kill that came before.
    while (!isGone(node)) {
      node.process?.kill("SIGCONT")
      node.process?.kill("SIGKILL")
      await pause(20)
    }
  }

  /** Whether a node that was started ends: so long after it has said that it listens, at most. */
  private async endsByItself(node: Node): Promise<boolean> {
    let hasSpoken = false
    node.process?.stdout?.once("data", () => {
      hasSpoken = true
    })
    for (let waited = 0; waited < startMilliseconds && !hasSpoken && !isGone(node); waited += 50)
      await pause(50)
    for (let waited = 0; waited < endMilliseconds && !isGone(node); waited += 50) await pause(50)
    return isGone(node)
  }
}

interface Contents {
  readonly first: never
  readonly identity: { readonly id: string }
}

const contentsIn = (folder: string): Contents | undefined => {
  const file = join(folder, "node.json")
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Contents) : undefined
}

/** Where the block with this number ends. */
const endOfBlock = (bytes: Uint8Array, number: number): number => {
  const at = findHeader(bytes, 0, number)
  return at === undefined ? 0 : at + headerBytes + (headerAt(bytes, at)?.payloadBytes ?? 0)
}

/** The number of the last block that was synced. */
const watermarkIn = (folder: string): number => {
  const bytes = readFileSync(join(folder, "log", "watermark"))
  return Math.max(
    ...[0, 24].map((offset) => (bytes.length < offset + 12 ? 0 : bytes.readUInt32LE(offset + 8)))
  )
}
