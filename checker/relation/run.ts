/**
 * Turns a finding of the search into a run: reads the path there off the visited states, then calls
 * every action again, on plain states and without the engine's memory. Each step must lead where
 * the engine said.
 *
 * The visited states may be representatives (symmetry, view): the run begins in a real initial
 * state, and each step leads to a real state with the right representative.
 */
import { equals } from "../../spec/kernel/data.ts"
import { OwnCodes } from "../engine/code-book.ts"
import { deadlockFreedom, type Finding } from "../engine/findings.ts"
import { type Fingerprint, Packing } from "../engine/packing.ts"
import type { Lasso } from "../liveness/fair-space.ts"
import { describeClass, type FairClass } from "./fairness.ts"
import type { LiveProperty } from "./live-properties.ts"
import { same } from "./refinement.ts"
import type { Relation } from "./relation.ts"
import type { RelationSpace } from "./space.ts"

/** A run: its initial state, and the action and the state of each step. */
export interface Run<State> {
  readonly initial: State
  readonly steps: ReadonlyArray<{ readonly action: string; readonly state: State }>
  /**
   * For an infinite run: the number of steps before the ones that repeat forever, which are the
   * remaining steps. If none remain, the run stays in its last state.
   */
  readonly loop?: number
}

/**
 * A function of the relation does not depend only on the state that it receives, or the engine is
 * at fault.
 */
export class RunDiverged extends Error {
  override readonly name = "RunDiverged"
}

/** What fails: a property, in a state or in a transition from it. */
type Broken = Pick<Finding, "property" | "inTransition">

/**
 * The run along states with these fingerprints to the place where a property fails, with each step
 * confirmed by the relation itself.
 */
export const runTo = <State extends object>(
  space: RelationSpace<State>,
  path: ReadonlyArray<Fingerprint>,
  finding: Broken
): Run<State> => {
  const { run, end } = along(space, path)
  if (!finding.inTransition) {
    confirmEnd(space.relation, space.decode(end), finding.property)
    return run
  }
  const last = failingStep(space, end, finding.property)
  confirmStep(space, end, last.action, last.state)
  const state = space.decode(last.state)
  confirmFailingStep(space, { before: space.decode(end), after: state }, finding.property)
  return { ...run, steps: [...run.steps, { action: last.action, state }] }
}

/** The run along states with these fingerprints. */
export const runAlongPath = <State extends object>(
  space: RelationSpace<State>,
  path: ReadonlyArray<Fingerprint>
): Run<State> => along(space, path).run

const along = <State extends object>(
  space: RelationSpace<State>,
  path: ReadonlyArray<Fingerprint>
) => {
  const hashes = new Packing(space, new OwnCodes(space))
  const isLike = (state: Int32Array, [wanted0, wanted1]: Fingerprint) => {
    const [hash0, hash1] = hashes.fingerprint(space.represented(state))
    return hash0 === wanted0 && hash1 === wanted1
  }
  const [first, ...rest] = path as readonly [Fingerprint, ...Array<Fingerprint>]
  const start = space.beginnings.find((state) => isLike(state, first))
  if (start === undefined) throw new RunDiverged("the run begins in no initial state")
  let end: Int32Array = start
  const steps = rest.map((target) => {
    const step = stepTo(space, end, (state) => isLike(state, target))
    confirmStep(space, end, step.action, step.state)
    end = step.state
    return { action: step.action, state: space.decode(end) }
  })
  const run: Run<State> = { initial: space.decode(start), steps }
  return { run, end }
}

/** A step of a run in the engine's terms. */
interface Step {
  readonly action: string
  readonly state: Int32Array
}

/** The first step from a state that leads to a state for which this is true. */
const stepTo = <State extends object>(
  space: RelationSpace<State>,
  from: Int32Array,
  isWanted: (state: Int32Array) => boolean
): Step => {
  const found = stepsOf(space, from).find(({ state }) => isWanted(state))
  if (found === undefined)
    throw new RunDiverged("no transition leads from a state to the next one of its run")
  return found
}

const failingStep = <State extends object>(
  space: RelationSpace<State>,
  from: Int32Array,
  property: string
): Step => {
  const bit = 1 << space.properties.indexOf(property)
  const found = stepsOf(space, from).find(
    ({ state }) => (space.failuresOfStep(from, state) & bit) !== 0
  )
  if (found === undefined) throw new RunDiverged(`no step breaks "${property}"`)
  return found
}

const stepsOf = <State extends object>(
  space: RelationSpace<State>,
  from: Int32Array
): ReadonlyArray<Step> => {
  const steps: Array<Step> = []
  space.successor.set(from)
  space.eachSuccessor(from, (action, successor) => {
    steps.push({ action: space.actions[action] as string, state: successor.slice() })
  })
  return steps
}

/**
 * The run that stays forever without doing what a property demands, with each step and its fairness
 * confirmed.
 */
export const runAlong = <State extends object>(
  space: RelationSpace<State>,
  read: (number: number, into: Int32Array) => void,
  { stem, made, loop }: Lasso,
  property: LiveProperty<State>
): Run<State> => {
  const vector = (number: number): Int32Array => {
    const state = new Int32Array(space.width)
    read(number, state)
    return state
  }
  const [first, ...rest] = stem.map(vector) as [Int32Array, ...Array<Int32Array>]
  let before = first
  const step = (action: string, after: Int32Array) => {
    confirmStep(space, before, action, after)
    before = after
    return { action, state: space.decode(after) }
  }
  const there = rest.map((after) =>
    step(stepTo(space, before, (state) => same(state, after)).action, after)
  )
  const round = loop.map(({ label, state }) => step(space.describe(label), vector(state)))
  const run = { initial: space.decode(first), steps: [...there, ...round], loop: there.length }
  confirmLasso(space.relation, property, run, made)
  confirmFair(space, run)
  return run
}

/**
 * The run violates the property and not the premises: evaluates the definitions on the relation
 * itself.
 */
const confirmLasso = <State extends object>(
  { premises = {} }: Relation<State>,
  { name, form, after, then }: LiveProperty<State>,
  { initial, steps, loop }: Run<State> & { readonly loop: number },
  made: number
): void => {
  const states = [initial, ...steps.map(({ state }) => state)]
  const repeated = states.slice(loop)
  const isBroken =
    form === "eventually always"
      ? repeated.some((state) => !then(state))
      : after?.(states[made] as State) !== false && !states.slice(made).some((state) => then(state))
  if (!isBroken)
    throw new RunDiverged(`"${name}", evaluated again on the same states, is not broken`)
  const isSupposed =
    Object.values(premises.alwaysEventually ?? {}).every((holds) =>
      repeated.some((state) => holds(state))
    ) &&
    Object.values(premises.eventuallyAlways ?? {}).every((holds) =>
      repeated.every((state) => holds(state))
    )
  if (!isSupposed) throw new RunDiverged(`the run that breaks "${name}" also breaks a premise`)
}

/**
 * No fairness condition forces the run to leave its loop: evaluates the definition on the relation
 * itself.
 */
const confirmFair = <State extends object>(
  space: RelationSpace<State>,
  { initial, steps, loop = 0 }: Run<State>
): void => {
  const states = [initial, ...steps.map(({ state }) => state)].slice(loop)
  const round = steps
    .slice(loop)
    .map(({ action, state }, index) => ({ action, before: states[index] as State, after: state }))
    .filter(({ before, after }) => !equals(before, after))
  for (const one of space.classes) {
    if (round.some((step) => belongsTo(one, step))) continue
    const enabled = states.map((state) =>
      one.actions.some((action) => isEnabled(space, one, action, state))
    )
    const obliges = one.kind === "weak" ? enabled.every(Boolean) : enabled.some(Boolean)
    if (obliges)
      throw new RunDiverged(`the run is not fair: ${describeClass(one)} requires it to continue`)
  }
}

const belongsTo = <State>(
  { actions, when }: FairClass<State>,
  {
    action,
    before,
    after
  }: { readonly action: string; readonly before: State; readonly after: State }
): boolean => actions.includes(action) && when?.(before, after) !== false

/** Whether the class contains a step of the action that leads to some other state. */
const isEnabled = <State extends object>(
  { components, relation }: Pick<RelationSpace<State>, "components" | "relation">,
  one: FairClass<State>,
  action: string,
  state: State
): boolean => {
  const where = `action "${action}"`
  const vector = components.vector(state, where) as Int32Array
  return [...(relation.actions[action]?.(state) ?? [])].some((changes) => {
    const after = vector.slice()
    components.change(after, changes, where)
    return (
      !same(after, vector) &&
      belongsTo(one, { action, before: state, after: components.decode(after) })
    )
  })
}

const confirmStep = <State extends object>(
  { relation, components }: RelationSpace<State>,
  before: Int32Array,
  action: string,
  after: Int32Array
): void => {
  for (const changes of relation.actions[action]?.(components.decode(before)) ?? []) {
    const successor = before.slice()
    components.change(successor, changes, `action "${action}"`)
    if (same(successor, after)) return
  }
  throw new RunDiverged(
    `action "${action}", called again on the same state, gives another result: it depends on more than the state`
  )
}

const confirmEnd = <State extends object>(
  relation: Relation<State>,
  end: State,
  property: string
): void => {
  const { invariants = {}, sometimes = {}, isDone } = relation
  const isSo =
    property === deadlockFreedom
      ? isStuck(relation, end) && isDone?.(end) !== true
      : invariants[property]?.(end) === false || sometimes[property]?.(end) === true
  if (!isSo)
    throw new RunDiverged(`"${property}", evaluated again on the same state, gives another answer`)
}

const confirmFailingStep = <State extends object>(
  { relation, refinements }: RelationSpace<State>,
  { before, after }: { readonly before: State; readonly after: State },
  property: string
): void => {
  const { steps = {}, invariants = {}, refines = {} } = relation
  const refinement = refinements[Object.keys(refines).indexOf(property)]
  const isSo =
    steps[property]?.(before, after) === false ||
    invariants[property]?.(after) === false ||
    refinement?.isStep(before, after) === false
  if (!isSo)
    throw new RunDiverged(`"${property}", evaluated again on the same step, gives another answer`)
}

const isStuck = <State extends object>({ actions }: Relation<State>, state: State): boolean =>
  Object.values(actions).every((action) => [...action(state)].length === 0)
