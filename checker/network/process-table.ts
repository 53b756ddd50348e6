/**
 * Processes, messages and what they do to each other, under numbers: what the reductions need to know of the table of
 * local states (`locals.ts`).
 */
import type { NodeId, Role } from "../../spec/kernel/node.ts"
import type { Input, Observation } from "../../spec/kernel/process.ts"
import type { Renaming } from "../../spec/kernel/renaming.ts"
import type { Operation } from "../../spec/register/operation.ts"
import type { Facts } from "./facts.ts"
import type { Model, ModelNode } from "./model.ts"
import type { ReductionName } from "./reductions.ts"

/** A message as its receiver sees it. */
export interface Envelope {
  readonly from: NodeId
  readonly message: unknown
}

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

/** The process number of a node that has crashed. */
export const crashed = -1
/** No events for observers. */
export const nothing = -1
/** No transition takes the packet at once. */
export const notAtOnce = -2

/** The bit of the node at a slot in a set of nodes; those from the 31st on share one. */
export const senderBit = (slot: number): number => 1 << Math.min(slot, 30)

/** A reduction relied on something that processes promise, and it is not so. */
export class PromiseBroken extends Error {
  override readonly name = "PromiseBroken"
  /** The reductions that cannot be used. */
  readonly reductions: ReadonlyArray<ReductionName>

  constructor(reductions: ReadonlyArray<ReductionName>, message: string) {
    super(message)
    this.reductions = reductions
  }
}

/** Process states, envelopes and packets by their numbers. */
export interface ProcessTable {
  readonly model: Model
  /** What is relied on, for other workers to hear of. */
  readonly facts: Facts
  readonly nodes: ReadonlyArray<ModelNode>
  /** Renamings of the states of each role, and of messages, derived from their Schemas. */
  readonly renamers: Record<Role | "message", (renaming: Renaming, value: unknown) => unknown>
  /** The node that a process state belongs to. */
  nodeOf(process: number): ModelNode
  stateOf(process: number): unknown
  slotOfNode(node: NodeId): number
  /** The process state of the node at `slot` under which this state is numbered. */
  processAt(slot: number, state: unknown): number
  envelope(number: number): Envelope
  /** The node that an envelope is on its way to. */
  receiverOf(envelope: number): ModelNode
  /** The number of an envelope on its way to the node at `slot`. */
  envelopeAt(slot: number, envelope: Envelope): number
  /** The number of an envelope on its way to a process. */
  envelopeNumber(process: number, envelope: Envelope): number
  /** The envelopes of a packet. */
  packet(number: number): ReadonlyArray<number>
  /** What receiving an envelope does to a process in this state. */
  receipt(process: number, envelope: number): Effect
  /** What an input does to a process in this state. */
  effectOf(process: number, input: Input<Operation, unknown, unknown>): Effect
  /** What observers are fed. */
  observations(events: number): ReadonlyArray<Observation<Operation>>
  /** What swapping two interchangeable servers makes of a process state and an input, for every such two neighbours. */
  images(process: number, input: Input<Operation, unknown, unknown>): ReadonlyArray<Image>
}

/** A process state and an input, renamed. */
export interface Image {
  readonly process: number
  readonly input: Input<Operation, unknown, unknown>
}

/** Local states: a process's state, a position in its script, and the messages on their way to it. */
export interface LocalTable extends ProcessTable {
  /** The node that a local state belongs to, and how far its script has come. */
  detail(local: number): { readonly slot: number; readonly position: number }
  /** The process's state and the inbox of a local state; undefined if the node has crashed. */
  decode(local: number): { readonly state: unknown; readonly inbox: ReadonlyArray<Envelope> } | undefined
  /** The local state of the node at `slot` with this content; that of a node that has crashed if there is none. */
  compose(
    slot: number,
    position: number,
    content: { readonly state: unknown; readonly inbox: ReadonlyArray<Envelope> } | undefined
  ): number
}
