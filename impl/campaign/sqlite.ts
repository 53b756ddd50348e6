/**
 * SQLite, as built into Node, as a SQL client of Effect.
 *
 * There is one connection, and one statement or transaction uses it at a time. Several processes
 * may open the same file. They wait for each other for some seconds. A process that begins a
 * transaction reserves the right to write at once, so that it does not lose that right half-way.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { classifySqliteError, SqlError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"

const busyMilliseconds = 15_000

/** The client of a file, which it creates if it is missing. Fails if the file cannot be opened. */
export const sqliteLayer = (file: string): Layer.Layer<SqlClient.SqlClient, SqlError> =>
  Layer.effect(SqlClient.SqlClient, clientOf(file)).pipe(Layer.provide(Reactivity.layer))

const clientOf = (
  file: string
): Effect.Effect<SqlClient.SqlClient, SqlError, Scope.Scope | Reactivity.Reactivity> =>
  Effect.gen(function* () {
    const database = yield* Effect.acquireRelease(
      asking("open", () => open(file)),
      (opened) => Effect.sync(() => opened.close())
    )
    const semaphore = yield* Semaphore.make(1)
    const acquirers = SqlClient.makeSqliteAcquirers({
      connection: Effect.succeed(connectionOf(database)),
      semaphore
    })
    return yield* SqlClient.make({
      ...acquirers,
      driver: "node:sqlite",
      compiler: Statement.makeCompilerSqlite(),
      beginTransaction: "BEGIN IMMEDIATE",
      spanAttributes: []
    })
  })

const open = (file: string): DatabaseSync => {
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA busy_timeout = ${busyMilliseconds}`)
  database.exec("PRAGMA journal_mode = WAL")
  return database
}

const connectionOf = (database: DatabaseSync): Connection => {
  const rowsOf = (text: string, parameters: ReadonlyArray<unknown>, asArrays = false) =>
    asking("execute", () => {
      const statement = database.prepare(text)
      statement.setReturnArrays(asArrays)
      return all(statement, parameters)
    })
  const rows: Connection["execute"] = (text, parameters, transform) =>
    Effect.map(rowsOf(text, parameters), (found) =>
      transform === undefined ? found : transform(found)
    )
  const values: Connection["executeValues"] = (text, parameters) =>
    rowsOf(text, parameters, true) as ReturnType<Connection["executeValues"]>
  return {
    execute: rows,
    executeUnprepared: rows,
    executeRaw: (text, parameters) => rowsOf(text, parameters),
    executeValues: values,
    executeValuesUnprepared: values,
    executeStream: () => Stream.die(new Error("rows are not streamed from SQLite"))
  }
}

const all = (
  statement: StatementSync,
  parameters: ReadonlyArray<unknown>
): ReadonlyArray<object> => {
  const given = parameters as ReadonlyArray<SQLInputValue>
  if (statement.columns().length > 0) return statement.all(...given)
  statement.run(...given)
  return []
}

const asking = <Answer>(operation: string, ask: () => Answer): Effect.Effect<Answer, SqlError> =>
  Effect.try({
    try: ask,
    catch: (cause) =>
      new SqlError({
        reason: classifySqliteError(withErrno(cause), {
          message: `SQLite: ${(cause as Error).message}`,
          operation
        })
      })
  })

/** Node calls it `errcode`. */
const withErrno = (cause: unknown): unknown =>
  typeof cause === "object" && cause !== null && "errcode" in cause
    ? Object.assign(cause, { errno: cause.errcode })
    : cause
