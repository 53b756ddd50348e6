/**
 * Taking an answer in the step in which it is given (reduction `answers-at-once`), and the proof, as the search runs,
 * that the processes' promises about answers are true.
 *
 * Relying on `isAnswer(p, r)` means: whatever the process takes in state `p` before `r`, if `r` still has an effect then,
 * taking `r` first leads to the same state and to the same messages and observations. That is tried with everything
 * that the search sees the process take in the same state; and since `r` could still be on its way after that, in the
 * states that this leads to as well.
 */
import { canonical } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Input } from "../../spec/kernel/process.ts"
import type { Operation } from "../../spec/register/operation.ts"
import { type Effect, nothing, type ProcessTable, PromiseBroken } from "./process-table.ts"

/** Something that a process takes: a message, an invocation, or a step of its own. */
type Taken = Input<Operation, unknown, unknown>

interface Met {
  readonly input: Taken
  /** Whether it is relied on as an answer. */
  readonly isAnswer: boolean
  /** The state that it leads to. */
  readonly after: number
}

export class Answers {
  private readonly locals: ProcessTable
  /** Per process state: what the search has seen the process take there, by its canonical text. */
  private readonly met: Array<Map<string, Met>> = []

  constructor(locals: ProcessTable) {
    this.locals = locals
  }

  /** True when the process is a client that, in this state, takes this message as an answer that has an effect. */
  isTaken(process: number, envelope: number): boolean {
    const { protocol, setup } = this.locals.model
    const { id, role } = this.locals.nodeOf(process)
    const { from, message } = this.locals.envelope(envelope)
    const promise = protocol[role].promises?.isAnswer
    if (role !== "client" || promise?.(setup, id, this.locals.stateOf(process), from, message) !== true)
      return false
    return !this.isSilent(process, this.locals.receipt(process, envelope))
  }

  /** The process takes something in this state. The promise is broken if it must not come after an answer there. */
  meet(process: number, input: Taken, isAnswer: boolean): void {
    const met = this.met[process] ?? new Map<string, Met>()
    this.met[process] = met
    const key = canonical(input)
    const known = met.get(key)
    if (known !== undefined && (known.isAnswer || !isAnswer)) return
    const one: Met = { input, isAnswer, after: this.locals.effectOf(process, input).process }
    met.set(key, one)
    for (const [otherKey, other] of [...met]) {
      if (otherKey === key) continue
      if (isAnswer) this.relyBeside(process, one, other)
      if (other.isAnswer) this.relyBeside(process, other, one)
    }
  }

  /** The answer is relied on in this state, where the process may take the other first. */
  private relyBeside(process: number, answer: Met, other: Met): void {
    this.compare(process, answer.input, other.input)
    // A node answers a question once: of two answers from one node only one is on its way.
    if (senderOf(answer.input) === senderOf(other.input)) return
    const late = this.locals.effectOf(other.after, answer.input)
    if (!this.isSilent(other.after, late)) this.meet(other.after, answer.input, true)
  }

  /** Taking `other` and then the answer, where it still has an effect, comes to the same as the answer first. */
  private compare(process: number, answer: Taken, other: Taken): void {
    const { locals } = this
    const early = locals.effectOf(process, other)
    const late = locals.effectOf(early.process, answer)
    if (this.isSilent(early.process, late)) return
    const first = locals.effectOf(process, answer)
    const second = locals.effectOf(first.process, other)
    if (this.together(first, second) === this.together(early, late)) return
    const { id } = locals.nodeOf(process)
    throw new PromiseBroken(
      ["answers-at-once"],
      `${id} promised that ${canonical(answer)} is an answer, but it matters whether it comes before or after ${canonical(other)} in state ${canonical(locals.stateOf(process))}`
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

const senderOf = (input: Taken): NodeId | undefined => (input._tag === "Receive" ? input.from : undefined)
