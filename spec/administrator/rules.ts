/**
 * The decisions that reconfiguration by an administrator rests on (tutorial 7.2; where the prose is
 * silent, what searches have found to be needed). The protocol is `correct`; a variant is the same
 * text under other decisions.
 */
import { type Enough, isOver } from "../phase/phase.ts"
import type { Nonce } from "./messages.ts"
import { isMember, type View } from "./view.ts"

/** The latest configuration that a storage node knows, and the numbers of those it serves. */
export interface Serving {
  readonly view: View
  readonly serves: ReadonlyArray<number>
}

/** What clients decide. */
export interface ClientRules {
  /** When a phase is over: with a super-majority of the one configuration that it is asked in. */
  readonly enough: Enough
  /** The nonce of a phase, of which this would be its own: another for each. */
  readonly nonce: (own: Nonce) => Nonce
  /**
   * Whether no two phases have the same nonce. It follows from the other; a checker relies on it.
   */
  readonly isFresh: boolean
  /**
   * Whether a write confirms, before it stores its pair, that what it got was still current: by a
   * phase that began after its Get phase ended. (A read's Set phase does that.)
   */
  readonly confirms: boolean
  /**
   * Whether a read that moves to another configuration during its Set phase gets anew, and does not
   * only set anew.
   */
  readonly getsAnew: boolean
  /** Whether a write that does so stores the same pair again, and does not choose another. */
  readonly keepsPair: boolean
  /** Whether a read stores what it found before it returns it. */
  readonly writesBack: boolean
  /** Whether answers from one configuration count for no phase in another. */
  readonly beginsAnew: boolean
  /**
   * Whether the trusted server, where there is one, is asked when an operation begins, and after
   * each phase.
   */
  readonly asksFirst: boolean
  readonly asksAfterwards: boolean
}

/** What storage nodes decide. */
export interface ServerRules {
  /**
   * Whether a storage node takes a NEW_VIEW now that ends this configuration. A member of that must
   * serve it first: before, it has neither the keys to answer with nor what it would be asked for.
   * Nobody else waits: whoever comes with a later configuration is sent no NEW_VIEW of before.
   */
  readonly isTimely: (self: string, known: Serving, old: View) => boolean
  /**
   * Whether NEW_VIEW makes a storage node stop serving the configuration before, if it stays a
   * member.
   */
  readonly stops: boolean
  /** Whether it serves a new configuration only when it was told what the one before held. */
  readonly waitsForData: boolean
}

/** What the administrator decides. */
export interface AdministratorRules {
  /**
   * With which answers to NEW_VIEW a configuration is over: a super-majority of its members has
   * stopped.
   */
  readonly enoughStopped: Enough
  /** Whether having been asked is taken for having stopped. */
  readonly askedIsStopped: boolean
  /**
   * Whether what goes to the new members is what the old ones held when they stopped, and not what
   * they held before.
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
 * The same as the prose has it: a client that moves does its current phase again, and nothing is
 * confirmed.
 */
export const plain: Rules = { ...correct, confirms: false, getsAnew: false }
