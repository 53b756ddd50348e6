/**
 * Recovers a system that has ended: no quorum of its last configuration will ever answer again. The
 * protocol cannot continue from there, because no remaining node has necessarily received what the
 * lost ones acknowledged. It is possible to begin another system with the contents of the remaining
 * folders, and to report what may be missing. If the folders are a quorum, nothing is missing; this
 * is how nodes of a protocol that never reconfigures are replaced.
 *
 * Removed registers are not carried over. The timestamp of a removal is kept because older values
 * may still be in flight; but those belong to clients of the old system, and the nodes of the new
 * one accept nothing from them.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Configuration from "../../spec/configuration/configuration.ts"
import { equals } from "../../spec/kernel/data.ts"
import { type ServerId, type ServerSet, server, servers } from "../../spec/nodes/nodes.ts"
import { highest } from "../../spec/rambo/floor.ts"
import { initialPair, isLarger, larger, Pair } from "../../spec/register/pair.ts"
import { systemClock } from "../environment/clock.ts"
import type { Disk } from "../environment/disk.ts"
import { Hosted } from "../host/hosted.ts"
import { recordReader, recordWriter } from "../host/written-record.ts"
import { nameOf } from "../memory/identity.ts"
import { nodeOf, type RunnableProtocol, rulesOf } from "../protocols.ts"
import { FileDisk } from "../storage/file-disk.ts"
import { beginMemory, claim, FolderRefused } from "../storage/folder.ts"
import { Log } from "../storage/log.ts"
import { recover as readLog } from "../storage/recovery.ts"

/** The contents of a folder. */
interface Held {
  readonly folder: string
  readonly id: ServerId
  readonly configurations: ReadonlyArray<Configuration.Configuration>
  readonly pairs: ReadonlyMap<string, Pair>
  /** Where the log is damaged; the records before that were read. */
  readonly damage: string | undefined
}

export interface Recovered {
  /** The identities of the nodes with which the new system begins. */
  readonly ids: ReadonlyArray<ServerId>
  readonly registers: number
  /** The number of removed registers, which are not part of the new system. */
  readonly reclaimed: number
  readonly from: ReadonlyArray<Held>
  /** The members of the last known configuration whose folders are not given. */
  readonly missing: ServerSet
  /**
   * Whether the folders are a quorum of every configuration that may have been in use: then nothing
   * is lost.
   */
  readonly isWhole: boolean
}

/** Acknowledged writes may be lost, and the user has not accepted that. */
export class LossNotAccepted extends Schema.TaggedError<LossNotAccepted>()("LossNotAccepted", {
  missing: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `no quorum is here (${this.missing.join(", ")} ${this.missing.length === 1 ? "is" : "are"} missing): ${price}; if a quorum of the nodes can still be started, start them instead — otherwise use --accept-loss`
  }
}

/** What recovery without a quorum may cost. */
export const price =
  "data acknowledged by nodes whose folders are not named may be lost, and replaced or removed values may return"

const isPair = Schema.is(Pair)

/**
 * The contents of a folder of a node of this protocol. No other process may use the folder
 * meanwhile.
 */
const read = Effect.fnUntraced(function* (runnable: RunnableProtocol, folder: string) {
  const named = yield* Effect.try({
    try: () =>
      JSON.parse(readFileSync(join(folder, "node.json"), "utf8")) as {
        readonly node?: unknown
        readonly format?: unknown
      },
    catch: () =>
      new FolderRefused({ folder, problem: "it is not a node's folder", mend: "name another one" })
  })
  if (named.format === 1) {
    return yield* new FolderRefused({
      folder,
      problem: "an earlier version wrote it",
      mend: "start its node once with this version, and stop it"
    })
  }
  const node = String(named.node)
  const owner = {
    node,
    protocol: runnable.name,
    named: servers(node),
    nameOfSystem: "",
    replacement: "name another folder",
    evenEnded: true
  }
  const claimed = yield* claim(folder, owner)
  const first = claimed.first ?? servers(claimed.identity.id)
  const id = server(claimed.identity.id)
  const setup = {
    servers: first,
    configuration: Configuration.majority(first),
    rules: rulesOf(runnable, runnable.variant)
  }
  const process = new Hosted(nodeOf(runnable, "server", id, setup))
  const decode = recordReader(schemasOf(runnable))
  const found = readLog(asItIs(new FileDisk(claimed.log)), (bytes) => {
    const found = decode(bytes)
    if (Result.isFailure(found) || found.success === undefined) return
    const { record, isChecked } = found.success
    for (const step of record.steps ?? []) if (step.node === id) process.restore(step, isChecked)
  })
  const pairs = new Map<string, Pair>()
  for (const key of process.keys()) {
    const { pair } = process.own(key)
    if (isPair(pair)) pairs.set(key, pair)
  }
  const configurations = runnable.configurationsOf?.(process.state("")) ?? [setup.configuration]
  const held: Held = {
    folder,
    id,
    configurations,
    pairs,
    damage: Result.isFailure(found) ? found.failure.message : undefined
  }
  return { held, claimed }
})

const schemasOf = ({ Message, parts }: RunnableProtocol) => ({ Message, part: parts.server })

/** The disk, without truncation. */
const asItIs = (disk: Disk): Disk => ({ ...disk, list: disk.list, truncate: () => undefined })

/**
 * Begins a system of nodes with these names, in these folders, with the contents of the old
 * folders. The old folders are not used again. If they are not a quorum, losses must be accepted
 * first.
 */
export const recoverInto = Effect.fnUntraced(function* (
  runnable: RunnableProtocol,
  folders: ReadonlyArray<string>,
  into: ReadonlyMap<string, string>,
  acceptsLoss: boolean
) {
  for (const folder of into.values()) {
    if (existsSync(folder) && readdirSync(folder).length > 0) {
      return yield* new FolderRefused({
        ...{ folder, problem: "it is not empty", mend: "name another one" }
      })
    }
  }
  const all = yield* Effect.forEach(folders, (folder) => read(runnable, folder))
  const from = all.map(({ held }) => held)
  const pairs = new Map<string, Pair>()
  const floor = floorIn(from.flatMap((held) => held.configurations))
  for (const { id, pairs: own } of from) {
    const knowsFloor = floor.members.has(id)
    for (const [key, pair] of own)
      if (knowsFloor || isLarger(pair.timestamp, floor.timestamp))
        pairs.set(key, larger(pairs.get(key) ?? initialPair, pair))
  }
  const { missing, isWhole } = judged(from)
  if (!isWhole && !acceptsLoss) return yield* new LossNotAccepted({ missing: missing.map(nameOf) })
  const there = new Map([...pairs].filter(([, { value }]) => value !== null))
  const begun = [...into].map(([name, data]) => ({
    data,
    memory: beginMemory(data, name, runnable.name)
  }))
  const ids = servers(...begun.map(({ memory }) => memory.id))
  for (const { data, memory } of begun)
    yield* append(runnable, join(data, "log"), server(memory.id), there)
  for (const { memory } of begun) memory.adopt(ids)
  const where = [...into.values()].join(", ")
  for (const { claimed } of all) claimed.end(`its data was moved into ${where}, as a new system`)
  return {
    ...{ ids, registers: there.size, reclaimed: pairs.size - there.size },
    ...{ from, missing, isWhole }
  } satisfies Recovered
})

/**
 * The highest floor, and the members of the configurations that have it. A register that another
 * node holds below the floor may have been removed and forgotten by all members.
 */
const floorIn = (configurations: ReadonlyArray<Configuration.Configuration>) => {
  const timestamp = highest(configurations)
  const members = configurations
    .filter((one) => equals(highest([one]), timestamp))
    .flatMap((one) => one.members)
  return { timestamp, members: new Set(members) }
}

/** The members whose folders are missing, and whether the given folders suffice. */
const judged = (from: ReadonlyArray<Held>): Pick<Recovered, "missing" | "isWhole"> => {
  const configurations = from.flatMap((held) => held.configurations)
  const here = servers(...from.filter(({ damage }) => damage === undefined).map(({ id }) => id))
  const missing = servers(
    ...configurations.flatMap((one) => one.members).filter((id) => !here.includes(id))
  )
  const isWhole = configurations.every((one) => Configuration.isQuorum(one, "read", here))
  return { missing, isWhole }
}

/** Writes the registers of a node whose log is new. */
const append = Effect.fnUntraced(function* (
  runnable: RunnableProtocol,
  log: string,
  node: ServerId,
  pairs: ReadonlyMap<string, Pair>
) {
  const disk = new FileDisk(log)
  const { preamble, encode } = recordWriter(schemasOf(runnable))
  yield* Effect.callback<void, FolderRefused>((resume) => {
    const fail = (problem: string): void =>
      resume(
        Effect.fail(
          new FolderRefused({ folder: log, problem, mend: "free some space, and try again" })
        )
      )
    const options = {
      ...(preamble === undefined ? {} : { preamble }),
      snapshot: () => [][Symbol.iterator](),
      broken: ({ message }: { readonly message: string }) => fail(message),
      compactionBytes: Number.POSITIVE_INFINITY
    }
    const opened = Log.open(disk, systemClock, options, () => undefined)
    if (Result.isFailure(opened)) return fail(opened.failure.message)
    let left = pairs.size
    const done = (): void => {
      left -= 1
      if (left <= 0) resume(Effect.void)
    }
    for (const [key, pair] of pairs) {
      opened.success.log.append(encode({ steps: [{ node, key, own: { pair } }] }), done)
    }
    if (pairs.size === 0) done()
  })
  yield* Effect.callback<void>((resume) => disk.close(() => resume(Effect.void)))
})

export const describeMembers = (members: ServerSet): string => members.map(nameOf).join(", ")
