/**
 * The flags that several commands of the runtime share, and how long-running commands end.
 */
import { readFileSync } from "node:fs"
import { constants } from "node:os"
import { Flag } from "effect/cli"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Credentials } from "../byzantine/given.ts"
import { type Keys, type KeysRefused, loadKeys } from "../keys/keys.ts"
import { defaultProtocol, runnableProtocols } from "../protocols.ts"
import type { Tracing } from "../tracing/tracing.ts"
import { type CommandFailed, refuse } from "./failure.ts"

export const servers = Flag.String("servers").pipe(
  Flag.withMetavar("NAME=HOST:PORT,…|file:FILE|dns:NAME"),
  Flag.withDescription("Where the storage nodes are (QUORATE_SERVERS by default)"),
  Flag.withDefault(process.env.QUORATE_SERVERS ?? "")
)

export const protocol = Flag.Literals("protocol", [...runnableProtocols]).pipe(
  Flag.withDescription("The protocol that nodes and clients run"),
  Flag.withDefault(defaultProtocol)
)

export const timeout = Flag.Int("timeout-milliseconds").pipe(
  Flag.withDescription("How long an operation may take"),
  Flag.withDefault(5000)
)

export const metrics = Flag.String("metrics").pipe(
  Flag.withMetavar("HOST:PORT"),
  Flag.withDescription("Serve /metrics (for Prometheus) and /health there"),
  Flag.optional
)

/** By now the arguments contain the file's flags (`configuration-file.ts`). */
export const config = Flag.String("config").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription('More flags, in a JSON object: {"name": "s1", "memory-bytes": 1000000000}'),
  Flag.optional
)

export const connections = Flag.Int("connections").pipe(
  Flag.withDescription("The most connections at once; fewer if the process lacks descriptors"),
  Flag.optional
)

export const keys = Flag.String("keys").pipe(
  Flag.withMetavar("FOLDER|CERTIFICATE"),
  Flag.withDescription(
    "The folder of keys: authority.pem, and NAME.pem with NAME.key. A client's NAME is client; one of another name passes its certificate (keys/app.pem)"
  ),
  Flag.optional
)

/** The keys in the named folder, as an option to pass on. */
export const keysOf = (
  folder: Option.Option<string>,
  name: string
): Effect.Effect<{ readonly keys?: Keys }, KeysRefused> =>
  Option.match(folder, {
    onNone: () => Effect.succeed({}),
    onSome: (given) => Effect.map(loadKeys(given, name), (loaded) => ({ keys: loaded }))
  })

export const credentials = Flag.String("credentials").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription(
    "The credentials that an administrator has issued to this client, with --protocol byzantine (QUORATE_CREDENTIALS)"
  ),
  Flag.withDefault(process.env.QUORATE_CREDENTIALS ?? "")
)

/** The credentials in the named file, as an option to pass on. */
export const credentialsOf = (
  file: string
): Effect.Effect<{ readonly credentials?: Credentials }, CommandFailed> =>
  file === ""
    ? Effect.succeed({})
    : Effect.try({
        try: () => ({
          credentials: Schema.decodeUnknownSync(Credentials)(JSON.parse(readFileSync(file, "utf8")))
        }),
        catch: (error) => (error as NodeJS.ErrnoException).code ?? "it has none"
      }).pipe(
        Effect.catch((reason) =>
          refuse(
            `--credentials: ${file} cannot be read (${reason}) — name a file that quorate administrator client has made`
          )
        )
      )

export const record = Flag.String("record").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription("Append every step to this file, for quorate replay"),
  Flag.optional
)

export const traces = Flag.String("traces").pipe(
  Flag.withMetavar("URL"),
  Flag.withDescription(
    "Send traces of operations there: an OpenTelemetry collector (OTLP over HTTP, in JSON)"
  ),
  Flag.optional
)

/** The exporter of spans for the endpoint with this name, as an option to pass on. */
export const tracingOf = (
  given: Option.Option<string>,
  name: string
): Effect.Effect<{ readonly tracing?: Tracing }, CommandFailed, Scope.Scope> =>
  Option.match(given, {
    onNone: () => Effect.succeed({}),
    onSome: Effect.fnUntraced(function* (text) {
      const url = collectorAt(text)
      if (url === undefined) {
        return yield* refuse(
          `--traces: ${text} is not the URL of a collector — write http://127.0.0.1:4318`
        )
      }
      // Load the exporter only for processes that trace.
      const { exportTraces } = yield* Effect.promise(() => import("../tracing/otlp.ts"))
      return { tracing: yield* exportTraces(url, name) }
    })
  })

/** The URL for traces; if the URL names only a server, the default path of OTLP is added. */
const collectorAt = (text: string): URL | undefined => {
  if (!URL.canParse(text) || !/^https?:\/\//.test(text)) return undefined
  const url = new URL(text)
  if (url.pathname === "/") url.pathname = "/v1/traces"
  return url
}

/** The time limit for stopping. All that the process acknowledged is on disk. */
const maxStoppingSeconds = 20

/**
 * Listens from now on for SIGTERM, Ctrl-C, SIGHUP, and the end of the parent process, because a
 * process may be stopped as soon as it has reported that it is ready. The returned effect waits for
 * the first of them and returns its name. A second Ctrl-C ends the process at once, and so does a
 * stop that takes too long.
 */
const listenFor = (endings: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const told = yield* Deferred.make<string>()
    // The runtime's timers do not keep a process alive, but waiting for a signal must.
    const alive = setInterval(() => undefined, 2 ** 30)
    let first: string | undefined
    let watch: NodeJS.Timeout | undefined
    const stops = endings.map((event) => {
      const stop = (): void => {
        // One Ctrl-C may arrive twice: from the terminal, and as SIGTERM from a process that also
        // received it.
        if (first === "SIGINT" && event === first) process.exit(128 + constants.signals.SIGINT)
        first ??= event
        Deferred.doneUnsafe(told, Effect.succeed(event))
        watch ??= setTimeout(() => {
          process.stderr.write(
            `stopping took longer than ${maxStoppingSeconds} s: the process ends now\n`
          )
          process.exit(0)
        }, 1000 * maxStoppingSeconds)
      }
      process.on(event, stop)
      return [event, stop] as const
    })
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        clearInterval(alive)
        // The timer still ends a process that something else keeps alive.
        watch?.unref()
        for (const [event, stop] of stops) process.off(event, stop)
      })
    )
    return Deferred.await(told)
  })

/**
 * Listens for SIGHUP from now on, so that it does not end the process. The returned effect waits
 * for the next one. A process with nothing to read again ignores it.
 */
export const listenForHangUp: Effect.Effect<Effect.Effect<void>, never, Scope.Scope> = Effect.gen(
  function* () {
    let waiting: Array<() => void> = []
    const hear = (): void => {
      for (const go of waiting.splice(0)) go()
    }
    process.on("SIGHUP", hear)
    yield* Effect.addFinalizer(() => Effect.sync(() => process.off("SIGHUP", hear)))
    return Effect.callback<void>((resume) => {
      const go = (): void => resume(Effect.void)
      waiting.push(go)
      return Effect.sync(() => {
        waiting = waiting.filter((other) => other !== go)
      })
    })
  }
)

/**
 * Reads the keys again, if there are any, and uses them if they are valid; logs which of the two.
 */
export const renewKeys = (
  folder: Option.Option<string>,
  name: string,
  renew: (keys: Keys) => Effect.Effect<void, { readonly message: string }>
): Effect.Effect<void> =>
  Option.match(folder, {
    onNone: () => Effect.logInfo("SIGHUP: there are no keys to reload"),
    onSome: (given) =>
      Effect.flatMap(loadKeys(given, name), renew).pipe(
        Effect.andThen(
          Effect.logInfo("SIGHUP: the keys were reloaded, and all connections are made again")
        ),
        Effect.catch(({ message }) =>
          Effect.logError(`SIGHUP: the keys stay as they were: ${message}`)
        )
      )
  })

const endings = ["SIGTERM", "SIGINT", "disconnect"]

export const listenForStop: Effect.Effect<Effect.Effect<string>, never, Scope.Scope> = listenFor([
  ...endings,
  "SIGHUP"
])
/** The same for a process that reads something again at SIGHUP. */
export const listenForStopOnly: typeof listenForStop = listenFor(endings)

export type LogFormat = "text" | "json"

export const log = Flag.Literals("log", ["text", "json"]).pipe(
  Flag.withDescription("How to log, on standard error: for people, or one JSON document per line"),
  Flag.withDefault("text" as const)
)

/** Logs go to standard error. */
export const withLogs = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  format: LogFormat = "text"
): Effect.Effect<A, E, R> =>
  effect.pipe(
    Effect.provide(
      Logger.layer([
        format === "json" ? Logger.withConsoleError(Logger.formatJson) : Logger.consolePretty()
      ])
    ),
    Effect.provideService(Logger.LogToStderr, true)
  )
