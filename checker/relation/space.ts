/**
 * A relation as a space to search: a state is one number per leaf of the record.
 *
 * What an action did is remembered by the values that it read, as a block of transitions; each is a
 * list of components and their new numbers. A known step costs a few look-ups and allocates
 * nothing. An action that reads nearly everything is called in every state instead, and its
 * successors are not kept.
 */
import type { Read } from "../engine/dependency-memo.ts"
import type { Failures, Sink, Space } from "../engine/space.ts"
import type { Demand, Fairness, FairSpace } from "../liveness/fair-space.ts"
import { Components } from "./components.ts"
import { type FairClass, fairClasses } from "./fairness.ts"
import {
  asked,
  firstOf,
  initialStatesOf,
  refuseNames,
  refuseOtherFields,
  refuseOtherParts,
  successorsBy,
  truthOf
} from "./ill-formed.ts"
import { Labels } from "./labels.ts"
import { demandOf, type LiveProperty, liveProperties, premisesOf } from "./live-properties.ts"
import { refuseOtherKinds } from "./parts.ts"
import { Questions } from "./questions.ts"
import { type Refines, refinesBy, same } from "./refinement.ts"
import type { Predicate, Relation } from "./relation.ts"
import { answeredOtherwise, type Remembered } from "./remembered.ts"
import { refuseAsymmetry, refuseReducedLiveness } from "./representing.ts"
import { Symmetry } from "./symmetry.ts"
import { type Block, type Successors, Transitions } from "./transitions.ts"
import { View } from "./view.ts"

/** A property that is decided during the search: its name, and the bit that reports its failure. */
export interface Decided {
  readonly name: string
  readonly form: "invariant" | "step" | "refinement" | "sometimes"
}

/** A predicate on a state or a pair of states, and the bit of its answer. */
interface Judge<State> {
  readonly bit: Failures
  readonly memo: Remembered<boolean>
  /** Calls the predicate with a plain state; only for judges of states. */
  readonly ofPlain: (state: State) => boolean
}

/** A successor of a state, by an action; copy it to keep it. */
type EachSuccessor = (action: number, successor: Int32Array) => void

export class RelationSpace<State extends object> implements Space, FairSpace {
  readonly relation: Relation<State>
  readonly width: number
  /**
   * The initial states as they are; those to begin with, each a representative; and those beyond
   * the constraint.
   */
  readonly beginnings: ReadonlyArray<Int32Array>
  readonly initial: ReadonlyArray<Int32Array>
  readonly strays: ReadonlyArray<Int32Array>
  readonly successor: Int32Array
  readonly properties: ReadonlyArray<string>
  readonly components: Components<State>
  /**
   * The names of the actions; in parallel, the number of their transitions, and the number of
   * states in which they were enabled.
   */
  readonly actions: ReadonlyArray<string>
  readonly fired: Array<number>
  readonly enabled: Array<number>
  /** How many transitions led beyond the constraints. */
  left = 0
  readonly decided: ReadonlyArray<Decided>
  readonly classes: ReadonlyArray<FairClass<State>>
  readonly fairness: Fairness
  /** The liveness properties, and, in parallel, their demands. */
  readonly live: ReadonlyArray<LiveProperty<State>>
  readonly demands: ReadonlyArray<Demand>
  readonly refinements: ReadonlyArray<Refines<State>>
  readonly symmetry: Symmetry | undefined
  readonly view: View | undefined
  readonly judgesTransitions: boolean
  /**
   * The state that a function of the author's is being called with, for reports of where it failed.
   */
  askedOf: Int32Array | undefined

  private readonly steps: ReadonlyArray<Remembered<Block>>
  private readonly invariants: ReadonlyArray<Judge<State>>
  private readonly invariantBits: Failures
  private readonly stepJudges: ReadonlyArray<Omit<Judge<State>, "ofPlain">>
  private goals: ReadonlyArray<Judge<State>>
  private readonly done: Remembered<boolean> | undefined
  private readonly constraint: Remembered<boolean> | undefined
  private readonly stepConstraint: Remembered<boolean> | undefined
  private readonly labels: Labels
  private readonly questions: Questions<State>
  private readonly transitions: Transitions
  private readonly parts: ReadonlyMap<number, Remembered<boolean>>

  /** A state and a successor of it, next to each other. */
  private readonly pair: Int32Array
  private readonly looksAtPairs: boolean
  /** The failures in the current transition. */
  private failures: Failures = 0
  /**
   * Whether transitions are being judged, which happens once, or distinguished by their fairness,
   * later.
   */
  private isJudging = true
  private expansions = 0

  constructor(relation: Relation<State>) {
    refuseOtherParts(relation as unknown as Relation<object>)
    refuseOtherKinds(relation as unknown as Relation<object>)
    this.relation = relation
    const { actions, invariants = {}, steps = {}, refines = {}, sometimes = {} } = relation
    const { isDone, constraint, stepConstraint } = relation
    this.live = liveProperties(relation)
    this.decided = [
      ...Object.keys(invariants).map((name) => ({ name, form: "invariant" }) as const),
      ...Object.keys(steps).map((name) => ({ name, form: "step" }) as const),
      ...Object.keys(refines).map((name) => ({ name, form: "refinement" }) as const),
      ...Object.keys(sometimes).map((name) => ({ name, form: "sometimes" }) as const)
    ]
    this.properties = this.decided.map(({ name }) => name)
    refuseNames(
      this.properties,
      this.live.map(({ name }) => name)
    )
    this.classes = fairClasses(relation)
    const given = initialStatesOf(relation.initial, "initial states")
    this.components = new Components(firstOf(given), initialName(0))
    this.width = this.components.width
    this.questions = new Questions(this.components)
    this.transitions = new Transitions(this.components)
    this.successor = new Int32Array(this.width)
    this.pair = new Int32Array(this.width * 2)
    this.beginnings = given.map((state, index) => this.beginning(given, state, index))
    this.actions = Object.keys(actions)
    this.fired = this.actions.map(() => 0)
    this.enabled = this.actions.map(() => 0)
    this.steps = this.actions.map((_, action) => this.rememberedAction(action))
    const judges = (named: Readonly<Record<string, Predicate<State>>>, kind: string) =>
      Object.entries(named).map(([name, holds]) => {
        const where = `${kind} "${name}"`
        const ofPlain = (state: State) => truthOf(asked(where, holds, state), where)
        return { bit: this.bitOf(name), memo: this.questions.ofState(where, holds), ofPlain }
      })
    this.invariants = judges(invariants, "invariant")
    this.invariantBits = this.invariants.reduce((bits, { bit }) => bits | bit, 0)
    this.goals = judges(sometimes, "sometimes")
    this.refinements = Object.entries(refines).map(([name, refinement]) =>
      refinesBy(name, refinement)
    )
    this.stepJudges = [
      ...Object.entries(steps).map(([name, holds]) => ({
        bit: this.bitOf(name),
        memo: this.questions.ofPair(`step property "${name}"`, holds)
      })),
      ...Object.keys(refines).map((name, at) => ({
        bit: this.bitOf(name),
        memo: this.questions.ofPair(
          `refines "${name}"`,
          (this.refinements[at] as Refines<State>).isStep
        )
      }))
    ]
    this.done = isDone && this.questions.ofState("isDone", isDone)
    this.constraint = constraint && this.questions.ofState("constraint", constraint)
    this.stepConstraint = stepConstraint && this.questions.ofPair("stepConstraint", stepConstraint)
    this.judgesTransitions =
      this.stepJudges.length > 0 ||
      (this.invariants.length > 0 && (constraint ?? stepConstraint) !== undefined)
    this.looksAtPairs = this.stepJudges.length > 0 || stepConstraint !== undefined
    this.labels = new Labels(this.actions, this.classes)
    this.parts = this.partsOf()
    this.fairness = {
      classesOf: (_, label) => this.labels.classesOf(label),
      isStrong: (one) => this.classes[one]?.kind === "strong"
    }
    this.demands = this.demandsOf()
    refuseReducedLiveness(relation, this.live.length)
    this.symmetry = this.symmetryOf()
    this.view = this.viewOf()
    const isWithin = (state: Int32Array) => this.constraint?.get(state) !== false
    this.strays = this.beginnings.filter((state) => !isWithin(state))
    this.initial = this.beginnings.filter(isWithin).map((state) => this.represented(state))
  }

  expand(state: Int32Array, sink: Sink): number {
    if (this.symmetry !== undefined && this.isJudging) this.confirmSymmetry(this.symmetry, state)
    this.successor.set(state)
    if (this.looksAtPairs || this.parts.size > 0) this.pair.set(state)
    const { fired, enabled } = this
    let transitions = 0
    let last = -1
    this.eachSuccessor(state, (action) => {
      if (action !== last) enabled[action] = (enabled[action] as number) + 1
      last = action
      fired[action] = (fired[action] as number) + 1
      transitions++
      this.arrive(state, action, sink)
    })
    return transitions
  }

  /** Visits the successors of a state, each one in `successor`, in the order of the actions. */
  eachSuccessor(state: Int32Array, each: EachSuccessor): void {
    const { steps, successor, transitions } = this
    let plain: State | undefined
    for (let action = 0; action < steps.length; action++) {
      const memo = steps[action] as Remembered<Block>
      if (!memo.isDirect) {
        this.askedOf = state
        const { first, last } = memo.get(state)
        for (let transition = first; transition < last; transition++) {
          transitions.change(successor, transition)
          each(action, successor)
          transitions.restore(successor, transition, state)
        }
        continue
      }
      plain ??= this.components.decode(state)
      this.askedOf = state
      const where = this.actionName(action)
      const next = this.relation.actions[this.actions[action] as string] as (
        state: State
      ) => unknown
      const changes = successorsBy(where, next, plain)
      if (memo.askedPlainly()) this.confirmAction(action, state, changes)
      for (const one of changes) {
        this.components.change(successor, one, where)
        each(action, successor)
        successor.set(state)
      }
    }
  }

  judge(state: Int32Array): Failures {
    const failures = this.judgeInvariants(state)
    if (this.goals.length === 0) return failures
    const reached = this.trueOf(this.goals, state)
    if (reached !== 0) this.goals = this.goals.filter(({ bit }) => (reached & bit) === 0)
    return failures | reached
  }

  get judgesStates(): boolean {
    return this.invariants.length + this.goals.length > 0
  }

  judgeTransition(): Failures {
    return this.failures
  }

  /** The properties that fail in a state, except `sometimes`. */
  judgeInvariants(state: Int32Array): Failures {
    return this.invariantBits & ~this.trueOf(this.invariants, state)
  }

  /** Which of these are true in a state. */
  private trueOf(judges: ReadonlyArray<Judge<State>>, state: Int32Array): Failures {
    this.askedOf = state
    let plain: State | undefined
    let bits = 0
    for (let at = 0; at < judges.length; at++) {
      const { bit, memo, ofPlain } = judges[at] as Judge<State>
      if (!memo.isDirect) {
        if (memo.get(state)) bits |= bit
        continue
      }
      plain ??= this.components.decode(state)
      const answer = ofPlain(plain)
      if (answer) bits |= bit
      if (memo.askedPlainly()) memo.confirm({ state, answer })
    }
    return bits
  }

  isDone(state: Int32Array): boolean {
    this.askedOf = state
    return this.done?.get(state) === true
  }

  remember(): () => void {
    const fired = [...this.fired]
    const enabled = [...this.enabled]
    const { left } = this
    return () => {
      this.left = left
      for (let action = 0; action < fired.length; action++) {
        this.fired[action] = fired[action] as number
        this.enabled[action] = enabled[action] as number
      }
    }
  }

  content(component: number, value: number): string {
    return this.components.content(component, value)
  }

  numberFor(component: number, content: string): number {
    return this.components.numberFor(component, content)
  }

  /** The name of the action of a transition with this label. */
  describe(label: number): string {
    return this.actions[this.labels.actionOf(label)] as string
  }

  /** The state as its author wrote it. */
  decode(state: Int32Array): State {
    return this.components.decode(state)
  }

  /** The representative of this state. */
  represented(state: Int32Array): Int32Array {
    if (this.symmetry === undefined && this.view === undefined) return state
    const representative = state.slice()
    this.represent(representative)
    return representative
  }

  /** Whether the visited states may differ from those of a run. */
  get represents(): boolean {
    return this.symmetry !== undefined || this.view !== undefined
  }

  /** The failures in a step, and in its target if it is beyond the constraints. */
  failuresOfStep(state: Int32Array, successor: Int32Array): Failures {
    this.pair.set(state)
    this.pair.set(successor, this.width)
    return (
      this.judgeStep(state, successor) |
      (this.isBeyond(state, successor) ? this.judgeInvariants(successor) : 0)
    )
  }

  /** Whether a step leads beyond the constraints. */
  isOutside(state: Int32Array, successor: Int32Array): boolean {
    this.pair.set(state)
    this.pair.set(successor, this.width)
    return this.isBeyond(state, successor)
  }

  /** From now on transitions are distinguished by their fairness, and no longer judged. */
  beginLiveness(): void {
    this.isJudging = false
  }

  /**
   * How often the author's functions were called, how often an answer was needed, and the memory of
   * the answers.
   */
  get calls(): number {
    return this.questions.calls
  }
  get lookups(): number {
    return this.questions.lookups
  }
  get bytes(): number {
    return this.components.bytes + (this.view?.bytes ?? 0) + this.transitions.bytes
  }

  /**
   * Repeats a sample of the calls to the author's functions. Throws if the answers have changed.
   */
  confirmAll(): void {
    this.questions.confirmAll()
  }

  /**
   * The transition leads to `successor`: beyond the constraints, or to a state that the search
   * adopts.
   */
  private arrive(state: Int32Array, action: number, sink: Sink): void {
    const { successor } = this
    if (this.looksAtPairs || this.parts.size > 0) this.pair.set(successor, this.width)
    this.failures =
      this.isJudging && this.stepJudges.length > 0 ? this.judgeStep(state, successor) : 0
    const label = this.isJudging ? action : this.labelOf(action)
    if (this.isBeyond(state, successor)) {
      this.left++
      if (this.isJudging) this.failures |= this.judgeInvariants(successor)
      sink.leave?.(label)
      return
    }
    if (this.symmetry === undefined && this.view === undefined) {
      sink.visit(label, 1)
      return
    }
    this.represent(successor)
    sink.visit(label, 1)
    successor.set(state)
  }

  private represent(state: Int32Array): void {
    this.symmetry?.represent(state)
    this.view?.represent(state)
  }

  private isBeyond(state: Int32Array, successor: Int32Array): boolean {
    if (this.constraint === undefined && this.stepConstraint === undefined) return false
    this.askedOf = successor
    return (
      this.constraint?.get(successor) === false ||
      (this.stepConstraint?.get(this.pair) === false && !same(state, successor))
    )
  }

  private judgeStep(state: Int32Array, successor: Int32Array): Failures {
    if (same(state, successor)) return 0
    this.askedOf = state
    let failures = 0
    for (const { bit, memo } of this.stepJudges) if (!memo.get(this.pair)) failures |= bit
    return failures
  }

  /** The label of the current transition, by the parts of its action that it belongs to. */
  private labelOf(action: number): number {
    const parts = this.labels.partsOf(action)
    if (parts.length === 0) return action
    return this.labels.labelOf(
      action,
      parts.filter((one) => this.parts.get(one)?.get(this.pair) === true)
    )
  }

  private rememberedAction(action: number): Remembered<Block> {
    const { components, transitions } = this
    const where = this.actionName(action)
    const next = this.relation.actions[this.actions[action] as string] as (state: State) => unknown
    const changesOf = (state: State): Successors =>
      successorsBy(where, next, state).map((one) => components.changes(one, where))
    const plainly = (state: Int32Array) => changesOf(components.decode(state))
    const question = {
      where,
      noting: (read: Read) => transitions.keep(components.reading(read, changesOf)),
      plainly: (state: Int32Array) => transitions.keep(plainly(state)),
      difference: (state: Int32Array, block: Block) =>
        transitions.differenceFrom(block, plainly(state))
    }
    return this.questions.about(question, (state) => successorsBy(where, next, state))
  }

  /** Calls again an action whose answers are not kept, for the successors of a state. */
  private confirmAction(action: number, state: Int32Array, changes: ReadonlyArray<unknown>): void {
    const where = this.actionName(action)
    const next = this.relation.actions[this.actions[action] as string] as (state: State) => unknown
    const numbered = (answer: ReadonlyArray<unknown>): Successors =>
      answer.map((one) => this.components.changes(one, where))
    const again = numbered(successorsBy(where, next, this.components.decode(state)))
    const found = this.transitions.difference(numbered(changes), again)
    if (found !== undefined) throw answeredOtherwise(where, found)
  }

  private bitOf(name: string): Failures {
    return 1 << this.properties.indexOf(name)
  }

  private beginning(given: ReadonlyArray<State>, state: State, index: number): Int32Array {
    const where = initialName(index)
    try {
      const vector = this.components.vector(state, where)
      if (vector !== undefined) return vector
    } catch (error) {
      refuseOtherFields(firstOf(given), state, where)
      throw error
    }
    refuseOtherFields(firstOf(given), state, where)
    throw new Error(`${where} lacks a field`)
  }

  private partsOf(): ReadonlyMap<number, Remembered<boolean>> {
    return new Map(
      this.classes.flatMap(({ name, when }, one) =>
        when === undefined
          ? []
          : [[one, this.questions.ofPair(`fairness of ${name}, when`, when)] as const]
      )
    )
  }

  private demandsOf(): ReadonlyArray<Demand> {
    const { again, within } = premisesOf(this.relation)
    const memoOf = (where: string, holds: Predicate<State>) => {
      const memo = this.questions.ofState(where, holds)
      return (state: Int32Array) => {
        this.askedOf = state
        return memo.get(state)
      }
    }
    const premises = {
      again: again.map(({ name, holds }) => memoOf(`premise "${name}"`, holds)),
      within: within.map(({ name, holds }) => memoOf(`premise "${name}"`, holds))
    }
    return this.live.map((property) =>
      demandOf(property, premises, (holds) => memoOf(`${property.form} "${property.name}"`, holds))
    )
  }

  /** The symmetry, unless there are liveness properties, for which it may be unsound. */
  private symmetryOf(): Symmetry | undefined {
    const { symmetry, sets = [] } = this.relation
    return symmetry === undefined || this.live.length > 0
      ? undefined
      : new Symmetry(this.components as unknown as Components<never>, symmetry, sets)
  }

  private viewOf(): View | undefined {
    const { view } = this.relation
    return view && new View((state) => asked("view", view, this.components.decode(state)))
  }

  /**
   * At intervals: a state and its image under an exchange of names must have the same successors
   * and failures.
   */
  private confirmSymmetry(symmetry: Symmetry, state: Int32Array): void {
    const expansion = this.expansions++
    if (expansion >= symmetryChecksAtFirst && expansion % symmetryChecksBetween !== 0) return
    if (symmetry.count === 0) return
    const other = new Int32Array(this.width)
    symmetry.exchange(state, expansion % symmetry.count, other)
    refuseAsymmetry(this, state, other)
  }

  private actionName(action: number): string {
    return `action "${this.actions[action]}"`
  }
}

const symmetryChecksAtFirst = 256
const symmetryChecksBetween = 512

const initialName = (index: number): string => `initial state ${index + 1}`
