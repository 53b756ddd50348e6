/**
 * The decisions of dBQS, as formulas: the same names as in `spec/dbqs/rules.ts`.
 */
import { and, exists, type Formula, forall, implies, not, type Term } from "../logic/formula.ts"
import { correct as correctOfMajority } from "../majority/rules.ts"
import { server, written } from "../register/history.ts"
import { entered, epoch, inQuorum, isNext, isReplica, quorum, quorumOf, said } from "./symbols.ts"

type Of<Name extends string> = Term<Name>
type Enough = typeof correctOfMajority.enough

export interface Rules {
  /** When a phase ends: all of a quorum have answered, all in the same epoch. */
  readonly enough: Enough
  /** Whether a client counts only answers given in its own epoch. */
  readonly countsOneEpoch: boolean
  /** Whether a client that moves to another epoch restarts its phase, with no answers. */
  readonly restarts: boolean
  /**
   * Which reads return without a Set phase: those for which a whole quorum gives the same answer.
   */
  readonly returnsAtOnce: (agree: Formula) => Formula
  /** Which pairs a liar can report and have accepted: those that were signed. */
  readonly believes: (t: Of<"timestamp">, v: Of<"value">) => Formula
  /** Whether a replica that has entered an epoch never serves an earlier one again. */
  readonly stops: boolean
  /** Whether a new replica serves only once it has the data. */
  readonly waitsForData: boolean
  /** The first of the two epochs, whose group a new replica of the second one copies from. */
  readonly copiesFrom: (from: Of<"epoch">, to: Of<"epoch">) => Formula
  /** The number of members of the old group that it hears from. */
  readonly enoughCopies: Enough
  /** Whether an old replica counts only if it has left the epoch that is copied. */
  readonly copiesAfterLeaving: boolean
  /** Whether it counts only if it has that epoch's data itself. */
  readonly copiesWhenComplete: boolean
  /**
   * Whether a former replica erases its data, depending on the nodes that have announced that they
   * have the data. Null: never.
   */
  readonly erases: ((s: Of<"server">) => Formula) | null
}

export const correct: Rules = {
  enough: correctOfMajority.enough,
  countsOneEpoch: true,
  restarts: true,
  returnsAtOnce: (agree) => agree,
  believes: written,
  stops: true,
  waitsForData: true,
  copiesFrom: isNext,
  enoughCopies: correctOfMajority.enough,
  copiesAfterLeaving: true,
  copiesWhenComplete: true,
  erases: null
}

/** All nodes that were to copy the data from a group of the storage node have the data. */
export const allHaveCopied = (s: Of<"server">): Formula =>
  forall({ f: epoch, d: epoch, x: server }, ({ f, d, x }) =>
    implies(
      and(entered(s, f), isReplica(s, f), isNext(f, d), isReplica(x, d), not(isReplica(x, f))),
      said(x, d)
    )
  )

/** Some node has the data of an epoch directly after one whose group contained the storage node. */
export const oneHasCopied = (s: Of<"server">): Formula =>
  exists({ f: epoch, d: epoch, x: server }, ({ f, d, x }) =>
    and(isReplica(s, f), isNext(f, d), isReplica(x, d), said(x, d))
  )

/** A quorum of each group has the data: some of its members have had nothing to copy. */
export const quorumsHaveCopied = (s: Of<"server">): Formula =>
  forall({ f: epoch, d: epoch }, ({ f, d }) =>
    implies(
      and(entered(s, f), isReplica(s, f), isNext(f, d)),
      exists({ q: quorum }, ({ q }) =>
        and(
          quorumOf(q, d),
          forall({ x: server }, ({ x }) => implies(inQuorum(x, q), said(x, d)))
        )
      )
    )
  )

/**
 * All nodes that were to copy the data when the storage node left have it; earlier ones do not
 * count.
 */
export const lastHaveCopied = (s: Of<"server">): Formula =>
  forall({ f: epoch, d: epoch, x: server }, ({ f, d, x }) =>
    implies(
      and(
        ...[entered(s, f), isReplica(s, f), isNext(f, d), not(isReplica(s, d))],
        ...[isReplica(x, d), not(isReplica(x, f))]
      ),
      said(x, d)
    )
  )

/** The epoch two before: one transfer is skipped. */
export const twoBefore: Rules["copiesFrom"] = (from, to) =>
  exists({ between: epoch }, ({ between }) => and(isNext(from, between), isNext(between, to)))
