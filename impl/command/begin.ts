/**
 * `quorate begin`: a system begins, once, with the first nodes of the directory.
 */
import { randomUUID } from "node:crypto"
import * as Console from "effect/Console"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { parseDirectory } from "../directory/directory.ts"
import { endpointFor, holderOf } from "../keys/keys.ts"
import { frameDecoder } from "../link/wire.ts"
import { nameOf } from "../memory/identity.ts"
import type { Visitor } from "../net/visit.ts"
import { beginSystem } from "../node/beginning.ts"
import { runnableNamed } from "../protocols.ts"
import { asCommandFailure } from "./failure.ts"
import { keys, keysOf, protocol, servers, timeout } from "./flags.ts"

export const beginCommand = Command.make("begin", { servers, protocol, timeout, keys }, (given) =>
  Effect.gen(function* () {
    const { keys: loaded } = yield* keysOf(given.keys, "administrator")
    const holder = loaded && holderOf(loaded)
    const visitor: Visitor = {
      protocol: given.protocol,
      role: holder?.role ?? "client",
      endpoint: { name: endpointFor(holder?.name ?? "begin", randomUUID().slice(0, 13)) },
      first: () => undefined,
      decode: frameDecoder(runnableNamed(given.protocol).Message),
      ...(loaded === undefined ? {} : { keys: () => loaded })
    }
    const members = yield* beginSystem(visitor, parseDirectory(given.servers)).pipe(
      Effect.retry({
        while: ({ _tag }) => _tag === "NotAllThere",
        schedule: Schedule.spaced("200 millis"),
        times: Math.ceil(given.timeout / 200)
      })
    )
    yield* Console.log(`the system has begun: ${members.map(nameOf).join(", ")}`)
    for (const member of members) yield* Console.log(`  ${member}`)
  }).pipe(asCommandFailure)
).pipe(
  Command.withDescription(
    "Begin a system with the first nodes of the directory, all of them started and empty"
  ),
  Command.withExamples([
    {
      command: "quorate begin --servers s1=:7001,s2=:7002,s3=:7003",
      description: "As quorate node --begin does"
    }
  ])
)
