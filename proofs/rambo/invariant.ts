/**
 * The invariant of reconfiguration along an agreed sequence, in the order of the argument.
 *
 * The key ideas. (1) *A tag rests on the configurations in which its Set phase ended.* (2) *It
 * moves on before they are retired*: a reconfigurer that retires a configuration has stored a
 * forward pointer at quorums of it, and has collected what these nodes held. If one of them
 * acknowledged a Set phase after that, the phase has learned of the next configuration; if before,
 * the reconfigurer has collected the tag. (3) *A client that asks only older configurations finds
 * the pointer*, and continues. So a later Get phase finds the tag: in later configurations, because
 * it was transferred there; in earlier ones, the phase does not end.
 */
import { and, eq, exists, forall, implies, not, or } from "../logic/formula.ts"
import type { Sentences } from "../logic/model.ts"
import {
  atMost,
  before,
  chose,
  client,
  clientOf,
  done,
  getting,
  historyInvariant,
  invoked,
  operation,
  server,
  setting,
  tagInvariant,
  timestamp,
  value,
  written
} from "../register/history.ts"
import type { Rules } from "./rules.ts"
import {
  ack,
  acknowledged,
  after,
  answered,
  collected,
  earlier,
  first,
  forward,
  found,
  getAsked,
  getReply,
  holder,
  holds,
  index,
  inWrite,
  isActive,
  low,
  mapAt,
  mapOf,
  pointerAsked,
  pointerReply,
  pointerStored,
  rest,
  retired,
  retiredBefore,
  retireSent,
  setAsked,
  setReply,
  stateStored,
  storingPointer,
  told,
  transfer,
  transferReply,
  transferredTo,
  transferringState,
  upTo,
  writeQuorum
} from "./state.ts"
import type { Sequence } from "./transitions.ts"

const map = { l: index, h: index } as const
const pair = { t: timestamp, v: value } as const
const pairs = { ...pair, u: timestamp, w: value } as const
const reply = { o: operation, e: index, s: server, ...pair, ...map } as const

/** Uniqueness: what nodes hold, know and do. */
const functional: Sentences = {
  "a phase has one answer": found.isFunctional,
  "a storage node holds one pair": holds.isFunctional,
  "a storage node has one map": mapAt.isFunctional,
  "a client has one map": mapOf.isFunctional,
  "a reconfigurer has one goal and one pair": and(
    storingPointer.isFunctional,
    collected.isFunctional,
    transferringState.isFunctional
  )
}

/** The contents of messages were true when they were sent; pairs come from writes. */
const bookkeeping: Sentences = {
  "an answer was asked for": forall(reply, ({ o, e, s, t, v, l, h }) =>
    and(
      implies(or(answered(o, s), getAsked(o, e)), invoked(o)),
      implies(getReply(o, e, s, t, v, l, h), and(getAsked(o, e), told(l, h)))
    )
  ),
  "an acknowledgement was asked for": forall(
    { o: operation, e: index, s: server, ...map },
    ({ o, e, s, l, h }) =>
      and(
        implies(or(acknowledged(o, s), setAsked(o, e)), or(setting(o), done(o))),
        implies(setReply(o, e, s, l, h), and(setAsked(o, e), told(l, h)))
      )
  ),
  "pairs at storage nodes were written": forall({ s: server, ...pair }, ({ s, t, v }) =>
    implies(holds(s, t, v), written(t, v))
  ),
  "pairs in answers were written": forall(reply, ({ o, e, s, t, v, l, h }) =>
    implies(getReply(o, e, s, t, v, l, h), written(t, v))
  ),
  "pairs at clients were written": forall({ o: operation, ...pair }, ({ o, t, v }) =>
    implies(or(found(o, t, v), chose(o, t, v)), written(t, v))
  ),
  "pairs at reconfigurers were written": forall(
    { p: client, n: index, s: server, ...pair, ...map },
    ({ p, n, s, t, v, l, h }) =>
      implies(
        or(
          collected(p, t, v),
          transferringState(p, n, t, v),
          transfer(p, n, t, v),
          pointerReply(p, n, s, t, v, l, h)
        ),
        written(t, v)
      )
  ),
  "maps are not empty": forall({ p: client, s: server, ...map }, ({ p, s, l, h }) =>
    implies(
      or(mapOf(p, l, h), mapAt(s, l, h), told(l, h), retireSent(l, h), pointerAsked(p, l, h)),
      upTo(l, h)
    )
  ),
  "maps begin at a configuration that was made the oldest": forall(
    { p: client, s: server, o: operation, ...map },
    ({ p, s, o, l, h }) =>
      implies(
        or(
          mapOf(p, l, h),
          mapAt(s, l, h),
          told(l, h),
          retireSent(l, h),
          pointerAsked(p, l, h),
          getAsked(o, l),
          setAsked(o, l)
        ),
        low(l)
      )
  ),
  "a configuration below the oldest is retired": forall({ l: index, c: index }, ({ l, c }) =>
    implies(and(low(l), earlier(c, l)), retired(c))
  ),
  "a reconfigurer is at one action": forall(
    { p: client, n: index, m: index, ...pair },
    ({ p, n, m, t, v }) => not(and(storingPointer(p, n), transferringState(p, m, t, v)))
  ),
  "a reconfigurer has something to retire": forall(
    { p: client, ...map, n: index, ...pair },
    ({ p, l, h, n, t, v }) =>
      implies(
        and(mapOf(p, l, h), or(storingPointer(p, n), transferringState(p, n, t, v))),
        and(earlier(l, n), upTo(n, h))
      )
  )
}

/** A storage node knows what its cmap contains. */
const knowing: Sentences = {
  "a storage node knows what comes after, as its map says": forall(
    { s: server, ...map, c: index },
    ({ s, l, h, c }) =>
      implies(
        mapAt(s, l, h),
        and(implies(after(s, c), earlier(c, h)), implies(earlier(c, h), after(s, c)))
      )
  )
}

/** A tag rests where the Set phase ended. */
const resting = ({ isWrite }: Sequence): Sentences => ({
  "a completed operation rests on configurations": forall({ o: operation }, ({ o }) =>
    implies(
      done(o),
      exists(map, ({ l, h }) => and(rest(o, l, h), upTo(l, h), low(l)))
    )
  ),
  "an operation that rests is done, once": and(
    rest.isFunctional,
    forall({ o: operation, ...map }, ({ o, l, h }) =>
      implies(rest(o, l, h), and(done(o), low(l), upTo(l, h)))
    )
  ),
  "on a write quorum of each": forall({ o: operation, ...map, c: index }, ({ o, l, h, c }) =>
    implies(
      and(rest(o, l, h), isActive(l, h, c)),
      exists({ w: writeQuorum }, ({ w }) =>
        and(
          isWrite(w, c),
          forall({ s: server }, ({ s }) => implies(inWrite(s, w), acknowledged(o, s)))
        )
      )
    )
  )
})

/** What is acknowledged is stored, and was acknowledged up to a place. */
const acknowledging: Sentences = {
  "an acknowledged pair is stored": forall({ s: server, c: index, ...pairs }, ({ s, c, t, u, w }) =>
    implies(and(ack(t, s, c), holds(s, u, w)), atMost(t, u))
  ),
  "an acknowledgement says up to where": forall(
    { o: operation, e: index, s: server, ...map, ...pair, c: index },
    ({ o, e, s, l, h, t, v, c }) =>
      implies(and(setReply(o, e, s, l, h), chose(o, t, v), upTo(h, c)), ack(t, s, c))
  ),
  "an operation that sets has acknowledgements up to its map": forall(
    { o: operation, s: server, ...map, ...pair, c: index },
    ({ o, s, l, h, t, v, c }) =>
      implies(
        and(setting(o), acknowledged(o, s), mapOf(clientOf(o), l, h), chose(o, t, v), upTo(h, c)),
        ack(t, s, c)
      )
  ),
  "a completed operation has them, up to the map it ended with": forall(
    { o: operation, s: server, ...map, ...pair, c: index },
    ({ o, s, l, h, t, v, c }) =>
      implies(and(acknowledged(o, s), rest(o, l, h), chose(o, t, v), upTo(h, c)), ack(t, s, c))
  )
}

/** If reads may return at once, answers are acknowledgements. */
const answering: Sentences = {
  "a storage node that holds the found pair has answered": forall(
    { o: operation, s: server },
    ({ o, s }) => implies(holder(o, s), answered(o, s))
  ),
  "an answer says up to where its pair was stored": forall(
    { ...reply, c: index },
    ({ o, e, s, t, v, l, h, c }) =>
      implies(and(getReply(o, e, s, t, v, l, h), upTo(h, c)), ack(t, s, c))
  ),
  "an operation that gets has holders up to its map": forall(
    { o: operation, s: server, ...map, ...pair, c: index },
    ({ o, s, l, h, t, v, c }) =>
      implies(
        and(getting(o), holder(o, s), found(o, t, v), mapOf(clientOf(o), l, h), upTo(h, c)),
        ack(t, s, c)
      )
  )
}

const two = { a: operation, b: operation, s: server, ...pairs } as const

/** As in majority replication, if both operations have asked the same storage node. */
const asked: Sentences = {
  "a storage node asked later answers no less than it acknowledged": forall(
    { ...two, e: index, ...map },
    ({ a, b, s, t, v, u, w, e, l, h }) =>
      implies(
        and(before(a, b), chose(a, t, v), acknowledged(a, s), getReply(b, e, s, u, w, l, h)),
        atMost(t, u)
      )
  ),
  "a client that counts the answer finds no less": forall(two, ({ a, b, s, t, v, u, w }) =>
    implies(
      and(
        getting(b),
        before(a, b),
        chose(a, t, v),
        acknowledged(a, s),
        answered(b, s),
        found(b, u, w)
      ),
      atMost(t, u)
    )
  )
}

/** A retired configuration has a forward pointer. */
const retiring = ({ isWrite }: Sequence): Sentences => ({
  "a retired configuration has a forward pointer": forall({ c: index }, ({ c }) =>
    implies(
      retired(c),
      exists({ w: writeQuorum }, ({ w }) =>
        and(
          isWrite(w, c),
          forall({ s: server }, ({ s }) => implies(inWrite(s, w), forward(c, s)))
        )
      )
    )
  ),
  "a configuration retired before is retired": forall({ o: operation, c: index }, ({ o, c }) =>
    implies(retiredBefore(o, c), and(retired(c), invoked(o)))
  ),
  "a configuration that a completed operation passed over was retired before the next": forall(
    { a: operation, b: operation, ...map, c: index },
    ({ a, b, l, h, c }) =>
      implies(and(before(a, b), rest(a, l, h), earlier(c, l)), retiredBefore(b, c))
  )
})

/** A later operation does not end in older configurations: it finds the forward pointer. */
const pointing: Sentences = {
  "forward pointers stay": forall({ c: index, s: server }, ({ c, s }) =>
    implies(forward(c, s), and(after(s, c), retired(c)))
  ),
  "later answers report the pointer": forall({ ...reply, c: index }, ({ o, e, s, t, v, l, h, c }) =>
    implies(and(getReply(o, e, s, t, v, l, h), retiredBefore(o, c), forward(c, s)), earlier(c, h))
  ),
  "a client that counts them knows the pointer": forall(
    { o: operation, s: server, ...map, c: index },
    ({ o, s, l, h, c }) =>
      implies(
        and(
          getting(o),
          answered(o, s),
          retiredBefore(o, c),
          forward(c, s),
          mapOf(clientOf(o), l, h)
        ),
        earlier(c, h)
      )
  )
}

/** The reconfigurer collects what the old configurations hold from the nodes with the pointer. */
const collecting: Sentences = {
  "a storage node with the pointer reports what it acknowledged without it": forall(
    { p: client, e: index, s: server, ...pair, ...map, c: index, u: timestamp },
    ({ p, e, s, t, v, l, h, c, u }) =>
      implies(
        pointerReply(p, e, s, t, v, l, h),
        and(low(e), implies(earlier(c, h), and(after(s, c), implies(ack(u, s, c), atMost(u, t)))))
      )
  ),
  "the reconfigurer has collected it": forall(
    { p: client, s: server, n: index, ...pair, c: index, u: timestamp },
    ({ p, s, n, t, v, c, u }) =>
      implies(
        and(storingPointer(p, n), pointerStored(p, s), earlier(c, n)),
        and(after(s, c), implies(and(collected(p, t, v), ack(u, s, c)), atMost(u, t)))
      )
  )
}

/** The same holds for what was transferred to them. */
const collectingAgain = ({ notes }: Sequence): Sentences => ({
  "answers to pointers report what was transferred": notes.ifItMayRest((d, t) =>
    forall(
      { p: client, e: index, s: server, u: timestamp, x: value, ...map },
      ({ p, e, s, u, x, l, h }) =>
        implies(
          and(earlier(d, e), pointerReply(p, e, s, u, x, l, h), transferredTo(e, s)),
          atMost(t, u)
        )
    )
  ),
  "and the reconfigurer has collected that": notes.ifItMayRest((d, t) =>
    forall(
      { p: client, s: server, n: index, ...map, u: timestamp, x: value },
      ({ p, s, n, l, h, u, x }) =>
        implies(
          and(
            earlier(d, l),
            storingPointer(p, n),
            pointerStored(p, s),
            mapOf(p, l, h),
            transferredTo(l, s),
            collected(p, u, x)
          ),
          atMost(t, u)
        )
    )
  )
})

/** A reconfigurer that transfers has stored the pointer in each configuration that it leaves. */
const storing = ({ isWrite }: Sequence): Sentences => ({
  "a reconfigurer that transfers has stored the forward pointer": forall(
    { p: client, n: index, ...pair, ...map, c: index },
    ({ p, n, t, v, l, h, c }) =>
      implies(
        and(transferringState(p, n, t, v), mapOf(p, l, h), upTo(l, c), earlier(c, n)),
        exists({ w: writeQuorum }, ({ w }) =>
          and(
            isWrite(w, c),
            forall({ s: server }, ({ s }) => implies(inWrite(s, w), after(s, c)))
          )
        )
      )
  )
})

/** It is transferred to the configuration that becomes the oldest. */
const transferring = ({ isWrite, notes }: Sequence): Sentences => ({
  "the transferred data is enough": notes.ifItMayRest((d, t) =>
    forall({ p: client, n: index, u: timestamp, x: value }, ({ p, n, u, x }) =>
      implies(and(earlier(d, n), transfer(p, n, u, x)), atMost(t, u))
    )
  ),
  "a reconfigurer that is transferring has said so": forall(
    { p: client, n: index, ...pair },
    ({ p, n, t, v }) => implies(transferringState(p, n, t, v), transfer(p, n, t, v))
  ),
  "a storage node that acknowledged a transfer holds it": forall(
    { p: client, n: index, s: server, ...map, ...pairs },
    ({ p, n, s, l, h, t, u, w }) =>
      implies(and(transferReply(p, n, s, t, l, h), holds(s, u, w)), atMost(t, u))
  ),
  "a storage node that has stored the transfer holds it": forall(
    { p: client, n: index, s: server, ...pairs },
    ({ p, n, s, t, v, u, w }) =>
      implies(and(stateStored(p, s), transferringState(p, n, t, v), holds(s, u, w)), atMost(t, u))
  ),
  "a configuration made the oldest was transferred to": forall({ l: index }, ({ l }) =>
    implies(
      low(l),
      or(
        eq(l, first),
        exists({ w: writeQuorum }, ({ w }) =>
          and(
            isWrite(w, l),
            forall({ s: server }, ({ s }) => implies(inWrite(s, w), transferredTo(l, s)))
          )
        )
      )
    )
  ),
  "transferred to means made the oldest": forall({ l: index, s: server }, ({ l, s }) =>
    implies(transferredTo(l, s), low(l))
  ),
  "transferred data is held": notes.ifItMayRest((d, t) =>
    forall({ e: index, s: server, u: timestamp, x: value }, ({ e, s, u, x }) =>
      implies(and(earlier(d, e), transferredTo(e, s), holds(s, u, x)), atMost(t, u))
    )
  ),
  "answers of nodes to which it was transferred report it": notes.ifItMayRest((d, t) =>
    forall(
      { o: operation, e: index, s: server, u: timestamp, x: value, ...map },
      ({ o, e, s, u, x, l, h }) =>
        implies(
          and(earlier(d, e), getReply(o, e, s, u, x, l, h), transferredTo(e, s)),
          atMost(t, u)
        )
    )
  ),
  "a client that counts those finds no less": notes.ifItMayRest((d, t) =>
    forall({ o: operation, s: server, ...map, u: timestamp, x: value }, ({ o, s, l, h, u, x }) =>
      implies(
        and(
          earlier(d, l),
          getting(o),
          answered(o, s),
          mapOf(clientOf(o), l, h),
          transferredTo(l, s),
          found(o, u, x)
        ),
        atMost(t, u)
      )
    )
  )
})

/** The sentences that hold with any notes of history. */
export const commonInvariantOf = (sequence: Sequence): Sentences => ({
  ...historyInvariant,
  ...tagInvariant,
  ...functional,
  ...bookkeeping,
  ...resting(sequence),
  ...asked,
  ...retiring(sequence),
  ...collectingAgain(sequence),
  ...transferring(sequence)
})

export const invariantOf = (
  sequence: Sequence,
  { returnsAtOnce }: Pick<Rules, "returnsAtOnce">
): Sentences => ({
  ...commonInvariantOf(sequence),
  ...knowing,
  ...acknowledging,
  ...(returnsAtOnce === undefined ? {} : answering),
  ...pointing,
  ...collecting,
  ...storing(sequence)
})
