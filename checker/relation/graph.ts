/**
 * The states of a small relation and the steps between them, as a graph for drawing.
 */
import type { Relation } from "./relation.ts"
import { RelationSpace } from "./space.ts"

export interface Graph<State> {
  readonly states: ReadonlyArray<{
    readonly state: State
    readonly isInitial: boolean
    readonly isBroken: boolean
  }>
  readonly steps: ReadonlyArray<{
    readonly from: number
    readonly to: number
    readonly action: string
  }>
}

/** All reachable states, or undefined if there are more than `most`. */
export const graphOf = <State extends object>(
  relation: Relation<State>,
  most: number
): Graph<State> | undefined => {
  const space = new RelationSpace(relation)
  const numbers = new Map<string, number>()
  const vectors: Array<Int32Array> = []
  const steps: Array<Graph<State>["steps"][number]> = []
  const numberOf = (vector: Int32Array): number => {
    const key = vector.join(" ")
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, vectors.length)
    return vectors.push(vector.slice()) - 1
  }
  const initial = new Set(space.initial.map(numberOf))
  for (let from = 0; from < vectors.length; from++) {
    if (vectors.length > most) return undefined
    const seen = new Set<string>()
    space.expand(vectors[from] as Int32Array, {
      visit: (label) => {
        const to = numberOf(space.successor)
        const action = space.describe(label)
        if (seen.has(`${to} ${action}`)) return
        seen.add(`${to} ${action}`)
        steps.push({ from, to, action })
      }
    })
  }
  return {
    states: vectors.map((vector, number) => ({
      state: space.decode(vector),
      isInitial: initial.has(number),
      isBroken: space.judgeInvariants(vector) !== 0
    })),
    steps
  }
}
