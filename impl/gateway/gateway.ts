/**
 * A gateway: any Redis client can use the store.
 */
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type { Socket, SocketError } from "effect/socket/Socket"
import type { Held } from "../client/combined.ts"
import { Store, type StoreShape } from "../client/store.ts"
import {
  type Address,
  DirectoryRefused,
  describeAddress,
  isLoopback
} from "../directory/address.ts"
import { Connections } from "../limits/connections.ts"
import { Holdings } from "../limits/holdings.ts"
import { maxIncompleteBytes, measuresOfLimits } from "../limits/limits.ts"
import { connectionsAmong } from "../limits/machine.ts"
import { counter, gauge, Histogram, type Measure } from "../metrics/metrics.ts"
import { askedBy, nameOf } from "./commands.ts"
import { Pipeline } from "./pipeline.ts"
import { encodeReply, error, type Reply } from "./replies.ts"
import { type Item, type Request, RequestParser } from "./resp.ts"
import { Session, type Terms } from "./session.ts"
import { type Stored, storedIn } from "./stored.ts"

export interface GatewayOptions {
  /** The password that a client must give first; it may change. */
  readonly password?: string | (() => string)
  /**
   * The maximum number of clients at a time; by default 10,000, if there are enough descriptors.
   */
  readonly connections?: number
  /** The maximum number of requests in progress for one client; 64 by default. */
  readonly maxAtOnce?: number
}

const defaultConnections = 10_000
const defaultMaxAtOnce = 64
const keepAliveMilliseconds = 60_000

/** The counters of a gateway, for metrics. */
interface Tally {
  requests: number
  errors: number
  readonly seconds: Histogram
}

/** What all connections of a gateway share. */
interface Gateway {
  readonly store: StoreShape
  /** What the requests hold that wait, or are in execution. */
  readonly held: Held
  readonly terms: Terms
  readonly connections: Connections
  /** The bytes of incomplete requests and of unread replies. */
  readonly holdings: Holdings
  readonly maxAtOnce: number
  readonly tally: Tally
  nextId: number
}

/** Listens until the scope ends; returns the address. */
export const startGateway = Effect.fnUntraced(function* (
  address: Address,
  options: GatewayOptions = {}
) {
  const store = yield* Store
  if (!isLoopback(address)) {
    return yield* new DirectoryRefused({
      source: describeAddress(address),
      problem:
        "the Redis protocol does not authenticate machines, so a gateway listens on this machine only",
      mend: "listen on 127.0.0.1, and run a gateway next to each program"
    })
  }
  const server = yield* NodeSocketServer.make({
    host: address.host,
    port: address.port,
    noDelay: true,
    // Detects a client that disappeared without closing, so that it does not keep its place.
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMilliseconds,
    // A client that sends all its requests and closes its half of the connection still gets the
    // replies.
    allowHalfOpen: true
  }).pipe(
    Effect.mapError(
      ({ reason }) =>
        new DirectoryRefused({
          source: describeAddress(address),
          problem: `cannot listen there (${(reason.cause as NodeJS.ErrnoException).code})`,
          mend: "stop the process that listens there, or give another address"
        })
    )
  )
  const { port } = server.address as { readonly port: number }
  const connections = new Connections(connectionsAmong(options.connections ?? defaultConnections), {
    refusalReply: encodeReply(error("ERR max number of clients reached"))
  })
  yield* Effect.acquireRelease(
    Effect.sync(() => connections.watch(port)),
    ({ end }) => Effect.sync(end)
  )
  const gateway: Gateway = {
    store,
    held: { bytes: 0 },
    terms: {
      password: () =>
        typeof options.password === "function" ? options.password() : options.password,
      maxClients: connections.most,
      clients: () => connections.size,
      nodes: () => store.operations.endpoint.connectedPeers.length
    },
    connections,
    holdings: new Holdings(maxIncompleteBytes),
    maxAtOnce: options.maxAtOnce ?? defaultMaxAtOnce,
    tally: { requests: 0, errors: 0, seconds: new Histogram() },
    nextId: 1
  }
  yield* Effect.forkScoped(
    server.run((socket) => Effect.ignore(Effect.scoped(serve(gateway, socket))))
  )
  return { host: address.host, port, measures: measuresOf(gateway) }
})

const measuresOf = ({ store, connections, holdings, tally }: Gateway): ReadonlyArray<Measure> => [
  counter("gateway_requests", "Requests answered", () => tally.requests),
  counter("gateway_errors", "Requests answered with an error", () => tally.errors),
  {
    name: "quorate_gateway_request_seconds",
    help: "Duration of operations on registers",
    kind: "histogram",
    histogram: tally.seconds
  },
  gauge("gateway_operations", "Operations in flight", () => store.operations.pending),
  gauge(
    "gateway_storage_nodes",
    "Connected storage nodes",
    () => store.operations.endpoint.connectedPeers.length
  ),
  ...measuresOfLimits(connections, holdings)
]

/** Serves one connection until it ends. */
const serve = Effect.fnUntraced(function* (gateway: Gateway, socket: Socket) {
  const stream = Option.getOrUndefined(yield* Effect.serviceOption(NodeSocket.NetSocket))
  const reader = yield* socket.reader
  const writer = yield* socket.writer
  const evict = (): void => {
    stream?.destroy()
  }
  const pipeline = new Pipeline<SocketError>(
    gateway.maxAtOnce,
    gateway.holdings,
    writer.write,
    evict
  )
  const session = new Session(gateway.nextId++, gateway.terms)
  const stored = storedIn(gateway.store, gateway.held)
  const parser = new RequestParser(() => session.isAuthenticated)
  const incomplete = { evict }
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      gateway.holdings.hold(incomplete, 0, true)
      pipeline.end()
      stored.combined.end()
    })
  )
  const scope = yield* Effect.scope
  const services = yield* Effect.context<never>()
  const fork = (effect: Effect.Effect<void>): void => {
    Fiber.runIn(scope)(Effect.runForkWith(services)(effect))
  }
  const requests = Effect.gen(function* () {
    while (true) {
      const item = parser.next()
      if (item === undefined) {
        const chunks = yield* Effect.option(reader.pull)
        if (Option.isNone(chunks)) return
        for (const chunk of chunks.value)
          parser.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk)
        gateway.holdings.hold(incomplete, parser.heldBytes, false)
        continue
      }
      gateway.holdings.hold(incomplete, parser.heldBytes, true)
      yield* pipeline.room
      if (take(gateway, stored, session, pipeline, fork, item)) return
      if (session.isAuthenticated && stream !== undefined)
        gateway.connections.introduce(stream, undefined)
    }
  })
  // Answers every accepted request, in order, before the connection ends.
  yield* Effect.raceFirst(
    Effect.andThen(
      requests,
      Effect.suspend(() => pipeline.drained)
    ),
    pipeline.run
  )
})

/** Begins a request; returns true if the connection accepts no more. */
const take = (
  { tally }: Gateway,
  stored: Stored,
  session: Session,
  pipeline: Pipeline<SocketError>,
  fork: (effect: Effect.Effect<void>) => void,
  item: Item
): boolean => {
  const { protocol } = session
  /** The bytes of a reply, in the protocol in use when the request was made. */
  const said = (reply: Reply, isHeard: boolean, spoken = protocol): Uint8Array => {
    tally.requests += 1
    if (reply._tag === "Error") tally.errors += 1
    return isHeard ? encodeReply(reply, spoken) : new Uint8Array(0)
  }
  const answer = (reply: Reply, isHeard = true, spoken = protocol): void =>
    pipeline.add([], (done) => done(said(reply, isHeard, spoken)))
  if (item._tag === "Malformed") {
    answer(error(`ERR Protocol error: ${item.reason}`))
    return true
  }
  if (item._tag === "Excessive") {
    const { reply, isHeard } = session.takeExcessive(`ERR ${item.reason}`)
    answer(reply, isHeard)
    return false
  }
  if (isOfBrowser(item.words)) return true
  const { reply, isHeard } = session.take(item.words)
  if (reply !== undefined) {
    // The reply to `HELLO` is in the protocol that it selects.
    answer(reply, isHeard, session.protocol)
    return nameOf(item.words[0]) === "QUIT"
  }
  const asked = askedBy(stored, item.words)
  if ("_tag" in asked) {
    answer(asked, isHeard)
    return false
  }
  const begin = (done: (reply: Uint8Array) => void): void => {
    const began = performance.now()
    asked.begin(fork, (result) => {
      tally.seconds.add((performance.now() - began) / 1000)
      done(said(result, isHeard))
    })
  }
  pipeline.add(asked.keys, begin, asked.isOne)
  return false
}

/**
 * Whether this is a line of HTTP. A web page can make a browser send any bytes to this machine
 * after such lines; the gateway must not execute them.
 */
const isOfBrowser = (words: Request): boolean => ["POST", "HOST:"].includes(nameOf(words[0]))
