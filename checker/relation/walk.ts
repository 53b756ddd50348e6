/**
 * Random runs of a relation that has too many states to visit. The seed and the run's number
 * determine each run, so that it can be repeated. Before a violating run is shown, the walk looks
 * for a shorter one.
 *
 * Every second run gives each action a random weight, so that some actions are rare in it: this
 * finds sooner what happens only when something else is rare (Groce et al., "Swarm testing", 2012).
 */
import { deadlockFreedom } from "../engine/findings.ts"
import type { Counts } from "../engine/search.ts"
import type { Failures } from "../engine/space.ts"
import { add, type Batch, emptyTally, type Tally } from "../tally.ts"
import { draw, fraction, scrambleBoth } from "../walk/random.ts"
import { batchAt, Swarm } from "../walk/swarm.ts"
import {
  type Demanded,
  demandedOf,
  isAsExpected,
  isEnoughToKnow,
  refuseExpectations
} from "./expectations.ts"
import { RelationIllFormed } from "./ill-formed.ts"
import { same } from "./refinement.ts"
import type { Relation } from "./relation.ts"
import type { PropertyReport, RelationReport } from "./report.ts"
import type { Run } from "./run.ts"
import { RelationSpace } from "./space.ts"

/** Which runs to take. */
export interface RandomRuns extends Batch {
  readonly seed: number
  /** The maximum number of steps of a run. */
  readonly maxSteps: number
}

/** A step of a run in the engine's terms. */
interface Step {
  readonly action: number
  readonly state: Int32Array
}

/** A run so far, and the properties that it violates. */
interface Walked {
  readonly initial: Int32Array
  readonly steps: ReadonlyArray<Step>
  readonly broken: ReadonlyArray<string>
  readonly reached: ReadonlyArray<string>
  readonly end: "completed" | "stuck" | "cut"
}

/** Takes runs of a relation, one batch after another. */
export class RelationWalk<State extends object> {
  readonly space: RelationSpace<State>
  /** The results of the current batch so far. */
  tally: Tally = emptyTally
  /** The steps of all runs so far. */
  moves = 0
  private batch: Batch = { from: 0, to: 0 }
  private readonly runs: RandomRuns
  private readonly checksDeadlock: boolean

  constructor(relation: Relation<State>, runs: RandomRuns, checksDeadlock: boolean) {
    this.space = new RelationSpace(relation)
    this.runs = runs
    this.checksDeadlock = checksDeadlock
    const { live, properties } = this.space
    if (properties.length === 0 && !checksDeadlock)
      throw new RelationIllFormed({
        where: "relation",
        problem: `random runs are finite and decide nothing about ${live.length === 0 ? "a relation without properties" : "liveness"}`,
        mend: "search it (--order bfs), or give it an invariant"
      })
  }

  /** Begins a batch. */
  begin(batch: Batch): void {
    this.tally = emptyTally
    this.batch = batch
  }

  /**
   * Takes runs of the batch, with at least the given number of steps in total. Returns false when
   * all are taken.
   */
  advance(steps: number): boolean {
    const { to } = this.batch
    let { from } = this.batch
    for (let taken = 0; taken < steps && from < to; from++) {
      const tally = this.tallyOf(from)
      taken += tally.steps + 1
      this.moves += tally.steps
      this.tally = add(this.tally, tally)
    }
    this.batch = { from, to }
    return from < to
  }

  tallyOf(run: number): Tally {
    const { steps, broken, reached, end } = this.walk(run)
    const findings = broken.map((property) => ({ property, run, steps: steps.length }))
    const fired: Record<string, number> = {}
    for (const { action } of steps) {
      const name = this.space.actions[action] as string
      fired[name] = (fired[name] ?? 0) + 1
    }
    return {
      ...emptyTally,
      runs: 1,
      steps: steps.length,
      longest: steps.length,
      completed: end === "completed" ? 1 : 0,
      stuck: end === "stuck" ? 1 : 0,
      cut: end === "cut" ? 1 : 0,
      violated: broken.length > 0 ? 1 : 0,
      actions: fired,
      reached,
      findings
    }
  }

  /** A shorter version of the run that violates a property, or reaches it. */
  runOf(run: number, property: string): Run<State> {
    const { space } = this
    const walked = this.walk(run, property)
    const steps = shortened(space, walked)
    return {
      initial: space.decode(walked.initial),
      steps: steps.map(({ action, state }) => ({
        action: space.actions[action] as string,
        state: space.decode(state)
      }))
    }
  }

  /**
   * A run, until it violates something (or reaches what is wanted), cannot continue, or has reached
   * the maximum length.
   */
  private walk(run: number, wanted?: string): Walked {
    const { space, runs } = this
    const { seed, maxSteps } = runs
    const weights = this.weightsOf(run)
    const initial = space.beginnings[
      pick(draw(seed, run, "initial"), space.beginnings.length)
    ] as Int32Array
    const steps: Array<Step> = []
    const reached = new Set<string>()
    let state = initial
    let failures = this.judge(state, reached)
    for (;;) {
      const broken = this.namesOf(failures)
      const isWanted = wanted !== undefined && (reached.has(wanted) || broken.includes(wanted))
      if (isWanted || (broken.length > 0 && wanted === undefined))
        return { initial, steps, broken, reached: [...reached], end: "cut" }
      const next = this.successorsOf(state)
      const isBeyond =
        steps.length >= maxSteps || this.isBeyond(steps.at(-2)?.state ?? initial, state)
      if (next.length === 0) {
        const isDone = space.isDone(state)
        const isDeadlock = !isDone && this.checksDeadlock
        return {
          ...{ initial, steps, reached: [...reached] },
          broken: isDeadlock ? [deadlockFreedom] : [],
          end: isDone ? "completed" : "stuck"
        }
      }
      if (isBeyond) return { initial, steps, broken: [], reached: [...reached], end: "cut" }
      const chosen = chooseFrom(next, weights, scrambleBoth(draw(seed, run, "step"), steps.length))
      failures = space.failuresOfStep(state, chosen.state) | this.judge(chosen.state, reached)
      steps.push(chosen)
      state = chosen.state
    }
  }

  private judge(state: Int32Array, reached: Set<string>): Failures {
    const { space } = this
    const failures = space.judge(state)
    space.decided.forEach(({ name, form }, bit) => {
      if (form === "sometimes" && (failures & (1 << bit)) !== 0) reached.add(name)
    })
    return failures
  }

  private namesOf(failures: Failures): ReadonlyArray<string> {
    return this.space.decided.flatMap(({ name, form }, bit) =>
      form !== "sometimes" && (failures & (1 << bit)) !== 0 ? [name] : []
    )
  }

  private isBeyond(before: Int32Array, state: Int32Array): boolean {
    return this.space.isOutside(before, state)
  }

  private successorsOf(state: Int32Array): ReadonlyArray<Step> {
    const steps: Array<Step> = []
    this.space.successor.set(state)
    this.space.eachSuccessor(state, (action, successor) =>
      steps.push({ action, state: successor.slice() })
    )
    return steps
  }

  private weightsOf(run: number): ReadonlyArray<number> {
    const { seed } = this.runs
    return this.space.actions.map((name) =>
      run % 2 === 0 ? 1 : 2 ** (fraction(draw(seed, run, name)) * 8 - 8)
    )
  }
}

const pick = (word: number, count: number): number => Math.floor(fraction(word) * count)

/** One of the steps, chosen by the weights of their actions. */
const chooseFrom = (
  steps: ReadonlyArray<Step>,
  weights: ReadonlyArray<number>,
  word: number
): Step => {
  const total = steps.reduce((sum, { action }) => sum + (weights[action] as number), 0)
  let left = fraction(word) * total
  for (const step of steps) {
    left -= weights[step.action] as number
    if (left < 0) return step
  }
  return steps.at(-1) as Step
}

/**
 * The remaining steps when the run goes straight from each state to the latest state of the run
 * that is one step away.
 */
const shortened = <State extends object>(
  space: RelationSpace<State>,
  { initial, steps }: Walked
): ReadonlyArray<Step> => {
  const kept: Array<Step> = []
  let state = initial
  for (let at = 0; at < steps.length; ) {
    let best = at
    let step = steps[at] as Step
    space.successor.set(state)
    space.eachSuccessor(state, (action, successor) => {
      // The last step stays as it is: it may be the one that violates something.
      for (let later = steps.length - 2; later > best; later--) {
        if (!same((steps[later] as Step).state, successor)) continue
        best = later
        step = { action, state: successor.slice() }
      }
    })
    kept.push(step)
    state = step.state
    at = best + 1
  }
  return kept
}

/** The check of a relation by random runs, on this thread or, batch by batch, on others. */
export class RelationWalkCheck<State extends object> {
  readonly swarm: Swarm
  readonly heldBytes = 0
  private readonly relation: Relation<State>
  private readonly runs: RandomRuns
  private readonly walk: RelationWalk<State>
  private readonly deadlock: boolean
  private readonly demanded: ReadonlyArray<Demanded>
  private batch = 0
  private unfinished: ReadonlyArray<Tally> = []
  private stopReason: string | undefined

  constructor(relation: Relation<State>, runs: RandomRuns, deadlock = relation.deadlock ?? false) {
    this.relation = relation
    this.runs = runs
    this.deadlock = deadlock
    this.walk = new RelationWalk(relation, runs, deadlock)
    this.demanded = demandedOf(this.walk.space, deadlock)
    refuseExpectations(relation as unknown as Relation<object>, this.demanded)
    this.swarm = new Swarm(runs, (findings) => this.isEnough(findings))
    this.beginBatch()
  }

  get tally(): Tally {
    return this.swarm.known([...this.unfinished, this.walk.tally])
  }

  get moves(): number {
    return this.walk.moves
  }

  get counts(): Counts {
    const { steps, longest } = this.tally
    return { distinct: 0, generated: steps, depth: longest, frontier: 0 }
  }

  putAway(): void {}

  stop(reason: string): void {
    this.stopReason = reason
  }

  /** Adds the results of batches that workers did not finish. */
  include(unfinished: ReadonlyArray<Tally>): void {
    this.unfinished = [...this.unfinished, ...unfinished]
  }

  /**
   * Takes runs with at least the given number of steps in total. Returns false when the check has
   * ended.
   */
  advance(steps: number): boolean {
    const { walk, swarm } = this
    for (let taken = 0; taken < steps && !swarm.over; ) {
      const before = walk.tally.steps + walk.tally.runs
      const more = walk.advance(steps - taken)
      taken += walk.tally.steps + walk.tally.runs - before
      if (more) continue
      swarm.finish(this.batch++, walk.tally)
      this.beginBatch()
    }
    return !swarm.over
  }

  result(): RelationReport<State> & { readonly walk: Tally & { readonly seed: number } } {
    const { tally, relation } = this
    const { live, actions } = this.walk.space
    const properties = this.propertyReports(tally)
    const isViolated = properties.some(({ verdict }) => verdict === "violated")
    const { depth, generated } = this.counts
    const undecided = live.map(({ name }) => name).join(" and ")
    return {
      verdict: isViolated ? "violated" : "inconclusive",
      asExpected: isViolated && properties.every(isAsExpected),
      exhaustive: false,
      stopped:
        this.stopReason ?? (this.swarm.decided ? "a violation was found" : "every run was taken"),
      properties,
      states: { distinct: 0, generated, depth },
      frontier: 0,
      beyond: 0,
      engine: { calls: this.walk.space.calls, memoHitRate: 0 },
      fired: Object.fromEntries(actions.map((name) => [name, tally.actions[name] ?? 0])),
      enabled: {},
      vacuous: [],
      notes: [
        ...(live.length === 0
          ? []
          : [`random runs are finite and decide nothing about ${undecided}`]),
        ...(relation.symmetry === undefined ? [] : ["random runs do not use symmetry"])
      ],
      walk: { ...tally, seed: this.runs.seed }
    }
  }

  private beginBatch(): void {
    this.walk.begin(batchAt(this.batch, this.runs) ?? { from: 0, to: 0 })
  }

  private isEnough(findings: ReadonlyArray<{ readonly property: string }>): boolean {
    const found = findings.map(({ property }) => property)
    return isEnoughToKnow(this.relation as unknown as Relation<object>, this.demanded, found)
  }

  private propertyReports(tally: Tally): ReadonlyArray<PropertyReport<State>> {
    const { relation, walk, deadlock } = this
    const { decided, live } = walk.space
    const expected = (name: string) => {
      const verdict = relation.expect?.[name]
      return verdict === undefined ? {} : { expected: verdict }
    }
    const violation = (name: string) => tally.findings.find(({ property }) => property === name)
    const reports = decided.map(({ name, form }): PropertyReport<State> => {
      const common = { name, form, ...expected(name) }
      if (form === "sometimes")
        return {
          ...common,
          kind: "reachability",
          verdict: tally.reached.includes(name) ? "holds" : "inconclusive"
        }
      const found = violation(name)
      if (found === undefined) return { ...common, kind: "safety", verdict: "inconclusive" }
      return {
        ...common,
        kind: "safety",
        verdict: "violated",
        counterexample: walk.runOf(found.run, name)
      }
    })
    const stuck = violation(deadlockFreedom)
    const ofDeadlock: PropertyReport<State> = {
      ...{
        name: deadlockFreedom,
        kind: "deadlock",
        form: "deadlock",
        ...expected(deadlockFreedom)
      },
      verdict: stuck === undefined ? "inconclusive" : "violated",
      ...(stuck === undefined ? {} : { counterexample: walk.runOf(stuck.run, deadlockFreedom) })
    }
    const ofLiveness = live.map(
      ({ name, form }): PropertyReport<State> => ({
        ...{ name, form, kind: "liveness", ...expected(name) },
        verdict: "inconclusive"
      })
    )
    return [...reports, ...(deadlock ? [ofDeadlock] : []), ...ofLiveness]
  }
}
