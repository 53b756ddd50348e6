/**
 * The check of a relation by a search, one piece of work at a time: decides when it may stop, and
 * collects its findings.
 */
import { beginSearch, inMemory, type Kept } from "../engine/begin.ts"
import type { DepthFirst } from "../engine/depth-first.ts"
import type { DiskSearch } from "../engine/disk/search.ts"
import { DiskFull } from "../engine/disk/stream.ts"
import { deadlockFreedom, type Finding } from "../engine/findings.ts"
import type { Fingerprint } from "../engine/packing.ts"
import type { PageStore } from "../engine/queue.ts"
import type { Archive, Checksums, Progress } from "../engine/saving.ts"
import { type Counts, type Order, Search } from "../engine/search.ts"
import type { Shard } from "../engine/shard.ts"
import { LivenessPass } from "../liveness/pass.ts"
import { visitedOf } from "../liveness/visited.ts"
import {
  type Demanded,
  demandedOf,
  isAsExpected,
  isEnoughToKnow,
  nothingAsked,
  refuseExpectations
} from "./expectations.ts"
import { describeClass } from "./fairness.ts"
import { RelationIllFormed } from "./ill-formed.ts"
import { type LiveProperty, premisesOf } from "./live-properties.ts"
import { same } from "./refinement.ts"
import type { Relation } from "./relation.ts"
import type { PropertyReport, RelationReport, Verdict } from "./report.ts"
import { type Run, runAlong, runAlongPath, runTo } from "./run.ts"
import { type Decided, RelationSpace } from "./space.ts"

export interface RelationSearch {
  /** The order in which states are expanded; breadth-first (`bfs`) by default. */
  readonly order?: Order
  /** The maximum depth of a depth-first search, in steps. */
  readonly maxSteps?: number
  /** What the search keeps of visited states: all of each by default. */
  readonly keeping?: Kept
  /** Whether the search looks for deadlock; overrides the relation. */
  readonly deadlock?: boolean
  /** Whether the search ends at the first unexpected violation (the default), or finds all. */
  readonly violations?: "first" | "all"
  /** Where waiting states go when memory is short. */
  readonly pageStore?: PageStore
}

/** The counts of a search apart from states, as plain data that can be merged across workers. */
export type Tallied = Readonly<Record<string, number>>

/** A search, on this thread or on others. */
interface Searched {
  readonly findings: ReadonlyArray<Finding>
  readonly counts: Counts
  readonly exhausted: boolean
  readonly bytes: number
  readonly heldBytes: number
  readonly pathTo: (finding: Finding) => ReadonlyArray<Fingerprint>
  readonly shard?: Shard
  readonly putAway?: () => void
  readonly settle?: () => void
}

/** A saved check, with the checksums of its streams. */
export interface SavedRelationCheck {
  readonly progress: Progress
  readonly tallied: Tallied
}

export class RelationCheck<State extends object> {
  readonly space: RelationSpace<State>
  readonly relation: Relation<State>
  private readonly demanded: ReadonlyArray<Demanded>
  private readonly options: RelationSearch
  /** Undefined only during the visit of the initial states. */
  private searched!: Searched
  private search: Search | DiskSearch | DepthFirst | undefined
  private pass: LivenessPass | undefined
  private isDecidedLive = false
  private stopReason: string | undefined
  private readonly notes: Array<string> = []
  private talliedBefore: Tallied = {}
  private talliedElsewhere: Tallied | undefined

  constructor(relation: Relation<State>, options: RelationSearch = {}) {
    this.relation = relation
    this.space = new RelationSpace(relation)
    this.demanded = demandedOf(this.space, options.deadlock ?? relation.deadlock ?? false)
    refuseExpectations(relation as unknown as Relation<object>, this.demanded)
    const isLive = this.space.live.length > 0
    if (isLive && (options.keeping ?? "states") !== "states")
      this.notes.push("whole states were kept in memory, because liveness is decided on them")
    if (isLive && relation.symmetry !== undefined)
      this.notes.push("symmetry was not used, because it may be unsound for liveness properties")
    this.options = { ...options, ...(isLive ? { keeping: "states" } : {}) }
    if (!this.checksDeadlock)
      this.notes.push("deadlock was not checked (`deadlock: true` turns the check on)")
    this.search = this.begin()
    this.searched = this.search
  }

  get checksDeadlock(): boolean {
    return this.options.deadlock ?? this.relation.deadlock ?? false
  }

  get counts(): Counts {
    const { distinct, generated, depth, frontier } = this.searched.counts
    return { distinct, generated: generated + this.space.strays.length, depth, frontier }
  }

  get heldBytes(): number {
    return this.searched.heldBytes + this.space.bytes + (this.pass?.bytes ?? 0)
  }

  /** Frees memory by moving out whatever can wait outside it. */
  putAway(): void {
    this.searched.putAway?.()
  }

  /** Expands up to `states` more states. Returns false when the check has ended. */
  advance(states: number): boolean {
    try {
      return this.pass === undefined ? this.advanceSearch(states) : this.advancePass(states)
    } catch (error) {
      if (error instanceof DiskFull) {
        this.stop(error.message)
        return false
      }
      throw error instanceof RelationIllFormed ? this.located(error) : error
    }
  }

  /** Ends the check early. */
  stop(reason: string): void {
    this.stopReason = reason
    this.searched.settle?.()
  }

  /**
   * Whether the findings suffice: an unexpected violation, or a finding for every property. An
   * expected violation decides nothing about the other properties.
   */
  isEnough(findings: ReadonlyArray<Pick<Finding, "property">>): boolean {
    if (this.options.violations === "all") return false
    const found = [...this.brokenAtBeginning(), ...findings].map(({ property }) => property)
    return isEnoughToKnow(this.relation as unknown as Relation<object>, this.demanded, found)
  }

  /** Completes the current round, then writes everything that another run needs to resume. */
  save(archive: Archive): { readonly check: SavedRelationCheck; readonly files: Checksums } {
    if (!(this.search instanceof Search))
      throw new Error("only a breadth-first search can be saved")
    this.search.finishRound()
    const { progress, files } = this.search.save(archive)
    return { check: { progress, tallied: this.tallied }, files }
  }

  /** Resumes from an earlier run's save. */
  resume({ progress, tallied }: SavedRelationCheck, archive: Archive): void {
    this.talliedBefore = tallied
    const { keeping, pageStore } = this.options
    const settings = {
      checksDeadlock: this.checksDeadlock,
      keeping: inMemory(keeping),
      pageStore,
      from: { progress, archive }
    }
    this.search = new Search(this.space, settings)
    this.searched = this.search
  }

  /** Takes over a finished search by workers with spaces of their own. */
  after(searched: Searched, tallied: Tallied): this {
    this.search = undefined
    this.searched = searched
    this.talliedElsewhere = tallied
    return this
  }

  /** The counts so far. */
  get tallied(): Tallied {
    return this.talliedElsewhere ?? plus(this.talliedBefore, tallyOf(this.space))
  }

  /** The result so far. */
  result(): RelationReport<State> {
    // Taken before counterexamples are rebuilt, since that calls some functions again.
    const { tallied, counts, space } = this
    const { distinct, generated, depth, frontier } = counts
    const forget = space.remember()
    const properties = this.propertyReports()
    forget()
    const exhaustive = this.isExhausted
    const counted = (kind: string) =>
      Object.fromEntries(space.actions.map((name) => [name, tallied[`${kind} ${name}`] ?? 0]))
    const fired = counted("fired")
    const { calls = 0, lookups = 0, beyond = 0 } = tallied
    const stopped = exhaustive ? undefined : this.stopReason
    return {
      verdict: overall(properties, exhaustive),
      asExpected:
        properties.every(isAsExpected) &&
        (exhaustive || properties.some(({ verdict }) => verdict === "violated")),
      exhaustive,
      ...(stopped === undefined ? {} : { stopped }),
      properties,
      states: { distinct, generated, depth },
      frontier,
      beyond: beyond + space.strays.length,
      engine: { calls, memoHitRate: lookups === 0 ? 0 : Math.max(0, 1 - calls / lookups) },
      fired,
      enabled: counted("enabled"),
      vacuous: [
        ...(properties.length === 0 ? [nothingAsked] : []),
        ...(exhaustive ? this.vacuities(properties, fired) : [])
      ],
      notes: [...this.notes, ...this.constraintNotes(beyond + space.strays.length)]
    }
  }

  private begin(): Search | DiskSearch | DepthFirst {
    const { order = "bfs", maxSteps, keeping, pageStore } = this.options
    try {
      return beginSearch(this.space, {
        ...{ order, checksDeadlock: this.checksDeadlock, keeping, pageStore },
        ...(maxSteps === undefined ? {} : { maxSteps })
      })
    } catch (error) {
      throw error instanceof RelationIllFormed ? this.located(error) : error
    }
  }

  private advanceSearch(states: number): boolean {
    const { search, space } = this
    if (search === undefined) return false
    if (this.isEnough([])) {
      this.stop("a violation was found")
      return false
    }
    if (search.advance(states, (findings) => this.isEnough(findings))) return true
    space.confirmAll()
    if (!search.exhausted) {
      this.stop("a violation was found")
      return false
    }
    if (space.live.length === 0) return false
    space.beginLiveness()
    this.talliedBefore = plus(this.talliedBefore, tallyOf(space))
    this.pass = new LivenessPass(space, visitedOf(this.searched.shard as Shard), space.demands)
    this.talliedElsewhere = this.talliedBefore
    return true
  }

  private advancePass(states: number): boolean {
    this.isDecidedLive = this.pass?.advance(states) === false
    if (this.isDecidedLive) this.space.confirmAll()
    return !this.isDecidedLive
  }

  /** Whether everything that the options ask for has been decided. */
  private get isExhausted(): boolean {
    return (
      this.searched.exhausted &&
      !this.isEnough([]) &&
      (this.space.live.length === 0 || this.isDecidedLive)
    )
  }

  /**
   * The properties that are broken before any step: by initial states beyond the constraint, or by
   * initial states that do not map to initial ones.
   */
  private brokenAtBeginning(): ReadonlyArray<{
    readonly property: string
    readonly state: Int32Array
  }> {
    this.atBeginning ??= brokenAtBeginning(this.space)
    return this.atBeginning
  }
  private atBeginning: ReturnType<typeof brokenAtBeginning> | undefined

  private propertyReports(): ReadonlyArray<PropertyReport<State>> {
    const { space, relation, isExhausted } = this
    const otherwise = isExhausted ? "holds" : "inconclusive"
    const expected = (name: string) => {
      const verdict = relation.expect?.[name]
      return verdict === undefined ? {} : { expected: verdict }
    }
    const ofSearch = (name: string, form: Decided["form"] | "deadlock"): PropertyReport<State> => {
      const run = this.runOf(name)
      if (form === "sometimes") {
        const common = { name, form, kind: "reachability" as const, ...expected(name) }
        return run === undefined
          ? { ...common, verdict: isExhausted ? "violated" : "inconclusive" }
          : { ...common, verdict: "holds", witness: run }
      }
      const common = {
        name,
        form,
        kind: form === "deadlock" ? form : ("safety" as const),
        ...expected(name)
      }
      return run === undefined
        ? { ...common, verdict: otherwise }
        : { ...common, verdict: "violated", counterexample: run }
    }
    const live = (property: LiveProperty<State>, index: number): PropertyReport<State> => {
      const { name, form } = property
      const run = this.lassoOf(property, index)
      const common = { name, form, kind: "liveness" as const, ...expected(name) }
      return run === undefined
        ? { ...common, verdict: otherwise }
        : { ...common, verdict: "violated", counterexample: run }
    }
    const goalsLast = (form: Decided["form"]) => (form === "sometimes" ? 1 : 0)
    const [decided, goals] = [0, 1].map((which) =>
      space.decided.filter(({ form }) => goalsLast(form) === which)
    )
    return [
      ...(decided ?? []).map(({ name, form }) => ofSearch(name, form)),
      ...(this.checksDeadlock ? [ofSearch(deadlockFreedom, "deadlock")] : []),
      ...space.live.map(live),
      ...(goals ?? []).map(({ name, form }) => ofSearch(name, form))
    ]
  }

  private runOf(name: string): Run<State> | undefined {
    const { space, searched } = this
    const early = this.brokenAtBeginning().find(({ property }) => property === name)
    if (early !== undefined) return { initial: space.decode(early.state), steps: [] }
    const finding = searched.findings.find(({ property }) => property === name)
    return finding && runTo(space, searched.pathTo(finding), finding)
  }

  private lassoOf(property: LiveProperty<State>, index: number): Run<State> | undefined {
    const lasso = this.pass?.lassoOf(index)
    const { shard } = this.searched
    if (lasso === undefined || shard === undefined) return undefined
    return runAlong(this.space, (number, into) => shard.visited.read(number, into), lasso, property)
  }

  private vacuities(
    properties: ReadonlyArray<PropertyReport<State>>,
    fired: Readonly<Record<string, number>>
  ): ReadonlyArray<string> {
    const { space, pass } = this
    const unreached = properties.filter(
      ({ form, verdict }) => form === "sometimes" && verdict === "violated"
    )
    return [
      ...space.actions.filter((name) => fired[name] === 0),
      ...unreached.map(({ name }) => name),
      ...this.unmetPremises(),
      ...space.classes
        .filter(({ actions }) => actions.every((action) => fired[action] === 0))
        .map((one) => `${describeClass(one)} requires nothing: it is never enabled`),
      ...space.live.flatMap(({ name, form }, index) =>
        pass === undefined || pass.spoken[index] ? [] : [silence(name, form)]
      ),
      ...space.live.flatMap((property) =>
        this.isNeverFalse(property) ? [silence(property.name, "always eventually")] : []
      )
    ]
  }

  /** `<>[]P` demands nothing where P is true everywhere. */
  private isNeverFalse({ form, then }: LiveProperty<State>): boolean {
    return form === "eventually always" && !this.someState((state) => !then(state))
  }

  private unmetPremises(): ReadonlyArray<string> {
    const { again, within } = premisesOf(this.relation)
    return [...again, ...within].flatMap(({ name, holds }) =>
      this.someState(holds)
        ? []
        : [`the premise "${name}" is true in no state: nothing is required of any run`]
    )
  }

  private someState(holds: (state: State) => boolean): boolean {
    const { shard } = this.searched
    if (shard === undefined) return true
    const visited = visitedOf(shard)
    const state = new Int32Array(this.space.width)
    for (let number = 0; number < visited.size; number++) {
      if (!visited.has(number)) continue
      visited.read(number, state)
      if (holds(this.space.decode(state))) return true
    }
    return false
  }

  private constraintNotes(beyond: number): ReadonlyArray<string> {
    if (this.relation.constraint === undefined && this.relation.stepConstraint === undefined)
      return []
    const live =
      this.space.live.length > 0 ? " Liveness is decided for runs that stay within them." : ""
    return [
      beyond === 0
        ? "no transition left the constraints: they exclude nothing"
        : `${beyond.toLocaleString("en")} transitions left the constraints: the states beyond were not explored.${live}`
    ]
  }

  /**
   * The same error, with the state that the function was called with, and the run that led there.
   */
  private located(error: RelationIllFormed): RelationIllFormed {
    const { askedOf } = this.space
    if (askedOf === undefined || error.state !== undefined) return error
    const { where, problem, mend, cause } = error
    const vector = askedOf.slice()
    const run = this.runToState(vector)
    return new RelationIllFormed({
      ...{ where, problem, mend, state: this.space.decode(vector) },
      ...(run === undefined ? {} : { run }),
      ...(cause === undefined ? {} : { cause })
    })
  }

  private runToState(vector: Int32Array): Run<State> | undefined {
    const shard = this.searched?.shard
    if (shard === undefined || this.options.keeping === "fingerprints") return undefined
    try {
      const representative = this.space.represented(vector)
      const number = visitedOf(shard).find(representative)
      const found = new Int32Array(this.space.width)
      if (number >= 0) shard.visited.read(number, found)
      if (number < 0 || !same(found, representative)) return undefined
      const path: Array<Fingerprint> = []
      for (let at = number; at >= 0; at = shard.visited.parentOf(at))
        path.unshift(shard.visited.fingerprintOf(at))
      return runAlongPath(this.space, path)
    } catch {
      // The run passes through states that cannot be evaluated any more: the state alone must
      // suffice.
      return undefined
    }
  }
}

/** The counts of a space. */
export const tallyOf = <State extends object>(space: RelationSpace<State>): Tallied => ({
  ...Object.fromEntries(
    space.actions.map((name, at) => [`fired ${name}`, space.fired[at] as number])
  ),
  ...Object.fromEntries(
    space.actions.map((name, at) => [`enabled ${name}`, space.enabled[at] as number])
  ),
  calls: space.calls,
  lookups: space.lookups,
  beyond: space.left
})

/** The sum of two tallies. */
export const plus = (left: Tallied, right: Tallied): Tallied => {
  const sum: Record<string, number> = { ...left }
  for (const [name, count] of Object.entries(right)) sum[name] = (sum[name] ?? 0) + count
  return sum
}

const brokenAtBeginning = <State extends object>(space: RelationSpace<State>) => {
  const strays = space.strays.flatMap((state) => {
    const failures = space.judgeInvariants(state)
    return space.properties.flatMap((property, bit) =>
      (failures & (1 << bit)) === 0 ? [] : [{ property, state }]
    )
  })
  const names = Object.keys(space.relation.refines ?? {})
  const unlike = names.flatMap((property, at) => {
    const state = space.beginnings.find(
      (vector) => !space.refinements[at]?.isInitial(space.decode(vector))
    )
    return state === undefined ? [] : [{ property, state }]
  })
  return [...strays, ...unlike]
}

const silence = (name: string, form: LiveProperty<never>["form"]): string =>
  form === "always eventually" || form === "eventually always"
    ? `"${name}" is true in every state`
    : `"${name}" requires nothing: wherever ${form === "leads to" ? "it begins" : "runs begin"}, it is already fulfilled`

const overall = (
  properties: ReadonlyArray<PropertyReport<unknown>>,
  exhaustive: boolean
): Verdict => {
  if (properties.some(({ verdict }) => verdict === "violated")) return "violated"
  return exhaustive ? "holds" : "inconclusive"
}
