/**
 * The back end of the page: one open scenario, and the answers to the page's requests about it.
 *
 * It knows no thread and no clock. It does a long task one piece at a time, with a pause after
 * each, in which the next question may arrive. It answers a request for a view at once; any other
 * long task ends the current one.
 */
import * as Result from "effect/Result"
import { Check } from "../check.ts"
import { deadlockFreedom } from "../engine/findings.ts"
import type { Exported } from "../exported.ts"
import { PromiseBroken } from "../network/process-table.ts"
import { allReductions, type ReductionName } from "../network/reductions.ts"
import { RelationIllFormed } from "../relation/ill-formed.ts"
import type { Counterexample } from "../report/trace.ts"
import { aboutDeadlock, kindOf } from "../result.ts"
import { type LoadedScenario, load } from "../scenario/load.ts"
import { compare } from "./compare.ts"
import { Exploration } from "./exploration.ts"
import { Graph } from "./graph.ts"
import type {
  Answer,
  Checked,
  CounterexampleView,
  ModelText,
  Opened,
  Place,
  Possible,
  Question
} from "./messages.ts"
import { ModelSession, remarkOn, type Work } from "./model/session.ts"
import { SearchFrom } from "./search-from.ts"
import { viewOf } from "./view.ts"

/** The size of a piece of work, such that a question waits only some milliseconds. */
const statesOfPiece = 400
/** The number of pieces after which the session reports progress. */
const piecesBetweenReports = 40

/** The maximum number of states that a search from a place visits, and that a graph counts. */
const maxStates = 1_000_000
const maxCounted = 20_000

interface Open {
  readonly scenario: LoadedScenario
  /** A run from the initial state on, even if the scenario begins after a course. */
  readonly exploration: Exploration
}

/** Runs the modules of a model, and returns their exports by name. */
export type ReadModel = (
  model: Pick<ModelText, "modules" | "exported">
) => Promise<Result.Result<Exported, string>>

const readNone: ReadModel = async () => Result.fail("Models cannot be opened from here.")

export class Session {
  private open: Open | ModelSession | undefined
  /** The number of the current long task. */
  private task = 0
  private readonly pause: () => Promise<void>

  private readonly readModel: ReadModel

  constructor(pause: () => Promise<void>, readModel = readNone) {
    this.pause = pause
    this.readModel = readModel
  }

  /** Answers a question. Earlier answers than the last report progress. */
  async answer(question: Question, tell: (answer: Answer) => void): Promise<Answer> {
    if (question.ask === "open") {
      const { name, text, model } = question
      return model === undefined ? this.opened(name, text) : this.openedModel(name, model)
    }
    if (question.ask === "stop") {
      this.task++
      return { tell: "stopped" }
    }
    if (this.open === undefined) return { tell: "refused", message: "no scenario is open" }
    if (this.open instanceof ModelSession) return this.open.answer(question, tell)
    const { scenario, exploration } = this.open
    switch (question.ask) {
      case "view":
        return viewOf(scenario, exploration, question.place)
      case "compare":
        return compare(exploration, question.left, question.right)
      case "check":
        return this.checked(this.open, question.most, tell)
      case "way":
        return this.way(this.open, question.place, question.goal, tell)
      case "possible":
        return this.possible(this.open, question.place, question.property, tell)
      case "graph":
        return this.graph(this.open, question.place, tell)
    }
  }

  private opened(name: string, text: string): Answer {
    this.task++
    const loaded = load(name, text)
    if (Result.isFailure(loaded)) return { tell: "refused", message: loaded.failure.message }
    return this.openedScenario(loaded.success)
  }

  private openedScenario(scenario: LoadedScenario): Answer {
    const { after = [], ...model } = scenario.model
    const exploration = new Exploration(model, scenario.checksDeadlock)
    this.open = { scenario, exploration }
    return openedOf(scenario, exploration.codesFor(after))
  }

  private async openedModel(
    name: string,
    model: Pick<ModelText, "modules" | "exported">
  ): Promise<Answer> {
    this.task++
    const read = await this.readModel(model)
    if (Result.isFailure(read)) return { tell: "refused", message: read.failure }
    const exported = read.success
    if (exported._tag === "Scenario") return this.openedScenario({ ...exported.scenario, name })
    try {
      const opened = new ModelSession(name, exported.relation, {
        work: (work, most, tell) => this.finish(work, most, tell),
        check: (work, most, tell) => this.finishCheck(work, most, tell)
      })
      this.open = opened
      return opened.opened
    } catch (error) {
      if (!(error instanceof RelationIllFormed)) throw error
      return { tell: "refused", message: error.message }
    }
  }

  /** Does the work until it has ended or another long task begins; returns whether it has ended. */
  private async finish(work: Work, most: number, tell: (answer: Answer) => void): Promise<boolean> {
    const task = ++this.task
    for (let pieces = 1; work.advance(statesOfPiece); pieces++) {
      if (pieces % piecesBetweenReports === 0)
        tell({ tell: "progress", states: work.states, depth: work.depth })
      await this.pause()
      if (task !== this.task) return false
      if (work.states >= most) return true
    }
    return true
  }

  /** Does a check to its end; or returns why it did not reach it. */
  private async finishCheck(
    work: Work,
    most = Number.POSITIVE_INFINITY,
    tell: (answer: Answer) => void
  ): Promise<string | undefined> {
    let more = true
    const watched: Work = {
      get states() {
        return work.states
      },
      get depth() {
        return work.depth
      },
      advance: (states) => {
        more = work.advance(states)
        return more
      }
    }
    if (!(await this.finish(watched, most, tell))) return "it was stopped"
    return more ? `the limit of ${most} states was reached` : undefined
  }

  private async checked(
    { scenario, exploration }: Open,
    most: number | undefined,
    tell: (answer: Answer) => void
  ): Promise<Answer> {
    const check = new Check(scenario, "bfs", allReductions)
    const work: Work = {
      get states() {
        return check.counts.distinct
      },
      get depth() {
        return check.counts.depth
      },
      advance: (states) => check.advance(states)
    }
    const stopped = await this.finishCheck(work, most, tell)
    if (stopped !== undefined) check.stop(stopped)
    const result = check.result()
    const { verdict, exhaustive, counts, properties, actions, vacuous, notes, boundsReached } =
      result
    return {
      tell: "checked",
      verdict,
      isExhaustive: exhaustive,
      states: counts.distinct,
      reductions: result.reductions,
      properties: properties.map(({ name, verdict: one, expected, counterexample }) => ({
        ...{ name, verdict: one, expected },
        counterexample: counterexample && counterexampleView(exploration, counterexample)
      })),
      actions: Object.entries(actions).sort(([left], [right]) => (left < right ? -1 : 1)),
      remarks: [
        ...vacuous,
        ...notes,
        ...boundsReached.map((bound) => `a process stopped at the bound "${bound}"`),
        ...remarkOn(stopped)
      ]
    } satisfies Checked
  }

  private async way(
    { exploration }: Open,
    place: Place,
    goal: string,
    tell: (answer: Answer) => void
  ): Promise<Answer> {
    const { run, state } = stateAt(exploration, place)
    const begun = SearchFrom.toGoal(exploration.network, state, goal)
    if (Result.isFailure(begun)) return { tell: "refused", message: begun.failure }
    const search = begun.success
    await this.finish(search, maxStates, tell)
    const { states, depth, isExhausted, finding } = search
    if (finding === undefined)
      return { tell: "way", found: false, isExhaustive: isExhausted, states, depth }
    return { tell: "way", found: true, place: placeOf(exploration, run, search), states }
  }

  private async possible(
    { exploration, scenario }: Open,
    place: Place,
    property: string,
    tell: (answer: Answer) => void
  ): Promise<Answer> {
    const { run, state, broken } = stateAt(exploration, place)
    const common = { tell: "possible", property } as const
    if (broken.includes(property))
      return {
        ...common,
        answer: "broken already",
        states: 0,
        depth: 0,
        reductions: [],
        place: undefined
      }
    const live = scenario.model.properties.some(
      ({ name, _tag }) => name === property && _tag === "Live"
    )
    if (live)
      return {
        tell: "refused",
        message: `${property} is about whole runs: check the scenario to decide it`
      }
    const search = await this.violation(exploration, state, property, allReductions, tell)
    const { states, depth, reductions, finding } = search
    const found = { ...common, states, depth, reductions }
    if (finding !== undefined)
      return { ...found, answer: "can be violated", place: placeOf(exploration, run, search) }
    const isDecided = search.isExhausted && !(property === deadlockFreedom && search.isUnclear)
    return {
      ...found,
      answer: isDecided ? "cannot be violated" : "open",
      place: undefined
    } satisfies Possible
  }

  /**
   * Searches for a violation; searches again without the reductions that rely on a broken promise.
   */
  private async violation(
    exploration: Exploration,
    state: Int32Array,
    property: string,
    reductions: ReadonlyArray<ReductionName>,
    tell: (answer: Answer) => void
  ): Promise<SearchFrom> {
    const search = SearchFrom.toViolation(exploration.network, state, property, reductions)
    try {
      await this.finish(search, maxStates, tell)
      return search
    } catch (error) {
      if (!(error instanceof PromiseBroken)) throw error
      const left = search.reductions.filter((name) => !error.reductions.includes(name))
      if (left.length === search.reductions.length) throw error
      return this.violation(exploration, state, property, left, tell)
    }
  }

  private async graph(
    { exploration }: Open,
    place: Place,
    tell: (answer: Answer) => void
  ): Promise<Answer> {
    const { state } = stateAt(exploration, place)
    const graph = new Graph(exploration.network, state)
    await this.finish(graph, maxCounted, tell)
    return graph.found(exploration, place)
  }
}

const stateAt = (exploration: Exploration, { run, at }: Place) => {
  const taken = exploration.goTo(run)
  const until = Math.min(at, taken)
  const { engine, broken } = exploration.positions[until] as (typeof exploration.positions)[number]
  return { run: run.slice(0, until), state: engine, broken }
}

const placeOf = (
  exploration: Exploration,
  before: ReadonlyArray<string>,
  search: SearchFrom
): Place => {
  const run = exploration.codesFor(search.events(), before)
  return { run: [...run], at: run.length }
}

/** A counterexample as a run of the exploration. */
export const counterexampleView = (
  exploration: Exploration,
  { kind, steps, reason, explanation, loop, excuse }: Counterexample
): CounterexampleView => {
  const codes = exploration.codesFor(steps.map(({ node, action }) => ({ node, action })))
  // The search leaves out messages without effect. The run receives them, so that it ends with no
  // message left.
  return {
    run: [...(kind === "deadlock" ? exploration.drained() : codes)],
    reason,
    explanation: [explanation, excuse].filter((text) => text !== undefined).join(" "),
    loop
  }
}

const openedOf = (
  { name, description, model, checksDeadlock, expect, bounds }: LoadedScenario,
  course: ReadonlyArray<string>
): Opened => {
  const { protocol, system, scripts, faults, properties } = model
  const named = properties.map((property) => ({
    ...{ name: property.name, about: property.about, kind: kindOf(property) },
    expected: expect.get(property.name)
  }))
  const deadlock = {
    ...{ name: deadlockFreedom, about: aboutDeadlock, kind: kindOf(undefined) },
    expected: expect.get(deadlockFreedom)
  }
  return {
    tell: "opened",
    name,
    description,
    protocol: { name: protocol.name, about: protocol.about },
    isRelation: false,
    nodes: system.nodes.map(({ id, role }) => ({
      id,
      role,
      isAsked: (scripts[id] ?? []).length > 0
    })),
    course,
    properties: checksDeadlock ? [...named, deadlock] : named,
    looksForViolation: [...expect.values()].includes("violated"),
    bounds: [
      ...(course.length === 0
        ? []
        : [
            `checks are about what follows the first ${course.length} steps, which the scenario gives`
          ]),
      ...faults.budgets
        .filter(({ nodes, most }) => nodes.length > 0 && most > 0)
        .map(({ fault, nodes, most }) => `${fault.name}: at most ${most} of ${nodes.join(", ")}`),
      ...(faults.premise === undefined
        ? []
        : [`faults keep the premise of ${faults.premise.name}`]),
      ...(faults.adversary === undefined ? [] : [`the adversary is ${faults.adversary.strength}`]),
      ...Object.entries(bounds).map(([bound, most]) => `${bound}: at most ${most}`)
    ]
  }
}
