/**
 * Reclaiming as an operation of scripts: `reclaim` (`reclaiming.ts`).
 */
import type { ObjectType } from "../../kernel/object.ts"
import type { Value } from "../../register/operation.ts"
import { incomplete, overtaken } from "./raising.ts"
import { Reclaim } from "./state.ts"

/** The memory of the removed registers of a storage system, as an object. */
export const reclaimable: ObjectType<Reclaim, Value> = {
  name: "memory",
  Operation: Reclaim,
  kinds: [
    {
      tag: "Reclaim",
      syntax: "reclaim",
      parse: (words) => (words.length === 0 ? { _tag: "Reclaim" } : undefined)
    }
  ],
  describe: () => "reclaim",
  describeResult: (_, result) => {
    switch (result) {
      case overtaken:
        return "refused: another configuration came first"
      case incomplete:
        return "refused: not all members answer"
      default:
        return `${result} forgotten`
    }
  }
}
