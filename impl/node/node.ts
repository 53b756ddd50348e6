/**
 * A storage node: an endpoint with one durable process, on the network.
 *
 * A node with an empty folder is a new node, of no system. It listens, introduces itself, and waits
 * until a peer begins a system with it or admits it to one. A node that remembers its system
 * resumes, unless other nodes remember more of it than the node itself.
 */
import { randomBytes } from "node:crypto"
import type { PeerCertificate } from "node:tls"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Configuration from "../../spec/configuration/configuration.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { AnyPart } from "../../spec/kernel/keyed.ts"
import { type ServerSet, server, servers } from "../../spec/nodes/nodes.ts"
import {
  type Address,
  DirectoryRefused,
  describeAddress,
  isLoopback
} from "../directory/address.ts"
import type { Directory } from "../directory/directory.ts"
import { systemClock } from "../environment/clock.ts"
import type { DiskFault } from "../environment/disk.ts"
import { Endpoint } from "../host/endpoint.ts"
import type { Hosted } from "../host/hosted.ts"
import type { Witness } from "../host/options.ts"
import type { RecordUnknown } from "../host/record.ts"
import type { SilentMilliseconds } from "../host/waits.ts"
import { isImpostor, isRevoked, type Keys, refusesReconfiguration } from "../keys/keys.ts"
import { Complaints } from "../limits/complaints.ts"
import { Connections } from "../limits/connections.ts"
import { Holdings } from "../limits/holdings.ts"
import { defaultConnections, maxIncompleteBytes, measuresOfLimits } from "../limits/limits.ts"
import { connectionsAmong, lastingHeapBytes, registersFitInBytes } from "../limits/machine.ts"
import { NodeRoom } from "../limits/room.ts"
import { frameDecoder } from "../link/wire.ts"
import { Memory } from "../memory/memory.ts"
import { counter, gauge, type Measure } from "../metrics/metrics.ts"
import type { Speaker } from "../net/connection.ts"
import { listen } from "../net/network.ts"
import { exchangeMarks } from "../net/visit.ts"
import {
  type KeysOfNode,
  nodeOf,
  type RunnableProtocol,
  replacement,
  rulesOf,
  runnableNamed,
  storesNew,
  systemOf
} from "../protocols.ts"
import { FileDisk } from "../storage/file-disk.ts"
import { type Claimed, claim, FolderRefused } from "../storage/folder.ts"
import { LogDamaged } from "../storage/recovery.ts"
import type { Tracing } from "../tracing/tracing.ts"
import { attendants } from "./attend.ts"
import { beginSystem } from "./beginning.ts"

/** The resources that a node may take; by default, what the machine allows. */
export interface NodeLimits {
  readonly connections?: number
  /** The maximum memory of registers, in bytes. */
  readonly memoryBytes?: number
  /**
   * The number of bytes of its disk that stay free; by default 64 MiB, or a twentieth of a small
   * disk.
   */
  readonly reservedDiskBytes?: number
}

export interface NodeOptions {
  readonly name: string
  readonly listen: Address
  /** The folder of its data, which no other node uses. */
  readonly data: string
  /** The names of the directory's first nodes, by which a folder of format 1 knows its system. */
  readonly members: ReadonlyArray<string>
  /** Where the other nodes are. Without a directory the node visits no other. */
  readonly directory?: Directory
  /**
   * Whether to begin a system with the other first nodes of the directory, if none of them belongs
   * to one.
   */
  readonly begin?: boolean
  readonly protocol?: string
  readonly compactionBytes?: number
  readonly keys?: Keys
  readonly limits?: NodeLimits
  /** The interval at which a replica of a membership service probes, in milliseconds. */
  readonly intervalMilliseconds?: number
  /** Replaces the node's process: a liar, in tests. */
  readonly inPlaceOf?: (part: AnyPart) => AnyPart
  /** Receives every step, for recording. */
  readonly witness?: Witness
  /** Receives the spans of messages that belong to a traced operation. */
  readonly tracing?: Tracing
}

/** The node's disk failed, and its contents are unknown. */
export class DiskBroken extends Schema.TaggedError<DiskBroken>()("DiskBroken", {
  problem: Schema.String
}) {
  override get message(): string {
    return `the disk is broken: ${this.problem}; the node has stopped, and has acknowledged nothing that is not on the disk`
  }
}

/**
 * The node's memory is older than what other nodes remember of it, or another process has continued
 * from a copy of it.
 */
export class MemoryLost extends Schema.TaggedError<MemoryLost>()("MemoryLost", {
  node: Schema.String,
  peer: Schema.String,
  mend: Schema.String
}) {
  override get message(): string {
    return `${this.peer} remembers more of ${this.node} than it does itself: its folder is an older copy, or was used in two places; it has stopped, because it may have forgotten what it acknowledged — ${this.mend}`
  }
}

export type NodeFailed = DiskBroken | MemoryLost | LogDamaged | RecordUnknown

export interface RunningNode {
  readonly address: Address
  readonly endpoint: Endpoint
  /** The node's identity: its name and its memory. */
  readonly identity: string
  /** The members of its system's first configuration; undefined while the node belongs to none. */
  readonly first: () => ServerSet | undefined
  /** Waits until the node belongs to a system. */
  readonly begun: Effect.Effect<ServerSet>
  /** Proves the node's identity with these keys from now on; all connections are made again. */
  readonly renew: (keys: Keys) => Effect.Effect<void, DirectoryRefused>
  readonly room: NodeRoom
  readonly connections: Connections
  readonly holdings: Holdings
  /** Fails once the node cannot continue. */
  readonly failed: Effect.Effect<never, NodeFailed>
}

/** The measures of a node. */
export const measuresOf = ({
  endpoint,
  room,
  connections,
  holdings
}: RunningNode): ReadonlyArray<Measure> => [
  gauge("registers", "Registers ever written", () => endpoint.status.registers),
  gauge(
    "connected_peers",
    "Clients and nodes that are connected",
    () => endpoint.status.connectedPeers
  ),
  gauge("log_bytes", "Bytes of the log that recovery would read", () => endpoint.status.logBytes),
  gauge(
    "remembered_answers",
    "Answers kept until their requesters have received them",
    () => endpoint.status.rememberedAnswers
  ),
  gauge(
    "remembered_answers_left",
    "Answers that may still be kept",
    () => endpoint.status.rememberedAnswersLeft
  ),
  gauge("held_bytes", "Approximate memory of registers", () => endpoint.heldBytes),
  gauge("held_bytes_left", "Memory that registers may still take", () =>
    Math.max(0, room.options.memoryBytes - endpoint.heldBytes)
  ),
  gauge("disk_bytes_left", "Free bytes of the disk", () => room.freeDiskBytes ?? Number.NaN),
  gauge(
    "unsynced_length",
    "Characters of records waiting for the disk",
    () => endpoint.status.pendingLength
  ),
  counter("syncs", "Blocks of records synced", () => endpoint.status.syncs),
  counter("steps", "Steps taken", () => endpoint.status.steps),
  counter("declined_posts", "Messages that were refused", () => endpoint.status.declinedPosts),
  gauge("resident_bytes", "Memory of the process", () => process.memoryUsage.rss()),
  ...measuresOfLimits(connections, holdings)
]

const maxPendingLength = 32 * 2 ** 20
const defaultReservedDiskBytes = 64 * 2 ** 20
/** How often the node reads the free space of its disk. */
const lookTime = "1 second"

/** How often nodes visit each other. Clients carry what matters sooner. */
const visitTime = "10 seconds"
/** How often a node that is to begin a system looks for the others. */
const beginningTime = "250 millis"
/** After this number of attempts to begin, the node reports why none has succeeded. */
const patientTries = 20

/** Starts a node, which runs until the scope ends. */
export const startNode = Effect.fnUntraced(function* (options: NodeOptions) {
  const runnable = runnableNamed(options.protocol)
  const { name: protocol, Message } = runnable
  if (options.keys === undefined && !isLoopback(options.listen)) {
    return yield* new DirectoryRefused({
      source: describeAddress(options.listen),
      problem: "without keys a node listens on this machine only",
      mend: "listen on 127.0.0.1, or pass keys (quorate certificates makes development keys)"
    })
  }
  const named = servers(...options.members)
  const nameOfSystem = systemOf(protocol, Configuration.majority(named))
  const mend = replacement(runnable, options.name)
  const claimed = yield* claim(options.data, {
    ...{ node: options.name, protocol, named, nameOfSystem },
    replacement: mend
  })
  const failed = yield* Deferred.make<never, NodeFailed>()
  const nodeKeys = yield* keysIn(runnable, options.data, claimed, mend)
  const living = yield* livingIn(options, runnable, claimed, nodeKeys, failed)
  const { endpoint } = living
  let { keys } = options
  const holdings = new Holdings(maxIncompleteBytes)
  const connections = new Connections(
    connectionsAmong(options.limits?.connections ?? defaultConnections)
  )
  const speaker: Speaker = {
    endpoint,
    protocol,
    role: "node",
    first: living.first,
    decode: frameDecoder(Message),
    refuses: (hello, certificate) =>
      certificate && (isImpostor(certificate, hello) ?? isRevoked(keys, certificate)),
    begin: (first, given, certificate) =>
      mayBegin(certificate, runnable)
        ? Effect.map(living.begin(first, given), (taken) =>
            typeof taken === "string"
              ? taken
              : equals(taken, first)
                ? undefined
                : "it already belongs to another system"
          )
        : Effect.succeed(
            "forbidden: to begin a system takes the certificate of an administrator or a node"
          ),
    ...(runnable.reconfiguration === undefined
      ? {}
      : { refusesMessage: refusesReconfiguration(runnable.reconfiguration) }),
    holdings,
    ...(keys === undefined ? {} : { keys: () => keys as Keys })
  }
  if (claimed.first !== undefined) {
    yield* Effect.raceFirst(living.become(claimed.first), Deferred.await(failed))
    claimed.convert?.()
    // Before the node answers any peer, it learns what the others remember of it.
    if (options.directory !== undefined) {
      yield* Effect.raceFirst(exchangeMarks(speaker, options.directory), Deferred.await(failed))
      if (yield* Deferred.isDone(failed)) return yield* Deferred.await(failed)
    }
  }
  const attend = attendants[options.protocol ?? ""]
  const { directory } = options
  if (attend !== undefined && directory !== undefined) {
    const attending = Effect.flatMap(living.begun, () => {
      const { process, trust } = living.living()
      const { intervalMilliseconds } = options
      return attend({
        ...{ endpoint, process, speaker, directory, trust },
        ...(intervalMilliseconds === undefined ? {} : { intervalMilliseconds })
      })
    })
    yield* Effect.forkScoped(Effect.andThen(attending, Effect.never))
  }
  const listening = yield* listenAgain(speaker, options.listen, connections)
  // A node with connections to all others shows them its marks there.
  if (options.directory !== undefined && attend === undefined)
    yield* visiting(speaker, options.directory, options.begin === true)
  const running: RunningNode = {
    address: listening.address,
    endpoint,
    room: living.room,
    connections,
    holdings,
    identity: claimed.identity.id,
    first: living.first,
    begun: living.begun,
    renew: (renewed) => {
      keys = renewed
      return listening.again
    },
    failed: Deferred.await(failed)
  }
  return running
})

/**
 * The keys in a node's folder, which must belong to the node. A node without its keys is replaced.
 */
const keysIn = Effect.fnUntraced(function* (
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

const mayBegin = (
  certificate: PeerCertificate | undefined,
  { isTrusted = false }: Pick<RunnableProtocol, "isTrusted">
): boolean =>
  certificate === undefined ||
  // A node that may lie must not hand out keys.
  (isTrusted ? ["administrator"] : ["administrator", "node"]).includes(
    String(certificate.subject?.OU)
  )

/**
 * Listens until the scope ends. `again` listens on the same address again, so that all connections
 * are made again.
 */
const listenAgain = Effect.fnUntraced(function* (
  speaker: Speaker,
  where: Address,
  connections: Connections
) {
  const scope = yield* Scope.Scope
  let current = yield* Scope.fork(scope)
  const address = yield* listen(speaker, where, connections).pipe(
    Effect.provideService(Scope.Scope, current)
  )
  const again = Effect.gen(function* () {
    yield* Scope.close(current, Exit.void)
    current = yield* Scope.fork(scope)
    yield* listen(speaker, address, connections).pipe(Effect.provideService(Scope.Scope, current))
  })
  return { address, again }
})

/**
 * Visits the other nodes now and then, and once more at the end; begins a system with them, if the
 * options say so.
 */
const visiting = Effect.fnUntraced(function* (
  speaker: Speaker,
  directory: Directory,
  begins: boolean
) {
  const visits = Effect.suspend(() =>
    speaker.first() === undefined ? Effect.void : exchangeMarks(speaker, directory)
  )
  yield* Effect.addFinalizer(() => visits.pipe(Effect.timeout("300 millis"), Effect.ignore))
  yield* Effect.forkScoped(Effect.schedule(visits, Schedule.spaced(visitTime)))
  if (!begins) return
  const beginning = Effect.gen(function* () {
    const complaints = new Complaints()
    for (let tries = 1; speaker.first() === undefined; tries++) {
      const begun = yield* Effect.result(beginSystem(speaker, directory))
      if (Result.isFailure(begun) && begun.failure._tag !== "NotAllThere") {
        yield* Effect.logError(begun.failure.message)
        return
      }
      // The other nodes may be starting too.
      if (
        Result.isFailure(begun) &&
        tries > patientTries &&
        complaints.isNews(begun.failure.message)
      )
        yield* Effect.logWarning(`the system does not begin yet: ${begun.failure.message}`)
      yield* Effect.sleep(beginningTime)
    }
  })
  yield* Effect.forkScoped(beginning)
})

/** The endpoint of a node, and how its process begins to run there. */
const livingIn = Effect.fnUntraced(function* (
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
