/**
 * The proposer of single-decree Paxos: which answers count, and when a bound stops it.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { type Context, client } from "../../../spec/consensus/client.ts"
import type { Message } from "../../../spec/consensus/messages.ts"
import { instance, type Propose } from "../../../spec/consensus/operation.ts"
import { correct, type Rules } from "../../../spec/consensus/rules.ts"
import { variants } from "../../../spec/consensus/variants.ts"
import type { NodeId } from "../../../spec/kernel/node.ts"
import { client as clientId, server, servers } from "../../../spec/nodes/nodes.ts"
import type { Value } from "../../../spec/register/operation.ts"

const [c1, c2] = [clientId("c1"), clientId("c2")]
const [s1, s2, stranger] = [server("s1"), server("s2"), server("s9")]
const contextOf = (rules: Rules = correct): Context => ({
  configuration: majority(servers("s1", "s2", "s3")),
  rules
})
const ballot = { round: 1, proposer: c1 }
const propose = (value: Value): Propose => ({ _tag: "Propose", value })

type Answer = readonly [from: NodeId, message: Message<Value>]
const promise = (from: NodeId, value?: Value): Answer => [
  from,
  {
    _tag: "Promise",
    ballot,
    vote: value === undefined ? null : { ballot: { round: 0, proposer: c2 }, value }
  }
]
const accepted = (from: NodeId): Answer => [from, { _tag: "Accepted", ballot }]
const rejected = (from: NodeId, refused: "Prepare" | "Accept", round = 2): Answer => [
  from,
  { _tag: "Rejected", ballot, refused, promised: { round, proposer: c2 } }
]

/** The last step of a client that proposes 7 and receives these answers. */
const proposing = (answers: ReadonlyArray<Answer>, context = contextOf()) =>
  answers.reduce(
    ({ state }, [from, message]) =>
      client.step(context, c1, state, { _tag: "Receive", from, message }),
    client.step(context, c1, client.initial(context, c1), { _tag: "Invoke", operation: propose(7) })
  )

describe("a ballot", () => {
  it("proposes the value of the highest vote, or the proposer's own if there is none", () => {
    for (const [vote, value] of [
      [undefined, 7],
      [5, 5]
    ] as const) {
      const { sends } = proposing([promise(s1), promise(s2, vote)])
      expect(sends).toEqual(
        servers("s1", "s2", "s3").map((to) => ({ to, message: { _tag: "Accept", ballot, value } }))
      )
    }
  })

  it("decides after a quorum of votes", () => {
    expect(proposing([promise(s1), promise(s2, 5), accepted(s1), accepted(s2)])).toEqual({
      state: { _tag: "Idle", round: 1 },
      sends: [],
      observations: [{ _tag: "Response", operation: propose(7), result: 5 }]
    })
  })

  it("counts no answer from a node that was not asked, and no second answer, not even a rejection", () => {
    for (const before of [[promise(s1)], [promise(s1), promise(s2), accepted(s1)]]) {
      const { state } = proposing(before)
      const refused = state._tag === "Preparing" ? "Prepare" : "Accept"
      for (const from of [s1, stranger]) {
        for (const answer of [promise(from, 9), accepted(from), rejected(from, refused)]) {
          expect(proposing([...before, answer])).toEqual({ state, sends: [], observations: [] })
        }
      }
      expect(proposing([...before, rejected(server("s3"), refused)]).state).toEqual({
        _tag: "Preempted",
        value: 7,
        round: 2
      })
    }
  })
})

describe("a preempted proposer", () => {
  const { state } = proposing([rejected(s1, "Prepare")])

  it("has been by the first rejection: it takes no further one", () => {
    const once = proposing([rejected(s1, "Prepare", 2)])
    const twice = proposing([rejected(s1, "Prepare", 2), rejected(s2, "Prepare", 5)])
    expect(twice).toEqual({ state: once.state, sends: [], observations: [] })
  })

  it("begins a ballot above the one that preempted it", () => {
    const context = contextOf()
    expect(client.choices(context, c1, state)).toEqual([{ _tag: "Retry" }])
    const { sends } = client.step(context, c1, state, { _tag: "Choose", choice: { _tag: "Retry" } })
    const prepare = { _tag: "Prepare", ballot: { round: 3, proposer: c1 } }
    expect(sends).toEqual(servers("s1", "s2", "s3").map((to) => ({ to, message: prepare })))
  })

  it("is stopped only by the bound on ballots", () => {
    const bounded = (ballots: number): Context => ({ ...contextOf(), bounds: { ballots } })
    for (const context of [contextOf(), bounded(3), { ...contextOf(), bounds: { other: 1 } }]) {
      expect(client.choices(context, c1, state)).toHaveLength(1)
      expect(client.atBound?.(context, state)).toBeUndefined()
    }
    expect(client.choices(bounded(2), c1, state)).toEqual([])
    expect(client.atBound?.(bounded(2), state)).toBe("ballots")
    for (const other of [proposing([]), proposing([promise(s1), promise(s2)])]) {
      expect(client.atBound?.(bounded(1), other.state)).toBeUndefined()
    }
  })
})

describe("the mutants of consensus", () => {
  it("each differ from it in one rule", () => {
    for (const { name, kind, rules } of variants) {
      const changed = Object.entries(rules).filter(
        ([rule, value]) => correct[rule as keyof Rules] !== value
      )
      expect([name, changed.length]).toEqual([name, kind === "mutant" ? 1 : 0])
    }
  })
})

describe("a proposal in words", () => {
  it("has the syntax `propose VALUE`, and returns the decision", () => {
    expect(instance.kinds[0]?.parse(["7"])).toEqual(propose(7))
    expect(instance.kinds[0]?.parse([])).toBeUndefined()
    expect(instance.describe(propose("x"))).toBe("propose x")
    expect(instance.describeResult(propose(7), 5)).toBe("5")
    expect(instance.isKnownByResult?.(propose(7))).toBe(false)
  })
})
