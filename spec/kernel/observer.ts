/**
 * Observers: automata that read the notes of an outside observer and judge them.
 *
 * An observer is outside the system. It sees every observation of every node, in order, and the
 * faults; nothing in the system sees it. A property of runs (atomicity, the liveness premises) is
 * an observer whose state can become a violation.
 */
import type * as Schema from "effect/Schema"
import type { NodeId } from "./node.ts"

/** The input of an observer: an observation of a node, or the name of a fault of that node. */
export type Event<Observation> =
  | { readonly _tag: "Observed"; readonly node: NodeId; readonly observation: Observation }
  | { readonly _tag: "Fault"; readonly node: NodeId; readonly fault: string }

/** A deterministic automaton over events. Its state is plain data. */
export interface Observer<State, Observation> {
  readonly name: string
  readonly initial: State
  /** The Schema of the state, used to rename the nodes that it names. */
  readonly State?: Schema.Codec<State, unknown>
  observe(state: State, event: Event<Observation>): State
  /**
   * Whether a violation remains one if some response happens earlier. Then it suffices to consider
   * only runs in which answers are received at once.
   */
  readonly allowsEarlierResponses: boolean
  /**
   * Whether its state may name nodes that a symmetry swaps; if it may and the state has no Schema,
   * no nodes are swapped.
   */
  readonly mentionsServers: boolean
  /** Why this state is a violation; undefined if it is not. A violation is permanent. */
  violation(state: State): string | undefined
}

/** An observer of any type. */
export type AnyObserver = Observer<unknown, unknown>
