/**
 * A run of a model, step by step, as data: what counterexamples are made of, whatever format they are shown in.
 */
import type { NodeId, Role } from "../../spec/kernel/node.ts"
import type { Observation, Send } from "../../spec/kernel/process.ts"
import type { Operation } from "../../spec/register/operation.ts"
import type { Action } from "../network/model.ts"

/** A message on its way. */
export interface InFlight {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: unknown
}

/** The state of everything between two steps. */
export interface Snapshot {
  /** Every node in the model's order; the state is undefined once the node has crashed. */
  readonly nodes: ReadonlyArray<{ readonly id: NodeId; readonly role: Role; readonly state: unknown }>
  readonly inFlight: ReadonlyArray<InFlight>
  /** The states of the observers, by property name. */
  readonly observers: Readonly<Record<string, unknown>>
}

/** One step of a run: who did what, and what came of it. */
export interface TraceStep {
  readonly node: NodeId
  readonly role: Role
  readonly action: Action
  readonly sends: ReadonlyArray<Send<unknown>>
  readonly observations: ReadonlyArray<Observation<Operation>>
  /** The state after the step. */
  readonly after: Snapshot
}

/** What kind of promise a property is, which also decides the exit code when it is broken. */
export type PropertyKind = "safety" | "deadlock" | "liveness" | "reachability"

/** A run that breaks a property. */
export interface Counterexample {
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
   * Of a run that goes on for ever: how many steps it takes before those that it repeats for ever, which are the ones
   * that are left; where none are left, nothing happens any more.
   */
  readonly loop?: number
  /** Of a run that goes on for ever: the client whose operation stays pending. */
  readonly waiting?: NodeId
  /** Of a run that goes on for ever: what excuses it, where a premise of liveness is broken in it. */
  readonly excuse?: string
  /** A message of the protocol in a few words. */
  readonly describeMessage: (message: unknown) => string
}
