/**
 * The slow twin of the engine: the same search over the same relations, written as plainly as
 * possible, with whole states under their canonical text in a Map and without a cache.
 */
import type { Relation } from "../../../checker/relation/relation.ts"
import { canonical } from "../../../spec/kernel/data.ts"

/**
 * What the random relations are about: two fields, and two in a record; `d` begins as null and may
 * be a record.
 */
export interface Small {
  readonly a: number
  readonly b: string
  readonly inner: { readonly c: ReadonlyArray<unknown>; readonly d: null | { readonly k: number } }
}

export interface SlowReport {
  readonly distinct: number
  readonly generated: number
  readonly depth: number
  readonly fired: Readonly<Record<string, number>>
  /** The fewest steps to a state in which each invariant fails, or to a deadlock. */
  readonly nearest: Readonly<Record<string, number>>
  readonly reached: ReadonlyArray<string>
  /** How many transitions, and initial states, led beyond the constraints. */
  readonly beyond: number
}

export const successorsOf = (
  relation: Relation<Small>,
  action: string,
  state: Small
): ReadonlyArray<Small> =>
  [...(relation.actions[action]?.(structuredClone(state)) ?? [])].map((changes) => ({
    a: changes.a ?? state.a,
    b: changes.b ?? state.b,
    inner: { ...state.inner, ...changes.inner }
  }))

export const searchSlowly = (relation: Relation<Small>): SlowReport => {
  const depths = new Map<string, number>()
  const queue: Array<readonly [state: Small, depth: number]> = []
  const fired: Record<string, number> = Object.fromEntries(
    Object.keys(relation.actions).map((name) => [name, 0])
  )
  const nearest: Record<string, number> = {}
  const reached = new Set<string>()
  let generated = 0
  let beyond = 0
  const judge = (state: Small, depth: number) => {
    for (const [name, holds] of Object.entries(relation.invariants ?? {}))
      if (!holds(structuredClone(state))) note(name, depth)
  }
  const note = (name: string, depth: number) => {
    nearest[name] = Math.min(depth, nearest[name] ?? depth)
  }
  const visit = (state: Small, depth: number) => {
    const key = canonical(state)
    if (depths.has(key)) return
    depths.set(key, depth)
    queue.push([state, depth])
    judge(state, depth)
    for (const [name, holds] of Object.entries(relation.sometimes ?? {})) {
      if (holds(structuredClone(state))) reached.add(name)
    }
  }
  /** As in TLC: states beyond the constraints are counted and checked, but not expanded. */
  const arrive = (state: Small, depth: number, isWithin: boolean) => {
    generated++
    if (isWithin && relation.constraint?.(structuredClone(state)) !== false)
      return visit(state, depth)
    beyond++
    judge(state, depth)
  }
  for (const state of relation.initial) arrive(state, 0, true)
  for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
    const [state, depth] = entry
    let count = 0
    for (const action of Object.keys(relation.actions)) {
      for (const successor of successorsOf(relation, action, state)) {
        const isStep = canonical(state) !== canonical(successor)
        for (const [name, holds] of Object.entries(relation.steps ?? {}))
          if (isStep && !holds(state, successor)) note(name, depth + 1)
        const isWithin = !isStep || relation.stepConstraint?.(state, successor) !== false
        arrive(successor, depth + 1, isWithin)
        fired[action] = (fired[action] ?? 0) + 1
        count++
      }
    }
    if (count === 0 && relation.isDone?.(structuredClone(state)) !== true)
      note("deadlock-freedom", depth)
  }
  return {
    ...{ distinct: depths.size, generated, depth: Math.max(0, ...depths.values()) },
    ...{ fired, nearest, reached: [...reached].sort(), beyond }
  }
}
