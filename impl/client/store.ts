/**
 * The store as a client sees it: registers under keys, read and written atomically.
 *
 * As an Effect service (`Store.layer`) and with plain promises (`connect`).
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import type { View } from "../../spec/administrator/view.ts"
import * as Configuration from "../../spec/configuration/configuration.ts"
import type { Content } from "../../spec/dbqs/content.ts"
import { type ServerSet, servers } from "../../spec/nodes/nodes.ts"
import type { Access, Value } from "../../spec/register/operation.ts"
import { bytesOfText, maxValueBytes } from "../bytes.ts"
import type { ClientState } from "../byzantine/client.ts"
import { type Credentials, endpointOfClient } from "../byzantine/given.ts"
import { hashOf } from "../dbqs/trust.ts"
import { DirectoryRefused } from "../directory/address.ts"
import { type Directory, parseDirectory } from "../directory/directory.ts"
import { systemClock } from "../environment/clock.ts"
import type { Witness } from "../host/options.ts"
import type { SilentMilliseconds } from "../host/waits.ts"
import { endpointFor, holderOf, type Keys, KeysOfAnother } from "../keys/keys.ts"
import { Complaints } from "../limits/complaints.ts"
import { frameDecoder } from "../link/wire.ts"
import { nameOf } from "../memory/identity.ts"
import { Marks } from "../memory/marks.ts"
import type { Speaker } from "../net/connection.ts"
import { dial } from "../net/network.ts"
import { type RunnableProtocol, rulesOf, runnableNamed } from "../protocols.ts"
import { inSpan } from "../tracing/in-span.ts"
import type { TraceContext, Tracing } from "../tracing/tracing.ts"
import {
  accessesOf,
  type Begin,
  type Bytes,
  type IllFormed,
  type Perform,
  type TooLong,
  textOf
} from "./accesses.ts"
import { Doubts } from "./doubts.ts"
import { type Known, type Outcome, Overloaded, runFor, type Unfinished } from "./known.ts"
import { Operations } from "./operations.ts"
import { type Entry, type Page, type PageAfter, pagesOf } from "./pages.ts"
import { type ReclaimSome, reclaimingOf } from "./reclaiming.ts"
import {
  type ConfigurationChange,
  type ReconfigurationRefused,
  reconfigurationOf,
  type StoreStatus
} from "./reconfiguration.ts"

export { type Bytes, IllFormed, TooLong } from "./accesses.ts"
export {
  ConfigurationForgotten,
  type Outcome,
  Overloaded,
  Refused,
  Unavailable,
  type Unfinished
} from "./known.ts"
export { type Entry, ListingRefused, type Page } from "./pages.ts"
export { ReclaimingRefused } from "./reclaiming.ts"
export {
  type ConfigurationChange,
  ReconfigurationRefused,
  type StoreStatus
} from "./reconfiguration.ts"

/** This protocol has no objects that are named by the hashes of their data. */
export class NoContent extends Schema.TaggedError<NoContent>()("NoContent", {
  protocol: Schema.String
}) {
  get outcome(): Outcome {
    return "none"
  }

  override get message(): string {
    return `${this.protocol} stores nothing by its hash — --protocol dbqs does`
  }
}

export type StoreError = TooLong | IllFormed | Unfinished

export interface StoreOptions {
  /** The addresses of the storage nodes: `s1=host:port,…`, `file:…` or `dns:…`. */
  readonly servers: string | Directory
  readonly protocol?: string
  /** The time limit of an operation; 5,000 by default. */
  readonly timeoutMilliseconds?: number
  /** The maximum number of operations in execution; 16,384 by default. */
  readonly maxOperations?: number
  /**
   * How long reclaiming waits before removed keys are forgotten; 15,000 by default. An operation
   * that takes longer than this, of any client, may end with an unknown outcome then.
   */
  readonly graceMilliseconds?: number
  /** What the administrator has given to this client, in a system that has one. */
  readonly credentials?: Credentials
  /** With keys, client and nodes prove to each other who they are (`loadKeys`). */
  readonly keys?: Keys
  /** Receives every step, for recording. */
  readonly witness?: Witness
  /**
   * Receives spans: one for each operation, a child of the caller's span if there is one
   * (`exportTraces`).
   */
  readonly tracing?: Tracing
}

export interface StoreShape {
  /** The value under the key; null if there is none. */
  readonly get: (key: Bytes) => Effect.Effect<Uint8Array | null, StoreError>
  readonly put: (key: Bytes, value: Bytes) => Effect.Effect<void, StoreError>
  /** Removes the value under the key. */
  readonly remove: (key: Bytes) => Effect.Effect<void, StoreError>
  /**
   * Stores data under its own hash, with `dbqs`; returns the hash, SHA-256 in hexadecimal digits.
   * Data stored like this never changes.
   */
  readonly keep: (data: Bytes) => Effect.Effect<string, StoreError | NoContent>
  /** The data with this hash; null if none is found. */
  readonly fetch: (hash: string) => Effect.Effect<Uint8Array | null, StoreError | NoContent>
  /** An operation of the specification, on the register with this text as its key. */
  readonly perform: Perform
  /** The same without an effect, and without a span. */
  readonly begin: Begin
  /**
   * Changes the configuration. When this completes, removed nodes may be switched off.
   * `transferred` receives the number of registers transferred so far.
   */
  readonly reconfigure: (
    change: ConfigurationChange,
    transferred?: (registers: number) => void
  ) => Effect.Effect<void, ReconfigurationRefused | Unfinished>
  /** Asks the connected nodes which configuration they know. */
  readonly status: Effect.Effect<StoreStatus>
  /** Has all nodes forget removed keys, for an administrator: some thousands at a time. */
  readonly reclaim: ReclaimSome
  /** Keys and values, for an administrator: the page after this one, or the first. */
  readonly page: PageAfter
  /**
   * Switches to new keys for the same client. All connections are made again, and operations in
   * execution continue.
   */
  readonly renew: (keys: Keys) => Effect.Effect<void, KeysOfAnother>
  readonly operations: Operations
  readonly tracing?: Tracing
}

const defaultTimeoutMilliseconds = 5000
const defaultGraceMilliseconds = 15_000

export class Store extends Context.Service<Store, StoreShape>()("quorate/impl/client/Store") {
  /** A client that is connected while the layer exists. */
  static readonly layer = (options: StoreOptions): Layer.Layer<Store, DirectoryRefused> =>
    Layer.effect(Store, make(options))
}

/**
 * How often the client reads the directory for new nodes, and gives a hint to processes whose
 * operations take long.
 */
const directoryTime = "500 millis"
/** How long a closed client stays connected. */
const lastWordsTime = "10 millis"

const make = Effect.fnUntraced(function* (options: StoreOptions) {
  const directory =
    typeof options.servers === "string" ? parseDirectory(options.servers) : options.servers
  const runnable = runnableNamed(options.protocol)
  const { name: protocol, Message, variant, hint } = runnable
  const grace = options.graceMilliseconds ?? defaultGraceMilliseconds
  const addresses = yield* directory.lookUp
  let { keys } = options
  const holder = keys && holderOf(keys)
  const own = crypto.randomUUID().slice(0, 13)
  const nodes = new Set<string>()
  const { credentials } = options
  if ((runnable.isTrusted === true) !== (credentials !== undefined)) {
    return yield* new DirectoryRefused({
      source: `--protocol ${protocol}`,
      ...(credentials === undefined
        ? {
            problem: "its clients sign their writes, and this one has no credentials",
            mend: "ask the administrator for some (quorate administrator client NAME), and pass the file: --credentials FILE"
          }
        : { problem: "its clients take no credentials", mend: "leave them out" })
    })
  }
  const trust = credentials && runnable.trustOf?.(credentials)
  let first: ServerSet | undefined = credentials?.first
  const operations = new Operations({
    name:
      credentials !== undefined
        ? endpointOfClient(credentials)
        : holder === undefined
          ? `c${own}`
          : endpointFor(holder.name, own),
    runnable,
    clock: systemClock,
    marks: new Marks(),
    setup: () => ({
      servers: known.first() ?? [],
      configuration: Configuration.majority(known.first() ?? []),
      rules: rulesOf(runnable, variant),
      ...(trust === undefined ? {} : { trust })
    }),
    ...patienceOf(runnable, grace),
    ...(options.witness === undefined ? {} : { witness: options.witness }),
    ...(options.tracing === undefined ? {} : { tracing: options.tracing }),
    ...(options.maxOperations === undefined ? {} : { maxPending: options.maxOperations })
  })
  const milliseconds = options.timeoutMilliseconds ?? defaultTimeoutMilliseconds
  const known: Known = {
    operations,
    runnable,
    nodes,
    milliseconds,
    keys: () => keys,
    first: () => first,
    waiting: new Set(),
    beginning: new Set(),
    strangers: new Map(),
    wanted: new Set()
  }
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const giveUp of known.waiting) giveUp()
      operations.close()
    })
  )
  const speaker: Speaker = {
    endpoint: operations.endpoint,
    protocol,
    role: holder?.role ?? "client",
    first: () => first,
    decode: frameDecoder(Message),
    // The first node that belongs to a system determines the client's system.
    refuses: ({ endpoint, first: theirs }) => {
      if (theirs === null) known.strangers.set(nameOf(endpoint), endpoint)
      else known.strangers.delete(nameOf(endpoint))
      if (theirs !== null && first === undefined) {
        first = theirs
        for (const begin of known.beginning) begin()
      }
      return undefined
    },
    complaints: new Complaints(),
    takesIn: (name) => known.wanted.has(name),
    ...(keys === undefined ? {} : { keys: () => keys as Keys })
  }
  const scope = yield* Scope.Scope
  /** The scope of all dialling, until the keys are renewed. */
  let dialling = yield* Scope.fork(scope)
  const dialNode = (name: string) => Effect.forkIn(dial(speaker, directory, name), dialling)
  const dialNew = Effect.fnUntraced(function* (names: Iterable<string>) {
    for (const name of names) {
      if (nodes.has(name)) continue
      nodes.add(name)
      yield* dialNode(name)
    }
  })
  const renew = Effect.fnUntraced(function* (renewed: Keys) {
    const now = holderOf(renewed)
    if (holder === undefined || now.name !== holder.name || now.role !== holder.role)
      return yield* new KeysOfAnother({ before: holder, now })
    keys = renewed
    yield* Scope.close(dialling, Exit.void)
    dialling = yield* Scope.fork(scope)
    for (const name of nodes) yield* dialNode(name)
  })
  yield* dialNew(addresses.keys())
  // An unreadable directory was readable before, and will be again.
  const follow = Effect.gen(function* () {
    yield* Effect.sleep(directoryTime)
    const now = yield* Effect.option(directory.lookUp)
    if (Option.isSome(now)) yield* dialNew(now.value.keys())
    if (hint !== undefined) operations.hear(hint(servers(...operations.endpoint.connectedPeers)))
  })
  yield* Effect.forkScoped(Effect.forever(follow))
  // Sends the messages that are held back, and passes on the marks that nodes have just sent,
  // before the connections end.
  yield* Effect.addFinalizer(() =>
    Effect.suspend(() => {
      operations.endpoint.hurry()
      return Effect.sleep(lastWordsTime)
    })
  )
  return Store.of({
    ...shapeOf(known, options.tracing),
    ...reconfigurationOf(known),
    ...{ page: pagesOf(known), reclaim: reclaimingOf(known, grace), renew }
  })
})

/** How long the client's processes wait before steps of their own. */
const patienceOf = (
  { patience, reclaiming }: Pick<RunnableProtocol, "patience" | "reclaiming">,
  graceMilliseconds: number
) =>
  patience === undefined
    ? {}
    : {
        patience: (choice: unknown, waited: number, silent: SilentMilliseconds) =>
          reclaiming?.forgets(choice) === true
            ? graceMilliseconds
            : patience(choice, waited, silent, Math.random())
      }

const shapeOf = (
  known: Known,
  tracing: Tracing | undefined
): Omit<StoreShape, "status" | "reconfigure" | "page" | "reclaim" | "renew"> => {
  const { operations, milliseconds } = known
  const begin = (
    key: string,
    operation: Access | Content,
    ended: (result: Result.Result<Value, Unfinished>) => void,
    trace?: TraceContext
  ): (() => void) => {
    const doubts = known.runnable.name === "byzantine" ? new Doubts() : undefined
    return runFor<Value>(
      known,
      operation._tag,
      milliseconds,
      (done, refused) =>
        operations.invoke(key, operation, (result) => done(result as Value), {
          ...{ trace, refused },
          ...(doubts === undefined ? {} : { noted: doubts.note })
        })
          ? undefined
          : new Overloaded({ key }),
      ended,
      () => doubts?.explain(operation._tag, viewOf(operations, key))
    )
  }
  const run = (key: string, operation: Access | Content, trace?: TraceContext) =>
    Effect.callback<Value, Unfinished>((resume) => {
      const forget = begin(key, operation, (result) => resume(Effect.fromResult(result)), trace)
      return Effect.sync(forget)
    })
  const perform = (key: string, operation: Access | Content) =>
    tracing === undefined
      ? run(key, operation)
      : inSpan(tracing, operation._tag, "client", { "quorate.key": key }, (trace) =>
          run(key, operation, trace)
        )
  const { name: protocol } = known.runnable
  const hasContent = protocol === "dbqs" ? Effect.void : Effect.fail(new NoContent({ protocol }))
  return {
    begin,
    perform,
    operations,
    ...(tracing === undefined ? {} : { tracing }),
    ...accessesOf(perform),
    keep: (data) =>
      Effect.gen(function* () {
        yield* hasContent
        const value = yield* Effect.fromResult(textOf("value", data, maxValueBytes))
        const hash = hashOf(value)
        yield* perform(hash, { _tag: "Put", value })
        return hash
      }),
    fetch: (hash) =>
      Effect.gen(function* () {
        yield* hasContent
        const value = yield* perform(hash, { _tag: "Fetch", hash })
        return value === null ? null : bytesOfText(String(value))
      })
  }
}

/** The configuration in which a client has its operation on this register. */
const viewOf = (operations: Operations, key: string): View => {
  const { busy, latest } = operations.stateOf(key) as ClientState
  return busy?.view ?? latest
}

/** The options of one call of the store with promises. */
export interface CallOptions {
  /**
   * Ends the call: it rejects with the signal's reason. Where the call is a write or a
   * reconfiguration that has begun, whether it takes effect is unknown.
   */
  readonly signal?: AbortSignal
}

/** The store with promises. */
export interface PromisedStore extends AsyncDisposable {
  readonly get: (key: Bytes, options?: CallOptions) => Promise<Uint8Array | null>
  readonly put: (key: Bytes, value: Bytes, options?: CallOptions) => Promise<void>
  readonly remove: (key: Bytes, options?: CallOptions) => Promise<void>
  /** Stores data under its own hash, with `dbqs`, and returns the hash. */
  readonly keep: (data: Bytes, options?: CallOptions) => Promise<string>
  /** The data with this hash; null if none is found. */
  readonly fetch: (hash: string, options?: CallOptions) => Promise<Uint8Array | null>
  readonly reconfigure: (
    change: ConfigurationChange,
    transferred?: (registers: number) => void,
    options?: CallOptions
  ) => Promise<void>
  /**
   * Has all nodes forget removed keys, for an administrator. Returns how many they have forgotten.
   * Rejects with `ReclaimingRefused`, or as an operation does.
   */
  readonly reclaim: (options?: CallOptions) => Promise<number>
  readonly status: (options?: CallOptions) => Promise<StoreStatus>
  /**
   * All keys with their values, for an administrator: for each key the value of its last write that
   * returned before, or a later one. Rejects with `ListingRefused`, or as an operation does.
   */
  readonly entries: (options?: CallOptions) => AsyncIterable<Entry>
  /**
   * Switches to new keys for the same client; rejects with `KeysOfAnother` if they belong to
   * another client.
   */
  readonly renew: (keys: Keys) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Connects; rejects if the directory is invalid. Operations reject with a `StoreError`; closing the
 * store rejects those in execution as unavailable.
 */
export const connect = async (options: StoreOptions): Promise<PromisedStore> => {
  const scope = Effect.runSync(Scope.make())
  const store = await Effect.runPromise(Effect.provideService(make(options), Scope.Scope, scope))
  const close = () => Effect.runPromise(Scope.close(scope, Exit.void))
  return {
    get: (key, call) => promised(store.get(key), call),
    put: (key, value, call) => promised(store.put(key, value), call),
    remove: (key, call) => promised(store.remove(key), call),
    keep: (data, call) => promised(store.keep(data), call),
    fetch: (hash, call) => promised(store.fetch(hash), call),
    reconfigure: (change, transferred, call) =>
      promised(store.reconfigure(change, transferred), call),
    reclaim: async (call) => {
      for (let all = 0; ; ) {
        const some = await promised(store.reclaim, call)
        if (some === 0) return all
        all += some
      }
    },
    status: (call) => promised(store.status, call),
    entries: async function* (call) {
      for (let after: string | null = null; ; ) {
        const page: Page = await promised(store.page(after), call)
        yield* page.entries
        if (page.next === null) return
        after = page.next
      }
    },
    renew: (renewed) => promised(store.renew(renewed)),
    close,
    [Symbol.asyncDispose]: close
  }
}

/** Runs it as a promise that the signal rejects with its reason, as the platform's own calls do. */
const promised = async <A, E>(
  effect: Effect.Effect<A, E>,
  { signal }: CallOptions = {}
): Promise<A> => {
  signal?.throwIfAborted()
  const exit = await Effect.runPromiseExit(effect, signal === undefined ? {} : { signal })
  if (Exit.isSuccess(exit)) return exit.value
  if (Cause.hasInterruptsOnly(exit.cause)) signal?.throwIfAborted()
  throw Cause.squash(exit.cause)
}
