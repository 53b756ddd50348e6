/**
 * The points at which reductions take part. The network calls each hook at one place, in the order
 * of the reductions. With no reduction on, there are no hooks to call.
 */
import type { Renaming } from "../../spec/kernel/renaming.ts"
import type { Fact } from "./facts.ts"
import type { Taken } from "./model.ts"
import type { Effect, Image } from "./process-table.ts"

export class Hooks {
  /** After a step was computed for the first time. */
  readonly effect: Array<(process: number, input: Taken, effect: Effect) => void> = []
  /**
   * When a process may take an input in this state. The flag tells whether it takes the input as an
   * answer that it could have taken at once.
   */
  readonly met: Array<(process: number, input: Taken, isAnswer: boolean) => void> = []
  /** Before the network lists the choices that a process offers in this state. */
  readonly offers: Array<(process: number) => void> = []
  /**
   * The messages in flight to a process in this state; the hook returns those that the process may
   * still receive.
   */
  readonly inbox: Array<(process: number, inbox: ReadonlyArray<number>) => ReadonlyArray<number>> =
    []
  /**
   * After a step changed the process at `slot`: the hook may replace other nodes' local states in
   * `successor`.
   */
  readonly changed: Array<(successor: Int32Array, slot: number) => void> = []
  /**
   * The nodes that a reduction renames. The adversary's knowledge may name them only where its
   * types allow.
   */
  readonly unnamed = new Set<string>()
  /** If true, the adversary does not try messages that their receiver declares obsolete. */
  leavesOutObsolete = false
  /** If true, answers to requests that change nothing must tell the adversary nothing new. */
  answersTellNothing = false
  /** Whether an answer that a node can take at once is never lost. */
  isCounted: ((local: number, packet: number) => boolean) | undefined
  /** When a message is left out because it is obsolete for a process in this state. */
  readonly dropped: Array<(process: number, envelope: number) => void> = []
  /** When another worker met a fact, or relied on one. */
  readonly heard: Array<(fact: Fact) => void> = []
  /**
   * The transition in which the node in this local state takes a packet at once, so that the packet
   * is never in flight; `notAtOnce` if the node takes the packet later.
   */
  takeAtOnce: ((local: number, packet: number) => number) | undefined
  /** The same for a packet that is always taken when it is sent. It does not count as a step. */
  takeWelcome: ((local: number, packet: number) => number) | undefined
  /** The same for a message that the adversary can send: the node takes it as soon as possible. */
  takeWord: ((local: number, envelope: number) => number) | undefined
  /** The same for a message that is in flight when the search begins. */
  takeInFlight: ((local: number, envelope: number) => number) | undefined
  /** The images of a process state and an input under swaps of interchangeable nodes. */
  images: ((process: number, input: Taken) => ReadonlyArray<Image>) | undefined
  /** Renames nodes in the components of a state that belong to no node, by a numbered renaming. */
  renameRest: ((state: Int32Array, renaming: Renaming, number: number) => void) | undefined
  /**
   * The components of a state that belong to no node but name nodes: the position of each, and its
   * text with nodes renamed.
   */
  readonly rest: Array<{
    readonly at: number
    readonly text: (value: number, renaming: Renaming) => string
  }> = []
  /** Replaces a state by its representative. */
  represent: ((state: Int32Array) => void) | undefined
}
