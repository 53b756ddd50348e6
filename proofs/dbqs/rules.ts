/**
 * The decisions that dBQS rests on, as formulas: the same names as in `spec/dbqs/rules.ts`.
 */
import { and, exists, type Formula, forall, implies, not, type Term } from "../logic/formula.ts"
import { correct as correctOfMajority } from "../majority/rules.ts"
import { server, written } from "../register/history.ts"
import { entered, epoch, inQuorum, isNext, isReplica, quorum, quorumOf, said } from "./symbols.ts"

type Of<Name extends string> = Term<Name>
type Enough = typeof correctOfMajority.enough

export interface Rules {
  /** When a phase is over: all of a quorum have answered, all in the same epoch. */
  readonly enough: Enough
  /** Whether only answers count that were given in the epoch that the client is in. */
  readonly countsOneEpoch: boolean
  /** Whether a client that moves to another epoch begins its phase anew, with no answers. */
  readonly restarts: boolean
  /** Which reads return without a Set phase: those for which a whole quorum says the same. */
  readonly returnsAtOnce: (agree: Formula) => Formula
  /** Which pairs a liar can tell such that somebody believes it: those that were signed. */
  readonly believes: (t: Of<"timestamp">, v: Of<"value">) => Formula
  /** Whether a replica that has entered an epoch never serves an earlier one again. */
  readonly stops: boolean
  /** Whether a new replica serves only when it has the data. */
  readonly waitsForData: boolean
  /** The epoch, the first one, whose group a new replica of the other one copies from. */
  readonly copiesFrom: (from: Of<"epoch">, to: Of<"epoch">) => Formula
  /** How many of the old group it hears. */
  readonly enoughCopies: Enough
  /** Whether an old replica counts only when it has left the epoch that is copied. */
  readonly copiesAfterLeaving: boolean
  /** Whether it counts only when it has that epoch's data itself. */
  readonly copiesWhenComplete: boolean
  /**
   * Whether a storage node erases what it has once it is no replica any more, by who has said that
   * it has the data. Null: never.
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

/** All have the data who were to copy it from a group that the storage node was in. */
export const allHaveCopied = (s: Of<"server">): Formula =>
  forall({ f: epoch, d: epoch, x: server }, ({ f, d, x }) =>
    implies(
      and(entered(s, f), isReplica(s, f), isNext(f, d), isReplica(x, d), not(isReplica(x, f))),
      said(x, d)
    )
  )

/** Somebody has the data of an epoch, right after one in whose group the storage node was. */
export const oneHasCopied = (s: Of<"server">): Formula =>
  exists({ f: epoch, d: epoch, x: server }, ({ f, d, x }) =>
    and(isReplica(s, f), isNext(f, d), isReplica(x, d), said(x, d))
  )

/** A quorum of each group has the data: some have had nothing to copy. */
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

/** All have the data who were to copy it when the storage node left; not those who came before. */
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

/** The epoch two before: one transfer is jumped. */
export const twoBefore: Rules["copiesFrom"] = (from, to) =>
  exists({ between: epoch }, ({ between }) => and(isNext(from, between), isNext(between, to)))
