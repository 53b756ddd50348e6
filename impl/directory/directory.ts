/**
 * A directory maps the names of storage nodes to addresses (tutorial 3.2). It may be out of date,
 * so an endpoint reads it again whenever it dials a node. A directory is one of these:
 *
 * - a list: `s1=127.0.0.1:7001,s2=127.0.0.1:7002`; a plus marks a node that came later and is not
 *   in the first configuration: `+s3=127.0.0.1:7003`
 * - a file of such lines, or of JSON `{"s1": "127.0.0.1:7001"}`: `file:cluster.json`
 * - DNS: `dns:_quorate._tcp.example.org`; the first label of each target of its SRV records is the
 *   node's name
 */
// Import the module as a whole: functions imported by name keep asking the name servers from before
// `setServers`.
import dns from "node:dns/promises"
import {
  type FileHandle,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile
} from "node:fs/promises"
import { createServer } from "node:net"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { maxMembers } from "../../spec/nodes/nodes.ts"
import { tryLock } from "../environment/lock.ts"
import { type Address, DirectoryRefused, parseAddress } from "./address.ts"

/** The address of a node, and whether the node came later than the first configuration. */
export interface Place extends Address {
  readonly cameLater?: true
}
export type Addresses = ReadonlyMap<string, Place>

/**
 * The nodes of the first configuration: all nodes and clients of a system agree on them before they
 * talk.
 */
export const firstOf = (addresses: Addresses): ReadonlyArray<string> =>
  [...addresses].flatMap(([name, { cameLater }]) => (cameLater === true ? [] : [name]))

export interface Directory {
  /** The text of the directory, for messages. */
  readonly source: string
  /** The current addresses of the nodes, by name. */
  readonly lookUp: Effect.Effect<Addresses, DirectoryRefused>
}

/** The directory that the text denotes. */
export const parseDirectory = (text: string): Directory => {
  const lookUp = text.startsWith("file:")
    ? fromFile(text.slice("file:".length))
    : text.startsWith("dns:")
      ? fromDns(text.slice("dns:".length))
      : Effect.fromResult(parseList("--servers", text))
  return { source: text, lookUp }
}

const refused = (source: string, problem: string, mend: string): DirectoryRefused =>
  new DirectoryRefused({ source, problem, mend })

const fromFile = (file: string): Effect.Effect<Addresses, DirectoryRefused> =>
  Effect.tryPromise({
    try: () => readFile(file, "utf8"),
    catch: (error) =>
      refused(
        file,
        `it cannot be read (${(error as NodeJS.ErrnoException).code})`,
        "name a file that exists"
      )
  }).pipe(Effect.flatMap((text) => Effect.fromResult(parseFile(file, text))))

const fromDns = (name: string): Effect.Effect<Addresses, DirectoryRefused> =>
  Effect.tryPromise({
    try: () => dns.resolveSrv(name),
    catch: (error) =>
      refused(
        `dns:${name}`,
        `no SRV records were found (${(error as NodeJS.ErrnoException).code})`,
        "add one for each node, or name the nodes with --servers s1=host:port,…"
      )
  }).pipe(
    Effect.flatMap((records) =>
      Effect.fromResult(
        parseList(
          `dns:${name}`,
          records.map(({ name: host, port }) => `${host.split(".")[0]}=${host}:${port}`).join(",")
        )
      )
    )
  )

/**
 * Adds an unknown node to the directory as one that came later, if the directory is a file of
 * lines. The node listens on the given address, or else on this machine at the first free port
 * after those of the other nodes. If several processes do this at once, each node is added, and a
 * reader always finds a complete file.
 */
export const enter = Effect.fnUntraced(function* (
  { source, lookUp }: Directory,
  name: string,
  address: string | undefined
) {
  if ((yield* lookUp).has(name)) return
  if (!source.startsWith("file:"))
    return yield* refused(
      source,
      `${name} cannot be written there`,
      `add +${name}=HOST:PORT to what is named`
    )
  if (address !== undefined) yield* Effect.fromResult(parseList("--listen", `${name}=${address}`))
  const file = source.slice("file:".length)
  const write = Effect.gen(function* () {
    const addresses = yield* lookUp
    if (addresses.has(name)) return
    const ports = [...addresses.values()].map(({ port }) => port)
    const place = address ?? `127.0.0.1:${yield* freePort(Math.max(...ports) + 1)}`
    yield* Effect.tryPromise({
      try: () => replaceFile(file, (text) => withEntry(text, name, place)),
      catch: notWritable(file)
    })
  })
  yield* Effect.scoped(Effect.andThen(locked(file), write))
})

const notWritable = (file: string) => (error: unknown) =>
  refused(
    file,
    `it cannot be written (${(error as NodeJS.ErrnoException).code})`,
    "make it writable"
  )

/** The text of a directory with one more node, in the same form. */
const withEntry = (text: string, name: string, place: string): string => {
  if (!text.trimStart().startsWith("{")) {
    return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}+${name}=${place}\n`
  }
  const entries = JSON.parse(text) as Record<string, unknown>
  return `${JSON.stringify({ ...entries, [`+${name}`]: place }, undefined, 2)}\n`
}

const replaceFile = async (file: string, change: (text: string) => string): Promise<void> => {
  const target = await realpath(file)
  const unfinished = `${target}.${process.pid}.unfinished`
  try {
    await writeFile(unfinished, change(await readFile(target, "utf8")), {
      mode: (await stat(target)).mode,
      flush: true
    })
    await rename(unfinished, target)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** How long another process may take to write the file. */
const lockMilliseconds = 5000

/** Locks the file with this name, until the scope ends. */
const locked = Effect.fnUntraced(function* (file: string) {
  const attempt = Effect.acquireRelease(
    Effect.tryPromise({ try: () => tryToHold(file), catch: notWritable(file) }),
    (held) => (held === undefined ? Effect.void : Effect.promise(() => held.close()))
  )
  for (let waited = 0; (yield* attempt) === undefined; waited += 20) {
    if (waited >= lockMilliseconds) {
      return yield* refused(
        file,
        "another process is changing it, and does not finish",
        "try again"
      )
    }
    yield* Effect.sleep(20)
  }
})

/** The locked file; undefined if another process holds it, or has replaced it meanwhile. */
const tryToHold = async (file: string): Promise<FileHandle | undefined> => {
  const held = await open(file, "r+")
  const isHeld = tryLock(held.fd) && (await held.stat()).ino === (await stat(file)).ino
  if (isHeld) return held
  await held.close()
  return undefined
}

/** The first free port from this one on. */
const freePort = (from: number): Effect.Effect<number> =>
  Effect.callback<number>((resume) => {
    const server = createServer()
    server.once("error", () => resume(freePort(from + 1)))
    server.listen(from, "127.0.0.1", () => server.close(() => resume(Effect.succeed(from))))
  })

/** The directory in the text of a file. */
export const parseFile = (
  source: string,
  text: string
): Result.Result<Addresses, DirectoryRefused> => {
  if (!text.trimStart().startsWith("{")) {
    const lines = text
      .split("\n")
      .filter((line) => line.trim() !== "" && !line.trim().startsWith("#"))
    return parseList(source, lines.join(","))
  }
  try {
    const entries = JSON.parse(text) as Record<string, unknown>
    return parseList(
      source,
      namesIn(text)
        .map((name) => `${name}=${String(entries[name])}`)
        .join(",")
    )
  } catch {
    return Result.fail(refused(source, "this is not JSON", 'write {"s1": "host:port", …}'))
  }
}

/**
 * The names in a JSON object, also those given twice, of which `JSON.parse` keeps the second. (The
 * reader of scenarios would do this too, but every client of a store would carry its parser.)
 */
const namesIn = (json: string): ReadonlyArray<string> =>
  [...json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)].flatMap(([, name, colon]) =>
    colon === undefined ? [] : [JSON.parse(name as string) as string]
  )

/** A valid name differs from the names of client processes, and fits into a file's name. */
export const isName = (name: string): boolean => /^[A-Za-z0-9'][A-Za-z0-9'._-]{0,62}$/.test(name)

/** The directory in a list of `name=host:port`. */
export const parseList = (
  source: string,
  text: string
): Result.Result<Addresses, DirectoryRefused> => {
  const addresses = new Map<string, Place>()
  for (const entry of text.split(",").map((part) => part.trim())) {
    const at = entry.indexOf("=")
    const cameLater = entry.startsWith("+")
    const name = entry.slice(cameLater ? 1 : 0, Math.max(0, at)).trim()
    if (!isName(name)) {
      return Result.fail(
        refused(
          source,
          `"${entry}" is not a node`,
          "write name=host:port, such as s1=127.0.0.1:7001"
        )
      )
    }
    const address = parseAddress(entry.slice(at + 1))
    if (Result.isFailure(address)) {
      const { problem, mend } = address.failure
      return Result.fail(refused(source, `"${entry}": ${problem}`, mend))
    }
    if (addresses.has(name))
      return Result.fail(refused(source, `${name} is listed twice`, "leave one of them out"))
    addresses.set(name, cameLater ? { ...address.success, cameLater } : address.success)
  }
  const first = firstOf(addresses).length
  return first > maxMembers
    ? Result.fail(
        refused(
          source,
          `${first} nodes belong to the first configuration, which has at most ${maxMembers} members`,
          "write a plus before the names of the others"
        )
      )
    : Result.succeed(addresses)
}
