/**
 * What an outside observer may note of dBQS besides the beginnings and ends of operations: which
 * nodes have finished with an epoch. The premises on corruption refer to it.
 */
import type { Note, Observation } from "../kernel/observation.ts"
import type { Value } from "../register/operation.ts"
import type { StorageOperation } from "../storage/reconfiguration.ts"
import type { Content } from "./content.ts"

/** The number of an epoch. */
interface Numbered {
  readonly number: number
}

/** A new replica of this epoch has copied the data of the old ones. */
export type Copied = Note<"copied", Numbered>
/** A client has moved on to this epoch. */
export type Moved = Note<"moved", Numbered>

export type Noted = Copied | Moved
export type Observed = Observation<StorageOperation | Content, Value, Noted>
