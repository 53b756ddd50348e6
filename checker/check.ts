/**
 * Checking a scenario: the search, when it may stop, and what it found.
 *
 * There is no clock and no I/O here: whoever drives a check calls `advance` until it says that it is over, or stops
 * it with a reason.
 */
import { beginSearch, type SearchOptions } from "./engine/begin.ts"
import { deadlockFreedom, type Finding } from "./engine/findings.ts"
import type { Fingerprint } from "./engine/packing.ts"
import type { Counts, Decided, Order } from "./engine/search.ts"
import type { Shard } from "./engine/shard.ts"
import { LivenessCheck } from "./liveness-check.ts"
import { livePropertiesOf } from "./network/fairness.ts"
import type { AnyProperty } from "./network/model.ts"
import { Network } from "./network/network.ts"
import { PromiseBroken } from "./network/process-table.ts"
import { type ReductionName, soundReductions } from "./network/reductions.ts"
import { naturalOrder } from "./report/natural-order.ts"
import { confirm, replay, wayTo } from "./report/replay.ts"
import type { Counterexample, PropertyKind } from "./report/trace.ts"
import type { Expected, LoadedScenario } from "./scenario/load.ts"
import { type Told, toldBy } from "./told.ts"
import { vacuities } from "./vacuity.ts"
import type { Tally } from "./walk/tally.ts"

/** What is known of a property. Holds: exhausted within the scenario's bounds. */
export type Verdict = "holds" | "violated" | "inconclusive"

export interface PropertyResult {
  readonly name: string
  readonly kind: PropertyKind
  readonly verdict: Verdict
  readonly expected: Expected | undefined
  readonly counterexample: Counterexample | undefined
}

export interface CheckResult {
  readonly scenario: LoadedScenario
  readonly verdict: Verdict
  readonly asExpected: boolean
  readonly properties: ReadonlyArray<PropertyResult>
  /** The reductions that were on. */
  readonly reductions: ReadonlyArray<ReductionName>
  /** Whether every reachable state was visited. */
  readonly exhaustive: boolean
  /** Why the search ended before that; undefined if it did not. */
  readonly stopped: string | undefined
  readonly counts: Counts
  readonly engine: {
    /** Calls of the specification's transition functions. */
    readonly transitionCalls: number
    /** The share of transitions that needed no such call. */
    readonly memoHitRate: number
    readonly bytesPerState: number
  }
  /** How many transitions there were of each kind. */
  readonly actions: Readonly<Record<string, number>>
  /** What was checked in vain, in sentences. */
  readonly vacuous: ReadonlyArray<string>
  /** What random walks came to; undefined for a search. */
  readonly walk?: Tally & { readonly seed: number }
  /** What else a user should know: a reduction that had to be left out. */
  readonly notes: ReadonlyArray<string>
}

/** How a scenario is searched. */
export type CheckOptions = Omit<SearchOptions, "checksDeadlock">

/** A search of the scenario's states, wherever it runs. */
export interface Searched {
  readonly findings: ReadonlyArray<Finding>
  readonly counts: Counts
  readonly exhausted: boolean
  /** States without transitions in which every script is done. */
  readonly doneStates: number
  /** The memory that the visited states occupy. */
  readonly bytes: number
  readonly advance: (states: number, decided: Decided) => boolean
  /** The fingerprints of the states on the way to a finding. */
  readonly pathTo: (finding: Finding) => ReadonlyArray<Fingerprint>
  /** The visited states, if they are all here. */
  readonly shard?: Shard
}

export class Check {
  readonly scenario: LoadedScenario
  private network: Network
  private search: Searched
  private told: () => Told = () => toldBy(this.network)
  private readonly options: CheckOptions
  reductions: ReadonlyArray<ReductionName>
  private readonly notes: Array<string> = []
  private stopReason: string | undefined
  private liveness: LivenessCheck | undefined

  constructor(
    scenario: LoadedScenario,
    order: Order,
    reductions: ReadonlyArray<ReductionName>,
    options: Omit<CheckOptions, "order"> = {}
  ) {
    this.scenario = scenario
    // Liveness is decided on whole states.
    const isLive = livePropertiesOf(scenario.model).length > 0
    this.options = { ...options, order, ...(isLive ? { keeping: "states" } : {}) }
    if (isLive && options.keeping === "fingerprints")
      this.notes.push("whole states were kept, because liveness is decided on them")
    this.reductions = soundReductions(reductions, scenario.model, scenario.checksDeadlock)
    this.network = new Network(scenario.model, this.reductions)
    this.search = this.begin()
  }

  get counts(): Counts {
    return this.search.counts
  }

  /** The memory that the visited states occupy. */
  get bytes(): number {
    return this.search.bytes
  }

  /** Expands up to `states` more states. Returns false when the check is over. */
  advance(states: number): boolean {
    if (this.liveness !== undefined) return this.liveness.advance(states)
    try {
      const more = this.search.advance(states, (findings) => this.isDecided(findings))
      if (!more && !this.search.exhausted) this.stop("a violation was found")
      return more || this.beginLiveness()
    } catch (error) {
      if (!(error instanceof PromiseBroken)) throw error
      this.restartWithout(error)
      return true
    }
  }

  /** Every state was visited: what is demanded of runs can be decided. Returns false if nothing is, or no states were kept. */
  private beginLiveness(): boolean {
    const { search, network, scenario } = this
    if (!search.exhausted || livePropertiesOf(scenario.model).length === 0) return false
    if (search.shard === undefined) {
      this.stop("liveness is decided by one worker")
      return false
    }
    // What was counted by now is told: the decision expands states once more.
    const told = toldBy(network)
    this.told = () => told
    this.liveness = new LivenessCheck(network, search.shard)
    return true
  }

  /** Whether everything was decided that was asked for. */
  private get isExhausted(): boolean {
    const isLivenessDecided = this.liveness?.isOver ?? livePropertiesOf(this.scenario.model).length === 0
    return this.search.exhausted && isLivenessDecided
  }

  /** A reduction relied on a promise that is broken: the search begins anew without it. */
  restartWithout({ reductions, message }: PromiseBroken): void {
    const left = this.reductions.filter((name) => !reductions.includes(name))
    if (left.length === this.reductions.length) throw new Error(`a reduction that is off failed: ${message}`)
    const names = reductions.filter((name) => this.reductions.includes(name)).join(" and ")
    this.notes.push(`left out, for a promise that it relies on is broken: ${names}. ${message}`)
    this.reductions = left
    this.network = new Network(this.scenario.model, left)
    this.search = this.begin()
  }

  /** A check whose search was done elsewhere, by workers with networks of their own. */
  static after(check: Check, search: Searched, told: Told): Check {
    check.search = search
    check.told = () => told
    check.beginLiveness()
    return check
  }

  private begin(): Searched {
    const { checksDeadlock } = this.scenario
    return beginSearch(this.network, { ...this.options, checksDeadlock })
  }

  /** Ends the check before its time. */
  stop(reason: string): void {
    this.stopReason = reason
  }

  /** What is known by now. */
  result(): CheckResult {
    // Counterexamples are rebuilt by expanding states once more, which is no part of the search.
    const { actions, reached, observations, transitionCalls } = this.told()
    const forget = this.network.remember()
    const properties = this.propertyResults()
    forget()
    const violated = properties.some(isBroken)
    const { counts, isExhausted } = this
    const transitions = Math.max(1, counts.generated - 1)
    return {
      scenario: this.scenario,
      verdict: violated ? "violated" : isExhausted ? "holds" : "inconclusive",
      asExpected: properties.every(isAsExpected) && (isExhausted || violated),
      properties,
      reductions: this.reductions,
      exhaustive: isExhausted,
      stopped: isExhausted ? undefined : this.stopReason,
      counts,
      engine: {
        transitionCalls,
        memoHitRate: Math.max(0, 1 - transitionCalls / transitions),
        bytesPerState: this.bytes / counts.distinct
      },
      actions,
      notes: this.notes,
      vacuous: vacuities(this.scenario, observations, actions, {
        exhausted: isExhausted,
        completed: this.search.doneStates > 0,
        reached: new Set(reached),
        spoken: this.liveness?.spoken ?? new Set()
      })
    }
  }

  /** True when a violation was found and no property of which something is expected is still open. */
  isDecided(findings: ReadonlyArray<Finding>): boolean {
    return [...this.scenario.expect.keys()].every((name) =>
      findings.some(({ property }) => property === name)
    )
  }

  private propertyResults(): ReadonlyArray<PropertyResult> {
    const { scenario } = this
    const named = scenario.model.properties.map((property) => this.propertyResult(property.name, property))
    return scenario.checksDeadlock ? [...named, this.propertyResult(deadlockFreedom, undefined)] : named
  }

  private propertyResult(name: string, property: AnyProperty | undefined): PropertyResult {
    const finding = this.search.findings.find((one) => one.property === name)
    const kind = kindOf(property)
    const expected = this.scenario.expect.get(name)
    if (property?._tag === "Live") {
      const counterexample = this.lasso(name, property.about)
      const otherwise = this.isExhausted ? "holds" : "inconclusive"
      const verdict = counterexample === undefined ? otherwise : "violated"
      return { name, kind, verdict, expected, counterexample }
    }
    const counterexample = finding && this.counterexample(finding, kind, property?.about ?? aboutDeadlock)
    return { name, kind, verdict: this.verdictOf(name, kind, finding), expected, counterexample }
  }

  private verdictOf(name: string, kind: PropertyKind, finding: Finding | undefined): Verdict {
    if (kind === "reachability" && this.told().reached.includes(name)) return "holds"
    if (finding !== undefined) return "violated"
    if (!this.search.exhausted) return "inconclusive"
    return kind === "reachability" ? "violated" : "holds"
  }

  private counterexample(finding: Finding, kind: PropertyKind, about: string): Counterexample {
    const { network, search, scenario } = this
    const found = wayTo(network, search.pathTo(finding), finding)
    const way = { ...found, events: naturalOrder(replay(scenario.model, found.events).steps) }
    const { initial, steps } = replay(scenario.model, way.events)
    const after = steps.at(-1)?.after ?? initial
    const before = steps.at(-2)?.after ?? initial
    const reason = confirm(network, finding, { way, before, after })
    return {
      scenario: scenario.name,
      property: finding.property,
      kind,
      about,
      reason,
      shortest: this.options.order === "bfs",
      initial,
      steps,
      describeMessage: scenario.model.protocol.describe
    }
  }

  private lasso(name: string, about: string): Counterexample | undefined {
    const run = this.liveness?.runOf(name)
    if (run === undefined) return undefined
    const { name: scenario, model } = this.scenario
    const common = { scenario, property: name, kind: "liveness", about, shortest: false } as const
    return { ...common, ...run, describeMessage: model.protocol.describe }
  }
}

/** What kind of promise a property is; undefined stands for freedom of deadlock. */
export const kindOf = (property: AnyProperty | undefined): PropertyKind => {
  switch (property?._tag) {
    case undefined:
      return "deadlock"
    case "Sometimes":
      return "reachability"
    case "Live":
      return "liveness"
    default:
      return "safety"
  }
}

export const aboutDeadlock =
  "as long as an operation is pending, some message can be received or some step be taken"

/** Violated; that something never happens is reported as vacuous, and breaks nothing unless it was expected. */
export const isBroken = ({ verdict, kind, expected }: PropertyResult): boolean =>
  verdict === "violated" && (kind !== "reachability" || expected !== undefined)

/** A property of which nothing is expected is expected not to be broken. */
export const isAsExpected = (property: PropertyResult): boolean =>
  property.expected === undefined ? !isBroken(property) : property.verdict === property.expected
