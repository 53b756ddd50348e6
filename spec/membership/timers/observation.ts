/**
 * What an outside observer may note of timers: the replica whose timer ran out, and what began.
 */
import type { Note, Observation } from "../../kernel/observation.ts"
import type { Value } from "../../register/operation.ts"
import type { Reconfigure } from "../../storage/reconfiguration.ts"
import type { DueContent } from "./messages.ts"

/** A timer of a replica has run out. */
export type RanOut = Note<"ran-out", DueContent>
/** The round or epoch that was due at this place begins. */
export type Begun = Note<"begun", DueContent>

export type Noted = RanOut | Begun
export type TimersObservation = Observation<Reconfigure, Value, Noted>
