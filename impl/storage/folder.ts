/**
 * The folder of a node: whose it is, and that no second process uses it.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** The folder cannot be used as the data of this node. */
export class FolderRefused extends Schema.TaggedError<FolderRefused>()("FolderRefused", {
  folder: Schema.String,
  problem: Schema.String,
  mend: Schema.String
}) {
  override get message(): string {
    return `${this.folder}: ${this.problem} — ${this.mend}`
  }
}

/** Whose data it is: a node of a system (`systemOf`), written by a version with this format. */
const Identity = Schema.Struct({
  node: Schema.String,
  protocol: Schema.String,
  system: Schema.String,
  format: Schema.Int
})
const format = 1

const refused = (folder: string, problem: string, mend: string) =>
  Effect.fail(new FolderRefused({ folder, problem, mend }))

/** Takes the folder for this node until the scope ends. Its log is in `log/` there. */
export const claim = Effect.fnUntraced(function* (
  folder: string,
  owner: Omit<typeof Identity.Type, "format">
) {
  yield* Effect.try({
    try: () => mkdirSync(folder, { recursive: true }),
    catch: (error) =>
      new FolderRefused({
        folder,
        problem: `it cannot be made (${(error as NodeJS.ErrnoException).code})`,
        mend: "name another one, or make it writable"
      })
  })
  yield* Effect.acquireRelease(lock(folder), () =>
    Effect.sync(() => rmSync(join(folder, "lock"), { force: true }))
  )
  yield* identify(folder, { ...owner, format })
  return join(folder, "log")
})

const lock = Effect.fnUntraced(function* (folder: string) {
  const file = join(folder, "lock")
  const isThere = existsSync(file)
  const holder = isThere ? Number(readFileSync(file, "utf8")) : undefined
  if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
    return yield* refused(
      folder,
      `process ${holder} uses it`,
      "stop that one first (if it is something else, remove the file lock there)"
    )
  }
  return yield* Effect.try({
    try: () => {
      if (isThere) rmSync(file)
      // Of two that find no lock one makes it.
      writeFileSync(file, String(process.pid), { flag: "wx" })
    },
    catch: (error) =>
      new FolderRefused({
        folder,
        problem: `it cannot be written (${(error as NodeJS.ErrnoException).code})`,
        mend: "make it writable"
      })
  })
})

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** A folder is one node's for ever: another node that took it for its own would break the promises of the first. */
const identify = Effect.fnUntraced(function* (folder: string, identity: typeof Identity.Type) {
  const file = join(folder, "node.json")
  if (!existsSync(file)) {
    writeDurably(folder, file, `${JSON.stringify(identity)}\n`)
    return
  }
  const found = yield* Effect.try({
    try: () => Schema.decodeUnknownSync(Identity)(JSON.parse(readFileSync(file, "utf8"))),
    catch: () =>
      new FolderRefused({ folder, problem: "node.json is none of ours", mend: "name an empty folder" })
  })
  for (const [what, expected, actual] of [
    ["node", identity.node, found.node],
    ["protocol", identity.protocol, found.protocol],
    ["format", identity.format, found.format]
  ]) {
    if (expected !== actual) {
      const mend =
        what === "protocol"
          ? `run it with --protocol ${actual}, or name an empty folder`
          : "name an empty folder"
      return yield* refused(folder, `it is of ${what} ${actual}, not ${expected}`, mend)
    }
  }
  if (identity.system !== found.system) {
    return yield* refused(
      folder,
      "its node was one of other storage nodes than are named now, and their quorums need not meet",
      "name the same nodes as before"
    )
  }
})

const writeDurably = (folder: string, file: string, text: string): void => {
  const unfinished = `${file}.unfinished`
  const descriptor = openSync(unfinished, "w")
  writeSync(descriptor, text)
  fsyncSync(descriptor)
  closeSync(descriptor)
  renameSync(unfinished, file)
  const directory = openSync(folder, "r")
  fsyncSync(directory)
  closeSync(directory)
}
