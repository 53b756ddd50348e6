/**
 * Observers: automata that are fed what an outside observer notes, and judge it.
 *
 * An observer stands outside of the system. It sees each observation of each node, in the order in which they
 * happen, and the crashes; nothing in the system sees it. A property of runs (atomicity, later the liveness
 * premises) is an observer whose state can become a violation.
 */
import type { NodeId } from "./node.ts"
import type { Observation } from "./process.ts"

/** What an observer is fed: an observation of a node, or that a node crashed. */
export type Event<Operation> =
  | { readonly _tag: "Observed"; readonly node: NodeId; readonly observation: Observation<Operation> }
  | { readonly _tag: "Crashed"; readonly node: NodeId }

/** A deterministic automaton over events. Its state is plain data. */
export interface Observer<State, Operation> {
  readonly name: string
  readonly initial: State
  readonly observe: (state: State, event: Event<Operation>) => State
  /**
   * Whether a violation stays one when some response happens earlier than it did: then nothing is lost by looking only
   * at runs in which answers are taken at once.
   */
  readonly allowsEarlierResponses: boolean
  /** Whether its state may name servers. */
  readonly mentionsServers: boolean
  /** Why this state is a violation; undefined if it is none. A violation is for good. */
  readonly violation: (state: State) => string | undefined
}
