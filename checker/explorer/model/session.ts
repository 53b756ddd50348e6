/**
 * Answers the page's requests about a relation, as `../session.ts` does about a scenario.
 */
import * as Result from "effect/Result"
import { RelationIllFormed } from "../../relation/ill-formed.ts"
import type { Relation } from "../../relation/relation.ts"
import { RelationCheck } from "../../relation/relation-check.ts"
import { changesBetween, written } from "../../run/run-changes.ts"
import { reasonFor } from "../../run/run-text.ts"
import type { Answer, Checked, Comparison, Place, Possible, Question } from "../messages.ts"
import { ModelExploration, type Position } from "./exploration.ts"
import { type Goal, goalOf } from "./goal.ts"
import { ModelSearch, maxDrawn, type Way } from "./search.ts"
import { openedOf, viewOf } from "./view.ts"

/** The note for a check that did not reach its end. */
export const remarkOn = (stopped: string | undefined): ReadonlyArray<string> =>
  stopped === undefined ? [] : [`the search did not finish: ${stopped}`]

/** Something that proceeds one piece at a time. */
export interface Work {
  readonly states: number
  readonly depth: number
  readonly advance: (states: number) => boolean
}

type Tell = (answer: Answer) => void

/** Does long pieces of work. */
interface Finish {
  /** Works on up to `most` states; returns false if the work was cancelled before that. */
  readonly work: (work: Work, most: number, tell: Tell) => Promise<boolean>
  /** Works to the end, or on up to `most` states; returns why it did not reach its end. */
  readonly check: (work: Work, most: number | undefined, tell: Tell) => Promise<string | undefined>
}

const maxStates = 1_000_000
const maxCounted = 20_000

export class ModelSession {
  private readonly name: string
  private readonly exploration: ModelExploration
  private readonly finish: Finish

  constructor(name: string, relation: Relation<object>, finish: Finish) {
    this.name = name
    this.exploration = new ModelExploration(relation)
    this.finish = finish
  }

  get opened(): Answer {
    return openedOf(this.name, this.exploration)
  }

  /**
   * Answers a request; if only now the model turns out to be ill-formed, the answer is a sentence
   * that describes the problem.
   */
  async answer(question: Question, tell: Tell): Promise<Answer> {
    try {
      return await this.answered(question, tell)
    } catch (error) {
      if (!(error instanceof RelationIllFormed)) throw error
      return { tell: "refused", message: error.message }
    }
  }

  private async answered(question: Question, tell: Tell): Promise<Answer> {
    const { exploration } = this
    switch (question.ask) {
      case "view":
        return viewOf(exploration, question.place)
      case "compare":
        return this.compared(question.left, question.right)
      case "check":
        return this.checked(question.most, tell)
      case "way":
        return this.way(question.place, question.goal, tell)
      case "possible":
        return this.possible(question.place, question.property, tell)
      case "graph":
        return this.graph(question.place, tell)
      case "open":
      case "stop":
        throw new Error(`a model does not answer "${question.ask}"`)
    }
  }

  private async checked(most: number | undefined, tell: Tell): Promise<Checked> {
    const { exploration } = this
    const check = new RelationCheck(exploration.relation, {})
    const work: Work = {
      get states() {
        return check.counts.distinct
      },
      get depth() {
        return check.counts.depth
      },
      advance: (states) => check.advance(states)
    }
    const stopped = await this.finish.check(work, most, tell)
    if (stopped !== undefined) check.stop(stopped)
    const { verdict, exhaustive, states, properties, fired, vacuous, notes } = check.result()
    return {
      ...{ tell: "checked", verdict, isExhaustive: exhaustive, states: states.distinct },
      reductions: [],
      properties: properties.map((property) => {
        const { name, verdict: one, expected, counterexample } = property
        if (counterexample === undefined)
          return { name, verdict: one, expected, counterexample: undefined }
        const run = exploration.codesOf(counterexample)
        const { loop } = counterexample
        const chosen = exploration.isChosen ? 1 : 0
        return {
          ...{ name, verdict: one, expected },
          counterexample: {
            run,
            reason: reasonFor(property, counterexample),
            explanation: "",
            loop: loop === undefined ? undefined : loop + chosen
          }
        }
      }),
      actions: Object.entries(fired),
      remarks: [
        ...vacuous.map((one) => (fired[one] === 0 ? `the action "${one}" is never enabled` : one)),
        ...notes,
        ...remarkOn(stopped)
      ]
    }
  }

  private async way(place: Place, text: string, tell: Tell): Promise<Answer> {
    const goal = goalOf(this.exploration, text)
    if (Result.isFailure(goal)) return { tell: "refused", message: goal.failure }
    const { search, run } = await this.searchTo(place, goal.success, tell)
    const { states, depth, isExhausted, way } = search
    if (way === undefined)
      return { tell: "way", found: false, isExhaustive: isExhausted, states, depth }
    return { tell: "way", found: true, place: this.placeAfter(run, way), states }
  }

  private async possible(place: Place, property: string, tell: Tell): Promise<Answer> {
    const { exploration } = this
    const found = { tell: "possible", property, reductions: [] } as const
    const { position } = this.at(place)
    if (position.broken.includes(property))
      return { ...found, answer: "broken already", states: 0, depth: 0, place: undefined }
    const isDecided = exploration.space.decided.some(({ name }) => name === property)
    if (!isDecided) return { tell: "refused", message: `Check the model to decide ${property}.` }
    const isBroken: Goal = (_, __, broken) => broken.includes(property)
    const { search, run } = await this.searchTo(place, isBroken, tell)
    const { states, depth, isExhausted, way } = search
    const told = { ...found, states, depth }
    if (way !== undefined)
      return { ...told, answer: "can be violated", place: this.placeAfter(run, way) }
    return {
      ...told,
      answer: isExhausted ? "cannot be violated" : "open",
      place: undefined
    } satisfies Possible
  }

  private async graph(place: Place, tell: Tell): Promise<Answer> {
    const { position, run } = this.at(place)
    const search = new ModelSearch(this.exploration, position.state)
    await this.finish.work(search, maxCounted, tell)
    const isSmall = search.isExhausted && search.states <= maxDrawn
    const states = isSmall
      ? search.drawn.map((one, number) => ({
          ...one,
          run: this.placeAfter(run, search.wayTo(number)).run.slice(run.length)
        }))
      : []
    const { isExhausted: isExhaustive, byDepth, actions, edges } = search
    return {
      ...{ tell: "graph", isExhaustive, byDepth, actions },
      picture: isSmall ? { states, edges } : undefined
    }
  }

  private async searchTo(place: Place, goal: Goal, tell: Tell) {
    const { position, run } = this.at(place)
    const search = new ModelSearch(this.exploration, position.state, goal)
    await this.finish.work(search, maxStates, tell)
    return { search, run }
  }

  private at({ run, at }: Place): {
    readonly run: ReadonlyArray<string>
    readonly position: Position
  } {
    const { exploration } = this
    const until = Math.min(at, exploration.goTo(run))
    return { run: run.slice(0, until), position: exploration.positions[until] as Position }
  }

  /** The place at the end of a path that begins at the end of a run. */
  private placeAfter(before: ReadonlyArray<string>, way: Way): Place {
    const { exploration } = this
    const run = [...before]
    for (const { action, state } of way) {
      exploration.goTo(run)
      const text = written(state)
      const choice = exploration
        .choices(run.length)
        .find((one) => one.action === action && written(one.plain) === text)
      if (choice === undefined) break
      run.push(choice.code)
    }
    return { run, at: run.length }
  }

  private comparedAt({ run, at }: Place): Compared {
    const { exploration } = this
    exploration.goTo(run.slice(0, at))
    const steps = exploration.steps.map(({ action, changes }) => `${action}: ${changes}`)
    return { steps, end: exploration.positions[steps.length]?.plain }
  }

  private compared(left: Place, right: Place): Comparison {
    const [one, other] = [this.comparedAt(left), this.comparedAt(right)]
    const until = one.steps.findIndex((step, at) => step !== other.steps[at])
    const shared = until < 0 ? one.steps.length : until
    const onlyLeft = without(one.steps, other.steps)
    const onlyRight = without(other.steps, one.steps)
    return {
      ...{ tell: "compare", shared, onlyLeft, onlyRight },
      sameSteps: onlyLeft.length + onlyRight.length === 0,
      differences: changesBetween(one.end ?? {}, other.end ?? {}).map(
        ({ path, before, after }) => ({
          place: path,
          left: written(before),
          right: written(after)
        })
      )
    }
  }
}

interface Compared {
  readonly steps: ReadonlyArray<string>
  readonly end: object | undefined
}

/** The steps, with their numbers, that are not among the others, each as often as it occurs. */
const without = (
  steps: ReadonlyArray<string>,
  others: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const left = [...others]
  return steps.flatMap((step, at) => {
    const place = left.indexOf(step)
    if (place < 0) return [`${at + 1}. ${step}`]
    left.splice(place, 1)
    return []
  })
}
