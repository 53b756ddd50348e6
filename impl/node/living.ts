/**
 * A node's endpoint on its disk, and the process that begins to run there once the node belongs to
 * a system.
 */
import { randomBytes } from "node:crypto"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Configuration from "../../spec/configuration/configuration.ts"
import { type ServerSet, server } from "../../spec/nodes/nodes.ts"
import { systemClock } from "../environment/clock.ts"
import type { DiskFault } from "../environment/disk.ts"
import { Endpoint } from "../host/endpoint.ts"
import type { Hosted } from "../host/hosted.ts"
import type { SilentMilliseconds } from "../host/waits.ts"
import { lastingHeapBytes, registersFitInBytes } from "../limits/machine.ts"
import { NodeRoom } from "../limits/room.ts"
import { Memory } from "../memory/memory.ts"
import {
  type KeysOfNode,
  nodeOf,
  type RunnableProtocol,
  replacement,
  rulesOf,
  storesNew
} from "../protocols.ts"
import { FileDisk } from "../storage/file-disk.ts"
import { type Claimed, FolderRefused } from "../storage/folder.ts"
import { LogDamaged } from "../storage/recovery.ts"
import { DiskBroken, MemoryLost, type NodeFailed, type NodeOptions } from "./options.ts"

const maxPendingLength = 32 * 2 ** 20
const defaultReservedDiskBytes = 64 * 2 ** 20
/** How often the node reads the free space of its disk. */
const lookTime = "1 second"

/**
 * The keys in a node's folder, which must belong to the node. A node without its keys is replaced.
 */
export const keysIn = Effect.fnUntraced(function* (
  { keysIn: open }: RunnableProtocol,
  folder: string,
  claimed: Claimed,
  mend: string
) {
  if (open === undefined) return undefined
  const refuse = (problem: string) => new FolderRefused({ folder, problem, mend })
  const nodeKeys = yield* Effect.try({
    try: () => open(folder, claimed.identity),
    catch: (error) => refuse(`its keys cannot be read (${inOneLine((error as Error).message)})`)
  })
  const { owner } = nodeKeys
  if (owner === undefined && claimed.first !== undefined)
    return yield* refuse("given.json is missing, which has what its administrator issued to it")
  if (owner !== undefined && owner !== claimed.identity.id)
    return yield* refuse(`it has the keys of another memory, ${owner}`)
  return nodeKeys
})

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, " ")

/** The endpoint of a node, and how its process begins to run there. */
export const livingIn = Effect.fnUntraced(function* (
  { name, witness, tracing, compactionBytes, limits, inPlaceOf }: NodeOptions,
  runnable: RunnableProtocol,
  claimed: Claimed,
  nodeKeys: KeysOfNode | undefined,
  failed: Deferred.Deferred<never, NodeFailed>
) {
  const { Message, patience, configurationsOf, variant } = runnable
  const { identity } = claimed
  const disk = yield* Effect.acquireRelease(
    Effect.sync(() => new FileDisk(claimed.log)),
    (opened) => Effect.callback<void>((resume) => opened.close(() => resume(Effect.void)))
  )
  const services = yield* Effect.context<never>()
  const log = (effect: Effect.Effect<void>): void => {
    Effect.runForkWith(services)(effect)
  }
  const fail = (failure: NodeFailed): void => {
    Deferred.doneUnsafe(failed, Effect.fail(failure))
  }
  let first: ServerSet | undefined
  let process: Hosted | undefined
  /** The members of the configurations that this node knows to be active. */
  const isMember = (id: string): boolean => {
    const configurations = process === undefined ? [] : configurationsOf?.(process.state(""))
    const members = configurations?.flatMap((one) => one.members) ?? first ?? []
    return (members as ReadonlyArray<string>).includes(id)
  }
  const memory = new Memory(identity, isMember)
  const room = new NodeRoom({
    memoryBytes: limits?.memoryBytes ?? registersFitInBytes(),
    storesNew,
    folder: claimed.log,
    reservedDiskBytes: limits?.reservedDiskBytes ?? defaultReservedDiskBytes
  })
  room.look()
  yield* Effect.forkScoped(
    Effect.forever(
      Effect.delay(
        Effect.sync(() => room.look()),
        lookTime
      )
    )
  )
  const endpoint = new Endpoint({
    name: identity.id,
    Message,
    clock: systemClock,
    disk,
    memory,
    forgot: (peer) => {
      fail(new MemoryLost({ node: identity.id, peer, mend: replacement(runnable, name) }))
      // On a full disk the folder does not record this; then the other nodes show their marks
      // again.
      Result.try(() =>
        claimed.end(`its node has stopped permanently: ${peer} remembered more of it than it did`)
      )
    },
    room,
    ...(nodeKeys === undefined ? {} : { secrets: nodeKeys.secrets }),
    maxPendingLength: Math.min(maxPendingLength, lastingHeapBytes() / 16),
    returns: isMember,
    ...(patience === undefined
      ? {}
      : {
          patience: (choice: unknown, waited: number, silent: SilentMilliseconds) =>
            patience(choice, waited, silent, Math.random())
        }),
    broken: ({ message: problem }) => fail(new DiskBroken({ problem })),
    full: (fault: DiskFault | undefined) =>
      log(
        fault === undefined
          ? Effect.logInfo("the disk has space again: the node acknowledges again")
          : Effect.logError(`nothing is acknowledged while the disk is full: ${fault.message}`)
      ),
    ...(witness === undefined ? {} : { witness }),
    ...(tracing === undefined ? {} : { tracing }),
    ...(compactionBytes === undefined ? {} : { compactionBytes })
  })
  // The sockets are closed before the endpoint, and the endpoint before the disk.
  yield* Effect.addFinalizer(() => Effect.sync(() => endpoint.close()))

  /**
   * The node belongs to this system: from now on its process runs here, with what the log remembers
   * of it.
   */
  const live = Effect.fnUntraced(function* (system: ServerSet) {
    if (claimed.first === undefined) claimed.adopt(system)
    const configuration = Configuration.majority(system)
    const trust = nodeKeys?.trust
    const setup = {
      ...{ servers: system, configuration, rules: rulesOf(runnable, variant) },
      ...(trust === undefined ? {} : { trust })
    }
    const hosted = nodeOf(runnable, "server", server(identity.id), setup)
    process = endpoint.add({ ...hosted, part: inPlaceOf?.(hosted.part) ?? hosted.part })
    const opened = endpoint.open()
    if (Result.isFailure(opened)) {
      const { failure } = opened
      return yield* failure._tag === "LogDamaged"
        ? new LogDamaged({ ...failure, mend: replacement(runnable, name) })
        : Effect.fail(failure)
    }
    if (opened.success > 0) {
      yield* Effect.logInfo(
        `${opened.success} bytes at the end of the log, which were not synced and so never acknowledged, were dropped`
      )
    }
    const session = memory.begin(endpoint.position, randomBytes(9).toString("base64url"))
    yield* Effect.callback<void>((resume) => endpoint.remember(session, () => resume(Effect.void)))
    first = system
    if (claimed.first === undefined)
      yield* Effect.logInfo(`${name} now belongs to a system: ${identity.id}`)
    return system
  })
  const asked = yield* Deferred.make<ServerSet>()
  let isAsked = false
  const become = (system: ServerSet): Effect.Effect<ServerSet> =>
    Effect.suspend(() => {
      if (isAsked) return Deferred.await(asked)
      isAsked = true
      return Effect.flatMap(Effect.uninterruptible(Effect.exit(live(system))), (exit) => {
        if (Exit.isSuccess(exit)) return Effect.as(Deferred.succeed(asked, exit.value), exit.value)
        const failure = Cause.findErrorOption(exit.cause)
        if (Option.isNone(failure)) return Effect.failCause(exit.cause as Cause.Cause<never>)
        fail(failure.value)
        return Effect.never
      })
    })
  /** A peer tells the node its system, and gives it keys if the protocol has some. */
  const begin = (system: ServerSet, given: unknown): Effect.Effect<ServerSet | string> =>
    Effect.suspend((): Effect.Effect<ServerSet | string> => {
      const problem = nodeKeys?.take(given, identity.id)
      return problem === undefined ? become(system) : Effect.succeed(problem)
    })
  return {
    ...{ endpoint, room, become, begin },
    first: () => first,
    begun: Deferred.await(asked),
    /** Called after the node has begun. */
    living: () => ({ process: process as Hosted, trust: nodeKeys?.trust })
  }
})
