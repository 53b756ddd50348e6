/**
 * `quorate gateway`: the store for Redis clients.
 */

import * as Console from "effect/Console"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Store } from "../client/store.ts"
import { describeAddress, parseAddress } from "../directory/address.ts"
import { startGateway } from "../gateway/gateway.ts"
import { pluggedIn } from "../protocols.ts"
import { recordTo } from "../replay/recording.ts"
import { asCommandFailure } from "./failure.ts"
import {
  keys,
  keysOf,
  listenForStop,
  log,
  protocol,
  record,
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
  traces,
  log,
  listen: Flag.String("listen").pipe(
    Flag.withMetavar("HOST:PORT"),
    Flag.withDescription("Where Redis clients connect"),
    Flag.withDefault("127.0.0.1:6390")
  )
}

export const gatewayCommand = Command.make("gateway", flags, (given) =>
  Effect.gen(function* () {
    const stop = yield* listenForStop
    const witness = Option.isSome(given.record)
      ? { witness: yield* recordTo(given.record.value, pluggedIn(given.protocol)) }
      : {}
    const store = Store.layer({
      servers: given.servers,
      protocol: given.protocol,
      timeoutMilliseconds: given.timeout,
      ...witness,
      ...(yield* keysOf(given.keys, "client")),
      ...(yield* tracingOf(given.traces, "gateway"))
    })
    const serve = Effect.gen(function* () {
      const address = yield* startGateway(yield* Effect.fromResult(parseAddress(given.listen)))
      yield* Console.log(`Redis clients connect to ${describeAddress(address)}`)
      yield* Effect.logInfo(`listening on ${describeAddress(address)}`)
      yield* Effect.logInfo(`stopping (${yield* stop})`)
    })
    yield* Effect.provide(Effect.scoped(serve), store)
  }).pipe(Effect.scoped, asCommandFailure, (effect) => withLogs(effect, given.log))
).pipe(Command.withDescription("Serve the store to Redis clients"))
