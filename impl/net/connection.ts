/**
 * One TCP connection between two endpoints: a hello in each direction, then frames, until it ends.
 *
 * An endpoint trusts no input: it cuts the bytes into bounded frames and decodes them by Schema. An
 * invalid frame ends its connection and affects no other; a refused message is answered as refused,
 * and the connection continues.
 */
import type { Duplex } from "node:stream"
import type { PeerCertificate } from "node:tls"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Socket, SocketError } from "effect/socket/Socket"
import { listed } from "../../spec/configuration/configuration.ts"
import { equals } from "../../spec/kernel/data.ts"
import type { ServerSet } from "../../spec/nodes/nodes.ts"
import type { Endpoint } from "../host/endpoint.ts"
import { endpointOf } from "../host/options.ts"
import type { Keys } from "../keys/keys.ts"
import { Complaints, plain } from "../limits/complaints.ts"
import type { Holdings } from "../limits/holdings.ts"
import {
  encodeFrame,
  type Frame,
  FrameRefused,
  type Hello,
  inShort,
  type Kind,
  type Role,
  wireVersion
} from "../link/frame.ts"
import type { DecodeFrame } from "../link/wire.ts"
import { nameOf as nameOfNode } from "../memory/identity.ts"
import { Incoming, type Taken } from "./incoming.ts"
import { Outbox } from "./outbox.ts"

/** This endpoint cannot talk to the peer. */
export class PeerRefused extends Schema.TaggedError<PeerRefused>()("PeerRefused", {
  /** The peer's name, if it is known. */
  peer: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.peer}: ${this.reason}`
  }
}

/** The peer is a node that belongs to no system: its memory has just begun. */
export class PeerIsStranger extends Schema.TaggedError<PeerIsStranger>()("PeerIsStranger", {
  /** The peer's identity. */
  peer: Schema.String
}) {
  override get message(): string {
    const name = nameOfNode(this.peer)
    return `${name} has no memory yet and belongs to no system (its identity is ${this.peer}) — begin a system with it, or add it to one in the place of the member with its name`
  }
}

/** The peer was such a node and now belongs to our system: the connection restarts. */
export class PeerTakenIn extends Schema.TaggedError<PeerTakenIn>()("PeerTakenIn", {
  peer: Schema.String
}) {
  override get message(): string {
    return `${this.peer} now belongs to this system`
  }
}

/** This endpoint, and its rules for peers. */
export interface Speaker {
  readonly endpoint: Endpoint
  readonly protocol: string
  readonly role: Role
  /** The members of our system's first configuration, if this endpoint knows it. */
  readonly first: () => ServerSet | undefined
  readonly decode: DecodeFrame
  /**
   * Why a peer with this hello may not connect; undefined if it may. With keys, its certificate is
   * given.
   */
  readonly refuses: (hello: Hello, certificate?: PeerCertificate) => string | undefined
  /** Why this peer may not send this message; undefined if it may. */
  readonly refusesMessage?: (message: unknown, certificate?: PeerCertificate) => string | undefined
  /**
   * For a node that belongs to no system: joins the node to a system. Returns why the node does not
   * join; undefined if it does.
   */
  readonly begin?: (
    first: ServerSet,
    given: unknown,
    certificate?: PeerCertificate
  ) => Effect.Effect<string | undefined>
  /**
   * For a client: whether it admits the node with this name to the system, if the node belongs to
   * none.
   */
  readonly takesIn?: (name: string) => boolean
  /** What this endpoint gives to the node with this identity on admission. */
  readonly givenTo?: (peer: string) => unknown
  /** With keys, both ends prove their identities. The keys may be renewed. */
  readonly keys?: () => Keys
  /** The bytes that all connections hold of incomplete frames. */
  readonly holdings?: Holdings
  /** The complaints about peers that were logged before. */
  readonly complaints?: Complaints
}

/**
 * When the peer has left this many bytes unread, this end cuts the connection; links repeat what
 * was lost.
 */
const maxUnsentBytes = 64 * 2 ** 20
/** The time limit for the peer's hello. */
const helloTime = "10 seconds"
/**
 * How long a refused peer has to read the reason. A connection that ends before this end has read
 * all that the peer sent is reset, and the peer loses what it has not read.
 */
const lastWordsTime = "500 millis"
/** How long to wait for a slow disk or peer before reading more. */
const waitingTime = "5 millis"

/**
 * Talks over the socket until it ends, which is always a failure. After the hellos, frames take the
 * short path, through the stream below the socket.
 *
 * The dialled end answers: it reads no more requests while its answers are unread. The dialling end
 * asks, and always reads answers; links and operations limit how much it asks at once. So the two
 * ends never wait for each other to read.
 */
export const converse = (
  speaker: Speaker,
  socket: Socket,
  role: "dialled" | "dialling",
  stream: () => Duplex | undefined
): Effect.Effect<
  never,
  SocketError | FrameRefused | PeerRefused | PeerIsStranger | PeerTakenIn,
  Scope.Scope
> =>
  Effect.gen(function* () {
    const { endpoint, decode, refuses, refusesMessage, holdings } = speaker
    const complaints = speaker.complaints ?? new Complaints()
    const reader = yield* socket.reader
    const outbox = new Outbox(role === "dialled" ? maxUnsentBytes : Number.POSITIVE_INFINITY)
    const mustWait = (): boolean => endpoint.isCongested || (role === "dialled" && outbox.isBusy())
    const incoming = new Incoming(reader, decode, holdings, () =>
      outbox.close("it held an incomplete frame while other connections needed the memory")
    )
    yield* Effect.addFinalizer(() => Effect.sync(() => incoming.release()))
    outbox.send(encodeFrame(helloOf(speaker)))
    const writer = yield* socket.writer
    const writeSome = Effect.flatMap(outbox.take, (bytes) =>
      Effect.map(writer.write(bytes), () => outbox.left(bytes.length))
    )
    // `writeSome` waits for more bytes by itself; yielding as well would cost a turn of the event
    // loop each time.
    yield* Effect.forkScoped(Effect.ignore(Effect.forever(writeSome, { disableYield: true })))
    const say = (frame: Frame) => Effect.ignore(writer.write(encodeFrame(frame)))
    /** Tells the peer why the connection ends, and gives it a short time to read that. */
    const sayLast = (why: string) =>
      Effect.andThen(
        say({ _tag: "Refused", reason: inShort(why) }),
        Effect.timeoutOption(incoming.rest, lastWordsTime)
      )
    const sayWhy = ({ reason: why }: FrameRefused) => sayLast(why)
    const hello = yield* incoming.next.pipe(
      Effect.timeoutOrElse({
        duration: helloTime,
        orElse: () => Effect.fail(new FrameRefused({ reason: "it did not say hello" }))
      }),
      Effect.tapErrorTag("FrameRefused", sayWhy)
    )
    const refuse = (reason: string) =>
      Effect.andThen(sayLast(reason), new PeerRefused({ peer: nameOf(hello), reason }))
    const reason = refusal(speaker, hello) ?? refuses(hello as Hello)
    if (reason !== undefined) return yield* refuse(reason)
    const { endpoint: peer, first: theirs, layout } = hello as Hello
    outbox.isCompact = layout !== undefined && layout === decode.layout
    /** Tells the peer which system it now belongs to. */
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
    /** Waits for a peer to say which system this node belongs to. */
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
    /** Takes a frame as it arrives, unless this end has to wait or the frame needs further work. */
    const takesAtOnce = (frame: Taken): boolean => {
      if (mustWait() || !isOrdinary(frame)) return false
      if (refusedIn(peer, frame, refusesMessage) !== undefined) return false
      endpoint.received(peer, frame)
      return true
    }
    const below = stream()
    if (below !== undefined) {
      outbox.goStraight(below)
      yield* incoming.goStraight(below, takesAtOnce)
    }
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
              yield* Effect.logWarning(plain(`refused a message of ${peer} (${kind}): ${reason}`))
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

/** The hello of an endpoint with this name. */
export const helloOf = ({
  protocol,
  role,
  first,
  endpoint,
  decode: { layout }
}: Pick<Speaker, "protocol" | "role" | "first" | "decode"> & {
  readonly endpoint: Pick<Endpoint, "name">
}): Hello => ({
  _tag: "Hello",
  version: wireVersion,
  protocol,
  first: first() ?? null,
  endpoint: endpoint.name,
  role,
  ...(layout === undefined ? {} : { layout })
})

/**
 * Lets this node join the system in the frame. Returns why it does not join; undefined if it did.
 */
const tellOf = (speaker: Speaker, frame: Taken): Effect.Effect<string | undefined> => {
  if (frame._tag !== "Begin")
    return Effect.succeed("this node belongs to no system yet and accepts only Begin")
  const known = speaker.first()
  if (known !== undefined) return Effect.succeed(otherSystem(known, frame.first))
  return (
    speaker.begin?.(frame.first, frame.given) ??
    Effect.succeed("this is not a node, and cannot be added to a system")
  )
}

const nameOf = (frame: Taken): string => (frame._tag === "Hello" ? frame.endpoint : "a stranger")

const refusal = ({ protocol, first }: Speaker, frame: Taken): string | undefined => {
  if (frame._tag === "Refused") return `it refuses this endpoint: ${frame.reason}`
  if (frame._tag !== "Hello") return "it did not say hello first"
  if (frame.protocol !== protocol)
    return `it runs ${frame.protocol}; this endpoint runs ${protocol}`
  const ours = first()
  return ours === undefined || frame.first === null ? undefined : otherSystem(ours, frame.first)
}

/**
 * Quorums of two configurations are only sure to intersect if one descends from the other, so
 * endpoints of different systems do not talk.
 */
const otherSystem = (ours: ServerSet, theirs: ServerSet): string | undefined =>
  equals(ours, theirs)
    ? undefined
    : `it belongs to another system, which began with ${listed(theirs)}; this one began with ${listed(ours)}`

/** Whether the frame neither begins nor ends anything. */
const isOrdinary = (frame: Taken): frame is Frame => {
  switch (frame._tag) {
    case "Post":
    case "Answer":
    case "Declined":
    case "Settled":
    case "Marks":
      return true
    case "Hello":
    case "Begin":
    case "Refused":
    case "MessageRefused":
      return false
  }
}

/** A post or an answer that this end refuses. */
interface Untaken {
  readonly inFrame: "Post" | "Answer"
  readonly sequence: number
  readonly kind: Kind
  readonly reason: string
}

/**
 * The post or answer to refuse; undefined if it is acceptable. An endpoint may send only on behalf
 * of its own processes: otherwise answers would go to processes that never asked.
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
    const reason = `it sends messages of ${foreign.from}, which does not run at ${peer}`
    return { inFrame, sequence, kind: "foreign", reason }
  }
  const reason = frame._tag === "Post" ? refusesMessage?.(frame.envelope.message) : undefined
  return reason === undefined ? undefined : { inFrame, sequence, kind: "forbidden", reason }
}
