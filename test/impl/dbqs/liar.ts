/**
 * A node of dBQS that lies, as a process of its own:
 * `liar.ts LIE PROTOCOL NAME SERVERS DATA INTERVAL`.
 */
import * as Effect from "effect/Effect"
import { firstOf, parseDirectory } from "../../../impl/directory/directory.ts"
import { startNode } from "../../../impl/node/node.ts"
import { lies } from "./lies.ts"

const [lie = "", protocol = "", name = "", servers = "", data = "", interval = "1000"] =
  process.argv.slice(2)

const run = Effect.gen(function* () {
  const directory = parseDirectory(servers)
  const addresses = yield* directory.lookUp
  const listen = addresses.get(name)
  const inPlaceOf = lies[lie]
  if (listen === undefined || inPlaceOf === undefined)
    return yield* Effect.die(`no ${name} or ${lie}`)
  yield* startNode({
    ...{ name, protocol, data, listen, directory, inPlaceOf },
    members: firstOf(addresses),
    intervalMilliseconds: Number(interval)
  })
  process.stdout.write(`${name} listens\n`)
  return yield* Effect.never
})
process.on("disconnect", () => process.exit(0))
await Effect.runPromise(Effect.scoped(run))
