/**
 * The Redis commands that read and write: each register is a string under its key.
 *
 * The gateway executes a command as Redis does, or refuses it and does nothing. A command with
 * several keys is one operation for each key, not one transaction.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Access, Value } from "../../spec/register/operation.ts"
import { bytesOf, keyOf, writeOf } from "../client/accesses.ts"
import { type StoreError, type StoreShape, TooLong } from "../client/store.ts"
import { inSpan } from "../tracing/in-span.ts"
import { array, bulk, error, number, type Reply, simple } from "./replies.ts"
import type { Request } from "./resp.ts"
import type { Stored } from "./stored.ts"

type Given = ReadonlyArray<Uint8Array>

interface Described {
  /** The minimum and maximum number of arguments, without the command's name. */
  readonly least: number
  readonly most: number
  readonly writes: boolean
}

/** A command that is one operation on the register under its first argument. */
interface OneCommand extends Described {
  readonly operation: (given: Given) => Result.Result<Access, StoreError | Reply>
  readonly reply: (value: Value) => Reply
}

/** A command whose arguments are all keys. */
interface KeysCommand extends Described {
  readonly run: (store: StoreShape, keys: Given) => Effect.Effect<Reply, StoreError>
}

type Command = OneCommand | KeysCommand

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
const present: KeysCommand["run"] = (store, keys) =>
  Effect.map(
    Effect.forEach(keys, (key) => Effect.map(store.get(key), (value) => value !== null), {
      concurrency
    }),
    (found) => number(found.filter((isThere) => isThere).length)
  )

/** The reply counts the keys that had a value just before; the removal itself is a write. */
const remove: KeysCommand["run"] = (store, given) => {
  const keys = [...new Map(given.map((key) => [textOf(key), key])).values()]
  return Effect.tap(present(store, keys), () =>
    Effect.forEach(keys, (key) => store.remove(key), { concurrency, discard: true })
  )
}

const read = Result.succeed<Access>({ _tag: "Read" })

const commands: Readonly<Record<string, Command>> = {
  GET: {
    least: 1,
    most: 1,
    writes: false,
    operation: () => read,
    reply: (value) => bulk(bytesOf(value))
  },
  SET: {
    least: 2,
    most: many,
    writes: true,
    operation: ([_key, value, option]) =>
      option === undefined
        ? writeOf(value as Uint8Array)
        : Result.fail(
            error(
              `ERR SET with ${shown(option).toUpperCase()} is not supported: a register supports only plain reads and writes`
            )
          ),
    reply: () => simple("OK")
  },
  MGET: {
    least: 1,
    most: many,
    writes: false,
    run: (store, keys) => Effect.map(values(store, keys), (found) => array(found.map(bulk)))
  },
  DEL: { least: 1, most: many, writes: true, run: remove },
  UNLINK: { least: 1, most: many, writes: true, run: remove },
  EXISTS: { least: 1, most: many, writes: false, run: present },
  STRLEN: {
    least: 1,
    most: 1,
    writes: false,
    operation: () => read,
    reply: (value) => number(bytesOf(value)?.length ?? 0)
  },
  TYPE: {
    least: 1,
    most: 1,
    writes: false,
    operation: () => read,
    reply: (value) => simple(value === null ? "none" : "string")
  }
}

/** What `COMMAND` reports of these commands: name, arity, flags, and positions of keys. */
export const described = (): Readonly<Record<string, Reply>> =>
  Object.fromEntries(
    Object.entries(commands).map(([name, command]) => [
      name.toLowerCase(),
      array([
        bulk(name.toLowerCase()),
        number(command.most === command.least ? command.least + 1 : -(command.least + 1)),
        array([simple(command.writes ? "write" : "readonly")]),
        number(1),
        number("run" in command ? -1 : 1),
        number(1)
      ])
    ])
  )

/** What a request asks of registers: their keys, and how to execute it. */
export interface Asked {
  /** One text for each key. */
  readonly keys: ReadonlyArray<string>
  /** Whether it is one operation on one register. */
  readonly isOne: boolean
  /** Executes the request, in a fiber if it needs one; then calls `done`. */
  readonly begin: (fork: Fork, done: (reply: Reply) => void) => void
}

type Fork = (effect: Effect.Effect<void>) => void

/**
 * What a request asks of registers, or the reply if it is invalid. A later failure becomes an error
 * reply.
 */
export const askedBy = (stored: Stored, request: Request): Asked | Reply => {
  const [name, given] = [nameOf(request[0]), request.slice(1)]
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) return error(`ERR unknown command '${shown(request[0])}'`)
  if (given.length < command.least || given.length > command.most) {
    return error(`ERR wrong number of arguments for '${name.toLowerCase()}' command`)
  }
  return "run" in command
    ? askOf(stored, name, command, given)
    : askOne(stored, name, command, given)
}

const askOf = ({ store }: Stored, name: string, command: KeysCommand, keys: Given): Asked => ({
  keys: keys.map(textOf),
  isOne: false,
  begin: (fork, done) => {
    const run = spanned(store, name, command.run(store, keys))
    fork(
      Effect.map(
        Effect.catch(run, (failure) => Effect.succeed(failed(failure, keys.length))),
        done
      )
    )
  }
})

/** One operation needs no fiber, unless it is traced. */
const askOne = (
  { store, combined }: Stored,
  name: string,
  { operation, reply }: OneCommand,
  given: Given
): Asked | Reply => {
  const [key] = given as readonly [Uint8Array, ...Given]
  const checked = Result.flatMap(keyOf(key), (text) =>
    Result.map(operation(given), (access) => ({ text, access }))
  )
  if (Result.isFailure(checked))
    return isReply(checked.failure) ? checked.failure : failed(checked.failure, 1)
  const { text, access } = checked.success
  const answer = (result: Result.Result<Value, StoreError>): Reply =>
    Result.isSuccess(result) ? reply(result.success) : failed(result.failure, 1)
  return {
    keys: [textOf(key)],
    isOne: true,
    begin: (fork, done) => {
      if (store.tracing === undefined)
        combined.request(text, access, store.begin, (result) => done(answer(result)))
      else
        fork(
          Effect.map(
            Effect.result(spanned<Value>(store, name, store.perform(text, access))),
            (result: Result.Result<Value, StoreError>) => done(answer(result))
          )
        )
    }
  }
}

const spanned = <A>(
  { tracing }: StoreShape,
  name: string,
  run: Effect.Effect<A, StoreError>
): Effect.Effect<A, StoreError> =>
  tracing === undefined ? run : inSpan(tracing, name, "server", { "db.system": "redis" }, () => run)

const isReply = (failure: StoreError | Reply): failure is Reply => !(failure instanceof Error)

const failed = (failure: StoreError, keys: number): Reply =>
  error(`${codeOf(failure, keys)} ${failure.message}`)

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
