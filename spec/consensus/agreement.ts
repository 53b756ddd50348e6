/**
 * What is asked of consensus (tutorial, section 5): "each correct node proposes some value and must reach an irrevocable
 * decision on a value, such that nodes never decide on different values, and the decision value is one of the proposed
 * values".
 */
import * as Schema from "effect/Schema"
import { equals, including } from "../kernel/data.ts"
import { SetOf } from "../kernel/node.ts"
import type { Event, Observer } from "../kernel/observer.ts"
import type { Observation } from "../kernel/process.ts"
import type { Observed, PairInvariant, StepInvariant } from "../kernel/property.ts"
import { describeValue, type Operation, Value } from "../register/operation.ts"
import type { Acceptor } from "./acceptor.ts"
import { isHigher } from "./ballot.ts"

/** What was proposed, and what the first response returned. */
export const DecisionState = Schema.Struct({
  proposed: SetOf(Value),
  decision: Schema.NullOr(Schema.Struct({ value: Value })),
  violation: Schema.NullOr(Schema.String)
})
export type DecisionState = typeof DecisionState.Type

/** The demand that a response adds to what was seen before: why it is not met, or null. */
type Demand = (state: DecisionState, result: Value) => string | null

const observerOf = (name: string, demand: Demand): Observer<DecisionState, Operation> => ({
  name,
  initial: { proposed: [], decision: null, violation: null },
  observe: (state, event: Event<Operation>) => {
    if (state.violation !== null || event._tag === "Crashed" || event.observation._tag === "Note")
      return state
    const { observation } = event
    if (observation.operation._tag !== "Propose") return state
    if (observation._tag === "Invocation")
      return { ...state, proposed: including(state.proposed, observation.operation.value) }
    const value = observation.result as Value
    return { ...state, decision: state.decision ?? { value }, violation: demand(state, value) }
  },
  // Whether two responses agree does not depend on their order; and of a response before a proposal, even less was proposed.
  allowsEarlierResponses: true,
  mentionsServers: false,
  violation: ({ violation }) => violation ?? undefined
})

const isResponse = (observation: Observation<Operation>): boolean => observation._tag === "Response"

/** All responses return the same value, whoever asked and whenever: a decision is final. */
export const agreement: Observed<unknown, Operation> = {
  _tag: "Observed",
  name: "agreement",
  about: "no two decisions differ, now or later",
  observer: () =>
    observerOf("agreement", ({ decision }, result) =>
      decision === null || equals(decision.value, result)
        ? null
        : `${describeValue(decision.value)} was decided, and then ${describeValue(result)}`
    ),
  canFailAt: isResponse
}

export const validity: Observed<unknown, Operation> = {
  _tag: "Observed",
  name: "validity",
  about: "what is decided was proposed by somebody before",
  observer: () =>
    observerOf("validity", ({ proposed }, result) =>
      proposed.some((value) => equals(value, result))
        ? null
        : `${describeValue(result)} was decided, and nobody had proposed it`
    ),
  canFailAt: isResponse
}

/** A promise binds: what an acceptor has promised grows, and its vote is not above it. */
export const promisesBind: StepInvariant<unknown, "server", Acceptor<Value>> = {
  _tag: "Step",
  name: "promises-bind",
  about: "an acceptor never votes in a ballot below one that it takes part in, and never takes its part back",
  role: "server",
  isSymmetric: true,
  holds: (_context, _self, before, after) =>
    (before.promised === null || (after.promised !== null && !isHigher(before.promised, after.promised))) &&
    (after.vote === null || (after.promised !== null && !isHigher(after.vote.ballot, after.promised)))
}

/** A ballot has one value. */
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
