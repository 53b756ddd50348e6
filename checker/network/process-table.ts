/**
 * The tables of process states (`processes.ts`) and of local states (`locals.ts`), as reductions
 * see them.
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

/** The numbered effect of one input on one process. */
export interface Effect {
  readonly process: number
  /** For each receiver, the number of the packet of messages to it. */
  readonly packets: ReadonlyArray<{ readonly slot: number; readonly packet: number }>
  /** The number of the events that observers see; `nothing` if they see none. */
  readonly events: number
  /** The step invariants that the step breaks. */
  readonly failures: number
}

/** The process number of a node that is gone, for instance one that has crashed. */
export const gone = -1
/** No events for observers. */
export const nothing = -1
/** The node takes the packet in a later step. */
export const notAtOnce = -2

/** The mode of a correct node: it runs its own process. */
export const correctly = 0

/** The bit of the node at a slot in a set of nodes; nodes from the 31st on share one bit. */
export const senderBit = (slot: number): number => 1 << Math.min(slot, 30)

/** A process broke a promise that a reduction relied on. */
export class PromiseBroken extends Error {
  override readonly name = "PromiseBroken"
  /** The reductions that the checker cannot use. */
  readonly reductions: ReadonlyArray<string>

  constructor(reductions: ReadonlyArray<string>, message: string) {
    super(message)
    this.reductions = reductions
  }
}

/** Renames every node in a value. */
export type Rename = (renaming: Renaming, value: unknown) => unknown

/** Process states, envelopes and packets by number. */
export interface ProcessTable {
  readonly model: Model
  /** What this worker relied on, for other workers to verify. */
  readonly facts: Facts
  readonly nodes: ReadonlyArray<ModelNode>
  /** The node that a process state belongs to. */
  nodeOf(process: number): ModelNode
  /**
   * What the node runs in this state: its own process, or the process that a fault put in its
   * place.
   */
  runs(process: number): AnyProcess
  /** `correctly`, or the number, from 1 on, of the fault that gave the node another process. */
  modeOf(process: number): number
  stateOf(process: number): unknown
  slotOfNode(node: NodeId): number
  /** The number of this state of the node at `slot`. */
  processAt(slot: number, state: unknown, mode?: number): number
  envelope(number: number): Envelope
  /** The node that an envelope is addressed to. */
  receiverOf(envelope: number): ModelNode
  /** The number of an envelope to the node at `slot`. */
  envelopeAt(slot: number, envelope: Envelope): number
  /** The number of an envelope to a process. */
  envelopeNumber(process: number, envelope: Envelope): number
  /** Per packet, its number among the packets to the same node. */
  readonly columnOf: ReadonlyArray<number>
  /** The envelopes of a packet. */
  packet(number: number): ReadonlyArray<number>
  /** The input of receiving an envelope: always the same object. */
  receiving(envelope: number): Taken
  /** The effect on a process in this state of receiving an envelope. */
  receipt(process: number, envelope: number): Effect
  /** Whether a message stays in flight while its receiver is in this state. */
  isPostponed(process: number, envelope: number): boolean
  /** Distinguishes an input of a process from its other inputs. */
  keyOf(process: number, input: Taken): number | string
  /** Whether the process offers this choice in this state. */
  offers(process: number, choice: unknown): boolean
  /** The effect of an input on a process in this state. */
  effectOf(process: number, input: Taken): Effect
  /** The events that observers see. */
  observations(events: number): ReadonlyArray<AnyObservation>
  /** Renamings of messages and of states, derived from their Schemas. */
  readonly renameMessage: Rename
  renameState(slot: number, mode: number): Rename
}

/** A renamed process state and input. */
export interface Image {
  readonly process: number
  readonly input: Taken
}

/** The content of a local state: the process state, and the messages in flight to it. */
export interface Content {
  readonly state: unknown
  /** What the node runs; by default, its own process. */
  readonly mode?: number
  readonly inbox: ReadonlyArray<Envelope>
}

/** Local states: a process state, a position in its script, and the messages in flight to it. */
export interface LocalTable {
  /** The node that a local state belongs to, its position in the script, and its faults. */
  detail(local: number): {
    readonly slot: number
    readonly position: number
    readonly faults: number
  }
  /** The content of a local state; undefined if the node is gone. */
  decode(local: number): Content | undefined
  /**
   * The local state of the node at `slot` with this content; without content, that of a node that
   * is gone.
   */
  compose(slot: number, position: number, faults: number, content: Content | undefined): number
  /**
   * The transition in which the node takes a message at once, so that the message is never in
   * flight.
   */
  takingTransition(local: number, envelope: number): number
  processOf(local: number): number
}
