/**
 * From a finding of the search to a run: the way there is read off the visited states, then every action is called
 * once more, on plain states and without the engine's memory, and must lead where the engine said.
 */
import { equals } from "../../spec/kernel/data.ts"
import { deadlockFreedom, type Finding } from "../engine/findings.ts"
import type { Search } from "../engine/search.ts"
import type { Lasso } from "../liveness/fair-space.ts"
import { changed } from "./components.ts"
import { describeClass, type LiveProperty } from "./fairness.ts"
import type { Relation } from "./relation.ts"
import type { RelationSpace } from "./space.ts"

/** A run: where it begins, and the action and the state of each step. */
export interface Run<State> {
  readonly initial: State
  readonly steps: ReadonlyArray<{ readonly action: string; readonly state: State }>
  /**
   * Of a run that goes on for ever: how many steps it takes before the ones that it repeats for ever, which are those
   * that are left. If none are left, it stays in its last state.
   */
  readonly loop?: number
}

/** A function of the relation is not one of the state that it is given, or the engine is at fault. */
export class RunDiverged extends Error {
  override readonly name = "RunDiverged"
}

/** The run that leads to a finding, each step confirmed by the relation itself. */
export const runTo = <State extends object>(
  relation: Relation<State>,
  space: RelationSpace<State>,
  search: Search,
  finding: Finding
): Run<State> => {
  const [first, ...rest] = statesTo(space, search, finding.state) as [Int32Array, ...Array<Int32Array>]
  let before = first
  const steps = rest.map((after) => {
    const action = actionBetween(space, before, after)
    confirmStep(relation, space, before, action, after)
    before = after
    return { action, state: space.decode(after) }
  })
  confirmEnd(relation, space.decode(before), finding.property)
  return { initial: space.decode(first), steps }
}

/** The run that stays for ever without doing what a property demands, each step and its fairness confirmed. */
export const runAlong = <State extends object>(
  relation: Relation<State>,
  space: RelationSpace<State>,
  search: Search,
  { stem, made, loop }: Lasso,
  property: LiveProperty<State>
): Run<State> => {
  const vector = (number: number): Int32Array => {
    const state = new Int32Array(space.width)
    search.shard.read(number, state)
    return state
  }
  const [first, ...rest] = stem.map(vector) as [Int32Array, ...Array<Int32Array>]
  let before = first
  const step = (action: string, after: Int32Array) => {
    confirmStep(relation, space, before, action, after)
    before = after
    return { action, state: space.decode(after) }
  }
  const there = rest.map((after) => step(actionBetween(space, before, after), after))
  const round = loop.map(({ label, state }) => step(space.describe(label), vector(state)))
  const run = { initial: space.decode(first), steps: [...there, ...round], loop: there.length }
  confirmOpen(property, [run.initial, ...run.steps.map(({ state }) => state)].slice(made))
  confirmFair(relation, space, run)
  return run
}

/** What the property demands has not happened in any of these states, in the first of which it is demanded. */
const confirmOpen = <State>(
  { name, after, then }: LiveProperty<State>,
  states: ReadonlyArray<State>
): void => {
  if (after?.(states[0] as State) === false || states.some((state) => then(state)))
    throw new RunDiverged(`"${name}", asked again of the same states, is not broken`)
}

/** No fairness obliges the run to leave its loop: the definition, asked of the relation itself. */
const confirmFair = <State extends object>(
  relation: Relation<State>,
  space: RelationSpace<State>,
  { initial, steps, loop = 0 }: Run<State>
): void => {
  const states = [initial, ...steps.map(({ state }) => state)].slice(loop)
  const round = steps.slice(loop).filter(({ state }, index) => !equals(state, states[index]))
  for (const one of space.classes) {
    if (round.some(({ action }) => one.actions.includes(action))) continue
    const enabled = states.map((state) =>
      one.actions.some((action) => isEnabled(relation, space, action, state))
    )
    const obliges = one.kind === "weak" ? enabled.every(Boolean) : enabled.some(Boolean)
    if (obliges) throw new RunDiverged(`the run is not fair: ${describeClass(one)} obliges it to go on`)
  }
}

/** Whether the action leads to some other state. */
const isEnabled = <State extends object>(
  relation: Relation<State>,
  { components, width }: RelationSpace<State>,
  action: string,
  state: State
): boolean => {
  const where = `action "${action}"`
  const vector = changed(new Int32Array(width), components.changes(state, where))
  return [...(relation.actions[action]?.(state) ?? [])].some(
    (changes) => !same(changed(vector.slice(), components.changes(changes, where)), vector)
  )
}

/** The states on the way to state `number`, itself the last. */
const statesTo = (space: { readonly width: number }, search: Search, number: number): Array<Int32Array> => {
  const path: Array<Int32Array> = []
  for (let at = number; at >= 0; at = search.shard.parentOf(at)) {
    const state = new Int32Array(space.width)
    search.shard.read(at, state)
    path.unshift(state)
  }
  return path
}

/** The action of the first transition that leads from one state to the other. */
const actionBetween = <State extends object>(
  space: RelationSpace<State>,
  before: Int32Array,
  after: Int32Array
): string => {
  let found = -1
  space.expand(before, {
    visit: (label) => {
      if (found < 0 && same(space.successor, after)) found = label
    }
  })
  if (found < 0) throw new RunDiverged("no transition leads from a state to the next one of its run")
  return space.describe(found)
}

const confirmStep = <State extends object>(
  relation: Relation<State>,
  space: RelationSpace<State>,
  before: Int32Array,
  action: string,
  after: Int32Array
): void => {
  for (const changes of relation.actions[action]?.(space.decode(before)) ?? []) {
    const successor = changed(before.slice(), space.components.changes(changes, `action "${action}"`))
    if (same(successor, after)) return
  }
  throw new RunDiverged(
    `action "${action}", called again on the same state, leads elsewhere: it depends on more than the state`
  )
}

const confirmEnd = <State extends object>(relation: Relation<State>, end: State, property: string): void => {
  const fails =
    property === deadlockFreedom
      ? isStuck(relation, end) && relation.isDone?.(end) !== true
      : relation.invariants?.[property]?.(end) === false
  if (!fails) throw new RunDiverged(`"${property}", asked again of the same state, does not fail`)
}

const isStuck = <State extends object>({ actions }: Relation<State>, state: State): boolean =>
  Object.values(actions).every((action) => [...action(state)].length === 0)

const same = (left: Int32Array, right: Int32Array): boolean =>
  left.every((number, component) => number === right[component])
