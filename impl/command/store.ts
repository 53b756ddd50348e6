/**
 * `quorate put`, `get` and `status`: the store from the command line.
 */

import * as Console from "effect/Console"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Configuration from "../../spec/configuration/configuration.ts"
import { servers as nodeSet } from "../../spec/kernel/node.ts"
import { Store } from "../client/store.ts"
import { describeAddress } from "../directory/address.ts"
import { parseDirectory } from "../directory/directory.ts"
import { asCommandFailure, CommandFailed } from "./failure.ts"
import { keys, keysOf, protocol, servers, timeout, traces, tracingOf, withLogs } from "./flags.ts"

const key = Argument.String("key").pipe(Argument.withDescription("The register's key"))
const connection = { servers, protocol, timeout, keys, traces }

interface Connection {
  readonly servers: string
  readonly protocol: string
  readonly timeout: number
  readonly keys: Option.Option<string>
  readonly traces: Option.Option<string>
}

/** Does something with the store, and lets go of it. */
const withStore = <A, E extends { readonly _tag: string; readonly message: string }>(
  { servers: directory, protocol: name, timeout: timeoutMilliseconds, keys: folder, traces: url }: Connection,
  use: (store: Store["Service"]) => Effect.Effect<A, E>
): Effect.Effect<A, CommandFailed> =>
  Effect.gen(function* () {
    const more = { ...(yield* keysOf(folder, "client")), ...(yield* tracingOf(url, "client")) }
    const store = Store.layer({ servers: directory, protocol: name, timeoutMilliseconds, ...more })
    return yield* Effect.provide(Effect.flatMap(Store, use), store)
  }).pipe(Effect.scoped, asCommandFailure, (effect) => withLogs(effect))

export const putCommand = Command.make(
  "put",
  {
    key,
    value: Argument.String("value").pipe(
      Argument.withDescription("What to store; standard input if it is left out"),
      Argument.optional
    ),
    ...connection
  },
  Effect.fnUntraced(function* (given) {
    const value = Option.isSome(given.value) ? given.value.value : yield* standardInput
    yield* withStore(given, (store) => store.put(given.key, value))
  })
).pipe(Command.withDescription("Write a value under a key"))

const standardInput = Effect.promise(async () => {
  const chunks: Array<Uint8Array> = []
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
})

export const getCommand = Command.make("get", { key, ...connection }, (given) =>
  Effect.flatMap(
    withStore(given, (store) => store.get(given.key)),
    (value) =>
      value === null
        ? Effect.fail(new CommandFailed({ message: `nothing is stored under ${given.key}`, exitCode: 1 }))
        : Effect.sync(() => {
            process.stdout.write(value)
            if (process.stdout.isTTY === true) process.stdout.write("\n")
          })
  )
).pipe(Command.withDescription("Print the value under a key, byte by byte (exit code 1 if there is none)"))

/** The nodes that have said hello: all of them, or those that have within the time, at most a second. */
const answering = Effect.fnUntraced(function* (
  { nodes, operations }: Store["Service"],
  milliseconds: number
) {
  const connected = () => operations.endpoint.connectedPeers
  for (
    let waited = 0;
    waited < Math.min(milliseconds, 1000) && connected().length < nodes.length;
    waited += 20
  ) {
    yield* Effect.sleep(20)
  }
  return connected()
})

export const statusCommand = Command.make(
  "status",
  {
    ...connection,
    json: Flag.Boolean("json").pipe(Flag.withDescription("Print one JSON document"), Flag.withDefault(false))
  },
  Effect.fnUntraced(function* (given) {
    const addresses = yield* asCommandFailure(parseDirectory(given.servers).lookUp)
    const connected = yield* withStore(given, (store) => answering(store, given.timeout))
    const members = nodeSet(...addresses.keys())
    const available = Configuration.isQuorum(Configuration.majority(members), "write", nodeSet(...connected))
    const rows = [...addresses].map(([name, address]) => ({
      name,
      address: describeAddress(address),
      connected: connected.includes(name)
    }))
    if (given.json) {
      yield* Console.log(JSON.stringify({ protocol: given.protocol, nodes: rows, available }, undefined, 2))
    } else {
      yield* Console.log(available ? "a quorum answers" : "no quorum answers: operations wait")
      for (const { name, address, connected: isUp } of rows) {
        yield* Console.log(`${name.padEnd(12)} ${address.padEnd(24)} ${isUp ? "up" : "down"}`)
      }
    }
  })
).pipe(Command.withDescription("Show which storage nodes answer"))
