/**
 * A counterexample as plain data, for the `--json` document: it contains only null, booleans,
 * numbers, strings, arrays and records.
 */
import type { NodeId, Role } from "../../spec/kernel/node.ts"
import {
  actionData,
  type Counterexample,
  type PropertyKind,
  type Snapshot,
  type TraceStep
} from "./trace.ts"

/** The values that JSON can represent. */
export type Json =
  | null
  | boolean
  | number
  | string
  | ReadonlyArray<Json>
  | { readonly [field: string]: Json }

/** The state of everything between two steps. */
export interface SnapshotDocument {
  /** Every node in the scenario's order; the state is null once the node has crashed. */
  readonly nodes: ReadonlyArray<{
    readonly id: NodeId
    readonly role: Role
    readonly crashed: boolean
    /** The fault of the node, if it has run something else since. */
    readonly fault?: string
    readonly state: Json
  }>
  /** The messages in flight. */
  readonly inFlight: ReadonlyArray<{
    readonly from: NodeId
    readonly to: NodeId
    readonly message: Json
  }>
  /** The states of the observers, by property name. */
  readonly observers: { readonly [property: string]: Json }
}

/** One step: which node did what, what it sent, what an observer saw, and the state after it. */
export interface StepDocument {
  /** From 1. */
  readonly step: number
  readonly node: NodeId
  readonly role: Role
  readonly action: Json
  readonly sends: ReadonlyArray<{ readonly to: NodeId; readonly message: Json }>
  readonly observations: ReadonlyArray<Json>
  readonly after: SnapshotDocument
}

export interface CounterexampleDocument {
  readonly property: string
  readonly kind: PropertyKind
  /** A sentence that explains why the end of the run violates the property. */
  readonly reason: string
  /** Whether no shorter run violates it. */
  readonly shortest: boolean
  readonly steps: number
  /** The number of first steps that the scenario gives: the search began after them. */
  readonly given?: number
  /**
   * For an infinite run: the number of steps before the repeated ones. If none are repeated,
   * nothing happens after the last step.
   */
  readonly loop?: number
  /** For an infinite run: what excuses it, if it breaks a premise of liveness. */
  readonly excuse?: string
  readonly initial: SnapshotDocument
  readonly trace: ReadonlyArray<StepDocument>
}

/** The counterexample as plain data. */
export const counterexampleDocument = (counterexample: Counterexample): CounterexampleDocument => {
  const { property, kind, reason, shortest, initial, steps, given, loop, excuse } = counterexample
  return {
    property,
    kind,
    reason,
    shortest,
    steps: steps.length,
    ...(given === undefined ? {} : { given }),
    ...(loop === undefined ? {} : { loop }),
    ...(excuse === undefined ? {} : { excuse }),
    initial: snapshotDocument(initial),
    trace: steps.map((step, index) => stepDocument(step, index + 1))
  }
}

const stepDocument = (
  { node, role, action, sends, observations, after }: TraceStep,
  step: number
): StepDocument => ({
  step,
  node,
  role,
  action: json(actionData(action)),
  sends: sends.map(({ to, message }) => ({ to, message: json(message) })),
  observations: observations.map(json),
  after: snapshotDocument(after)
})

const snapshotDocument = ({ nodes, inFlight, observers }: Snapshot): SnapshotDocument => ({
  nodes: nodes.map(({ id, role, state, fault }) => ({
    ...{ id, role, crashed: state === undefined },
    ...(fault === undefined ? {} : { fault }),
    state: json(state)
  })),
  inFlight: inFlight.map(({ from, to, message }) => ({ from, to, message: json(message) })),
  observers: Object.fromEntries(
    Object.entries(observers).map(([name, state]) => [name, json(state)])
  )
})

/**
 * Plain data in JSON: undefined fields are left out, and any other value that JSON lacks becomes
 * null.
 */
const json = (data: unknown): Json => {
  if (Array.isArray(data)) return data.map(json)
  switch (typeof data) {
    case "boolean":
    case "string":
      return data
    case "number":
      return Number.isFinite(data) ? data : null
    case "object":
      return data === null ? null : record(data)
    default:
      return null
  }
}

const record = (data: object): Json =>
  Object.fromEntries(
    Object.entries(data).flatMap(([field, value]) =>
      value === undefined ? [] : [[field, json(value)]]
    )
  )
