/**
 * The Redis commands that read and write: each register is a string under its key.
 *
 * The gateway executes a command as Redis does, or refuses it and does nothing. A command with
 * several keys is one operation for each key, not one transaction.
 */
import * as Effect from "effect/Effect"
import { type StoreError, type StoreShape, TooLong } from "../client/store.ts"
import { inSpan } from "../tracing/in-span.ts"
import { array, bulk, error, number, type Reply, simple } from "./replies.ts"
import type { Request } from "./resp.ts"

type Answer = Effect.Effect<Reply, StoreError>
type Given = ReadonlyArray<Uint8Array>

interface Command {
  /** The minimum and maximum number of arguments, without the command's name. */
  readonly least: number
  readonly most: number
  readonly writes: boolean
  /** Which arguments are keys: the first one, or all. */
  readonly keys: "first" | "all"
  readonly run: (store: StoreShape, given: Given) => Answer
}

const many = Number.POSITIVE_INFINITY
/** The maximum number of concurrent operations of one command. */
const concurrency = 64
/** The maximum size of the values in one reply, in bytes. */
const maxReplyBytes = 32 * 2 ** 20

/** The command's name in a word, in upper case. */
export const nameOf = (word: Uint8Array | undefined): string =>
  Buffer.from(word ?? new Uint8Array(0))
    .toString("latin1")
    .toUpperCase()

/** A word as a message can show it: short, and in printable ASCII. */
export const shown = (word: Uint8Array | undefined): string =>
  Buffer.from(word ?? new Uint8Array(0))
    .toString("latin1")
    .slice(0, 64)
    .replace(/[^\x20-\x7e]/g, "?")

/** Keys are bytes; as text, each byte is one character. */
const textOf = (key: Uint8Array): string => Buffer.from(key).toString("latin1")

const first = ([key]: Given): Uint8Array => key as Uint8Array

/** The values under these keys; each key is read once. Fails if they exceed the size of a reply. */
const values = (store: StoreShape, keys: Given) => {
  const times = new Map<string, { readonly key: Uint8Array; count: number }>()
  for (const key of keys) {
    const text = textOf(key)
    const known = times.get(text)
    if (known === undefined) times.set(text, { key, count: 1 })
    else known.count += 1
  }
  let bytes = 0
  const read = ([text, { key, count }]: readonly [
    string,
    { readonly key: Uint8Array; readonly count: number }
  ]) =>
    Effect.flatMap(store.get(key), (value) => {
      bytes += count * (value?.length ?? 0)
      return bytes > maxReplyBytes
        ? Effect.fail(new TooLong({ what: "reply", bytes, maxBytes: maxReplyBytes }))
        : Effect.succeed([text, value] as const)
    })
  return Effect.map(Effect.forEach([...times], read, { concurrency }), (found) => {
    const byText = new Map(found)
    return keys.map((key) => byText.get(textOf(key)) ?? null)
  })
}

/** The number of registers with a value; a key that occurs twice counts twice. */
const present: Command["run"] = (store, keys) =>
  Effect.map(
    Effect.forEach(keys, (key) => Effect.map(store.get(key), (value) => value !== null), {
      concurrency
    }),
    (found) => number(found.filter((isThere) => isThere).length)
  )

/** The reply counts the keys that had a value just before; the removal itself is a write. */
const remove: Command["run"] = (store, given) => {
  const keys = [...new Map(given.map((key) => [textOf(key), key])).values()]
  return Effect.tap(present(store, keys), () =>
    Effect.forEach(keys, (key) => store.remove(key), { concurrency, discard: true })
  )
}

const commands: Readonly<Record<string, Command>> = {
  GET: {
    least: 1,
    most: 1,
    writes: false,
    keys: "first",
    run: (store, given) => Effect.map(store.get(first(given)), bulk)
  },
  SET: {
    least: 2,
    most: many,
    writes: true,
    keys: "first",
    run: (store, [key, value, option]) =>
      option === undefined
        ? Effect.as(store.put(key as Uint8Array, value as Uint8Array), simple("OK"))
        : Effect.succeed(
            error(
              `ERR SET with ${shown(option).toUpperCase()} is not supported: a register supports only plain reads and writes`
            )
          )
  },
  MGET: {
    least: 1,
    most: many,
    writes: false,
    keys: "all",
    run: (store, keys) => Effect.map(values(store, keys), (found) => array(found.map(bulk)))
  },
  DEL: { least: 1, most: many, writes: true, keys: "all", run: remove },
  UNLINK: { least: 1, most: many, writes: true, keys: "all", run: remove },
  EXISTS: { least: 1, most: many, writes: false, keys: "all", run: present },
  STRLEN: {
    least: 1,
    most: 1,
    writes: false,
    keys: "first",
    run: (store, given) =>
      Effect.map(store.get(first(given)), (value) => number(value?.length ?? 0))
  },
  TYPE: {
    least: 1,
    most: 1,
    writes: false,
    keys: "first",
    run: (store, given) =>
      Effect.map(store.get(first(given)), (value) => simple(value === null ? "none" : "string"))
  }
}

/** What `COMMAND` reports of these commands: name, arity, flags, and positions of keys. */
export const described = (): Readonly<Record<string, Reply>> =>
  Object.fromEntries(
    Object.entries(commands).map(([name, { least, most, writes, keys }]) => [
      name.toLowerCase(),
      array([
        bulk(name.toLowerCase()),
        number(most === least ? least + 1 : -(least + 1)),
        array([simple(writes ? "write" : "readonly")]),
        number(1),
        number(keys === "all" ? -1 : 1),
        number(1)
      ])
    ])
  )

/** An operation on registers: their keys, and how to run it. */
export interface Operation {
  /** One text for each key. */
  readonly keys: ReadonlyArray<string>
  readonly run: Effect.Effect<Reply>
}

/**
 * The operation of a request, or the reply if it is invalid. A later failure becomes an error
 * reply.
 */
export const operationOf = (store: StoreShape, request: Request): Operation | Reply => {
  const [name, given] = [nameOf(request[0]), request.slice(1)]
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) return error(`ERR unknown command '${shown(request[0])}'`)
  if (given.length < command.least || given.length > command.most) {
    return error(`ERR wrong number of arguments for '${name.toLowerCase()}' command`)
  }
  const keys = command.keys === "all" ? given : given.slice(0, 1)
  const { tracing } = store
  const answer =
    tracing === undefined
      ? command.run(store, given)
      : inSpan(tracing, name, "server", { "db.system": "redis" }, () => command.run(store, given))
  return {
    keys: keys.map(textOf),
    run: Effect.catch(answer, (failure: StoreError) =>
      Effect.succeed(error(`${codeOf(failure, keys.length)} ${failure.message}`))
    )
  }
}

/**
 * The error code, which tells clients what to do. `TRYAGAIN` means that nothing was done, so
 * libraries may repeat the request by themselves. No other failure uses it: only the application
 * knows whether a write with an unknown outcome may be repeated.
 */
const codeOf = (failure: StoreError, keys: number): string => {
  switch (failure._tag) {
    case "Overloaded":
      return keys === 1 ? "TRYAGAIN" : "ERR"
    case "Refused":
      return failure.kind === "full" ? "OOM" : failure.kind === "forbidden" ? "NOPERM" : "ERR"
    case "TooLong":
    case "IllFormed":
    case "ConfigurationForgotten":
    case "Unavailable":
      return "ERR"
  }
}
