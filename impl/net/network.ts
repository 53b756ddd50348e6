/**
 * An endpoint on the network: it listens, and dials those whom the directory names, again and
 * again.
 */
import { type PeerCertificate, TLSSocket } from "node:tls"
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { Socket } from "effect/socket/Socket"
import type { Address } from "../directory/address.ts"
import { DirectoryRefused, describeAddress } from "../directory/address.ts"
import type { Directory } from "../directory/directory.ts"
import { isNotNode, isRevoked, tlsOf } from "../keys/keys.ts"
import { Complaints, plain } from "../limits/complaints.ts"
import type { Connections } from "../limits/connections.ts"
import type { Hello } from "../link/frame.ts"
import { nameOf } from "../memory/identity.ts"
import { converse, type Speaker } from "./connection.ts"

const firstRedialMilliseconds = 50
const mostRedialMilliseconds = 2000

const keepAliveMilliseconds = 60_000
/** How long TLS may take to begin. */
const handshakeMilliseconds = 10_000

/**
 * Listens on the address, until the scope ends; says where it listens, should the port have been 0.
 */
export const listen = Effect.fnUntraced(function* (
  speaker: Speaker,
  address: Address,
  connections?: Connections
) {
  const keys = speaker.keys?.()
  const where = {
    host: address.host,
    port: address.port,
    noDelay: true,
    // A peer that is gone without a word does not keep its place.
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
  const server = yield* bound.pipe(
    Effect.mapError(
      ({ reason }) =>
        new DirectoryRefused({
          source: describeAddress(address),
          problem: `it is not possible to listen there (${codeOf(reason.cause)})`,
          mend: "stop what listens there, or name another address"
        })
    )
  )
  const { port } = server.address as { readonly port: number }
  if (connections !== undefined) {
    yield* Effect.acquireRelease(
      Effect.sync(() => connections.watch(port)),
      (unwatch) => Effect.sync(unwatch)
    )
  }
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
          : connections?.introduce(stream, certificate?.fingerprint256))
      return yield* converse({ ...known, complaints, refuses }, socket, "dialled")
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

/** Who judges a peer with this certificate. */
const withCertificate = (speaker: Speaker, certificate: PeerCertificate | undefined): Speaker => ({
  ...speaker,
  refuses: (hello) => speaker.refuses(hello, certificate),
  refusesMessage: (message) => speaker.refusesMessage?.(message, certificate),
  begin: (first, given) =>
    speaker.begin?.(first, given, certificate) ?? Effect.succeed("it has begun")
})

const codeOf = (cause: unknown): string =>
  (cause as NodeJS.ErrnoException).code ?? String((cause as Error).message ?? cause)

/** What it takes to talk to a node that the directory names. */
type Dialling = Pick<Speaker, "keys">

/** A connection to the node with this name, whose certificate says so if there are keys. */
export const connectTo = Effect.fnUntraced(function* (
  { keys }: Dialling,
  directory: Directory,
  name: string
) {
  const address = (yield* directory.lookUp).get(name)
  if (address === undefined) {
    return yield* new DirectoryRefused({
      source: directory.source,
      problem: `${name} is not there`,
      mend: "add it, or remove it from the configuration"
    })
  }
  /** A certificate is of a name, not of an address: a node may move. */
  const isPeer = (_host: string, certificate: PeerCertificate): Error | undefined => {
    const reason = isNotNode(certificate, name) ?? isRevoked(keys?.(), certificate)
    return reason === undefined ? undefined : new Error(reason)
  }
  const where = {
    host: address.host,
    port: address.port,
    noDelay: true,
    openTimeout: "3 seconds"
  } as const
  const given = keys?.()
  return yield* given === undefined
    ? NodeSocket.makeNet(where)
    : NodeSocket.makeTls({
        ...where,
        ...tlsOf(given),
        minVersion: "TLSv1.3",
        checkServerIdentity: isPeer
      })
})

/** Dials the node with this name again and again, until the scope ends. */
export const dial = Effect.fnUntraced(function* (
  speaker: Speaker,
  directory: Directory,
  name: string
) {
  let wait = firstRedialMilliseconds
  let complaint = ""
  let isIntroduced = false
  const attempt = Effect.gen(function* () {
    const socket = yield* connectTo(speaker, directory, name)
    const expecting: Speaker = {
      ...speaker,
      refuses: (hello) => {
        if (nameOf(hello.endpoint) !== name || hello.role !== "node") {
          return `this is ${nameOf(hello.endpoint)}, and ${name} was expected`
        }
        isIntroduced = true
        return speaker.refuses(hello)
      }
    }
    return yield* Effect.scoped(converse(expecting, socket, "dialling"))
  })
  while (true) {
    isIntroduced = false
    const failure = yield* Effect.flip(attempt)
    // Who was refused after the introductions will be again: that is no reason to come back at
    // once.
    if (isIntroduced && failure._tag !== "PeerRefused" && failure._tag !== "PeerIsStranger") {
      wait = firstRedialMilliseconds
      complaint = ""
    }
    // A node that is down is no news every time; why it refuses us is, once.
    if (failure._tag !== "SocketError" && failure.message !== complaint) {
      complaint = failure.message
      // Whoever needs it for an operation says so; a node that waits to be taken in is in nobody's
      // way.
      const isNew = failure._tag === "PeerIsStranger" || failure._tag === "PeerTakenIn"
      yield* isNew
        ? Effect.logDebug(complaint)
        : Effect.logWarning(plain(`${name} cannot be talked to: ${complaint}`))
    }
    const before = speaker.takesIn?.(name)
    const delay = wait * (0.5 + (yield* Random.next))
    for (let slept = 0; slept < delay && speaker.takesIn?.(name) === before; slept += 50) {
      yield* Effect.sleep(Math.min(50, delay - slept))
    }
    wait =
      speaker.takesIn?.(name) === true
        ? firstRedialMilliseconds
        : Math.min(2 * wait, mostRedialMilliseconds)
  }
})
