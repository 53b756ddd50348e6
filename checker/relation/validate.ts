/**
 * Whether a recorded run is a run of a relation: a sequence of states, of which perhaps only some
 * fields are known, and perhaps the actions that led to them.
 *
 * The check follows all states of the relation in which the run may be; if none remain, the run is
 * not a run of the relation.
 */
import { equals } from "../../spec/kernel/data.ts"
import type { Relation } from "./relation.ts"
import { RelationSpace } from "./space.ts"

/** A recorded run. */
export interface RecordedRun {
  readonly states: ReadonlyArray<{
    /** The action that led here, if it is known. */
    readonly action: string | undefined
    /** What is known of the state. */
    readonly state: Readonly<Record<string, unknown>>
  }>
  /** For an infinite run: which state follows the last one. */
  readonly loop?: number | undefined
}

export interface Validation<State> {
  readonly isRun: boolean
  /** The number of steps before the first one that the relation does not take. */
  readonly steps: number
  /** Some of the states in which the relation may be there. */
  readonly states: ReadonlyArray<State>
  /**
   * Where the recorded run leaves the relation: the record, and what the relation does there
   * instead.
   */
  readonly left?: {
    readonly action: string | undefined
    readonly recorded: Readonly<Record<string, unknown>>
    readonly possible: ReadonlyArray<{ readonly action: string; readonly state: State }>
  }
  /** The invariants that fail along the way, with the first step after which they do. */
  readonly broken: ReadonlyArray<{ readonly name: string; readonly step: number }>
}

const maxShown = 20

/** Follows a recorded run through a relation. A state that is recorded twice is not a step. */
export const validateRun = <State extends object>(
  relation: Relation<State>,
  { states, loop }: RecordedRun
): Validation<State> => {
  const space = new RelationSpace(relation)
  const broken = new Map<string, number>()
  const decoded = (vectors: Iterable<Int32Array>) =>
    [...vectors].slice(0, maxShown).map((one) => space.decode(one))
  const judge = (vectors: ReadonlyArray<Int32Array>, step: number) => {
    space.properties.forEach((name, bit) => {
      const fails = vectors.every((one) => (space.judgeInvariants(one) & (1 << bit)) !== 0)
      if (fails && !broken.has(name)) broken.set(name, step)
    })
  }
  const validation = (
    steps: number,
    at: ReadonlyArray<Int32Array>,
    left?: Validation<State>["left"]
  ) => ({
    isRun: left === undefined,
    steps,
    states: decoded(at),
    ...(left === undefined ? {} : { left }),
    broken: [...broken].map(([name, step]) => ({ name, step }))
  })
  const round = loop === undefined ? [] : [{ action: undefined, state: states[loop]?.state ?? {} }]
  const [first, ...rest] = [...states, ...round]
  let at = distinct(space.beginnings.filter((one) => isLike(space.decode(one), first?.state ?? {})))
  if (at.length === 0) {
    const possible = decoded(space.beginnings).map((state) => ({ action: "initial", state }))
    return validation(0, [], { action: undefined, recorded: first?.state ?? {}, possible })
  }
  judge(at, 0)
  for (const [index, { action, state }] of rest.entries()) {
    const possible: Array<{ readonly action: string; readonly vector: Int32Array }> = []
    for (const from of at) {
      space.successor.set(from)
      space.eachSuccessor(from, (taken, successor) => {
        possible.push({ action: space.actions[taken] as string, vector: successor.slice() })
      })
    }
    const stays = at.filter((one) => isLike(space.decode(one), state))
    const next = possible
      .filter(
        (one) =>
          (action === undefined || one.action === action) && isLike(space.decode(one.vector), state)
      )
      .map(({ vector }) => vector)
    // A recorder that repeats a state has not seen a step; one that names an action has.
    const found = distinct(action === undefined ? [...stays, ...next] : next)
    if (found.length === 0) {
      const instead = possible
        .slice(0, maxShown)
        .map((one) => ({ action: one.action, state: space.decode(one.vector) }))
      return validation(index, at, { action, recorded: state, possible: instead })
    }
    at = found
    judge(at, index + 1)
  }
  return validation(rest.length, at)
}

const distinct = (vectors: ReadonlyArray<Int32Array>): ReadonlyArray<Int32Array> => [
  ...new Map(vectors.map((one) => [one.join(" "), one])).values()
]

/**
 * Whether a state agrees with what is known of it: fields that are not recorded may have any value,
 * in nested records too.
 */
const isLike = (state: unknown, known: unknown): boolean => {
  if (!isRecord(state) || !isRecord(known)) return equals(state, known)
  return Object.entries(known).every(
    ([field, value]) => Object.hasOwn(state, field) && isLike(state[field], value)
  )
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
