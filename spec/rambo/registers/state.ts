/**
 * The state of a client of many registers: one cmap, and an activity for each register. A
 * reconfiguration is about all registers; its state is that of the register with the empty name.
 */
import * as Schema from "effect/Schema"
import { Floor } from "../../configuration/configuration.ts"
import type { PartStep } from "../../kernel/keyed.ts"
import { Count, SetOf } from "../../kernel/node.ts"
import type { Note, Observation } from "../../kernel/observation.ts"
import { ServerSet } from "../../nodes/nodes.ts"
import { Phase } from "../../phase/phase.ts"
import { RegisterName, type Value } from "../../register/operation.ts"
import { Pair } from "../../register/pair.ts"
import {
  Reclaimed,
  Reconfigure,
  Removed,
  type StorageOperation
} from "../../storage/reconfiguration.ts"
import { ConfigurationMap } from "../configuration-map.ts"
import type { Placed } from "../observation.ts"
import * as Rambo from "../state.ts"
import { Held, type Message } from "./messages.ts"

const reconfiguration = {
  operation: Reconfigure,
  goal: Count,
  retired: Count,
  /** The floor that the client knew when it asked for the list, if there was one. */
  floor: Schema.optionalKey(Floor)
}

/** A register with the largest pair listed, and the nodes that count as having that pair. */
const ListedRegister = Schema.Struct({ ...Held.fields, at: Schema.optionalKey(ServerSet) })
export type ListedRegister = typeof ListedRegister.Type

/**
 * The merged lists of the nodes that answered: each register with its largest pair, and the name up
 * to which all lists are complete.
 */
export const Listed = Schema.Struct({
  registers: Schema.Array(ListedRegister),
  /** Null if all lists are complete. */
  upTo: Schema.NullOr(RegisterName)
})
export type Listed = typeof Listed.Type

/**
 * Action 1 for all registers: storing the forward pointer, and listing the registers after `after`.
 */
export const Surveying = Schema.TaggedStruct("Surveying", {
  ...reconfiguration,
  after: Schema.NullOr(RegisterName),
  phase: Phase(Listed)
})

/** Action 2 for the listed registers: storing them in the next configuration. */
export const Transferring = Schema.TaggedStruct("Transferring", {
  ...reconfiguration,
  /** The start of the next list; null if this is the last one. */
  upTo: Schema.NullOr(RegisterName),
  listed: Count,
  /** For each register, the members that count as having it from the beginning. */
  at: SetOf(ServerSet),
  /** The members that have every register. */
  phase: Phase(Schema.Null)
})

/** The nodes that a reconfiguration adds adopt the floor (`joining.ts`). */
export const Joining = Schema.TaggedStruct("Joining", {
  operation: Reconfigure,
  floor: Floor,
  phase: Phase(Schema.Null)
})

/** The removed registers found so far, at the configuration with this index, to be reclaimed. */
const reclaiming = { instance: Count, removed: Schema.Array(Removed) }
/** The first step of reclaiming (`reclaiming.ts`): listing the removed registers after `after`. */
export const Gathering = Schema.TaggedStruct("Gathering", {
  ...reclaiming,
  after: Schema.NullOr(RegisterName),
  phase: Phase(Listed)
})
/** The second step: bringing each listed removal to all members. */
export const Bringing = Schema.TaggedStruct("Bringing", {
  ...reclaiming,
  upTo: Schema.NullOr(RegisterName),
  left: Schema.Array(Schema.Struct({ name: RegisterName, phase: Phase(Pair) }))
})
/**
 * The floor is decided: a host waits here until every operation that began without it has ended.
 */
export const Raised = Schema.TaggedStruct("Raised", { reclaimed: Reclaimed })
/** The last step: asking all members to forget the registers, some at a time. */
export const Forgetting = Schema.TaggedStruct("Forgetting", {
  floor: Floor,
  /** The registers that no member has been asked to forget yet. */
  rest: Schema.Array(Removed),
  /** The number of registers that all members have forgotten. */
  done: Count,
  left: Schema.Array(Schema.Struct({ name: RegisterName, phase: Phase(Schema.Null) }))
})

/** The state shared by all registers, and the state of each. */
export const Shared = Schema.Struct({ map: ConfigurationMap })
export const Own = Schema.Struct({
  begun: Count,
  phase: Count,
  activity: Schema.Union([
    Rambo.Idle,
    Rambo.Getting,
    Rambo.Setting,
    Rambo.Deciding,
    Surveying,
    Transferring,
    Rambo.Retiring,
    Joining,
    Gathering,
    Bringing,
    Raised,
    Forgetting
  ])
})
type SharedFields = typeof Shared.Type
type OwnFields = typeof Own.Type
export interface ClientState extends SharedFields, OwnFields {}
export type Surveying = typeof Surveying.Type
export type Transferring = typeof Transferring.Type
export type Joining = typeof Joining.Type
export type Gathering = typeof Gathering.Type
export type Bringing = typeof Bringing.Type
export type Raised = typeof Raised.Type
export type Forgetting = typeof Forgetting.Type

/**
 * Reclaims the memory of removed registers. Returns their number, or the reason why there are none.
 */
export const Reclaim = Schema.TaggedStruct("Reclaim", {})
export type Reclaim = typeof Reclaim.Type
/** The operations of a store of many registers. */
export type StoreOperation = StorageOperation | Reclaim

/** The client catches up with news of configurations before it continues with this register. */
export const CatchUp = Schema.TaggedStruct("CatchUp", {})
/** Every operation that began without the floor has ended, as far as the host knows. */
export const BeginForgetting = Schema.TaggedStruct("BeginForgetting", {})
/** Not all nodes answer, as far as the host knows: the client abandons this phase. */
export const GiveUp = Schema.TaggedStruct("GiveUp", { phase: Count })
/**
 * A majority of the next configuration has every listed register: the client goes on without copies
 * at these members.
 */
export const GoOn = Schema.TaggedStruct("GoOn", { phase: Count, without: ServerSet })
export type Choice =
  | Rambo.Choice
  | typeof GoOn.Type
  | typeof CatchUp.Type
  | typeof BeginForgetting.Type
  | typeof GiveUp.Type

/** The number of registers just transferred, to report progress to users. */
export const transferred = "registers transferred"
export type Transferred = Note<typeof transferred, number>

/** The action of a client that emits this note; the response itself shows that it is placed. */
export const describeNote = (note: Transferred | Placed): string =>
  note.name === transferred ? `has transferred registers: ${note.detail}` : ""

export type StoreObservation = Observation<StoreOperation, Value, Transferred | Placed>
export type ClientStep = PartStep<ClientState, StoreObservation, Message>
