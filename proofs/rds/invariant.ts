/**
 * The invariant of RDS: it states for votes what RAMBO's states for the forward pointer.
 *
 * The key ideas. (1) *A vote in a ballot that is not below one that decides is for what is decided*
 * (safe at). So a node with such a vote points to the right configuration. (2) *A node that
 * acknowledges a tag reports its vote.* So either it acknowledged the tag before the vote, and the
 * acceptor's pair, which it reports with the vote, has the tag; or the client that set the tag
 * waits for the configuration of the vote, and the tag rests there too. (3) *A later phase meets a
 * vote*, and waits for the next configuration.
 */
import { ballot, order } from "../consensus/model.ts"
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
import type { Sentences } from "../logic/model.ts"
import { commonInvariantOf } from "../rambo/invariant.ts"
import {
  configuration,
  instanceRelations,
  instances,
  isKnown,
  sequenceInvariant,
  writeQuorumOf
} from "../rambo/sequence.ts"
import {
  acknowledged,
  answered,
  collected,
  earlier,
  forward,
  found,
  getReply,
  holds,
  index,
  inWrite,
  isNext,
  low,
  mapAt,
  mapOf,
  pointerReply,
  pointerStored,
  rest,
  retired,
  retiredBefore,
  setReply,
  storingPointer,
  transferredTo,
  transferringState,
  upTo,
  writeQuorum
} from "../rambo/state.ts"
import {
  atMost,
  before,
  chose,
  client,
  clientOf,
  done,
  getting,
  invoked,
  operation,
  server,
  setting,
  timestamp,
  value,
  written
} from "../register/history.ts"
import {
  ack,
  after,
  awaitsToGet,
  awaitsToSet,
  collects,
  getTells,
  heard,
  held,
  ifItMayBeDecided,
  pointerBallot,
  setTells,
  stored,
  votedOtherwise,
  votePair,
  votesFor
} from "./state.ts"
import { sequence } from "./transitions.ts"

const { accept, acceptedIn, counted, decidedIn, left, prepare } = instanceRelations
const { isWrite, notes } = sequence

const map = { l: index, h: index } as const
const pair = { t: timestamp, v: value } as const
const reply = { o: operation, e: index, s: server, ...pair, ...map } as const

const bookkeeping: Sentences = {
  "an acceptor votes for one configuration": votesFor.isFunctional,
  "a ballot has one pair": held.isFunctional,
  "a retired place has one ballot": pointerBallot.isFunctional,
  "a place before a known one was decided": forall({ c: index }, ({ c }) =>
    implies(
      exists({ d: index }, ({ d }) => and(isKnown(d), earlier(c, d))),
      exists({ b: ballot }, ({ b }) => decidedIn(c, b))
    )
  ),
  "ballots that have decided agree": forall(
    { c: index, b: ballot, k: configuration, a: ballot, m: configuration },
    ({ c, b, k, a, m }) =>
      implies(and(decidedIn(c, b), accept(c, b, k), decidedIn(c, a), accept(c, a, m)), eq(k, m))
  ),
  "pairs with votes were written": forall(
    { i: index, b: ballot, s: server, ...pair },
    ({ i, b, s, t, v }) => implies(or(votePair(i, b, s, t, v), held(i, b, t, v)), written(t, v))
  ),
  "a client that collects has begun a ballot at a configuration that was made the oldest": forall(
    { i: index, b: ballot },
    ({ i, b }) => implies(collects(i, b), and(prepare(i, b), low(i)))
  ),
  "the goal of a reconfigurer is next": forall(
    { p: client, ...map, n: index, ...pair },
    ({ p, l, h, n, t, v }) =>
      implies(
        and(mapOf(p, l, h), or(storingPointer(p, n), transferringState(p, n, t, v))),
        isNext(l, n)
      )
  )
}

/** What a vote contains. */
const voting: Sentences = {
  "a storage node points past what its map says": forall(
    { s: server, ...map, c: index, b: ballot },
    ({ s, l, h, c, b }) => implies(and(mapAt(s, l, h), earlier(c, h)), after(s, c, b))
  ),
  "a storage node that points past a place knows it or has voted there": forall(
    { s: server, c: index, b: ballot },
    ({ s, c, b }) =>
      and(implies(after(s, c, b), isKnown(c)), implies(acceptedIn(c, s, b), after(s, c, b)))
  ),
  "an acceptor that has voted has left lower ballots": forall(
    { s: server, ...map, c: index, b: ballot, a: ballot },
    ({ s, l, h, c, b, a }) =>
      implies(
        and(after(s, c, b), mapAt(s, l, h), order.below(a, b)),
        or(earlier(c, h), left(c, s, a))
      )
  ),
  "an acceptor that has voted points to what can be decided": ifItMayBeDecided(isWrite, (c, b, k) =>
    forall({ s: server, ...map }, ({ s, l, h }) =>
      implies(
        and(after(s, c, b), mapAt(s, l, h)),
        or(earlier(c, h), votesFor(c, s, k), votedOtherwise(c, b, k, s))
      )
    )
  )
}

/**
 * For an operation with such acknowledgements, up to the second place: each came before its
 * sender's vote, or the operation waits for the configuration of the vote.
 */
const waited = (
  has: (
    o: Term<"operation">,
    s: Term<"server">,
    t: Term<"timestamp">,
    v: Term<"value">,
    l: Term<"index">,
    h: Term<"index">
  ) => Formula
): Formula =>
  and(
    forall({ o: operation, s: server, ...pair, ...map, c: index, b: ballot }, (all) => {
      const { o, s, t, v, l, h, c, b } = all
      return implies(and(has(o, s, t, v, l, h), upTo(h, c)), or(isKnown(c), ack(t, s, c, b)))
    }),
    ifItMayBeDecided(isWrite, (c, b, k) =>
      forall({ o: operation, s: server, ...pair, ...map }, ({ o, s, t, v, l, h }) =>
        implies(
          and(has(o, s, t, v, l, h), upTo(h, c)),
          or(awaitsToSet(o, k), ack(t, s, c, b), votedOtherwise(c, b, k, s))
        )
      )
    )
  )

/** An acknowledgement came before the vote, or reports it. */
const acknowledging: Sentences = {
  "an acknowledged pair is stored": forall(
    { s: server, t: timestamp, u: timestamp, w: value },
    ({ s, t, u, w }) => implies(and(stored(t, s), holds(s, u, w)), atMost(t, u))
  ),
  "a storage node that acknowledges has stored the tag": forall(
    { ...reply, c: index, b: ballot },
    ({ o, e, s, t, v, l, h, c, b }) =>
      and(
        implies(ack(t, s, c, b), stored(t, s)),
        implies(and(chose(o, t, v), or(setReply(o, e, s, l, h), acknowledged(o, s))), stored(t, s))
      )
  ),
  "an acknowledgement came before a vote, or reports it": and(
    forall({ ...reply, c: index, b: ballot }, ({ o, e, s, t, v, l, h, c, b }) =>
      implies(
        and(setReply(o, e, s, l, h), chose(o, t, v), upTo(h, c)),
        or(isKnown(c), ack(t, s, c, b))
      )
    ),
    ifItMayBeDecided(isWrite, (c, b, k) =>
      forall(reply, ({ o, e, s, t, v, l, h }) =>
        implies(
          and(setReply(o, e, s, l, h), chose(o, t, v), upTo(h, c)),
          or(setTells(o, e, s, k), ack(t, s, c, b), votedOtherwise(c, b, k, s))
        )
      )
    )
  ),
  "an operation that sets waits for what it learned": waited((o, s, t, v, l, h) =>
    and(setting(o), acknowledged(o, s), mapOf(clientOf(o), l, h), chose(o, t, v))
  ),
  "a completed operation has waited for it": waited((o, s, t, v, l, h) =>
    and(acknowledged(o, s), rest(o, l, h), chose(o, t, v))
  ),
  "a tag that rests somewhere was acknowledged before the votes that decided there": forall(
    { ...reply, b: ballot, y: index },
    ({ o, s, t, v, l, h, b, y }) =>
      implies(
        and(
          rest(o, l, h),
          acknowledged(o, s),
          chose(o, t, v),
          decidedIn(h, b),
          isKnown(y),
          earlier(h, y)
        ),
        ack(t, s, h, b)
      )
  ),
  "a completed operation has a write quorum of all that it waited for": forall(
    { o: operation, k: configuration },
    ({ o, k }) =>
      implies(
        and(done(o), awaitsToSet(o, k)),
        exists({ w: writeQuorum }, ({ w }) =>
          and(
            writeQuorumOf(w, k),
            forall({ s: server }, ({ s }) => implies(inWrite(s, w), acknowledged(o, s)))
          )
        )
      )
  ),
  "a tag rests as far as it was waited for": forall(
    { o: operation, ...map, b: ballot, k: configuration, y: index },
    ({ o, l, h, b, k, y }) =>
      implies(
        and(rest(o, l, h), decidedIn(h, b), accept(h, b, k), isKnown(y), earlier(h, y)),
        not(awaitsToSet(o, k))
      )
  ),
  "a tag rests on known places": forall({ o: operation, ...map }, ({ o, l, h }) =>
    implies(rest(o, l, h), isKnown(h))
  )
}

/** The purpose of all these sentences. */
const hearing: Sentences = {
  "an operation with answers from all has found no less than an earlier operation": forall(
    { a: operation, o: operation, ...pair, u: timestamp, w: value },
    ({ a, o, t, v, u, w }) =>
      and(
        implies(heard(o), invoked(o)),
        implies(and(heard(o), before(a, o), chose(a, t, v), found(o, u, w)), atMost(t, u))
      )
  )
}

/** A later phase meets a vote. */
const pointing: Sentences = {
  "forward pointers are votes in a ballot that has decided": forall(
    { c: index, s: server, b: ballot },
    ({ c, s, b }) =>
      and(
        implies(and(forward(c, s), pointerBallot(c, b)), after(s, c, b)),
        implies(forward(c, s), retired(c)),
        implies(pointerBallot(c, b), and(decidedIn(c, b), retired(c)))
      )
  ),
  "a retired place has a ballot": forall({ c: index }, ({ c }) =>
    implies(
      retired(c),
      exists({ b: ballot }, ({ b }) => pointerBallot(c, b))
    )
  ),
  "later answers report the pointer": forall(
    { ...reply, c: index, b: ballot, k: configuration },
    ({ o, e, s, t, v, l, h, c, b, k }) =>
      implies(
        and(
          getReply(o, e, s, t, v, l, h),
          retiredBefore(o, c),
          forward(c, s),
          decidedIn(c, b),
          accept(c, b, k)
        ),
        or(earlier(c, h), getTells(o, e, s, k))
      )
  ),
  "a client that counts them waits for it": forall(
    { o: operation, s: server, ...map, c: index, b: ballot, k: configuration },
    ({ o, s, l, h, c, b, k }) =>
      implies(
        and(
          getting(o),
          answered(o, s),
          mapOf(clientOf(o), l, h),
          retiredBefore(o, c),
          forward(c, s),
          decidedIn(c, b),
          accept(c, b, k)
        ),
        or(earlier(c, h), awaitsToGet(o, k))
      )
  )
}

/**
 * The reconfigurer collects what the old configuration holds with the pointer, or with the votes.
 */
const collecting: Sentences = {
  "a storage node with the pointer reports what it acknowledged without it": forall(
    { p: client, e: index, s: server, ...pair, ...map, c: index, b: ballot, u: timestamp },
    ({ p, e, s, t, v, l, h, c, b, u }) =>
      implies(
        pointerReply(p, e, s, t, v, l, h),
        and(
          low(e),
          implies(earlier(c, h), and(after(s, c, b), implies(ack(u, s, c, b), atMost(u, t))))
        )
      )
  ),
  "the reconfigurer has collected it": forall(
    { p: client, s: server, n: index, ...pair, c: index, b: ballot, u: timestamp },
    ({ p, s, n, t, v, c, b, u }) =>
      implies(
        and(storingPointer(p, n), pointerStored(p, s), earlier(c, n)),
        and(after(s, c, b), implies(and(collected(p, t, v), ack(u, s, c, b)), atMost(u, t)))
      )
  ),
  "an acceptor that votes reports what it acknowledged without the vote": forall(
    { i: index, b: ballot, s: server, ...pair, u: timestamp },
    ({ i, b, s, t, v, u }) =>
      implies(
        votePair(i, b, s, t, v),
        and(acceptedIn(i, s, b), implies(ack(u, s, i, b), atMost(u, t)))
      )
  ),
  "the proposer has collected it": forall(
    { i: index, b: ballot, s: server, ...pair, u: timestamp },
    ({ i, b, s, t, v, u }) =>
      implies(
        counted(i, b, s),
        and(acceptedIn(i, s, b), implies(and(held(i, b, t, v), ack(u, s, i, b)), atMost(u, t)))
      )
  ),
  "votes report what was transferred": notes.ifItMayRest((d, t) =>
    forall({ i: index, b: ballot, s: server, u: timestamp, x: value }, ({ i, b, s, u, x }) =>
      implies(
        and(earlier(d, i), collects(i, b), votePair(i, b, s, u, x), transferredTo(i, s)),
        atMost(t, u)
      )
    )
  ),
  "and the proposer has collected that": notes.ifItMayRest((d, t) =>
    forall({ i: index, b: ballot, s: server, u: timestamp, x: value }, ({ i, b, s, u, x }) =>
      implies(
        and(earlier(d, i), collects(i, b), counted(i, b, s), held(i, b, u, x), transferredTo(i, s)),
        atMost(t, u)
      )
    )
  ),
  "a reconfigurer that transfers has stored the forward pointer": forall(
    { p: client, n: index, ...pair, ...map, c: index },
    ({ p, n, t, v, l, h, c }) =>
      implies(
        and(transferringState(p, n, t, v), mapOf(p, l, h), upTo(l, c), earlier(c, n)),
        exists({ w: writeQuorum, b: ballot }, ({ w, b }) =>
          and(
            isWrite(w, c),
            decidedIn(c, b),
            forall({ s: server }, ({ s }) => implies(inWrite(s, w), after(s, c, b)))
          )
        )
      )
  )
}

export const invariant: Sentences = {
  ...instances.invariant,
  ...sequenceInvariant,
  ...commonInvariantOf(sequence),
  ...bookkeeping,
  ...voting,
  ...acknowledging,
  ...pointing,
  ...collecting,
  ...hearing
}
