/**
 * Taking an answer in the step in which it is given (reduction `answers-at-once`), and the proof, as the search runs,
 * that the processes' promises about answers are true.
 *
 * Relying on `isAnswer(p, r)` means: whatever the process takes in state `p` before `r`, if `r` still has an effect then,
 * taking `r` first leads to the same state and to the same messages and observations. That is tried with every message
 * that the search meets in the same state of the process.
 */
import { canonical } from "../../spec/kernel/data.ts"
import { type Effect, nothing, type ProcessTable, PromiseBroken } from "./process-table.ts"

export class Answers {
  private readonly locals: ProcessTable
  /** Per process state: the messages that the search has met there, and which of them it takes as answers. */
  private readonly met: Array<Map<number, boolean>> = []

  constructor(locals: ProcessTable) {
    this.locals = locals
  }

  /** True when the process, in this state, takes this message as an answer that has an effect. */
  isTaken(process: number, envelope: number): boolean {
    const { protocol, setup } = this.locals.model
    const { id, role } = this.locals.nodeOf(process)
    const { from, message } = this.locals.envelope(envelope)
    const state = this.locals.stateOf(process)
    if (protocol[role].promises?.isAnswer?.(setup, id, state, from, message) !== true) return false
    return !this.isSilent(process, this.locals.receipt(process, envelope))
  }

  /** The search meets a message in this state. Throws if it must not come after an answer that was met there. */
  meet(process: number, envelope: number, isTaken: boolean): void {
    const met = this.met[process] ?? new Map<number, boolean>()
    this.met[process] = met
    if (met.has(envelope)) return
    for (const [other, isOtherTaken] of met) {
      if (isTaken) this.compare(process, envelope, other)
      if (isOtherTaken) this.compare(process, other, envelope)
    }
    met.set(envelope, isTaken)
  }

  /** Taking `other` and then the answer, where it still has an effect, comes to the same as the answer first. */
  private compare(process: number, answer: number, other: number): void {
    const { locals } = this
    const early = locals.receipt(process, other)
    const late = locals.receipt(early.process, answer)
    if (this.isSilent(early.process, late)) return
    const first = locals.receipt(process, answer)
    const second = locals.receipt(first.process, other)
    if (this.together(first, second) === this.together(early, late)) return
    const { id } = locals.nodeOf(process)
    const [one, two] = [answer, other].map((envelope) => canonical(locals.envelope(envelope)))
    throw new PromiseBroken(
      ["answers-at-once"],
      `${id} promised that ${one} is an answer, but it matters whether it comes before or after ${two} in state ${canonical(locals.stateOf(process))}`
    )
  }

  private together(first: Effect, second: Effect): string {
    const packets = [...first.packets, ...second.packets]
      .map(({ slot, packet }) => `${slot}:${packet}`)
      .sort()
    const events = [first.events, second.events].filter((number) => number !== nothing)
    return `${second.process}|${packets.join(",")}|${events.join(",")}`
  }

  private isSilent(process: number, effect: Effect): boolean {
    return effect.process === process && effect.packets.length === 0 && effect.events === nothing
  }
}
