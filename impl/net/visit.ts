/**
 * A short visit to a node: a hello, a few frames, and the node's replies. Nodes visit each other to
 * show marks, and `quorate begin` visits all nodes of a system; only clients stay connected.
 */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import type { Directory } from "../directory/directory.ts"
import type { Endpoint } from "../host/endpoint.ts"
import { encodeFrame, type Frame, type Hello } from "../link/frame.ts"
import { nameOf } from "../memory/identity.ts"
import { helloOf, type Speaker } from "./connection.ts"
import { Incoming } from "./incoming.ts"
import { connectTo } from "./network.ts"

/** The visiting endpoint, of which only the name needs to exist. */
export type Visitor = Pick<Speaker, "protocol" | "role" | "first" | "decode" | "keys"> & {
  readonly endpoint: Pick<Endpoint, "name">
}

/** The time limit of a visit. */
const longest = "2 seconds"

/**
 * Sends frames to the node with this name, and collects its replies, its hello first, until
 * `isEnough` or until no more arrive. An empty list if something else answers there; undefined if
 * nothing does.
 */
export const visit = (
  visitor: Visitor,
  directory: Directory,
  name: string,
  say: ReadonlyArray<Frame>,
  isEnough: (heard: ReadonlyArray<Frame>) => boolean
): Effect.Effect<ReadonlyArray<Frame> | undefined> =>
  Effect.gen(function* () {
    let isThere = false
    const heard = yield* Ref.make<ReadonlyArray<Frame>>([])
    const talk = Effect.gen(function* () {
      const { socket } = yield* connectTo(visitor, directory, name)
      const reader = yield* socket.reader
      const writer = yield* socket.writer
      isThere = true
      const incoming = new Incoming(reader, visitor.decode)
      yield* writer.write(Buffer.concat([helloOf(visitor), ...say].map(encodeFrame)))
      while (!isEnough(yield* Ref.get(heard))) {
        const frame = yield* incoming.next
        if (frame._tag !== "MessageRefused")
          yield* Ref.update(heard, (before) => [...before, frame])
      }
    })
    const ended = yield* talk.pipe(Effect.scoped, Effect.timeout(longest), Effect.result)
    // A node may exist at a machine that does not even refuse the connection.
    isThere ||= Result.isFailure(ended) && ended.failure._tag === "TimeoutError"
    if (!isThere) return undefined
    const frames = yield* Ref.get(heard)
    const [hello] = frames
    return hello?._tag === "Hello" && hello.role === "node" && nameOf(hello.endpoint) === name
      ? frames
      : []
  })

/**
 * The hello of each node of the directory that answers; undefined for those that answer without a
 * hello.
 */
export const callAll = Effect.fnUntraced(function* (visitor: Visitor, directory: Directory) {
  const names = [...(yield* directory.lookUp).keys()]
  const calls = yield* Effect.forEach(
    names,
    (name) => visit(visitor, directory, name, [], hasHello),
    {
      concurrency: "unbounded"
    }
  )
  return new Map(
    names.flatMap((name, index) => {
      const heard = calls[index]
      return heard === undefined ? [] : [[name, heard[0] as Hello | undefined] as const]
    })
  )
})

const hasHello = (heard: ReadonlyArray<Frame>): boolean => heard.length > 0

/** Shows marks to all other nodes of the directory that answer, and takes theirs. */
export const exchangeMarks = Effect.fnUntraced(function* (
  visitor: Visitor & { readonly endpoint: Endpoint },
  directory: Directory
) {
  const { endpoint } = visitor
  const addresses = yield* Effect.orElseSucceed(directory.lookUp, () => new Map<string, never>())
  const others = [...addresses.keys()].filter((name) => name !== nameOf(endpoint.name))
  const marks = endpoint.marksToShow()
  const isShown = (heard: ReadonlyArray<Frame>): boolean =>
    heard.some(({ _tag }) => _tag === "Marks" || _tag === "Refused") ||
    (heard[0] as Hello)?.first === null
  yield* Effect.forEach(
    others,
    Effect.fnUntraced(function* (name) {
      const heard = yield* visit(visitor, directory, name, [{ _tag: "Marks", marks }], isShown)
      if (heard === undefined) return
      const peer = heard[0]?._tag === "Hello" ? heard[0].endpoint : name
      for (const frame of heard) if (frame._tag === "Marks") endpoint.hear(peer, frame.marks)
    }),
    { concurrency: "unbounded", discard: true }
  )
})
