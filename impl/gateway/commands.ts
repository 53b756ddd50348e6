/**
 * The commands of Redis that have a meaning here: each register is a string under its key.
 *
 * Commands with several keys are one operation for each, not one transaction.
 */
import * as Effect from "effect/Effect"
import type { StoreError, StoreShape } from "../client/store.ts"
import { inSpan } from "../tracing/in-span.ts"
import { array, bulk, error, number, type Reply, type Request, simple } from "./resp.ts"

type Answer = Effect.Effect<Reply, StoreError>

interface Command {
  /** The numbers of arguments that it takes, its name not counted. */
  readonly least: number
  readonly most: number
  readonly run: (store: StoreShape, given: ReadonlyArray<Uint8Array>) => Answer
}

const many = Number.POSITIVE_INFINITY
const nameOf = (word: Uint8Array | undefined): string =>
  Buffer.from(word ?? new Uint8Array(0))
    .toString("latin1")
    .toUpperCase()

const ok = simple("OK")
const answering =
  (reply: Reply): Command["run"] =>
  () =>
    Effect.succeed(reply)
const noSuchOption = (option: string): Answer =>
  Effect.succeed(error(`ERR ${option} is not supported: a register is read or written, and nothing between`))

/** How many of the registers hold something. */
const present: Command["run"] = (store, keys) =>
  Effect.map(
    Effect.forEach(keys, (key) => store.get(key), { concurrency: 16 }),
    (values) => number(values.filter((value) => value !== null).length)
  )

const commands: Readonly<Record<string, Command>> = {
  GET: { least: 1, most: 1, run: (store, [key]) => Effect.map(store.get(key as Uint8Array), bulk) },
  SET: {
    least: 2,
    most: many,
    run: (store, [key, value, option]) =>
      option === undefined
        ? Effect.as(store.put(key as Uint8Array, value as Uint8Array), ok)
        : noSuchOption(`SET with ${nameOf(option)}`)
  },
  MGET: {
    least: 1,
    most: many,
    run: (store, keys) =>
      Effect.map(
        Effect.forEach(keys, (key) => store.get(key), { concurrency: 16 }),
        (values) => array(values.map(bulk))
      )
  },
  // The count is of what was there when it was looked at, just before; the removal itself is a write.
  DEL: {
    least: 1,
    most: many,
    run: (store, keys) =>
      Effect.tap(present(store, keys), () =>
        Effect.forEach(keys, (key) => store.remove(key), { concurrency: 16 })
      )
  },
  EXISTS: { least: 1, most: many, run: present },
  STRLEN: {
    least: 1,
    most: 1,
    run: (store, [key]) => Effect.map(store.get(key as Uint8Array), (value) => number(value?.length ?? 0))
  },
  TYPE: {
    least: 1,
    most: 1,
    run: (store, [key]) =>
      Effect.map(store.get(key as Uint8Array), (value) => simple(value === null ? "none" : "string"))
  },
  PING: {
    least: 0,
    most: 1,
    run: (_store, [message]) => Effect.succeed(message === undefined ? simple("PONG") : bulk(message))
  },
  ECHO: { least: 1, most: 1, run: (_store, [message]) => Effect.succeed(bulk(message as Uint8Array)) },
  SELECT: {
    least: 1,
    most: 1,
    run: (_store, [index]) =>
      Effect.succeed(nameOf(index) === "0" ? ok : error("ERR there is one database, 0"))
  },
  HELLO: {
    least: 0,
    most: many,
    run: (_store, [version]) =>
      Effect.succeed(
        version === undefined || nameOf(version) === "2"
          ? array(["server", "quorate", "version", "7.0.0", "proto"].map(bulk).concat(number(2)))
          : error("NOPROTO unsupported protocol version")
      )
  },
  CLIENT: {
    least: 1,
    most: many,
    run: (_store, [what]) =>
      Effect.succeed(nameOf(what) === "ID" ? number(1) : nameOf(what) === "GETNAME" ? bulk(null) : ok)
  },
  COMMAND: {
    least: 0,
    most: many,
    run: (_store, [what]) =>
      Effect.succeed(nameOf(what) === "COUNT" ? number(Object.keys(commands).length) : array([]))
  },
  CONFIG: {
    least: 1,
    most: many,
    run: (_store, [what, name]) =>
      nameOf(what) === "GET"
        ? Effect.succeed(array([bulk(name ?? ""), bulk("")]))
        : noSuchOption(`CONFIG ${nameOf(what)}`)
  },
  INFO: {
    least: 0,
    most: many,
    run: (store) =>
      Effect.succeed(
        bulk(
          `# Server\r\nredis_version:7.0.0\r\nserver_name:quorate\r\nstorage_nodes:${store.operations.endpoint.connectedPeers.length}\r\n`
        )
      )
  },
  RESET: { least: 0, most: 0, run: answering(simple("RESET")) },
  QUIT: { least: 0, most: 0, run: answering(ok) }
}

/** True when the connection ends after this request. */
export const isFarewell = (request: Request): boolean => nameOf(request[0]) === "QUIT"

/** Does what is asked; whatever goes wrong is an error in words. */
export const perform = (store: StoreShape, request: Request): Effect.Effect<Reply> => {
  const [name, given] = [nameOf(request[0]), request.slice(1)]
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) return Effect.succeed(error(`ERR unknown command '${shown(request[0])}'`))
  if (given.length < command.least || given.length > command.most) {
    return Effect.succeed(error(`ERR wrong number of arguments for '${name.toLowerCase()}' command`))
  }
  const { tracing } = store
  const answer =
    tracing === undefined
      ? command.run(store, given)
      : inSpan(tracing, name, "server", { "db.system": "redis" }, () => command.run(store, given))
  return answer.pipe(
    Effect.catch((failure: StoreError) =>
      Effect.succeed(error(`${failure._tag === "TooLong" ? "ERR" : "TRYAGAIN"} ${failure.message}`))
    )
  )
}

const shown = (word: Uint8Array | undefined): string =>
  Buffer.from(word ?? new Uint8Array(0))
    .toString("latin1")
    .slice(0, 64)
    .replace(/[^\x20-\x7e]/g, "?")
