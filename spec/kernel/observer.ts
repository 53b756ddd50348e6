/**
 * Observers: automata that are fed what an outside observer notes, and judge it.
 *
 * An observer stands outside of the system. It sees each observation of each node, in the order in
 * which they happen, and the faults; nothing in the system sees it. A property of runs (atomicity,
 * the liveness premises) is an observer whose state can become a violation.
 */
import type * as Schema from "effect/Schema"
import type { NodeId } from "./node.ts"

/** What an observer is fed: an observation of a node, or the name of a fault that befell it. */
export type Event<Observation> =
  | { readonly _tag: "Observed"; readonly node: NodeId; readonly observation: Observation }
  | { readonly _tag: "Fault"; readonly node: NodeId; readonly fault: string }

/** A deterministic automaton over events. Its state is plain data. */
export interface Observer<State, Observation> {
  readonly name: string
  readonly initial: State
  /** The Schema of the state, by which nodes that it names can be renamed. */
  readonly State?: Schema.Codec<State, unknown>
  observe(state: State, event: Event<Observation>): State
  /**
   * Whether a violation stays one when some response happens earlier than it did: then nothing is
   * lost by looking only at runs in which answers are taken at once.
   */
  readonly allowsEarlierResponses: boolean
  /**
   * Whether its state may name nodes that a symmetry swaps; without a Schema of the state, none are
   * swapped then.
   */
  readonly mentionsServers: boolean
  /** Why this state is a violation; undefined if it is none. A violation is for good. */
  violation(state: State): string | undefined
}

/** An observer of which nothing more is known. */
export type AnyObserver = Observer<unknown, unknown>
