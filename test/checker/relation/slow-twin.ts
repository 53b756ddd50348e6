/**
 * The slow twin of the engine: the same search over the same relations, written as plainly as can
 * be, with whole states under their canonical text in a Map and nothing remembered.
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
  const visit = (state: Small, depth: number) => {
    generated++
    const key = canonical(state)
    if (depths.has(key)) return
    depths.set(key, depth)
    queue.push([state, depth])
    for (const [name, holds] of Object.entries(relation.invariants ?? {})) {
      if (!holds(structuredClone(state))) nearest[name] ??= depth
    }
    for (const [name, holds] of Object.entries(relation.sometimes ?? {})) {
      if (holds(structuredClone(state))) reached.add(name)
    }
  }
  for (const state of relation.initial) visit(state, 0)
  for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
    const [state, depth] = entry
    let count = 0
    for (const action of Object.keys(relation.actions)) {
      for (const successor of successorsOf(relation, action, state)) {
        visit(successor, depth + 1)
        fired[action] = (fired[action] ?? 0) + 1
        count++
      }
    }
    if (count === 0 && relation.isDone?.(structuredClone(state)) !== true) {
      nearest["deadlock-freedom"] ??= depth
    }
  }
  const depth = Math.max(...depths.values())
  return { distinct: depths.size, generated, depth, fired, nearest, reached: [...reached].sort() }
}
