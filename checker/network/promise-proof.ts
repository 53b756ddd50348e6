/**
 * Verifies, while the search runs, the promises of processes about messages
 * (`spec/kernel/process.ts`).
 *
 * When a reduction relies on a promise in a state of a process, the proof tries the step that
 * receives the message: it must have no effect. It then follows the message along every step that
 * the receiver takes from there; each state must still give the promise. A broken promise ends the
 * search, with the place where it fails.
 */
import { canonical } from "../../spec/kernel/data.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import type { Fact } from "./facts.ts"
import type { Hooks } from "./hooks.ts"
import { type Effect, nothing, type ProcessTable, PromiseBroken } from "./process-table.ts"

type Kept = "isObsolete" | "onlyAnswers"
type PromiseName = Kept | "isSettled"

export class PromiseProof {
  private readonly locals: ProcessTable
  private readonly dropped: Hooks["dropped"] | undefined
  /** The reductions that rely on promises. A broken promise turns all of them off. */
  private readonly relying: Array<string> = []
  /**
   * Per process state: for each promise, the messages for which it was relied on there or earlier.
   */
  private readonly relied: Record<Kept, Array<Set<number>>> = { isObsolete: [], onlyAnswers: [] }
  /**
   * Per dropped request: the states of its sender in which it was settled, and the answers it may
   * get.
   */
  private readonly settled: Array<Set<number>> = []
  private readonly answersTo: Array<Set<number>> = []
  /** Per process state: the process states that steps lead to. */
  private readonly successors: Array<Set<number>> = []
  /** Per process state and message, whether the process gives each promise: 1 or 0. */
  private readonly given: Record<PromiseName, PairMemo> = {
    isObsolete: new PairMemo(),
    onlyAnswers: new PairMemo(),
    isSettled: new PairMemo()
  }

  constructor(locals: ProcessTable, hooks?: Hooks) {
    this.locals = locals
    this.dropped = hooks?.dropped
  }

  /** Registers a reduction that relies on promises, and follows steps from now on. */
  reliedOnBy(reduction: string, hooks: Hooks): void {
    this.relying.push(reduction)
    if (this.relying.length > 1) return
    hooks.effect.push((process, _input, effect) => this.follow(process, effect.process))
    hooks.heard.push((fact) => {
      if (fact._tag === "Relied" || fact._tag === "Settled") this.hear(fact)
    })
  }

  /**
   * Whether the message may be dropped: its sender no longer waits for answers, and it will never
   * change its receiver.
   */
  relyDead(process: number, envelope: number, sender: number): boolean {
    if (!this.promises("isSettled", sender, envelope)) return false
    if (!this.promises("onlyAnswers", process, envelope)) return false
    this.settle(envelope, sender, this.slotOf(process))
    this.rely("onlyAnswers", process, envelope)
    return true
  }

  /** Whether the process declares that it will only ever answer the message; not relied on. */
  givesOnlyAnswers(process: number, envelope: number): boolean {
    return this.promises("onlyAnswers", process, envelope)
  }

  /**
   * Whether the process declares the message obsolete in this state. If it does, the search relies
   * on that.
   */
  relyObsolete(process: number, envelope: number): boolean {
    const isObsolete = this.promises("isObsolete", process, envelope)
    if (isObsolete) this.rely("isObsolete", process, envelope)
    return isObsolete
  }

  /**
   * Records a step from one state of a process to another: promises relied on before must hold
   * after.
   */
  private follow(before: number, after: number): void {
    const successors = this.successors[before] ?? new Set()
    this.successors[before] = successors
    if (before === after || successors.has(after)) return
    successors.add(after)
    for (const promise of ["isObsolete", "onlyAnswers"] as const) {
      for (const envelope of this.relied[promise][before] ?? []) this.rely(promise, after, envelope)
    }
  }

  private promises(promise: PromiseName, process: number, envelope: number): boolean {
    const memo = this.given[promise]
    const known = memo.get(process, envelope)
    if (known !== missing) return known === 1
    const isGiven = this.asks(promise, process, envelope)
    memo.set(process, envelope, isGiven ? 1 : 0)
    return isGiven
  }

  private asks(promise: PromiseName, process: number, envelope: number): boolean {
    const { locals } = this
    const { context } = locals.model.system
    const { id } = locals.nodeOf(process)
    const { from, message } = locals.envelope(envelope)
    const node = promise === "isSettled" ? locals.receiverOf(envelope).id : from
    const { promises } = locals.runs(process)
    return promises?.[promise]?.(context, id, locals.stateOf(process), node, message) === true
  }

  /** Takes over what another worker relied on. */
  private hear(fact: Extract<Fact, { readonly _tag: "Relied" | "Settled" }>): void {
    const { locals } = this
    const process = locals.processAt(fact.at.slot, fact.at.state, fact.at.mode)
    if (fact._tag === "Relied")
      this.rely(fact.promise, process, locals.envelopeAt(fact.at.slot, fact.envelope))
    else this.settle(locals.envelopeAt(fact.to, fact.envelope), process, fact.to)
  }

  private fact<Tag extends Fact["_tag"]>(_tag: Tag, process: number) {
    const { locals } = this
    const at = {
      slot: this.slotOf(process),
      mode: locals.modeOf(process),
      state: locals.stateOf(process)
    }
    return { _tag, at }
  }

  private slotOf(process: number): number {
    return this.locals.slotOfNode(this.locals.nodeOf(process).id)
  }

  private rely(promise: Kept, process: number, envelope: number): void {
    const relied = this.relied[promise][process] ?? new Set()
    this.relied[promise][process] = relied
    if (relied.has(envelope)) return
    relied.add(envelope)
    this.locals.facts.keep(() => ({
      ...this.fact("Relied", process),
      promise,
      envelope: this.locals.envelope(envelope)
    }))
    this.verify(promise, process, envelope)
    if (promise === "isObsolete" && this.dropped !== undefined)
      for (const hear of this.dropped) hear(process, envelope)
    for (const after of this.successors[process] ?? []) this.rely(promise, after, envelope)
  }

  /**
   * Verifies a promise in this state: the process gives it, and the step that receives the message
   * keeps it.
   */
  private verify(promise: Kept, process: number, envelope: number): void {
    const effect = this.locals.receipt(process, envelope)
    const sender = this.locals.slotOfNode(this.locals.envelope(envelope).from)
    const silent = effect.packets.every(({ slot }) => promise === "onlyAnswers" && slot === sender)
    const kept = effect.process === process && effect.events === nothing && silent
    if (kept && this.promises(promise, process, envelope)) {
      if (promise === "onlyAnswers") this.noteAnswers(envelope, effect)
      return
    }
    const { from, message } = this.locals.envelope(envelope)
    const { id } = this.locals.nodeOf(process)
    throw new PromiseBroken(
      this.relying,
      `${id} promised "${promise}" of ${canonical(message)} from ${from}, but ${kept ? "revokes the promise" : "the message has an effect"} in state ${canonical(this.locals.stateOf(process))}`
    )
  }

  /**
   * Records that the sender, in this state, no longer waits for answers to the request: every
   * answer that it may get must be obsolete.
   */
  private settle(envelope: number, sender: number, to: number): void {
    const settled = this.settled[envelope] ?? new Set()
    this.settled[envelope] = settled
    if (settled.has(sender)) return
    settled.add(sender)
    this.locals.facts.keep(() => ({
      ...this.fact("Settled", sender),
      to,
      envelope: this.locals.envelope(envelope)
    }))
    for (const answer of this.answersTo[envelope] ?? []) this.rely("isObsolete", sender, answer)
  }

  /** Records the answers to the request in a state that the receiver is in or may reach. */
  private noteAnswers(envelope: number, { packets }: Effect): void {
    const answers = this.answersTo[envelope] ?? new Set()
    this.answersTo[envelope] = answers
    for (const answer of packets.flatMap(({ packet }) => this.locals.packet(packet))) {
      if (answers.has(answer)) continue
      answers.add(answer)
      for (const sender of this.settled[envelope] ?? []) this.rely("isObsolete", sender, answer)
    }
  }
}
