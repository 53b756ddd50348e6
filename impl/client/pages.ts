/**
 * The registers of a store, page by page in the order of the texts of their keys: for an
 * administrator, for listings and backups.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ConfigurationMap } from "../../spec/rambo/configuration-map.ts"
import type { ListPage } from "../../spec/rambo/registers/lister.ts"
import type { Listed } from "../../spec/rambo/registers/state.ts"
import { bytesOfText } from "../bytes.ts"
import { administratorsKeys, areAdministrators } from "../keys/keys.ts"
import { inquired, type Known, type Unfinished, waitFor } from "./known.ts"

/** The registers cannot be listed. */
export class ListingRefused extends Schema.TaggedError<ListingRefused>()("ListingRefused", {
  problem: Schema.String,
  mend: Schema.String
}) {
  override get message(): string {
    return `${this.problem} — ${this.mend}`
  }
}

/** A key with its value. */
export interface Entry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

export interface Page {
  readonly entries: ReadonlyArray<Entry>
  /** The argument for the page after this one; null if this is the last. */
  readonly next: string | null
}

/**
 * The page after this one, or the first: for each key the value of its last write that returned
 * before, or a later one. Keys without a value are left out; a page may be empty.
 */
export type PageAfter = (after: string | null) => Effect.Effect<Page, ListingRefused | Unfinished>

const refusal = (problem: string, mend: string) => new ListingRefused({ problem, mend })

export const pagesOf = (known: Known): PageAfter => {
  const { operations, runnable } = known
  let map: ConfigurationMap | undefined
  return Effect.fnUntraced(function* (after) {
    const { listing } = runnable
    const keys = known.keys()
    if (listing === undefined)
      return yield* refusal(
        `${runnable.name} cannot list its registers`,
        "run nodes and clients with --protocol rambo"
      )
    if (keys !== undefined && !areAdministrators(keys))
      return yield* refusal(
        "forbidden: listing requires an administrator's certificate",
        administratorsKeys
      )
    if (after === null || map === undefined) {
      const state = yield* inquired(known)
      map = state === undefined ? undefined : listing.mapOf(state)
    }
    const operation: ListPage = { _tag: "ListPage", map: map ?? null, after }
    let end = (): void => undefined
    return yield* waitFor<unknown>(known, "List", known.milliseconds, (done, refused) => {
      end = operations.once(listing.part, operation, done, refused)
      return undefined
    }).pipe(
      Effect.ensuring(Effect.sync(() => end())),
      Effect.map((result) => pageOf(result as Listed)),
      Effect.catchTag("Refused", (failure) =>
        Effect.fail(
          failure.kind === "forbidden"
            ? refusal(`forbidden: ${failure.reason}`, "use an administrator's keys")
            : failure
        )
      ),
      // The nodes that were asked may have been replaced since the first page.
      Effect.tapError(() =>
        Effect.sync(() => {
          map = undefined
        })
      )
    )
  })
}

const pageOf = ({ registers, upTo }: Listed): Page => ({
  entries: registers.flatMap(({ name, pair: { value } }) =>
    value === null ? [] : [{ key: bytesOfText(name), value: bytesOfText(String(value)) }]
  ),
  next: upTo
})
