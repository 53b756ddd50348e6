/**
 * A storage node: an endpoint with one durable process, on the network.
 *
 * A node with an empty folder is a new node, of no system. It listens, introduces itself, and waits
 * until a peer begins a system with it or admits it to one. A node that remembers its system
 * resumes, unless other nodes remember more of it than the node itself.
 */
import type { PeerCertificate } from "node:tls"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Configuration from "../../spec/configuration/configuration.ts"
import { equals } from "../../spec/kernel/data.ts"
import { type ServerSet, servers } from "../../spec/nodes/nodes.ts"
import {
  type Address,
  DirectoryRefused,
  describeAddress,
  isLoopback
} from "../directory/address.ts"
import type { Directory } from "../directory/directory.ts"
import type { Endpoint } from "../host/endpoint.ts"
import { isImpostor, isRevoked, type Keys, refusesReconfiguration } from "../keys/keys.ts"
import { Complaints } from "../limits/complaints.ts"
import { Connections } from "../limits/connections.ts"
import { Holdings } from "../limits/holdings.ts"
import { defaultConnections, maxIncompleteBytes, measuresOfLimits } from "../limits/limits.ts"
import { connectionsAmong } from "../limits/machine.ts"
import type { NodeRoom } from "../limits/room.ts"
import { frameDecoder } from "../link/wire.ts"
import { counter, gauge, type Measure } from "../metrics/metrics.ts"
import type { Speaker } from "../net/connection.ts"
import { listen } from "../net/network.ts"
import { exchangeMarks } from "../net/visit.ts"
import { type RunnableProtocol, replacement, runnableNamed, systemOf } from "../protocols.ts"
import { claim } from "../storage/folder.ts"
import { attendants } from "./attend.ts"
import { beginSystem } from "./beginning.ts"
import { keysIn, livingIn } from "./living.ts"
import type { NodeFailed, NodeOptions } from "./options.ts"

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
