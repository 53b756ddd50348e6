/**
 * An endpoint on the network: it listens, and repeatedly dials the nodes that the directory names.
 */
import { createConnection, type Socket as Stream } from "node:net"
import { connect as connectTls, type PeerCertificate, TLSSocket } from "node:tls"
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import { type Socket, SocketError, SocketOpenError } from "effect/socket/Socket"
import type { Address } from "../directory/address.ts"
import { DirectoryRefused, describeAddress } from "../directory/address.ts"
import type { Directory } from "../directory/directory.ts"
import { isNotNode, isRevoked, tlsOf } from "../keys/keys.ts"
import { Complaints, plain } from "../limits/complaints.ts"
import { Connections, type Watch } from "../limits/connections.ts"
import type { Hello } from "../link/frame.ts"
import { nameOf } from "../memory/identity.ts"
import { converse, type Speaker } from "./connection.ts"

const firstRedialMilliseconds = 50
const maxRedialMilliseconds = 2000

/** The time limit for a connection to open. */
const openTimeout = "3 seconds"
const keepAliveMilliseconds = 60_000
/** The time limit for a TLS handshake. */
const handshakeMilliseconds = 10_000

/**
 * Listens on the address until the scope ends. Returns the address, whose port is assigned if 0 was
 * given.
 */
export const listen = Effect.fnUntraced(function* (
  speaker: Speaker,
  address: Address,
  connections: Connections = new Connections(Number.POSITIVE_INFINITY)
) {
  const keys = speaker.keys?.()
  const where = {
    host: address.host,
    port: address.port,
    noDelay: true,
    // Detects a peer that disappeared without closing, so that it does not keep its place.
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMilliseconds
  }
  const bound =
    keys === undefined
      ? NodeSocketServer.make(where)
      : NodeSocketServer.makeTls({
          ...where,
          ...tlsOf(keys),
          requestCert: true,
          rejectUnauthorized: true,
          minVersion: "TLSv1.3",
          handshakeTimeout: handshakeMilliseconds
        })
  // A server closes only when its last connection has ended. No handler ends a connection that is
  // still in its TLS handshake by then, so the watch does.
  let watch: Watch | undefined
  yield* Effect.addFinalizer(() => Effect.sync(() => watch?.end()))
  const server = yield* bound.pipe(
    Effect.mapError(
      ({ reason }) =>
        new DirectoryRefused({
          source: describeAddress(address),
          problem: `cannot listen there (${codeOf(reason.cause)})`,
          mend: "stop the process that listens there, or give another address"
        })
    )
  )
  const { port } = server.address as { readonly port: number }
  watch = connections.watch(port)
  yield* Effect.addFinalizer(() => Effect.sync(() => watch?.endAll()))
  const complaints = speaker.complaints ?? new Complaints()
  const handle = (socket: Socket) =>
    Effect.gen(function* () {
      const stream = Option.getOrUndefined(yield* Effect.serviceOption(NodeSocket.NetSocket))
      const certificate = stream instanceof TLSSocket ? stream.getPeerCertificate() : undefined
      const known = withCertificate(speaker, certificate)
      const refuses = (hello: Hello) =>
        known.refuses(hello) ??
        (stream === undefined
          ? undefined
          : connections.introduce(stream, certificate?.fingerprint256))
      const speaking = { ...known, complaints, refuses }
      return yield* converse(speaking, socket, "dialled", () => stream)
    }).pipe(
      Effect.scoped,
      Effect.catchTag(["FrameRefused", "PeerRefused", "PeerIsStranger", "PeerTakenIn"], (error) =>
        complaints.isNews(error.message)
          ? Effect.logWarning(plain(`a connection was ended: ${error.message}`))
          : Effect.void
      ),
      Effect.ignore
    )
  yield* Effect.forkScoped(server.run(handle))
  return { host: address.host, port }
})

/** The endpoint, with its checks bound to the peer's certificate. */
const withCertificate = (speaker: Speaker, certificate: PeerCertificate | undefined): Speaker => ({
  ...speaker,
  refuses: (hello) => speaker.refuses(hello, certificate),
  refusesMessage: (message) => speaker.refusesMessage?.(message, certificate),
  begin: (first, given) =>
    speaker.begin?.(first, given, certificate) ?? Effect.succeed("it has begun")
})

const codeOf = (cause: unknown): string =>
  (cause as NodeJS.ErrnoException).code ?? String((cause as Error).message ?? cause)

/** The part of a speaker that dialling needs. */
type Dialling = Pick<Speaker, "keys">

/**
 * Connects to the node with this name; with keys, the node must present a certificate of that name.
 */
export const connectTo = Effect.fnUntraced(function* (
  { keys }: Dialling,
  directory: Directory,
  name: string
) {
  const address = (yield* directory.lookUp).get(name)
  if (address === undefined) {
    return yield* new DirectoryRefused({
      source: directory.source,
      problem: `${name} is not in the directory`,
      mend: "add it, or remove it from the configuration"
    })
  }
  /** A certificate names a node, not an address: a node may move. */
  const isPeer = (_host: string, certificate: PeerCertificate): Error | undefined => {
    const reason = isNotNode(certificate, name) ?? isRevoked(keys?.(), certificate)
    return reason === undefined ? undefined : new Error(reason)
  }
  const where = { host: address.host, port: address.port, noDelay: true } as const
  const given = keys?.()
  const connect = (): Stream =>
    given === undefined
      ? createConnection(where)
      : connectTls({
          ...where,
          ...tlsOf(given),
          minVersion: "TLSv1.3",
          checkServerIdentity: isPeer
        })
  let stream: Stream | undefined
  const open = Effect.map(
    opened(connect, given === undefined ? "connect" : "secureConnect"),
    (one) => {
      stream = one
      return one
    }
  )
  const socket = yield* NodeSocket.fromDuplex(open, { openTimeout })
  return { socket, stream: () => stream } satisfies Dialled
})

/** A dialled connection, and the stream below its socket once it is open. */
interface Dialled {
  readonly socket: Socket
  readonly stream: () => Stream | undefined
}

/** A stream that is open once it has emitted this; it ends with the scope. */
const opened = (
  connect: () => Stream,
  event: "connect" | "secureConnect"
): Effect.Effect<Stream, SocketError, Scope.Scope> =>
  Effect.flatMap(
    Effect.acquireRelease(Effect.sync(connect), (stream) =>
      Effect.sync(() => (stream.readyState === "opening" ? stream.destroy() : stream.destroySoon()))
    ),
    (stream) =>
      Effect.callback((resume) => {
        stream.once(event, () => resume(Effect.succeed(stream)))
        stream.on("error", (cause) =>
          resume(
            Effect.fail(
              new SocketError({ reason: new SocketOpenError({ kind: "Unknown", cause }) })
            )
          )
        )
      })
  )

/** Dials the node with this name repeatedly, until the scope ends. */
export const dial = Effect.fnUntraced(function* (
  speaker: Speaker,
  directory: Directory,
  name: string
) {
  let wait = firstRedialMilliseconds
  let complaint = ""
  let isIntroduced = false
  const attempt = Effect.gen(function* () {
    const { socket, stream } = yield* connectTo(speaker, directory, name)
    const expecting: Speaker = {
      ...speaker,
      refuses: (hello) => {
        if (nameOf(hello.endpoint) !== name || hello.role !== "node") {
          return `this is ${nameOf(hello.endpoint)}; expected ${name}`
        }
        isIntroduced = true
        return speaker.refuses(hello)
      }
    }
    return yield* Effect.scoped(converse(expecting, socket, "dialling", stream))
  })
  while (true) {
    isIntroduced = false
    const failure = yield* Effect.flip(attempt)
    // A peer that was refused after the hellos will be refused again, so do not redial at once.
    if (isIntroduced && failure._tag !== "PeerRefused" && failure._tag !== "PeerIsStranger") {
      wait = firstRedialMilliseconds
      complaint = ""
    }
    // Do not log each failure to reach a node that is down; log each new reason why it refuses us.
    if (failure._tag !== "SocketError" && failure.message !== complaint) {
      complaint = failure.message
      // A caller that needs a stranger reports it; a node that waits for admission blocks no other.
      const isNew = failure._tag === "PeerIsStranger" || failure._tag === "PeerTakenIn"
      yield* isNew
        ? Effect.logDebug(complaint)
        : Effect.logWarning(plain(`cannot talk to ${name}: ${complaint}`))
    }
    const before = speaker.takesIn?.(name)
    const delay = wait * (0.5 + (yield* Random.next))
    for (let slept = 0; slept < delay && speaker.takesIn?.(name) === before; slept += 50) {
      yield* Effect.sleep(Math.min(50, delay - slept))
    }
    wait =
      speaker.takesIn?.(name) === true
        ? firstRedialMilliseconds
        : Math.min(2 * wait, maxRedialMilliseconds)
  }
})
