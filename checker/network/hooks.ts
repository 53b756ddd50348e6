/**
 * Where reductions take part: each hook is called at one place, with whatever was registered for
 * it, in the order of the reductions. With no reduction on, nothing is called.
 */
import type { Renaming } from "../../spec/kernel/renaming.ts"
import type { Fact } from "./facts.ts"
import type { Taken } from "./model.ts"
import type { Effect, Image } from "./process-table.ts"

export class Hooks {
  /** A step was computed for the first time. */
  readonly effect: Array<(process: number, input: Taken, effect: Effect) => void> = []
  /**
   * A process may take this in this state, possibly as an answer that could have been taken at
   * once.
   */
  readonly met: Array<(process: number, input: Taken, isAnswer: boolean) => void> = []
  /** What a process offers to do by itself in this state is about to be listed. */
  readonly offers: Array<(process: number) => void> = []
  /**
   * The messages on their way to a process in this state: what is left out will never be received.
   */
  readonly inbox: Array<(process: number, inbox: ReadonlyArray<number>) => ReadonlyArray<number>> =
    []
  /**
   * A step has changed the process at `slot`: other nodes' local states in `successor` may be
   * replaced.
   */
  readonly changed: Array<(successor: Int32Array, slot: number) => void> = []
  /**
   * Nodes that are renamed: what the adversary knows names them where its types say so, and nowhere
   * else.
   */
  readonly unnamed = new Set<string>()
  /** Whether what the adversary can say is not tried where its receiver declares it obsolete. */
  leavesOutObsolete = false
  /** Whether answers to requests that change nothing must tell the adversary nothing. */
  answersTellNothing = false
  /** Another worker has met, or relied on, something. */
  readonly heard: Array<(fact: Fact) => void> = []
  /**
   * The transition in which the node in this local state takes a packet at once, without its ever
   * being on its way; `notAtOnce` if it is none that is taken at once.
   */
  takeAtOnce: ((local: number, packet: number) => number) | undefined
  /** The same for a packet that is taken at once whenever it is sent: it counts as no step. */
  takeWelcome: ((local: number, packet: number) => number) | undefined
  /** The same for a message that the adversary can say: it is taken as soon as it can be. */
  takeWord: ((local: number, envelope: number) => number) | undefined
  /**
   * What else is known with a process state and an input: the same with interchangeable nodes
   * swapped.
   */
  images: ((process: number, input: Taken) => ReadonlyArray<Image>) | undefined
  /** Renames nodes, by a renaming with its number, in what a state has besides them. */
  renameRest: ((state: Int32Array, renaming: Renaming, number: number) => void) | undefined
  /**
   * What a state has besides nodes that names them: where it stands, and its text with nodes
   * renamed.
   */
  readonly rest: Array<{
    readonly at: number
    readonly text: (value: number, renaming: Renaming) => string
  }> = []
  /** Replaces a state by the one that stands for it. */
  represent: ((state: Int32Array) => void) | undefined
}
