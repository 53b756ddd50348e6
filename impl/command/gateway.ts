/**
 * `quorate gateway`: the store for Redis clients.
 */

import { readFileSync } from "node:fs"
import * as Console from "effect/Console"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Store } from "../client/store.ts"
import { describeAddress, parseAddress } from "../directory/address.ts"
import { startGateway } from "../gateway/gateway.ts"
import { serveMetrics } from "../metrics/metrics.ts"
import { runnableNamed } from "../protocols.ts"
import { recordTo } from "../replay/recording.ts"
import { asCommandFailure, refuse } from "./failure.ts"
import {
  config,
  connections,
  credentials,
  credentialsOf,
  keys,
  keysOf,
  listenForHangUp,
  listenForStop,
  listenForStopOnly,
  log,
  metrics,
  protocol,
  record,
  renewKeys,
  servers,
  timeout,
  traces,
  tracingOf,
  withLogs
} from "./flags.ts"

const flags = {
  servers,
  protocol,
  timeout,
  record,
  keys,
  credentials,
  traces,
  log,
  listen: Flag.String("listen").pipe(
    Flag.withMetavar("HOST:PORT"),
    Flag.withDescription("Where Redis clients connect"),
    Flag.withDefault("127.0.0.1:6390")
  ),
  password: Flag.String("password-file").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(
      "Clients must give the password on the first line of this file (AUTH, HELLO)"
    ),
    Flag.optional
  ),
  atOnce: Flag.Int("requests-at-once").pipe(
    Flag.withDescription(
      "How many requests of one client run at once; with 1, one after the other"
    ),
    Flag.withDefault(64)
  ),
  connections,
  metrics,
  config
}

/** Reads the password in this file. */
const readPassword = Effect.fnUntraced(function* (path: string) {
  const text = yield* Effect.try({
    try: () => readFileSync(path, "utf8"),
    catch: (error) => error as NodeJS.ErrnoException
  }).pipe(
    Effect.catch(({ code }) =>
      refuse(`--password-file: ${path} cannot be read (${code}) — name a file`)
    )
  )
  const [password = ""] = text.split(/\r?\n/)
  if (password === "") return yield* refuse(`--password-file: the first line of ${path} is empty`)
  return password
})

/** The password in the named file, as an option to pass on, and how to read it again. */
const passwordOf = (file: Option.Option<string>) =>
  Option.match(file, {
    onNone: () => Effect.succeed({ option: {}, readAgain: Effect.void }),
    onSome: Effect.fnUntraced(function* (path) {
      let password = yield* readPassword(path)
      const readAgain = readPassword(path).pipe(
        Effect.flatMap((renewed) => {
          password = renewed
          return Effect.logInfo("SIGHUP: the password was reloaded; authenticated clients stay so")
        }),
        Effect.catch(({ message }) =>
          Effect.logError(`SIGHUP: the password stays as it was: ${message}`)
        )
      )
      return { option: { password: () => password }, readAgain }
    })
  })

export const gatewayCommand = Command.make("gateway", flags, (given) =>
  Effect.gen(function* () {
    // Without anything to read again, SIGHUP means that the terminal has closed from which the
    // gateway was started.
    const isRenewable = Option.isSome(given.keys) || Option.isSome(given.password)
    const stop = yield* isRenewable ? listenForStopOnly : listenForStop
    const hangUp = isRenewable ? yield* listenForHangUp : Effect.never
    const witness = Option.isSome(given.record)
      ? { witness: yield* recordTo(given.record.value, runnableNamed(given.protocol)) }
      : {}
    const store = Store.layer({
      servers: given.servers,
      protocol: given.protocol,
      timeoutMilliseconds: given.timeout,
      ...witness,
      ...(yield* keysOf(given.keys, "client")),
      ...(yield* credentialsOf(given.credentials)),
      ...(yield* tracingOf(given.traces, "gateway"))
    })
    const serve = Effect.gen(function* () {
      const password = yield* passwordOf(given.password)
      const address = yield* startGateway(yield* Effect.fromResult(parseAddress(given.listen)), {
        ...password.option,
        ...(Option.isSome(given.connections) ? { connections: given.connections.value } : {}),
        maxAtOnce: Math.max(1, given.atOnce)
      })
      if (Option.isSome(given.metrics)) {
        const { status } = yield* Store
        const problem = () =>
          Effect.runPromise(status).then(({ available }) =>
            available ? undefined : "too few storage nodes are connected"
          )
        const at = yield* Effect.fromResult(parseAddress(given.metrics.value))
        const metricsAddress = yield* serveMetrics(at, address.measures, problem)
        yield* Effect.logInfo(`metrics are at http://${describeAddress(metricsAddress)}/metrics`)
      }
      yield* Console.log(`Redis clients connect to ${describeAddress(address)}`)
      yield* Effect.logInfo(`listening on ${describeAddress(address)}`)
      const { renew } = yield* Store
      const readAgain = Effect.gen(function* () {
        if (Option.isSome(given.keys)) yield* renewKeys(given.keys, "client", renew)
        yield* password.readAgain
      })
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(hangUp, readAgain)))
      yield* Effect.logInfo(`stopping (${yield* stop})`)
    })
    yield* Effect.provide(Effect.scoped(serve), store)
  }).pipe(Effect.scoped, asCommandFailure, (effect) => withLogs(effect, given.log))
).pipe(Command.withDescription("Serve the store to Redis clients"))
