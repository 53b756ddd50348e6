/**
 * The invariant of DynaStore. Four ideas, each a record of sentences below.
 *
 * - `traversals`: who finds no edges has arrived. A scan that follows an update finds something. So
 *   a client that finds nothing had nothing to propose, and is in the one view of its front, which
 *   is all that it desires.
 * - `chain`: every traversal is at, or on its way to, an established view: its position. It leaves
 *   the position by the common edge, which leads to the next established view. No view that any
 *   client has scanned is larger than the latest one.
 * - `data`: a tag is stored in a view *in time*, before any scan has returned an edge from it, or
 *   not at all. A client that leaves the view has scanned it first and read it then. So it has read
 *   what was in time, and carries it on.
 * - `time`: an operation that has ended rests on a view, with its tag in time. A later one does not
 *   stop short of that view, since all views before it have edges by now. If the later operation
 *   visits that view, it reads the tag there. If it begins beyond the view, the client that opened
 *   the view in which it begins had carried the tag there.
 */
import { and, eq, exists, forall, implies, not, or, type Term } from "../logic/formula.ts"
import type { Sentences } from "../logic/model.ts"
import { holds, inWrite, writeQuorum } from "../majority/model.ts"
import { atomicity } from "../register/atomicity.ts"
import {
  atMost,
  before,
  chose,
  done,
  getting,
  historyInvariant,
  invoked,
  isWrite,
  operation,
  server,
  setting,
  tagInvariant,
  timestamp,
  value,
  written
} from "../register/history.ts"
import {
  acknowledged,
  answered,
  arrived,
  at,
  checking,
  common,
  desired,
  established,
  found,
  front,
  getReply,
  gets,
  has,
  hasChosen,
  hasFound,
  inPhase,
  inTime,
  isBefore,
  kept,
  latest,
  mustFind,
  noLarger,
  open,
  pair,
  phase,
  position,
  proposed,
  proposing,
  restsOn,
  scanned,
  scanning,
  setReply,
  sets,
  start,
  transferred,
  used,
  view,
  visiting,
  wanted,
  within,
  writeOf
} from "./symbols.ts"

type Operation = Term<"operation">
type Who = (s: Term<"server">) => ReturnType<typeof and>

const stages = [visiting, proposing, scanning, getting, setting, checking, arrived, done] as const
/** In a view without edges, as far as it has found. */
const isAtLeaf = (o: Operation) => or(setting(o), checking(o), arrived(o))
const scans = (o: Operation) => or(scanning(o), checking(o))
const hasFoundNothing = (o: Operation) => or(and(getting(o), not(hasFound(o))), isAtLeaf(o))

const ofWriteQuorum = (w: Term<"view">, who: Who) =>
  exists({ q: writeQuorum }, ({ q }) =>
    and(
      writeOf(q, w),
      forall({ s: server }, ({ s }) => implies(inWrite(s, q), who(s)))
    )
  )

// An operation has more stages here, and a write chooses before its last Set phase.
const { "an operation is in one phase, once it is invoked": _phases, ...history } = historyInvariant
const { "an operation that chose is past the Get phase": _past, ...tags } = tagInvariant

const traversals: Sentences = {
  "an operation is in one stage, once it is invoked": forall({ o: operation }, ({ o }) =>
    and(
      implies(or(...stages.map((stage) => stage(o))), invoked(o)),
      implies(invoked(o), or(...stages.map((stage) => stage(o)))),
      ...stages.flatMap((left, place) =>
        stages.slice(place + 1).map((right) => not(and(left(o), right(o))))
      )
    )
  ),
  "a traversal has one beginning": start.isFunctional,
  "a traversal visits one view": at.isFunctional,
  "a traversal desires one view": desired.isFunctional,
  "a traversal has one position": position.isFunctional,
  "a traversal has one pair": pair.isFunctional,
  "an operation has one last phase": inPhase.isFunctional,
  "only an invoked operation traverses": forall(
    { o: operation, v: view, p: phase },
    ({ o, v, p }) =>
      implies(
        or(
          start(o, v),
          at(o, v),
          desired(o, v),
          front(o, v),
          position(o, v),
          wanted(o, v),
          inPhase(o, p)
        ),
        invoked(o)
      )
  ),
  "a traversal has begun somewhere": forall({ o: operation }, ({ o }) =>
    implies(
      invoked(o),
      exists({ v: view }, ({ v }) => start(o, v))
    )
  ),
  "a traversal has a position": forall({ o: operation }, ({ o }) =>
    implies(
      invoked(o),
      exists({ v: view }, ({ v }) => position(o, v))
    )
  ),
  "a traversal desires something": forall({ o: operation }, ({ o }) =>
    implies(
      invoked(o),
      exists({ v: view }, ({ v }) => desired(o, v))
    )
  ),
  "a wanted change is desired": forall({ o: operation, v: view, d: view }, ({ o, v, d }) =>
    implies(and(wanted(o, v), desired(o, d)), within(v, d))
  ),
  /** 5.3 of the original paper. */
  "the front is desired": forall({ o: operation, v: view, d: view }, ({ o, v, d }) =>
    implies(and(front(o, v), desired(o, d)), within(v, d))
  ),
  "the view that is visited is a smallest of the front": forall(
    { o: operation, w: view, v: view },
    ({ o, w, v }) => implies(at(o, w), and(front(o, w), implies(front(o, v), noLarger(w, v))))
  ),
  "a proposed or found view follows the visited one": forall(
    { o: operation, w: view, v: view },
    ({ o, w, v }) =>
      and(
        implies(proposed(w, v), isBefore(w, v)),
        implies(and(or(scans(o), getting(o)), found(o, v), at(o, w)), proposed(w, v))
      )
  ),
  "a traversal that found a view knows that it has": forall({ o: operation, v: view }, ({ o, v }) =>
    implies(found(o, v), hasFound(o))
  ),
  "a traversal that has proposed must find an edge": forall(
    { o: operation, w: view, d: view },
    ({ o, w, d }) => implies(and(scanning(o), at(o, w), desired(o, d), not(eq(d, w))), mustFind(o))
  ),
  /** 5.6. */
  "a traversal that finds nothing is at the view it desires": forall(
    { o: operation, w: view, d: view },
    ({ o, w, d }) =>
      implies(and(or(hasFoundNothing(o), done(o)), at(o, w), desired(o, d)), eq(d, w))
  ),
  "a traversal that leaves has found the common edge": forall(
    { o: operation, w: view, c: view },
    ({ o, w, c }) =>
      implies(
        and(getting(o), hasFound(o), at(o, w)),
        and(scanned(w), implies(common(w, c), found(o, c)))
      )
  )
}

const chain: Sentences = {
  "a view has one common edge": common.isFunctional,
  "a common edge was proposed, and returned by a scan": forall({ w: view, c: view }, ({ w, c }) =>
    implies(common(w, c), and(proposed(w, c), scanned(w)))
  ),
  "one established view is the latest": and(
    latest.isFunctional,
    exists({ e: view }, ({ e }) => latest(e))
  ),
  "of two established views one comes first": forall({ u: view, v: view }, ({ u, v }) =>
    implies(and(established(u), established(v)), or(within(u, v), within(v, u)))
  ),
  "all established views but the latest have edges": forall({ u: view, e: view }, ({ u, e }) =>
    implies(and(established(u), latest(e), not(eq(u, e))), scanned(u))
  ),
  "the common edge of an established view leads to the next": forall(
    { w: view, c: view, u: view },
    ({ w, c, u }) =>
      implies(
        and(established(w), common(w, c)),
        and(established(c), implies(established(u), or(within(u, w), within(c, u))))
      )
  ),
  "no view with edges is larger than the latest": forall({ u: view, e: view }, ({ u, e }) =>
    implies(and(scanned(u), latest(e)), noLarger(u, e))
  ),
  "open views are established": forall({ v: view }, ({ v }) => implies(open(v), established(v))),
  "traversals begin in open views": forall({ o: operation, v: view }, ({ o, v }) =>
    implies(start(o, v), open(v))
  ),
  "the position is established, in the front, and not before the beginning": forall(
    { o: operation, v: view, w: view },
    ({ o, v, w }) =>
      implies(position(o, v), and(front(o, v), established(v), implies(start(o, w), within(w, v))))
  )
}

const two = { t: timestamp, v: value, u: timestamp, w: value } as const

/** Storage nodes and phases. */
const phases: Sentences = {
  "a storage node holds one pair": holds.isFunctional,
  "a Set phase stores one pair": sets.isFunctional,
  "a storage node that has a tag holds it or a larger one": forall(
    { s: server, t: timestamp, u: timestamp, v: value },
    ({ s, t, u, v }) => implies(and(has(s, t), holds(s, u, v)), atMost(t, u))
  ),
  "a storage node that has a tag has all below": forall(
    { s: server, t: timestamp, u: timestamp },
    ({ s, t, u }) => implies(and(has(s, t), atMost(u, t)), has(s, u))
  ),
  "a storage node that has acknowledged has the tag": forall(
    { p: phase, s: server, t: timestamp, v: value },
    ({ p, s, t, v }) =>
      implies(and(or(setReply(p, s), acknowledged(p, s)), sets(p, t, v)), has(s, t))
  ),
  "a phase that is not used is fresh": forall(
    { p: phase, s: server, t: timestamp, v: value, o: operation },
    ({ p, s, t, v, o }) =>
      implies(
        or(
          gets(p),
          answered(p, s),
          getReply(p, s, t, v),
          sets(p, t, v),
          acknowledged(p, s),
          setReply(p, s),
          inPhase(o, p)
        ),
        used(p)
      )
  ),
  "a phase belongs to one operation": forall(
    { p: phase, a: operation, b: operation },
    ({ p, a, b }) => implies(and(inPhase(a, p), inPhase(b, p)), eq(a, b))
  ),
  "a Set phase stores the pair of its traversal": forall(
    { o: operation, p: phase, u: timestamp, w: value },
    ({ o, p, u, w }) => implies(and(isAtLeaf(o), inPhase(o, p), pair(o, u, w)), sets(p, u, w))
  ),
  "pairs were written": forall(
    { s: server, p: phase, o: operation, t: timestamp, v: value },
    ({ s, p, o, t, v }) =>
      implies(
        or(holds(s, t, v), getReply(p, s, t, v), pair(o, t, v), sets(p, t, v), chose(o, t, v)),
        written(t, v)
      )
  )
}

const data: Sentences = {
  "a tag in time is kept by a write quorum": forall({ w: view, t: timestamp }, ({ w, t }) =>
    implies(
      inTime(w, t),
      and(
        established(w),
        ofWriteQuorum(w, (s) => kept(w, t, s))
      )
    )
  ),
  "a kept tag is in time, and its storage node has it": forall(
    { w: view, t: timestamp, s: server },
    ({ w, t, s }) => implies(kept(w, t, s), and(inTime(w, t), has(s, t)))
  ),
  "where a tag is in time all below are": forall(
    { w: view, t: timestamp, u: timestamp },
    ({ w, t, u }) => implies(and(inTime(w, t), atMost(u, t)), inTime(w, u))
  ),
  "a storage node has what was transferred to it in an open view": forall(
    { v: view, s: server, t: timestamp },
    ({ v, s, t }) => implies(transferred(v, s, t), and(open(v), has(s, t)))
  ),
  "a tag in time in a view before an open one was transferred to a write quorum of the open one":
    forall({ v: view, w: view, t: timestamp }, ({ v, w, t }) =>
      implies(
        and(open(v), isBefore(w, v), inTime(w, t)),
        ofWriteQuorum(v, (s) => transferred(v, s, t))
      )
    ),
  "an answer to a traversal that began in an open view has what was transferred to that view":
    forall({ o: operation, p: phase, x: view, s: server, ...two }, ({ o, p, x, s, t, u, w }) =>
      implies(
        and(inPhase(o, p), start(o, x), transferred(x, s, t), getReply(p, s, u, w)),
        atMost(t, u)
      )
    ),
  "a traversal that counts that answer has found no less": forall(
    { o: operation, p: phase, x: view, s: server, ...two },
    ({ o, p, x, s, t, u, w }) =>
      implies(
        and(
          getting(o),
          inPhase(o, p),
          start(o, x),
          transferred(x, s, t),
          answered(p, s),
          pair(o, u, w)
        ),
        atMost(t, u)
      )
  ),
  "an answer to a leaving traversal has what is kept": forall(
    { o: operation, p: phase, x: view, s: server, ...two },
    ({ o, p, x, s, t, u, w }) =>
      implies(
        and(getting(o), hasFound(o), at(o, x), inPhase(o, p), kept(x, t, s), getReply(p, s, u, w)),
        atMost(t, u)
      )
  ),
  "a leaving traversal that counts that answer has found no less": forall(
    { o: operation, p: phase, x: view, s: server, ...two },
    ({ o, p, x, s, t, u, w }) =>
      implies(
        and(
          getting(o),
          hasFound(o),
          at(o, x),
          inPhase(o, p),
          kept(x, t, s),
          answered(p, s),
          pair(o, u, w)
        ),
        atMost(t, u)
      )
  ),
  /**
   * The core: beyond a view, a client that has left its first view or has read it carries
   * everything that was in time.
   */
  "a traversal beyond a view has what was in time there": forall(
    { o: operation, x: view, y: view, z: view, t: timestamp, u: timestamp, w: value },
    ({ o, x, y, z, t, u, w }) =>
      implies(
        and(
          position(o, x),
          start(o, z),
          or(not(eq(x, z)), isAtLeaf(o)),
          isBefore(y, x),
          inTime(y, t),
          pair(o, u, w)
        ),
        atMost(t, u)
      )
  )
}

const time: Sentences = {
  "a traversal that does not have to find an edge has stored in time": forall(
    { o: operation, x: view, t: timestamp, v: value },
    ({ o, x, t, v }) =>
      implies(
        and(or(and(checking(o), not(mustFind(o))), arrived(o)), at(o, x), pair(o, t, v)),
        inTime(x, t)
      )
  ),
  "a completed operation rests on one view": and(
    restsOn.isFunctional,
    forall({ o: operation }, ({ o }) =>
      implies(
        done(o),
        exists({ v: view }, ({ v }) => restsOn(o, v))
      )
    )
  ),
  "an operation that rests is done, on an established view, in time": forall(
    { o: operation, x: view, t: timestamp, v: value },
    ({ o, x, t, v }) =>
      implies(restsOn(o, x), and(done(o), established(x), implies(chose(o, t, v), inTime(x, t))))
  ),
  "an operation that chose a tag holds it or a larger one": forall(
    { o: operation, ...two },
    ({ o, t, v, u, w }) => implies(and(chose(o, t, v), pair(o, u, w)), atMost(t, u))
  ),
  "a write chooses once, a read at its end": forall(
    { o: operation, t: timestamp, v: value },
    ({ o, t, v }) =>
      implies(
        chose(o, t, v),
        and(invoked(o), or(and(isWrite(o), hasChosen(o)), and(not(isWrite(o)), done(o))))
      )
  ),
  "a traversal that scans before a view on which an earlier operation rests must find an edge":
    forall({ a: operation, b: operation, x: view, y: view }, ({ a, b, x, y }) =>
      implies(
        and(before(a, b), restsOn(a, x), scans(b), at(b, y), established(y), isBefore(y, x)),
        mustFind(b)
      )
    ),
  /** 5.13, 5.14. */
  "a traversal that finds nothing is not before a view on which an earlier operation rests": forall(
    { a: operation, b: operation, x: view, y: view },
    ({ a, b, x, y }) =>
      implies(and(before(a, b), restsOn(a, x), hasFoundNothing(b), position(b, y)), within(x, y))
  ),
  "a storage node that keeps an earlier operation's tag reports it": forall(
    { a: operation, b: operation, p: phase, x: view, s: server, ...two },
    ({ a, b, p, x, s, t, v, u, w }) =>
      implies(
        and(
          before(a, b),
          restsOn(a, x),
          chose(a, t, v),
          kept(x, t, s),
          inPhase(b, p),
          getReply(p, s, u, w)
        ),
        atMost(t, u)
      )
  ),
  "a traversal that counts that answer has found no less than an earlier operation": forall(
    { a: operation, b: operation, p: phase, x: view, s: server, ...two },
    ({ a, b, p, x, s, t, v, u, w }) =>
      implies(
        and(
          before(a, b),
          restsOn(a, x),
          chose(a, t, v),
          kept(x, t, s),
          getting(b),
          inPhase(b, p),
          answered(p, s),
          pair(b, u, w)
        ),
        atMost(t, u)
      )
  ),
  "a traversal that stores has no less than an earlier operation": forall(
    { a: operation, b: operation, ...two },
    ({ a, b, t, v, u, w }) =>
      implies(and(before(a, b), chose(a, t, v), isAtLeaf(b), pair(b, u, w)), atMost(t, u))
  )
}

export const invariant: Sentences = {
  ...history,
  ...tags,
  ...traversals,
  ...chain,
  ...phases,
  ...data,
  ...time
}

export const safety: Sentences = {
  ...atomicity,
  /** 5.8 of the original paper. */
  "of two views in which data is stored one contains the other": forall(
    { a: operation, b: operation, x: view, y: view },
    ({ a, b, x, y }) =>
      implies(
        and(isAtLeaf(a), at(a, x), isAtLeaf(b), at(b, y)),
        and(established(x), established(y), or(within(x, y), within(y, x)))
      )
  ),
  /** 5.7: a reconfiguration wants its changes. */
  "a completed operation is in a view with all that it wanted": forall(
    { o: operation, v: view, w: view },
    ({ o, v, w }) => implies(and(done(o), wanted(o, v), at(o, w)), within(v, w))
  )
}
