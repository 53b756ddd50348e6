/**
 * `quorate put`, `get`, `status` and `reconfigure`: the store from the command line.
 */

import * as Console from "effect/Console"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { changeOf, isChange, problemOf } from "../../spec/storage/reconfiguration.ts"
import { Store } from "../client/store.ts"
import { describeAddress } from "../directory/address.ts"
import { isName, parseDirectory } from "../directory/directory.ts"
import { areAdministrators } from "../keys/keys.ts"
import { nameOf } from "../memory/identity.ts"
import { runnableNamed } from "../protocols.ts"
import { minus } from "./arguments.ts"
import { asCommandFailure, CommandFailed, refuse } from "./failure.ts"
import {
  credentials,
  credentialsOf,
  keys,
  keysOf,
  protocol,
  servers,
  timeout,
  traces,
  tracingOf,
  withLogs
} from "./flags.ts"

const key = Argument.String("key").pipe(Argument.withDescription("The register's key"))
export const connection = { servers, protocol, timeout, keys, credentials, traces }

export interface Connection {
  readonly servers: string
  readonly protocol: string
  readonly timeout: number
  readonly keys: Option.Option<string>
  readonly credentials: string
  readonly traces: Option.Option<string>
}

/** Runs an action on the store, and closes the store. */
export const withStore = <A, E extends { readonly _tag: string; readonly message: string }>(
  {
    servers: directory,
    protocol: name,
    timeout: timeoutMilliseconds,
    keys: folder,
    credentials: file,
    traces: url
  }: Connection,
  use: (store: Store["Service"]) => Effect.Effect<A, E>,
  who = "client",
  graceMilliseconds?: number
): Effect.Effect<A, CommandFailed> =>
  Effect.gen(function* () {
    const given = yield* keysOf(folder, who)
    // The nodes would refuse the operation repeatedly.
    if (who === "administrator" && given.keys !== undefined && !areAdministrators(given.keys)) {
      return yield* refuse(
        "--keys: the certificate in administrator.pem is not an administrator's — quorate certificates makes one"
      )
    }
    const more = { ...given, ...(yield* credentialsOf(file)), ...(yield* tracingOf(url, who)) }
    const store = Store.layer({
      servers: directory,
      protocol: name,
      timeoutMilliseconds,
      ...(graceMilliseconds === undefined ? {} : { graceMilliseconds }),
      ...more
    })
    return yield* Effect.provide(Effect.flatMap(Store, use), store)
  }).pipe(Effect.scoped, asCommandFailure, (effect) => withLogs(effect))

export const putCommand = Command.make(
  "put",
  {
    key,
    value: Argument.String("value").pipe(
      Argument.withDescription("The value to store; standard input by default"),
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
        ? Effect.fail(
            new CommandFailed({ message: `nothing is stored under ${given.key}`, exitCode: 1 })
          )
        : printed(value)
  )
).pipe(
  Command.withDescription(
    "Print the value under a key, byte by byte (exit code 1 if there is none)"
  )
)

const printed = (value: Uint8Array): Effect.Effect<void> =>
  Effect.sync(() => {
    process.stdout.write(value)
    if (process.stdout.isTTY === true) process.stdout.write("\n")
  })

export const keepCommand = Command.make(
  "keep",
  {
    data: Argument.String("data").pipe(
      Argument.withDescription("The value to store; standard input by default"),
      Argument.optional
    ),
    ...connection
  },
  Effect.fnUntraced(function* (given) {
    const data = Option.isSome(given.data) ? given.data.value : yield* standardInput
    yield* Console.log(yield* withStore(given, (store) => store.keep(data)))
  })
).pipe(
  Command.withDescription("Store data under its SHA-256, and print that (with --protocol dbqs)")
)

export const fetchCommand = Command.make(
  "fetch",
  {
    hash: Argument.String("hash").pipe(
      Argument.withDescription("The SHA-256 of the data, in hexadecimal digits")
    ),
    ...connection
  },
  Effect.fnUntraced(function* ({ hash, ...given }) {
    if (!/^[0-9a-f]{64}$/.test(hash))
      return yield* refuse(`"${hash}" is not a SHA-256 — write its 64 hexadecimal digits`)
    const found = yield* withStore(given, (store) => store.fetch(hash))
    if (found === null)
      return yield* new CommandFailed({ message: `nothing is stored under ${hash}`, exitCode: 1 })
    yield* printed(found)
  })
).pipe(
  Command.withDescription(
    "Print the data with this SHA-256, byte by byte (exit code 1 if none is found)"
  )
)

export const statusCommand = Command.make(
  "status",
  {
    ...connection,
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("Print one JSON document"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* (given) {
    const addresses = yield* asCommandFailure(parseDirectory(given.servers).lookUp)
    const { nodes, configurations, available } = yield* withStore(given, (store) => store.status)
    const { joins } = runnableNamed(given.protocol)
    const rows = nodes.map(({ name, ...known }) => ({
      name,
      address: describeAddress(addresses.get(name) ?? { host: "?", port: 0 }),
      ...known
    }))
    if (given.json) {
      const document = { protocol: given.protocol, configurations, nodes: rows, available }
      yield* Console.log(JSON.stringify(document, undefined, 2))
      return
    }
    yield* Console.log(available ? "a quorum answers" : "no quorum answers: operations wait")
    yield* Console.log(describeConfigurations(configurations))
    for (const { name, address, connected, member, isNew } of rows) {
      const state = isNew ? "new" : connected ? "up" : "down"
      const what = !member
        ? "not a member"
        : isNew
          ? `has lost the memory of the member of this name — ${joins === undefined ? `with ${given.protocol} no node can take its place` : `${joins(name)} puts it in its place`}`
          : ""
      yield* Console.log(
        `${name.padEnd(12)} ${address.padEnd(24)} ${state.padEnd(6)} ${what}`.trimEnd()
      )
    }
  })
).pipe(Command.withDescription("Show the configuration, and which storage nodes answer"))

const describeConfigurations = (configurations: ReadonlyArray<ReadonlyArray<string>>): string => {
  if (configurations.length === 0)
    return "no node that belongs to a system answers: quorate begin begins one"
  return configurations.length === 1
    ? `the configuration is ${configurations[0]?.join(", ")}`
    : `being replaced: ${configurations.map((one) => one.join(", ")).join(" → ")}`
}

const force = Flag.Boolean("force").pipe(
  Flag.withDescription(
    "Reconfigure even if no quorum of the new configuration answers: unless enough of its nodes come up, nothing can be read, written or changed again"
  ),
  Flag.withDefault(false)
)

const change = Argument.String("change").pipe(
  Argument.withDescription("+NAME to add a storage node, -NAME to remove one"),
  Argument.variadic({ min: 1 })
)

export const reconfigureCommand = Command.make(
  "reconfigure",
  { change, force, ...connection },
  Effect.fnUntraced(function* (given) {
    const words = given.change.map((word) => word.replace(minus, "-"))
    const { add, remove } = changeOf(words)
    const said = { add, remove }
    if (!isChange(words) || ![...said.add, ...said.remove].every((word) => isName(nameOf(word)))) {
      return yield* refuse(
        `"${words.join(" ")}" is not a change — write +NAME and -NAME, such as +s4 -s2`
      )
    }
    const wrong = problemOf(said)
    if (wrong !== undefined) return yield* refuse(`${wrong.problem} — ${wrong.mend}`)
    const progress = transferProgress()
    const { configurations, available } = yield* withStore(
      given,
      (store) =>
        Effect.andThen(
          store
            .reconfigure({ ...said, force: given.force }, progress.show)
            .pipe(Effect.ensuring(Effect.sync(progress.clear))),
          store.status
        ),
      "administrator"
    )
    yield* Console.log(`the configuration is ${configurations.at(-1)?.join(", ")}`)
    if (!available) {
      yield* Console.log(
        "no quorum of it answers: unless enough of its nodes come up, nothing can be read, written or changed again, and only quorate recover helps"
      )
    }
    if (said.remove.length > 0) yield* Console.log(`${said.remove.join(", ")} may be switched off`)
  })
).pipe(
  Command.withDescription("Change the configuration: add storage nodes and remove others"),
  Command.withExamples([
    {
      command: "quorate reconfigure +s4 -s2",
      description: "Replace s2 by s4; operations continue"
    }
  ])
)

/**
 * The progress of a state transfer, on standard error: in place on a terminal, as an occasional
 * line in a pipe.
 */
const transferProgress = () => {
  const isTerminal = process.stderr.isTTY === true
  const began = performance.now()
  let last = began
  return {
    show: (registers: number): void => {
      const now = performance.now()
      if (now - last < (isTerminal ? 100 : 5000)) return
      last = now
      const seconds = (now - began) / 1000
      const line = `${registers.toLocaleString("en")} registers transferred, ${Math.round(registers / seconds).toLocaleString("en")}/s`
      const room = (process.stderr.columns || 80) - 3
      process.stderr.write(isTerminal ? `\r\x1b[2K${line.slice(0, room)}` : `${line}\n`)
    },
    clear: (): void => {
      if (isTerminal) process.stderr.write("\r\x1b[2K")
    }
  }
}
