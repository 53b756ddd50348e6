/**
 * `quorate membership`: the membership service of a system with `--protocol dbqs`. It runs the
 * service's replicas, and offers what only the authority may do: begin the system, admit nodes and
 * clients, and move the service. The replicas evict dead nodes without an operator's command.
 */
import { existsSync } from "node:fs"
import * as Console from "effect/Console"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { View } from "../../spec/administrator/view.ts"
import { patient } from "../../spec/membership/tracking/rules.ts"
import { createAdministrator, openAdministrator } from "../administrator/folder.ts"
import { asAuthority, beginDbqs } from "../authority/authority.ts"
import { parseDirectory } from "../directory/directory.ts"
import { defaultIntervalMilliseconds } from "../membership/clockwork.ts"
import { nameOf } from "../memory/identity.ts"
import { replaceDurably } from "../storage/whole-file.ts"
import { asCommandFailure, refuse } from "./failure.ts"
import { keys, keysOf, servers } from "./flags.ts"
import { nodeFlags, runNode } from "./node.ts"

const data = Flag.String("data").pipe(
  Flag.withMetavar("FOLDER"),
  Flag.withDescription("The folder of the authority's key"),
  Flag.withDefault("quorate-authority")
)
const timeout = Flag.Int("timeout-milliseconds").pipe(
  Flag.withDescription("How long to wait for the replicas"),
  Flag.withDefault(60_000)
)
/** The interval at which replicas probe. */
export const interval = Flag.Int("interval-milliseconds").pipe(
  Flag.withDescription(
    `How often a replica checks which nodes have not answered: it proposes to evict a node that missed ${patient.missedToPropose} checks, and agrees to evict one that missed ${patient.missedToAgree}`
  ),
  Flag.withDefault(defaultIntervalMilliseconds)
)

export const describeService = ({ number, members }: View): string =>
  `epoch ${number} of the service: ${members.map(nameOf).join(", ")}`

const replicaCommand = Command.make("run", { ...nodeFlags, interval }, (given) =>
  given.interval < 20
    ? refuse("--interval-milliseconds: write 20 or more")
    : runNode({
        ...given,
        ...{ protocol: "membership", begin: false, intervalMilliseconds: given.interval }
      })
).pipe(Command.withDescription("Run a replica of the membership service"))

const keysCommand = Command.make(
  "keys",
  { data, name: Flag.String("name").pipe(Flag.withDefault("authority")) },
  (given) =>
    Effect.gen(function* () {
      if (!/^[A-Za-z0-9-]{1,40}$/.test(given.name))
        return yield* refuse("--name: write letters, digits and hyphens, 40 at most")
      const id = yield* createAdministrator(given.data, given.name)
      yield* Console.log(
        `${id}\nIts key is in ${given.data}/keys. Its holder may admit nodes and clients: keep it safe, and keep a copy of the folder.`
      )
    }).pipe(asCommandFailure)
).pipe(Command.withDescription("Make an authority's key"))

interface Given {
  readonly data: string
  readonly servers: string
  readonly keys: Parameters<typeof keysOf>[0]
}
const optionsOf = Effect.fnUntraced(function* (given: Given) {
  const { keys: loaded } = yield* keysOf(given.keys, "administrator")
  const folder = yield* openAdministrator(given.data)
  const directory = parseDirectory(given.servers)
  return { folder, data: given.data, directory, ...(loaded === undefined ? {} : { keys: loaded }) }
})

const beginCommand = Command.make(
  "begin",
  {
    replicas: Flag.String("replicas").pipe(
      Flag.withMetavar("NAME,…"),
      Flag.withDescription(
        "The first replicas of the service, four or more; the other nodes store data"
      )
    ),
    data,
    servers,
    keys,
    timeout
  },
  (given) =>
    Effect.gen(function* () {
      const options = yield* optionsOf(given)
      const { view, certificate } = yield* beginDbqs(options, given.replicas.split(",")).pipe(
        Effect.retry({
          while: ({ _tag }) => _tag === "NotAllThere",
          schedule: Schedule.spaced("200 millis"),
          times: Math.ceil(given.timeout / 200)
        })
      )
      yield* Console.log(
        `the system has begun with ${certificate.content.members.map(nameOf).join(", ")}; ${describeService(view)}`
      )
    }).pipe(Effect.scoped, asCommandFailure)
).pipe(Command.withDescription("Begin a system with the first nodes of the directory"))

const admitCommand = Command.make(
  "admit",
  { node: Argument.String("node"), data, servers, keys },
  (given) =>
    Effect.gen(function* () {
      const authority = yield* asAuthority(yield* optionsOf(given))
      const id = yield* authority.admit(given.node)
      yield* Console.log(`${id} is admitted: it becomes a member with the next epoch`)
    }).pipe(Effect.scoped, asCommandFailure)
).pipe(Command.withDescription("Admit a storage node, started with an empty folder"))

const clientCommand = Command.make(
  "client",
  {
    name: Argument.String("name"),
    out: Flag.String("out").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("The file for its credentials, which include its key")
    ),
    data,
    servers,
    keys
  },
  (given) =>
    Effect.gen(function* () {
      if (existsSync(given.out)) return yield* refuse(`--out: ${given.out} exists already`)
      const authority = yield* asAuthority(yield* optionsOf(given))
      const credentials = yield* authority.client(given.name)
      replaceDurably(given.out, `${JSON.stringify(credentials)}\n`)
      yield* Console.log(`${given.name} uses them with --credentials ${given.out}`)
    }).pipe(Effect.scoped, asCommandFailure)
).pipe(Command.withDescription("Make credentials for a client"))

const names = (what: string, about: string) =>
  Flag.String(what).pipe(Flag.withMetavar("NAME,…"), Flag.withDescription(about))

const moveCommand = Command.make(
  "replace",
  {
    remove: names("remove", "The replicas to remove, which erase their shares"),
    add: names("add", "The nodes to take their places, started with empty folders"),
    data,
    servers,
    keys,
    timeout
  },
  (given) =>
    Effect.gen(function* () {
      const authority = yield* asAuthority(yield* optionsOf(given))
      const view = yield* authority.replace(
        given.remove.split(","),
        given.add.split(","),
        given.timeout
      )
      yield* Console.log(
        `${describeService(view)}; enough former replicas have erased their shares that the others cannot sign together`
      )
    }).pipe(Effect.scoped, asCommandFailure)
).pipe(Command.withDescription("Replace replicas of the service while it runs"))

const statusCommand = Command.make("status", { data, servers, keys }, (given) =>
  Effect.gen(function* () {
    const authority = yield* asAuthority(yield* optionsOf(given))
    const standing = yield* authority.status(1500)
    for (const [id, { service, system, serves, isMoving }] of standing) {
      yield* Console.log(
        `${nameOf(id)}: ${describeService(service)}${serves ? "" : " (not a replica)"}${isMoving ? ", moving" : ""}; epoch ${system.number} of the system: ${system.members.map(nameOf).join(", ")}`
      )
    }
    if (standing.size === 0) yield* Console.log("no replica of the service answers")
  }).pipe(Effect.scoped, asCommandFailure)
).pipe(Command.withDescription("Show the state of the service's replicas"))

export const membershipCommand = Command.make("membership").pipe(
  Command.withDescription("The membership service of a system with --protocol dbqs"),
  Command.withSubcommands([
    replicaCommand,
    keysCommand,
    beginCommand,
    admitCommand,
    clientCommand,
    moveCommand,
    statusCommand
  ])
)
