/**
 * The adversary in a network. Its knowledge is one more component of a state; each message that it
 * may send is a step of the receiver (`spec/kernel/adversary.ts`).
 */
import {
  type Derivation,
  derivation,
  type Knowledge,
  withoutSecrets
} from "../../spec/kernel/adversary.ts"
import { canonical, tagOf } from "../../spec/kernel/data.ts"
import type { Keeping } from "../../spec/kernel/keeping.ts"
import type { Known } from "../../spec/kernel/knowledge.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Renaming } from "../../spec/kernel/renaming.ts"
import { Interner } from "../engine/interner.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import type { Hooks } from "./hooks.ts"
import type { Locals } from "./locals.ts"
import {
  faultsOf,
  hearsLate,
  type Model,
  mayBeOverheard,
  mayBeTakenOver,
  type Taken
} from "./model.ts"
import { type Effect, gone, nothing, PromiseBroken } from "./process-table.ts"
import type { Processes } from "./processes.ts"
import { Remembering } from "./remembering.ts"

/** The adversary has taken over no node, so it cannot speak. */
export const noVoice = -1

/**
 * The adversary's initial knowledge: the public parameters and every node's initial state, except
 * keys.
 */
export const knownAtStart = (model: Model): Knowledge => {
  const { system } = model
  const { learn } = derivationOf(model)
  const begun = system.nodes.reduce(
    (known, { id, process }) => learn(known, process.State, process.initial(system.context, id)),
    toldToAll(model)
  )
  return withoutSecrets(begun)
}

/** The public parameters, known to every node. */
const toldToAll = (model: Model): Knowledge => {
  const { protocol, system } = model
  return protocol.Parameters === undefined
    ? []
    : derivationOf(model).learn([], protocol.Parameters, system.parameters)
}

/**
 * The tags of the messages that nodes accept from nodes that may be taken over; undefined if some
 * node accepts any.
 */
const heededTags = (model: Model): ReadonlyArray<string> | undefined => {
  const { nodes, context } = model.system
  const speakers = nodes.filter(({ id }) => mayBeTakenOver(model, id))
  const heeded = nodes.flatMap(({ id, process }) =>
    speakers.map((speaker) => process.promises?.heeds?.(context, id, speaker.id))
  )
  return heeded.some((tags) => tags === undefined)
    ? undefined
    : [...new Set(heeded.flatMap((tags) => tags ?? []))]
}

/** The adversary's derivation, which remembers nothing by default. */
export const derivationOf = (model: Model, keeping?: Keeping): Derivation =>
  derivation(
    model.faults.adversary ?? { strength: "silent" },
    [
      model.protocol.Message,
      ...new Set(model.system.nodes.map(({ process }) => process.State)),
      ...(model.protocol.Parameters === undefined ? [] : [model.protocol.Parameters])
    ],
    keeping
  )

/** The effect on a process of a message from the adversary. */
interface Outcome {
  readonly envelope: number
  readonly effect: Effect
  /** The process stays as it is, and nothing is observed. */
  readonly isSilent: boolean
}

export class Speaking {
  /** The number of the initial knowledge. */
  readonly initial: number
  private readonly model: Model
  private readonly locals: Locals
  private readonly processes: Processes
  private readonly hooks: Hooks
  private readonly derives: Derivation
  private readonly remembering = new Remembering()
  /** The bits of the faults that hand a node over to the adversary. */
  private readonly handsOver: number
  /** Per slot, whether the adversary overhears all messages to the node as they are sent. */
  private readonly overheard: ReadonlyArray<boolean>
  private readonly hearsLate: boolean
  /** Whether the adversary may overhear answers. */
  private readonly hearsAnswers: boolean
  private readonly renames = new PairMemo()
  private readonly knowledge = new Interner<Knowledge>()
  /** The knowledge that has already passed the renaming test. */
  private readonly named = new Set<Known>()
  /** Per process and knowledge, whether the process's state holds nothing new for the adversary. */
  private readonly open = new PairMemo()
  private readonly heard = new PairMemo()
  private readonly taken = new PairMemo()
  /** The messages that the adversary could ever build, and the number of each. */
  private readonly messages: Array<unknown> = []
  private readonly messageNumbers = new Map<unknown, number>()
  /** Per knowledge, the messages that the adversary can build from it. */
  private readonly buildable: Array<ReadonlyArray<number> | undefined> = []
  /**
   * The nodes that the adversary has taken over; the numbers of such nodes with the knowledge; and,
   * per local state, the transitions in which the node takes a message from them.
   */
  private readonly speakers = new Interner<ReadonlyArray<NodeId>>()
  private readonly voices = new PairMemo()
  private readonly voiceOf: Array<{ readonly speakers: number; readonly knowledge: number }> = []
  private readonly receptions = new PairMemo()
  private readonly welcomes = new PairMemo()
  /** Per node and saying, the envelope. */
  private readonly envelopes = new PairMemo()
  /** Per process and saying, whether the saying is left out, and its effect. */
  private readonly obsolete = new PairMemo()
  private readonly outcomes = new PairMemo()
  private readonly outcomeAt: Array<Outcome | undefined> = []
  /** The pairs of a process state and a corrupted sender for which a message was left out. */
  private readonly leftOut = new Set<string>()
  /**
   * The tags of the messages that nodes accept from nodes that may be taken over; undefined if some
   * node accepts any.
   */
  private readonly tags: ReadonlyArray<string> | undefined
  private readonly labels: Array<ReadonlyArray<number>> = []

  constructor(model: Model, locals: Locals, processes: Processes, hooks: Hooks) {
    this.model = model
    this.hooks = hooks
    this.locals = locals
    this.processes = processes
    this.derives = derivationOf(model, this.remembering)
    this.tags = heededTags(model)
    this.hearsAnswers = locals.nodes.some(
      ({ id, process }) => process.promises?.isSettled !== undefined && mayBeOverheard(model, id)
    )
    this.handsOver = faultsOf(model).reduce(
      (bits, { isTakenOver }, number) => (isTakenOver === true ? bits | (1 << number) : bits),
      0
    )
    this.hearsLate = hearsLate(model)
    this.overheard = locals.nodes.map(({ id }) => !this.hearsLate && mayBeOverheard(model, id))
    this.initial = this.number(knownAtStart(model))
    hooks.effect.push((process, input, effect) => this.tryHeeded(process, input, effect))
    if (hooks.answersTellNothing)
      hooks.effect.push((process, input, effect) => this.tryAnswer(process, input, effect))
  }

  /** Whether the adversary overhears messages to the node in this local state as they are sent. */
  hears(slot: number, local: number): boolean {
    return (
      this.overheard[slot] === true ||
      (this.hearsLate && ((this.locals.faultsOf.items[local] as number) & this.handsOver) !== 0)
    )
  }

  /**
   * The knowledge after the adversary has read the messages in flight to a node, unless it
   * overheard them before.
   */
  readInbox(knowledge: number, local: number): number {
    if (!this.hearsLate) return knowledge
    return this.number(
      this.locals
        .inboxOf(local)
        .reduce((sum, envelope) => this.hear(sum, envelope), this.knowledge.value(knowledge))
    )
  }

  /** The amount of remembered data: states of knowledge, and their parts. */
  get size(): number {
    return this.knowledge.size + this.remembering.size
  }

  /** The knowledge with this number. */
  known(knowledge: number): Knowledge {
    return this.knowledge.value(knowledge)
  }

  /** The knowledge with nodes renamed, by a numbered renaming. */
  renamed(knowledge: number, renaming: Renaming, number: number): number {
    const known = this.renames.get(knowledge, number)
    if (known !== missing) return known
    const after = this.number(this.derives.rename(renaming, this.knowledge.value(knowledge)))
    this.renames.set(knowledge, number, after)
    return after
  }

  textRenamed(knowledge: number, renaming: Renaming): string {
    return canonical(this.derives.rename(renaming, this.knowledge.value(knowledge)))
  }

  /** The knowledge after the adversary has overheard this packet. */
  overhear(knowledge: number, packet: number): number {
    const known = this.heard.get(knowledge, packet)
    if (known !== missing) return known
    const after = this.number(
      this.processes
        .packet(packet)
        .reduce((sum, envelope) => this.hear(sum, envelope), this.knowledge.value(knowledge))
    )
    this.heard.set(knowledge, packet, after)
    return after
  }

  private hear(knowledge: Knowledge, envelope: number): Knowledge {
    const { message } = this.processes.envelope(envelope)
    return this.derives.learn(knowledge, this.model.protocol.Message, message)
  }

  /** The knowledge after the adversary has taken over a node in this state. */
  takeOver(knowledge: number, process: number): number {
    const known = this.taken.get(knowledge, process)
    if (known !== missing) return known
    const { State } = this.processes.runs(process)
    const after = this.number(
      this.derives.learn(this.knowledge.value(knowledge), State, this.processes.stateOf(process))
    )
    this.taken.set(knowledge, process, after)
    return after
  }

  /**
   * The assumption of `dead-requests`: a process that may answer a dropped request holds nothing
   * that the adversary does not know or has not sent itself, and its answer contains only what it
   * holds and what the request contained (`tryAnswer`).
   */
  tryOpenness(state: Int32Array, knowledge: number): void {
    if (!this.hooks.answersTellNothing || !this.hearsAnswers) return
    for (let slot = 0; slot < this.locals.nodes.length; slot++) {
      const process = this.locals.processOf(state[slot] as number)
      if (process === gone || this.open.get(process, knowledge) !== missing) continue
      if (this.answersOnly(process) && !this.isOpen(process, knowledge))
        this.refuse(process, "holds what the adversary does not know")
      this.open.set(process, knowledge, 1)
    }
  }

  private isOpen(process: number, knowledge: number): boolean {
    const after = this.takeOver(knowledge, process)
    return after === knowledge || this.derives.isNoMore(this.known(knowledge), this.known(after))
  }

  /**
   * The number of the adversary's voice in this state: the nodes it has taken over, with its
   * knowledge; `noVoice` if it has none.
   */
  voiceIn(state: Int32Array, knowledge: number): number {
    const { locals, handsOver, model } = this
    const faultsAt = locals.faultsOf.items
    const ids: Array<NodeId> = []
    for (let slot = 0; slot < locals.nodes.length; slot++)
      if (((faultsAt[state[slot] as number] as number) & handsOver) !== 0)
        ids.push((model.system.nodes[slot] as { readonly id: NodeId }).id)
    if (ids.length === 0) return noVoice
    const speakers = this.speakers.number(ids, ids.join(" "))
    const known = this.voices.get(speakers, knowledge)
    if (known !== missing) return known
    this.voices.set(speakers, knowledge, this.voiceOf.length)
    return this.voiceOf.push({ speakers, knowledge }) - 1
  }

  /**
   * The transitions in which the node in this local state takes a message from the adversary that
   * has an effect.
   */
  reception(local: number, voice: number): ReadonlyArray<number> {
    const known = this.receptions.get(local, voice)
    if (known !== missing) return this.labels[known] as ReadonlyArray<number>
    const found = this.receive(local, voice)
    this.receptions.set(local, voice, this.labels.length)
    this.labels.push(found)
    return found
  }

  /**
   * The transitions, in sequence, in which the node in this local state takes the welcome messages
   * that the adversary can send and that change it.
   */
  welcome(local: number, voice: number): ReadonlyArray<number> {
    const known = this.welcomes.get(local, voice)
    if (known !== missing) return this.labels[known] as ReadonlyArray<number>
    const found = this.hearOut(local, voice)
    this.welcomes.set(local, voice, this.labels.length)
    this.labels.push(found)
    return found
  }

  private hearOut(local: number, voice: number): ReadonlyArray<number> {
    const { locals, hooks } = this
    const { takeWord } = hooks
    if (takeWord === undefined || locals.processOf(local) === gone) return []
    const { speakers, knowledge } = this.voiceOf[voice] as (typeof this.voiceOf)[number]
    const found: Array<number> = []
    let at = local
    for (const speaker of this.speakers.value(speakers)) {
      const process = locals.processOf(at)
      const heeds = this.heeded(process, speaker)
      for (const message of this.buildableFrom(knowledge)) {
        if (heeds !== undefined && !heeds.includes(tagOf(this.messages[message]) ?? "")) continue
        // What is obsolete before the node takes the others is obsolete after that, too.
        if (this.isLeftOut(process, speaker, message)) continue
        const label = takeWord(at, this.envelopeOf(process, speaker, message))
        const after = label < 0 ? at : (locals.transitions.targetOf.items[label] as number)
        if (after !== at) found.push(label)
        at = after
      }
    }
    return found
  }

  /** The canonical text of the knowledge with this number. */
  content(knowledge: number): string {
    return canonical(this.knowledge.value(knowledge))
  }

  numberFor(content: string): number {
    return this.number(JSON.parse(content))
  }

  private receive(local: number, voice: number): ReadonlyArray<number> {
    const process = this.locals.processOf(local)
    if (process === gone) return []
    const { speakers, knowledge } = this.voiceOf[voice] as (typeof this.voiceOf)[number]
    const from = this.speakers.value(speakers).filter((speaker) => this.listens(process, speaker))
    if (from.length === 0) return []
    const labels: Array<number> = []
    for (const message of this.buildableFrom(knowledge)) {
      for (const speaker of from) {
        const outcome = this.outcomeOf(process, speaker, message)
        if (outcome === undefined || this.isVain(outcome, voice)) continue
        const { envelope } = outcome
        for (const meet of this.hooks.met) meet(process, this.processes.receiving(envelope), false)
        labels.push(this.locals.takingTransition(local, envelope))
      }
    }
    return labels
  }

  /** Whether the process accepts any message from this node that the adversary may build. */
  private listens(process: number, speaker: NodeId): boolean {
    const heeds = this.heeded(process, speaker)
    return (
      heeds === undefined ||
      this.tags === undefined ||
      heeds.some((tag) => this.tags?.includes(tag))
    )
  }

  /** Whether the message yields only what the adversary knows. */
  private isVain({ isSilent, effect }: Outcome, voice: number): boolean {
    return (
      isSilent &&
      effect.packets.every(({ slot, packet }) => this.tellsNothingNew(slot, packet, voice))
    )
  }

  /**
   * The effect of this message on the process; undefined if the process takes no such message now.
   */
  private outcomeOf(process: number, speaker: NodeId, message: number): Outcome | undefined {
    const saying = this.sayingOf(speaker, message)
    const known = this.outcomes.get(process, saying)
    if (known !== missing) return this.outcomeAt[known]
    const outcome = this.tryOut(process, speaker, message)
    this.outcomes.set(process, saying, this.outcomeAt.length)
    this.outcomeAt.push(outcome)
    return outcome
  }

  private tryOut(process: number, speaker: NodeId, message: number): Outcome | undefined {
    const heeds = this.heeded(process, speaker)
    if (heeds !== undefined && !heeds.includes(tagOf(this.messages[message]) ?? ""))
      return undefined
    if (this.isLeftOut(process, speaker, message)) return undefined
    const envelope = this.envelopeOf(process, speaker, message)
    if (this.processes.isPostponed(process, envelope)) return undefined
    const effect = this.processes.receipt(process, envelope)
    const isSilent = effect.process === process && effect.events === nothing
    return { envelope, effect, isSilent }
  }

  /** The number of a node's saying. */
  private sayingOf(speaker: NodeId, message: number): number {
    return message * this.locals.nodes.length + this.processes.slotOfNode(speaker)
  }

  private envelopeOf(process: number, speaker: NodeId, message: number): number {
    const slot = this.processes.slotOf(process)
    const saying = this.sayingOf(speaker, message)
    const known = this.envelopes.get(slot, saying)
    if (known !== missing) return known
    const envelope = this.processes.envelopeNumber(process, {
      from: speaker,
      message: this.messages[message]
    })
    this.envelopes.set(slot, saying, envelope)
    return envelope
  }

  private heeded(process: number, speaker: NodeId): ReadonlyArray<string> | undefined {
    const { id } = this.processes.nodeOf(process)
    return this.processes.runs(process).promises?.heeds?.(this.model.system.context, id, speaker)
  }

  /**
   * Whether the process declares the message obsolete, in which case the search relies on it. For
   * each message with an effect there are many obsolete ones, so only the first is tried for each
   * process state and each sender.
   */
  private isLeftOut(process: number, from: NodeId, message: number): boolean {
    if (!this.hooks.leavesOutObsolete) return false
    const saying = this.sayingOf(from, message)
    const known = this.obsolete.get(process, saying)
    if (known !== missing) return known === 1
    const isObsolete = this.isObsolete(process, from, message)
    this.obsolete.set(process, saying, isObsolete ? 1 : 0)
    return isObsolete
  }

  private isObsolete(process: number, from: NodeId, message: number): boolean {
    const { processes } = this
    const { id } = processes.nodeOf(process)
    const { context } = this.model.system
    const { promises } = processes.runs(process)
    const said = this.messages[message]
    if (promises?.isObsolete?.(context, id, processes.stateOf(process), from, said) !== true)
      return false
    const key = `${process} ${from}`
    if (this.leftOut.has(key)) return true
    this.leftOut.add(key)
    const effect = processes.receipt(process, this.envelopeOf(process, from, message))
    if (effect.process !== process || effect.packets.length > 0 || effect.events !== nothing)
      throw new PromiseBroken(
        ["obsolete-messages"],
        `${id} promised that ${canonical(said)} from ${from} is obsolete, but it has an effect in state ${canonical(processes.stateOf(process))}`
      )
    return true
  }

  /**
   * Tries that messages which a process declares never to accept from a sender have no effect on
   * it.
   */
  private tryHeeded(process: number, input: Taken, effect: Effect): void {
    if (input._tag !== "Receive") return
    const heeds = this.heeded(process, input.from)
    if (heeds === undefined || heeds.includes(tagOf(input.message) ?? "")) return
    if (effect.process === process && effect.packets.length === 0 && effect.events === nothing)
      return
    const { id } = this.processes.nodeOf(process)
    throw new Error(`${id} accepts a message that it declares never to accept: ${canonical(input)}`)
  }

  /** Whether a packet goes to a corrupted node and tells the adversary nothing new. */
  private tellsNothingNew(slot: number, packet: number, voice: number): boolean {
    const { speakers, knowledge } = this.voiceOf[voice] as (typeof this.voiceOf)[number]
    const { id } = this.locals.nodes[slot] as { readonly id: NodeId }
    return (
      this.speakers.value(speakers).includes(id) && this.overhear(knowledge, packet) === knowledge
    )
  }

  private answersOnly(process: number): boolean {
    return this.processes.runs(process).promises?.onlyAnswers !== undefined
  }

  private tryAnswer(process: number, input: Taken, effect: Effect): void {
    if (input._tag !== "Receive" || effect.process !== process || !this.answersOnly(process)) return
    const answers = effect.packets.filter(({ slot }) => this.overheard[slot] === true)
    if (answers.length === 0) return
    const { Message } = this.model.protocol
    const asked = this.number(
      this.derives.learn(
        this.knowledge.value(this.takeOver(this.initial, process)),
        Message,
        input.message
      )
    )
    if (answers.some(({ packet }) => this.overhear(asked, packet) !== asked))
      this.refuse(
        process,
        `answers with more than it holds when it receives ${canonical(input.message)}`
      )
  }

  private refuse(process: number, problem: string): never {
    const { id } = this.processes.nodeOf(process)
    const state = canonical(this.processes.stateOf(process))
    throw new PromiseBroken(["dead-requests"], `${id} ${problem}, in state ${state}`)
  }

  private buildableFrom(knowledge: number): ReadonlyArray<number> {
    const known = this.buildable[knowledge]
    if (known !== undefined) return known
    const built = this.derives
      .derivable(this.knowledge.value(knowledge), this.model.protocol.Message, this.tags)
      .map((message) => this.messageNumber(message))
    this.buildable[knowledge] = built
    return built
  }

  private messageNumber(message: unknown): number {
    const one = this.remembering.kept(message)
    const known = this.messageNumbers.get(one)
    if (known !== undefined) return known
    this.messageNumbers.set(one, this.messages.length)
    return this.messages.push(one) - 1
  }

  private number(knowledge: Knowledge): number {
    const before = this.knowledge.size
    const set = this.remembering.kept(knowledge)
    const number = this.knowledge.number(set, `${this.remembering.numberOf(set)}`)
    if (number === before) this.tryNames(set)
    return number
  }

  /**
   * Tries what `server-symmetry` assumes: the knowledge names nodes only where its types say so,
   * and can thus be renamed.
   */
  private tryNames(knowledge: Knowledge): void {
    const { unnamed } = this.hooks
    if (unnamed.size === 0) return
    const renaming = new Map([...unnamed].map((node) => [node, ""]))
    const untried = knowledge.filter((known) => !this.named.has(known))
    for (const known of untried) this.named.add(known)
    for (const known of this.derives.rename(renaming, untried)) {
      const text = canonical(known)
      for (const node of unnamed)
        if (text.includes(JSON.stringify(node)))
          throw new PromiseBroken(
            ["server-symmetry"],
            `the adversary's knowledge names ${node}: ${text}`
          )
    }
  }
}
