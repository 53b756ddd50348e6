/**
 * A cache in front of a database, and an invalidation that comes too early. A reader reads an old
 * value before a write, and puts it into the cache after the write's invalidation; the old value
 * then stays there permanently. With a version that the cache compares, it does not.
 *
 *     npx quorate check cache.ts#careless
 *     npx quorate check cache.ts#versioned
 */
import type { Relation } from "../relation/relation.ts"

interface Cache {
  /** The version in the database; each write creates a new one. */
  readonly database: number
  /** The version in the cache; null if there is none. */
  readonly cached: number | null
  /** The least version that the cache accepts. */
  readonly least: number
  /** The value that the reader has read from the database and not yet put into the cache. */
  readonly reading: number | null
  /** Whether a write has yet to invalidate the cache. */
  readonly isInvalidating: boolean
}

const lastVersion = 2

const cache = (compares: boolean): Relation<Cache> => ({
  description: `A cache that ${compares ? "compares versions" : "takes whatever it is given"}.`,
  initial: [{ database: 0, cached: null, least: 0, reading: null, isInvalidating: false }],
  actions: {
    write: ({ database, isInvalidating }) =>
      database < lastVersion && !isInvalidating
        ? [{ database: database + 1, isInvalidating: true }]
        : [],
    invalidate: ({ database, isInvalidating }) =>
      isInvalidating ? [{ cached: null, least: database, isInvalidating: false }] : [],
    "miss and read the database": ({ database, cached, reading }) =>
      cached === null && reading === null ? [{ reading: database }] : [],
    "fill the cache": ({ reading, least }) => {
      if (reading === null) return []
      return compares && reading < least
        ? [{ reading: null }]
        : [{ cached: reading, reading: null }]
    }
  },
  invariants: {
    "what is cached is current, once all is invalidated": ({ database, cached, isInvalidating }) =>
      isInvalidating || cached === null || cached === database
  },
  ...(compares
    ? {}
    : { expect: { "what is cached is current, once all is invalidated": "violated" } }),
  fairness: { weak: ["invalidate", "miss and read the database", "fill the cache"] },
  eventuallyAlways: { "the cache is filled in the end": ({ cached }) => cached !== null }
})

export const careless = cache(false)
export const versioned = cache(true)
