/**
 * Random spaces for tests of the search alone.
 */
import * as fc from "fast-check"
import type { Space } from "../../../checker/engine/space.ts"

export interface Graph {
  /** Per node: its edges. */
  readonly edges: ReadonlyArray<ReadonlyArray<{ readonly to: number; readonly steps: number }>>
  readonly initial: ReadonlyArray<number>
  /** The nodes that break the property. */
  readonly bad: ReadonlyArray<number>
}

/** Graphs of up to ten nodes; one edge in `twos` stands for two steps. */
export const graphs = (steps: fc.Arbitrary<number>): fc.Arbitrary<Graph> =>
  fc.integer({ min: 2, max: 10 }).chain((size) => {
    const node = fc.nat({ max: size - 1 })
    return fc.record({
      edges: fc.array(fc.array(fc.record({ to: node, steps }), { maxLength: 3 }), {
        minLength: size,
        maxLength: size
      }),
      initial: fc.uniqueArray(node, { minLength: 1, maxLength: 2 }),
      bad: fc.uniqueArray(node, { minLength: 1, maxLength: 3 })
    })
  })

export const spaceOf = ({ edges, initial, bad }: Graph): Space => {
  const successor = new Int32Array(1)
  return {
    width: 1,
    initial: initial.map((node) => Int32Array.of(node)),
    successor,
    expand: (state, sink) => {
      const transitions = edges[state[0] as number] ?? []
      for (const { to, steps } of transitions) {
        successor[0] = to
        sink.visit(to, steps)
      }
      return transitions.length
    },
    properties: ["good"],
    judge: ([node]) => (bad.includes(node as number) ? 1 : 0),
    judgeTransition: () => 0,
    isDone: () => false,
    remember: () => () => undefined,
    judgesTransitions: false,
    judgesStates: true,
    content: (_, node) => String(node),
    numberFor: (_, content) => Number(content)
  }
}

/** A tree-like space: each step sets one of many components to one of many values. */
export interface Growth {
  readonly width: number
  /** How many values a component may have, and how many steps a state may be away. */
  readonly values: number
  readonly depth: number
  readonly seed: number
}

export const growths: fc.Arbitrary<Growth> = fc.record({
  width: fc.integer({ min: 8, max: 12 }),
  values: fc.integer({ min: 3, max: 9 }),
  depth: fc.integer({ min: 4, max: 5 }),
  seed: fc.nat()
})

const branches = 3

export const growingSpace = ({ width, values, depth, seed }: Growth): Space => {
  const successor = new Int32Array(width + 1)
  return {
    width: width + 1,
    initial: [new Int32Array(width + 1)],
    successor,
    expand: (state, sink) => {
      if (state[width] === depth) return 0
      const mixed = state.reduce((mix, value) => Math.imul(mix ^ value, 0x9e3779b1), seed)
      for (let branch = 0; branch < branches; branch++) {
        const drawn = Math.imul(mixed ^ branch, 0x85ebca6b) >>> 8
        successor.set(state)
        successor[drawn % width] = (drawn >>> 8) % values
        successor[width] = (state[width] as number) + 1
        sink.visit(branch, 1)
      }
      return branches
    },
    remember: () => () => undefined,
    properties: [],
    judgesStates: false,
    judge: () => 0,
    judgesTransitions: false,
    judgeTransition: () => 0,
    isDone: () => true,
    content: (_, value) => String(value),
    numberFor: (_, content) => Number(content)
  }
}
