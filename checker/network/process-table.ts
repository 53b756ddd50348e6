/**
 * Processes, messages and what they do to each other, under numbers: what the reductions need to
 * know of the tables of process states (`processes.ts`) and of local states (`locals.ts`).
 */
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation } from "../../spec/kernel/observation.ts"
import type { AnyProcess } from "../../spec/kernel/process.ts"
import type { Renaming } from "../../spec/kernel/renaming.ts"
import type { Envelope as EnvelopeOf } from "../../spec/kernel/system.ts"
import type { Facts } from "./facts.ts"
import type { Model, ModelNode, Taken } from "./model.ts"

/** A message as its receiver sees it. */
export type Envelope = EnvelopeOf<unknown>

/** What one input does to one process, in numbers. */
export interface Effect {
  readonly process: number
  /** For each receiver, the number of the packet of messages for it. */
  readonly packets: ReadonlyArray<{ readonly slot: number; readonly packet: number }>
  /** The number of what observers are fed; `nothing` if they are fed nothing. */
  readonly events: number
  /** The step invariants that it breaks. */
  readonly failures: number
}

/** The process number of a node that is gone: one that has crashed, say. */
export const gone = -1
/** No events for observers. */
export const nothing = -1
/** No transition takes the packet at once. */
export const notAtOnce = -2

/** The mode of a node that no fault has befallen: it runs its own process. */
export const correctly = 0

/** The bit of the node at a slot in a set of nodes; those from the 31st on share one. */
export const senderBit = (slot: number): number => 1 << Math.min(slot, 30)

/** A reduction relied on something that processes promise, and it is not so. */
export class PromiseBroken extends Error {
  override readonly name = "PromiseBroken"
  /** The reductions that cannot be used. */
  readonly reductions: ReadonlyArray<string>

  constructor(reductions: ReadonlyArray<string>, message: string) {
    super(message)
    this.reductions = reductions
  }
}

/** Renames every node in a value. */
export type Rename = (renaming: Renaming, value: unknown) => unknown

/** Process states, envelopes and packets by their numbers. */
export interface ProcessTable {
  readonly model: Model
  /** What is relied on, for other workers to hear of. */
  readonly facts: Facts
  readonly nodes: ReadonlyArray<ModelNode>
  /** The node that a process state belongs to. */
  nodeOf(process: number): ModelNode
  /** What the node runs in this state: its own process, or what a fault has put in its place. */
  runs(process: number): AnyProcess
  /**
   * `correctly`, or the number of the fault, from 1 on, that has given the node another process.
   */
  modeOf(process: number): number
  stateOf(process: number): unknown
  slotOfNode(node: NodeId): number
  /** The process state of the node at `slot` under which this state is numbered. */
  processAt(slot: number, state: unknown, mode?: number): number
  envelope(number: number): Envelope
  /** The node that an envelope is on its way to. */
  receiverOf(envelope: number): ModelNode
  /** The number of an envelope on its way to the node at `slot`. */
  envelopeAt(slot: number, envelope: Envelope): number
  /** The number of an envelope on its way to a process. */
  envelopeNumber(process: number, envelope: Envelope): number
  /** The envelopes of a packet. */
  packet(number: number): ReadonlyArray<number>
  /** The input of receiving an envelope: always the same object. */
  receiving(envelope: number): Taken
  /** What receiving an envelope does to a process in this state. */
  receipt(process: number, envelope: number): Effect
  /** Whether a message stays on its way to a process as long as it is in this state. */
  isPostponed(process: number, envelope: number): boolean
  /** What an input does to a process in this state. */
  effectOf(process: number, input: Taken): Effect
  /** What observers are fed. */
  observations(events: number): ReadonlyArray<AnyObservation>
  /** Renamings of messages and of states, derived from their Schemas. */
  readonly renameMessage: Rename
  renameState(slot: number, mode: number): Rename
}

/** A process state and an input, renamed. */
export interface Image {
  readonly process: number
  readonly input: Taken
}

/** What a local state holds: the process's state, and the messages on their way to it. */
export interface Content {
  readonly state: unknown
  /** What the node runs; its own process if nothing is said. */
  readonly mode?: number
  readonly inbox: ReadonlyArray<Envelope>
}

/**
 * Local states: a process's state, a position in its script, and the messages on their way to it.
 */
export interface LocalTable {
  /**
   * The node that a local state belongs to, how far its script has come, and the faults that have
   * befallen it.
   */
  detail(local: number): {
    readonly slot: number
    readonly position: number
    readonly faults: number
  }
  /** The content of a local state; undefined if the node is gone. */
  decode(local: number): Content | undefined
  /**
   * The local state of the node at `slot` with this content; that of a node that is gone if there
   * is none.
   */
  compose(slot: number, position: number, faults: number, content: Content | undefined): number
  /**
   * The transition in which the node takes a message at once, without its ever being on its way.
   */
  takingTransition(local: number, envelope: number): number
  processOf(local: number): number
}
