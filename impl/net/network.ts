/**
 * An endpoint on the network: it listens, and dials those whom the directory names, again and again.
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
import { isNotNode } from "../keys/keys.ts"
import { Complaints, plain } from "../limits/complaints.ts"
import type { Connections } from "../limits/connections.ts"
import { converse, type Speaker } from "./connection.ts"

const firstRedialMilliseconds = 50
const mostRedialMilliseconds = 2000

/** How long TLS may take to begin. */
const handshakeMilliseconds = 10_000

/** Listens on the address, until the scope ends; says where it listens, should the port have been 0. */
export const listen = Effect.fnUntraced(function* (
  speaker: Speaker,
  address: Address,
  connections?: Connections
) {
  const { keys } = speaker
  const where = { host: address.host, port: address.port, noDelay: true }
  const bound =
    keys === undefined
      ? NodeSocketServer.make(where)
      : NodeSocketServer.makeTls({
          ...where,
          ...keys,
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
      const refuses = (peer: string) =>
        speaker.refuses(peer, certificate) ??
        (stream === undefined ? undefined : connections?.introduce(stream, certificate?.fingerprint256))
      const refusesMessage = (message: unknown) => speaker.refusesMessage?.(message, certificate)
      return yield* converse({ ...speaker, complaints, refuses, refusesMessage }, socket, "dialled")
    }).pipe(
      Effect.scoped,
      Effect.catchTag(["FrameRefused", "PeerRefused"], (error) =>
        complaints.isNews(error.message)
          ? Effect.logWarning(plain(`a connection was ended: ${error.message}`))
          : Effect.void
      ),
      Effect.ignore
    )
  yield* Effect.forkScoped(server.run(handle))
  return { host: address.host, port }
})

const codeOf = (cause: unknown): string =>
  (cause as NodeJS.ErrnoException).code ?? String((cause as Error).message ?? cause)

/** Dials the peer again and again, until the scope ends. */
export const dial = Effect.fnUntraced(function* (speaker: Speaker, directory: Directory, peer: string) {
  let wait = firstRedialMilliseconds
  let complaint = ""
  let isIntroduced = false
  /** A certificate is of a name, not of an address: a node may move. */
  const isPeer = (_host: string, certificate: PeerCertificate): Error | undefined => {
    const reason = isNotNode(certificate, peer)
    return reason === undefined ? undefined : new Error(reason)
  }
  const attempt = Effect.gen(function* () {
    const address = (yield* directory.lookUp).get(peer)
    if (address === undefined) {
      return yield* new DirectoryRefused({
        source: directory.source,
        problem: `${peer} is not there`,
        mend: "add it, or remove it from the configuration"
      })
    }
    const { keys } = speaker
    const where = { host: address.host, port: address.port, noDelay: true, openTimeout: "3 seconds" } as const
    const socket = yield* keys === undefined
      ? NodeSocket.makeNet(where)
      : NodeSocket.makeTls({ ...where, ...keys, minVersion: "TLSv1.3", checkServerIdentity: isPeer })
    const expecting = {
      ...speaker,
      refuses: (name: string) => {
        if (name !== peer) return `this is ${name}, and ${peer} was expected`
        isIntroduced = true
        return speaker.refuses(name)
      }
    }
    return yield* Effect.scoped(converse(expecting, socket, "dialling"))
  })
  while (true) {
    isIntroduced = false
    const failure = yield* Effect.flip(attempt)
    // Who was refused after the introductions will be again: that is no reason to come back at once.
    if (isIntroduced && failure._tag !== "PeerRefused") {
      wait = firstRedialMilliseconds
      complaint = ""
    }
    // A node that is down is no news every time; why it refuses us is, once.
    if (failure._tag !== "SocketError" && failure.message !== complaint) {
      complaint = failure.message
      yield* Effect.logWarning(plain(`${peer} cannot be talked to: ${complaint}`))
    }
    yield* Effect.sleep(wait * (0.5 + (yield* Random.next)))
    wait = Math.min(2 * wait, mostRedialMilliseconds)
  }
})
