/**
 * A model explored one step at a time: a run, every state on it, and the possible steps in each
 * state.
 *
 * The engine computes the possible steps, without any reduction. The specification itself takes
 * them, as in the replay of a counterexample. Each step has a short code, which depends only on
 * what happens in it, so that a run can be written into an address and taken again later.
 */
import { canonical } from "../../spec/kernel/data.ts"
import { deadlockFreedom } from "../engine/findings.ts"
import type { Event, Model } from "../network/model.ts"
import { Network } from "../network/network.ts"
import { nothing } from "../network/process-table.ts"
import { noFault } from "../network/transitions.ts"
import { ReplayDiverged, Run } from "../report/replay.ts"
import type { Snapshot, TraceStep } from "../report/trace.ts"
import { codesOf } from "./step-code.ts"
import { traced } from "./tracing.ts"

/** The maximum number of messages received after a deadlock; in practice there are always fewer. */
const maxDrained = 1000

/** A possible step in a state. */
export interface Enabled {
  readonly code: string
  readonly event: Event
  /** Whether the adversary makes up the message: it is not in flight. */
  readonly isSpoken: boolean
  /** Whether the step has an effect. */
  readonly hasEffect: boolean
  /** The properties that the step breaks, which held before. */
  readonly breaks: ReadonlyArray<string>
}

/** A state on the run. */
export interface Position {
  readonly engine: Int32Array
  readonly snapshot: Snapshot
  /** The properties that are broken so far. */
  readonly broken: ReadonlyArray<string>
  /** What the adversary knows. */
  readonly known: Run["known"]
}

/** A step of the run, with the functions of the specification that it called. */
export interface Taken {
  readonly code: string
  readonly step: TraceStep
  readonly calls: ReadonlyArray<number>
}

export class Exploration {
  readonly model: Model
  readonly network: Network
  private readonly checksDeadlock: boolean
  private run: Run
  private readonly taken: Array<Taken> = []
  private readonly states: Array<Position> = []
  private readonly enabledAt: Array<ReadonlyArray<Choice> | undefined> = []

  constructor(model: Model, checksDeadlock: boolean) {
    this.model = model
    this.checksDeadlock = checksDeadlock
    this.network = new Network(model)
    this.run = new Run(model)
    const engine = this.network.start.slice()
    this.states.push(this.position(engine, this.network.judge(engine), []))
  }

  /** The steps of the run, and the states before, between and after them. */
  get steps(): ReadonlyArray<Taken> {
    return this.taken
  }

  get positions(): ReadonlyArray<Position> {
    return this.states
  }

  /**
   * Takes the run with these codes, as far as each step is possible. Returns the number of steps
   * taken: fewer than there are codes if some code belongs to no step that is possible there.
   */
  goTo(codes: ReadonlyArray<string>): number {
    let shared = 0
    while (shared < codes.length && this.taken[shared]?.code === codes[shared]) shared++
    if (shared < this.taken.length) this.goBackTo(shared)
    for (const code of codes.slice(shared)) {
      const choice = this.choices(this.taken.length).find((one) => one.enabled.code === code)
      if (choice === undefined) break
      this.take(choice)
    }
    return this.taken.length
  }

  /** The codes of a run with these events. */
  codesFor(
    events: ReadonlyArray<Event>,
    before: ReadonlyArray<string> = []
  ): ReadonlyArray<string> {
    this.goTo(before)
    for (const event of events) {
      const text = canonical(event)
      const choice = this.choices(this.taken.length).find(
        (one) => canonical(one.enabled.event) === text
      )
      if (choice === undefined)
        throw new ReplayDiverged(`${text} is not possible in the explored run`)
      this.take(choice)
    }
    return this.taken.map(({ code }) => code)
  }

  /**
   * Receives every message in flight that has an effect, until none has; returns the codes of the
   * whole run.
   */
  drained(): ReadonlyArray<string> {
    for (let received = 0; received < maxDrained; received++) {
      const next = this.choices(this.taken.length).find(
        ({ enabled: { event, hasEffect, isSpoken } }) =>
          event.action._tag === "Receive" && hasEffect && !isSpoken
      )
      if (next === undefined) break
      this.take(next)
    }
    return this.taken.map(({ code }) => code)
  }

  /** The possible steps in the state with this number. */
  enabled(at: number): ReadonlyArray<Enabled> {
    return this.choices(at).map(({ enabled }) => enabled)
  }

  private take({ label, enabled }: Choice): void {
    const before = this.states.at(-1) as Position
    const { value: step, calls } = traced(() => this.run.take(enabled.event))
    let after: Int32Array | undefined
    let failures = 0
    this.network.expand(before.engine, {
      visit: (visited) => {
        if (visited !== label) return
        after = this.network.successor.slice()
        failures = this.network.judgeTransition(label)
      }
    })
    if (after === undefined) throw new ReplayDiverged("a step is no longer possible")
    this.taken.push({ code: enabled.code, step, calls })
    this.states.push(this.position(after, failures | this.network.judge(after), before.broken))
  }

  private position(engine: Int32Array, failures: number, before: ReadonlyArray<string>): Position {
    const named = this.network.properties.filter((_, bit) => (failures & (1 << bit)) !== 0)
    const stuck = this.isDeadlock(engine) ? [deadlockFreedom] : []
    return {
      engine,
      snapshot: this.run.snapshot(),
      broken: [...new Set([...before, ...named, ...stuck])],
      known: this.run.known
    }
  }

  /** An operation is pending, and no remaining step has an effect, now or later. */
  private isDeadlock(engine: Int32Array): boolean {
    if (!this.checksDeadlock || this.network.isDone(engine)) return false
    let isStuck = true
    this.network.expand(engine, {
      visit: (label) => {
        isStuck &&= !this.hasEffect(engine, label)
      }
    })
    return isStuck && this.network.cutOf(engine) === "not"
  }

  /** Whether the current transition has an effect apart from the receipt of a message. */
  private hasEffect(engine: Int32Array, label: number): boolean {
    const { locals, successor } = this.network
    const { slotOf, faultOf, firstSend, lastSend, eventsOf } = locals.transitions
    const slot = slotOf.items[label] as number
    const [before, after] = [engine[slot] as number, successor[slot] as number]
    return (
      faultOf.items[label] !== noFault ||
      locals.processOf(before) !== locals.processOf(after) ||
      locals.detail(before).position !== locals.detail(after).position ||
      firstSend.items[label] !== lastSend.items[label] ||
      eventsOf.items[label] !== nothing
    )
  }

  private goBackTo(count: number): void {
    const events = this.taken
      .slice(0, count)
      .map(({ step }) => ({ node: step.node, action: step.action }))
    this.run = new Run(this.model)
    for (const event of events) this.run.take(event)
    this.taken.length = count
    this.states.length = count + 1
    this.enabledAt.length = Math.min(this.enabledAt.length, count + 1)
  }

  private choices(at: number): ReadonlyArray<Choice> {
    const known = this.enabledAt[at]
    if (known !== undefined) return known
    const position = this.states[at] as Position
    const found = this.found(position)
    const codes = codesOf(found.map(({ event }) => event))
    const choices = found.map(
      ({ label, ...rest }, index): Choice => ({
        label,
        enabled: { code: codes[index] as string, ...rest }
      })
    )
    this.enabledAt[at] = choices
    return choices
  }

  private found({ engine, snapshot, broken }: Position): ReadonlyArray<Found> {
    const { network } = this
    const onTheWay = new Set(snapshot.inFlight.map(canonical))
    const found: Array<Found> = []
    network.expand(engine, {
      visit: (label) => {
        const [event] = network.describe(label) as [Event]
        const { node, action } = event
        const failures = network.judgeTransition(label) | network.judge(network.successor)
        found.push({
          label,
          event,
          isSpoken:
            action._tag === "Receive" &&
            !onTheWay.has(canonical({ from: action.from, to: node, message: action.message })),
          hasEffect: this.hasEffect(engine, label),
          breaks: network.properties.filter(
            (name, bit) => (failures & (1 << bit)) !== 0 && !broken.includes(name)
          )
        })
      }
    })
    return found
  }
}

interface Found extends Omit<Enabled, "code"> {
  readonly label: number
}

interface Choice {
  readonly label: number
  readonly enabled: Enabled
}
