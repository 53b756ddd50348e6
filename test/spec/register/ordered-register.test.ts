/**
 * The register ordered by timestamps is atomic: the definition of atomicity judges every history
 * that two or three clients can produce with a few timestamps. Every system that refines it is
 * therefore atomic.
 */
import { describe, expect, it } from "vitest"
import { canonical, setOf } from "../../../spec/kernel/data.ts"
import { client } from "../../../spec/nodes/nodes.ts"
import {
  crashed,
  initial as initially,
  invoked,
  responded
} from "../../../spec/register/atomicity.ts"
import type { Access } from "../../../spec/register/operation.ts"
import {
  allows,
  initial,
  type Ordered,
  type OrderedRegister
} from "../../../spec/register/ordered-register.ts"
import { isLarger, type Timestamp } from "../../../spec/register/pair.ts"

type Judged = typeof initially

interface State {
  readonly register: OrderedRegister
  readonly positions: ReadonlyArray<number>
  readonly judged: Judged
}

const write = (value: number): Access => ({ _tag: "Write", value })
const read: Access = { _tag: "Read" }

/** The timestamps that writes may choose. */
const timestamps = (scripts: ReadonlyArray<ReadonlyArray<Access>>): ReadonlyArray<Timestamp> =>
  [1, 2, 3].flatMap((number) =>
    scripts.map((_, index) => ({ number, client: client(`c${index + 1}`) }))
  )

const atLeast = (timestamp: Timestamp, floor: Timestamp): boolean => !isLarger(floor, timestamp)

/**
 * Every step of the abstract system, with what an observer sees of it; a client may be gone at any
 * time.
 */
const stepsOf = (
  scripts: ReadonlyArray<ReadonlyArray<Access>>,
  state: State
): ReadonlyArray<State> => {
  const { register, positions, judged } = state
  const { floor, chosen, operations, gone } = register
  const left = scripts.map((_, index) => client(`c${index + 1}`)).filter((id) => !gone.includes(id))
  const lost = left.map((id): State => {
    const { [id]: _pending, ...others } = operations
    const without = { ...register, operations: others, gone: setOf([...gone, id]) }
    return { ...state, register: without, judged: crashed(judged, id) }
  })
  const raised = chosen
    .filter(({ timestamp }) => isLarger(timestamp, floor))
    .map(({ timestamp }) => ({ ...state, register: { ...register, floor: timestamp } }))
  const acted = scripts.flatMap((script, index): ReadonlyArray<State> => {
    const id = client(`c${index + 1}`)
    if (gone.includes(id)) return []
    const own = operations[id]
    const next = script[positions[index] as number]
    const become = (ordered: Ordered): OrderedRegister => ({
      ...register,
      operations: { ...operations, [id]: ordered }
    })
    if (own === undefined) {
      if (next === undefined) return []
      const begun = become({ operation: next, floor, pair: null })
      const after = positions.map((position, at) => (at === index ? position + 1 : position))
      return [{ register: begun, positions: after, judged: invoked(judged, id, next) }]
    }
    const { operation, pair } = own
    if (pair !== null) {
      if (!atLeast(floor, pair.timestamp)) return []
      const { [id]: _ended, ...others } = operations
      const result = operation._tag === "Read" ? pair.value : null
      return [
        {
          register: { ...register, operations: others },
          positions,
          judged: responded(judged, id, result)
        }
      ]
    }
    const pairs =
      operation._tag === "Read"
        ? chosen.filter(({ timestamp }) => atLeast(timestamp, own.floor))
        : timestamps(scripts)
            .filter((timestamp) => timestamp.client === id && isLarger(timestamp, own.floor))
            .filter(
              (timestamp) =>
                !chosen.some((one) => canonical(one.timestamp) === canonical(timestamp))
            )
            .map((timestamp) => ({ value: operation.value, timestamp }))
    return pairs.map((picked) => ({
      ...state,
      register: { ...become({ ...own, pair: picked }), chosen: setOf([...chosen, picked]) }
    }))
  })
  return [...raised, ...acted, ...lost]
}

const explore = (scripts: ReadonlyArray<ReadonlyArray<Access>>) => {
  const start: State = { register: initial, positions: scripts.map(() => 0), judged: initially }
  const found = new Map([[canonical(start), start]])
  for (const state of found.values()) {
    for (const next of stepsOf(scripts, state)) {
      const key = canonical(next)
      if (!found.has(key)) found.set(key, next)
      if (!allows(state.register, next.register))
        return { states: found.size, refused: next, violation: null }
      if (next.judged.violation !== null)
        return { states: found.size, refused: null, violation: next.judged.violation }
    }
  }
  return { states: found.size, refused: null, violation: null }
}

describe("a register ordered by timestamps", () => {
  it.each([
    { scripts: [[write(1)], [read, read]], least: 100 },
    { scripts: [[write(1), read], [write(2)]], least: 500 },
    { scripts: [[write(1)], [write(2)], [read]], least: 1000 }
  ])("is atomic: $scripts", ({ scripts, least }) => {
    const { states, refused, violation } = explore(scripts)
    expect(refused).toBeNull()
    expect(violation).toBeNull()
    expect(states).toBeGreaterThan(least)
  })

  it("has no step that goes below a floor, invents a value, or ends too early", () => {
    const c1 = client("c1")
    const late: Timestamp = { number: 2, client: client("c2") }
    const early: Timestamp = { number: 1, client: c1 }
    const pair = { value: 1, timestamp: early }
    const reading: OrderedRegister = {
      ...initial,
      floor: late,
      chosen: setOf([...initial.chosen, pair]),
      operations: { [c1]: { operation: read, floor: late, pair: null } }
    }
    const withPair = (ordered: Ordered["pair"]): OrderedRegister => ({
      ...reading,
      operations: { [c1]: { operation: read, floor: late, pair: ordered } }
    })
    expect(allows(reading, withPair(pair))).toBe(false)
    expect(allows(reading, withPair({ value: 7, timestamp: { number: 3, client: c1 } }))).toBe(
      false
    )
    expect(allows(reading, { ...reading, floor: early })).toBe(false)
    expect(allows(reading, { ...reading, operations: {} })).toBe(false)
    const written = { value: 2, timestamp: { number: 3, client: c1 } }
    const stored: OrderedRegister = {
      ...reading,
      chosen: setOf([...reading.chosen, written]),
      operations: { [c1]: { operation: write(2), floor: late, pair: written } }
    }
    expect(allows(stored, { ...stored, operations: {} })).toBe(false)
    expect(allows(stored, { ...stored, floor: written.timestamp })).toBe(true)
  })

  it("drops a client's operation only if the client leaves, and that client begins no other", () => {
    const [c1, c2] = [client("c1"), client("c2")]
    const waiting: Ordered = { operation: read, floor: initial.floor, pair: null }
    const both: OrderedRegister = { ...initial, operations: { [c1]: waiting, [c2]: waiting } }
    const lost: OrderedRegister = { ...initial, operations: { [c2]: waiting }, gone: [c1] }
    expect(allows(both, lost)).toBe(true)
    expect(allows(both, { ...lost, gone: [] })).toBe(false)
    expect(allows(both, { ...initial, gone: [c1] })).toBe(false)
    expect(allows(both, { ...both, gone: [c1] })).toBe(false)
    expect(allows(both, { ...initial, gone: [c1, c2] })).toBe(false)
    expect(allows(lost, { ...both, gone: [c1] })).toBe(false)
    expect(allows(lost, { ...lost, gone: [] })).toBe(false)
    const written = { value: 1, timestamp: { number: 1, client: c1 } }
    expect(allows(both, { ...lost, chosen: setOf([...initial.chosen, written]) })).toBe(false)
  })
})
