/**
 * Evaluates properties on numbers: each once per distinct value of its arguments.
 */
import type { Knowledge } from "../../spec/kernel/adversary.ts"
import { canonical } from "../../spec/kernel/data.ts"
import type { NodeId, Role } from "../../spec/kernel/node.ts"
import type { AnyObserver } from "../../spec/kernel/observer.ts"
import type { AnyProperty } from "../../spec/kernel/property.ts"
import type { AnyGlobalState } from "../../spec/kernel/system.ts"
import { DependencyMemo, type Read } from "../engine/dependency-memo.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import type { Failures } from "../engine/space.ts"
import type { Hooks } from "./hooks.ts"
import type { Locals } from "./locals.ts"
import { canFail, type Model } from "./model.ts"
import { onlookers } from "./onlookers.ts"
import { correctly, gone, PromiseBroken } from "./process-table.ts"
import type { Processes } from "./processes.ts"
import type { ReductionName } from "./reduction.ts"
import { Views } from "./view.ts"

type Kind<Tag extends AnyProperty["_tag"]> = Extract<AnyProperty, { readonly _tag: Tag }>
interface Numbered<P> {
  readonly property: P
  readonly bit: number
}

const noBit = -1

/** Whether an observer with this bit is an onlooker. */
export const isOnlooker = (bit: number): boolean => bit === noBit

/** The reductions that drop messages. */
const dropping: ReadonlyArray<ReductionName> = ["obsolete-messages", "dead-requests"]

/** The properties that can fail, each with its bit in `Failures`. */
const failing = ({ properties }: Model): ReadonlyArray<Numbered<AnyProperty>> =>
  properties.filter(canFail).map((property, bit) => ({ property, bit }))

const ofKind = <Tag extends AnyProperty["_tag"]>(
  model: Model,
  tag: Tag
): ReadonlyArray<Numbered<Kind<Tag>>> =>
  failing(model).flatMap(({ property, bit }) =>
    property._tag === tag ? [{ property: property as Kind<Tag>, bit }] : []
  )

/** Judges single steps of processes: computes which of these invariants they break. */
export const stepJudge = (model: Model) => {
  const steps = ofKind(model, "Step")
  const { context, nodes } = model.system
  return (slot: number, before: unknown, after: unknown): Failures => {
    const { id, role } = nodes[slot] as (typeof nodes)[number]
    return steps.reduce(
      (failures, { property, bit }) =>
        property.role !== role || property.holds(context, id, before, after)
          ? failures
          : failures | (1 << bit),
      0
    )
  }
}

export class Judgement {
  /** The names of the properties that can fail; each has its bit in `Failures`. */
  readonly names: ReadonlyArray<string>
  /** The observers with a component in each state; an onlooker has no bit. */
  readonly observers: ReadonlyArray<{ readonly observer: AnyObserver; readonly bit: number }>
  /** Whether steps of single processes are judged. */
  readonly judgesSteps: boolean
  /** Whether each step is compared with a step of another system. */
  readonly judgesRefinement: boolean
  /** The `Sometimes` properties that the search has reached. */
  readonly reached = new Set<string>()
  /** The initial state, once known. */
  initial: Int32Array | undefined
  private readonly model: Model
  private readonly views: Views
  private readonly hooks: Hooks
  private readonly locals: Locals
  private readonly processes: Processes
  private readonly roles: ReadonlyArray<Role>
  private readonly ids: ReadonlyArray<NodeId>
  private readonly singles: ReadonlyArray<Numbered<Kind<"Process">>>
  private readonly pairs: ReadonlyArray<Numbered<Kind<"Pair">>>
  /** The slots of every two nodes of a role with properties of pairs, the lower one first. */
  private readonly pairSlots: ReadonlyArray<number>
  private readonly wholes: ReadonlyArray<{
    readonly bit: number
    readonly memo: DependencyMemo<boolean>
  }>
  private readonly refinements: ReadonlyArray<Refinement>
  private goals: ReadonlyArray<{ readonly name: string; readonly memo: DependencyMemo<boolean> }>
  /**
   * Per process state, the failures of the invariants over a single node; undefined until
   * evaluated.
   */
  private readonly singleFailures: Array<Failures | undefined> = []
  private readonly pairFailures = new PairMemo()

  constructor(
    model: Model,
    locals: Locals,
    processes: Processes,
    hooks: Hooks,
    known: (read: Read) => Knowledge
  ) {
    this.model = model
    this.hooks = hooks
    this.locals = locals
    this.processes = processes
    const { nodes, context } = model.system
    this.roles = nodes.map(({ role }) => role)
    this.ids = nodes.map(({ id }) => id)
    this.views = new Views(nodes, locals, processes, known, () => this.allowMessages())
    this.names = failing(model).map(({ property }) => property.name)
    this.observers = [
      ...ofKind(model, "Observed").map(({ property, bit }) => ({
        observer: property.observer(context),
        bit
      })),
      ...onlookers(model).map((observer) => ({ observer, bit: noBit }))
    ]
    this.singles = ofKind(model, "Process")
    this.pairs = ofKind(model, "Pair")
    this.pairSlots = this.slotsOfPairs()
    this.wholes = ofKind(model, "Whole").map(({ property, bit }) => ({
      bit,
      memo: this.remembered(property)
    }))
    this.refinements = ofKind(model, "Refines").map(
      ({ property, bit }) => new Refinement(model, property, bit, (read) => this.views.of(read))
    )
    this.judgesSteps = ofKind(model, "Step").length > 0
    this.judgesRefinement = this.refinements.length > 0
    this.goals = model.properties.flatMap((property) =>
      property._tag === "Sometimes"
        ? [{ name: property.name, memo: this.remembered(property) }]
        : []
    )
  }

  /** The refinements that this step violates. */
  judgeStepBetween(before: Int32Array, after: Int32Array): Failures {
    return this.refinements.reduce((failures, one) => failures | one.judge(before, after), 0)
  }

  /** Whether anything in states can fail, observers aside. */
  get judgesStates(): boolean {
    const { singles, pairs, wholes, refinements, goals } = this
    return singles.length + pairs.length + wholes.length + refinements.length + goals.length > 0
  }

  /** The failures in a state, observers aside. */
  judge(state: Int32Array): Failures {
    let failures = this.singles.length === 0 ? 0 : this.judgeSingles(state)
    if (this.pairSlots.length > 0) failures |= this.judgePairs(state)
    for (const { bit, memo } of this.wholes) if (!memo.get(state)) failures |= 1 << bit
    if (this.refinements.length > 0 && this.initial?.every((value, at) => value === state[at]))
      for (const one of this.refinements) failures |= one.judgeBeginning(state)
    for (const { name, memo } of this.goals) if (memo.get(state)) this.reach(name)
    return failures
  }

  private judgeSingles(state: Int32Array): Failures {
    const processOf = this.locals.processes.items
    let failures = 0
    for (let slot = 0; slot < this.roles.length; slot++) {
      const process = processOf[state[slot] as number] as number
      if (process !== gone)
        failures |= this.singleFailures[process] ?? this.judgeSingle(slot, process)
    }
    return failures
  }

  /** Judges every two nodes once, the one with the lower slot first. */
  private judgePairs(state: Int32Array): Failures {
    const { pairSlots } = this
    const processOf = this.locals.processes.items
    let failures = 0
    for (let at = 0; at < pairSlots.length; at += 2) {
      const slot = pairSlots[at] as number
      const left = processOf[state[slot] as number] as number
      const right = processOf[state[pairSlots[at + 1] as number] as number] as number
      if (left !== gone && right !== gone) failures |= this.judgePair(this.roles[slot], left, right)
    }
    return failures
  }

  private slotsOfPairs(): ReadonlyArray<number> {
    const judged = new Set(this.pairs.map(({ property }) => property.role))
    return this.roles.flatMap((role, slot) =>
      this.roles.flatMap((other, later) =>
        later > slot && other === role && judged.has(role) ? [slot, later] : []
      )
    )
  }

  private judgeSingle(slot: number, process: number): Failures {
    const failures = this.isCorrect(process)
      ? this.singles.reduce(
          (sum, { property, bit }) =>
            property.role !== this.roles[slot] ||
            property.holds(
              this.model.system.context,
              this.ids[slot] as NodeId,
              this.processes.stateOf(process)
            )
              ? sum
              : sum | (1 << bit),
          0
        )
      : 0
    this.singleFailures[process] = failures
    return failures
  }

  private judgePair(role: Role | undefined, left: number, right: number): Failures {
    const known = this.pairFailures.get(left, right)
    if (known !== missing) return known
    const states = [this.processes.stateOf(left), this.processes.stateOf(right)] as const
    const failures =
      this.isCorrect(left) && this.isCorrect(right)
        ? this.pairs.reduce(
            (sum, { property, bit }) =>
              property.role !== role || property.holds(this.model.system.context, ...states)
                ? sum
                : sum | (1 << bit),
            0
          )
        : 0
    this.pairFailures.set(left, right, failures)
    return failures
  }

  private reach(name: string): void {
    this.reached.add(name)
    this.goals = this.goals.filter((goal) => goal.name !== name)
  }

  private isCorrect(process: number): boolean {
    return this.processes.modeOf(process) === correctly
  }

  private remembered({
    holds
  }: Pick<Kind<"Whole" | "Sometimes">, "holds">): DependencyMemo<boolean> {
    return new DependencyMemo((read) => holds(this.model.system.context, this.views.of(read)))
  }

  /**
   * A property that looks at the messages in flight must see all of them, so it forbids reductions
   * that drop some.
   */
  private allowMessages(): void {
    if (this.hooks.inbox.length + this.hooks.changed.length > 0)
      throw new PromiseBroken(
        dropping,
        "a property looks at the messages in flight, some of which it drops"
      )
  }
}

/** One refinement, on numbers: numbers the abstract states, and judges each pair of them once. */
class Refinement {
  private readonly context: unknown
  private readonly property: Kind<"Refines">
  private readonly failure: Failures
  private readonly abstracts: Array<unknown> = []
  private readonly numbers = new Map<string, number>()
  private readonly memo: DependencyMemo<number>
  private readonly steps = new PairMemo()

  constructor(
    { system }: Model,
    property: Kind<"Refines">,
    bit: number,
    view: (read: Read) => AnyGlobalState
  ) {
    this.context = system.context
    this.property = property
    this.failure = 1 << bit
    this.memo = new DependencyMemo((read) =>
      this.number(property.mapping(this.context, view(read)))
    )
  }

  judgeBeginning(state: Int32Array): Failures {
    return this.property.begins(this.context, this.abstracts[this.memo.get(state)])
      ? 0
      : this.failure
  }

  judge(before: Int32Array, after: Int32Array): Failures {
    const [from, to] = [this.memo.get(before), this.memo.get(after)]
    if (from === to) return 0
    const known = this.steps.get(from, to)
    if (known !== missing) return known
    const isStep = this.property.allows(this.context, this.abstracts[from], this.abstracts[to])
    const failures = isStep ? 0 : this.failure
    this.steps.set(from, to, failures)
    return failures
  }

  private number(abstract: unknown): number {
    const text = canonical(abstract)
    const known = this.numbers.get(text)
    if (known !== undefined) return known
    this.numbers.set(text, this.abstracts.length)
    this.abstracts.push(abstract)
    return this.abstracts.length - 1
  }
}
