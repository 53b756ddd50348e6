/**
 * The storage of campaigns: SQLite in a file, or Postgres. The queue of units is Effect's persisted
 * queue, which gives the work of a runner that is silent for too long to another one. The outcome
 * of each unit is stored next to it, once, whichever runners ran the unit and however often.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { Unit } from "./campaign.ts"
import { Outcome } from "./outcome.ts"
import { sqliteLayer } from "./sqlite.ts"

/**
 * The number of times that a runner signals it is alive within the time after which it counts as
 * lost.
 */
const signsOfLife = 4
const pollMilliseconds = 250

/** A storage that cannot be used. */
export class StorageRefused extends Schema.TaggedError<StorageRefused>()("StorageRefused", {
  message: Schema.String
}) {}

/** A unit of a campaign, as it waits in the queue. */
export const Queued = Schema.Struct({ campaign: Schema.String, id: Schema.String, unit: Unit })
export type Queued = typeof Queued.Type

/** What is known of a unit that is done. */
export interface Done {
  readonly id: string
  readonly runner: string
  readonly seconds: number
  readonly unit: Unit
  readonly outcome: Outcome
}

type Storage = SqlClient.SqlClient | PersistedQueue.PersistedQueueFactory

/**
 * The storage that `sqlite:FILE`, `postgres://…` or `postgresql://…` names. Other runners take over
 * the work of a runner that is silent for longer than `lostAfterSeconds`.
 */
export const storageLayer = (
  place: string,
  lostAfterSeconds: number
): Layer.Layer<Storage, StorageRefused> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const client = yield* clientLayer(place)
      const store = Layer.effect(
        PersistedQueue.PersistedQueueStore,
        PersistedQueue.makeStoreSql({
          tableName: "quorate_queue",
          pollInterval: Duration.millis(pollMilliseconds),
          lockRefreshInterval: Duration.seconds(lostAfterSeconds / signsOfLife),
          lockExpiration: Duration.seconds(lostAfterSeconds)
        })
      )
      const all = Layer.mergeAll(
        PersistedQueue.layer.pipe(Layer.provide(store)),
        Layer.effectDiscard(makeTables)
      ).pipe(Layer.provideMerge(client))
      return yield* Layer.build(all).pipe(Effect.mapError(unusable(place)))
    })
  )

/** A failure of a storage, for the user. */
export const unusable =
  (place: string) =>
  (error: SqlError): StorageRefused =>
    new StorageRefused({
      message: `--storage ${withoutPassword(place)} cannot be used: ${reasonOf(error)}`
    })

const reasonOf = ({ reason, message }: SqlError): string => {
  const { cause } = reason
  return cause instanceof Error && cause.message !== "" ? cause.message : message
}

const withoutPassword = (place: string): string => place.replace(/(:\/\/[^/@]*):[^/@]*@/, "$1:…@")

const clientLayer = (
  place: string
): Effect.Effect<Layer.Layer<SqlClient.SqlClient, SqlError>, StorageRefused> => {
  const file = /^sqlite:(.+)$/.exec(place)?.[1]
  if (file !== undefined) return Effect.succeed(sqliteLayer(file))
  if (!/^postgres(ql)?:\/\//.test(place))
    return Effect.fail(
      new StorageRefused({
        message: `--storage: "${withoutPassword(place)}" is not a storage; write sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE`
      })
    )
  return Effect.map(
    Effect.promise(() => import("@effect/sql-pg/PgClient")),
    (PgClient) => PgClient.layer({ url: Redacted.make(place), applicationName: "quorate" })
  )
}

/**
 * Several processes may begin at once, and Postgres cannot create the same tables for two at a
 * time.
 */
const makeTables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE IF NOT EXISTS quorate_campaigns (
    id VARCHAR(40) PRIMARY KEY, name TEXT NOT NULL, units INTEGER NOT NULL)`
  yield* sql`CREATE TABLE IF NOT EXISTS quorate_outcomes (
    campaign VARCHAR(40) NOT NULL, id VARCHAR(60) NOT NULL, runner TEXT NOT NULL,
    seconds REAL NOT NULL, unit TEXT NOT NULL, outcome TEXT NOT NULL,
    PRIMARY KEY (campaign, id))`
}).pipe(Effect.retry({ times: 5 }))

/** The queue's limit on attempts at a unit; runners give up before. */
const maxAttempts = 100

/** The queue of all campaigns of a storage. */
export const queueOfUnits = PersistedQueue.make({
  name: "units",
  schema: Queued,
  maxAttempts
})

/** Stores a campaign; does nothing if it is stored already. */
export const putCampaign = Effect.fnUntraced(function* (id: string, name: string, units: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO quorate_campaigns (id, name, units) VALUES (${id}, ${name}, ${units})
    ON CONFLICT (id) DO NOTHING`
})

/** Whether a unit is done. */
export const isDone = Effect.fnUntraced(function* ({ campaign, id }: Queued) {
  const sql = yield* SqlClient.SqlClient
  const rows =
    yield* sql`SELECT id FROM quorate_outcomes WHERE campaign = ${campaign} AND id = ${id}`
  return rows.length > 0
})

/** Stores the outcome of a unit, unless one is stored already. */
export const putOutcome = Effect.fnUntraced(function* (
  { campaign, id, unit }: Queued,
  { runner, seconds, outcome }: Pick<Done, "runner" | "seconds" | "outcome">
) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO quorate_outcomes (campaign, id, runner, seconds, unit, outcome)
    VALUES (${campaign}, ${id}, ${runner}, ${seconds}, ${JSON.stringify(unit)}, ${JSON.stringify(outcome)})
    ON CONFLICT (campaign, id) DO NOTHING`
})

const Row = Schema.Struct({
  id: Schema.String,
  runner: Schema.String,
  seconds: Schema.Finite,
  unit: Schema.fromJsonString(Unit),
  outcome: Schema.fromJsonString(Outcome)
})
const decodeRow = Schema.decodeUnknownEffect(Row)

/** The number of a campaign's units that are done. */
export const countDone = Effect.fnUntraced(function* (campaign: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{
    readonly done: number | string
  }>`SELECT COUNT(*) AS done FROM quorate_outcomes WHERE campaign = ${campaign}`
  return Number(rows[0]?.done ?? 0)
})

/** The units of a campaign that are done. */
export const idsDone = Effect.fnUntraced(function* (campaign: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{
    readonly id: string
  }>`SELECT id FROM quorate_outcomes WHERE campaign = ${campaign}`
  return rows.map(({ id }) => id)
})

/** The outcome of a unit of a campaign. */
export const doneOf = Effect.fnUntraced(function* (campaign: string, id: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`SELECT id, runner, seconds, unit, outcome FROM quorate_outcomes
    WHERE campaign = ${campaign} AND id = ${id}`
  return yield* decodeRow(rows[0])
})

/** The outcomes of all units of a campaign. */
export const allDone = Effect.fnUntraced(function* (campaign: string) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql`SELECT id, runner, seconds, unit, outcome FROM quorate_outcomes
    WHERE campaign = ${campaign}`
  return yield* Effect.forEach(rows, (row) => decodeRow(row))
})
