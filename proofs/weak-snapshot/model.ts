/**
 * The weak snapshot of one configuration (`spec/weak-snapshot/`), for any number of storage nodes,
 * clients, updates and scans, and any quorums such that every read quorum intersects every write
 * quorum. A client does not need to wait until its operation has ended: in DynaStore it may abandon
 * one.
 *
 * The key idea of the invariant is one moment: *when the first scan of all has written back what
 * its first collect found*. From then on a write quorum knows some change, the common one. A second
 * collect begins after this moment, since a scan collects again only if it has written something
 * back itself. So every second collect finds the common change, and a scan returns only what a
 * second collect found.
 */
import {
  and,
  eq,
  exists,
  type Formula,
  forall,
  iff,
  implies,
  not,
  or,
  type Term
} from "../logic/formula.ts"
import { type Model, type Sentences, type Transition, transition } from "../logic/model.ts"
import { provided } from "../logic/symbols.ts"
import { inRead, inWrite, readQuorum, writeQuorum } from "../majority/model.ts"
import { before, done, invoked, operation, server } from "../register/history.ts"
import { promises } from "./promises.ts"
import { correct, type Rules } from "./rules.ts"
import {
  acknowledged,
  answered,
  change,
  collect,
  collected,
  collecting,
  common,
  endorsed,
  endorsedReply,
  endorsing,
  first,
  found,
  hasEndorsed,
  inRow,
  isUpdate,
  keeps,
  knows,
  proposal,
  proposed,
  returned,
  round,
  row,
  second,
  settled,
  spread,
  spreading,
  spreads,
  storedReply,
  writeBack,
  writingBack,
  writtenBack
} from "./symbols.ts"

type Of<Name extends string> = Term<Name>
type Who = (s: Of<"server">) => Formula

const begins = (o: Of<"operation">) => [
  invoked.add(o),
  before.addWhere((a, b) => and(eq(b, o), done(a)))
]

/** Updates, and what storage nodes do for them. */
const updatesUnder = ({ enough, spreads: mayEnd }: Rules) => ({
  /** A client begins an update: it asks the storage nodes to endorse its change. */
  startUpdate: transition({ o: operation }, ({ o }) => ({
    when: [not(invoked(o)), isUpdate(o)],
    does: [...begins(o), endorsing.add(o), proposed.add(proposal(o))]
  })),
  /**
   * A storage node endorses the first change that it receives, and answers with the one that it
   * endorses.
   */
  receiveEndorse: transition({ o: operation, s: server, d: change }, ({ o, s, d }) => ({
    when: [
      invoked(o),
      isUpdate(o),
      or(endorsed(s, d), and(not(hasEndorsed(s)), eq(d, proposal(o))))
    ],
    does: [endorsed.put([s], [d]), hasEndorsed.add(s), knows.add(s, d), endorsedReply.add(o, s, d)]
  })),
  /** The first answer: the client informs all storage nodes of that endorsement. */
  receiveEndorsed: transition({ o: operation, s: server, d: change }, ({ o, s, d }) => ({
    when: [endorsing(o), endorsedReply(o, s, d)],
    does: [endorsing.remove(o), spreading.add(o), spreads.put([o], [d])]
  })),
  /** A storage node receives the Store of an update. */
  receiveStore: transition({ o: operation, s: server, d: change }, ({ o, s, d }) => ({
    when: [spreads(o, d)],
    does: [knows.add(s, d), storedReply.add(o, s)]
  })),
  receiveSpread: transition({ o: operation, s: server }, ({ o, s }) => ({
    when: [spreading(o), storedReply(o, s)],
    does: [spread.add(o, s)]
  })),
  /** A write quorum knows: the update ends. */
  finishUpdate: transition({ o: operation, w: writeQuorum }, ({ o, w }) => ({
    when: [
      spreading(o),
      mayEnd(
        enough(
          (s) => inWrite(s, w),
          (s) => spread(o, s)
        )
      )
    ],
    does: [spreading.remove(o), done.add(o)]
  }))
})

/** Scans, and what storage nodes do for them. */
const scansUnder = ({ enough, collects, writesBack }: Rules) => {
  const heard = (o: Of<"operation">, k: Of<"round">, q: Of<"readQuorum">) =>
    enough(
      (s) => inRead(s, q),
      (s) => answered(o, k, s)
    )
  const wroteBack = (o: Of<"operation">, k: Of<"round">, w: Of<"writeQuorum">) =>
    writesBack(
      enough(
        (s) => inWrite(s, w),
        (s) => acknowledged(o, k, s)
      )
    )
  return {
    /** A client begins a scan: its first collect. */
    startScan: transition({ o: operation }, ({ o }) => ({
      when: [not(invoked(o)), not(isUpdate(o))],
      does: [...begins(o), collecting.add(o, first), collect.add(o, first)]
    })),
    /** A storage node answers a Collect with its row. */
    receiveCollect: transition({ o: operation, k: round, s: server, r: row }, ({ o, k, s, r }) => ({
      when: [collect(o, k), forall({ d: change }, ({ d }) => iff(inRow(d, r), knows(s, d)))],
      does: [collected.add(o, k, s, r)]
    })),
    /** The client adds the changes of the row to what it has found. */
    receiveCollected: transition(
      { o: operation, k: round, s: server, r: row },
      ({ o, k, s, r }) => ({
        when: [collecting(o, k), collected(o, k, s, r)],
        does: [
          answered.add(o, k, s),
          found.addWhere((a, i, d) => and(eq(a, o), eq(i, k), inRow(d, r)))
        ]
      })
    ),
    /** A read quorum has answered, and the collect found something: the client writes it back. */
    startWriteBack: transition(
      { o: operation, k: round, q: readQuorum, d: change },
      ({ o, k, q, d }) => ({
        when: [collecting(o, k), heard(o, k, q), found(o, k, d)],
        does: [collecting.remove(o, k), writingBack.add(o, k), writeBack.add(o, k)]
      })
    ),
    /**
     * A read quorum has answered, and the collect found nothing: the scan ends, and returns
     * nothing.
     */
    finishEmpty: transition({ o: operation, k: round, q: readQuorum }, ({ o, k, q }) => ({
      when: [
        collecting(o, k),
        heard(o, k, q),
        forall({ d: change }, ({ d }) => not(found(o, k, d)))
      ],
      does: [collecting.remove(o, k), done.add(o)]
    })),
    /** A storage node receives the Store of a scan. */
    receiveWriteBack: transition({ o: operation, k: round, s: server }, ({ o, k, s }) => ({
      when: [writeBack(o, k)],
      does: [knows.addWhere((x, d) => and(eq(x, s), found(o, k, d))), writtenBack.add(o, k, s)]
    })),
    receiveWrittenBack: transition({ o: operation, k: round, s: server }, ({ o, k, s }) => ({
      when: [writingBack(o, k), writtenBack(o, k, s)],
      does: [acknowledged.add(o, k, s)]
    })),
    /**
     * A write quorum knows what the first collect found: the second begins. The first time of all
     * is the moment.
     */
    startSecondCollect: transition({ o: operation, w: writeQuorum, d: change }, ({ o, w, d }) => ({
      when: [writingBack(o, first), wroteBack(o, first, w), found(o, first, d)],
      does: [
        writingBack.remove(o, first),
        collecting.add(o, second),
        collect.add(o, second),
        settled.add(),
        provided(not(settled()), common.add(d)),
        provided(
          not(settled()),
          keeps.addWhere((s) => acknowledged(o, first, s))
        )
      ]
    })),
    /** A write quorum knows what the second collect found: the scan ends, and returns that. */
    finishScan: transition({ o: operation, w: writeQuorum }, ({ o, w }) => ({
      when: [writingBack(o, collects), wroteBack(o, collects, w)],
      does: [
        writingBack.remove(o, collects),
        done.add(o),
        returned.addWhere((a, d) => and(eq(a, o), found(o, collects, d)))
      ]
    }))
  }
}

/** "And then does it again", whatever the first collect has found. */
const collectingAgainAfterNothing = ({
  enough,
  endsWhenEmpty
}: Rules): Readonly<Record<string, Transition>> =>
  endsWhenEmpty
    ? {}
    : {
        startSecondCollectAfterNothing: transition({ o: operation, q: readQuorum }, ({ o, q }) => ({
          when: [
            collecting(o, first),
            enough(
              (s) => inRead(s, q),
              (s) => answered(o, first, s)
            ),
            forall({ d: change }, ({ d }) => not(found(o, first, d)))
          ],
          does: [
            collecting.remove(o, first),
            writeBack.add(o, first),
            collecting.add(o, second),
            collect.add(o, second)
          ]
        }))
      }

const one = { o: operation, k: round } as const
const heardOf = { a: operation, b: operation, k: round, s: server, d: change } as const
const ofWriteQuorum = (who: Who): Formula =>
  exists({ w: writeQuorum }, ({ w }) =>
    forall({ s: server }, ({ s }) => implies(inWrite(s, w), who(s)))
  )
const exactlyOne = (...of: ReadonlyArray<Formula>): Formula =>
  and(
    or(...of),
    ...of.flatMap((left, place) => of.slice(place + 1).map((right) => not(and(left, right))))
  )

/** The stage of an operation, and what it has done by then. */
const stages: Sentences = {
  "an update is in one stage, once it is invoked": forall({ o: operation }, ({ o }) =>
    and(
      implies(and(isUpdate(o), invoked(o)), exactlyOne(endorsing(o), spreading(o), done(o))),
      implies(or(endorsing(o), spreading(o)), and(isUpdate(o), invoked(o)))
    )
  ),
  "a completed operation was invoked": forall({ o: operation }, ({ o }) =>
    implies(done(o), invoked(o))
  ),
  "an operation before another is done, and the other invoked": forall(
    { a: operation, b: operation },
    ({ a, b }) => implies(before(a, b), and(done(a), invoked(b)))
  ),
  "a scan is in one stage of one round": forall({ ...one, i: round }, ({ o, k, i }) =>
    and(
      implies(
        and(or(collecting(o, k), writingBack(o, k)), or(collecting(o, i), writingBack(o, i))),
        and(eq(k, i), not(done(o)))
      ),
      not(and(collecting(o, k), writingBack(o, i)))
    )
  ),
  "a scan collects, then writes back": forall(one, ({ o, k }) =>
    and(
      implies(collect(o, k), and(invoked(o), not(isUpdate(o)))),
      implies(collecting(o, k), and(collect(o, k), not(writeBack(o, k)))),
      implies(writingBack(o, k), writeBack(o, k)),
      implies(writeBack(o, k), collect(o, k))
    )
  ),
  "a scan that collects again has written back": forall({ o: operation }, ({ o }) =>
    implies(
      collect(o, second),
      and(writeBack(o, first), not(collecting(o, first)), not(writingBack(o, first)))
    )
  ),
  "an answer was asked for": forall({ ...one, s: server, r: row }, ({ o, k, s, r }) =>
    and(
      implies(or(answered(o, k, s), collected(o, k, s, r)), collect(o, k)),
      implies(or(acknowledged(o, k, s), writtenBack(o, k, s)), writeBack(o, k)),
      implies(or(spread(o, s), storedReply(o, s)), and(isUpdate(o), invoked(o), not(endorsing(o))))
    )
  ),
  "a returned change was found the second time": forall({ o: operation, d: change }, ({ o, d }) =>
    implies(returned(o, d), and(done(o), found(o, second, d)))
  ),
  "a scan that writes back has answers from a read quorum": forall(one, ({ o, k }) =>
    implies(
      writeBack(o, k),
      exists({ q: readQuorum }, ({ q }) =>
        forall({ s: server }, ({ s }) => implies(inRead(s, q), answered(o, k, s)))
      )
    )
  )
}

/** Every change that appears anywhere was proposed. */
const origins: Sentences = {
  "an update that is invoked proposes": forall({ o: operation }, ({ o }) =>
    implies(and(isUpdate(o), invoked(o)), proposed(proposal(o)))
  ),
  "changes that storage nodes know were proposed": forall({ s: server, d: change }, ({ s, d }) =>
    implies(or(endorsed(s, d), knows(s, d)), proposed(d))
  ),
  "reported changes were proposed": forall(
    { o: operation, k: round, s: server, r: row, d: change },
    ({ o, k, s, r, d }) =>
      implies(or(endorsedReply(o, s, d), and(collected(o, k, s, r), inRow(d, r))), proposed(d))
  ),
  "changes that clients know were proposed": forall({ ...one, d: change }, ({ o, k, d }) =>
    implies(or(spreads(o, d), found(o, k, d)), proposed(d))
  )
}

/** After an update every scan finds its change. */
const updates: Sentences = {
  "an update spreads one change": spreads.isFunctional,
  "an update that spreads is past its endorsement": forall(
    { o: operation, d: change },
    ({ o, d }) => implies(spreads(o, d), and(isUpdate(o), invoked(o), not(endorsing(o))))
  ),
  "an update past its endorsement spreads something": forall({ o: operation }, ({ o }) =>
    implies(
      and(isUpdate(o), invoked(o), not(endorsing(o))),
      exists({ d: change }, ({ d }) => spreads(o, d))
    )
  ),
  "a storage node that has stored an update's change knows it": forall(
    { o: operation, s: server, d: change },
    ({ o, s, d }) => implies(and(or(storedReply(o, s), spread(o, s)), spreads(o, d)), knows(s, d))
  ),
  "an update that is done is known to a write quorum": forall({ o: operation }, ({ o }) =>
    implies(
      and(isUpdate(o), done(o)),
      ofWriteQuorum((s) => spread(o, s))
    )
  ),
  "a storage node that knows of an update reports it to every later scan": forall(
    { ...heardOf, r: row },
    ({ a, b, k, s, d, r }) =>
      implies(and(before(a, b), spread(a, s), spreads(a, d), collected(b, k, s, r)), inRow(d, r))
  ),
  "a scan that counts that row has found its change": forall(heardOf, ({ a, b, k, s, d }) =>
    implies(and(before(a, b), spread(a, s), spreads(a, d), answered(b, k, s)), found(b, k, d))
  )
}

/** After a scan every scan finds what the first one has returned. */
const scans: Sentences = {
  "a storage node that has stored what a scan found knows it": forall(
    { ...one, s: server, d: change },
    ({ o, k, s, d }) =>
      implies(and(or(writtenBack(o, k, s), acknowledged(o, k, s)), found(o, k, d)), knows(s, d))
  ),
  "a returned change is known to a write quorum": forall({ o: operation }, ({ o }) =>
    implies(
      exists({ d: change }, ({ d }) => returned(o, d)),
      ofWriteQuorum((s) => acknowledged(o, second, s))
    )
  ),
  "a storage node that knows a returned change reports it to every later scan": forall(
    { ...heardOf, r: row },
    ({ a, b, k, s, d, r }) =>
      implies(
        and(before(a, b), acknowledged(a, second, s), returned(a, d), collected(b, k, s, r)),
        inRow(d, r)
      )
  ),
  "a scan that counts that row has found what was returned": forall(heardOf, ({ a, b, k, s, d }) =>
    implies(
      and(before(a, b), acknowledged(a, second, s), returned(a, d), answered(b, k, s)),
      found(b, k, d)
    )
  )
}

/** After the moment every second collect finds the common change. */
const moment: Sentences = {
  "there is one common change": common.isFunctional,
  "there is a common change from the moment on": and(
    implies(
      settled(),
      exists({ d: change }, ({ d }) => common(d))
    ),
    forall({ d: change, s: server }, ({ d, s }) => implies(or(common(d), keeps(s)), settled()))
  ),
  "the common change is kept by a write quorum": implies(settled(), ofWriteQuorum(keeps)),
  "a storage node that keeps the common change knows it": forall(
    { s: server, d: change },
    ({ s, d }) => implies(and(keeps(s), common(d)), knows(s, d))
  ),
  "second collects begin after the moment": forall({ o: operation }, ({ o }) =>
    implies(collect(o, second), settled())
  ),
  "a storage node that keeps the common change reports it to every second collect": forall(
    { o: operation, s: server, r: row, d: change },
    ({ o, s, r, d }) => implies(and(collected(o, second, s, r), keeps(s), common(d)), inRow(d, r))
  ),
  "a second collect that counts that row has found it": forall(
    { o: operation, s: server, d: change },
    ({ o, s, d }) => implies(and(answered(o, second, s), keeps(s), common(d)), found(o, second, d))
  )
}

export const weakSnapshotUnder = (rules: Rules): Model => ({
  name: "weak-snapshot",
  about: "The weak snapshot of one configuration, over any quorum system (tutorial 6).",
  axioms: {
    "every read quorum meets every write quorum": forall(
      { r: readQuorum, w: writeQuorum },
      ({ r, w }) => exists({ s: server }, ({ s }) => and(inRead(s, r), inWrite(s, w)))
    ),
    "the rounds are two": not(eq(first, second))
  },
  initially: [],
  transitions: {
    ...updatesUnder(rules),
    ...scansUnder(rules),
    ...collectingAgainAfterNothing(rules)
  },
  invariant: { ...promises, ...stages, ...origins, ...updates, ...scans, ...moment },
  safety: promises
})

export const weakSnapshot = weakSnapshotUnder(correct)
