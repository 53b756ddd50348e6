/**
 * The specification of consensus (tutorial, section 5): "each correct node proposes some value and
 * must reach an irrevocable decision on a value, such that nodes never decide on different values,
 * and the decision value is one of the proposed values".
 */
import * as Schema from "effect/Schema"
import { equals, including } from "../kernel/data.ts"
import { judged } from "../kernel/judged.ts"
import { type NodeId, SetOf } from "../kernel/node.ts"
import type { PairInvariant, StepInvariant } from "../kernel/property.ts"
import { describeValue, Value } from "../register/operation.ts"
import type { Acceptor } from "./acceptor.ts"
import { isHigher } from "./ballot.ts"
import type { Propose, ProposeObservation } from "./operation.ts"

/** The values proposed so far, and the result of the first response. */
export const DecisionState = Schema.Struct({
  proposed: SetOf(Value),
  decision: Schema.NullOr(Schema.Struct({ value: Value })),
  violation: Schema.NullOr(Schema.String)
})
export type DecisionState = typeof DecisionState.Type

const initial: DecisionState = { proposed: [], decision: null, violation: null }

/** A value counts as proposed from its invocation on. */
const begins = (state: DecisionState, _client: NodeId, { value }: Propose): DecisionState => ({
  ...state,
  proposed: including(state.proposed, value)
})

const isResponse = ({ _tag }: ProposeObservation): boolean => _tag === "Response"

/** All responses return the same value: a decision is final. */
export const agreement = judged<DecisionState, Propose, Value>(
  { name: "agreement", about: "no two decisions ever differ" },
  initial,
  {
    begins,
    ends: (state, _client, _operation, result) => {
      const { value: decided } = state.decision ?? { value: result }
      const violation = equals(decided, result)
        ? null
        : `${describeValue(decided)} was decided, and then ${describeValue(result)}`
      return { ...state, decision: { value: decided }, violation }
    }
  },
  isResponse
)

/** Some client proposed the decided value before the decision. */
export const validity = judged<DecisionState, Propose, Value>(
  { name: "validity", about: "every decided value was proposed before" },
  initial,
  {
    begins,
    ends: (state, _client, _operation, result) => {
      const violation = state.proposed.includes(result)
        ? null
        : `${describeValue(result)} was decided, but never proposed`
      return { ...state, decision: state.decision ?? { value: result }, violation }
    }
  },
  isResponse
)

/** A promise binds: the promised ballot only grows, and the vote is never in a higher one. */
export const promisesBind: StepInvariant<unknown, "server", Acceptor<Value>> = {
  _tag: "Step",
  name: "promises-bind",
  about:
    "an acceptor never votes in a ballot below one it has promised, and never revokes a promise",
  role: "server",
  isSymmetric: true,
  holds: (_context, _self, before, after) =>
    (before.promised === null ||
      (after.promised !== null && !isHigher(before.promised, after.promised))) &&
    (after.vote === null ||
      (after.promised !== null && !isHigher(after.vote.ballot, after.promised)))
}

/** A ballot names one value. */
export const ballotsNameValues: PairInvariant<unknown, "server", Acceptor<Value>> = {
  _tag: "Pair",
  name: "ballots-name-values",
  about: "two acceptors that voted in the same ballot voted for the same value",
  role: "server",
  isSymmetric: true,
  holds: (_context, left, right) =>
    left.vote === null ||
    right.vote === null ||
    !equals(left.vote.ballot, right.vote.ballot) ||
    equals(left.vote.value, right.vote.value)
}
