/**
 * dBQS (`spec/dbqs/`), one public-key object: the replica group of an epoch, some of whose members
 * lie, replicates signed pairs, through any number of epochs.
 *
 * The key idea: storage nodes leave epochs and never return, so every client that later needs a
 * quorum of an epoch meets the timestamps kept by a quorum of that epoch. A new member of a group
 * has heard from a quorum of the previous group, all of whom had left that epoch. So it has the
 * timestamp if it was written there. If the epoch had not ended by then, it has ended now: no phase
 * ends there any more. A member that is not new was there itself.
 */
import { and, eq, forall, implies, not, or } from "../logic/formula.ts"
import { type Model, type Transition, transition } from "../logic/model.ts"
import { provided } from "../logic/symbols.ts"
import { acknowledged, answered, faulty, found, holds } from "../majority/model.ts"
import { correct as majorityRules } from "../majority/rules.ts"
import { atomicity, everyoneHasPlace } from "../register/atomicity.ts"
import {
  argument,
  atMost,
  bottom,
  chose,
  clientOf,
  done,
  getting,
  initialPairWritten,
  invoked,
  isIdle,
  isWrite,
  noteInvocation,
  operation,
  server,
  setting,
  timestamp,
  value,
  written,
  zero
} from "../register/history.ts"
import { invariant } from "./invariant.ts"
import { allHaveCopied, correct, type Rules } from "./rules.ts"
import {
  axioms,
  complete,
  copying,
  earlier,
  entered,
  epoch,
  epochOf,
  erased,
  first,
  handover,
  heard,
  inQuorum,
  isNext,
  isReplica,
  kept,
  left,
  leftBefore,
  quorum,
  quorumOf,
  said,
  setReply,
  throughout,
  told
} from "./symbols.ts"

type Transitions = Readonly<Record<string, Transition>>
const pair = { t: timestamp, v: value } as const
const had = { had: timestamp, hadValue: value } as const

/** Clients: `spec/dbqs/client.ts`. */
const client = (rules: Rules): Transitions => ({
  /** A client begins an operation in the epoch that it knows: its Get phase begins. */
  invoke: transition({ o: operation, e: epoch }, ({ o, e }) => ({
    when: [not(invoked(o)), isIdle(clientOf(o))],
    does: [
      ...noteInvocation(o),
      getting.add(o),
      found.put([o], [zero, bottom]),
      epochOf.put([o], [e]),
      leftBefore.addWhere((a, s, f) => and(eq(a, o), left(s, f)))
    ]
  })),
  /** A client in its Get phase receives an answer: it keeps the newest pair. */
  receiveAnswerToGet: transition(
    { o: operation, s: server, e: epoch, ...pair, ...had },
    ({ o, s, e, t, v, had, hadValue }) => ({
      when: [
        getting(o),
        ...(rules.countsOneEpoch ? [epochOf(o, e)] : []),
        told(o, s, e, t, v),
        found(o, had, hadValue)
      ],
      does: [answered.add(o, s), provided(not(atMost(t, had)), found.put([o], [t, v]))]
    })
  ),
  /** A read that has heard from a quorum of the group stores what it has found. */
  startSetOfRead: transition(
    { o: operation, e: epoch, q: quorum, ...pair },
    ({ o, e, q, t, v }) => ({
      when: [
        ...[getting(o), not(isWrite(o)), epochOf(o, e), quorumOf(q, e), found(o, t, v)],
        rules.enough(
          (s) => inQuorum(s, q),
          (s) => answered(o, s)
        )
      ],
      does: [getting.remove(o), setting.add(o), chose.put([o], [t, v])]
    })
  ),
  /** A write that has heard from a quorum stores its value under the next version. */
  startSetOfWrite: transition(
    { o: operation, e: epoch, q: quorum, ...had, t: timestamp },
    ({ o, e, q, had, hadValue, t }) => ({
      when: [
        ...[getting(o), isWrite(o), epochOf(o, e), quorumOf(q, e), found(o, had, hadValue)],
        rules.enough(
          (s) => inQuorum(s, q),
          (s) => answered(o, s)
        ),
        majorityRules.timestampAbove(o, had, t)
      ],
      does: [
        getting.remove(o),
        setting.add(o),
        chose.put([o], [t, argument(o)]),
        written.add(t, argument(o))
      ]
    })
  ),
  /** A client in its Set phase receives an answer. */
  receiveAnswerToSet: transition({ o: operation, s: server, e: epoch }, ({ o, s, e }) => ({
    when: [setting(o), ...(rules.countsOneEpoch ? [epochOf(o, e)] : []), setReply(o, s, e)],
    does: [acknowledged.add(o, s)]
  })),
  /** With a quorum of answers the operation ends. */
  finish: transition({ o: operation, e: epoch, q: quorum, ...pair }, ({ o, e, q, t, v }) => ({
    when: [
      ...[setting(o), epochOf(o, e), quorumOf(q, e), chose(o, t, v)],
      rules.enough(
        (s) => inQuorum(s, q),
        (s) => acknowledged(o, s)
      )
    ],
    does: [setting.remove(o), done.add(o)]
  })),
  /** A read whose answers are all equal returns: the nodes that answered have also acknowledged. */
  finishAtOnce: transition({ o: operation, e: epoch, q: quorum, ...pair }, ({ o, e, q, t, v }) => ({
    when: [
      ...[getting(o), not(isWrite(o)), epochOf(o, e), quorumOf(q, e), found(o, t, v)],
      rules.enough(
        (s) => inQuorum(s, q),
        (s) => answered(o, s)
      ),
      rules.returnsAtOnce(
        forall({ s: server }, ({ s }) => implies(inQuorum(s, q), told(o, s, e, t, v)))
      )
    ],
    does: [
      getting.remove(o),
      done.add(o),
      chose.put([o], [t, v]),
      acknowledged.addWhere((a, s) => and(eq(a, o), told(o, s, e, t, v)))
    ]
  })),
  /** A client learns of a later epoch: it restarts its phase there. */
  moveTo: transition({ o: operation, e: epoch, d: epoch }, ({ o, e, d }) => ({
    when: [or(getting(o), setting(o)), epochOf(o, e), earlier(e, d)],
    does: [
      epochOf.put([o], [d]),
      ...(rules.restarts
        ? [
            answered.removeWhere((a) => eq(a, o)),
            acknowledged.removeWhere((a) => eq(a, o)),
            provided(getting(o), found.put([o], [zero, bottom]))
          ]
        : [])
    ]
  }))
})

/** Storage nodes: `spec/dbqs/server.ts`. */
const storageNode = (rules: Rules): Transitions => {
  const serves = (s: Parameters<typeof left>[0], e: Parameters<typeof left>[1]) => [
    ...[entered(s, e), ...(rules.stops ? [not(left(s, e))] : [])],
    rules.waitsForData ? complete(s, e) : isReplica(s, e)
  ]
  return {
    /** A storage node enters the next epoch. It copies the data if it is new in the group. */
    receiveNotice: transition({ s: server, e: epoch, d: epoch }, ({ s, e, d }) => ({
      when: [entered(s, e), not(left(s, e)), isNext(e, d)],
      does: [
        entered.add(s, d),
        left.add(s, e),
        provided(and(complete(s, e), isReplica(s, d)), complete.add(s, d))
      ]
    })),
    /** A new replica asks the old group for its data. */
    startCopying: transition({ s: server, f: epoch, e: epoch, d: epoch }, ({ s, f, e, d }) => ({
      when: [
        ...[entered(s, e), not(left(s, e)), isNext(e, d), rules.copiesFrom(f, d)],
        ...[isReplica(s, d), not(isReplica(s, e))]
      ],
      does: [entered.add(s, d), left.add(s, e), copying.add(s, f)]
    })),
    /** A replica answers a Get with its pair. */
    receiveGet: transition({ o: operation, s: server, e: epoch, ...pair }, ({ o, s, e, t, v }) => ({
      when: [invoked(o), ...serves(s, e), holds(s, t, v)],
      does: [told.add(o, s, e, t, v), kept.add(t, s, e)]
    })),
    /** It stores the pair of a request if that is newer, and answers. */
    receiveSet: transition(
      { o: operation, s: server, e: epoch, ...pair, ...had },
      ({ o, s, e, t, v, had, hadValue }) => ({
        when: [chose(o, t, v), ...serves(s, e), holds(s, had, hadValue)],
        does: [
          provided(not(atMost(t, had)), holds.put([s], [t, v])),
          setReply.add(o, s, e),
          kept.add(t, s, e)
        ]
      })
    ),
    /** It tells a new replica what it had in an epoch that it has left. */
    receiveTransfer: transition({ s: server, e: epoch, ...pair }, ({ s, e, t, v }) => ({
      when: [
        ...[isReplica(s, e), entered(s, e), holds(s, t, v)],
        ...(rules.copiesAfterLeaving ? [left(s, e)] : []),
        ...(rules.copiesWhenComplete ? [complete(s, e)] : [])
      ],
      does: [handover.add(s, e, t, v)]
    })),
    /** A new replica keeps the newest pair that old ones hand over. */
    receiveHandover: transition(
      { s: server, e: epoch, x: server, ...pair, ...had },
      ({ s, e, x, t, v, had, hadValue }) => ({
        when: [copying(s, e), handover(x, e, t, v), holds(s, had, hadValue)],
        does: [heard.add(s, e, x), provided(not(atMost(t, had)), holds.put([s], [t, v]))]
      })
    ),
    /** With a quorum of the old group it has the data of all epochs of its stint. */
    finishCopying: transition({ s: server, e: epoch, b: epoch, q: quorum }, ({ s, e, b, q }) => ({
      when: [
        ...[copying(s, e), rules.copiesFrom(e, b), quorumOf(q, e)],
        rules.enoughCopies(
          (x) => inQuorum(x, q),
          (x) => heard(s, e, x)
        )
      ],
      does: [
        copying.remove(s, e),
        complete.addWhere((x, d) => and(eq(x, s), entered(s, d), throughout(s, b, d)))
      ]
    }))
  }
}

/** Storage nodes, in variants where former replicas erase their data. */
const erasing = ({ erases }: Rules): Transitions =>
  erases === null
    ? {}
    : {
        /** A replica that has the data of an epoch announces it. */
        tell: transition({ s: server, e: epoch }, ({ s, e }) => ({
          when: [complete(s, e)],
          does: [said.add(s, e)]
        })),
        /** A former replica erases its data once no node still has to copy it. */
        erase: transition({ s: server, e: epoch }, ({ s, e }) => ({
          when: [entered(s, e), not(left(s, e)), not(isReplica(s, e)), erases(s)],
          does: [
            holds.put([s], [zero, bottom]),
            erased.addWhere((x, d) => and(eq(x, s), entered(s, d)))
          ]
        })),
        lieAboutData: transition({ s: server, e: epoch }, ({ s, e }) => ({
          when: [faulty(s)],
          does: [said.add(s, e)]
        }))
      }

/** Liars. (What a liar stores does not matter: its answers do not need to agree with it.) */
const liars = ({ believes }: Rules): Transitions => ({
  lieAboutPair: transition({ o: operation, s: server, e: epoch, ...pair }, ({ o, s, e, t, v }) => ({
    when: [faulty(s), invoked(o), believes(t, v)],
    does: [told.add(o, s, e, t, v)]
  })),
  lieAboutStoring: transition({ o: operation, s: server, e: epoch }, ({ o, s, e }) => ({
    when: [faulty(s), or(setting(o), done(o))],
    does: [setReply.add(o, s, e)]
  })),
  lieAboutHandover: transition({ s: server, e: epoch, ...pair }, ({ s, e, t, v }) => ({
    when: [faulty(s), believes(t, v)],
    does: [handover.add(s, e, t, v)]
  }))
})

export const dbqsUnder = (rules: Rules): Model => ({
  name: "dbqs",
  about:
    "One object of a hash table, kept by replica groups that change from epoch to epoch and have faulty members.",
  axioms,
  initially: [
    entered.beginsAs((_, e) => eq(e, first)),
    complete.beginsAs((s, e) => and(eq(e, first), isReplica(s, e))),
    holds.beginsAs((_, t, v) => and(eq(t, zero), eq(v, bottom))),
    initialPairWritten
  ],
  transitions: { ...client(rules), ...storageNode(rules), ...erasing(rules), ...liars(rules) },
  invariant,
  keptAlone: everyoneHasPlace,
  safety: atomicity
})

export const dbqs = dbqsUnder(correct)
export const dbqsWhereOldErase = dbqsUnder({ ...correct, erases: allHaveCopied })
