/**
 * What an outside observer may note of reconfiguration by an administrator, beside the beginnings
 * and ends of operations: who stopped when. Premises on corruption are stated by it.
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
/** It has heard from a super-majority of them that they did: the configuration is forgotten. */
export type Forgotten = Note<"forgotten", Numbered>
/** A storage node has stopped serving a configuration. */
export type Stopped = Note<"stopped", Numbered>
/** A phase of a client begins or is complete; `nonce` tells it from all others. */
export type PhaseBegins = Note<"phase begins", Numbered & { readonly nonce: Nonce }>
export type PhaseEnds = Note<"phase ends", Numbered & { readonly nonce: Nonce }>

export type Noted = Asked | Forgotten | Stopped | PhaseBegins | PhaseEnds
export type AdministeredObservation = Observation<StorageOperation, Value, Noted>

/** What a node does that notes this. That a phase begins or ends is told by its messages. */
export const describeNote = ({ name, detail: { number } }: Noted): string => {
  switch (name) {
    case "asked":
      return `has asked the members of configuration ${number} to stop`
    case "forgotten":
      return `knows that configuration ${number} is over: a super-majority of it has stopped`
    case "stopped":
      return `serves configuration ${number} no longer`
    case "phase begins":
    case "phase ends":
      return ""
  }
}
