/**
 * The operation of one instance of consensus (tutorial, section 5): a client proposes a value, and
 * the instance returns its decision.
 */
import * as Schema from "effect/Schema"
import type { ObjectType } from "../kernel/object.ts"
import type { Observation } from "../kernel/observation.ts"
import { describeValue, ofValue, Value } from "../register/operation.ts"

export const Propose = Schema.TaggedStruct("Propose", { value: Value })
export type Propose = typeof Propose.Type
export type ProposeObservation = Observation<Propose, Value>

/** An instance of consensus. */
export const instance: ObjectType<Propose, Value> = {
  name: "consensus",
  Operation: Propose,
  kinds: [
    {
      tag: "Propose",
      syntax: "propose VALUE",
      parse: (words) => ofValue(words, (value) => ({ _tag: "Propose", value }))
    }
  ],
  describe: ({ value }) => `propose ${describeValue(value)}`,
  isKnownByResult: () => false,
  describeResult: (_, result) => describeValue(result)
}
