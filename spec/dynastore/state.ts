/**
 * The state of a client of DynaStore (tutorial 6): between operations, and in the stages of one.
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

/** 1: the update of the view's weak snapshot. */
export const Proposing = Schema.TaggedStruct("Proposing", { snapshot: Snapshot.Stage })
/** 2: the scan before the data is read. */
export const Scanning = Schema.TaggedStruct("Scanning", { snapshot: Snapshot.Stage })
/** 3: the Get phase, and the edges that the scan found. */
export const Getting = Schema.TaggedStruct("Getting", { found: Changes, phase: Phase(Schema.Null) })
/** 4: the Set phase. */
export const Setting = Schema.TaggedStruct("Setting", { phase: Phase(Schema.Null) })
/** 4: the scan after the data is stored. */
export const Checking = Schema.TaggedStruct("Checking", { snapshot: Snapshot.Stage })

/**
 * After the last view, where there is a directory: members are told that operations may begin there
 * (`discovery.ts`).
 */
export const Notifying = Schema.TaggedStruct("Notifying", { phase: Phase(Schema.Null) })
/** The directory is told of them. */
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

/** In the given phase (the first is number 1) of an operation. */
export const Traversing = Schema.TaggedStruct("Traversing", {
  begun: Count,
  operation: StorageOperation,
  phase: Count,
  /** The view that the traversal began in, or was retried in: operations may begin there. */
  start: View,
  /** All changes that the client has found or wants. */
  desired: View,
  /** The views that it has found and not left behind. */
  front: SetOf(View),
  /** The view that it visits, one of the front. */
  view: View,
  /** The vt-pair with the largest timestamp that it has found, or chosen. */
  pair: Pair,
  /** Whether a write has chosen its timestamp. */
  chosen: Schema.Boolean,
  stage: Stage
})
export type Traversing = typeof Traversing.Type

/**
 * Between operations a client keeps the view that the last one ended in, and how many it has begun.
 */
export const Idle = Schema.TaggedStruct("Idle", { begun: Count, view: View })

export const ClientState = Schema.Union([Idle, Traversing])
export type ClientState = typeof ClientState.Type

/** A traversal between two phases. */
export type Traversal = Omit<Traversing, "_tag" | "stage">

export const traversalOf = ({ _tag, stage, ...traversal }: Traversing): Traversal => traversal

/** The traversal is over: nothing is left to be found, and the data is stored in the last view. */
export interface Over {
  readonly _tag: "Over"
  readonly traversal: Traversal
}

export type Context = ContextOf<Pick<StorageParameters, "configuration" | "directory">, Rules>
export type ClientStep = Step<ClientState, DynaStoreObservation, Message>
export type TraversalStep = Step<Traversing | Over, DynaStoreObservation, Message>
export type TraversingStep = Step<Traversing, DynaStoreObservation, Message>

/** The latest view of which the client knows that operations may begin in it. It only grows. */
export const latestKnown = (state: ClientState): View =>
  state._tag === "Idle" ? state.view : state.start

/**
 * The operation ends: a read returns the value that it stored, and the client is in the view that
 * it desired.
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
