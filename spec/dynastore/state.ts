/**
 * The state of a client of DynaStore (tutorial 6): idle, or in a stage of an operation.
 */
import * as Schema from "effect/Schema"
import { Count, SetOf } from "../kernel/node.ts"
import type { Step } from "../kernel/process.ts"
import type { ContextOf } from "../kernel/protocol.ts"
import { Phase } from "../phase/phase.ts"
import { Pair } from "../register/pair.ts"
import type { StorageParameters } from "../storage/parameters.ts"
import { StorageOperation } from "../storage/reconfiguration.ts"
import { Changes } from "../weak-snapshot/change.ts"
import * as Snapshot from "../weak-snapshot/stages.ts"
import type { Message } from "./messages.ts"
import type { DynaStoreObservation } from "./observation.ts"
import type { Rules } from "./rules.ts"
import { View } from "./view.ts"

/** Step 1: the update of the view's weak snapshot. */
export const Proposing = Schema.TaggedStruct("Proposing", { snapshot: Snapshot.Stage })
/** Step 2: the scan before the data is read. */
export const Scanning = Schema.TaggedStruct("Scanning", { snapshot: Snapshot.Stage })
/** Step 3: the Get phase, and the edges that the scan found. */
export const Getting = Schema.TaggedStruct("Getting", { found: Changes, phase: Phase(Schema.Null) })
/** Step 4: the Set phase. */
export const Setting = Schema.TaggedStruct("Setting", { phase: Phase(Schema.Null) })
/** Step 4: the scan after the data is stored. */
export const Checking = Schema.TaggedStruct("Checking", { snapshot: Snapshot.Stage })

/**
 * After a reconfiguration, in systems with a directory: the client notifies the members of the last
 * view (`discovery.ts`).
 */
export const Notifying = Schema.TaggedStruct("Notifying", { phase: Phase(Schema.Null) })
/** The client announces these members to the directory. */
export const Announcing = Schema.TaggedStruct("Announcing", {})

export const Stage = Schema.Union([
  Proposing,
  Scanning,
  Getting,
  Setting,
  Checking,
  Notifying,
  Announcing
])
export type Stage = typeof Stage.Type

/** Phase number `phase` of an operation, counted from 1. */
export const Traversing = Schema.TaggedStruct("Traversing", {
  begun: Count,
  operation: StorageOperation,
  phase: Count,
  /** The view in which the traversal began or restarted: operations may begin there. */
  start: View,
  /** All changes that the client has found or wants to make. */
  desired: View,
  /** The views found and not yet left. */
  front: SetOf(View),
  /** The view being visited, one of the front. */
  view: View,
  /** The vt-pair with the largest timestamp found or chosen. */
  pair: Pair,
  /** Whether a write has chosen its timestamp. */
  chosen: Schema.Boolean,
  stage: Stage
})
export type Traversing = typeof Traversing.Type

/**
 * Between operations a client keeps the view in which the last one ended, and the number of
 * operations it has begun.
 */
export const Idle = Schema.TaggedStruct("Idle", { begun: Count, view: View })

export const ClientState = Schema.Union([Idle, Traversing])
export type ClientState = typeof ClientState.Type

/** A traversal between two phases. */
export type Traversal = Omit<Traversing, "_tag" | "stage">

export const traversalOf = ({ _tag, stage, ...traversal }: Traversing): Traversal => traversal

/** The traversal is complete: there are no new edges, and the data is stored in the last view. */
export interface Over {
  readonly _tag: "Over"
  readonly traversal: Traversal
}

export type Context = ContextOf<Pick<StorageParameters, "configuration" | "directory">, Rules>
export type ClientStep = Step<ClientState, DynaStoreObservation, Message>
export type TraversalStep = Step<Traversing | Over, DynaStoreObservation, Message>
export type TraversingStep = Step<Traversing, DynaStoreObservation, Message>

/** The latest view in which, to the client's knowledge, operations may begin. It only grows. */
export const latestKnown = (state: ClientState): View =>
  state._tag === "Idle" ? state.view : state.start

/**
 * The operation ends. A read returns the value it stored, and the client keeps the desired view.
 */
export const finish = ({ rules }: Context, traversal: Traversal): ClientStep => {
  const { begun, operation, pair } = traversal
  return {
    state: { _tag: "Idle", begun, view: rules.destination(traversal) },
    sends: [],
    observations: [
      { _tag: "Response", operation, result: operation._tag === "Read" ? pair.value : null }
    ]
  }
}
