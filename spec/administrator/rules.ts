/**
 * The load-bearing decisions of reconfiguration by an administrator (tutorial 7.2; where the prose
 * is silent, those that searches showed to be needed). The protocol is `correct`; a variant is the
 * same code with other decisions.
 */
import { type Enough, isOver } from "../phase/phase.ts"
import type { Nonce } from "./messages.ts"
import { isMember, type View } from "./view.ts"

/**
 * The latest configuration that a storage node knows, and the numbers of the configurations it
 * serves.
 */
export interface Serving {
  readonly view: View
  readonly serves: ReadonlyArray<number>
}

/** What clients decide. */
export interface ClientRules {
  /**
   * Whether a phase has ended: a super-majority of the one configuration it asks in has answered.
   */
  readonly enough: Enough
  /** The nonce that a phase uses, given its own nonce: a distinct one for each phase. */
  readonly nonce: (own: Nonce) => Nonce
  /**
   * Whether no two phases have the same nonce. It follows from the rule above; a checker relies on
   * it.
   */
  readonly isFresh: boolean
  /**
   * Whether a write confirms, before it stores its pair, that the result of its Get phase was still
   * current, by a phase that begins after the Get phase ends. (A read's Set phase does that.)
   */
  readonly confirms: boolean
  /**
   * Whether a read that moves to another configuration during its Set phase repeats the Get phase,
   * not only the Set phase.
   */
  readonly getsAnew: boolean
  /**
   * Whether a write that moves in this way stores the same pair again instead of choosing another.
   */
  readonly keepsPair: boolean
  /** Whether a read writes back what it found before it returns. */
  readonly writesBack: boolean
  /** Whether answers from one configuration never count for a phase in another. */
  readonly beginsAnew: boolean
  /**
   * Whether a client asks the trusted server, if present, when an operation begins and after each
   * phase.
   */
  readonly asksFirst: boolean
  readonly asksAfterwards: boolean
}

/** What storage nodes decide. */
export interface ServerRules {
  /**
   * Whether a storage node now accepts a NEW_VIEW that ends this configuration. A member of it must
   * serve it first: until then it has neither the keys to answer with nor the data that it would
   * have to send. No other node waits: a node that joins with a later configuration receives no
   * earlier NEW_VIEW.
   */
  readonly isTimely: (self: string, known: Serving, old: View) => boolean
  /**
   * Whether NEW_VIEW makes a storage node that remains a member stop serving the previous
   * configuration.
   */
  readonly stops: boolean
  /**
   * Whether it serves a new configuration only after it has received what the previous one held.
   */
  readonly waitsForData: boolean
}

/** What the administrator decides. */
export interface AdministratorRules {
  /**
   * Which answers to NEW_VIEW end a configuration: a super-majority of its members has stopped.
   */
  readonly enoughStopped: Enough
  /** Whether a member that was asked to stop counts as stopped. */
  readonly askedIsStopped: boolean
  /**
   * Whether the new members receive what the old ones held when they stopped, not what they held
   * before.
   */
  readonly copiesAsOfStopping: boolean
}

export type Rules = ClientRules & ServerRules & AdministratorRules

/** Reconfiguration by an administrator. */
export const correct: Rules = {
  enough: isOver,
  nonce: (own) => own,
  isFresh: true,
  confirms: true,
  getsAnew: true,
  keepsPair: true,
  writesBack: true,
  beginsAnew: true,
  asksFirst: false,
  asksAfterwards: false,
  isTimely: (self, { serves }, old) => !isMember(old, self) || serves.includes(old.number),
  stops: true,
  waitsForData: true,
  enoughStopped: isOver,
  askedIsStopped: false,
  copiesAsOfStopping: true
}

/**
 * The protocol as the prose has it: a client that moves repeats its current phase and confirms
 * nothing.
 */
export const plain: Rules = { ...correct, confirms: false, getsAnew: false }
