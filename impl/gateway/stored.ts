/**
 * The store as one connection of a gateway sees it: its requests for a register that wait are
 * combined. Requests of two connections are not: neither waits for an operation of the other.
 */
import * as Effect from "effect/Effect"
import { accessesOf, type Begin, type Perform } from "../client/accesses.ts"
import { Combined, type Held } from "../client/combined.ts"
import type { StoreShape } from "../client/store.ts"

export interface Stored {
  readonly store: StoreShape
  readonly combined: Combined
}

export const storedIn = (plain: StoreShape, held: Held): Stored => {
  const combined = new Combined(held)
  /** An operation that is traced runs in the span of the first request that it serves. */
  const beginInSpan = Effect.map(
    Effect.context<never>(),
    (services): Begin =>
      (key, operation, ended) => {
        const run = Effect.map(Effect.result(plain.perform(key, operation)), ended)
        const fiber = Effect.runForkWith(services)(run)
        return () => fiber.interruptUnsafe()
      }
  )
  const beginning = plain.tracing === undefined ? Effect.succeed(plain.begin) : beginInSpan
  const perform: Perform = (key, operation) =>
    Effect.flatMap(beginning, (begin) =>
      Effect.callback((resume) =>
        combined.request(key, operation, begin, (result) => resume(Effect.fromResult(result)))
      )
    )
  return { store: { ...plain, ...accessesOf(perform), perform }, combined }
}
