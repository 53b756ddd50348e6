/**
 * A run of a model, step by step, as data: what counterexamples are made of, whatever format they
 * are shown in.
 */
import type { Knowledge } from "../../spec/kernel/adversary.ts"
import type { Fault } from "../../spec/kernel/fault.ts"
import type { NodeId, Role } from "../../spec/kernel/node.ts"
import type { AnyObjectType } from "../../spec/kernel/object.ts"
import type { AnyNote, AnyObservation } from "../../spec/kernel/observation.ts"
import type { Send } from "../../spec/kernel/process.ts"
import { type Action, faultsOf, type Model } from "../network/model.ts"

/** A message on its way. */
export interface InFlight {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: unknown
}

export interface NodeSnapshot {
  readonly id: NodeId
  readonly role: Role
  readonly state: unknown
  /** Whether it is asked for operations: what papers call a client. */
  readonly isAsked: boolean
  /** The fault that has befallen the node, if the node runs something else since. */
  readonly fault?: string
}

/** The state of everything between two steps. */
export interface Snapshot {
  /** Every node in the model's order; the state is undefined once the node is gone. */
  readonly nodes: ReadonlyArray<NodeSnapshot>
  readonly inFlight: ReadonlyArray<InFlight>
  /** The states of the observers, by property name. */
  readonly observers: Readonly<Record<string, unknown>>
  /** What the adversary knows, where there is one. */
  readonly known?: Knowledge
}

/** One step of a run: who did what, and what came of it. */
export interface TraceStep {
  readonly node: NodeId
  readonly role: Role
  readonly action: Action
  readonly sends: ReadonlyArray<Send<unknown>>
  readonly observations: ReadonlyArray<AnyObservation>
  /** The state after the step. */
  readonly after: Snapshot
}

/** What kind of promise a property is, which also decides the exit code when it is broken. */
export type PropertyKind = "safety" | "deadlock" | "liveness" | "reachability"

/** What a report needs to tell a run in the protocol's own words. */
export interface Words {
  /** A message of the protocol in a few words. */
  readonly describeMessage: (message: unknown) => string
  /** A note of the protocol, for who says how: nothing if it need not be told. */
  readonly describeNote?: (note: AnyNote) => string
  /** The types of the objects whose operations there are. */
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

/** A run that breaks a property. */
export interface Counterexample extends Words {
  readonly scenario: string
  readonly property: string
  readonly kind: PropertyKind
  /** What the property demands. */
  readonly about: string
  /** Why the end of the run breaks it, in a sentence. */
  readonly reason: string
  /** Whether no shorter run breaks it (breadth-first search). */
  readonly shortest: boolean
  readonly initial: Snapshot
  readonly steps: ReadonlyArray<TraceStep>
  /**
   * Of a run that goes on for ever: how many steps it takes before those that it repeats for ever,
   * which are the ones that are left; where none are left, nothing happens any more.
   */
  readonly loop?: number
  /** Of a run that goes on for ever: the client whose operation stays pending. */
  readonly waiting?: NodeId
  /**
   * Of a run that goes on for ever: what excuses it, where a premise of liveness is broken in it.
   */
  readonly excuse?: string
  /** Why the history breaks the property, in the words of whoever states it. */
  readonly explanation?: string
}

/** An action as documents have it: a fault has its own tag, `Crash` say. */
export const actionData = (action: Action): { readonly _tag: string } =>
  action._tag === "Fault"
    ? { _tag: `${action.fault.charAt(0).toUpperCase()}${action.fault.slice(1)}` }
    : action
