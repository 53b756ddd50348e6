/**
 * Content-hash objects (protocols.md 8.2): `put(v)` stores data under its hash, and `fetch(h)`
 * finds the data with this hash, or nothing.
 *
 * A put changes no existing data. So a fetch writes nothing back, and promises less than a read:
 * while a put has not completed, one fetch may find the data and a later one may not.
 */
import * as Schema from "effect/Schema"
import { equals, including } from "../kernel/data.ts"
import { type Judged, judged } from "../kernel/judged.ts"
import { Text } from "../kernel/node.ts"
import type { ObjectType } from "../kernel/object.ts"
import type { Observation } from "../kernel/observation.ts"
import { describeValue, ofValue, Value } from "../register/operation.ts"

/** The data of a content-hash object. */
export const Data = Schema.TaggedStruct("Data", { value: Value })
export type Data = typeof Data.Type

/**
 * The hash of data, which names the object. It is symbolic here: no two values have the same hash.
 */
export const hashOf = (value: Value): string => `h(${JSON.stringify(value)})`

export const Put = Schema.TaggedStruct("Put", { value: Value })
export const Fetch = Schema.TaggedStruct("Fetch", { hash: Text })
export const Content = Schema.Union([Put, Fetch])
export type Content = typeof Content.Type
export type ContentObservation = Observation<Content, Value>

/** A content-hash object, as users see it: `fetch 1` asks for the data with the hash of 1. */
export const content: ObjectType<Content, Value> = {
  name: "content",
  Operation: Content,
  kinds: [
    {
      tag: "Put",
      syntax: "put VALUE",
      parse: (words) => ofValue(words, (value) => ({ _tag: "Put", value }))
    },
    {
      tag: "Fetch",
      syntax: "fetch VALUE",
      parse: (words) => ofValue(words, (value) => ({ _tag: "Fetch", hash: hashOf(value) }))
    }
  ],
  describe: (operation) =>
    operation._tag === "Put"
      ? `put ${describeValue(operation.value)}`
      : `fetch what has the hash ${operation.hash}`,
  isKnownByResult: ({ _tag }) => _tag === "Fetch",
  describeResult: ({ _tag }, result) => (_tag === "Fetch" ? describeValue(result) : "ok")
}

/** A fetch returns only the data it asked for. */
export const contentVerified = judged<Judged, Content, Value>(
  {
    name: "content-verified",
    about: "a fetch returns data with the hash that it asked for, or nothing"
  },
  { violation: null },
  {
    ends: (state, client, operation, result) =>
      operation._tag !== "Fetch" || result === null || hashOf(result) === operation.hash
        ? state
        : { violation: `${client} fetched ${operation.hash} and got ${describeValue(result)}` }
  },
  (observation) => observation._tag === "Response" && observation.operation._tag === "Fetch"
)

/**
 * The hashes of data that is stored permanently, and those for which each fetch must find
 * something.
 */
interface Kept extends Judged {
  readonly put: ReadonlyArray<string>
  readonly owed: ReadonlyArray<{ readonly client: string; readonly hash: string }>
}

/** `isKept`: whether the end of this operation makes an object permanent. */
const kept = (
  name: string,
  about: string,
  isKept: (operation: Content, result: Value) => boolean
) =>
  judged<Kept, Content, Value>(
    { name, about },
    { violation: null, put: [], owed: [] },
    {
      begins: (state, client, operation) =>
        operation._tag === "Fetch" && state.put.includes(operation.hash)
          ? { ...state, owed: including(state.owed, { client, hash: operation.hash }) }
          : state,
      ends: (state, client, operation, result) => {
        const hash = operation._tag === "Put" ? hashOf(operation.value) : operation.hash
        const owed = state.owed.filter((one) => !equals(one, { client, hash }))
        if (operation._tag === "Fetch" && result === null && owed.length < state.owed.length)
          return {
            ...state,
            violation: `${client} fetched ${hash} in vain, which was there before`
          }
        const put = isKept(operation, result) ? including(state.put, hash) : state.put
        return { ...state, put, owed }
      }
    },
    (observation) => observation._tag === "Response" && observation.operation._tag === "Fetch"
  )

/** Data that was put stays. */
export const contentKept = kept(
  "content-kept",
  "a fetch that begins after a put of the data has completed finds it",
  ({ _tag }) => _tag === "Put"
)

/** More than content-hash objects promise: they are not atomic registers. */
export const contentFoundAgain = kept(
  "content-found-again",
  "a fetch that begins after one that found the data has ended finds it as well",
  ({ _tag }, result) => _tag === "Put" || result !== null
)
