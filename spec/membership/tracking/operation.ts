/**
 * The request of an application to the membership service: the next view of the system. Views come
 * in order, and are the same for every application.
 */
import * as Schema from "effect/Schema"
import type { ObjectType } from "../../kernel/object.ts"
import type { Value } from "../../register/operation.ts"

export const Await = Schema.TaggedStruct("Await", {})
export type Await = typeof Await.Type

/** The sequence of views; `await` returns the number of the next one. */
export const views: ObjectType<Await, Value> = {
  name: "views",
  Operation: Await,
  kinds: [
    {
      tag: "Await",
      syntax: "await",
      parse: (words) => (words.length > 0 ? undefined : { _tag: "Await" })
    }
  ],
  describe: () => "await",
  isKnownByResult: () => true,
  describeResult: (_, result) => `epoch ${result}`
}
