/**
 * The states of a relation around a place, breadth-first and one piece at a time: until a step
 * reaches the goal, or to count and draw them.
 */

import { begins, type ModelExploration } from "./exploration.ts"
import type { Goal } from "./goal.ts"

/** The maximum number of states in a picture. */
export const maxDrawn = 400

interface Vertex {
  /** The state; undefined before the run chooses an initial one. */
  readonly state: Int32Array | undefined
  readonly depth: number
  readonly parent: number
  readonly action: string
}

export class ModelSearch {
  private readonly exploration: ModelExploration
  private readonly goal: Goal | undefined
  private readonly vertices: Array<Vertex> = []
  private readonly numbers = new Map<string, number>()
  readonly edges: Array<readonly [from: number, to: number, action: string]> = []
  private readonly fired = new Map<string, number>()
  private next = 0
  /** The last state of the path to the goal. */
  private found: number | undefined

  constructor(exploration: ModelExploration, from: Int32Array | undefined, goal?: Goal) {
    this.exploration = exploration
    this.goal = goal
    this.note({ state: from, depth: 0, parent: -1, action: "" })
  }

  get states(): number {
    return this.vertices.length
  }

  get depth(): number {
    return this.vertices.at(-1)?.depth ?? 0
  }

  get isExhausted(): boolean {
    return this.next === this.vertices.length && this.found === undefined
  }

  /**
   * Expands up to `states` more states. Returns false when none are left, or when the search has
   * found a path.
   */
  advance(states: number): boolean {
    for (let done = 0; done < states && this.next < this.vertices.length; done++) {
      this.expand(this.next++)
      if (this.found !== undefined) return false
    }
    return this.next < this.vertices.length
  }

  /** The actions and states of the path that was found; undefined if there is none. */
  get way(): Way | undefined {
    return this.found === undefined ? undefined : this.wayTo(this.found)
  }

  wayTo(number: number): Way {
    const way: Array<Way[number]> = []
    for (let at = number; at > 0; ) {
      const { state, action, parent } = this.vertices[at] as Vertex
      way.unshift({ action, state: this.exploration.space.decode(state as Int32Array) })
      at = parent
    }
    return way
  }

  get byDepth(): ReadonlyArray<number> {
    const counts: Array<number> = []
    for (const { depth } of this.vertices) counts[depth] = (counts[depth] ?? 0) + 1
    return counts
  }

  get actions(): ReadonlyArray<readonly [string, number]> {
    return [...this.fired].sort(([left], [right]) => (left < right ? -1 : 1))
  }

  /** Each state's distance and its mark. */
  get drawn(): ReadonlyArray<{
    readonly depth: number
    readonly mark: "done" | "broken" | "stuck" | undefined
  }> {
    const { space } = this.exploration
    const goesOn = new Set(this.edges.map(([from]) => from))
    return this.vertices.map(({ state, depth }, number) => {
      if (state === undefined) return { depth, mark: undefined }
      const isBroken = space.judgeInvariants(state) !== 0
      const mark = isBroken
        ? "broken"
        : space.isDone(state)
          ? "done"
          : goesOn.has(number)
            ? undefined
            : "stuck"
      return { depth, mark }
    })
  }

  private expand(number: number): void {
    const { exploration, goal } = this
    const { space } = exploration
    const { state, depth } = this.vertices[number] as Vertex
    const steps =
      state === undefined
        ? space.beginnings.map((to) => ({ action: begins, to }))
        : exploration
            .stepsFrom(state)
            .map(({ action, to }) => ({ action: space.actions[action] as string, to }))
    for (const { action, to } of steps) {
      this.fired.set(action, (this.fired.get(action) ?? 0) + 1)
      const isBeyond = state !== undefined && space.isOutside(state, to)
      const isGoal = goal !== undefined && this.isGoal(goal, state, action, to)
      if (isBeyond && !isGoal) continue
      const vertex = { state: to, depth: depth + 1, parent: number, action }
      if (isGoal) {
        this.found = this.vertices.push(vertex) - 1
        return
      }
      const at = this.note(vertex)
      if (number < maxDrawn) this.edges.push([number, at, action])
    }
  }

  private isGoal(
    goal: Goal,
    before: Int32Array | undefined,
    action: string,
    to: Int32Array
  ): boolean {
    const { exploration } = this
    const { space } = exploration
    const ofStep = before === undefined ? 0 : space.failuresOfStep(before, to)
    const broken = exploration.named(ofStep | space.judgeInvariants(to))
    return goal(action, space.decode(to), broken)
  }

  private note(vertex: Vertex): number {
    const key = vertex.state?.join() ?? ""
    const known = this.numbers.get(key)
    if (known !== undefined) return known
    this.numbers.set(key, this.vertices.length)
    return this.vertices.push(vertex) - 1
  }
}

/** A path to a state. */
export type Way = ReadonlyArray<{ readonly action: string; readonly state: object }>
