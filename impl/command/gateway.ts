/**
 * `quorate gateway`: the store for Redis clients.
 */

import * as Console from "effect/Console"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { Store } from "../client/store.ts"
import { describeAddress, parseAddress } from "../directory/address.ts"
import { startGateway } from "../gateway/gateway.ts"
import { asCommandFailure } from "./failure.ts"
import { protocol, servers, timeout, untilStopped, withLogs } from "./flags.ts"

const flags = {
  servers,
  protocol,
  timeout,
  listen: Flag.String("listen").pipe(
    Flag.withMetavar("HOST:PORT"),
    Flag.withDescription("Where Redis clients connect"),
    Flag.withDefault("127.0.0.1:6390")
  )
}

export const gatewayCommand = Command.make("gateway", flags, (given) =>
  withLogs(
    asCommandFailure(
      Effect.gen(function* () {
        const address = yield* startGateway(yield* Effect.fromResult(parseAddress(given.listen)))
        yield* Console.log(`Redis clients connect to ${describeAddress(address)}`)
        yield* untilStopped
      }).pipe(
        Effect.scoped,
        Effect.provide(
          Store.layer({
            servers: given.servers,
            protocol: given.protocol,
            timeoutMilliseconds: given.timeout
          })
        )
      )
    )
  )
).pipe(Command.withDescription("Serve the store to Redis clients"))
