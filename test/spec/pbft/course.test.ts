/**
 * Two mutants of PBFT need three views, and no search from the initial state has reached their
 * violations. Here the checker searches the same scenarios from the state that a stated course of
 * the first view leads to. It finds the violation under the mutant, and under the rules of PBFT it
 * exhausts what follows.
 */
import { describe, expect, test } from "vitest"
import { SearchFrom } from "../../../checker/explorer/search-from.ts"
import type { Event, Model } from "../../../checker/network/model.ts"
import { Network } from "../../../checker/network/network.ts"
import { allReductions, soundReductions } from "../../../checker/network/reductions.ts"
import { equals } from "../../../spec/kernel/data.ts"
import { correct } from "../../../spec/pbft/rules.ts"
import { shipped } from "../../checker/shipped.ts"
import { type Act, accepts, commits, decides, leaves } from "./attacks.ts"

/** In view 0 the liar equivocates: `s2` and `s3` accept the first request; all leave. */
const allLeave = ["s2", "s3", "s4"].map(leaves)
const courses: Readonly<Record<string, ReadonlyArray<Act>>> = {
  // It is prepared, and `s2` knows.
  "first-prepared-claimed": [accepts("s2", 0, 1), accepts("s3", 0, 1), commits("s2"), ...allLeave],
  // It is prepared, and no correct replica knows.
  "earliest-claim-followed": [accepts("s2", 0, 1), accepts("s3", 0, 1), ...allLeave]
}
/** In view 1 `s3` decides the second request with the help of the liar. */
const secondIsDecided = [
  ...[accepts("s2", 1, 2), accepts("s3", 1, 2), commits("s2"), commits("s3"), decides("s3")]
]

const property = "decisions-are-kept"

/** A search of the model, once its clients have proposed and its replicas have done all this. */
const searchAfter = (model: Model, course: ReadonlyArray<Act>): SearchFrom => {
  const network = new Network(model, soundReductions(allReductions, model, false))
  let state: Int32Array = network.start.slice()
  const take = (isWanted: (event: Event) => boolean): void => {
    const reached: Array<Int32Array> = []
    network.expand(state, {
      visit: (label) => {
        const [event] = network.describe(label)
        if (event !== undefined && isWanted(event)) reached.push(network.successor.slice())
      }
    })
    expect(reached).toHaveLength(1)
    state = reached[0] as Int32Array
  }
  for (const client of ["c1", "c2"])
    take(({ node, action }) => node === client && action._tag === "Invoke")
  for (const [name, choice] of course)
    take(
      ({ node, action }) =>
        node === name && action._tag === "Choose" && equals(action.choice, choice)
    )
  return SearchFrom.toViolation(network, state, property)
}

const ended = (search: SearchFrom): SearchFrom => {
  while (search.advance(1000));
  return search
}

describe.each(Object.entries(courses))("%s: after a course of the first view", (name, course) => {
  const { model } = shipped(`pbft/large/${name}`)

  test("a search finds a decision that is not kept", () => {
    const steps = ended(searchAfter(model, course))
      .events()
      .flatMap(({ action }) => (action._tag === "Choose" ? [action.choice] : []))
    const proposal = (view: number, value: 1 | 2) => accepts("s2", view, value)[1]
    expect(steps).toContainEqual(proposal(1, 2))
    expect(steps).toContainEqual({ _tag: "Decide" })
    expect(steps.at(-1)).toEqual(proposal(2, 1))
  })

  test("under the rules of PBFT the decision of the second view is kept: exhausted", () => {
    const context = { ...(model.system.context as object), rules: correct }
    const rightly: Model = { ...model, system: { ...model.system, context } }
    const search = ended(searchAfter(rightly, [...course, ...secondIsDecided]))
    expect(search.isExhausted).toBe(true)
    expect(search.states).toBeGreaterThan(100)
  })
})
