/**
 * What RDS adds to the symbols of the models of reconfiguration along a sequence (`spec/rds/`).
 *
 * A vote points to the next configuration, but to the right one only if its ballot is not below one
 * that decides. So the model states by ballots what a storage node points to, and what it
 * acknowledged before it did.
 */
import { ballot } from "../consensus/model.ts"
import {
  and,
  eq,
  exists,
  type Formula,
  forall,
  implies,
  not,
  or,
  type Term
} from "../logic/formula.ts"
import { partial, relation } from "../logic/symbols.ts"
import { configuration, instanceRelations } from "../rambo/sequence.ts"
import { earlier, index, inWrite, retired, writeQuorum } from "../rambo/state.ts"
import type { Notes, Sequence } from "../rambo/transitions.ts"
import { operation, server, timestamp, value } from "../register/history.ts"

const { accepted, acceptedIn, decidedIn, left } = instanceRelations

/** Acceptors: the configuration of the last vote in an instance. */
export const votesFor = partial("votesFor", [index, server], [configuration])
/** Their pairs when they vote: they report them with the vote. */
export const votePair = relation("votePair", index, ballot, server, timestamp, value)

/** Proposers: whether they collect the acceptors' pairs in a ballot; the largest pair collected. */
export const collects = relation("collects", index, ballot)
export const held = partial("held", [index, ballot], [timestamp, value])

/**
 * The configurations that answers report as accepted; those that a phase waits for because of such
 * reports.
 */
export const getTells = relation("getTells", operation, index, server, configuration)
export const setTells = relation("setTells", operation, index, server, configuration)
export const awaitsToGet = relation("awaitsToGet", operation, configuration)
export const awaitsToSet = relation("awaitsToSet", operation, configuration)

/**
 * A Get phase has heard from quorums of all configurations that it waits for, and has not
 * restarted.
 */
export const heard = relation("heard", operation)

/*
 * History, by ballots.
 */

/**
 * The storage node knows a later configuration than the one at this place, or has voted there, in
 * this ballot or a higher one.
 */
export const after = relation("after", server, index, ballot)
/** It has acknowledged this tag while that was false. */
export const ack = relation("ack", timestamp, server, index, ballot)
/** It has acknowledged this tag, at any time. */
export const stored = relation("stored", timestamp, server)
/**
 * A ballot that has decided, and that constituted the forward pointer of a retired configuration.
 */
export const pointerBallot = partial("pointerBallot", [index], [ballot])

/**
 * The claim, if the configuration may be decided in this ballot of the instance. It may not be if
 * in every write quorum some acceptor has left the ballot without having voted for it; and that is
 * stable.
 */
export const ifItMayBeDecided = (
  isWrite: Sequence["isWrite"],
  claim: (c: Term<"index">, b: Term<"ballot">, k: Term<"configuration">) => Formula
): Formula =>
  forall({ c: index, b: ballot, k: configuration, q: writeQuorum }, ({ c, b, k, q }) =>
    implies(
      isWrite(q, c),
      or(
        exists({ x: server }, ({ x }) =>
          and(inWrite(x, q), left(c, x, b), not(accepted(c, x, b, k)))
        ),
        claim(c, b, k)
      )
    )
  )

/** In this ballot the acceptor has voted for another configuration. */
export const votedOtherwise = (
  c: Term<"index">,
  b: Term<"ballot">,
  k: Term<"configuration">,
  s: Term<"server">
): Formula => and(acceptedIn(c, s, b), not(accepted(c, s, b, k)))

/** By votes. */
export const notesOfVotes = (isWrite: Sequence["isWrite"]): Notes => ({
  acknowledges: (t, s) => [
    stored.add(t, s),
    ack.addWhere((u, x, c, b) => and(eq(u, t), eq(x, s), not(after(s, c, b))))
  ],
  learns: (s, high) => [after.addWhere((x, c) => and(eq(x, s), earlier(c, high)))],
  // Stated where a configuration is retired, for the votes in one ballot.
  isPointer: () => or(),
  /**
   * A tag may *not* rest on a configuration alone if, for some ballot that has decided there, in
   * every write quorum some storage node had voted in that ballot, or a higher one, before it
   * acknowledged the tag: then it told the client that set the tag of the next configuration.
   */
  ifItMayRest: (claim) =>
    forall({ d: index, t: timestamp }, ({ d, t }) =>
      or(
        exists({ b: ballot }, ({ b }) =>
          and(
            decidedIn(d, b),
            forall({ w: writeQuorum }, ({ w }) =>
              implies(
                isWrite(w, d),
                exists({ s: server }, ({ s }) =>
                  and(inWrite(s, w), after(s, d, b), not(ack(t, s, d, b)))
                )
              )
            )
          )
        ),
        claim(d, t)
      )
    )
})

/** Retired, and not known to be before now. */
export const isFirstRetired = (c: Term<"index">, l: Term<"index">): Formula =>
  and(eq(c, l), not(retired(c)))
