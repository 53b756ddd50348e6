/**
 * Reduction `answers-at-once`: a client takes an answer in the step in which the answer is given.
 * This file also verifies, while the search runs, what processes promise about answers.
 *
 * The reduction relies on `isAnswer(p, r)`, which means: whatever input the process takes in state
 * `p` before `r`, if `r` then has an effect, taking `r` first leads to the same state, the same
 * messages and the same observations. Only the order of observations may differ: responses may
 * precede observations of other objects, and the observers declare that they allow earlier
 * responses (`loses`). The proof tries this with every input that the search sees the process take
 * in that state. Since `r` could still be in flight afterwards, the proof continues with every
 * state that the input leads to, whether or not `r` has an effect there, until `r` is obsolete.
 */
import { canonical, equals } from "../../../spec/kernel/data.ts"
import { DenseMemo } from "../../engine/dense-memo.ts"
import { missing } from "../../engine/pair-memo.ts"
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
 * An input that a process may take in some state: possibly an answer that it could have taken at
 * once and did not.
 */
type Met =
  | { readonly input: Taken; readonly isAnswer: false }
  | { readonly input: Answer; readonly isAnswer: true }
type Meeting = Met & { readonly process: number }

/** An input that a process may take in a state, and an answer that may be in flight then. */
interface Pair {
  readonly process: number
  readonly answer: Answer
  readonly other: Taken
}

/** The effects of two inputs that a process takes in sequence. */
type Two = readonly [first: Effect, second: Effect]

/** The state after two steps, and all messages that they send, in a canonical order. */
const together = (first: Effect, second: Effect): string => {
  const packets = [...first.packets, ...second.packets]
    .map(({ slot, packet }) => `${slot}:${packet}`)
    .sort()
  return `${second.process}|${packets.join(",")}`
}

/** True if the object and all of these have names, and the object is none of them. */
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
  /** Per local state and packet to its node, the transition that takes it at once. */
  private readonly takings = new DenseMemo()
  /**
   * Per process state: the inputs that the process may take, messages by the numbers of their
   * envelopes, others by their canonical texts.
   */
  private readonly met: Array<Map<number | string, Met>> = []
  /** Pairs that the proof skips, because the two messages are never in flight together. */
  private alternatives: Array<Pair> = []
  /** Pending work; the proof appends what it discovers meanwhile. */
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
    const column = this.locals.columnOf[packet] as number
    const known = this.takings.get(local, column)
    if (known !== missing) return known
    const label = this.answerTransition(local, this.locals.packet(packet))
    this.takings.set(local, column, label)
    return label
  }

  private answerTransition(local: number, packet: ReadonlyArray<number>): number {
    const { locals } = this.tables
    const process = locals.processOf(local)
    const envelope = packet[0] as number
    if (process === gone || packet.length !== 1 || !this.isTaken(process, envelope))
      return notAtOnce
    const input = this.locals.receiving(envelope)
    for (const meet of this.tables.hooks.met) meet(process, input, true)
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
   * The process may take this input in this state. Tries it against the answers that may be in
   * flight there.
   */
  readonly meet = (process: number, input: Taken, isAnswer: boolean): void => {
    this.meetings.push({ process, input, isAnswer } as Meeting)
    this.work()
  }

  /** Takes in what another worker met. */
  readonly hear = (fact: Fact): void => {
    if (fact._tag !== "Met") return
    const { slot, mode, state } = fact.at
    this.meet(this.locals.processAt(slot, state, mode), fact.input, fact.isAnswer)
  }

  /** Records which requests and answers a step sends. */
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
   * Tries every input that the process may take in this state against every answer that may be in
   * flight.
   */
  private consider({ process, ...one }: Meeting): void {
    const met = this.met[process] ?? new Map<number | string, Met>()
    this.met[process] = met
    const key =
      one.input._tag === "Receive"
        ? this.locals.envelopeNumber(process, one.input)
        : canonical(one.input)
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
   * Tries one pair. The answer may still be in flight after the process has taken the other input,
   * so the proof continues from there.
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
    // A node that the adversary takes over may answer the same question again, differently.
    if (mayBeTakenOver(locals.model, answer.from)) return false
    return questions.areAlternatives(
      locals.envelopeNumber(process, answer),
      locals.envelopeNumber(process, other)
    )
  }

  /** Some messages may be in flight together after all: tries their pairs. */
  private reconsider(): void {
    const left = this.alternatives
    this.alternatives = []
    for (const pair of left)
      (this.areAlternatives(pair) ? this.alternatives : this.pairs).push(pair)
    this.work()
  }

  /**
   * Requires that taking `other` and then the answer, if it then has an effect, equals taking the
   * answer first.
   */
  private compare({ process, answer, other }: Pair): void {
    const { locals } = this
    const early = locals.effectOf(process, other)
    const late = locals.effectOf(early.process, answer)
    if (this.isSilent(early.process, late)) return
    const first = locals.effectOf(process, answer)
    const second = locals.effectOf(first.process, other)
    if (this.isOffered(first.process, other) && this.isSameOutcome([first, second], [early, late]))
      return
    this.refuse(process, answer, `it matters whether it comes before or after ${canonical(other)}`)
  }

  /** Whether the process can take this input in this state; it can always receive a message. */
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
   * An answer that is taken early may make responses earlier, but must not change any other
   * observation.
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

  private isSameOutcome([first, second]: Two, [early, late]: Two): boolean {
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
   * Whether the answer is observed by responses alone, and all observations of the other input
   * concern other objects.
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
  about: "receive an answer in the step in which it is sent, or never",
  loses: (model, checksDeadlock) => {
    if (checksDeadlock) return "deadlock-freedom"
    const fault = takesBack(model, ["isAnswer"]) ?? hearsWhatIsDropped(model)
    if (fault !== undefined) return fault
    // The premise's observer sees responses as well: whether a fault may happen must not depend on
    // how early they are.
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
