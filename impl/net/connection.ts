/**
 * One TCP connection between two endpoints: hello in both directions, then frames, until it ends.
 *
 * What comes is never trusted: it is cut to bounded frames and decoded by Schema. What is no frame
 * ends the connection, and nothing else; a message that is refused is answered so, and nothing
 * ends.
 */
import type { PeerCertificate } from "node:tls"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Reader, Socket, SocketError } from "effect/socket/Socket"
import { listed } from "../../spec/configuration/configuration.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { ServerSet } from "../../spec/nodes/nodes.ts"
import type { Channel } from "../environment/channel.ts"
import { type Endpoint, endpointOf } from "../host/endpoint.ts"
import type { Keys } from "../keys/keys.ts"
import { Complaints, plain } from "../limits/complaints.ts"
import type { Holder, Holdings } from "../limits/holdings.ts"
import {
  type DecodeFrame,
  encodeFrame,
  type Frame,
  FrameReader,
  FrameRefused,
  type Hello,
  inShort,
  type Kind,
  type MessageRefused,
  mostFrameBytes,
  mostHelloBytes,
  type Role,
  wireVersion
} from "../link/frame.ts"
import { nameOf as nameOfNode } from "../memory/identity.ts"

/** The other end is not whom we can talk to. */
export class PeerRefused extends Schema.TaggedError<PeerRefused>()("PeerRefused", {
  /** Its name, as far as it is known. */
  peer: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.peer}: ${this.reason}`
  }
}

/** The other end is a node that is of no system: its memory has just begun. */
export class PeerIsStranger extends Schema.TaggedError<PeerIsStranger>()("PeerIsStranger", {
  /** Its identity. */
  peer: Schema.String
}) {
  override get message(): string {
    const name = nameOfNode(this.peer)
    return `${name} has no memory yet and is of no system (it is ${this.peer}) — quorate begin begins one, quorate reconfigure +${name} lets it into one, in the place of a member of its name`
  }
}

/** The other end was such a node, and is of our system now: the connection begins anew. */
export class PeerTakenIn extends Schema.TaggedError<PeerTakenIn>()("PeerTakenIn", {
  peer: Schema.String
}) {
  override get message(): string {
    return `${this.peer} is of our system now`
  }
}

/** Who we are, and whom we talk to. */
export interface Speaker {
  readonly endpoint: Endpoint
  readonly protocol: string
  readonly role: Role
  /** The members of the first configuration of our system, as far as we know it. */
  readonly first: () => ServerSet | undefined
  readonly decode: DecodeFrame
  /**
   * Says why a peer that says this may not connect; undefined if it may. With keys, its certificate
   * is known.
   */
  readonly refuses: (hello: Hello, certificate?: PeerCertificate) => string | undefined
  /** Says why this peer may not send this message; undefined if it may. */
  readonly refusesMessage?: (message: unknown, certificate?: PeerCertificate) => string | undefined
  /**
   * Of a node that is of no system: it is told which one it is of from now on. Says why it does not
   * take that.
   */
  readonly begin?: (
    first: ServerSet,
    given: unknown,
    certificate?: PeerCertificate
  ) => Effect.Effect<string | undefined>
  /**
   * Of a client: whether it tells the node with this name, if that is of no system, to be of this
   * one.
   */
  readonly takesIn?: (name: string) => boolean
  /** What the node with this identity is given when it is taken in. */
  readonly givenTo?: (peer: string) => unknown
  /** With keys, both ends prove who they are. They may be renewed. */
  readonly keys?: () => Keys
  /** What all its connections hold of frames that are not complete. */
  readonly holdings?: Holdings
  /** What was said already about those at the other ends. */
  readonly complaints?: Complaints
}

/**
 * Who has not read this much of what it was sent is not listened to, if it dialled; nothing is
 * repeated to it.
 */
const busyBytes = 2 ** 20
/**
 * Beyond this much that its end does not read a connection is cut; links will repeat what was in
 * it.
 */
const mostUnsentBytes = 64 * 2 ** 20
/** How long the other end may take to say hello. */
const helloTime = "10 seconds"
/** How long to wait for a disk or a peer that does not keep up, before more is taken. */
const waitingTime = "5 millis"

/**
 * Talks over the socket until it ends, which is always as a failure.
 *
 * Whoever was dialled answers: it takes no more questions while its answers are not read. Whoever
 * dialled asks, and reads answers whatever else happens; how much it asks at once is the affair of
 * links and of operations. So never do both wait for the other to read.
 */
export const converse = (
  speaker: Speaker,
  socket: Socket,
  role: "dialled" | "dialling"
): Effect.Effect<
  never,
  SocketError | FrameRefused | PeerRefused | PeerIsStranger | PeerTakenIn,
  Scope.Scope
> =>
  Effect.gen(function* () {
    const { endpoint, decode, refuses, refusesMessage, holdings } = speaker
    const complaints = speaker.complaints ?? new Complaints()
    const reader = yield* socket.reader
    const outbox = new Outbox(role === "dialled" ? mostUnsentBytes : Number.POSITIVE_INFINITY)
    const mustWait = (): boolean => endpoint.isCongested || (role === "dialled" && outbox.isBusy())
    const incoming = new Incoming(reader, decode, holdings, () =>
      outbox.close("a frame of it was not complete while others needed the memory")
    )
    yield* Effect.addFinalizer(() => Effect.sync(() => incoming.release()))
    outbox.send(encodeFrame(helloOf(speaker)))
    const writer = yield* socket.writer
    yield* Effect.forkScoped(
      Effect.forever(
        Effect.flatMap(outbox.take, (bytes) =>
          Effect.map(writer.write(bytes), () => outbox.left(bytes.length))
        )
      ).pipe(Effect.ignore)
    )
    const say = (frame: Frame) => Effect.ignore(writer.write(encodeFrame(frame)))
    /** Whoever sends what is no frame hears so, as far as it still listens. */
    const sayWhy = ({ reason: why }: FrameRefused) => say({ _tag: "Refused", reason: inShort(why) })
    const hello = yield* incoming.next.pipe(
      Effect.timeoutOrElse({
        duration: helloTime,
        orElse: () => Effect.fail(new FrameRefused({ reason: "it did not say hello" }))
      }),
      Effect.tapErrorTag("FrameRefused", sayWhy)
    )
    const refuse = (reason: string) =>
      Effect.andThen(
        say({ _tag: "Refused", reason: inShort(reason) }),
        new PeerRefused({ peer: nameOf(hello), reason })
      )
    const reason = refusal(speaker, hello) ?? refuses(hello as Hello)
    if (reason !== undefined) return yield* refuse(reason)
    const { endpoint: peer, first: theirs } = hello as Hello
    /** Tells the peer of which system it is from now on. */
    const takeIn = Effect.gen(function* () {
      const first = speaker.first()
      if (first === undefined || speaker.takesIn?.(nameOfNode(peer)) !== true)
        return yield* new PeerIsStranger({ peer })
      const given = speaker.givenTo?.(peer)
      yield* say({ _tag: "Begin", first, ...(given === undefined ? {} : { given }) })
      const answer = yield* incoming.next
      return yield* answer._tag === "Refused"
        ? new PeerRefused({ peer, reason: answer.reason })
        : new PeerTakenIn({ peer })
    })
    /** Waits to be told of which system this node is. */
    const beginWith = Effect.gen(function* () {
      while (true) {
        const frame = yield* incoming.next
        if (frame._tag === "Refused") return yield* new PeerRefused({ peer, reason: frame.reason })
        if (frame._tag === "Marks") continue
        const wrong = yield* tellOf(speaker, frame)
        if (wrong !== undefined) return yield* refuse(wrong)
        yield* say(helloOf(speaker))
      }
    })
    if (role === "dialling" && theirs === null) return yield* takeIn
    if (role === "dialled" && speaker.first() === undefined) return yield* beginWith
    yield* Effect.acquireRelease(
      Effect.sync(() => endpoint.connected(peer, outbox)),
      () => Effect.sync(() => endpoint.disconnected(peer, outbox))
    )
    const listen = Effect.gen(function* () {
      while (true) {
        for (const frame of yield* incoming.some) {
          if (frame._tag === "Refused")
            return yield* new PeerRefused({ peer, reason: frame.reason })
          if (frame._tag === "Begin") {
            const wrong = yield* tellOf(speaker, frame)
            if (wrong !== undefined) return yield* refuse(wrong)
            yield* say(helloOf(speaker))
            continue
          }
          const refused = refusedIn(peer, frame, refusesMessage)
          if (refused === undefined) endpoint.received(peer, frame as Frame)
          else {
            const { inFrame, sequence, kind, reason } = refused
            if (inFrame === "Post") endpoint.refusePost(peer, sequence, { kind, reason })
            else endpoint.refusedAnswer(peer, sequence, { kind, reason })
            if (complaints.isNews(`${peer} ${kind}`)) {
              yield* Effect.logWarning(
                plain(`a message of ${peer} is refused (${kind}): ${reason}`)
              )
            }
          }
          while (mustWait()) yield* Effect.sleep(waitingTime)
        }
      }
    })
    return yield* Effect.raceFirst(
      Effect.tapErrorTag(listen, "FrameRefused", sayWhy),
      Effect.andThen(
        outbox.closed,
        Effect.suspend(() => Effect.fail(new PeerRefused({ peer, reason: outbox.closedBecause })))
      )
    )
  })

/** How an endpoint with this name introduces itself. */
export const helloOf = ({
  protocol,
  role,
  first,
  endpoint
}: Pick<Speaker, "protocol" | "role" | "first"> & {
  readonly endpoint: Pick<Endpoint, "name">
}): Hello => ({
  _tag: "Hello",
  version: wireVersion,
  protocol,
  first: first() ?? null,
  endpoint: endpoint.name,
  role
})

/** A node is told of which system it is. Why that is not so; undefined if it is now. */
const tellOf = (speaker: Speaker, frame: Taken): Effect.Effect<string | undefined> => {
  if (frame._tag !== "Begin") return Effect.succeed("it is asked before it is told to begin")
  const known = speaker.first()
  if (known !== undefined) return Effect.succeed(otherSystem(known, frame.first))
  return (
    speaker.begin?.(frame.first, frame.given) ??
    Effect.succeed("this is no node, and cannot be let into a system")
  )
}

const nameOf = (frame: Taken): string => (frame._tag === "Hello" ? frame.endpoint : "a stranger")

const refusal = ({ protocol, first }: Speaker, frame: Taken): string | undefined => {
  if (frame._tag === "Refused") return `it refuses us: ${frame.reason}`
  if (frame._tag !== "Hello") return "it did not say hello first"
  if (frame.protocol !== protocol) return `it runs ${frame.protocol}, and we run ${protocol}`
  const ours = first()
  return ours === undefined || frame.first === null ? undefined : otherSystem(ours, frame.first)
}

/**
 * Quorums of configurations that did not come of one another need not meet: who is of another
 * system is not talked to.
 */
const otherSystem = (ours: ServerSet, theirs: ServerSet): string | undefined =>
  equals(ours, theirs)
    ? undefined
    : `it is of another system: that began with ${listed(theirs)}, and ours with ${listed(ours)}`

/** A post or an answer that is not taken. */
interface Untaken {
  readonly inFrame: "Post" | "Answer"
  readonly sequence: number
  readonly kind: Kind
  readonly reason: string
}

/**
 * What is not to be taken; undefined if it is. An endpoint speaks for its own processes only:
 * answers would go to others, who never asked.
 */
const refusedIn = (
  peer: string,
  frame: Taken,
  refusesMessage: Speaker["refusesMessage"]
): Untaken | undefined => {
  if (frame._tag === "MessageRefused") {
    return { inFrame: frame.frame, sequence: frame.sequence, kind: "unknown", reason: frame.reason }
  }
  if (frame._tag !== "Post" && frame._tag !== "Answer") return undefined
  const { _tag: inFrame, sequence } = frame
  const envelopes = frame._tag === "Post" ? [frame.envelope] : frame.envelopes
  const foreign = envelopes.find(({ from }) => endpointOf(from) !== peer)
  if (foreign !== undefined) {
    const reason = `it speaks for ${foreign.from}, which does not live at ${peer}`
    return { inFrame, sequence, kind: "foreign", reason }
  }
  const reason = frame._tag === "Post" ? refusesMessage?.(frame.envelope.message) : undefined
  return reason === undefined ? undefined : { inFrame, sequence, kind: "forbidden", reason }
}

/** What is to be sent, and who sends it. */
class Outbox implements Channel {
  private isClosed = false
  private onClose: (() => void) | undefined
  private readonly frames: Array<Uint8Array> = []
  /** The bytes of frames, and of those that are being written. */
  private bytes = 0
  private wake: (() => void) | undefined
  private readonly mostBytes: number

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes
  }

  readonly isBusy = (): boolean => this.bytes > busyBytes

  readonly send = (frame: Uint8Array): void => {
    if (this.isClosed) return
    this.frames.push(frame)
    this.bytes += frame.length
    if (this.bytes > this.mostBytes) this.close()
    this.wake?.()
  }

  closedBecause = "a newer connection replaces this one, or it is too slow"

  readonly close = (because = this.closedBecause): void => {
    this.isClosed = true
    this.closedBecause = because
    this.frames.length = 0
    this.bytes = 0
    this.onClose?.()
  }

  /** Waits until the outbox is closed. */
  readonly closed: Effect.Effect<void> = Effect.callback<void>((resume) => {
    this.onClose = () => resume(Effect.void)
    if (this.isClosed) resume(Effect.void)
  })

  /** What is to be sent by now, as much as goes well together; waits until there is something. */
  readonly take: Effect.Effect<Uint8Array> = Effect.callback<Uint8Array>((resume) => {
    const hand = (): void => {
      this.wake = undefined
      let count = 0
      for (let bytes = 0; count < this.frames.length && bytes < busyBytes; count++) {
        bytes += (this.frames[count] as Uint8Array).length
      }
      const taken = this.frames.splice(0, count)
      resume(Effect.succeed(taken.length === 1 ? (taken[0] as Uint8Array) : Buffer.concat(taken)))
    }
    if (this.frames.length > 0) hand()
    // What is sent in the same turn goes along.
    else {
      this.wake = () => {
        this.wake = undefined
        setImmediate(hand)
      }
    }
  })

  /** So many bytes that were taken have left. */
  readonly left = (bytes: number): void => {
    this.bytes = Math.max(0, this.bytes - bytes)
  }
}

/** What came: a frame, or one that cannot be taken but is known to be somebody's post or answer. */
type Taken = Frame | MessageRefused

/** Frames as they come. */
export class Incoming implements Holder {
  /**
   * Whether a first frame came. What follows it may come in the same chunk, before it is looked at.
   */
  private isBegun = false
  private readonly reader: Reader
  private readonly decode: DecodeFrame
  private readonly frames = new FrameReader(() => (this.isBegun ? mostFrameBytes : mostHelloBytes))
  private readonly holdings: Holdings | undefined
  private ready: Array<Taken> = []
  readonly evict: () => void

  constructor(
    reader: Reader,
    decode: DecodeFrame,
    holdings?: Holdings,
    evict: () => void = () => undefined
  ) {
    this.reader = reader
    this.decode = decode
    this.holdings = holdings
    this.evict = evict
  }

  /** Nothing more is read. */
  release(): void {
    this.holdings?.hold(this, 0, true)
  }

  /** One frame. */
  readonly next: Effect.Effect<Taken, SocketError | FrameRefused> = Effect.suspend(() => {
    const frame = this.ready.shift()
    return frame === undefined ? Effect.andThen(this.pull, this.next) : Effect.succeed(frame)
  })

  /** All frames that there are. */
  readonly some: Effect.Effect<ReadonlyArray<Taken>, SocketError | FrameRefused> = Effect.suspend(
    () => {
      const { ready } = this
      this.ready = []
      return ready.length === 0 ? Effect.andThen(this.pull, this.some) : Effect.succeed(ready)
    }
  )

  private readonly pull: Effect.Effect<void, SocketError | FrameRefused> = Effect.suspend(() =>
    Effect.flatMap(this.reader.pull, (chunks) => {
      let refused: FrameRefused | undefined
      for (const chunk of chunks) {
        const bytes = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk
        let isAnother = false
        const read = this.frames.read(bytes, (payload) => {
          if (refused !== undefined) return
          this.isBegun = true
          isAnother = true
          const frame = Result.merge(this.decode(payload))
          if (frame._tag === "FrameRefused") refused = frame
          else this.ready.push(frame)
        })
        this.holdings?.hold(this, this.frames.heldBytes, isAnother)
        if (Result.isFailure(read)) refused ??= read.failure
        if (refused !== undefined) return Effect.fail(refused)
      }
      return Effect.void
    })
  )
}
