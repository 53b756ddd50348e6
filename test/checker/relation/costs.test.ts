/**
 * The cost of the usual ways of writing a model, counted in calls of the author's functions and not
 * in time: a type invariant over the whole state, many initial states, many liveness properties.
 * (`npm run bench -- relations` measures the time and the memory.)
 */
import { expect, it } from "vitest"
import { tokenRing } from "../../../checker/examples/token-ring-termination.ts"
import { twoPhaseCommit } from "../../../checker/examples/two-phase-commit.ts"
import { checkRelation } from "../../../checker/relation/check.ts"
import type { Relation } from "../../../checker/relation/relation.ts"
import { RelationCheck } from "../../../checker/relation/relation-check.ts"
import { oneSetOfMessages } from "./one-set-of-messages.ts"

it("an invariant that looks at everything is asked once of each state, and of a sample again", () => {
  let calls = 0
  const model = twoPhaseCommit({ count: 5 })
  const { states } = checkRelation({
    ...model,
    invariants: {
      "type invariant": (state) => {
        calls++
        return JSON.stringify(state).length > 0
      }
    }
  })
  expect(states.distinct).toBe(8_832)
  expect(calls).toBeGreaterThanOrEqual(states.distinct)
  expect(calls).toBeLessThan(states.distinct * 1.1)
})

it("one set of all messages is packed once for each content, and its actions are asked of few states", () => {
  let compared = 0
  const managers = ["a", "b", "c", "d", "e"]
  const model = oneSetOfMessages(managers)
  const actions = Object.fromEntries(
    Object.entries(model.actions).map(([name, next]) => [
      name,
      (state: Parameters<typeof next>[0]) => {
        compared++
        return next(state)
      }
    ])
  )
  const check = new RelationCheck({ ...model, actions })
  while (check.advance(1 << 16));
  const { states, engine } = check.result()
  expect(states).toEqual({ distinct: 8_832, generated: 58_146, depth: 16 })
  // Who has prepared, and that nothing, commit or abort was said; commit only after all.
  const { values } = check.space.components
  expect(values.find(({ path }) => path[0] === "messages")?.size).toBe(2 * 2 ** 5 + 1)
  // Asked in every state, 27 actions would have been asked 238,464 times.
  expect(engine.calls).toBeLessThan(states.distinct / 2)
  // With those that were asked a second time.
  expect(compared).toBeLessThan(engine.calls * 1.75)
})

it("each initial state is read once", () => {
  let reads = 0
  const counted = (state: { readonly n: number; readonly up: boolean }) =>
    new Proxy(state, {
      ownKeys: (target) => {
        reads++
        return Reflect.ownKeys(target)
      }
    })
  const count = 1_000
  const { states } = checkRelation({
    initial: Array.from({ length: count }, (_, n) => counted({ n, up: false })),
    actions: { rise: ({ up }) => (up ? [] : [{ up: true }]) }
  })
  expect(states.distinct).toBe(2 * count)
  // Its fields are listed and looked at for symbols; the first is looked at for its shape, too.
  expect(reads).toBeLessThan(3 * count)
})

it("twenty properties of liveness share one pass: the actions are asked no more often", () => {
  let calls = 0
  const ring = tokenRing({ count: 4 })
  const leadsTo = ring.leadsTo?.["termination is detected"]
  if (leadsTo === undefined) throw new Error("the ring has another property")
  const callsWith = (properties: number): number => {
    calls = 0
    const actions = Object.fromEntries(
      Object.entries(ring.actions).map(([name, next]) => [
        name,
        (state: Parameters<typeof next>[0]) => {
          calls++
          return next(state)
        }
      ])
    )
    const named = Array.from({ length: properties }, (_, at) => [`detected ${at}`, leadsTo])
    const relation = { ...ring, actions, eventually: {}, leadsTo: Object.fromEntries(named) }
    expect(checkRelation(relation as Relation<never>).verdict).toBe("holds")
    return calls
  }
  const once = callsWith(1)
  expect(callsWith(20)).toBe(once)
})
