/**
 * The store as a client sees it: registers under keys, read and written atomically.
 *
 * As an Effect service (`Store.layer`) and with plain promises (`connect`).
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Configuration from "../../spec/configuration/configuration.ts"
import { servers } from "../../spec/kernel/node.ts"
import type { Access, Value } from "../../spec/register/operation.ts"
import type { DirectoryRefused } from "../directory/address.ts"
import { type Directory, parseDirectory } from "../directory/directory.ts"
import { systemClock } from "../environment/clock.ts"
import type { Witness } from "../host/endpoint.ts"
import type { Keys } from "../keys/keys.ts"
import { frameDecoder } from "../link/frame.ts"
import { dial } from "../net/network.ts"
import { type Plugged, pluggedIn, systemOf } from "../protocols.ts"
import { inSpan } from "../tracing/in-span.ts"
import type { TraceContext, Tracing } from "../tracing/tracing.ts"
import { bytesOfText, mostKeyBytes, mostValueBytes, textOfBytes } from "./bytes.ts"
import { Operations } from "./operations.ts"

/** A key or a value that cannot be stored. */
export class TooLong extends Schema.TaggedError<TooLong>()("TooLong", {
  what: Schema.Literals(["key", "value"]),
  bytes: Schema.Int,
  mostBytes: Schema.Int
}) {
  override get message(): string {
    return `the ${this.what} has ${this.bytes} bytes; at most ${this.mostBytes} can be stored`
  }
}

/** Too few storage nodes answered in time. Of a write it is not known whether it takes effect, now or later. */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", {
  operation: Schema.String,
  milliseconds: Schema.Number,
  connected: Schema.Int,
  nodes: Schema.Int
}) {
  override get message(): string {
    const outcome = this.operation === "Write" ? "; whether it takes effect is unknown" : ""
    return `no quorum answered within ${this.milliseconds} ms (${this.connected} of ${this.nodes} storage nodes are connected)${outcome}`
  }
}

/** Too many operations are in execution, on one register or in all; nothing was begun. */
export class Overloaded extends Schema.TaggedError<Overloaded>()("Overloaded", { key: Schema.String }) {
  override get message(): string {
    return `too many operations are in execution, on ${JSON.stringify(this.key)} or in all; this one was not begun`
  }
}

export type StoreError = TooLong | Unavailable | Overloaded

export type Bytes = string | Uint8Array

export interface StoreOptions {
  /** Where the storage nodes are: `s1=host:port,…`, `file:…` or `dns:…`. */
  readonly servers: string | Directory
  readonly protocol?: string
  /** How long an operation may take; 5,000 if nothing is said. */
  readonly timeoutMilliseconds?: number
  /** How many operations may be in execution at once; 16,384 if nothing is said. */
  readonly mostOperations?: number
  /** With keys, client and nodes prove to each other who they are (`loadKeys`). */
  readonly keys?: Keys
  /** Hears of every step, for recording. */
  readonly witness?: Witness
  /** Where spans go: one for each operation, a child of the caller's if there is one (`exportTraces`). */
  readonly tracing?: Tracing
}

export interface StoreShape {
  /** The bytes under the key; null if there are none. */
  readonly get: (key: Bytes) => Effect.Effect<Uint8Array | null, StoreError>
  readonly put: (key: Bytes, value: Bytes) => Effect.Effect<void, StoreError>
  /** Afterwards there is nothing under the key. */
  readonly remove: (key: Bytes) => Effect.Effect<void, StoreError>
  /** An operation of the specification, on the register under this text. */
  readonly perform: (key: string, operation: Access) => Effect.Effect<Value, Unavailable | Overloaded>
  readonly operations: Operations
  readonly tracing?: Tracing
  /** The storage nodes that the client knows. */
  readonly nodes: ReadonlyArray<string>
}

const defaultTimeoutMilliseconds = 5000

export class Store extends Context.Service<Store, StoreShape>()("quorate/impl/client/Store") {
  /** A client that is connected for as long as the layer is there. */
  static readonly layer = (options: StoreOptions): Layer.Layer<Store, DirectoryRefused> =>
    Layer.effect(Store, make(options))
}

const make = Effect.fnUntraced(function* (options: StoreOptions) {
  const directory = typeof options.servers === "string" ? parseDirectory(options.servers) : options.servers
  const { protocol, variant }: Plugged = pluggedIn(options.protocol)
  const nodes = [...(yield* directory.lookUp).keys()]
  const members = servers(...nodes)
  const configuration = Configuration.majority(members)
  const operations = new Operations({
    name: `c${crypto.randomUUID().slice(0, 13)}`,
    protocol,
    clock: systemClock,
    setup: { servers: members, configuration, variant },
    ...(options.witness === undefined ? {} : { witness: options.witness }),
    ...(options.tracing === undefined ? {} : { tracing: options.tracing }),
    ...(options.mostOperations === undefined ? {} : { mostPending: options.mostOperations })
  })
  /** What ends the operations in execution: their answers will not come. */
  const waiting = new Set<() => void>()
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const giveUp of waiting) giveUp()
      operations.close()
    })
  )
  const speaker = {
    endpoint: operations.endpoint,
    protocol: protocol.name,
    system: systemOf(protocol.name, configuration),
    decode: frameDecoder(protocol.Message),
    refuses: () => undefined,
    ...(options.keys === undefined ? {} : { keys: options.keys })
  }
  for (const node of nodes) yield* Effect.forkScoped(dial(speaker, directory, node))
  const shape = shapeOf(
    operations,
    nodes,
    options.timeoutMilliseconds ?? defaultTimeoutMilliseconds,
    options.tracing,
    waiting
  )
  return Store.of(shape)
})

const shapeOf = (
  operations: Operations,
  nodes: ReadonlyArray<string>,
  milliseconds: number,
  tracing: Tracing | undefined,
  waiting: Set<() => void>
): StoreShape => {
  const run = (key: string, operation: Access, trace?: TraceContext) =>
    Effect.callback<Value, Unavailable | Overloaded>((resume) => {
      const end = (result: Effect.Effect<Value, Unavailable | Overloaded>): void => {
        clearTimeout(timer)
        waiting.delete(giveUp)
        resume(result)
      }
      const giveUp = (): void => {
        const { connectedPeers: connected } = operations.endpoint.status
        const known = { operation: operation._tag, milliseconds, connected, nodes: nodes.length }
        end(Effect.fail(new Unavailable(known)))
      }
      // Unlike the timers of hosts, this one keeps the process alive: somebody waits for an answer or for none.
      const timer = setTimeout(giveUp, milliseconds)
      waiting.add(giveUp)
      const done = (result: unknown): void => end(Effect.succeed(result as Value))
      if (!operations.invoke(key, operation, done, trace)) end(Effect.fail(new Overloaded({ key })))
      return Effect.sync(() => {
        clearTimeout(timer)
        waiting.delete(giveUp)
      })
    })
  const perform = (key: string, operation: Access) =>
    tracing === undefined
      ? run(key, operation)
      : inSpan(tracing, operation._tag, "client", { "quorate.key": key }, (trace) =>
          run(key, operation, trace)
        )
  const keyOf = (key: Bytes) => textOf("key", key, mostKeyBytes)
  return {
    perform,
    operations,
    nodes,
    ...(tracing === undefined ? {} : { tracing }),
    get: (key) =>
      Effect.flatMap(keyOf(key), (text) =>
        Effect.map(perform(text, { _tag: "Read" }), (value) =>
          value === null ? null : bytesOfText(String(value))
        )
      ),
    put: (key, value) =>
      Effect.flatMap(keyOf(key), (text) =>
        Effect.flatMap(textOf("value", value, mostValueBytes), (stored) =>
          Effect.asVoid(perform(text, { _tag: "Write", value: stored }))
        )
      ),
    remove: (key) =>
      Effect.flatMap(keyOf(key), (text) => Effect.asVoid(perform(text, { _tag: "Write", value: null })))
  }
}

const textOf = (what: "key" | "value", given: Bytes, mostBytes: number): Effect.Effect<string, TooLong> => {
  const bytes = typeof given === "string" ? Buffer.from(given, "utf8") : given
  return bytes.length > mostBytes
    ? Effect.fail(new TooLong({ what, bytes: bytes.length, mostBytes }))
    : Effect.succeed(textOfBytes(bytes))
}

/** The store with promises. */
export interface PromisedStore {
  readonly get: (key: Bytes) => Promise<Uint8Array | null>
  readonly put: (key: Bytes, value: Bytes) => Promise<void>
  readonly remove: (key: Bytes) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Connects; rejects if the directory is of no use. Operations reject with a `StoreError`; those in execution when the store is
 * closed, as unavailable.
 */
export const connect = async (options: StoreOptions): Promise<PromisedStore> => {
  const scope = Effect.runSync(Scope.make())
  const store = await Effect.runPromise(Effect.provideService(make(options), Scope.Scope, scope))
  return {
    get: (key) => Effect.runPromise(store.get(key)),
    put: (key, value) => Effect.runPromise(store.put(key, value)),
    remove: (key) => Effect.runPromise(store.remove(key)),
    close: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}
