/**
 * The decisions of majority replication, as formulas: the same names as in
 * `spec/majority/rules.ts`.
 */
import {
  and,
  eq,
  exists,
  type Formula,
  forall,
  implies,
  or,
  type Term,
  truth
} from "../logic/formula.ts"
import type { Transition } from "../logic/model.ts"
import {
  atMost,
  below,
  chose,
  clientOf,
  operation,
  owner,
  server,
  timestamp,
  value
} from "../register/history.ts"

type Of<Name extends string> = Term<Name>

export interface Rules {
  /** When a phase ends: all of a quorum have answered. */
  readonly enough: (
    isInQuorum: (s: Of<"server">) => Formula,
    hasAnswered: (s: Of<"server">) => Formula
  ) => Formula
  /**
   * What a write has done before it chooses its timestamp: it has heard from a read quorum
   * (`looked`).
   */
  readonly writeLooks: (looked: Formula) => Formula
  /** The timestamps that a write may choose above the one that it has found. */
  readonly timestampAbove: (
    o: Of<"operation">,
    found: Of<"timestamp">,
    t: Of<"timestamp">
  ) => Formula
  /** The condition under which a read returns at the end of its Get phase, if reads may do so. */
  readonly returnsAtOnce?: (readQuorumHolds: Formula, writeQuorumHolds: Formula) => Formula
  /** Whether an answer to the Get phase counts as an acknowledgement. */
  readonly countsLateReplies: boolean
}

export const correct: Rules = {
  enough: (isInQuorum, hasAnswered) =>
    forall({ s: server }, ({ s }) => implies(isInQuorum(s), hasAnswered(s))),
  writeLooks: (looked) => looked,
  timestampAbove: (o, found, t) => and(below(found, t), eq(owner(t), clientOf(o))),
  countsLateReplies: false
}

/** All of a quorum but one have answered. */
export const allButOne: Rules["enough"] = (isInQuorum, hasAnswered) =>
  exists({ x: server }, ({ x }) =>
    forall({ s: server }, ({ s }) => implies(isInQuorum(s), or(eq(s, x), hasAnswered(s))))
  )

/** The next number of its own, independent of other clients' choices. */
export const ownNumber: Rules["timestampAbove"] = (o, found, t) =>
  and(
    below(found, t),
    eq(owner(t), clientOf(o)),
    forall({ a: operation, u: timestamp, v: value }, ({ a, u, v }) =>
      implies(and(eq(clientOf(a), clientOf(o)), chose(a, u, v)), or(below(u, t), atMost(u, found)))
    )
  )

/** Which storage nodes follow the protocol, and what the others may do. */
export interface Faults {
  readonly isCorrect: (s: Of<"server">) => Formula
  /** The storage nodes in which quorums intersect. */
  readonly quorumsMeetIn: (s: Of<"server">) => Formula
  /** The transitions of the other storage nodes. */
  readonly lies: Readonly<Record<string, Transition>>
}

/** Storage nodes crash at worst; a crashed node takes no more transitions. */
export const crashFaults: Faults = {
  isCorrect: () => truth,
  quorumsMeetIn: () => truth,
  lies: {}
}
