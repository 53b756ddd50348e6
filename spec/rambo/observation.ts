/**
 * What an outside observer may note of reconfiguration along an agreed sequence, besides the
 * beginnings and ends of operations.
 */
import type { AnyNote, Note, Observation } from "../kernel/observation.ts"
import type { Value } from "../register/operation.ts"
import type { StorageOperation } from "../storage/reconfiguration.ts"

/**
 * A reconfiguration returns, and this is its place in the sequence: the index of a configuration
 * that has its change, or from which the client refused the change.
 */
export type Placed = Note<"placed", { readonly index: number }>

export const isPlaced = (note: AnyNote): note is Placed => note.name === "placed"

export type RamboObservation = Observation<StorageOperation, Value, Placed>

/** The response itself shows that the reconfiguration returns: stories leave the note out. */
export const describeNote = (_note: Placed): string => ""
