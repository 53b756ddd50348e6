/**
 * The promises of a weak snapshot (tutorial 6), as in `spec/weak-snapshot/properties.ts`. These are
 * the only sentences that the model of DynaStore takes from here.
 */
import { and, exists, forall, implies, not } from "../logic/formula.ts"
import type { Sentences } from "../logic/model.ts"
import { before, done, operation } from "../register/history.ts"
import { change, common, isUpdate, proposed, returned } from "./symbols.ts"

const pair = { a: operation, b: operation } as const

export const promises: Sentences = {
  "integrity: a change that a scan returns was proposed": forall(
    { o: operation, d: change },
    ({ o, d }) => implies(returned(o, d), proposed(d))
  ),
  "validity: a scan after an update returns something": forall(pair, ({ a, b }) =>
    implies(
      and(before(a, b), isUpdate(a), not(isUpdate(b)), done(b)),
      exists({ d: change }, ({ d }) => returned(b, d))
    )
  ),
  "monotonicity: a scan returns what an earlier one has returned": forall(
    { ...pair, d: change },
    ({ a, b, d }) =>
      implies(and(before(a, b), returned(a, d), not(isUpdate(b)), done(b)), returned(b, d))
  ),
  // "Some change is in all scans that are not empty": the change is known as soon as one scan is
  // not empty.
  "intersection: a scan that returns something returns the common change": forall(
    { o: operation, x: change, d: change },
    ({ o, x, d }) => implies(and(returned(o, x), common(d)), returned(o, d))
  ),
  "intersection: once a scan has returned something there is a common change": forall(
    { o: operation },
    ({ o }) =>
      implies(
        exists({ d: change }, ({ d }) => returned(o, d)),
        exists({ d: change }, ({ d }) => common(d))
      )
  )
}
