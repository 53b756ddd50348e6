/**
 * The folder of a node: it holds the node's memory, and only one process may use it.
 *
 * `node.json` names the node and its system. `log/` holds the node's memory; its first record names
 * the node as well. Both parts are needed: a folder with one part missing is refused, and an empty
 * folder belongs to a new node. The formats are:
 *
 * - 1: a node was its name, and the folder named its system by the first nodes of the directory
 * - 2: an identity with its key; the members of the first configuration; a watermark next to the
 *   log
 * - 3: the same; configurations and states may have a floor, which earlier versions would ignore
 * - 4: the same; the records of the log may be compact (`host/written-record.ts`), and those of
 *   before stay as they are until the log is compacted
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Members, type ServerSet, servers } from "../../spec/nodes/nodes.ts"
import { type Identity, mint, unminted } from "../memory/identity.ts"
import type { MemoryRecord } from "../memory/memory.ts"
import { encodeBlock, headerBytes } from "./block.ts"
import { lockFolder } from "./lock.ts"
import { segmentName, watermarkFor, watermarkName } from "./recovery.ts"
import { replaceDurably, syncFolder, writeDurably } from "./whole-file.ts"

/** This node cannot use the folder. */
export class FolderRefused extends Schema.TaggedError<FolderRefused>()("FolderRefused", {
  folder: Schema.String,
  problem: Schema.String,
  mend: Schema.String
}) {
  override get message(): string {
    return `${this.folder}: ${this.problem} — ${this.mend}`
  }
}

const Identified = Schema.Struct({
  id: Schema.String,
  publicKey: Schema.String,
  privateKey: Schema.String
})

/** The format that this version writes. */
const current = 4

/** The contents of `node.json`. */
const Contents = Schema.Struct({
  format: Schema.Literals([2, 3, 4]),
  node: Schema.String,
  protocol: Schema.String,
  identity: Identified,
  /** The first configuration of its system; null while it belongs to none. */
  first: Schema.NullOr(Members),
  /** Why the node must not start again, once it has stopped permanently. */
  ended: Schema.optionalKey(Schema.String)
})
type Contents = typeof Contents.Type

/** The contents of `node.json` in format 1. */
const Old = Schema.Struct({
  format: Schema.Literal(1),
  node: Schema.String,
  protocol: Schema.String,
  system: Schema.String
})

/** The node that is to use a folder. */
export interface Owner {
  readonly node: string
  readonly protocol: string
  /**
   * The first nodes of the directory, by which a folder of format 1 knows its system, and the name
   * of that system.
   */
  readonly named: ServerSet
  readonly nameOfSystem: string
  /** How to replace the node if it has lost its memory: what a refusal says. */
  readonly replacement: string
  /** Whether to accept the folder of a node that has stopped permanently: for recovery. */
  readonly evenEnded?: boolean
}

/** A folder in use. */
export interface Claimed {
  /** The folder of its log. */
  readonly log: string
  readonly identity: Identity
  /** The first configuration of its system; undefined while it belongs to none. */
  readonly first: ServerSet | undefined
  /** Converts a folder from before identities; undefined for other folders. */
  readonly convert: (() => void) | undefined
  /** Records that the node belongs to the system with this first configuration. */
  readonly adopt: (first: ServerSet) => void
  /** Records that the node must not start again with this folder. */
  readonly end: (reason: string) => void
}

const refused = (folder: string, problem: string, mend: string) =>
  new FolderRefused({ folder, problem, mend })

/** Claims the folder for this node until the scope ends. */
export const claim = Effect.fnUntraced(function* (folder: string, owner: Owner) {
  yield* Effect.acquireRelease(
    Effect.try({
      try: () => {
        mkdirSync(folder, { recursive: true })
        const unlock = lockFolder(folder)
        if (unlock !== undefined) return unlock
        throw refused(folder, `${holderOf(folder)} is using it`, "stop that process first")
      },
      catch: (error) => (error instanceof FolderRefused ? error : notWritable(folder, error))
    }),
    (unlock) => Effect.sync(unlock)
  )
  return yield* Effect.try({
    try: () => open(folder, owner),
    catch: (error) => (error instanceof FolderRefused ? error : notWritable(folder, error))
  })
})

const notWritable = (folder: string, error: unknown): FolderRefused => {
  const { code = (error as Error).message } = error as NodeJS.ErrnoException
  const mend =
    code === "ENOSPC" ? "free space on its disk" : "name another one, or make it writable"
  return refused(folder, `it cannot be used (${code})`, mend)
}

const holderOf = (folder: string): string => {
  const pid = readFileSync(join(folder, "lock"), "utf8").trim()
  return pid === "" ? "another process" : `process ${pid} (or one of another container)`
}

const fileOf = (folder: string): string => join(folder, "node.json")
const logOf = (folder: string): string => join(folder, "log")

/** Reads the folder, or begins a memory in it. Throws the reason for a refusal. */
const open = (folder: string, owner: Owner): Claimed => {
  const { node, protocol, replacement } = owner
  const text = existsSync(fileOf(folder)) ? readFileSync(fileOf(folder), "utf8") : undefined
  if (text === undefined) return claimed(folder, begin(folder, node, protocol, replacement))
  const contents = contentsOf(folder, text, replacement)
  for (const [what, expected, actual] of [
    ["node", node, contents.node],
    ["protocol", protocol, contents.protocol]
  ] as const) {
    if (expected === actual) continue
    throw refused(
      folder,
      `it belongs to ${what} ${actual}, not ${expected}`,
      what === "protocol"
        ? `run it with --protocol ${actual}, or name an empty folder`
        : "name an empty folder"
    )
  }
  if (contents.format === 1) {
    if (contents.system !== owner.nameOfSystem) {
      throw refused(
        folder,
        "its node belonged to other storage nodes than those named now, and their quorums may not intersect",
        "name the same nodes as before"
      )
    }
    const converted = {
      ...contents,
      format: current,
      identity: unminted(node),
      first: owner.named
    } as const
    return { ...claimed(folder, converted), convert: () => write(folder, converted) }
  }
  if (contents.ended !== undefined && owner.evenEnded !== true)
    throw refused(folder, contents.ended, replacement)
  if (!isWhole(folder)) {
    throw refused(folder, "its log, or the beginning of it, is missing", replacement)
  }
  // Earlier versions must not use the folder from now on.
  const now = { ...contents, format: current } as const
  if (contents.format !== current) write(folder, now)
  return claimed(folder, now)
}

const claimed = (folder: string, contents: Contents): Claimed => ({
  log: logOf(folder),
  identity: contents.identity,
  first: contents.first ?? undefined,
  convert: undefined,
  adopt: (first) => write(folder, { ...contents, first }),
  end: (ended) => write(folder, { ...contents, ended })
})

/** The contents of `node.json`, in any format. */
const contentsOf = (
  folder: string,
  text: string,
  replacement: string
): Contents | typeof Old.Type => {
  const decode = Schema.decodeUnknownSync(Schema.Union([Contents, Old]))
  let data: unknown
  try {
    data = JSON.parse(text)
    return decode(data)
  } catch {
    const { format } = (data ?? {}) as { readonly format?: unknown }
    throw typeof format === "number" && format > current
      ? refused(
          folder,
          `a later version wrote it, in format ${format}; this one knows formats 1 to ${current}`,
          "run the version that wrote it, or a later one"
        )
      : refused(folder, "node.json is empty, damaged or not written by quorate", replacement)
  }
}

/** Whether there is a log with a beginning. Recovery itself detects anything missing after that. */
const isWhole = (folder: string): boolean => {
  const log = logOf(folder)
  return (
    existsSync(log) &&
    existsSync(join(log, watermarkName)) &&
    statSync(join(log, watermarkName)).size >= headerBytes &&
    readdirSync(log).some((file) => /^(segment|snapshot)-/.test(file))
  )
}

/** Begins a memory: writes its log first, then `node.json`. */
const begin = (folder: string, node: string, protocol: string, replacement: string): Contents => {
  const log = logOf(folder)
  const identity = mint(node)
  const block = encodeBlock(1, firstRecord(identity))
  if (existsSync(log) && !isOnlyBegun(log, block.length)) {
    throw refused(
      folder,
      "it has a log but no node.json to say which node owns the log",
      replacement
    )
  }
  rmSync(log, { recursive: true, force: true })
  mkdirSync(log)
  const { offset, bytes } = watermarkFor(1)
  writeDurably(join(log, segmentName(1)), block)
  writeDurably(join(log, watermarkName), Buffer.concat([Buffer.alloc(offset), bytes]))
  syncFolder(log)
  const contents: Contents = { format: current, node, protocol, identity, first: null }
  write(folder, contents)
  return contents
}

/**
 * The first record of a log (`host/record.ts` reads it): the identity that the memory belongs to.
 */
const firstRecord = ({ id }: Identity): Uint8Array =>
  Buffer.from(JSON.stringify({ memory: { node: id } satisfies MemoryRecord }), "utf8")

/**
 * Whether a log is only the remainder of an attempt to begin a memory that lost power or ran out of
 * space.
 */
const isOnlyBegun = (log: string, firstBytes: number): boolean =>
  readdirSync(log).every(
    (file) =>
      file === watermarkName ||
      (file === segmentName(1) && statSync(join(log, file)).size <= firstBytes)
  )

/** The file holds the node's private key. */
const write = (folder: string, contents: Contents): void =>
  replaceDurably(fileOf(folder), `${JSON.stringify(contents)}\n`)

/** Whether the node of this folder has ever belonged to a system. */
export const isBegun = (folder: string): boolean => {
  if (!existsSync(fileOf(folder))) return false
  const contents = contentsOf(folder, readFileSync(fileOf(folder), "utf8"), "name another folder")
  return contents.format === 1 || contents.first !== null
}

/** Begins a memory in an empty folder; the result records the node's system. */
export const beginMemory = (folder: string, node: string, protocol: string) => {
  mkdirSync(folder, { recursive: true })
  const contents = begin(folder, node, protocol, "name an empty folder")
  return {
    id: contents.identity.id,
    adopt: (first: ServerSet): void => write(folder, { ...contents, first })
  }
}

/**
 * Begins a system in these folders, by node name, before its nodes start; for a caller that has all
 * the folders on its machine. Returns the first configuration.
 */
export const beginIn = (folders: ReadonlyMap<string, string>, protocol: string): ServerSet => {
  const begun = [...folders].map(([node, folder]) => beginMemory(folder, node, protocol))
  const first = servers(...begun.map(({ id }) => id))
  for (const { adopt } of begun) adopt(first)
  return first
}
