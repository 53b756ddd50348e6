/**
 * A storage node: an endpoint with one durable process, on the network.
 */

import type { PeerCertificate } from "node:tls"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Configuration from "../../spec/configuration/configuration.ts"
import { server, servers } from "../../spec/nodes/nodes.ts"
import { type Address, DirectoryRefused, describeAddress, isLoopback } from "../directory/address.ts"
import { systemClock } from "../environment/clock.ts"
import type { DiskFault } from "../environment/disk.ts"
import { Endpoint, type Witness } from "../host/endpoint.ts"
import { isImpostor, type Keys, refusesReconfiguration } from "../keys/keys.ts"
import { Connections } from "../limits/connections.ts"
import { Holdings } from "../limits/holdings.ts"
import { defaultConnections, measuresOfLimits, mostIncompleteBytes } from "../limits/limits.ts"
import { connectionsAmong, lastingHeapBytes, registersFitInBytes } from "../limits/machine.ts"
import { NodeRoom } from "../limits/room.ts"
import { frameDecoder } from "../link/frame.ts"
import { counter, gauge, type Measure } from "../net/metrics.ts"
import { listen } from "../net/network.ts"
import { nodeOf, pluggedIn, rulesOf, storesNew, systemOf } from "../protocols.ts"
import { FileDisk } from "../storage/file-disk.ts"
import { claim } from "../storage/folder.ts"
import type { Tracing } from "../tracing/tracing.ts"

/** What a node takes; where nothing is said, what the machine lets it. */
export interface NodeLimits {
  readonly connections?: number
  /** The memory that registers may take, in bytes. */
  readonly memoryBytes?: number
  /** How many bytes of its disk stay free; 64 MiB, or a twentieth of a small disk, if nothing is said. */
  readonly reservedDiskBytes?: number
}

export interface NodeOptions {
  readonly name: string
  readonly listen: Address
  /** The folder of its data, and of no other node's. */
  readonly data: string
  /** The names of all storage nodes of the first configuration. */
  readonly members: ReadonlyArray<string>
  /** The names of those that came later, as far as they are known. */
  readonly others?: ReadonlyArray<string>
  readonly protocol?: string
  readonly compactionBytes?: number
  readonly keys?: Keys
  readonly limits?: NodeLimits
  /** Hears of every step, for recording. */
  readonly witness?: Witness
  /** Where the spans of messages go that belong to a traced operation. */
  readonly tracing?: Tracing
}

/** The node's disk failed in a way that leaves unknown what is on it. */
export class DiskBroken extends Schema.TaggedError<DiskBroken>()("DiskBroken", { problem: Schema.String }) {
  override get message(): string {
    return `the disk is broken: ${this.problem}; the node has stopped, and has acknowledged nothing that it could not keep`
  }
}

export interface RunningNode {
  readonly address: Address
  readonly endpoint: Endpoint
  readonly room: NodeRoom
  readonly connections: Connections
  readonly holdings: Holdings
  /** Fails once the node can go on no longer. */
  readonly failed: Effect.Effect<never, DiskBroken>
}

/** What a node tells of itself. */
export const measuresOf = ({
  endpoint,
  room,
  connections,
  holdings
}: RunningNode): ReadonlyArray<Measure> => [
  gauge("registers", "Registers that were ever written", () => endpoint.status.registers),
  gauge("connected_peers", "Clients and nodes that are connected", () => endpoint.status.connectedPeers),
  gauge("log_bytes", "Bytes of the log that recovery would read", () => endpoint.status.logBytes),
  gauge(
    "remembered_answers",
    "Answers kept until their askers have them",
    () => endpoint.status.rememberedAnswers
  ),
  gauge("remembered_answers_left", "Answers that may be kept", () => endpoint.status.rememberedAnswersLeft),
  gauge("held_bytes", "Memory that registers take, roughly", () => endpoint.heldBytes),
  gauge("held_bytes_left", "Memory that registers may take besides", () =>
    Math.max(0, room.options.memoryBytes - endpoint.heldBytes)
  ),
  gauge("disk_bytes_left", "Bytes that the disk has left", () => room.freeDiskBytes ?? Number.NaN),
  gauge(
    "unsynced_length",
    "Characters of records that wait for the disk",
    () => endpoint.status.pendingLength
  ),
  counter("syncs", "Blocks of records synced", () => endpoint.status.syncs),
  counter("steps", "Steps taken", () => endpoint.status.steps),
  counter("declined_posts", "Messages that were refused", () => endpoint.status.declinedPosts),
  gauge("resident_bytes", "Memory of the process", () => process.memoryUsage.rss()),
  ...measuresOfLimits(connections, holdings)
]

const mostPendingLength = 32 * 2 ** 20
const defaultReservedDiskBytes = 64 * 2 ** 20
/** How often the disk is asked how much room it has. */
const lookTime = "1 second"

/** Starts a node, which runs until the scope ends. */
export const startNode = Effect.fnUntraced(function* (options: NodeOptions) {
  const plugged = pluggedIn(options.protocol)
  const { name: protocol, Message, variant, patience, reconfiguration } = plugged
  const { keys } = options
  const nodes = [...options.members, ...(options.others ?? [])]
  if (keys === undefined && !isLoopback(options.listen)) {
    return yield* new DirectoryRefused({
      source: describeAddress(options.listen),
      problem: "without keys a node listens on this machine only",
      mend: "listen on 127.0.0.1, or name keys (quorate certificates makes some for trying)"
    })
  }
  const members = servers(...options.members)
  const configuration = Configuration.majority(members)
  const system = systemOf(protocol, configuration)
  const folder = yield* claim(options.data, { node: options.name, protocol, system })
  const disk = yield* Effect.acquireRelease(
    Effect.sync(() => new FileDisk(folder)),
    (opened) => Effect.callback<void>((resume) => opened.close(() => resume(Effect.void)))
  )
  const broken = yield* Deferred.make<never, DiskBroken>()
  const services = yield* Effect.context<never>()
  const log = (effect: Effect.Effect<void>): void => {
    Effect.runForkWith(services)(effect)
  }
  const { witness, tracing, compactionBytes, limits } = options
  const room = new NodeRoom({
    memoryBytes: limits?.memoryBytes ?? registersFitInBytes(),
    storesNew,
    folder,
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
    name: options.name,
    Message,
    clock: systemClock,
    disk,
    room,
    mostPendingLength: Math.min(mostPendingLength, lastingHeapBytes() / 16),
    returns: (peer) => nodes.includes(peer),
    ...(patience === undefined
      ? {}
      : { patience: (choice: unknown, waited: number) => patience(choice, waited, Math.random()) }),
    broken: ({ message: problem }) => Deferred.doneUnsafe(broken, Effect.fail(new DiskBroken({ problem }))),
    full: (fault: DiskFault | undefined) =>
      log(
        fault === undefined
          ? Effect.logInfo("the disk has room again: acknowledging goes on")
          : Effect.logError(`nothing is acknowledged while the disk is full: ${fault.message}`)
      ),
    ...(witness === undefined ? {} : { witness }),
    ...(tracing === undefined ? {} : { tracing }),
    ...(compactionBytes === undefined ? {} : { compactionBytes })
  })
  const setup = { servers: servers(...nodes), configuration, rules: rulesOf(plugged, variant) }
  endpoint.add(nodeOf(plugged, "server", server(options.name), setup))
  const opened = endpoint.open()
  if (Result.isFailure(opened)) return yield* Effect.fail(opened.failure)
  if (opened.success > 0) {
    yield* Effect.logInfo(`${opened.success} bytes of an unfinished record, never acknowledged, were dropped`)
  }
  // The sockets are closed before the endpoint, and the endpoint before the disk.
  yield* Effect.addFinalizer(() => Effect.sync(() => endpoint.close()))
  const holdings = new Holdings(mostIncompleteBytes)
  const speaker = {
    endpoint,
    holdings,
    protocol,
    system,
    decode: frameDecoder(Message),
    refuses: (peer: string, certificate?: PeerCertificate) =>
      certificate === undefined ? undefined : isImpostor(certificate, peer, nodes),
    ...(reconfiguration === undefined ? {} : { refusesMessage: refusesReconfiguration(reconfiguration) }),
    ...(keys === undefined ? {} : { keys })
  }
  const connections = new Connections(connectionsAmong(limits?.connections ?? defaultConnections))
  const address = yield* listen(speaker, options.listen, connections)
  const running: RunningNode = {
    address,
    endpoint,
    room,
    connections,
    holdings,
    failed: Deferred.await(broken)
  }
  return running
})
