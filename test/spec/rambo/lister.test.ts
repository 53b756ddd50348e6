/**
 * The lister of registers, driven by hand: a page ends with a quorum of answers to its own
 * question, and restarts where an answer has news of configurations.
 */
import { describe, expect, it } from "vitest"
import { majority } from "../../../spec/configuration/configuration.ts"
import { client, server, servers } from "../../../spec/nodes/nodes.ts"
import type { ConfigurationMap } from "../../../spec/rambo/configuration-map.ts"
import { lister } from "../../../spec/rambo/registers/lister.ts"
import type { Message } from "../../../spec/rambo/registers/messages.ts"

const c1 = client("c1")
const [old, next] = [majority(servers("s1", "s2", "s3")), majority(servers("s4", "s5", "s6"))]
const map: ConfigurationMap = { retired: 0, active: [old] }
const context = { configuration: old }

const firstPair = { value: 1, timestamp: { number: 1, client: c1 } } as const

type State = ReturnType<typeof lister.initial>
const step = (state: State, input: Parameters<typeof lister.step>[3]) =>
  lister.step(context, c1, state, input, () => [], "")
const asked = (after: string | null = null, state = lister.initial(context, c1)) =>
  step(state, { _tag: "Invoke", operation: { _tag: "ListPage", map: null, after } })
/** The answer of a node to the question of this number: one register, with this timestamp. */
const answers = (
  state: State,
  from: string,
  {
    phase = 1,
    number = 1,
    known = map
  }: { phase?: number; number?: number; known?: typeof map } = {}
) => {
  const pair = { value: number, timestamp: { number, client: c1 } }
  const message: Message = {
    ...{ _tag: "Listing", operation: 0, phase, map: known, isLast: true },
    registers: [{ name: "a", pair }]
  }
  return step(state, { _tag: "Receive", from: server(from), message })
}

describe("a page of the registers", () => {
  it("ends with a majority, with the largest pair of each", () => {
    const one = answers(asked().state, "s1", { number: 2 })
    expect(one.observations).toEqual([])
    const two = answers(one.state, "s2", { number: 1 })
    expect(two.observations).toMatchObject([
      { _tag: "Response", result: { registers: [{ name: "a", pair: { value: 2 } }] } }
    ])
    expect(lister.ready(context, c1, two.state)).toBe(true)
  })

  it("ends where the shorter list ends: of what comes after, one list knows nothing", () => {
    const lists = (names: ReadonlyArray<string>, isLast: boolean): Message => ({
      ...{ _tag: "Listing", operation: 0, phase: 1, map, isLast },
      registers: names.map((name) => ({ name, pair: firstPair }))
    })
    const receives = (state: State, from: string, message: Message) =>
      step(state, { _tag: "Receive", from: server(from), message })
    const one = receives(asked().state, "s1", lists(["a", "c"], true))
    const two = receives(one.state, "s2", lists(["a", "b"], false))
    expect(two.observations).toMatchObject([
      { _tag: "Response", result: { registers: [{ name: "a" }, { name: "b" }], upTo: "b" } }
    ])
  })

  it("counts no answer to an earlier question, and none when nothing is asked", () => {
    const first = ["s1", "s2"].reduce((state, from) => answers(state, from).state, asked().state)
    expect(answers(first, "s3")).toEqual({ state: first, sends: [], observations: [] })
    const second = asked("a", first).state
    expect(answers(second, "s1")).toEqual({ state: second, sends: [], observations: [] })
    expect(answers(second, "s1", { phase: 2 }).state).not.toEqual(second)
  })

  it("begins again, from the same register, where an answer has another configuration", () => {
    const known: ConfigurationMap = { retired: 0, active: [old, next] }
    const one = answers(answers(asked("b").state, "s1").state, "s2", { known })
    expect(one.observations).toEqual([])
    expect(one.sends.map(({ to }) => to)).toEqual(["s1", "s2", "s3", "s4", "s5", "s6"])
    expect(one.sends[0]?.message).toMatchObject({ _tag: "List", phase: 2, after: "b", map: known })
  })
})
