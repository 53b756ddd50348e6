/**
 * Properties on numbers: each is evaluated once per distinct value of what it speaks of.
 */
import type { NodeId, Role } from "../../spec/kernel/node.ts"
import type { Whole } from "../../spec/kernel/property.ts"
import { DependencyMemo, type Read } from "../engine/dependency-memo.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import type { Failures } from "../engine/space.ts"
import type { Locals } from "./locals.ts"
import { type AnyObserver, type AnyProperty, type Model, nodesOf } from "./model.ts"
import { crashed } from "./process-table.ts"

type Kind<Tag extends AnyProperty["_tag"]> = Extract<AnyProperty, { readonly _tag: Tag }>
interface Numbered<P> {
  readonly property: P
  readonly bit: number
}

const noBit = -1

/** The observers that judge nothing, each once: those of properties of whole runs, and the one that bounds crashes. */
export const onlookers = (model: Model): ReadonlyArray<AnyObserver> => {
  const live = model.properties.flatMap((property) => (property._tag === "Live" ? [property] : []))
  const needed = model.crashPremise === undefined ? live : [...live, model.crashPremise]
  const byName = new Map<string, AnyObserver>()
  for (const { observer } of needed) {
    const made = observer(model.setup)
    byName.set(made.name, made)
  }
  return [...byName.values()]
}

export class Judgement {
  /** The names of the properties that can fail; `Failures` has a bit for each. */
  readonly names: ReadonlyArray<string>
  /** The observers that a state has a component for; one that only looks on has no bit. */
  readonly observers: ReadonlyArray<{ readonly observer: AnyObserver; readonly bit: number }>
  /** The `Sometimes` properties that have been reached. */
  readonly reached = new Set<string>()
  private readonly roles: ReadonlyArray<Role>
  private readonly ids: ReadonlyArray<NodeId>
  private readonly steps: ReadonlyArray<Numbered<Kind<"Step">>>
  private readonly singles: ReadonlyArray<Numbered<Kind<"Process">>>
  private readonly pairs: ReadonlyArray<Numbered<Kind<"Pair">>>
  private readonly wholes: ReadonlyArray<{ readonly bit: number; readonly memo: DependencyMemo<boolean> }>
  private goals: ReadonlyArray<{ readonly name: string; readonly memo: DependencyMemo<boolean> }>
  /** Per state of a process, the failures of the invariants over it alone; undefined if not evaluated yet. */
  private readonly singleFailures: Array<Failures | undefined> = []
  private readonly pairFailures = new PairMemo()
  private locals!: Locals

  private readonly model: Model

  constructor(model: Model) {
    this.model = model
    const nodes = nodesOf(model)
    this.roles = nodes.map(({ role }) => role)
    this.ids = nodes.map(({ id }) => id)
    const failing = model.properties.filter(({ _tag }) => _tag !== "Sometimes" && _tag !== "Live")
    this.names = failing.map(({ name }) => name)
    const numbered = failing.map((property, bit) => ({ property, bit }))
    const ofKind = <Tag extends AnyProperty["_tag"]>(tag: Tag) =>
      numbered.filter(({ property }) => property._tag === tag) as unknown as ReadonlyArray<
        Numbered<Kind<Tag>>
      >
    this.observers = [
      ...ofKind("Observed").map(({ property, bit }) => ({ observer: property.observer(model.setup), bit })),
      ...onlookers(model).map((observer) => ({ observer, bit: noBit }))
    ]
    this.steps = ofKind("Step")
    this.singles = ofKind("Process")
    this.pairs = ofKind("Pair")
    this.wholes = ofKind("Whole").map(({ property, bit }) => ({ bit, memo: this.remembered(property) }))
    this.goals = model.properties
      .filter((property) => property._tag === "Sometimes")
      .map((property) => ({ name: property.name, memo: this.remembered(property) }))
  }

  /** Gives the numbers their meaning; before this nothing but steps can be judged. */
  attach(locals: Locals): void {
    this.locals = locals
  }

  readonly judgeStep = (slot: number, before: unknown, after: unknown): Failures =>
    this.steps.reduce(
      (failures, { property, bit }) =>
        property.role !== this.roles[slot] ||
        property.holds(this.model.setup, this.ids[slot] as NodeId, before as never, after as never)
          ? failures
          : failures | (1 << bit),
      0
    )

  get judgesSteps(): boolean {
    return this.steps.length > 0
  }

  /** Whether there is anything to judge in states, observers aside. */
  get judgesStates(): boolean {
    const { singles, pairs, wholes, goals } = this
    return singles.length + pairs.length + wholes.length + goals.length > 0
  }

  /** The failures in a state, observers aside. */
  judge(state: Int32Array): Failures {
    let failures = 0
    for (let slot = 0; slot < this.roles.length; slot++) failures |= this.judgeNode(state, slot)
    for (const { bit, memo } of this.wholes) if (!memo.get(state)) failures |= 1 << bit
    for (const { name, memo } of this.goals) if (memo.get(state)) this.reach(name)
    return failures
  }

  /** Only the node that took the step has a new process state: what speaks of others alone was judged before. */
  private judgeNode(state: Int32Array, slot: number): Failures {
    const processOf = this.locals.processOf.items
    const process = processOf[state[slot] as number] as number
    if (process === crashed) return 0
    let failures = this.singleFailures[process] ?? this.judgeSingle(slot, process)
    if (this.pairs.length === 0) return failures
    const role = this.roles[slot]
    for (let other = 0; other < this.roles.length; other++) {
      if (other === slot || this.roles[other] !== role) continue
      const otherProcess = processOf[state[other] as number] as number
      if (otherProcess === crashed) continue
      failures |=
        slot < other
          ? this.judgePair(role, process, otherProcess)
          : this.judgePair(role, otherProcess, process)
    }
    return failures
  }

  private judgeSingle(slot: number, process: number): Failures {
    const state = this.locals.stateOf(process) as never
    const failures = this.singles.reduce(
      (sum, { property, bit }) =>
        property.role !== this.roles[slot] ||
        property.holds(this.model.setup, this.ids[slot] as NodeId, state)
          ? sum
          : sum | (1 << bit),
      0
    )
    this.singleFailures[process] = failures
    return failures
  }

  private judgePair(role: Role | undefined, left: number, right: number): Failures {
    const known = this.pairFailures.get(left, right)
    if (known !== missing) return known
    const states = [this.locals.stateOf(left) as never, this.locals.stateOf(right) as never] as const
    const failures = this.pairs.reduce(
      (sum, { property, bit }) =>
        property.role !== role || property.holds(this.model.setup, ...states) ? sum : sum | (1 << bit),
      0
    )
    this.pairFailures.set(left, right, failures)
    return failures
  }

  private reach(name: string): void {
    this.reached.add(name)
    this.goals = this.goals.filter((goal) => goal.name !== name)
  }

  private remembered({ holds }: Kind<"Whole"> | Kind<"Sometimes">): DependencyMemo<boolean> {
    return new DependencyMemo((read) => holds(this.model.setup, this.view(read)))
  }

  /** The whole state, read as it is looked at. */
  private view(read: Read): Whole<unknown, unknown, unknown> {
    const ofRole = (role: Role) =>
      lazyRecord(this.slotsOf(role), (slot) => this.locals.decode(read(slot))?.state)
    return {
      servers: ofRole("server"),
      clients: ofRole("client"),
      inboxes: lazyRecord(
        this.ids.map((id, slot) => [id, slot] as const),
        (slot) => this.locals.decode(read(slot))?.inbox
      )
    } as Whole<unknown, unknown, unknown>
  }

  private slotsOf(role: Role): ReadonlyArray<readonly [string, number]> {
    return this.ids.flatMap((id, slot) => (this.roles[slot] === role ? [[id, slot] as const] : []))
  }
}

/** A record whose fields are found out when they are looked at; a field whose value is undefined is absent. */
const lazyRecord = (
  slots: ReadonlyArray<readonly [string, number]>,
  fieldAt: (slot: number) => unknown
): Record<string, unknown> => {
  const slotOf = new Map(slots)
  const get = (key: string | symbol): unknown => {
    const slot = typeof key === "string" ? slotOf.get(key) : undefined
    return slot === undefined ? undefined : fieldAt(slot)
  }
  return new Proxy<Record<string, unknown>>(
    {},
    {
      get: (_, key) => get(key),
      has: (_, key) => get(key) !== undefined,
      ownKeys: () => slots.filter(([, slot]) => fieldAt(slot) !== undefined).map(([id]) => id),
      getOwnPropertyDescriptor: (_, key) => {
        const value = get(key)
        return value === undefined ? undefined : { value, enumerable: true, configurable: true }
      }
    }
  )
}
