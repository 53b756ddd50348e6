/**
 * The invariant of dBQS, in the order of the argument.
 */
import { and, exists, forall, implies, not, or } from "../logic/formula.ts"
import type { Sentences } from "../logic/model.ts"
import { acknowledged, answered, found, holds } from "../majority/model.ts"
import {
  atMost,
  before,
  chose,
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
import {
  cannotRestOn,
  complete,
  copying,
  earlier,
  entered,
  epoch,
  epochOf,
  erased,
  everyQuorumHas,
  handover,
  heard,
  inQuorum,
  isCorrect,
  isNext,
  isOver,
  isReached,
  isReplica,
  kept,
  left,
  leftBefore,
  quorum,
  quorumOf,
  said,
  setReply,
  throughout,
  told,
  upTo
} from "./symbols.ts"

const pairs = { t: timestamp, v: value, u: timestamp, w: value } as const
const later = { u: timestamp, w: value } as const

/** The nodes and clients, and the basic facts about each. */
const bookkeeping: Sentences = {
  ...historyInvariant,
  ...tagInvariant,
  "a phase has one answer": found.isFunctional,
  "a storage node holds one pair": holds.isFunctional,
  "an operation is in one epoch": epochOf.isFunctional,
  "an answer was asked for": forall(
    { o: operation, s: server, e: epoch, t: timestamp, v: value },
    ({ o, s, e, t, v }) =>
      implies(or(answered(o, s), told(o, s, e, t, v), leftBefore(o, s, e)), invoked(o))
  ),
  "an acknowledgement was asked for": forall({ o: operation, s: server, e: epoch }, ({ o, s, e }) =>
    implies(or(acknowledged(o, s), setReply(o, s, e)), or(setting(o), done(o)))
  ),
  "pairs at storage nodes were written": forall(
    { s: server, e: epoch, t: timestamp, v: value },
    ({ s, e, t, v }) => implies(or(holds(s, t, v), handover(s, e, t, v)), written(t, v))
  ),
  "pairs in answers were written": forall(
    { o: operation, s: server, e: epoch, t: timestamp, v: value },
    ({ o, s, e, t, v }) => implies(told(o, s, e, t, v), written(t, v))
  ),
  "pairs at clients were written": forall({ o: operation, t: timestamp, v: value }, ({ o, t, v }) =>
    implies(or(found(o, t, v), chose(o, t, v)), written(t, v))
  )
}

/** Storage nodes move from epoch to epoch, and never back. */
const epochs: Sentences = {
  "a replica that leaves an epoch has entered it, and left all before": forall(
    { s: server, e: epoch, f: epoch },
    ({ s, e, f }) =>
      and(
        implies(and(entered(s, e), earlier(f, e)), left(s, f)),
        implies(and(left(s, e), upTo(f, e)), left(s, f)),
        implies(left(s, e), entered(s, e))
      )
  ),
  "a node with the data of an epoch is a replica that has entered it": forall(
    { s: server, e: epoch },
    ({ s, e }) => implies(complete(s, e), and(entered(s, e), isReplica(s, e)))
  ),
  "a replica that hands over has left the epoch, and has its data": forall(
    { s: server, e: epoch, t: timestamp, v: value },
    ({ s, e, t, v }) =>
      implies(and(isCorrect(s), handover(s, e, t, v)), and(left(s, e), complete(s, e)))
  ),
  "a replica that is heard has left the epoch, and has its data": forall(
    { s: server, e: epoch, x: server },
    ({ s, e, x }) => implies(and(isCorrect(x), heard(s, e, x)), and(left(x, e), complete(x, e)))
  ),
  "a replica that keeps something in an epoch has its data": forall(
    { s: server, e: epoch, t: timestamp },
    ({ s, e, t }) => implies(kept(t, s, e), complete(s, e))
  ),
  "a replica that answers a Get keeps what it reports": forall(
    { o: operation, s: server, e: epoch, t: timestamp, v: value },
    ({ o, s, e, t, v }) => implies(and(isCorrect(s), told(o, s, e, t, v)), kept(t, s, e))
  ),
  "a replica that answers a Set keeps the pair": forall(
    { o: operation, s: server, e: epoch, t: timestamp, v: value },
    ({ o, s, e, t, v }) =>
      implies(and(isCorrect(s), setReply(o, s, e), chose(o, t, v)), kept(t, s, e))
  ),
  "a replica counted in a Get phase has answered in the epoch": forall(
    { o: operation, s: server, e: epoch },
    ({ o, s, e }) =>
      implies(and(isCorrect(s), getting(o), answered(o, s), epochOf(o, e)), complete(s, e))
  ),
  "a replica counted in a Set phase keeps the pair in the epoch": forall(
    { o: operation, s: server, e: epoch, t: timestamp, v: value },
    ({ o, s, e, t, v }) =>
      implies(and(isCorrect(s), acknowledged(o, s), epochOf(o, e), chose(o, t, v)), kept(t, s, e))
  )
}

/** A storage node never has less than it had, unless it has erased it. */
const storage: Sentences = {
  "a kept pair is stored": forall(
    { s: server, e: epoch, t: timestamp, ...later },
    ({ s, e, t, u, w }) =>
      implies(and(isCorrect(s), kept(t, s, e), holds(s, u, w)), or(erased(s, e), atMost(t, u)))
  ),
  "an answer in an epoch is no less than what was kept in it": forall(
    { a: operation, b: operation, s: server, e: epoch, ...pairs },
    ({ a, b, s, e, t, v, u, w }) =>
      implies(
        and(
          ...[isCorrect(s), before(a, b), chose(a, t, v), epochOf(a, e), acknowledged(a, s)],
          told(b, s, e, u, w)
        ),
        atMost(t, u)
      )
  ),
  "a client that counts the answer finds no less": forall(
    { a: operation, b: operation, s: server, e: epoch, ...pairs },
    ({ a, b, s, e, t, v, u, w }) =>
      implies(
        and(
          ...[isCorrect(s), before(a, b), chose(a, t, v), epochOf(a, e), acknowledged(a, s)],
          ...[getting(b), answered(b, s), epochOf(b, e), found(b, u, w)]
        ),
        atMost(t, u)
      )
  )
}

/** Every tag that may rest on an epoch has reached every node in a quorum of a later one. */
const transfer: Sentences = {
  "a replica with the data has what may rest on an epoch": forall(
    { t: timestamp, e: epoch },
    ({ t, e }) =>
      or(
        cannotRestOn(t, e),
        forall({ s: server, d: epoch, ...later }, ({ s, d, u, w }) =>
          implies(
            and(
              ...[isCorrect(s), upTo(e, d), complete(s, d), not(erased(s, d))],
              ...[isReached(t, e, s), holds(s, u, w)]
            ),
            atMost(t, u)
          )
        )
      )
  ),
  "a replica that hands over has handed it over": forall({ t: timestamp, e: epoch }, ({ t, e }) =>
    or(
      cannotRestOn(t, e),
      forall({ s: server, d: epoch, ...later }, ({ s, d, u, w }) =>
        implies(
          and(
            ...[isCorrect(s), upTo(e, d), not(erased(s, d))],
            ...[isReached(t, e, s), handover(s, d, u, w)]
          ),
          atMost(t, u)
        )
      )
    )
  ),
  "a replica that copies has it from all that it has heard": forall(
    { t: timestamp, e: epoch },
    ({ t, e }) =>
      or(
        cannotRestOn(t, e),
        forall({ s: server, x: server, f: epoch, d: epoch, ...later }, ({ s, x, f, d, u, w }) =>
          implies(
            and(
              ...[isCorrect(s), isCorrect(x), upTo(e, f), isNext(f, d), not(erased(s, d))],
              ...[copying(s, f), heard(s, f, x), isReached(t, e, x), holds(s, u, w)]
            ),
            atMost(t, u)
          )
        )
      )
  ),
  "a replica that answers later reports it": forall({ t: timestamp, e: epoch }, ({ t, e }) =>
    or(
      cannotRestOn(t, e),
      forall({ o: operation, s: server, d: epoch, ...later }, ({ o, s, d, u, w }) =>
        implies(
          and(isCorrect(s), earlier(e, d), isReached(t, e, s), told(o, s, d, u, w)),
          atMost(t, u)
        )
      )
    )
  ),
  "a client that asks later finds it": forall({ t: timestamp, e: epoch }, ({ t, e }) =>
    or(
      cannotRestOn(t, e),
      forall({ o: operation, s: server, d: epoch, ...later }, ({ o, s, d, u, w }) =>
        implies(
          and(
            ...[isCorrect(s), earlier(e, d), isReached(t, e, s)],
            ...[getting(o), answered(o, s), epochOf(o, d), found(o, u, w)]
          ),
          atMost(t, u)
        )
      )
    )
  )
}

/** Which nodes copy, and what no node copies any more. */
const copies: Sentences = {
  "a replica that copies is new in the group, and lacks the data": forall(
    { s: server, f: epoch, d: epoch, g: epoch },
    ({ s, f, d, g }) =>
      implies(
        and(copying(s, f), isNext(f, d)),
        and(
          ...[not(isReplica(s, f)), isReplica(s, d), entered(s, d)],
          implies(throughout(s, d, g), not(complete(s, g)))
        )
      )
  ),
  "a replica that says it has the data has it": forall({ s: server, e: epoch }, ({ s, e }) =>
    implies(and(isCorrect(s), said(s, e)), complete(s, e))
  ),
  "a replica that was heard was asked": forall(
    { s: server, f: epoch, d: epoch, x: server },
    ({ s, f, d, x }) => implies(and(heard(s, f, x), isNext(f, d)), entered(s, d))
  ),
  "erased data is of an epoch that was left": forall({ s: server, e: epoch }, ({ s, e }) =>
    implies(and(erased(s, e), isReplica(s, e)), left(s, e))
  ),
  "erased data has been copied": forall(
    { s: server, x: server, f: epoch, d: epoch },
    ({ s, x, f, d }) =>
      implies(
        and(
          ...[erased(s, f), isReplica(s, f), isCorrect(x)],
          ...[isNext(f, d), isReplica(x, d), not(isReplica(x, f))]
        ),
        complete(x, d)
      )
  ),
  "erased data is of a whole stint": forall({ s: server, e: epoch, d: epoch }, ({ s, e, d }) =>
    implies(and(erased(s, e), throughout(s, e, d)), erased(s, d))
  )
}

/** If a new node has the data of an epoch, the earlier epochs have ended. */
const ends: Sentences = {
  "an epoch is over once a replica new since then has the data": forall({ e: epoch }, ({ e }) =>
    or(
      isOver(e),
      forall({ s: server, d: epoch }, ({ s, d }) =>
        not(and(isCorrect(s), earlier(e, d), complete(s, d), not(isReplica(s, e))))
      )
    )
  ),
  "an epoch is over once an operation is done in a later one": forall({ e: epoch }, ({ e }) =>
    or(
      isOver(e),
      forall({ o: operation, d: epoch }, ({ o, d }) =>
        not(and(done(o), epochOf(o, d), earlier(e, d)))
      )
    )
  ),
  "no later operation ends in an epoch before that of an earlier operation": forall(
    { a: operation, b: operation, d: epoch, e: epoch },
    ({ a, b, d, e }) =>
      implies(
        and(before(a, b), epochOf(a, d), earlier(e, d)),
        everyQuorumHas(e, (s) => leftBefore(b, s, e))
      )
  ),
  "a replica that has left an epoch reports nothing in it": forall(
    { o: operation, s: server, e: epoch, t: timestamp, v: value },
    ({ o, s, e, t, v }) =>
      implies(and(isCorrect(s), leftBefore(o, s, e)), and(left(s, e), not(told(o, s, e, t, v))))
  ),
  "a replica that has left an epoch is not counted in it": forall(
    { o: operation, s: server, e: epoch },
    ({ o, s, e }) =>
      not(and(isCorrect(s), leftBefore(o, s, e), getting(o), answered(o, s), epochOf(o, e)))
  ),
  "a completed operation has a quorum": forall({ o: operation }, ({ o }) =>
    implies(
      done(o),
      exists({ q: quorum, e: epoch }, ({ q, e }) =>
        and(
          epochOf(o, e),
          quorumOf(q, e),
          forall({ s: server }, ({ s }) => implies(inQuorum(s, q), acknowledged(o, s)))
        )
      )
    )
  )
}

export const invariant: Sentences = {
  ...bookkeeping,
  ...epochs,
  ...copies,
  ...storage,
  ...transfer,
  ...ends
}
