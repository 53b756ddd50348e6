/**
 * Reduction `acknowledgements`: an answer that only confirms that its sender has carried out a
 * request is never lost. The reduction goes beyond `answers-at-once`, where an answer is taken in
 * the step in which it is given, or never: of these two states, the search leaves out the one
 * without the answer.
 *
 * The reduction relies on `isAcknowledgement(p, r)`, which means: the process that has counted `r`
 * can do everything that it could have done without `r`. Let `q` be the state after `r`. A run from
 * `p` in which `r` is lost is then also a run from `q`. Whatever the process takes in this run
 * either has the same effect in both, or is of no consequence without `r`, and the process that has
 * counted `r` can leave it in flight.
 *
 * The proof is a simulation, and tries its pairs of states while the search runs: `p` without and
 * `q` with the acknowledgement. It tries each input that the process takes in `q`, or that is
 * dropped there. Either both states send and show the same, and the states after it are a pair; or
 * `p` sends and shows nothing, and the state after it is a pair with `q`. The lemma is in
 * `proofs/reductions.md`.
 */
import { canonical } from "../../../spec/kernel/data.ts"
import { missing, PairMemo } from "../../engine/pair-memo.ts"
import type { Fact } from "../facts.ts"
import type { Taken } from "../model.ts"
import { type Effect, gone, nothing, PromiseBroken } from "../process-table.ts"
import type { Installation, Reduction } from "../reduction.ts"
import { answersAtOnce } from "./answers-at-once.ts"

export const acknowledgementsName = "acknowledgements"

/** A process state, and an input that it takes. */
interface Meeting {
  readonly process: number
  readonly input: Taken
}

/** A state without an acknowledgement, the same with it, and an input of the second. */
interface Trial {
  readonly without: number
  readonly having: number
  readonly input: Taken
}

class Acknowledgements {
  private readonly tables: Installation
  /**
   * Per process state and envelope, whether the acknowledgement is counted and never lost: 1 or 0.
   */
  private readonly counted = new PairMemo()
  /** Per process state, the inputs that the process takes, by their numbers or texts. */
  private readonly met: Array<Map<number | string, Taken>> = []
  /** Per process state, the states that it represents, which lack acknowledgements. */
  private readonly lacking: Array<Set<number>> = []
  /** The inverse: the states that represent it. */
  private readonly standing: Array<Set<number>> = []
  /** Pending work; it grows while it is done. */
  private readonly meetings: Array<Meeting> = []
  private readonly trials: Array<Trial> = []
  private isBusy = false

  constructor(tables: Installation) {
    this.tables = tables
  }

  /** Whether the node in this local state counts the answer in a packet, which is never lost. */
  readonly isCounted = (local: number, packet: number): boolean => {
    const { locals, processes } = this.tables
    const process = locals.processOf(local)
    const envelopes = processes.packet(packet)
    const envelope = envelopes[0]
    if (process === gone || envelope === undefined || envelopes.length > 1) return false
    const known = this.counted.get(process, envelope)
    if (known !== missing) return known === 1
    const isCounted = this.decide(process, envelope)
    this.counted.set(process, envelope, isCounted ? 1 : 0)
    return isCounted
  }

  private decide(process: number, envelope: number): boolean {
    const { processes } = this.tables
    const { context } = processes.model.system
    const { id } = processes.nodeOf(process)
    const { from, message } = processes.envelope(envelope)
    const { promises } = processes.runs(process)
    const state = processes.stateOf(process)
    if (promises?.isAcknowledgement?.(context, id, state, from, message) !== true) return false
    const effect = processes.receipt(process, envelope)
    if (!isSilent(effect)) return false
    this.relate(process, effect.process)
    this.work()
    return true
  }

  /** The process takes this input in this state. */
  readonly meet = (process: number, input: Taken): void => {
    this.meetings.push({ process, input })
    this.work()
  }

  /**
   * The search drops a message that has no effect in this state; without the acknowledgement, it
   * may have one.
   */
  readonly drop = (process: number, envelope: number): void =>
    this.meet(process, this.tables.processes.receiving(envelope))

  /** Takes in what another worker met or dropped. */
  readonly hear = (fact: Fact): void => {
    const { processes } = this.tables
    if (fact._tag === "Met") {
      const { slot, mode, state } = fact.at
      this.meet(processes.processAt(slot, state, mode), fact.input)
    }
  }

  private work(): void {
    if (this.isBusy) return
    this.isBusy = true
    while (this.trials.length > 0 || this.meetings.length > 0) {
      const trial = this.trials.pop()
      if (trial !== undefined) this.attempt(trial)
      else this.consider(this.meetings.pop() as Meeting)
    }
    this.isBusy = false
  }

  private consider({ process, input }: Meeting): void {
    const { processes, hooks } = this.tables
    const met = this.met[process] ?? new Map<number | string, Taken>()
    this.met[process] = met
    const key =
      input._tag === "Receive" ? processes.envelopeNumber(process, input) : canonical(input)
    if (met.has(key)) return
    met.set(key, input)
    for (const image of hooks.images?.(process, input) ?? []) this.meetings.push(image)
    for (const without of this.lacking[process] ?? [])
      this.trials.push({ without, having: process, input })
  }

  /**
   * From now on the second state represents the first, in which acknowledgements are lost. Pairs
   * are closed under composition: inputs occur only in the state that the search visits, the last
   * one.
   */
  private relate(without: number, having: number): void {
    if (without === having || this.lackedBy(having).has(without)) return
    this.lackedBy(having).add(without)
    this.stoodFor(without).add(having)
    for (const less of [...this.lackedBy(without)]) this.relate(less, having)
    for (const more of [...this.stoodFor(having)]) this.relate(without, more)
    this.compareOffers(without, having)
    for (const input of this.met[having]?.values() ?? [])
      this.trials.push({ without, having, input })
  }

  private lackedBy(having: number): Set<number> {
    const lacking = this.lacking[having] ?? new Set()
    this.lacking[having] = lacking
    return lacking
  }

  private stoodFor(without: number): Set<number> {
    const standing = this.standing[without] ?? new Set()
    this.standing[without] = standing
    return standing
  }

  private attempt({ without, having, input }: Trial): void {
    const { processes } = this.tables
    if (!this.isOffered(without, input)) return
    const lost = processes.effectOf(without, input)
    const kept = processes.effectOf(having, input)
    if (isSame(lost, kept)) this.relate(lost.process, kept.process)
    else if (isSilent(lost) && input._tag === "Receive") this.relate(lost.process, having)
    else this.refuse(without, having, `${canonical(input)} has another effect once it is counted`)
  }

  private isOffered(process: number, input: Taken): boolean {
    const { processes } = this.tables
    const { context } = processes.model.system
    const { id } = processes.nodeOf(process)
    const state = processes.stateOf(process)
    const runs = processes.runs(process)
    switch (input._tag) {
      case "Receive":
        return !processes.isPostponed(process, processes.envelopeNumber(process, input))
      case "Invoke":
        return runs.ready(context, id, state, input.operation)
      case "Choose":
        return this.choicesOf(process).has(canonical(input.choice))
    }
  }

  /** Every choice that a process offers without the acknowledgement it also offers with it. */
  private compareOffers(without: number, having: number): void {
    const { processes } = this.tables
    const { context } = processes.model.system
    const { id } = processes.nodeOf(without)
    const runs = processes.runs(without)
    const [lost, kept] = [processes.stateOf(without), processes.stateOf(having)]
    const choices = this.choicesOf(having)
    if (
      runs.ready(context, id, lost) !== runs.ready(context, id, kept) ||
      ![...this.choicesOf(without)].every((choice) => choices.has(choice))
    )
      this.refuse(without, having, "without it, it could take more steps of its own")
  }

  private choicesOf(process: number): ReadonlySet<string> {
    const { processes } = this.tables
    const { context } = processes.model.system
    const { id } = processes.nodeOf(process)
    const choices = processes.runs(process).choices(context, id, processes.stateOf(process))
    return new Set(choices.map((choice) => canonical(choice)))
  }

  private refuse(without: number, having: number, reason: string): never {
    const { processes } = this.tables
    const { id } = processes.nodeOf(having)
    throw new PromiseBroken(
      [acknowledgementsName],
      `${id} promised that a message is an acknowledgement, but ${reason}: in state ${canonical(processes.stateOf(having))}, and without it ${canonical(processes.stateOf(without))}`
    )
  }
}

const isSilent = ({ packets, events }: Effect): boolean =>
  packets.length === 0 && events === nothing

const isSame = (one: Effect, other: Effect): boolean =>
  one.events === other.events && sentBy(one) === sentBy(other)

const sentBy = ({ packets }: Effect): string =>
  packets
    .map(({ slot, packet }) => `${slot}:${packet}`)
    .sort()
    .join()

export const acknowledgements: Reduction = {
  name: acknowledgementsName,
  about:
    "receive an acknowledgement that is only counted in the step in which it is sent, and never lose it",
  onRequest: true,
  // The search takes an acknowledgement that a shortest run leaves in flight, which adds a step.
  lengthens: true,
  // The reduction leaves out what `answers-at-once` keeps: messages that are never taken.
  loses: answersAtOnce.loses,
  install: (tables) => {
    const acknowledgements = new Acknowledgements(tables)
    tables.hooks.isCounted = acknowledgements.isCounted
    tables.hooks.met.push(acknowledgements.meet)
    tables.hooks.dropped.push(acknowledgements.drop)
    tables.hooks.heard.push(acknowledgements.hear)
  }
}
