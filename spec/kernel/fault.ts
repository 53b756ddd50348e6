/**
 * Faults: what can befall a node, besides what its process does; and which faults may happen.
 *
 * A fault is an event of a node, as a step is. A node that crashes is gone for good, with what was
 * on its way to it. One that is corrupted is the adversary's from then on (`adversary.ts`). Any
 * other fault gives the node another process to run, which need not keep to the protocol. New kinds
 * of faults are made by whoever needs them: nothing here or in the checker has a list of them.
 */
import type { Adversary } from "./adversary.ts"
import type { NodeId } from "./node.ts"
import type { AnyObservation } from "./observation.ts"
import type { Observer } from "./observer.ts"
import type { AnyProcess } from "./process.ts"

export interface Fault {
  /** What observers are told: `crash`. No two faults of one system share a name. */
  readonly name: string
  /** What happens to the node, for people: `crashes`. */
  readonly verb: string
  /**
   * What the node runs from then on, and the state in which that begins; a node without is gone for
   * good.
   */
  readonly becomes?: {
    readonly process: AnyProcess
    readonly begin: (self: NodeId, state: unknown) => unknown
  }
  /**
   * Whether the adversary takes the node over, with all that it knows, and speaks in its name from
   * then on.
   */
  readonly isTakenOver?: boolean
}

/**
 * The node is gone for good. "If the hardware of the node recovers later, the hardware restarts as
 * a new node."
 */
export const crash: Fault = { name: "crash", verb: "crashes" }

/** The node is the adversary's from now on. */
export const corruption: Fault = { name: "corruption", verb: "is corrupted", isTakenOver: true }

/** The node runs another process from now on, which begins with all that the correct one knew. */
export const replacement = (
  name: string,
  process: AnyProcess,
  begin: (self: NodeId, state: unknown) => unknown = (_, state) => state
): Fault => ({ name, verb: "is replaced", becomes: { process, begin } })

/**
 * The node loses what it had, and whoever has its machine starts it again. It is a new node then,
 * as all implementations must have it; under its old identity it is gone for good. (Who is to take
 * its place is another node of the system.)
 */
export const amnesia: Fault = { name: "amnesia", verb: "loses its memory, and is a new node" }

/**
 * The same where that is not so: the node goes on under its identity from where it once began, and
 * takes part in what it has promised others and knows nothing of. No protocol here allows it; it is
 * what the rule above keeps away.
 */
export const amnesiaInSilence = (process: AnyProcess, context: unknown): Fault => ({
  name: "amnesia",
  verb: "loses its memory, and goes on under its name",
  becomes: { process, begin: (self) => process.initial(context, self) }
})

/** A fault that may befall some nodes, and at most so many of them. */
export interface FaultBudget {
  readonly fault: Fault
  readonly nodes: ReadonlyArray<NodeId>
  readonly most: number
}

/**
 * Something that must hold at any time, as an observer of the system sees it: it bounds whoever
 * causes faults.
 */
export interface Premise<Context, State> {
  readonly name: string
  observer(context: Context): Observer<State, AnyObservation>
  holds(state: State): boolean
}

/** A premise of which nothing more is known. */
export type AnyPremise = Premise<unknown, unknown>

/** Which faults may happen. Every fault counts in each budget that names it and the node. */
export interface FaultModel {
  readonly budgets: ReadonlyArray<FaultBudget>
  /**
   * What has befallen nodes before anything happens; the budgets of these faults name the nodes as
   * well.
   */
  readonly atStart?: ReadonlyArray<{ readonly fault: Fault; readonly node: NodeId }>
  /** Who speaks in the name of nodes that are taken over. */
  readonly adversary?: Adversary
  /** What must still hold after a fault; one that would break it does not happen. */
  readonly premise?: AnyPremise
  /**
   * Whether faults happen as soon as they may, one after the other in the order of the nodes,
   * before anything else does. An adversary loses nothing by it: it can do whatever the node would
   * have done.
   */
  readonly isEager?: boolean
}

/** Nothing ever goes wrong. */
export const noFaults: FaultModel = { budgets: [] }
