/**
 * A storage node that lies, as a process of its own: `liar-process.ts LIE NAME SERVERS DATA`. It
 * listens at its address in the directory, and uses this folder or a copy of another one.
 */
import * as Effect from "effect/Effect"
import { parseDirectory } from "../../../impl/directory/directory.ts"
import { type LieName, startLiar } from "./liar.ts"

const [lie = "", name = "", servers = "", data = ""] = process.argv.slice(2)

const run = Effect.gen(function* () {
  const addresses = yield* parseDirectory(servers).lookUp
  const listen = addresses.get(name)
  if (listen === undefined) return yield* Effect.die(`no ${name} in ${servers}`)
  yield* startLiar(data, listen, lie as LieName)
  process.stdout.write(`${name} listens\n`)
  return yield* Effect.never
})
process.on("disconnect", () => process.exit(0))
await Effect.runPromise(Effect.scoped(run))
