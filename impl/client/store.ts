/**
 * The store as a client sees it: registers under keys, read and written atomically.
 *
 * As an Effect service (`Store.layer`) and with plain promises (`connect`).
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Configuration from "../../spec/configuration/configuration.ts"
import { isWellFormed } from "../../spec/kernel/data.ts"
import type { AnyNote } from "../../spec/kernel/observation.ts"
import { type ServerSet, servers } from "../../spec/nodes/nodes.ts"
import type { Access, Value } from "../../spec/register/operation.ts"
import { type Reconfigure, refused } from "../../spec/storage/reconfiguration.ts"
import type { DirectoryRefused } from "../directory/address.ts"
import { type Directory, firstOf, parseDirectory } from "../directory/directory.ts"
import { systemClock } from "../environment/clock.ts"
import type { Witness } from "../host/endpoint.ts"
import type { Keys } from "../keys/keys.ts"
import { Complaints } from "../limits/complaints.ts"
import { frameDecoder, Kind, type Refusal } from "../link/frame.ts"
import { dial } from "../net/network.ts"
import { type Plugged, pluggedIn, type Reconfiguration, rulesOf, systemOf } from "../protocols.ts"
import { inSpan } from "../tracing/in-span.ts"
import type { TraceContext, Tracing } from "../tracing/tracing.ts"
import { bytesOfText, mostKeyBytes, mostValueBytes, textOfBytes } from "./bytes.ts"
import { Operations } from "./operations.ts"

/** A key or a value that cannot be stored, or values that do not go into one reply. */
export class TooLong extends Schema.TaggedError<TooLong>()("TooLong", {
  what: Schema.Literals(["key", "value", "reply"]),
  bytes: Schema.Int,
  mostBytes: Schema.Int
}) {
  override get message(): string {
    return this.what === "reply"
      ? `the values have more than ${this.mostBytes} bytes together; ask for fewer at once`
      : `the ${this.what} has ${this.bytes} bytes; at most ${this.mostBytes} can be stored`
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

/** A key or a value that is no text: half of a surrogate pair, which no bytes stand for. */
export class IllFormed extends Schema.TaggedError<IllFormed>()("IllFormed", {
  what: Schema.Literals(["key", "value"])
}) {
  override get message(): string {
    return `the ${this.what} is ill-formed text (half of a surrogate pair), which has no bytes; give bytes instead`
  }
}

/**
 * So many storage nodes refuse what the operation asks of them that it cannot end. Of a write it is not known whether it takes
 * effect, unless that is forbidden.
 */
export class Refused extends Schema.TaggedError<Refused>()("Refused", {
  operation: Schema.String,
  kind: Kind,
  reason: Schema.String
}) {
  override get message(): string {
    const outcome =
      this.operation === "Write" && this.kind !== "forbidden" ? "; whether it takes effect is unknown" : ""
    return `the storage nodes refuse it (${this.kind}): ${this.reason}${outcome}`
  }
}

/** The configuration cannot be changed like this. */
export class ReconfigurationRefused extends Schema.TaggedError<ReconfigurationRefused>()(
  "ReconfigurationRefused",
  { problem: Schema.String, mend: Schema.String }
) {
  override get message(): string {
    return `${this.problem} — ${this.mend}`
  }
}

/** Nodes by name, to be added to and removed from the configuration. */
export interface ConfigurationChange {
  readonly add?: ReadonlyArray<string>
  readonly remove?: ReadonlyArray<string>
}

/** What a client knows of the storage nodes. */
export interface StoreStatus {
  readonly nodes: ReadonlyArray<{ readonly name: string; readonly connected: boolean }>
  /** The active configurations, in order: one, or more while one is being replaced. */
  readonly configurations: ReadonlyArray<ReadonlyArray<string>>
  /** Whether operations complete: of every active configuration enough nodes are connected. */
  readonly available: boolean
}

export type StoreError = TooLong | IllFormed | Unfinished

/** Why an operation that was well-formed did not end. */
export type Unfinished = Unavailable | Overloaded | Refused

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
  readonly perform: (key: string, operation: Access) => Effect.Effect<Value, Unfinished>
  /**
   * Changes the configuration: when this returns, nodes that were removed may be switched off. `transferred` hears how
   * many registers have been transferred.
   */
  readonly reconfigure: (
    change: ConfigurationChange,
    transferred?: (registers: number) => void
  ) => Effect.Effect<void, ReconfigurationRefused | Unfinished>
  /** Asks the nodes that are connected which configuration they know. */
  readonly status: Effect.Effect<StoreStatus>
  readonly operations: Operations
  readonly tracing?: Tracing
}

const defaultTimeoutMilliseconds = 5000

export class Store extends Context.Service<Store, StoreShape>()("quorate/impl/client/Store") {
  /** A client that is connected for as long as the layer is there. */
  static readonly layer = (options: StoreOptions): Layer.Layer<Store, DirectoryRefused> =>
    Layer.effect(Store, make(options))
}

/** How often the directory is asked for nodes that are new, and clients whose operations take long get a hint. */
const directoryTime = "500 millis"
/** How long a node that is to be added may take to come up. */
const startMilliseconds = 5000
/** How long nodes may take to say hello, of which some may be down. */
const helloMilliseconds = 500
/** How long nodes may take to say which configuration they know. */
const inquiryMilliseconds = 300
/** A reconfiguration fails when it has transferred nothing for so long; it may go on. */
const leastPatienceMilliseconds = 30_000

const make = Effect.fnUntraced(function* (options: StoreOptions) {
  const directory = typeof options.servers === "string" ? parseDirectory(options.servers) : options.servers
  const plugged = pluggedIn(options.protocol)
  const { name: protocol, Message, variant, patience, hint } = plugged
  const addresses = yield* directory.lookUp
  const nodes = new Set<string>()
  const configuration = Configuration.majority(servers(...firstOf(addresses)))
  const operations = new Operations({
    name: `c${crypto.randomUUID().slice(0, 13)}`,
    plugged,
    clock: systemClock,
    setup: { servers: servers(...addresses.keys()), configuration, rules: rulesOf(plugged, variant) },
    ...(patience === undefined
      ? {}
      : { patience: (choice: unknown, waited: number) => patience(choice, waited, Math.random()) }),
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
    protocol,
    system: systemOf(protocol, configuration),
    decode: frameDecoder(Message),
    refuses: () => undefined,
    complaints: new Complaints(),
    ...(options.keys === undefined ? {} : { keys: options.keys })
  }
  const dialNew = Effect.fnUntraced(function* (names: Iterable<string>) {
    for (const name of names) {
      if (nodes.has(name)) continue
      nodes.add(name)
      yield* Effect.forkScoped(dial(speaker, directory, name))
    }
  })
  const connected = () => servers(...operations.endpoint.connectedPeers)
  yield* dialNew(addresses.keys())
  // A directory that cannot be read now was read before, and will be again.
  const follow = Effect.gen(function* () {
    yield* Effect.sleep(directoryTime)
    const now = yield* Effect.option(directory.lookUp)
    if (Option.isSome(now)) yield* dialNew(now.value.keys())
    if (hint !== undefined) operations.hear(hint(connected()))
  })
  yield* Effect.forkScoped(Effect.forever(follow))
  const milliseconds = options.timeoutMilliseconds ?? defaultTimeoutMilliseconds
  const known = { operations, plugged, configuration, nodes, milliseconds, waiting }
  return Store.of({ ...shapeOf(known, options.tracing), ...reconfigurationOf(known) })
})

interface Known {
  readonly operations: Operations
  readonly plugged: Plugged
  /** The first one. */
  readonly configuration: Configuration.Configuration
  readonly nodes: ReadonlySet<string>
  readonly milliseconds: number
  /** What ends the operations in execution: their answers will not come. */
  readonly waiting: Set<() => void>
}

/** Waits for an operation until it is done, or has not even made progress for so long, or the client ends. */
const waitFor = <A>(
  { operations, nodes, waiting }: Known,
  operation: string,
  milliseconds: number,
  begin: (
    done: (result: A) => void,
    refused: (refusal: Refusal) => void,
    progress: () => void
  ) => Overloaded | undefined
): Effect.Effect<A, Unfinished> =>
  Effect.callback((resume) => {
    const forget = (): void => {
      clearTimeout(timer)
      waiting.delete(giveUp)
    }
    const end = (result: Effect.Effect<A, Unfinished>): void => {
      forget()
      resume(result)
    }
    const giveUp = (): void => {
      const { connectedPeers: connected } = operations.endpoint.status
      end(Effect.fail(new Unavailable({ operation, milliseconds, connected, nodes: nodes.size })))
    }
    // Unlike the timers of hosts, this one keeps the process alive: somebody waits for an answer or for none.
    const timer = setTimeout(giveUp, milliseconds)
    waiting.add(giveUp)
    const overloaded = begin(
      (result) => end(Effect.succeed(result)),
      ({ kind, reason }) => end(Effect.fail(new Refused({ operation, kind, reason }))),
      () => timer.refresh()
    )
    if (overloaded !== undefined) end(Effect.fail(overloaded))
    return Effect.sync(forget)
  })

const shapeOf = (known: Known, tracing: Tracing | undefined): Omit<StoreShape, "status" | "reconfigure"> => {
  const { operations, milliseconds } = known
  const run = (key: string, operation: Access, trace?: TraceContext) =>
    waitFor<Value>(known, operation._tag, milliseconds, (done, refused) =>
      operations.invoke(key, operation, (result) => done(result as Value), { trace, refused })
        ? undefined
        : new Overloaded({ key })
    )
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

const reconfigurationOf = (known: Known): Pick<StoreShape, "status" | "reconfigure"> => {
  const { operations, plugged, configuration, nodes } = known
  const { hint, reconfiguration } = plugged
  const connected = () => servers(...operations.endpoint.connectedPeers)
  const status = Effect.gen(function* () {
    const everybody = () => operations.endpoint.connectedPeers.length >= nodes.size
    for (let waited = 0; waited < helloMilliseconds && !everybody(); waited += 20) yield* Effect.sleep(20)
    let configurations: ReadonlyArray<Configuration.Configuration> = [configuration]
    if (hint !== undefined && reconfiguration !== undefined) {
      operations.hear(hint(connected()))
      const process = operations.inquire()
      yield* Effect.sleep(inquiryMilliseconds)
      if (process !== undefined) configurations = reconfiguration.configurationsOf(process.state(""))
    }
    const up = connected()
    return {
      nodes: [...nodes].map((name) => ({ name, connected: (up as ReadonlyArray<string>).includes(name) })),
      configurations: configurations.map(({ members }) => members),
      available: configurations.every(
        (one) => Configuration.isQuorum(one, "read", up) && Configuration.isQuorum(one, "write", up)
      )
    }
  })
  const reconfigure: StoreShape["reconfigure"] = Effect.fnUntraced(function* (change, transferred) {
    const { add = [], remove = [] } = change
    if (reconfiguration === undefined) {
      return yield* refusal(
        `${plugged.name} has one configuration for ever`,
        "run nodes and clients with --protocol rambo"
      )
    }
    const areThere = () => add.every((name) => (connected() as ReadonlyArray<string>).includes(name))
    for (let waited = 0; waited < startMilliseconds && !areThere(); waited += 20) yield* Effect.sleep(20)
    const { configurations } = yield* status
    const latest = servers(...(configurations.at(-1) ?? []))
    const problem = problemOf(latest, add, remove, [...connected()])
    if (problem !== undefined) return yield* problem
    const operation = { _tag: "Reconfigure" as const, add: servers(...add), remove: servers(...remove) }
    const result = yield* running(known, reconfiguration, operation, transferred)
    // Nobody would have been left of the configuration that others had made of it meanwhile.
    if (result === refused) return yield* nobodyLeft
  })
  return { status, reconfigure }
}

const refusal = (problem: string, mend: string) => new ReconfigurationRefused({ problem, mend })

const nobodyLeft = refusal("no storage node would be left; nothing was changed", "add one as well")

/** Why these members cannot be changed so; undefined if they can. */
const problemOf = (
  members: ServerSet,
  add: ReadonlyArray<string>,
  remove: ReadonlyArray<string>,
  connected: ReadonlyArray<string>
): ReconfigurationRefused | undefined => {
  if (add.length + remove.length === 0) return refusal("nothing is to be changed", "write +NAME or -NAME")
  const silent = add.find((name) => !connected.includes(name))
  if (silent !== undefined) {
    return refusal(
      `${silent} does not answer`,
      `start it first: quorate node --name ${silent} --join …, with the same --servers`
    )
  }
  return Configuration.changedMembers(members, servers(...add), servers(...remove)).length === 0
    ? nobodyLeft
    : undefined
}

/** Reconfigures until it is over, or has transferred nothing for long; what the reconfiguration returns. */
const running = (
  known: Known,
  { transferredBy }: Reconfiguration,
  operation: Reconfigure,
  transferred?: (registers: number) => void
) =>
  waitFor<unknown>(
    known,
    operation._tag,
    Math.max(known.milliseconds, leastPatienceMilliseconds),
    (done, refused, progress) => {
      let registers = 0
      const noted = (note: AnyNote): void => {
        const more = transferredBy(note)
        if (more === undefined) return
        progress()
        registers += more
        transferred?.(registers)
      }
      return known.operations.invoke("", operation, done, { noted, refused })
        ? undefined
        : new Overloaded({ key: "" })
    }
  )

const textOf = (
  what: "key" | "value",
  given: Bytes,
  mostBytes: number
): Effect.Effect<string, TooLong | IllFormed> => {
  if (typeof given === "string" && !isWellFormed(given)) return Effect.fail(new IllFormed({ what }))
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
  readonly reconfigure: (
    change: ConfigurationChange,
    transferred?: (registers: number) => void
  ) => Promise<void>
  readonly status: () => Promise<StoreStatus>
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
    reconfigure: (change, transferred) => Effect.runPromise(store.reconfigure(change, transferred)),
    status: () => Effect.runPromise(store.status),
    close: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}
