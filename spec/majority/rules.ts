/**
 * The load-bearing decisions of majority replication (tutorial 2.3). `correct` is the protocol; a
 * variant runs the same code with other decisions.
 */
import type { Configuration } from "../configuration/configuration.ts"
import type { ClientId, ServerSet } from "../nodes/nodes.ts"
import { asked, type Enough, isOver, type Phase } from "../phase/phase.ts"
import type { Pair, Timestamp } from "../register/pair.ts"
import { type Message, type PhaseName, phaseOf } from "./messages.ts"

export interface Rules {
  /**
   * When a phase is complete: "waits for a majority of responses", "waits for a majority of
   * acknowledgements".
   */
  readonly enough: Enough
  /** Whether a write begins with a Get phase, like a read. ("The protocols are very similar".) */
  readonly writeHasGetPhase: boolean
  /**
   * The timestamp of a write, larger than the largest one found: the next number, made unique by
   * "adjoining the client-id". `begun` is the number of operations the writer has begun. (Get
   * phase.)
   */
  readonly timestampAbove: (largest: Timestamp, self: ClientId, begun: number) => Timestamp
  /** Whether a read remembers which storage nodes hold the largest pair. (Not in the tutorial.) */
  readonly remembersHolders: boolean
  /**
   * Whether a read may skip its Set phase when these storage nodes hold its pair. ("The same
   * protocol": never.)
   */
  readonly returnsAtOnce: (configuration: Configuration, holders: ServerSet) => boolean
  /** The storage nodes that the client asks to store the pair: all of them. (Set phase.) */
  readonly asksToStore: (getPhase: Phase<Pair>) => ServerSet
  /** The last phase in which the message, or an answer to it, counts: its own. */
  readonly countsUntil: (message: Message) => PhaseName
  /**
   * Whether a storage node acknowledges a Set that is not newer than its own pair: "in either
   * case". (Set phase.)
   */
  readonly acknowledgesOlder: boolean
  /**
   * What a storage node keeps of a pair that it stores: all of it, even of a removal (the initial
   * value, written again). (The tutorial removes nothing.)
   */
  readonly kept: (pair: Pair) => Pair
  /**
   * Whether answers commute: their order makes no difference. It follows from the other rules; the
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
  kept: (pair) => pair,
  answersCommute: true
}
