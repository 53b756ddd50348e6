/**
 * A gateway: any Redis client can use the store.
 *
 * The requests of one connection are carried out one after the other, as Redis does.
 */
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Socket } from "effect/socket/Socket"
import { Store, type StoreShape } from "../client/store.ts"
import { type Address, DirectoryRefused, describeAddress } from "../directory/address.ts"
import { isFarewell, perform } from "./commands.ts"
import { encodeReply, error, RequestParser } from "./resp.ts"

/** Listens until the scope ends; says where. */
export const startGateway = Effect.fnUntraced(function* (address: Address) {
  const store = yield* Store
  const server = yield* NodeSocketServer.make({
    host: address.host,
    port: address.port,
    noDelay: true
  }).pipe(
    Effect.mapError(
      ({ reason }) =>
        new DirectoryRefused({
          source: describeAddress(address),
          problem: `it is not possible to listen there (${(reason.cause as NodeJS.ErrnoException).code})`,
          mend: "stop what listens there, or name another address"
        })
    )
  )
  yield* Effect.forkScoped(server.run((socket) => Effect.ignore(Effect.scoped(serve(store, socket)))))
  const { port } = server.address as { readonly port: number }
  return { host: address.host, port }
})

/** Serves one connection until it ends. */
const serve = Effect.fnUntraced(function* (store: StoreShape, socket: Socket) {
  const reader = yield* socket.reader
  const writer = yield* socket.writer
  const parser = new RequestParser()
  while (true) {
    for (const chunk of yield* reader.pull) {
      const parsed = parser.read(typeof chunk === "string" ? Buffer.from(chunk) : chunk)
      if (Result.isFailure(parsed)) {
        return yield* writer.write(encodeReply(error(`ERR ${parsed.failure.message}`)))
      }
      const replies: Array<Uint8Array> = []
      for (const request of parsed.success) {
        replies.push(encodeReply(yield* perform(store, request)))
        if (isFarewell(request)) return yield* writer.write(Buffer.concat(replies))
      }
      if (replies.length > 0) yield* writer.write(Buffer.concat(replies))
    }
  }
})
