/**
 * The decisions that majority replication rests on (tutorial 2.3). The protocol is `correct`; a
 * variant is the same text under other decisions.
 */
import type { Configuration } from "../configuration/configuration.ts"
import type { ClientId, ServerSet } from "../nodes/nodes.ts"
import { asked, type Enough, isOver, type Phase } from "../phase/phase.ts"
import type { Pair, Timestamp } from "../register/pair.ts"
import { type Message, type PhaseName, phaseOf } from "./messages.ts"

export interface Rules {
  /**
   * When a phase is over: "waits for a majority of responses", "waits for a majority of
   * acknowledgements".
   */
  readonly enough: Enough
  /**
   * Whether a write begins with a Get phase, as a read does. ("The protocols are very similar".)
   */
  readonly writeHasGetPhase: boolean
  /**
   * The timestamp of a write, above the largest one found: the next number, made unique by
   * "adjoining the client-id". `begun` is how many operations the writer has begun. (Get phase.)
   */
  readonly timestampAbove: (largest: Timestamp, self: ClientId, begun: number) => Timestamp
  /**
   * Whether a read keeps in mind who answered with the pair that it is about to select. (Not in the
   * tutorial.)
   */
  readonly remembersHolders: boolean
  /**
   * Whether a read may return what these are known to hold, without a Set phase. ("The same
   * protocol": never.)
   */
  readonly returnsAtOnce: (configuration: Configuration, holders: ServerSet) => boolean
  /**
   * Whom the client asks to store the pair, after this Get phase: all storage nodes. (Set phase.)
   */
  readonly asksToStore: (getPhase: Phase<Pair>) => ServerSet
  /**
   * The last phase in which an answer to the message, or the message as an answer, counts: the one
   * it belongs to.
   */
  readonly countsUntil: (message: Message) => PhaseName
  /**
   * Whether a storage node acknowledges a Set that is not newer than what it has: "in either case".
   * (Set phase.)
   */
  readonly acknowledgesOlder: boolean
  /**
   * Whether it makes no difference in which order answers come. It follows from the others; a
   * checker relies on it.
   */
  readonly answersCommute: boolean
}

/** Majority replication as section 2.3 describes it. */
export const correct: Rules = {
  enough: isOver,
  writeHasGetPhase: true,
  timestampAbove: ({ number }, self) => ({ number: number + 1, client: self }),
  remembersHolders: false,
  returnsAtOnce: () => false,
  asksToStore: asked,
  countsUntil: phaseOf,
  acknowledgesOlder: true,
  answersCommute: true
}
