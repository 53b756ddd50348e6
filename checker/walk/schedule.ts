/**
 * Schedules: events in an order, of which a run takes those that are possible when their turn
 * comes.
 *
 * Events are numbered, and taken on a network whose tables hold the effects in the specification;
 * so it can try thousands of schedules a second.
 */
import { canonical } from "../../spec/kernel/data.ts"
import { deadlockFreedom } from "../engine/findings.ts"
import { Interner } from "../engine/interner.ts"
import type { Failures, Sink } from "../engine/space.ts"
import type { Event, Model } from "../network/model.ts"
import { Network } from "../network/network.ts"
import { PromiseBroken } from "../network/process-table.ts"
import type { ReductionName } from "../network/reductions.ts"
import { noFault } from "../network/transitions.ts"
import { eventOf } from "./features.ts"
import { prepare, takeStep, walkReductions } from "./step.ts"

/** Numbers of events, in their order. */
export type Schedule = ReadonlyArray<number>

export class Schedules implements Sink {
  private readonly network: Network
  private readonly property: string
  private readonly events = new Interner<Event>()
  /** Per event, the slot of its node; per transition, the number of its event. */
  private readonly slots: Array<number> = []
  private readonly eventOfLabel: Array<number> = []
  private readonly state: Int32Array
  private failures: Failures = 0

  constructor(model: Model, reductions: ReadonlyArray<ReductionName>, property: string) {
    this.network = new Network(model, walkReductions(reductions, model))
    this.property = property
    this.state = new Int32Array(this.network.width)
  }

  schedule(events: ReadonlyArray<Event>): Schedule {
    return events.map((event) => this.numberOf(event))
  }

  eventsOf(schedule: Schedule): ReadonlyArray<Event> {
    return schedule.map((number) => this.events.value(number))
  }

  /** The node of an event, by its slot. */
  slotOf(event: number): number {
    return this.slots[event] as number
  }

  /**
   * The part of the schedule that was possible, up to the step that violates the property;
   * undefined if it does not.
   */
  failing(schedule: Schedule): Schedule | undefined {
    try {
      return this.taken(schedule)
    } catch (error) {
      // In states that no run has visited, a promise may turn out to be broken: such a schedule is
      // useless.
      if (error instanceof PromiseBroken) return undefined
      throw error
    }
  }

  private taken(schedule: Schedule): Schedule | undefined {
    const bit = this.network.properties.indexOf(this.property)
    this.begin()
    const taken: Array<number> = []
    for (const event of schedule) {
      if (bit >= 0 && (this.failures & (1 << bit)) !== 0) break
      const label = this.possible(event)
      if (label < 0) continue
      takeStep(this.network, this.state, label, this)
      taken.push(event)
    }
    const broken = bit >= 0 ? (this.failures & (1 << bit)) !== 0 : this.isDeadlocked()
    return broken ? taken : undefined
  }

  /** The state that the events lead to; all of them must be possible. */
  endOf(events: ReadonlyArray<Event>): { readonly network: Network; readonly end: Int32Array } {
    const taken = this.failing(this.schedule(events))
    if (taken?.length !== events.length) throw new Error(`the events do not break ${this.property}`)
    return { network: this.network, end: this.state.slice() }
  }

  /** A transition was taken, to the network's successor. */
  visit(label: number): void {
    this.state.set(this.network.successor)
    this.failures |= this.network.judgeTransition(label) | this.network.judge(this.state)
  }

  private begin(): void {
    const { network, state } = this
    state.set(network.initial[0] as Int32Array)
    network.successor.set(state)
    this.failures = network.judge(state)
  }

  /** The transition that is this event, if it is possible; -1 if not. */
  private possible(event: number): number {
    const { network, state } = this
    const { firstTransition, lastTransition, transitions } = network.locals
    prepare(network, state)
    const slot = this.slotOf(event)
    const local = state[slot] as number
    const last = lastTransition.items[local] as number
    for (let label = firstTransition.items[local] as number; label < last; label++) {
      if (this.eventAt(label) !== event) continue
      const fault = transitions.faultOf.items[label] as number
      return fault !== noFault && !network.mayFail(state, slot, fault) ? -1 : label
    }
    return network.spoken(state).find((spoken) => this.eventAt(spoken) === event) ?? -1
  }

  private isDeadlocked(): boolean {
    const { network, state } = this
    if (
      this.property !== deadlockFreedom ||
      network.isDone(state) ||
      network.cutOf(state) !== "not"
    )
      return false
    return network.expand(state, { visit: () => undefined }) === 0
  }

  private eventAt(label: number): number {
    const known = this.eventOfLabel[label]
    if (known !== undefined) return known
    const number = this.numberOf(eventOf(this.network, label))
    this.eventOfLabel[label] = number
    return number
  }

  private numberOf(event: Event): number {
    const number = this.events.number(event, canonical(event))
    this.slots[number] ??= this.network.processes.slotOfNode(event.node)
    return number
  }
}
