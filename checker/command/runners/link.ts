/**
 * Connections between the processes of a search: TLS 1.3 with a secret that all of them know, which
 * proves both ends and encrypts what passes. No certificates are needed.
 */
import { createHash } from "node:crypto"
import { connect, createServer, type Server, type TLSSocket, type TlsOptions } from "node:tls"
import { encodeFrame, type Frame, FrameReader } from "./frames.ts"

/** Where a runner listens. */
export interface Place {
  readonly host: string
  readonly port: number
}

export const textOf = ({ host, port }: Place): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`

const identity = "quorate search"
const connectMilliseconds = 10_000
const maxConnections = 256
const keepAliveMilliseconds = 10_000

/** Both ends choose the one version and the one cipher. */
const suite = {
  ciphers: "PSK:TLS_AES_128_GCM_SHA256",
  minVersion: "TLSv1.3",
  maxVersion: "TLSv1.3"
} as const satisfies TlsOptions

/** A key of the length that the cipher expects. */
const keyOf = (secret: string): Buffer => createHash("sha256").update(secret).digest()

/** One connection: frames in both directions, until it ends with a reason. */
export class Link {
  private readonly socket: TLSSocket
  private hear: ((frame: Frame) => void) | undefined
  private readonly early: Array<Frame> = []
  private reason: string | undefined
  private readonly onEnd: Array<(reason: string) => void> = []

  constructor(socket: TLSSocket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.setKeepAlive(true, keepAliveMilliseconds)
    const reader = new FrameReader((frame) => {
      if (this.hear === undefined) this.early.push(frame)
      else this.hear(frame)
    })
    socket.on("data", (chunk) => {
      if (this.reason !== undefined) return
      try {
        reader.push(chunk)
      } catch (error) {
        this.close(error instanceof Error ? error.message : String(error))
      }
    })
    socket.on("error", (error: NodeJS.ErrnoException) => this.end(error.code ?? error.message))
    socket.on("close", () => this.end("the connection ended"))
  }

  /** Hears all frames, those that have arrived already included. */
  listen(hear: (frame: Frame) => void): void {
    this.hear = hear
    for (const frame of this.early.splice(0)) hear(frame)
  }

  /** Calls `end` with the reason when the connection ends, or at once if it has ended. */
  whenEnded(end: (reason: string) => void): void {
    if (this.reason === undefined) this.onEnd.push(end)
    else end(this.reason)
  }

  send(head: unknown, bytes: Uint8Array = none): void {
    if (this.reason !== undefined) return
    this.socket.cork()
    for (const part of encodeFrame(head, bytes)) this.socket.write(part)
    this.socket.uncork()
  }

  /** Ends the connection at once. */
  close(reason: string): void {
    this.socket.destroy()
    this.end(reason)
  }

  /** Ends the connection when all that was sent has left. */
  finish(): void {
    this.socket.end()
  }

  private end(reason: string): void {
    if (this.reason !== undefined) return
    this.reason = reason
    for (const end of this.onEnd.splice(0)) end(reason)
  }
}

const none = new Uint8Array(0)

/** Connects to a runner. */
export const linkTo = (place: Place, secret: string): Promise<Link> =>
  new Promise((resolve, reject) => {
    const socket = connect({
      ...suite,
      ...place,
      pskCallback: () => ({ psk: keyOf(secret), identity }),
      // The secret proves who the other end is.
      checkServerIdentity: () => undefined
    })
    const late = setTimeout(() => fail("it did not answer"), connectMilliseconds)
    const fail = (reason: string) => {
      clearTimeout(late)
      socket.destroy()
      reject(new Error(reason))
    }
    socket.once("error", (error: NodeJS.ErrnoException) => fail(reasonOf(error)))
    socket.once("secureConnect", () => {
      clearTimeout(late)
      socket.removeAllListeners("error")
      resolve(new Link(socket))
    })
  })

const reasonOf = ({ code = "", message }: NodeJS.ErrnoException): string =>
  code.startsWith("ERR_SSL")
    ? "it has another secret, or is no runner of a search"
    : code === "ECONNREFUSED"
      ? "nothing listens there"
      : code || message

/** Listens for others that know the secret. */
export const listenAt = (
  { host, port }: Place,
  secret: string,
  take: (link: Link) => void
): Promise<{ readonly place: Place; readonly close: () => void }> =>
  new Promise((resolve, reject) => {
    const server: Server = createServer(
      { ...suite, handshakeTimeout: connectMilliseconds, pskCallback: () => keyOf(secret) },
      (socket) => take(new Link(socket))
    )
    server.maxConnections = maxConnections
    // Whoever does not know the secret is turned away, and nothing else happens.
    server.on("tlsClientError", (_, socket) => socket.destroy())
    server.once("error", reject)
    server.listen(port, host, () => {
      const address = server.address()
      if (address === null || typeof address === "string") return
      resolve({ place: { host, port: address.port }, close: () => server.close() })
    })
  })
