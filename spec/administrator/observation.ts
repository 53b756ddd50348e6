/**
 * What an outside observer may note of reconfiguration by an administrator besides the beginnings
 * and ends of operations: which nodes stopped, and when. The premises on corruption refer to it.
 */
import type { Note, Observation } from "../kernel/observation.ts"
import type { Value } from "../register/operation.ts"
import type { StorageOperation } from "../storage/reconfiguration.ts"
import type { Nonce } from "./messages.ts"

/** The number of a configuration. */
interface Numbered {
  readonly number: number
}

/** The administrator has asked the members of a configuration to stop. */
export type Asked = Note<"asked", Numbered>
/**
 * It has learned from a super-majority of them that they stopped: the configuration is forgotten.
 */
export type Forgotten = Note<"forgotten", Numbered>
/** A storage node has stopped serving a configuration. */
export type Stopped = Note<"stopped", Numbered>
/** A phase of a client begins or completes; `nonce` identifies it. */
export type PhaseBegins = Note<"phase begins", Numbered & { readonly nonce: Nonce }>
export type PhaseEnds = Note<"phase ends", Numbered & { readonly nonce: Nonce }>

export type Noted = Asked | Forgotten | Stopped | PhaseBegins | PhaseEnds
export type AdministeredObservation = Observation<StorageOperation, Value, Noted>

/**
 * The action of a node that emits this note. The messages of a phase show that it begins or ends.
 */
export const describeNote = ({ name, detail: { number } }: Noted): string => {
  switch (name) {
    case "asked":
      return `has asked the members of configuration ${number} to stop`
    case "forgotten":
      return `knows that configuration ${number} has ended: a super-majority of its members has stopped`
    case "stopped":
      return `no longer serves configuration ${number}`
    case "phase begins":
    case "phase ends":
      return ""
  }
}
