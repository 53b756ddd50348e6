/**
 * Searches that begin at a place of the explored run instead of in the initial state: the shortest
 * way to a goal, and whether a property can still be violated.
 *
 * The engine searches breadth-first. A search for a goal uses no reductions, since a reduction may
 * leave out the very state that it looks for. A search for a violation uses those that keep the
 * property's verdict: what they leave out depends on the state alone, not on how it was reached.
 */
import * as Result from "effect/Result"
import { deadlockFreedom, type Finding } from "../engine/findings.ts"
import { Search } from "../engine/search.ts"
import type { Failures, Space } from "../engine/space.ts"
import type { Event, Model } from "../network/model.ts"
import { Network } from "../network/network.ts"
import { allReductions, type ReductionName, soundReductions } from "../network/reductions.ts"
import { wayAlong } from "../report/replay.ts"
import { type Goal, goalOf } from "./goal.ts"

/** The parts of a network that a search uses, and the state in which it begins. */
interface Aim {
  readonly network: Network
  readonly from: Int32Array
  /** The failures in a state, or in a transition: 1 where the search has found its goal. */
  readonly judge: (state: Int32Array) => Failures
  readonly judgeTransition: (label: number) => Failures
  readonly checksDeadlock: boolean
}

const aimed = "aim"

/** The network as a space that begins elsewhere, and in which the goal counts as a failure. */
const spaceOf = ({ network, from, judge, judgeTransition }: Aim): Space => ({
  width: network.width,
  initial: [from],
  successor: network.successor,
  properties: [aimed],
  judgesStates: true,
  judgesTransitions: true,
  expand: (state, sink) => network.expand(state, sink),
  remember: () => network.remember(),
  judge,
  judgeTransition,
  isDone: (state) => network.isDone(state),
  cutOf: (state) => network.cutOf(state),
  content: (component, value) => network.content(component, value),
  numberFor: (component, content) => network.numberFor(component, content)
})

/** A search that proceeds one piece at a time. */
export class SearchFrom {
  /** The reductions that are on. */
  readonly reductions: ReadonlyArray<ReductionName>
  private readonly aim: Aim
  private readonly search: Search
  private isOver = false

  private constructor(aim: Aim, reductions: ReadonlyArray<ReductionName>) {
    this.aim = aim
    this.reductions = reductions
    this.search = new Search(spaceOf(aim), { checksDeadlock: aim.checksDeadlock })
  }

  /** A search for a goal, as people write it; or the error in its text. */
  static toGoal(
    explored: Network,
    state: Int32Array,
    text: string
  ): Result.Result<SearchFrom, string> {
    const network = new Network(explored.model)
    return Result.map(goalOf(network, text), (goal) => {
      const from = moved(explored, state, network)
      return new SearchFrom(
        { network, from, ...judgedBy(goal, network), checksDeadlock: false },
        []
      )
    })
  }

  /** A search for a violation of a property, with all reductions that keep its verdict. */
  static toViolation(
    explored: Network,
    state: Int32Array,
    property: string,
    wanted: ReadonlyArray<ReductionName> = allReductions
  ): SearchFrom {
    const checksDeadlock = property === deadlockFreedom
    const model = onlyWith(explored.model, property)
    const reductions = soundReductions(wanted, model, checksDeadlock)
    const network = new Network(model, reductions)
    const from = moved(explored, state, network)
    const bit = network.properties.indexOf(property)
    const failing = (failures: Failures): Failures =>
      bit >= 0 && (failures & (1 << bit)) !== 0 ? 1 : 0
    const aim: Aim = {
      network,
      from,
      judge: (one) => failing(network.judge(one)),
      judgeTransition: (label) => failing(network.judgeTransition(label)),
      checksDeadlock
    }
    return new SearchFrom(aim, reductions)
  }

  get states(): number {
    return this.search.counts.distinct
  }

  get depth(): number {
    return this.search.counts.depth
  }

  /** Whether the search visited everything and found nothing. */
  get isExhausted(): boolean {
    return this.isOver && this.search.exhausted && this.finding === undefined
  }

  get finding(): Finding | undefined {
    return this.search.findings[0]
  }

  /** Whether bounds leave open whether a state without steps is a deadlock. */
  get isUnclear(): boolean {
    return this.search.unclearStates > 0
  }

  /**
   * Expands up to `states` more states. Returns false once the search has ended. Throws a
   * `PromiseBroken` of a reduction.
   */
  advance(states: number): boolean {
    const more = this.search.advance(states, () => true)
    this.isOver ||= !more
    return more
  }

  /** The events on the path to the finding. */
  events(): ReadonlyArray<Event> {
    const { aim, finding } = this
    if (finding === undefined) return []
    const { network, from } = aim
    const { events, end } = wayAlong(network, this.search.pathTo(finding), from)
    return finding.inTransition ? [...events, ...network.describe(this.lastStep(end))] : events
  }

  private lastStep(state: Int32Array): number {
    const { network, judgeTransition } = this.aim
    let found = -1
    network.expand(state, {
      visit: (label) => {
        if (found < 0 && judgeTransition(label) !== 0) found = label
      }
    })
    return found
  }
}

/** A step reaches a goal that names a step; a state reaches any other. */
const judgedBy = (goal: Goal, network: Network): Pick<Aim, "judge" | "judgeTransition"> =>
  goal.namesStep
    ? {
        judge: () => 0,
        judgeTransition: (label) => (goal.isStep(label) && goal.holdsIn(network.successor) ? 1 : 0)
      }
    : { judge: (state) => (goal.holdsIn(state) ? 1 : 0), judgeTransition: () => 0 }

/** The model with this property alone; the bounds on faults remain. */
const onlyWith = (model: Model, property: string): Model => ({
  ...model,
  properties: model.properties.filter(({ name }) => name === property)
})

/**
 * A state of one network as a state of another with the same nodes. The second may observe less:
 * its observers are found by name among those of the first.
 */
const moved = (from: Network, state: Int32Array, to: Network): Int32Array => {
  const after = to.start.slice()
  const count = from.locals.nodes.length
  for (let slot = 0; slot < count; slot++)
    after[slot] = to.numberFor(slot, from.content(slot, state[slot] as number))
  const names = observersOf(from)
  observersOf(to).forEach((name, index) => {
    const at = names.indexOf(name)
    if (at < 0) throw new Error(`the explored network has no observer ${name}`)
    after[count + index] = to.numberFor(
      count + index,
      from.content(count + at, state[count + at] as number)
    )
  })
  const knowledge = count + observersOf(to).length
  if (knowledge < to.width) {
    const last = from.width - 1
    after[knowledge] = to.numberFor(knowledge, from.content(last, state[last] as number))
  }
  return after
}

/** The owners of a state's observer components, by name: properties first, then onlookers. */
const observersOf = ({ judgement }: Network): ReadonlyArray<string> =>
  judgement.observers.map(
    ({ observer, bit }) => `${bit < 0 ? "onlooker" : "property"} ${observer.name}`
  )
