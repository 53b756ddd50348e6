/**
 * Each property of consensus fails on the runs and states that violate it, and on no others.
 */
import { describe, expect, it } from "vitest"
import type { Acceptor } from "../../../spec/consensus/acceptor.ts"
import {
  agreement,
  ballotsNameValues,
  promisesBind,
  validity
} from "../../../spec/consensus/agreement.ts"
import type { Ballot } from "../../../spec/consensus/ballot.ts"
import type { ProposeObservation } from "../../../spec/consensus/operation.ts"
import type { Event } from "../../../spec/kernel/observer.ts"
import { client, server } from "../../../spec/nodes/nodes.ts"
import type { Value } from "../../../spec/register/operation.ts"

/** `c1 1`: c1 proposes 1. `c1 1 2`: it returns the decision 2. */
const eventOf = (text: string): Event<ProposeObservation> => {
  const [who, value, decision] = text.split(" ") as [string, string, string | undefined]
  const operation = { _tag: "Propose", value: Number(value) } as const
  const observation: ProposeObservation =
    decision === undefined
      ? { _tag: "Invocation", operation }
      : { _tag: "Response", operation, result: Number(decision) }
  return { _tag: "Observed", node: client(who), observation }
}

/** The names of the properties that the history breaks. */
const broken = (...history: ReadonlyArray<string>): ReadonlyArray<string> =>
  Object.entries({ agreement, validity }).flatMap(([name, property]) => {
    const observer = property.observer({})
    const state = history.map(eventOf).reduce(observer.observe, observer.initial)
    return observer.violation(state) === undefined ? [] : [name]
  })

const s1 = server("s1")
const ballot = (round: number, proposer: string): Ballot => ({ round, proposer: client(proposer) })
const acceptor = (promised: Ballot | null, vote: Ballot | null, value = 1): Acceptor<Value> => ({
  promised,
  vote: vote && { ballot: vote, value }
})

describe("decisions", () => {
  it("agree and are valid if all return a value that one of the clients proposed", () => {
    expect(broken("c1 1", "c2 2", "c2 2 2", "c1 1 2", "c1 3", "c1 3 2")).toEqual([])
  })

  it("do not agree if two differ, for any clients and at any time", () => {
    expect(broken("c1 1", "c2 2", "c1 1 1", "c2 2 2")).toEqual(["agreement"])
    expect(broken("c1 1", "c2 2", "c1 1 1", "c1 3", "c1 3 1", "c1 2", "c1 2 2")).toEqual([
      "agreement"
    ])
  })

  it("are not valid if no client proposed the value, or only later", () => {
    expect(broken("c1 1", "c1 1 9")).toEqual(["validity"])
    expect(broken("c1 1", "c1 1 2", "c2 2")).toEqual(["validity"])
  })
})

describe("promises bind", () => {
  const holds = (before: Acceptor<Value>, after: Acceptor<Value>) =>
    promisesBind.holds({}, s1, before, after)
  const none = acceptor(null, null)
  const [low, high] = [ballot(1, "c1"), ballot(1, "c2")]

  it("holds if the promised ballot grows, and the vote is not above it", () => {
    expect(holds(none, acceptor(low, null))).toBe(true)
    expect(holds(acceptor(low, null), acceptor(low, low))).toBe(true)
    expect(holds(acceptor(low, low), acceptor(high, low))).toBe(true)
    expect(holds(acceptor(high, null), acceptor(ballot(2, "c1"), null))).toBe(true)
  })

  it("fails if an acceptor revokes a promise, wholly or in part", () => {
    expect(holds(acceptor(low, null), none)).toBe(false)
    expect(holds(acceptor(high, null), acceptor(low, null))).toBe(false)
    expect(holds(acceptor(high, null), acceptor(low, low))).toBe(false)
    expect(holds(acceptor(ballot(2, "c1"), null), acceptor(high, null))).toBe(false)
  })

  it("fails if a vote is above the promised ballot, or nothing is promised", () => {
    expect(holds(acceptor(low, null), acceptor(low, high))).toBe(false)
    expect(holds(none, acceptor(null, low))).toBe(false)
  })
})

describe("ballots name values", () => {
  const holds = (left: Acceptor<Value>, right: Acceptor<Value>) =>
    ballotsNameValues.holds({}, left, right)
  const [low, high] = [ballot(1, "c1"), ballot(1, "c2")]

  it("holds if two votes in one ballot are for one value, and if the ballots differ", () => {
    expect(holds(acceptor(low, low), acceptor(low, low))).toBe(true)
    expect(holds(acceptor(low, low, 1), acceptor(high, high, 2))).toBe(true)
    expect(holds(acceptor(low, low, 1), acceptor(low, null))).toBe(true)
  })

  it("fails if two votes in one ballot are for two values", () => {
    expect(holds(acceptor(low, low, 1), acceptor(low, low, 2))).toBe(false)
    expect(holds(acceptor(low, low, 2), acceptor(high, low, 1))).toBe(false)
  })
})
