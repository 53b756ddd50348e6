/**
 * Checks a scenario by a search: decides when the search may stop, and collects what it found.
 */
import type { AnyProperty } from "../spec/kernel/property.ts"
import { beginSearch, inMemory, type SearchOptions } from "./engine/begin.ts"
import { DiskSearch } from "./engine/disk/search.ts"
import { DiskFull } from "./engine/disk/stream.ts"
import { deadlockFreedom, type Finding } from "./engine/findings.ts"
import { omissionProbability } from "./engine/hash.ts"
import type { Fingerprint, Packing } from "./engine/packing.ts"
import type { Archive, Checksums, Progress } from "./engine/saving.ts"
import { type Counts, type Decided, type Order, Search } from "./engine/search.ts"
import type { Shard } from "./engine/shard.ts"
import { LivenessCheck } from "./liveness-check.ts"
import { livePropertiesOf } from "./network/model.ts"
import { Network } from "./network/network.ts"
import { PromiseBroken } from "./network/process-table.ts"
import { findShortest, type ReductionName, soundReductions } from "./network/reductions.ts"
import { explanationOf } from "./report/history.ts"
import { naturalOrder } from "./report/natural-order.ts"
import { confirm, replay, wayTo } from "./report/replay.ts"
import {
  type Counterexample,
  givenIn,
  type PropertyKind,
  type TraceStep,
  wordsOf
} from "./report/trace.ts"
import {
  aboutDeadlock,
  type CheckResult,
  isAsExpected,
  isBroken,
  isDecided,
  kindOf,
  type PropertyResult,
  type Verdict
} from "./result.ts"
import { type RunningCheck, withoutBroken } from "./running-check.ts"
import type { LoadedScenario } from "./scenario/load.ts"
import { merged, type Statistics, statisticsOf } from "./statistics.ts"
import { vacuities } from "./vacuity.ts"

/** How a scenario is searched. */
export type CheckOptions = Omit<SearchOptions, "checksDeadlock" | "from"> & {
  /** Whether the check may be saved. If so, it keeps the facts that verify promises. */
  readonly isSaved?: boolean
}

/** What a check knows between two rounds beyond the streams of its search, as plain data. */
export interface SavedCheck {
  readonly progress: Progress
  /** The reductions in use, and why others are not. */
  readonly reductions: ReadonlyArray<ReductionName>
  readonly notes: ReadonlyArray<string>
  readonly told: Statistics
}

/** A saved check, with the checksums of its streams. */
export interface Saved {
  readonly check: SavedCheck
  readonly files: Checksums
}

/** A search of the scenario's states, by this thread or by workers. */
export interface Searched {
  readonly findings: ReadonlyArray<Finding>
  readonly counts: Counts
  readonly exhausted: boolean
  /**
   * The numbers of states without transitions: those in which every script is done, and those that
   * bounds may or may not explain.
   */
  readonly doneStates: number
  readonly unclearStates: number
  /** The memory of the visited states, in bytes. */
  readonly bytes: number
  /** The memory that the search holds, in bytes. */
  readonly heldBytes: number
  readonly advance: (states: number, decided: Decided) => boolean
  /** The fingerprints of the states on the path to a finding. */
  readonly pathTo: (finding: Finding) => ReadonlyArray<Fingerprint>
  /** The visited states, if this thread has all of them in memory. */
  readonly shard?: Shard
  /** Frees memory by putting away what is not needed soon. */
  readonly putAway?: () => void
  /** Takes in what was expanded, though the search ends before the round does. */
  readonly settle?: () => void
  /** Frees what is on disk. */
  readonly drop?: () => void
}

export class Check implements RunningCheck {
  readonly scenario: LoadedScenario
  private network: Network
  private search: Searched
  private told: () => Statistics = () => this.toldByNow()
  /** What an earlier run learned, which this one resumes. */
  private toldBefore: Statistics | undefined
  private readonly options: CheckOptions
  reductions: ReadonlyArray<ReductionName>
  private notes: Array<string> = []
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
    if (isLive && (options.keeping ?? "states") !== "states")
      this.notes.push("whole states were kept in memory, because liveness is decided on them")
    this.reductions = soundReductions(reductions, scenario.model, scenario.checksDeadlock)
    this.network = new Network(scenario.model, this.reductions, this.options.isSaved)
    this.search = this.begin()
  }

  get counts(): Counts {
    return this.search.counts
  }

  get space(): Network {
    return this.network
  }

  /** The memory of the visited states, in bytes. */
  get bytes(): number {
    return this.search.bytes
  }

  /** The memory that the search holds, in bytes. */
  get heldBytes(): number {
    return this.search.heldBytes
  }

  /** Frees memory by putting away what the search does not need soon. */
  putAway(): void {
    if (this.options.keeping === "disk when full" && this.search instanceof Search)
      this.moveToDisk(this.search)
    else this.search.putAway?.()
  }

  /** The search goes on on disk. If that has no room, it stays where it is. */
  private moveToDisk(search: Search): void {
    const { pageStore } = this.options
    const { checksDeadlock } = this.scenario
    try {
      search.finishRound()
      if (!search.exhausted && pageStore !== undefined)
        this.search = new DiskSearch(this.network, { checksDeadlock, pageStore }, search)
    } catch (error) {
      if (error instanceof DiskFull) return
      if (!(error instanceof PromiseBroken)) throw error
      this.restartWithout(error)
    }
  }

  /** Expands up to `states` more states. Returns false when the check has ended. */
  advance(states: number): boolean {
    if (this.liveness !== undefined) return this.liveness.advance(states)
    try {
      const more = this.search.advance(states, (findings) => isDecided(this.scenario, findings))
      if (!more && !this.search.exhausted) this.stop("a violation was found")
      return more || this.beginLiveness()
    } catch (error) {
      if (error instanceof DiskFull) {
        this.stop(error.message)
        return false
      }
      if (!(error instanceof PromiseBroken)) throw error
      this.restartWithout(error)
      return true
    }
  }

  /**
   * Begins to decide liveness, once every state was visited. Returns false if there is nothing to
   * decide, or if the search kept no states.
   */
  private beginLiveness(): boolean {
    const { search, network, scenario } = this
    if (!search.exhausted || livePropertiesOf(scenario.model).length === 0) return false
    if (search.shard === undefined) {
      this.stop("liveness is decided by one worker")
      return false
    }
    // Keep the counts so far: the liveness decision expands states again.
    const told = statisticsOf(network)
    this.told = () => told
    this.liveness = new LivenessCheck(network, search.shard)
    return true
  }

  /** Whether the check has decided everything that the scenario asks for. */
  private get isExhausted(): boolean {
    const isLivenessDecided =
      this.liveness?.isOver ?? livePropertiesOf(this.scenario.model).length === 0
    return this.search.exhausted && isLivenessDecided
  }

  /** A reduction relied on a broken promise: restarts the search without it. */
  restartWithout(broken: PromiseBroken): void {
    const { left, note } = withoutBroken(this.reductions, broken)
    this.notes.push(note)
    this.reductions = left
    this.network = new Network(this.scenario.model, left, this.options.isSaved)
    this.toldBefore = undefined
    this.search.drop?.()
    this.search = this.begin()
  }

  /** Writes everything that another run needs to resume. Completes the current round first. */
  save(archive: Archive): Saved {
    for (;;) {
      if (!(this.search instanceof Search))
        throw new Error("only a breadth-first search can be saved")
      try {
        this.search.finishRound()
        const { progress, files } = this.search.save(archive)
        return { check: this.saved(progress, this.told()), files }
      } catch (error) {
        if (!(error instanceof PromiseBroken)) throw error
        this.restartWithout(error)
      }
    }
  }

  /**
   * Completes the current round, then writes the states found so far for workers that go on with
   * them. This thread is one of them, with what its network has learned and how it packs states.
   */
  handOver(archive: Archive): { readonly progress: Progress; readonly packing: Packing } {
    if (!(this.search instanceof Search)) throw new Error("only a breadth-first search goes on")
    this.search.finishRound()
    const { progress } = this.search.save(archive)
    return { progress, packing: this.search.shard.packing }
  }

  saved(progress: Progress, told: Statistics): SavedCheck {
    return { progress, reductions: this.reductions, notes: this.notes, told }
  }

  /** Resumes a check that an earlier run saved. */
  resume(saved: SavedCheck, archive: Archive): void {
    this.adopt(saved)
    const { checksDeadlock } = this.scenario
    const { pageStore } = this.options
    const keeping = inMemory(this.options.keeping)
    const from = { progress: saved.progress, archive }
    this.search = new Search(this.network, { checksDeadlock, keeping, pageStore, from })
  }

  /** Takes over everything that an earlier run knew besides its search. */
  adopt({ reductions, notes, told }: SavedCheck): void {
    this.reductions = reductions
    this.notes = [...notes]
    this.network = new Network(this.scenario.model, reductions, this.options.isSaved)
    this.network.hear(told.facts)
    this.toldBefore = told
  }

  private toldByNow(): Statistics {
    const told = statisticsOf(this.network)
    return this.toldBefore === undefined ? told : merged([this.toldBefore, told])
  }

  /** A check whose search was done by workers with separate networks. */
  static after(check: Check, search: Searched, told: Statistics): Check {
    check.search = search
    check.told = () => told
    check.beginLiveness()
    return check
  }

  private begin(): Searched {
    const { checksDeadlock } = this.scenario
    return beginSearch(this.network, { ...this.options, checksDeadlock })
  }

  /** Ends the check early. */
  stop(reason: string): void {
    this.stopReason = reason
    this.search.settle?.()
  }

  /** The result so far. */
  result(): CheckResult {
    // Rebuilding counterexamples expands states again, which must not count as part of the search.
    const { actions, reached, observations, transitionCalls, boundsReached } = this.told()
    const forget = this.network.remember()
    const properties = this.propertyResults()
    forget()
    const violated = properties.some(isBroken)
    const { counts, isExhausted } = this
    const isDecided = isExhausted && properties.every(({ verdict }) => verdict !== "inconclusive")
    const transitions = Math.max(1, counts.generated - 1)
    return {
      scenario: this.scenario,
      verdict: violated ? "violated" : isDecided ? "holds" : "inconclusive",
      asExpected: properties.every(isAsExpected) && (isDecided || violated),
      properties,
      reductions: this.reductions,
      exhaustive: isExhausted,
      stopped: isExhausted ? undefined : this.stopReason,
      boundsReached,
      counts,
      engine: {
        transitionCalls,
        memoHitRate: Math.max(0, 1 - transitionCalls / transitions),
        bytesPerState: this.bytes / counts.distinct,
        ...(this.options.keeping === "fingerprints"
          ? { omissionProbability: omissionProbability(counts.distinct) }
          : {})
      },
      actions,
      notes: [...this.notes, ...this.unclear(properties)],
      vacuous: vacuities(this.scenario, observations, actions, {
        exhausted: isExhausted,
        completed: this.search.doneStates > 0,
        reached: new Set(reached),
        given: this.given(),
        spoken: this.liveness?.spoken ?? new Set()
      })
    }
  }

  /** The steps of the scenario's course, and what follows them at once. */
  private given(): ReadonlyArray<TraceStep> {
    const { model } = this.scenario
    return model.after === undefined ? [] : replay(model, this.network.opening).steps
  }

  private propertyResults(): ReadonlyArray<PropertyResult> {
    const { scenario } = this
    const named = scenario.model.properties.map((property) =>
      this.propertyResult(property.name, property)
    )
    return scenario.checksDeadlock
      ? [...named, this.propertyResult(deadlockFreedom, undefined)]
      : named
  }

  private propertyResult(name: string, property: AnyProperty | undefined): PropertyResult {
    const finding = this.search.findings.find((one) => one.property === name)
    const kind = kindOf(property)
    const expected = this.scenario.expect.get(name)
    if (property?._tag === "Live") {
      const counterexample = this.lasso(name, property.about)
      const isClear = this.isExhausted && this.liveness?.unclear(name).length === 0
      const otherwise = isClear ? "holds" : "inconclusive"
      const verdict = counterexample === undefined ? otherwise : "violated"
      return { name, kind, verdict, expected, counterexample }
    }
    const counterexample =
      finding && this.counterexample(finding, kind, property?.about ?? aboutDeadlock)
    return { name, kind, verdict: this.verdictOf(name, kind, finding), expected, counterexample }
  }

  /** Sentences about what bounds leave undecided although every state was visited. */
  private unclear(properties: ReadonlyArray<PropertyResult>): ReadonlyArray<string> {
    if (!this.isExhausted) return []
    const { unclearStates } = this.search
    return properties.flatMap(({ name, kind, verdict }) => {
      if (verdict !== "inconclusive") return []
      if (kind === "deadlock")
        return `${name} is open: ${counted(unclearStates)} at a bound while other nodes wait, perhaps for the one that stopped there`
      const clients = this.liveness?.unclear(name).join(" and ")
      return `${name} is open: ${clients} may wait forever, perhaps for a node that has stopped at a bound`
    })
  }

  private verdictOf(name: string, kind: PropertyKind, finding: Finding | undefined): Verdict {
    if (kind === "reachability" && this.told().reached.includes(name)) return "holds"
    if (finding !== undefined) return "violated"
    if (!this.search.exhausted) return "inconclusive"
    if (kind === "deadlock" && this.search.unclearStates > 0) return "inconclusive"
    return kind === "reachability" ? "violated" : "holds"
  }

  private counterexample(finding: Finding, kind: PropertyKind, about: string): Counterexample {
    const { network, search, scenario } = this
    const found = wayTo(network, search.pathTo(finding), finding)
    const given = scenario.model.after?.length ?? 0
    const events = naturalOrder(replay(scenario.model, found.events).steps, given)
    const way = { ...found, events }
    const { initial, steps } = replay(scenario.model, way.events)
    const after = steps.at(-1)?.after ?? initial
    const before = steps.at(-2)?.after ?? initial
    const reason = confirm(network, finding, { way, before, after })
    const words = wordsOf(scenario.model)
    const explanation = explanationOf(scenario.model, finding.property, reason, { ...words, steps })
    return {
      scenario: scenario.name,
      property: finding.property,
      kind,
      about,
      reason,
      shortest: this.options.order === "bfs" && findShortest(this.reductions),
      initial,
      steps,
      ...givenIn(scenario.model),
      ...words,
      ...(explanation === undefined ? {} : { explanation })
    }
  }

  private lasso(name: string, about: string): Counterexample | undefined {
    const run = this.liveness?.runOf(name)
    if (run === undefined) return undefined
    const { name: scenario, model } = this.scenario
    const common = { scenario, property: name, kind: "liveness", about, shortest: false } as const
    return { ...common, ...run, ...givenIn(model), ...wordsOf(model) }
  }
}

const counted = (states: number): string =>
  states === 1 ? "1 state ends" : `${states.toLocaleString("en")} states end`
