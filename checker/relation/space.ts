/**
 * A relation as a space to search: a state is one number per leaf of the record.
 *
 * What an action did is remembered by what it looked at, as a block of transitions; each is a list of components
 * and their new numbers. A step that is known is a few look-ups and allocates nothing.
 */
import { DependencyMemo } from "../engine/dependency-memo.ts"
import type { Failures, Sink, Space } from "../engine/space.ts"
import type { Demand, Fairness, FairSpace } from "../liveness/fair-space.ts"
import { type Change, Components, changed } from "./components.ts"
import { demandOf, type FairClass, fairClasses, type LiveProperty, liveProperties } from "./fairness.ts"
import { asked, firstOf, listOf, refuseNames, refuseOtherFields, truthOf } from "./ill-formed.ts"
import type { Predicate, Relation } from "./relation.ts"

/** The transitions from `first` up to, but not including, `last`. */
interface Block {
  readonly first: number
  readonly last: number
}

type Goal = { readonly name: string; readonly memo: DependencyMemo<boolean> }

export class RelationSpace<State extends object> implements Space, FairSpace {
  readonly width: number
  readonly initial: ReadonlyArray<Int32Array>
  readonly successor: Int32Array
  readonly properties: ReadonlyArray<string>
  readonly components: Components<State>
  /** The names of the actions, and, in parallel, how many transitions were theirs. */
  readonly actions: ReadonlyArray<string>
  readonly fired: Array<number>
  /** The `sometimes` that have been reached. */
  readonly reached = new Set<string>()
  readonly classes: ReadonlyArray<FairClass>
  readonly fairness: Fairness
  /** The properties of liveness, and, in parallel, what they demand. */
  readonly live: ReadonlyArray<LiveProperty<State>>
  readonly demands: ReadonlyArray<Demand>
  /** How often something was asked of a state, whether it was remembered or not. */
  lookups = 0

  private readonly steps: ReadonlyArray<DependencyMemo<Block>>
  private readonly invariants: ReadonlyArray<DependencyMemo<boolean>>
  private readonly done: DependencyMemo<boolean> | undefined
  private readonly memos: Array<DependencyMemo<unknown>> = []
  private goals: ReadonlyArray<Goal>

  /** Per transition, in parallel: its action, and where its changes begin; one more marks the end of the last. */
  private readonly actionOf: Array<number> = []
  private readonly firstChange: Array<number> = [0]
  /** Per change, in parallel. */
  private readonly componentOf: Array<number> = []
  private readonly numberOf: Array<number> = []

  private readonly relation: Relation<State>

  constructor(relation: Relation<State>) {
    this.relation = relation
    const { actions, invariants = {}, sometimes = {}, isDone } = relation
    this.live = liveProperties(relation)
    refuseNames(Object.keys(invariants), [...Object.keys(sometimes), ...this.live.map(({ name }) => name)])
    this.classes = fairClasses(relation)
    this.components = new Components(firstOf(relation.initial), initialName(0))
    this.width = this.components.width
    this.initial = relation.initial.map((state, index) => this.initialState(state, index))
    this.successor = new Int32Array(this.width)
    this.properties = Object.keys(invariants)
    this.actions = Object.keys(actions)
    this.fired = this.actions.map(() => 0)
    this.steps = this.actions.map((_, action) =>
      this.remembered(this.actionName(action), (state) => this.learn(action, state))
    )
    const predicates = (kind: string, named: Readonly<Record<string, Predicate<State>>>) =>
      Object.entries(named).map(([name, holds]) => ({
        name,
        memo: this.judged(`${kind} "${name}"`, holds)
      }))
    this.invariants = predicates("invariant", invariants).map(({ memo }) => memo)
    this.goals = predicates("sometimes", sometimes)
    this.done = isDone && this.judged("isDone", isDone)
    this.fairness = this.fairnessOf()
    this.demands = this.live.map((property) =>
      demandOf(property, (holds) => {
        const memo = this.judged(`${property.form} "${property.name}"`, holds)
        return (state) => memo.get(state)
      })
    )
  }

  expand(state: Int32Array, sink: Sink): number {
    const { steps, fired } = this
    this.successor.set(state)
    let transitions = 0
    for (let action = 0; action < steps.length; action++) {
      const { first, last } = (steps[action] as DependencyMemo<Block>).get(state)
      for (let label = first; label < last; label++) this.take(state, label, sink)
      fired[action] = (fired[action] as number) + last - first
      transitions += last - first
    }
    this.lookups += steps.length
    return transitions
  }

  judge(state: Int32Array): Failures {
    const { invariants, goals } = this
    let failures = 0
    for (let bit = 0; bit < invariants.length; bit++) {
      if (!(invariants[bit] as DependencyMemo<boolean>).get(state)) failures |= 1 << bit
    }
    for (const { name, memo } of goals) if (memo.get(state)) this.reach(name)
    this.lookups += invariants.length + goals.length
    return failures
  }

  get judgesStates(): boolean {
    return this.invariants.length + this.goals.length > 0
  }

  remember(): () => void {
    const fired = [...this.fired]
    return () => {
      for (let action = 0; action < fired.length; action++) this.fired[action] = fired[action] as number
    }
  }

  readonly judgesTransitions = false

  content(component: number, value: number): string {
    return this.components.content(component, value)
  }

  numberFor(component: number, content: string): number {
    return this.components.numberFor(component, content)
  }

  judgeTransition(): Failures {
    return 0
  }

  isDone(state: Int32Array): boolean {
    if (this.done === undefined) return false
    this.lookups++
    return this.done.get(state)
  }

  /** The name of the action that transition `label` is of. */
  describe(label: number): string {
    return this.actions[this.actionOf[label] as number] as string
  }

  /** The state as its author wrote it. */
  decode(state: Int32Array): State {
    return this.components.decode(state)
  }

  /** How often the author's functions were really called. */
  get calls(): number {
    return this.memos.reduce((sum, { calls }) => sum + calls, 0)
  }

  private fairnessOf(): Fairness {
    const { classes } = this
    const ofAction = this.actions.map((name) =>
      classes.flatMap(({ actions }, one) => (actions.includes(name) ? [one] : []))
    )
    return {
      classesOf: (_, label) => ofAction[this.actionOf[label] as number] as ReadonlyArray<number>,
      isStrong: (one) => classes[one]?.kind === "strong"
    }
  }

  private take(state: Int32Array, label: number, sink: Sink): void {
    const { successor, firstChange, componentOf, numberOf } = this
    const first = firstChange[label] as number
    const last = firstChange[label + 1] as number
    for (let change = first; change < last; change++) {
      successor[componentOf[change] as number] = numberOf[change] as number
    }
    sink.visit(label, 1)
    for (let change = first; change < last; change++) {
      const component = componentOf[change] as number
      successor[component] = state[component] as number
    }
  }

  private learn(action: number, state: State): Block {
    const name = this.actions[action] as string
    const where = this.actionName(action)
    const successors = listOf(this.relation.actions[name]?.(state), where)
    const first = this.actionOf.length
    for (const changes of successors) this.add(action, this.components.changes(changes, where))
    return { first, last: this.actionOf.length }
  }

  private add(action: number, changes: ReadonlyArray<Change>): void {
    for (const [component, value] of changes) {
      this.componentOf.push(component)
      this.numberOf.push(value)
    }
    this.actionOf.push(action)
    this.firstChange.push(this.componentOf.length)
  }

  private remembered<Result>(where: string, ask: (state: State) => Result): DependencyMemo<Result> {
    const memo = new DependencyMemo((read) =>
      this.components.reading(read, (state) => asked(where, ask, state))
    )
    this.memos.push(memo)
    return memo
  }

  private judged(where: string, holds: Predicate<State>): DependencyMemo<boolean> {
    return this.remembered(where, (state) => truthOf(holds(state), where))
  }

  private initialState(state: State, index: number): Int32Array {
    const where = initialName(index)
    if (index > 0) refuseOtherFields(firstOf(this.relation.initial), state, where)
    return changed(new Int32Array(this.width), this.components.changes(state, where))
  }

  private actionName(action: number): string {
    return `action "${this.actions[action]}"`
  }

  private reach(name: string): void {
    this.reached.add(name)
    this.goals = this.goals.filter((goal) => goal.name !== name)
  }
}

const initialName = (index: number): string => `initial state ${index + 1}`
