/**
 * A relation explored one step at a time: a run, every state on it, and the possible steps in each
 * state. Each step has a short code, which depends only on the action and on the state that it
 * leads to.
 *
 * If there are several initial states, the first step of a run chooses one.
 */
import { deadlockFreedom } from "../../engine/findings.ts"
import type { Failures } from "../../engine/space.ts"
import type { Relation } from "../../relation/relation.ts"
import type { Run } from "../../relation/run.ts"
import { RelationSpace } from "../../relation/space.ts"
import { changesBetween, written } from "../../run/run-changes.ts"
import { codesOf } from "../step-code.ts"

/** The name of the step that chooses an initial state. */
export const begins = "begin"
/** The maximum number of initial states to choose from. */
const maxBeginnings = 200

/** A place on the run. */
export interface Position {
  /** The state; undefined before the run chooses one. */
  readonly state: Int32Array | undefined
  readonly plain: object | undefined
  /** The properties that are broken so far, and the goals that have been reached. */
  readonly broken: ReadonlyArray<string>
  readonly reached: ReadonlyArray<string>
}

/** A possible step. */
export interface Choice {
  readonly code: string
  readonly action: string
  readonly state: Int32Array
  readonly plain: object
  /** Its changes, in a few words. */
  readonly changes: string
  /** Whether it leads beyond the constraints, where the search does not continue. */
  readonly isBeyond: boolean
  readonly breaks: ReadonlyArray<string>
}

export class ModelExploration {
  readonly relation: Relation<object>
  readonly space: RelationSpace<object>
  private readonly taken: Array<Choice> = []
  private readonly places: Array<Position> = []
  private readonly known: Array<ReadonlyArray<Choice> | undefined> = []

  constructor(relation: Relation<object>) {
    this.relation = relation
    this.space = new RelationSpace(relation)
    const [only, ...others] = this.space.beginnings
    this.places.push(
      only !== undefined && others.length === 0
        ? this.positionAt(only, this.space.judgeInvariants(only), undefined)
        : { state: undefined, plain: undefined, broken: [], reached: [] }
    )
  }

  get steps(): ReadonlyArray<Choice> {
    return this.taken
  }

  get positions(): ReadonlyArray<Position> {
    return this.places
  }

  /**
   * Takes the run with these codes, as far as each step is possible. Returns the number of steps
   * taken.
   */
  goTo(codes: ReadonlyArray<string>): number {
    let shared = 0
    while (shared < codes.length && this.taken[shared]?.code === codes[shared]) shared++
    this.taken.length = Math.min(this.taken.length, shared)
    this.places.length = this.taken.length + 1
    this.known.length = Math.min(this.known.length, this.taken.length + 1)
    for (const code of codes.slice(shared)) {
      const choice = this.choices(this.taken.length).find((one) => one.code === code)
      if (choice === undefined) break
      this.take(choice)
    }
    return this.taken.length
  }

  /** The possible steps at a place on the run. */
  choices(at: number): ReadonlyArray<Choice> {
    this.known[at] ??= this.found(this.places[at] as Position)
    return this.known[at]
  }

  /** The codes of a run. */
  codesOf({ initial, steps }: Run<object>): ReadonlyArray<string> {
    this.goTo([])
    const wanted = [...(this.isChosen ? [{ action: begins, state: initial }] : []), ...steps]
    for (const { action, state } of wanted) {
      const text = written(state)
      const choice = this.choices(this.taken.length).find(
        (one) => one.action === action && written(one.plain) === text
      )
      if (choice === undefined) break
      this.take(choice)
    }
    return this.taken.map(({ code }) => code)
  }

  /** Whether the first step chooses an initial state. */
  get isChosen(): boolean {
    return this.places[0]?.state === undefined
  }

  /** The actions from a state and the states that they lead to, each a copy. */
  stepsFrom(
    state: Int32Array
  ): ReadonlyArray<{ readonly action: number; readonly to: Int32Array }> {
    const { space } = this
    const steps: Array<{ readonly action: number; readonly to: Int32Array }> = []
    space.successor.set(state)
    space.eachSuccessor(state, (action, to) => steps.push({ action, to: to.slice() }))
    return steps
  }

  /** The names of the properties that fail. */
  named(failures: Failures): ReadonlyArray<string> {
    return this.space.decided.flatMap(({ name, form }, bit) =>
      form !== "sometimes" && (failures & (1 << bit)) !== 0 ? [name] : []
    )
  }

  private take(choice: Choice): void {
    const before = this.places.at(-1) as Position
    this.taken.push(choice)
    this.places.push(this.positionAt(choice.state, this.failuresOf(before, choice.state), before))
  }

  private failuresOf({ state }: Position, to: Int32Array): Failures {
    const ofStep = state === undefined ? 0 : this.space.failuresOfStep(state, to)
    return ofStep | this.space.judgeInvariants(to)
  }

  private positionAt(
    state: Int32Array,
    failures: Failures,
    before: Position | undefined
  ): Position {
    const plain = this.space.decode(state)
    const { relation } = this
    const isStuck =
      relation.deadlock === true && !this.space.isDone(state) && this.stepsFrom(state).length === 0
    const stuck = isStuck ? [deadlockFreedom] : []
    const goals = Object.entries(relation.sometimes ?? {})
    const reached = goals.flatMap(([name, holds]) => (holds(plain) ? [name] : []))
    return {
      ...{ state, plain },
      broken: [...new Set([...(before?.broken ?? []), ...this.named(failures), ...stuck])],
      reached: [...new Set([...(before?.reached ?? []), ...reached])]
    }
  }

  private found(position: Position): ReadonlyArray<Choice> {
    const { space } = this
    const { state, plain, broken } = position
    const next =
      state === undefined
        ? space.beginnings.slice(0, maxBeginnings).map((to) => ({ action: begins, to }))
        : this.stepsFrom(state).map(({ action, to }) => ({
            action: space.actions[action] as string,
            to
          }))
    const codes = codesOf(next.map(({ action, to }) => [action, space.decode(to)]))
    return next.map(({ action, to }, index): Choice => {
      const after = space.decode(to)
      return {
        code: codes[index] as string,
        action,
        state: to,
        plain: after,
        changes: changesInWords(plain, after),
        isBeyond: state !== undefined && space.isOutside(state, to),
        breaks: this.named(this.failuresOf(position, to)).filter((name) => !broken.includes(name))
      }
    })
  }
}

/** The changes of a step; or, for an initial state, all of the state. */
const changesInWords = (before: object | undefined, after: object): string => {
  if (before === undefined) return written(after)
  const changes = changesBetween(before, after).map(
    ({ path, after: value }) => `${path} = ${written(value)}`
  )
  return changes.length === 0 ? "changes nothing" : changes.join(", ")
}
