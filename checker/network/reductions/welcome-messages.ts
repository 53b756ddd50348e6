/**
 * Reduction `welcome-messages`: a node receives a message in the step that sends it, if its
 * receiver declares that an earlier receipt makes no observable difference. This file also verifies
 * that claim while the search runs.
 *
 * The reduction relies on `isWelcome(p, m)`, which means: whatever input the process may take in
 * state `p` before `m`, taking `m` first leads to the same state, messages and observations; and
 * `m` itself only changes the state. The proof tries this with every input that reaches the process
 * once it has taken `m`, in the state in which the process would be without `m`, and in all states
 * that these inputs lead to, as long as `m` has an effect there.
 */
import { canonical, tagOf } from "../../../spec/kernel/data.ts"
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
import { hearsWhatIsDropped, type Installation, type Reduction, takesBack } from "../reduction.ts"

type Receipt = Extract<Taken, { readonly _tag: "Receive" }>

/** The state that the process would be in, had it not yet taken this message. */
interface Without {
  readonly process: number
  readonly envelope: number
}

class Welcome {
  private readonly tables: Installation
  private readonly processes: ProcessTable
  private readonly takings = new PairMemo()
  /** Per process state: its states without a welcome message, and the inputs that reached it. */
  private readonly without: Array<Map<string, Without>> = []
  private readonly met: Array<Map<number | string, Taken>> = []

  constructor(tables: Installation) {
    this.tables = tables
    this.processes = tables.processes
  }

  /** The transition in which the node takes a packet at once, if it is a single welcome message. */
  readonly take = (local: number, packet: number): number => {
    const known = this.takings.get(local, packet)
    if (known !== missing) return known
    const label = this.transition(local, this.processes.packet(packet))
    this.takings.set(local, packet, label)
    return label
  }

  /**
   * The transition in which the node takes a message that the adversary can send, or that is in
   * flight when the search begins, if the message is welcome.
   */
  readonly takeSingle = (local: number, envelope: number): number =>
    this.transition(local, [envelope])

  /**
   * Tries an input that reaches a process against every welcome message that the process took
   * before.
   */
  readonly meet = (process: number, input: Taken): void => {
    const met = this.met[process] ?? new Map<number | string, Taken>()
    this.met[process] = met
    const key = this.processes.keyOf(process, input)
    if (met.has(key)) return
    met.set(key, input)
    for (const without of [...(this.without[process]?.values() ?? [])])
      this.compare(process, without, input)
  }

  /** The same for all messages in flight to a process, before any are dropped. */
  readonly meetAll = (process: number, inbox: ReadonlyArray<number>): ReadonlyArray<number> => {
    for (const envelope of inbox) this.meet(process, this.processes.receiving(envelope))
    return inbox
  }

  /** Takes in what another worker met. */
  readonly hear = (fact: Fact): void => {
    if (fact._tag !== "Met") return
    const { slot, mode, state } = fact.at
    this.meet(this.processes.processAt(slot, state, mode), fact.input)
  }

  private transition(local: number, packet: ReadonlyArray<number>): number {
    const { locals } = this.tables
    const process = locals.processOf(local)
    const envelope = packet[0] as number
    if (process === gone || packet.length !== 1 || !this.isWelcome(process, envelope))
      return notAtOnce
    this.meetAll(process, locals.inboxOf(local))
    this.addWithout(this.processes.receipt(process, envelope).process, { process, envelope })
    return locals.takingTransition(local, envelope)
  }

  private isWelcome(process: number, envelope: number): boolean {
    const { processes } = this
    if (!this.isPromised(process, envelope)) return false
    if (processes.isPostponed(process, envelope)) return false
    const effect = processes.receipt(process, envelope)
    if (effect.packets.length > 0 || effect.events !== nothing || effect.failures !== 0)
      this.refuse(process, envelope, "it does more than change the state")
    return true
  }

  private addWithout(process: number, without: Without): void {
    const known = this.without[process] ?? new Map<string, Without>()
    this.without[process] = known
    const key = `${without.process} ${without.envelope}`
    if (process === without.process || known.has(key)) return
    known.set(key, without)
    for (const input of [...(this.met[without.process]?.values() ?? [])])
      this.compare(process, without, input)
    for (const input of [...(this.met[process]?.values() ?? [])])
      this.compare(process, without, input)
  }

  /** Requires that taking the input and then the message equals taking the message first. */
  private compare(process: number, { process: before, envelope }: Without, input: Taken): void {
    const { processes } = this
    if (input._tag === "Receive" && this.isInstead(before, input, envelope)) return
    if (!this.isOffered(before, input)) return
    const first = processes.effectOf(before, input)
    const late = processes.receipt(first.process, envelope)
    const second = processes.effectOf(process, input)
    if (
      !this.isOffered(process, input) ||
      late.process !== second.process ||
      !isSame(first, second)
    )
      this.refuse(
        before,
        envelope,
        `it matters whether it comes before or after ${canonical(input)}`
      )
    this.addWithout(second.process, { process: first.process, envelope })
  }

  /**
   * Whether the input is the welcome message itself, or a message that the same sender sends
   * instead of it in other runs.
   */
  private isInstead(before: number, { from, message }: Receipt, envelope: number): boolean {
    const { processes } = this
    const welcome = processes.envelope(envelope)
    if (from !== welcome.from || tagOf(message) !== tagOf(welcome.message)) return false
    // The adversary may send both.
    if (mayBeTakenOver(processes.model, from)) return false
    return this.isPromised(before, processes.envelopeNumber(before, { from, message }))
  }

  private isPromised(process: number, envelope: number): boolean {
    const { processes } = this
    const { context } = processes.model.system
    const { from, message } = processes.envelope(envelope)
    const { isWelcome } = processes.runs(process).promises ?? {}
    const { id } = processes.nodeOf(process)
    return isWelcome?.(context, id, processes.stateOf(process), from, message) === true
  }

  private isOffered(process: number, input: Taken): boolean {
    const { processes } = this
    const runs = processes.runs(process)
    const { id } = processes.nodeOf(process)
    const { context } = processes.model.system
    const state = processes.stateOf(process)
    switch (input._tag) {
      case "Receive":
        return !processes.isPostponed(process, processes.envelopeNumber(process, input))
      case "Invoke":
        return runs.ready(context, id, state, input.operation)
      case "Choose":
        return processes.offers(process, input.choice)
    }
  }

  private refuse(process: number, envelope: number, reason: string): never {
    const { processes } = this
    const { id } = processes.nodeOf(process)
    throw new PromiseBroken(
      ["welcome-messages"],
      `${id} promised that ${canonical(processes.envelope(envelope))} is welcome, but ${reason} in state ${canonical(processes.stateOf(process))}`
    )
  }
}

/** Whether two steps send the same messages and show the same events. */
const isSame = (left: Effect, right: Effect): boolean =>
  left.events === right.events &&
  left.packets.length === right.packets.length &&
  left.packets.every(({ packet }, at) => packet === right.packets[at]?.packet)

/** Whether a violation remains one if nodes have received more than in the run that contains it. */
const mayHearAll = ({ properties }: Model): boolean =>
  properties.every(
    ({ _tag, allowsEarlierReceipts }) => _tag === "Observed" || allowsEarlierReceipts === true
  )

export const welcomeMessages: Reduction = {
  name: "welcome-messages",
  about:
    "receive a message in the step in which it is sent, if earlier receipt makes no observable difference",
  loses: (model, checksDeadlock) => {
    if (checksDeadlock) return "deadlock-freedom"
    const fault = takesBack(model, ["isWelcome"]) ?? hearsWhatIsDropped(model)
    if (fault !== undefined) return fault
    return model.properties.find((property) => {
      switch (property._tag) {
        case "Observed":
        case "Process":
        case "Step":
          return false
        case "Whole":
        case "Pair":
        case "Refines":
          return property.allowsEarlierReceipts !== true
        case "Sometimes":
        case "Live":
          return true
        default:
          return property satisfies never
      }
    })?.name
  },
  install: (tables) => {
    const welcome = new Welcome(tables)
    tables.hooks.met.push(welcome.meet)
    tables.hooks.inbox.unshift(welcome.meetAll)
    tables.hooks.heard.push(welcome.hear)
    tables.hooks.takeWelcome = welcome.take
    tables.hooks.takeInFlight = welcome.takeSingle
    if (mayHearAll(tables.model)) tables.hooks.takeWord = welcome.takeSingle
  }
}
