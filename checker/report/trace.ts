/**
 * A run of a model, step by step, as data: the source of counterexamples in every format.
 */
import type { Knowledge } from "../../spec/kernel/adversary.ts"
import type { Fault } from "../../spec/kernel/fault.ts"
import type { NodeId, Role } from "../../spec/kernel/node.ts"
import type { AnyObjectType } from "../../spec/kernel/object.ts"
import type { AnyNote, AnyObservation } from "../../spec/kernel/observation.ts"
import type { Send } from "../../spec/kernel/process.ts"
import { type Action, faultsOf, type Model } from "../network/model.ts"

/** A message in flight. */
export interface InFlight {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: unknown
}

export interface NodeSnapshot {
  readonly id: NodeId
  readonly role: Role
  readonly state: unknown
  /** Whether it invokes operations: what papers call a client. */
  readonly isAsked: boolean
  /** The fault of the node, if the node has run something else since. */
  readonly fault?: string
}

/** The state of everything between two steps. */
export interface Snapshot {
  /** Every node in the model's order; the state is undefined once the node is gone. */
  readonly nodes: ReadonlyArray<NodeSnapshot>
  readonly inFlight: ReadonlyArray<InFlight>
  /** The states of the observers, by property name. */
  readonly observers: Readonly<Record<string, unknown>>
  /** What the adversary knows, if there is one. */
  readonly known?: Knowledge
}

/** One step of a run: which node did what, and the effect. */
export interface TraceStep {
  readonly node: NodeId
  readonly role: Role
  readonly action: Action
  readonly sends: ReadonlyArray<Send<unknown>>
  readonly observations: ReadonlyArray<AnyObservation>
  /** The state after the step. */
  readonly after: Snapshot
}

/** The kind of a property, which also decides the exit code when the property is violated. */
export type PropertyKind = "safety" | "deadlock" | "liveness" | "reachability"

/** What a report needs to tell a run in the protocol's own words. */
export interface Words {
  /** A message of the protocol in a few words. */
  readonly describeMessage: (message: unknown) => string
  /**
   * A note of the protocol, for protocols that describe notes: empty if the report should omit it.
   */
  readonly describeNote?: (note: AnyNote) => string
  /** The types of the objects that have operations. */
  readonly objects: ReadonlyArray<AnyObjectType>
  /** The faults that may happen. */
  readonly faults: ReadonlyArray<Fault>
}

export const wordsOf = (model: Pick<Model, "protocol" | "faults">): Words => ({
  describeMessage: model.protocol.describe,
  ...(model.protocol.describeNote && { describeNote: model.protocol.describeNote }),
  objects: model.protocol.objects,
  faults: faultsOf(model)
})

/** A run that violates a property. */
export interface Counterexample extends Words {
  readonly scenario: string
  readonly property: string
  readonly kind: PropertyKind
  /** What the property demands. */
  readonly about: string
  /** A sentence that explains why the end of the run violates it. */
  readonly reason: string
  /** Whether no shorter run violates it (breadth-first search). */
  readonly shortest: boolean
  readonly initial: Snapshot
  /** The run from the initial state on. */
  readonly steps: ReadonlyArray<TraceStep>
  /** The number of first steps that the scenario gives: the search began after them. */
  readonly given?: number
  /**
   * For an infinite run: the number of steps before those that repeat forever, which are the
   * remaining ones; if none remain, nothing happens any more.
   */
  readonly loop?: number
  /** For an infinite run: the client whose operation stays pending. */
  readonly waiting?: NodeId
  /** For an infinite run: what excuses it, if it breaks a premise of liveness. */
  readonly excuse?: string
  /** Why the history violates the property, in the words of the property that states it. */
  readonly explanation?: string
}

/** The number of steps that the search took. */
export const stepsFound = ({ steps, given = 0 }: Pick<Counterexample, "steps" | "given">): number =>
  steps.length - given

/** The number of first steps that the model gives, as a counterexample has it. */
export const givenIn = ({ after = [] }: Pick<Model, "after">): Pick<Counterexample, "given"> =>
  after.length === 0 ? {} : { given: after.length }

/** An action in the form that documents use: a fault has its own tag, such as `Crash`. */
export const actionData = (action: Action): { readonly _tag: string } =>
  action._tag === "Fault"
    ? { _tag: `${action.fault.charAt(0).toUpperCase()}${action.fault.slice(1)}` }
    : action
