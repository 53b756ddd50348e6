/**
 * DynaStore (`spec/dynastore/`), for any number of storage nodes, clients, views and operations,
 * for any quorum systems of the views in which every read quorum intersects every write quorum, and
 * over any weak snapshots that keep their promises.
 *
 * This file has the transitions; `invariant.ts` has the invariant with its ideas, and `README.md`
 * the argument as a whole.
 *
 * A reconfiguration is a read whose result no client uses. The two differ in what they desire at
 * the beginning, and here every operation may desire anything. A client may begin, or be retried,
 * in any view in which a traversal has ended: that covers every hint of a directory and every
 * report of a storage node.
 */
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
import { type Model, type Transition, transition } from "../logic/model.ts"
import { provided, type Update } from "../logic/symbols.ts"
import { holds, inRead, inWrite, readQuorum, writeQuorum } from "../majority/model.ts"
import { correct as majority } from "../majority/rules.ts"
import { everyoneHasPlace } from "../register/atomicity.ts"
import {
  argument,
  atMost,
  axioms,
  below,
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
  owner,
  server,
  setting,
  timestamp,
  value,
  written,
  zero
} from "../register/history.ts"
import { invariant, safety } from "./invariant.ts"
import { correct, type Rules } from "./rules.ts"
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
  initialView,
  inPhase,
  inTime,
  kept,
  latest,
  mustFind,
  open,
  pair,
  phase,
  position,
  proposed,
  proposing,
  readOf,
  restsOn,
  scanned,
  scanning,
  setReply,
  sets,
  start,
  transferred,
  updated,
  used,
  view,
  viewAxioms,
  visiting,
  wanted,
  within,
  writeOf
} from "./symbols.ts"

type Operation = Term<"operation">
type View = Term<"view">
type Phase = Term<"phase">
type Transitions = Readonly<Record<string, Transition>>

const { enough } = majority

/** A traversal begins in this view, desiring that one. */
const beginsIn = (o: Operation, v: View, d: View): ReadonlyArray<Update> => [
  start.put([o], [v]),
  at.put([o], [v]),
  front.removeWhere((a) => eq(a, o)),
  front.add(o, v),
  position.put([o], [v]),
  desired.put([o], [d]),
  visiting.add(o)
]

/** `visit` and `startTraversal`; and `receiveViewReply`, which retries an operation. */
const beginningsUnder = ({ extended, retriesWithTimestamp }: Rules): Transitions => ({
  startTraversal: transition({ o: operation, v: view, d: view }, ({ o, v, d }) => ({
    when: [not(invoked(o)), isIdle(clientOf(o)), open(v), within(v, d)],
    does: [
      ...noteInvocation(o),
      ...beginsIn(o, v, d),
      wanted.put([o], [d]),
      pair.put([o], [zero, bottom])
    ]
  })),
  receiveViewReply: transition(
    { o: operation, v: view, had: view, d: view },
    ({ o, v, had, d }) => ({
      when: [
        invoked(o),
        not(done(o)),
        open(v),
        desired(o, had),
        extended(within(had, d)),
        within(v, d)
      ],
      does: [
        ...[proposing, scanning, getting, setting, checking, arrived].map((stage) =>
          stage.remove(o)
        ),
        ...beginsIn(o, v, d),
        inPhase.clear(o),
        ...(retriesWithTimestamp ? [] : [hasChosen.remove(o)])
      ]
    })
  )
})

/** A scan of the view begins. */
const beginScan = (o: Operation, w: View): ReadonlyArray<Update> => [
  found.removeWhere((a) => eq(a, o)),
  hasFound.remove(o),
  mustFind.remove(o),
  provided(or(updated(w), scanned(w)), mustFind.add(o))
]

/** A scan ends and has found nothing; nothing required it to find anything. */
const endsEmpty = (o: Operation, { findsWhatItMust }: Rules): Formula =>
  and(not(hasFound(o)), findsWhatItMust(not(mustFind(o))))

/**
 * A scan of `w` ends, and has found something, including the common edge `c`: the first scan to do
 * so determines `c`.
 */
const endsWithEdges = (o: Operation, w: View, c: View, { intersects }: Rules) => {
  const isNext = and(established(w), not(scanned(w)))
  return {
    when: [found(o, c), intersects(or(common(w, c), not(scanned(w))))],
    does: [
      scanned.add(w),
      common.put([w], [c]),
      provided(isNext, established.add(c)),
      provided(isNext, latest.put([], [c]))
    ]
  }
}

/** 1 and 2 of a visit: `propose`, `scan`; and the scan at a leaf finds edges in the same way. */
const snapshotsUnder = (rules: Rules): Transitions => ({
  propose: transition({ o: operation, w: view, d: view }, ({ o, w, d }) => ({
    when: [visiting(o), at(o, w), desired(o, d), not(eq(w, d))],
    does: [visiting.remove(o), proposing.add(o), proposed.add(w, d)]
  })),
  /** The update has ended; the scan begins. */
  finishUpdate: transition({ o: operation, w: view }, ({ o, w }) => ({
    when: [proposing(o), at(o, w)],
    does: [
      proposing.remove(o),
      scanning.add(o),
      found.removeWhere((a) => eq(a, o)),
      hasFound.remove(o),
      updated.add(w),
      mustFind.add(o)
    ]
  })),
  /** There is nothing to propose; the scan begins. */
  startScan: transition({ o: operation, w: view }, ({ o, w }) => ({
    when: [visiting(o), at(o, w), rules.proposesNothing(desired(o, w))],
    does: [visiting.remove(o), scanning.add(o), ...beginScan(o, w)]
  })),
  scanFinds: transition({ o: operation, w: view, v: view }, ({ o, w, v }) => ({
    when: [or(scanning(o), checking(o)), at(o, w), proposed(w, v)],
    does: [found.add(o, v), hasFound.add(o)]
  }))
})

/** A quorum of the visited view has answered in the current Get phase. */
const heard = (o: Operation, p: Phase, w: View, q: Term<"readQuorum">) =>
  and(
    getting(o),
    inPhase(o, p),
    at(o, w),
    readOf(q, w),
    enough(
      (s) => inRead(s, q),
      (s) => answered(p, s)
    )
  )

/** 3 of a visit: the Get phase. */
const getsUnder = (rules: Rules): Transitions => {
  const begins = (o: Operation, p: Phase): ReadonlyArray<Update> => [
    scanning.remove(o),
    getting.add(o),
    inPhase.put([o], [p]),
    used.add(p),
    gets.add(p)
  ]
  return {
    startGet: transition({ o: operation, w: view, p: phase }, ({ o, w, p }) => ({
      when: [scanning(o), at(o, w), not(used(p)), endsEmpty(o, rules)],
      does: begins(o, p)
    })),
    startGetWithEdges: transition(
      { o: operation, w: view, c: view, p: phase },
      ({ o, w, c, p }) => {
        const { when, does } = endsWithEdges(o, w, c, rules)
        return {
          when: [scanning(o), at(o, w), rules.getsAfterScan(not(used(p))), ...when],
          does: [...begins(o, p), ...does]
        }
      }
    ),
    receiveGet: transition({ p: phase, s: server, t: timestamp, v: value }, ({ p, s, t, v }) => ({
      when: [gets(p), holds(s, t, v)],
      does: [getReply.add(p, s, t, v)]
    })),
    receiveGetReply: transition(
      {
        o: operation,
        p: phase,
        s: server,
        t: timestamp,
        v: value,
        had: timestamp,
        hadValue: value
      },
      ({ o, p, s, t, v, had, hadValue }) => ({
        when: [getting(o), inPhase(o, p), getReply(p, s, t, v), pair(o, had, hadValue)],
        does: [answered.add(p, s), provided(not(atMost(t, had)), pair.put([o], [t, v]))]
      })
    )
  }
}

/**
 * 4 of a visit: the client follows edges. The views that they lead to replace this one, and the
 * client visits the smallest.
 */
const leaving = (o: Operation, w: View, c: View, had: View, d: View, next: View, rules: Rules) => {
  const isInFront = (x: View) => or(and(front(o, x), not(eq(x, w))), found(o, x))
  return {
    when: [
      hasFound(o),
      common(w, c),
      desired(o, had),
      rules.extended(within(had, d)),
      forall({ x: view }, ({ x }) => implies(found(o, x), within(x, d))),
      isInFront(next),
      forall({ x: view }, ({ x }) => implies(isInFront(x), rules.visited(next, x)))
    ],
    does: [
      visiting.add(o),
      front.remove(o, w),
      front.addWhere((a, x) => and(eq(a, o), found(o, x))),
      desired.put([o], [d]),
      at.put([o], [next]),
      provided(position(o, w), position.put([o], [c]))
    ]
  }
}

const edgesUnder = (rules: Rules): Transitions => ({
  follow: transition(
    { o: operation, p: phase, w: view, q: readQuorum, c: view, had: view, d: view, next: view },
    ({ o, p, w, q, c, had, d, next }) => {
      const { when, does } = leaving(o, w, c, had, d, next, rules)
      return { when: [heard(o, p, w, q), ...when], does: [getting.remove(o), ...does] }
    }
  )
})

/** 4 of a visit, at a leaf: the Set phase, and the scan. */
const leavesUnder = (rules: Rules): Transitions => {
  const begins = (o: Operation, w: View, n: Phase): ReadonlyArray<Update> => [
    getting.remove(o),
    setting.add(o),
    inPhase.put([o], [n]),
    used.add(n),
    ...(rules.checks === "before" ? beginScan(o, w) : [])
  ]
  return {
    /**
     * The Set phase stores what was read; a write stores what it chose before, or what it has found
     * since.
     */
    startSet: transition(
      { o: operation, p: phase, w: view, q: readQuorum, t: timestamp, v: value, n: phase },
      ({ o, p, w, q, t, v, n }) => ({
        when: [
          heard(o, p, w, q),
          not(hasFound(o)),
          pair(o, t, v),
          not(used(n)),
          or(not(isWrite(o)), hasChosen(o))
        ],
        does: [...begins(o, w, n), sets.put([n], [t, v])]
      })
    ),
    /**
     * A write that stores for the first time chooses a timestamp of its own above all that it has
     * read.
     */
    startSetOfWrite: transition(
      {
        o: operation,
        p: phase,
        w: view,
        q: readQuorum,
        had: timestamp,
        hadValue: value,
        t: timestamp,
        n: phase
      },
      ({ o, p, w, q, had, hadValue, t, n }) => ({
        when: [
          heard(o, p, w, q),
          not(hasFound(o)),
          pair(o, had, hadValue),
          not(used(n)),
          isWrite(o),
          rules.keepsTimestamp(not(hasChosen(o))),
          below(had, t),
          eq(owner(t), clientOf(o))
        ],
        does: [
          ...begins(o, w, n),
          sets.put([n], [t, argument(o)]),
          pair.put([o], [t, argument(o)]),
          chose.put([o], [t, argument(o)]),
          hasChosen.add(o),
          written.add(t, argument(o))
        ]
      })
    ),
    receiveSet: transition(
      { p: phase, s: server, t: timestamp, v: value, had: timestamp, hadValue: value },
      ({ p, s, t, v, had, hadValue }) => ({
        when: [sets(p, t, v), holds(s, had, hadValue)],
        does: [
          provided(not(atMost(t, had)), holds.put([s], [t, v])),
          has.addWhere((x, u) => and(eq(x, s), atMost(u, t))),
          setReply.add(p, s)
        ]
      })
    ),
    receiveSetReply: transition({ o: operation, p: phase, s: server }, ({ o, p, s }) => ({
      when: [setting(o), inPhase(o, p), setReply(p, s)],
      does: [acknowledged.add(p, s)]
    })),
    /**
     * The data is stored: the scan begins. Unless a scan has returned an edge from here, it was
     * stored in time.
     */
    startCheck: transition(
      { o: operation, p: phase, w: view, q: writeQuorum, t: timestamp, v: value },
      ({ o, p, w, q, t, v }) => {
        const isInTime = (x: View, u: Term<"timestamp">) =>
          and(eq(x, w), not(scanned(w)), atMost(u, t))
        return {
          when: [
            setting(o),
            inPhase(o, p),
            at(o, w),
            writeOf(q, w),
            enough(
              (s) => inWrite(s, q),
              (s) => acknowledged(p, s)
            ),
            pair(o, t, v)
          ],
          does: [
            setting.remove(o),
            checking.add(o),
            ...(rules.checks === "before" ? [] : beginScan(o, w)),
            inTime.addWhere(isInTime),
            kept.addWhere((x, u, s) => and(isInTime(x, u), not(inTime(x, u)), acknowledged(p, s)))
          ]
        }
      }
    ),
    ...(rules.visitsAgain ? visitingAgain(rules) : followingAtOnce(rules)),
    /** There are still no edges: the traversal has ended, and others may begin in this view. */
    arrive: transition({ o: operation, w: view, t: timestamp, v: value }, ({ o, w, t, v }) => ({
      when: [
        checking(o),
        at(o, w),
        pair(o, t, v),
        ...(rules.checks === "never" ? [] : [endsEmpty(o, rules)])
      ],
      does: [
        checking.remove(o),
        arrived.add(o),
        open.add(w),
        transferred.addWhere((x, s, u) => and(eq(x, w), not(open(w)), has(s, u)))
      ]
    }))
  }
}

/** The scan found new edges: the client visits the view once more. */
const visitingAgain = (rules: Rules): Transitions => ({
  visitAgain: transition({ o: operation, w: view, c: view }, ({ o, w, c }) => {
    const { when, does } = endsWithEdges(o, w, c, rules)
    return {
      when: [checking(o), at(o, w), ...when],
      does: [checking.remove(o), visiting.add(o), ...does]
    }
  })
})

/** The same, but the client follows them at once. */
const followingAtOnce = (rules: Rules): Transitions => ({
  followAtOnce: transition(
    { o: operation, w: view, c: view, had: view, d: view, next: view },
    ({ o, w, c, had, d, next }) => {
      const edges = endsWithEdges(o, w, c, rules)
      const { when, does } = leaving(o, w, c, had, d, next, rules)
      return {
        when: [checking(o), at(o, w), ...edges.when, ...when.filter((one) => one !== when[1])],
        does: [checking.remove(o), ...edges.does, ...does]
      }
    }
  )
})

/** `finish`: a read has the tag of the pair that it returns, a write the one that it chose. */
const endsUnder = (): Transitions => ({
  finishRead: transition({ o: operation, w: view, t: timestamp, v: value }, ({ o, w, t, v }) => ({
    when: [arrived(o), at(o, w), not(isWrite(o)), pair(o, t, v)],
    does: [arrived.remove(o), done.add(o), restsOn.put([o], [w]), chose.put([o], [t, v])]
  })),
  finishWrite: transition(
    { o: operation, w: view, t: timestamp, v: value, u: timestamp, x: value },
    ({ o, w, t, v, u, x }) => ({
      when: [arrived(o), at(o, w), isWrite(o), chose(o, t, v), pair(o, u, x)],
      does: [arrived.remove(o), done.add(o), restsOn.put([o], [w])]
    })
  )
})

export const dynastoreUnder = (rules: Rules): Model => ({
  name: "dynastore",
  about: "Reconfigurable atomic storage without consensus, over any weak snapshots (tutorial 6).",
  axioms: {
    ...axioms,
    ...viewAxioms,
    "every read quorum of a view meets every write quorum of it": forall(
      { v: view, r: readQuorum, w: writeQuorum },
      ({ v, r, w }) =>
        implies(
          and(readOf(r, v), writeOf(w, v)),
          exists({ s: server }, ({ s }) => and(inRead(s, r), inWrite(s, w)))
        )
    )
  },
  initially: [
    holds.beginsAs((_, t, v) => and(eq(t, zero), eq(v, bottom))),
    initialPairWritten,
    ...[established, latest, open].map((one) => one.beginsAs((v) => eq(v, initialView)))
  ],
  transitions: {
    ...beginningsUnder(rules),
    ...snapshotsUnder(rules),
    ...getsUnder(rules),
    ...edgesUnder(rules),
    ...leavesUnder(rules),
    ...endsUnder()
  },
  invariant,
  keptAlone: everyoneHasPlace,
  safety
})

export const dynastore = dynastoreUnder(correct)
