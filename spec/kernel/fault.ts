/**
 * Faults: what can happen to a node apart from the steps of its process, and which faults may
 * happen.
 *
 * A fault is an event of a node, as a step is. A node that crashes is gone permanently, along with
 * the messages in flight to it. The adversary controls a corrupted node from then on
 * (`adversary.ts`). Any other fault gives the node another process to run, which does not need to
 * follow the protocol. A protocol or model can define new kinds of faults: neither the kernel nor
 * the checker has a list of them.
 */
import type { Adversary } from "./adversary.ts"
import type { NodeId } from "./node.ts"
import type { AnyObservation } from "./observation.ts"
import type { Observer } from "./observer.ts"
import type { AnyProcess } from "./process.ts"

export interface Fault {
  /** The name that observers see: `crash`. No two faults of one system share a name. */
  readonly name: string
  /** A description of the fault, for people: `crashes`. */
  readonly verb: string
  /**
   * The process that the node runs from then on, and its initial state; a node without one is gone
   * permanently.
   */
  readonly becomes?: {
    readonly process: AnyProcess
    readonly begin: (self: NodeId, state: unknown) => unknown
  }
  /**
   * Whether the adversary takes over the node, with all its knowledge, and speaks in its name from
   * then on.
   */
  readonly isTakenOver?: boolean
}

/**
 * The node is gone permanently. "If the hardware of the node recovers later, the hardware restarts
 * as a new node."
 */
export const crash: Fault = { name: "crash", verb: "crashes" }

/** The adversary controls the node from now on. */
export const corruption: Fault = { name: "corruption", verb: "is corrupted", isTakenOver: true }

/** The node runs another process from now on, which starts with all that the correct one knew. */
export const replacement = (
  name: string,
  process: AnyProcess,
  begin: (self: NodeId, state: unknown) => unknown = (_, state) => state
): Fault => ({ name, verb: "is replaced", becomes: { process, begin } })

/**
 * The node loses its memory, and its operator restarts it. It is then a new node, as every
 * implementation must ensure; under its old identity it is gone permanently. (Its replacement is
 * another node of the system.)
 */
export const amnesia: Fault = {
  name: "amnesia",
  verb: "loses its memory, and restarts as a new node"
}

/**
 * The same fault without that rule: the node continues under its identity from its initial state,
 * and no longer knows the promises it has made to others. No protocol here allows this; the rule
 * above prevents it.
 */
export const amnesiaInSilence = (process: AnyProcess, context: unknown): Fault => ({
  name: "amnesia",
  verb: "loses its memory, and restarts under its name",
  becomes: { process, begin: (self) => process.initial(context, self) }
})

/** A fault that may happen to some nodes, and the maximum number of them. */
export interface FaultBudget {
  readonly fault: Fault
  readonly nodes: ReadonlyArray<NodeId>
  readonly most: number
}

/**
 * A condition that must hold at every time, as an observer of the system sees it: it bounds the
 * faults.
 */
export interface Premise<Context, State> {
  readonly name: string
  observer(context: Context): Observer<State, AnyObservation>
  holds(state: State): boolean
}

/** A premise of any type. */
export type AnyPremise = Premise<unknown, unknown>

/** Which faults may happen. Every fault counts in each budget that names it and the node. */
export interface FaultModel {
  readonly budgets: ReadonlyArray<FaultBudget>
  /**
   * The faults that have happened before the first step; the budgets of these faults also name the
   * nodes.
   */
  readonly atStart?: ReadonlyArray<{ readonly fault: Fault; readonly node: NodeId }>
  /** The adversary that speaks in the name of corrupt nodes. */
  readonly adversary?: Adversary
  /**
   * The premise that must still hold after a fault; a fault that would break it does not happen.
   */
  readonly premise?: AnyPremise
  /**
   * Whether faults happen as soon as they may, one after the other in the order of the nodes,
   * before any other step. The adversary loses nothing: it can do whatever the node would have
   * done.
   */
  readonly isEager?: boolean
}

/** Nothing ever goes wrong. */
export const noFaults: FaultModel = { budgets: [] }
