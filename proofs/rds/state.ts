/**
 * What RDS adds to what the models of reconfiguration along a sequence speak of (`spec/rds/`).
 *
 * A vote points to the next configuration, but to the right one only if its ballot is not below one
 * that decides. So what a storage node points to, and what it acknowledged before it did, are said
 * by ballots.
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
/** What they hold when they vote: they say so with the vote. */
export const votePair = relation("votePair", index, ballot, server, timestamp, value)

/** Proposers: whether they collect what acceptors hold in a ballot; the largest of that. */
export const collects = relation("collects", index, ballot)
export const held = partial("held", [index, ballot], [timestamp, value])

/** What answers tell was accepted; the configurations that a phase waits for because of it. */
export const getTells = relation("getTells", operation, index, server, configuration)
export const setTells = relation("setTells", operation, index, server, configuration)
export const awaitsToGet = relation("awaitsToGet", operation, configuration)
export const awaitsToSet = relation("awaitsToSet", operation, configuration)

/** A Get phase has heard from quorums of all that it waits for, and has not restarted. */
export const heard = relation("heard", operation)

/*
 * History, by ballots.
 */

/**
 * The storage node knows a later configuration than the one at this place, or has voted there, in
 * this ballot or a higher one.
 */
export const after = relation("after", server, index, ballot)
/** It has acknowledged this tag when that was not so. */
export const ack = relation("ack", timestamp, server, index, ballot)
/** It has acknowledged this tag, whenever. */
export const stored = relation("stored", timestamp, server)
/** A ballot that has decided, and made up the forward pointer of what is retired. */
export const pointerBallot = partial("pointerBallot", [index], [ballot])

/**
 * The claim, where the configuration may be decided in this ballot of the instance. It may not be
 * if in every write quorum some acceptor has left the ballot without having voted for it; and that
 * stays so.
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

/** In this ballot the acceptor has voted for something else. */
export const votedOtherwise = (
  c: Term<"index">,
  b: Term<"ballot">,
  k: Term<"configuration">,
  s: Term<"server">
): Formula => and(acceptedIn(c, s, b), not(accepted(c, s, b, k)))

/** As votes tell. */
export const notesOfVotes = (isWrite: Sequence["isWrite"]): Notes => ({
  acknowledges: (t, s) => [
    stored.add(t, s),
    ack.addWhere((u, x, c, b) => and(eq(u, t), eq(x, s), not(after(s, c, b))))
  ],
  learns: (s, high) => [after.addWhere((x, c) => and(eq(x, s), earlier(c, high)))],
  // Said where a configuration is retired, of the votes in one ballot.
  isPointer: () => or(),
  /**
   * A tag may *not* rest on a configuration alone if, for some ballot that has decided there, in
   * every write quorum some storage node had voted in that ballot, or a higher one, before it
   * acknowledged the tag: then it told whoever set the tag of the next configuration.
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
