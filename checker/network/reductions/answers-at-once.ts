/**
 * Taking an answer in the step in which it is given (reduction `answers-at-once`), and the proof,
 * as the search runs, that the processes' promises about answers are true.
 *
 * Relying on `isAnswer(p, r)` means: whatever the process takes in state `p` before `r`, if `r` has
 * an effect then, taking `r` first leads to the same state and to the same messages and
 * observations, but that responses may come before what is observed of other objects: the observers
 * say that they allow earlier responses (`loses`). That is tried with everything that the search
 * sees the process take in the same state; and since `r` could still be on its way after that, in
 * every state that this leads to as well, whether `r` has an effect there or not, up to states to
 * which it is obsolete.
 */
import { canonical, equals } from "../../../spec/kernel/data.ts"
import { missing, PairMemo } from "../../engine/pair-memo.ts"
import type { Fact } from "../facts.ts"
import { type Model, mayBeTakenOver, type Taken } from "../model.ts"
import {
  type Effect,
  gone,
  notAtOnce,
  nothing,
  type ProcessTable,
  PromiseBroken
} from "../process-table.ts"
import type { PromiseProof } from "../promise-proof.ts"
import { hearsWhatIsDropped, type Installation, type Reduction, takesBack } from "../reduction.ts"
import { Questions } from "./questions.ts"

type Answer = Extract<Taken, { readonly _tag: "Receive" }>

/**
 * What a process may take in some state: possibly an answer that could have been taken at once and
 * was not.
 */
type Met =
  | { readonly input: Taken; readonly isAnswer: false }
  | { readonly input: Answer; readonly isAnswer: true }
type Meeting = Met & { readonly process: number }

/** What a process may take in a state, and an answer that may be on its way then. */
interface Pair {
  readonly process: number
  readonly answer: Answer
  readonly other: Taken
}

/** What a process does with two inputs, one after the other. */
type Two = readonly [first: Effect, second: Effect]

/** The state after two steps, and what is sent in them, in whatever order. */
const together = (first: Effect, second: Effect): string => {
  const packets = [...first.packets, ...second.packets]
    .map(({ slot, packet }) => `${slot}:${packet}`)
    .sort()
  return `${second.process}|${packets.join(",")}`
}

/** Whether an object is none of these, all of which have a name. */
const isAnother = (
  object: string | undefined,
  others: ReadonlyArray<string | undefined> = []
): boolean =>
  object !== undefined && others.every((other) => other !== undefined && other !== object)

class Answers {
  private readonly questions = new Questions(() => this.reconsider())
  private readonly tables: Installation
  private readonly locals: ProcessTable
  private readonly promises: PromiseProof
  /** Per local state and packet, the transition that takes it at once. */
  private readonly takings = new PairMemo()
  /** Per process state: what the process may take there, by its canonical text. */
  private readonly met: Array<Map<string, Met>> = []
  /** Pairs that are left alone because never both are on their way. */
  private alternatives: Array<Pair> = []
  /** What is to be done yet; what is found out meanwhile joins the end. */
  private readonly meetings: Array<Meeting> = []
  private readonly pairs: Array<Pair> = []
  private isBusy = false

  constructor(tables: Installation) {
    this.tables = tables
    this.locals = tables.processes
    this.promises = tables.promises
  }

  /**
   * The transition in which the node takes a packet at once, if the packet is a single answer with
   * an effect.
   */
  readonly takeAtOnce = (local: number, packet: number): number => {
    const known = this.takings.get(local, packet)
    if (known !== missing) return known
    const label = this.answerTransition(local, this.locals.packet(packet))
    this.takings.set(local, packet, label)
    return label
  }

  private answerTransition(local: number, packet: ReadonlyArray<number>): number {
    const { locals } = this.tables
    const process = locals.processOf(local)
    const envelope = packet[0] as number
    if (process === gone || packet.length !== 1 || !this.isTaken(process, envelope))
      return notAtOnce
    this.meet(process, { _tag: "Receive", ...this.locals.envelope(envelope) }, true)
    return locals.takingTransition(local, envelope)
  }

  /** True when the process, in this state, takes this message as an answer that has an effect. */
  private isTaken(process: number, envelope: number): boolean {
    const { context } = this.locals.model.system
    const { id } = this.locals.nodeOf(process)
    const { from, message } = this.locals.envelope(envelope)
    const { promises } = this.locals.runs(process)
    if (promises?.isAnswer?.(context, id, this.locals.stateOf(process), from, message) !== true)
      return false
    if (this.locals.isPostponed(process, envelope)) return false
    return !this.isSilent(process, this.locals.receipt(process, envelope))
  }

  /**
   * The process takes something in this state. The promise is broken if it must not come after an
   * answer there.
   */
  readonly meet = (process: number, input: Taken, isAnswer: boolean): void => {
    this.meetings.push({ process, input, isAnswer } as Meeting)
    this.work()
  }

  /** What another worker has met. */
  readonly hear = (fact: Fact): void => {
    if (fact._tag !== "Met") return
    const { slot, mode, state } = fact.at
    this.meet(this.locals.processAt(slot, state, mode), fact.input, fact.isAnswer)
  }

  /** A step of a process: who asks what, and who answers it. */
  readonly note = (process: number, input: Taken, effect: Effect): void => {
    const { locals, questions } = this
    const asker = input._tag === "Receive" ? locals.slotOfNode(input.from) : undefined
    for (const { slot, packet } of effect.packets) {
      const origin = slot === asker ? locals.envelopeNumber(process, input as Answer) : undefined
      questions.noteAnswers(origin, locals.packet(packet))
    }
    const sends = effect.packets.flatMap(({ packet }) => locals.packet(packet))
    if (locals.runs(process).promises?.isAnswer !== undefined)
      questions.noteStep(process, effect.process, sends)
  }

  private work(): void {
    if (this.isBusy) return
    this.isBusy = true
    while (this.meetings.length > 0 || this.pairs.length > 0) {
      const pair = this.pairs.pop()
      if (pair !== undefined) this.relyBeside(pair)
      else this.consider(this.meetings.pop() as Meeting)
    }
    this.isBusy = false
  }

  /**
   * Everything that the process may take in this state is tried beside every answer that may be on
   * its way.
   */
  private consider({ process, ...one }: Meeting): void {
    const met = this.met[process] ?? new Map<string, Met>()
    this.met[process] = met
    const key = canonical(one.input)
    const known = met.get(key)
    if (known !== undefined && (known.isAnswer || !one.isAnswer)) return
    met.set(key, one)
    this.locals.facts.keep(() => {
      const { locals } = this
      const slot = locals.slotOfNode(locals.nodeOf(process).id)
      const at = { slot, mode: locals.modeOf(process), state: locals.stateOf(process) }
      return { _tag: "Met", at, ...one }
    })
    for (const image of this.tables.hooks.images?.(process, one.input) ?? [])
      this.meetings.push({ ...image, isAnswer: one.isAnswer } as Meeting)
    if (one.isAnswer) this.checkInvokesNothing(process, one.input)
    for (const [otherKey, other] of met) {
      if (otherKey === key) continue
      if (one.isAnswer) this.pairs.push({ process, answer: one.input, other: other.input })
      if (other.isAnswer) this.pairs.push({ process, answer: other.input, other: one.input })
    }
  }

  /**
   * The answer may be on its way in this state, and still be after the process has taken the other.
   */
  private relyBeside(pair: Pair): void {
    const { process, answer, other } = pair
    if (this.areAlternatives(pair)) {
      this.alternatives.push(pair)
      return
    }
    this.compare(pair)
    const after = this.locals.effectOf(process, other).process
    if (!this.promises.relyObsolete(after, this.locals.envelopeNumber(after, answer)))
      this.meetings.push({ process: after, input: answer, isAnswer: true })
  }

  private areAlternatives({ process, answer, other }: Pair): boolean {
    if (other._tag !== "Receive" || answer.from !== other.from) return false
    const { locals, questions } = this
    // A node that has answered and is then taken over may answer the same question otherwise.
    if (mayBeTakenOver(locals.model, answer.from)) return false
    return questions.areAlternatives(
      locals.envelopeNumber(process, answer),
      locals.envelopeNumber(process, other)
    )
  }

  /** Some messages may after all be on their way together. */
  private reconsider(): void {
    const left = this.alternatives
    this.alternatives = []
    for (const pair of left)
      (this.areAlternatives(pair) ? this.alternatives : this.pairs).push(pair)
    this.work()
  }

  /**
   * Taking `other` and then the answer, where it still has an effect, comes to the same as the
   * answer first.
   */
  private compare({ process, answer, other }: Pair): void {
    const { locals } = this
    const early = locals.effectOf(process, other)
    const late = locals.effectOf(early.process, answer)
    if (this.isSilent(early.process, late)) return
    const first = locals.effectOf(process, answer)
    const second = locals.effectOf(first.process, other)
    if (this.isOffered(first.process, other) && this.comesToTheSame([first, second], [early, late]))
      return
    this.refuse(process, answer, `it matters whether it comes before or after ${canonical(other)}`)
  }

  /** Whether the process takes this in this state, if it is an invocation or a step of its own. */
  private isOffered(process: number, input: Taken): boolean {
    const { context } = this.locals.model.system
    const { id } = this.locals.nodeOf(process)
    const state = this.locals.stateOf(process)
    const runs = this.locals.runs(process)
    switch (input._tag) {
      case "Receive":
        return true
      case "Invoke":
        return runs.ready(context, id, state, input.operation)
      case "Choose":
        return runs.choices(context, id, state).some((choice) => equals(choice, input.choice))
    }
  }

  /**
   * An answer that is taken early may make responses come earlier, and nothing else of what
   * observers are fed.
   */
  private checkInvokesNothing(process: number, answer: Answer): void {
    const { events } = this.locals.effectOf(process, answer)
    if (this.locals.observations(events).some(({ _tag }) => _tag === "Invocation"))
      this.refuse(process, answer, "an operation begins with it")
  }

  private refuse(process: number, answer: Answer, reason: string): never {
    const { id } = this.locals.nodeOf(process)
    throw new PromiseBroken(
      ["answers-at-once"],
      `${id} promised that ${canonical(answer)} is an answer, but ${reason} in state ${canonical(this.locals.stateOf(process))}`
    )
  }

  private comesToTheSame([first, second]: Two, [early, late]: Two): boolean {
    if (together(first, second) !== together(early, late)) return false
    const inOrder = (...events: ReadonlyArray<number>) =>
      events.filter((number) => number !== nothing).join()
    return (
      inOrder(first.events, second.events) === inOrder(early.events, late.events) ||
      (first.events === late.events &&
        second.events === early.events &&
        this.isResponse(first, second))
    )
  }

  /**
   * Whether the answer is observed by responses alone, and what is observed of the other is about
   * other objects.
   */
  private isResponse(answer: Effect, other: Effect): boolean {
    const [responses, others] = [answer, other].map(({ events }) =>
      this.locals.observations(events)
    )
    const objects = responses?.map((one) =>
      one._tag === "Response" ? one.operation.object : undefined
    )
    return (
      others?.every((one) => one._tag !== "Note" && isAnother(one.operation.object, objects)) ===
      true
    )
  }

  private isSilent(process: number, effect: Effect): boolean {
    return effect.process === process && effect.packets.length === 0 && effect.events === nothing
  }
}

/** Whether the processes of a role take any answers. */
const takesAnswers = ({ system }: Model, role: string): boolean =>
  system.nodes.some((node) => node.role === role && node.process.promises?.isAnswer !== undefined)

export const answersAtOnce: Reduction = {
  name: "answers-at-once",
  about: "take an answer in the step in which it is given, or never",
  loses: (model, checksDeadlock) => {
    if (checksDeadlock) return "deadlock-freedom"
    const fault = takesBack(model, ["isAnswer"]) ?? hearsWhatIsDropped(model)
    if (fault !== undefined) return fault
    // It is fed responses as well: whether a fault may happen must not hang on how early they come.
    const { premise } = model.faults
    if (premise !== undefined && !premise.observer(model.system.context).allowsEarlierResponses)
      return premise.name
    return model.properties.find((property) => {
      switch (property._tag) {
        case "Observed":
          return !property.observer(model.system.context).allowsEarlierResponses
        case "Process":
        case "Step":
        case "Pair":
          return takesAnswers(model, property.role)
        case "Whole":
          return property.allowsEarlierReceipts !== true
        case "Sometimes":
        case "Refines":
        case "Live":
          return true
        default:
          return property satisfies never
      }
    })?.name
  },
  install: (tables) => {
    const answers = new Answers(tables)
    tables.promises.reliedOnBy("answers-at-once", tables.hooks)
    tables.hooks.effect.push(answers.note)
    tables.hooks.met.push(answers.meet)
    tables.hooks.heard.push(answers.hear)
    tables.hooks.takeAtOnce = answers.takeAtOnce
  }
}
