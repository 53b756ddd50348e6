/**
 * `quorate administrator`: the keys of an administrator, and the commands that need them: begin a
 * system whose storage nodes may lie, admit clients, and replace storage nodes so that they forget.
 */
import { existsSync } from "node:fs"
import * as Console from "effect/Console"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { View } from "../../spec/administrator/view.ts"
import {
  type Administration,
  administrate,
  begin,
  liarsAmong
} from "../administrator/administration.ts"
import { createAdministrator, openAdministrator } from "../administrator/folder.ts"
import { parseDirectory } from "../directory/directory.ts"
import { nameOf } from "../memory/identity.ts"
import { replaceDurably } from "../storage/whole-file.ts"
import { asCommandFailure, refuse } from "./failure.ts"
import { keys, keysOf, servers, timeout } from "./flags.ts"

const data = Flag.String("data").pipe(
  Flag.withMetavar("FOLDER"),
  Flag.withDescription("The folder of the administrator's keys"),
  Flag.withDefault("quorate-administrator")
)
const node = (what: string, about: string) =>
  Argument.String(what).pipe(Argument.withDescription(about))
const force = Flag.Boolean("force").pipe(
  Flag.withDescription(
    "Change it even if too few members answer; then nothing can be read or written"
  ),
  Flag.withDefault(false)
)

/** Runs an action as the administrator of a system that has begun. */
const asAdministrator = <A>(
  given: {
    readonly data: string
    readonly servers: string
    readonly keys: Parameters<typeof keysOf>[0]
  },
  act: (
    administration: Administration
  ) => Effect.Effect<A, { readonly message: string; readonly _tag: string }>
) =>
  Effect.gen(function* () {
    const { keys: loaded } = yield* keysOf(given.keys, "administrator")
    const folder = yield* openAdministrator(given.data)
    const running = yield* administrate(folder, parseDirectory(given.servers), loaded)
    return yield* act(running)
  }).pipe(Effect.scoped, asCommandFailure)

const describe = ({ number, members }: View): string => {
  const liars = liarsAmong(members.length)
  return `configuration ${number}: ${members.map(nameOf).join(", ")}; ${liars === 0 ? "none" : liars} of them may lie`
}

/** Changes the configuration, and prints the result. */
const change = (
  administration: Administration,
  asked: Parameters<Administration["reconfigure"]>[0]
) =>
  Effect.gen(function* () {
    const view = yield* administration.reconfigure(asked)
    const late = yield* administration.deliver
    yield* Console.log(describe(view))
    for (const name of asked.remove)
      yield* Console.log(
        `${name} is removed; a super-majority of the previous configuration has forgotten its keys`
      )
    if (late.length > 0)
      yield* Console.log(
        `${late.join(", ")} ${late.length === 1 ? "has" : "have"} not learned of it: quorate administrator status informs them once they answer`
      )
  })

const keysCommand = Command.make(
  "keys",
  {
    data,
    name: Flag.String("name").pipe(
      Flag.withDescription("Its name; with TLS, that of its certificate"),
      Flag.withDefault("administrator")
    )
  },
  (given) =>
    Effect.gen(function* () {
      if (!/^[A-Za-z0-9-]{1,40}$/.test(given.name))
        return yield* refuse("--name: write letters, digits and hyphens, 40 at most")
      const id = yield* createAdministrator(given.data, given.name)
      yield* Console.log(
        `${id}\nIts key is in ${given.data}/keys. Its holder may do everything: keep it safe, and keep a copy of the folder.`
      )
    }).pipe(asCommandFailure)
).pipe(Command.withDescription("Make an administrator's key"))

const beginCommand = Command.make("begin", { data, servers, keys, timeout }, (given) =>
  Effect.gen(function* () {
    const { keys: loaded } = yield* keysOf(given.keys, "administrator")
    const folder = yield* openAdministrator(given.data)
    const members = yield* begin(folder, parseDirectory(given.servers), loaded).pipe(
      Effect.retry({
        while: ({ _tag }) => _tag === "NotAllThere",
        schedule: Schedule.spaced("200 millis"),
        times: Math.ceil(given.timeout / 200)
      })
    )
    yield* Console.log(`the system has begun with ${describe({ number: 0, members })}`)
  }).pipe(Effect.scoped, asCommandFailure)
).pipe(
  Command.withDescription(
    "Begin a system with the first nodes of the directory, and issue their keys"
  )
)

const clientCommand = Command.make(
  "client",
  {
    name: node("name", "The client's name"),
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
      const credentials = yield* asAdministrator(given, (one) => one.client(given.name))
      replaceDurably(given.out, `${JSON.stringify(credentials)}\n`)
      yield* Console.log(
        `${given.name} uses them with --credentials ${given.out}; it knows ${describe(credentials.view)}`
      )
    })
).pipe(Command.withDescription("Make credentials for a client"))

const replaceCommand = Command.make(
  "replace",
  {
    old: node("old", "The member to remove, which forgets its keys"),
    new: node("new", "The node to take its place, started with an empty folder"),
    data,
    servers,
    keys,
    force
  },
  (given) =>
    asAdministrator(given, (one) =>
      change(one, { add: [given.new], remove: [given.old], isForced: given.force })
    )
).pipe(Command.withDescription("Replace a storage node by another"))

const addCommand = Command.make(
  "add",
  { node: node("node", "The node, started with an empty folder"), data, servers, keys, force },
  (given) =>
    asAdministrator(given, (one) =>
      change(one, { add: [given.node], remove: [], isForced: given.force })
    )
).pipe(Command.withDescription("Add a storage node"))

const forgetCommand = Command.make(
  "forget",
  { node: node("node", "The member to remove"), data, servers, keys, force },
  (given) =>
    asAdministrator(given, (one) =>
      change(one, { add: [], remove: [given.node], isForced: given.force })
    )
).pipe(Command.withDescription("Remove a storage node, which forgets its keys"))

const statusCommand = Command.make("status", { data, servers, keys }, (given) =>
  asAdministrator(given, (one) =>
    Effect.gen(function* () {
      if (one.isBusy()) yield* one.resume
      const late = yield* one.deliver
      yield* Console.log(describe(one.view()))
      if (late.length > 0) yield* Console.log(`${late.join(", ")} cannot be reached`)
    })
  )
).pipe(
  Command.withDescription(
    "Resume an interrupted change, inform members that have missed one, and list the members"
  )
)

export const administratorCommand = Command.make("administrator").pipe(
  Command.withDescription(
    "Administer a system that tolerates Byzantine storage nodes (--protocol byzantine)"
  ),
  Command.withSubcommands([
    keysCommand,
    beginCommand,
    clientCommand,
    replaceCommand,
    addCommand,
    forgetCommand,
    statusCommand
  ])
)
