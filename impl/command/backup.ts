/**
 * `quorate keys`, `backup` and `restore`: all registers of a store, for its administrator.
 */

import { once } from "node:events"
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from "node:fs"
import { dirname } from "node:path"
import { createInterface } from "node:readline"
import type { Writable } from "node:stream"
import * as Console from "effect/Console"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import type { Entry } from "../client/pages.ts"
import type { Store } from "../client/store.ts"
import { syncFolder } from "../storage/whole-file.ts"
import { entryLine, firstLine, lastLine, readBackup, sayKey, shownKey } from "./backup-file.ts"
import { asCommandFailure, CommandFailed, exitCodes, refuse } from "./failure.ts"
import { connection, withStore } from "./store.ts"

/** Passes every key with its value to `take`. Returns the number of keys. */
const each = Effect.fnUntraced(function* <E>(
  store: Store["Service"],
  take: (entry: Entry) => Effect.Effect<void, E>
) {
  let count = 0
  for (let after: string | null = null; ; ) {
    const { entries, next }: Effect.Success<ReturnType<typeof store.page>> =
      yield* store.page(after)
    for (const entry of entries) yield* take(entry)
    count += entries.length
    if (next === null) return count
    after = next
  }
})

/** Writes a line of output; waits while the reader is slower. */
const line = (output: Writable, text: string): Effect.Effect<void> =>
  Effect.suspend(() =>
    output.write(`${text}\n`)
      ? Effect.void
      : Effect.promise(() => new Promise<void>((resolve) => output.once("drain", resolve)))
  )

export const keysCommand = Command.make(
  "keys",
  {
    ...connection,
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("Print one JSON document per line"),
      Flag.withDefault(false)
    )
  },
  (given) =>
    withStore(
      given,
      (store) =>
        each(store, ({ key }) => line(process.stdout, given.json ? sayKey(key) : shownKey(key))),
      "administrator"
    )
).pipe(Command.withDescription("List the keys that have a value, in order"))

const file = Argument.String("file").pipe(
  Argument.withDescription("A file of JSON, one document per line")
)

/** A file that is renamed to its name once all of it is written. */
const written = (name: string) =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: async () => {
        const stream = createWriteStream(`${name}.unfinished`, { mode: 0o600, flush: true })
        await once(stream, "open")
        return stream
      },
      catch: (error) => failure(name, error)
    }),
    (stream) =>
      Effect.sync(() => {
        stream.destroy()
        rmSync(`${name}.unfinished`, { force: true })
      })
  )

const failure = (name: string, error: unknown): CommandFailed =>
  new CommandFailed({
    message: `${name}: it cannot be written (${(error as NodeJS.ErrnoException).code})`,
    exitCode: exitCodes.storage
  })

export const backupCommand = Command.make(
  "backup",
  { file, ...connection },
  Effect.fnUntraced(function* (given) {
    const name = given.file
    if (existsSync(name)) return yield* refuse(`${name} exists already — name another file`)
    const registers = yield* Effect.scoped(
      Effect.gen(function* () {
        const stream = yield* written(name)
        const broken = Effect.callback<never, CommandFailed>((resume) => {
          stream.once("error", (error) => resume(Effect.fail(failure(name, error))))
        })
        const all = Effect.gen(function* () {
          yield* line(stream, firstLine)
          const count = yield* withStore(
            given,
            (store) => each(store, (entry) => line(stream, entryLine(entry))),
            "administrator"
          )
          yield* line(stream, lastLine(count))
          yield* Effect.promise(() => new Promise<void>((resolve) => stream.end(resolve)))
          yield* Effect.try({
            try: () => {
              renameSync(`${name}.unfinished`, name)
              syncFolder(dirname(name))
            },
            catch: (error) => failure(name, error)
          })
          return count
        })
        return yield* Effect.raceFirst(all, broken)
      })
    )
    yield* Console.log(`${name} has ${registers} registers`)
  })
).pipe(
  Command.withDescription(
    "Write all keys and values into a file; each value is that of the last write, or of a concurrent one"
  )
)

const merge = Flag.Boolean("merge").pipe(
  Flag.withDescription(
    "Restore even into a store that has keys: those of the backup get their values, all others stay"
  ),
  Flag.withDefault(false)
)

/** The number of registers written concurrently. */
const writers = 32

const linesOf = (name: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(name), crlfDelay: Number.POSITIVE_INFINITY })

export const restoreCommand = Command.make(
  "restore",
  { file, merge, ...connection },
  Effect.fnUntraced(function* (given) {
    const name = given.file
    // An incomplete backup changes nothing.
    yield* asCommandFailure(readBackup(name, linesOf(name), () => Effect.void))
    const registers = yield* withStore(
      given,
      Effect.fnUntraced(function* (store) {
        if (!given.merge) {
          const { entries, next } = yield* store.page(null)
          if (entries.length > 0 || next !== null)
            return yield* refuse(
              "the store has keys; nothing was changed — name an empty one, or --merge"
            )
        }
        let waiting: Array<Entry> = []
        const write = Effect.suspend(() => {
          const batch = waiting
          waiting = []
          return Effect.forEach(batch, ({ key, value }) => store.put(key, value), {
            concurrency: writers,
            discard: true
          })
        })
        const count = yield* readBackup(name, linesOf(name), (entry) => {
          waiting.push(entry)
          return waiting.length < writers ? Effect.void : write
        })
        yield* write
        return count
      }),
      "administrator"
    )
    yield* Console.log(`${registers} registers of ${name} are in the store`)
  })
).pipe(Command.withDescription("Restore the keys and values of a backup into a store"))
