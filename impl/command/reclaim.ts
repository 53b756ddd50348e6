/**
 * `quorate reclaim`: has the storage nodes forget the keys that were removed.
 */
import * as Console from "effect/Console"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import type { Store } from "../client/store.ts"
import { refuse } from "./failure.ts"
import { connection, withStore } from "./store.ts"

const grace = Flag.Int("grace-milliseconds").pipe(
  Flag.withDescription(
    "How long to wait before keys are forgotten: longer than any client's operation may take. A slower operation may end with an unknown outcome"
  ),
  Flag.withDefault(15_000)
)

/** Reclaims until nothing is left. Returns the number of forgotten keys. */
const reclaimAll = Effect.fnUntraced(function* (store: Store["Service"]) {
  for (let all = 0; ; ) {
    const some = yield* store.reclaim
    if (some === 0) return all
    all += some
    yield* Console.error(`${all.toLocaleString("en")} removed keys forgotten so far`)
  }
})

export const reclaimCommand = Command.make(
  "reclaim",
  { grace, ...connection },
  Effect.fnUntraced(function* (given) {
    if (given.grace < 0) return yield* refuse("--grace-milliseconds: write 0 or more")
    const forgotten = yield* withStore(given, reclaimAll, "administrator", given.grace)
    yield* Console.log(
      forgotten === 0
        ? "no removed keys are left to forget"
        : `${forgotten.toLocaleString("en")} removed keys are forgotten by all storage nodes; their memory is free, and their logs are when they are next compacted`
    )
  })
).pipe(
  Command.withDescription(
    "Free the memory of removed keys: all storage nodes must answer, and operations continue"
  )
)
