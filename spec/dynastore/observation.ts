/**
 * The observations of DynaStore: invocations, responses, and the stores of data.
 */
import type { Note, Observation } from "../kernel/observation.ts"
import type { Value } from "../register/operation.ts"
import type { Timestamp } from "../register/pair.ts"
import type { StorageOperation } from "../storage/reconfiguration.ts"
import type { View } from "./view.ts"

/** A client begins to store data in a view. */
export type Stores = Note<"stores", { readonly view: View; readonly timestamp: Timestamp }>

export type DynaStoreObservation = Observation<StorageOperation, Value, Stores>
