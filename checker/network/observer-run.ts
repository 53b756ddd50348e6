/**
 * An observer of a network, on numbers.
 */
import { canonical } from "../../spec/kernel/data.ts"
import type { AnyObserver } from "../../spec/kernel/observer.ts"
import { type Renaming, renamer } from "../../spec/kernel/renaming.ts"
import { Interner } from "../engine/interner.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import type { Failures } from "../engine/space.ts"
import { isOnlooker } from "./judgement.ts"
import type { Events } from "./processes.ts"

/** A numbered observer. Its initial state is number 0. */
export class ObserverRun {
  private readonly states = new Interner<unknown>()
  private readonly failuresOf: Array<Failures> = []
  private readonly steps = new PairMemo()

  private readonly renames = new PairMemo()
  private readonly observer: AnyObserver
  private readonly bit: number
  private readonly rename: ((renaming: Renaming, state: unknown) => unknown) | undefined

  constructor(observer: AnyObserver, bit: number) {
    this.observer = observer
    this.rename = observer.State && renamer(observer.State)
    this.bit = bit
    this.numberOf(observer.initial)
  }

  feed(state: number, events: number, table: Interner<Events>): number {
    const known = this.steps.get(state, events)
    if (known !== missing) return known
    const { observer } = this
    const after = this.numberOf(
      table
        .value(events)
        .reduce((seen, event) => observer.observe(seen, event), this.states.value(state))
    )
    this.steps.set(state, events, after)
    return after
  }

  /** The state with nodes renamed, by a numbered renaming. */
  renamed(state: number, renaming: Renaming, number: number): number {
    if (this.rename === undefined) return state
    const known = this.renames.get(state, number)
    if (known !== missing) return known
    const after = this.numberOf(this.rename(renaming, this.states.value(state)))
    this.renames.set(state, number, after)
    return after
  }

  get canBeRenamed(): boolean {
    return this.rename !== undefined
  }

  textRenamed(state: number, renaming: Renaming): string {
    return canonical(this.rename?.(renaming, this.states.value(state)))
  }

  failures(state: number): Failures {
    return this.failuresOf[state] as Failures
  }

  state(number: number): unknown {
    return this.states.value(number)
  }

  numberOf(state: unknown): number {
    const number = this.states.number(state)
    if (number === this.failuresOf.length) {
      // An onlooker judges nothing, even if its observer has a violation to report.
      const isFailure = !isOnlooker(this.bit) && this.observer.violation(state) !== undefined
      this.failuresOf.push(isFailure ? 1 << this.bit : 0)
    }
    return number
  }
}
