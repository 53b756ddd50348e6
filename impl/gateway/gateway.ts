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
import { type Address, DirectoryRefused, describeAddress, isLoopback } from "../directory/address.ts"
import { isFarewell, perform } from "./commands.ts"
import { encodeReply, error, RequestParser } from "./resp.ts"

/** Replies go together until they come to this. */
const mostReplyBytes = 64 * 1024

/** Listens until the scope ends; says where. */
export const startGateway = Effect.fnUntraced(function* (address: Address) {
  const store = yield* Store
  if (!isLoopback(address)) {
    return yield* new DirectoryRefused({
      source: describeAddress(address),
      problem: "the Redis protocol proves nobody's name, so a gateway listens on this machine only",
      mend: "listen on 127.0.0.1, and run a gateway beside each program"
    })
  }
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
      let replies: Array<Uint8Array> = []
      let bytes = 0
      for (const request of parsed.success) {
        const reply = encodeReply(yield* perform(store, request))
        replies.push(reply)
        bytes += reply.length
        if (isFarewell(request)) return yield* writer.write(Buffer.concat(replies))
        // Many requests fit in a chunk, and each may ask for much: what is not read is not got, either.
        if (bytes < mostReplyBytes) continue
        yield* writer.write(Buffer.concat(replies))
        replies = []
        bytes = 0
      }
      if (replies.length > 0) yield* writer.write(Buffer.concat(replies))
    }
  }
})
