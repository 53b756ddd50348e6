/**
 * Majority replication (`spec/majority/`), for any number of storage nodes, clients and operations,
 * and any quorums such that every read quorum intersects every write quorum.
 *
 * The key idea of the invariant: *a storage node never answers less than it has acknowledged*. A
 * write quorum has acknowledged an operation that has ended. A later operation has heard from a
 * read quorum. Some storage node is in both. It acknowledged before it answered, so the later
 * operation has found a tag at least as large.
 */
import { and, eq, exists, forall, implies, not, or, sort } from "../logic/formula.ts"
import { type Model, type Sentences, type Transition, transition } from "../logic/model.ts"
import { fixedRelation, partial, provided, relation } from "../logic/symbols.ts"
import { atomicity, everyoneHasPlace } from "../register/atomicity.ts"
import {
  argument,
  atMost,
  axioms,
  before,
  bottom,
  chose,
  clientOf,
  done,
  getting,
  historyInvariant,
  initialPairWritten,
  invoked,
  isIdle,
  isWrite,
  noteInvocation,
  operation,
  server,
  setting,
  tagInvariant,
  timestamp,
  value,
  written,
  zero
} from "../register/history.ts"
import { correct, crashFaults, type Faults, type Rules } from "./rules.ts"

export const readQuorum = sort("readQuorum")
export const writeQuorum = sort("writeQuorum")
export const inRead = fixedRelation("inRead", server, readQuorum)
export const inWrite = fixedRelation("inWrite", server, writeQuorum)

/** Lying storage nodes, in models that have them. */
export const faulty = fixedRelation("faulty", server)

/** The pair that a storage node holds. */
export const holds = partial("holds", [server], [timestamp, value])
/**
 * The Get phase: the nodes that have answered, and the pair with the largest timestamp among the
 * answers.
 */
export const answered = relation("answered", operation, server)
export const found = partial("found", [operation], [timestamp, value])
/** The Set phase: the nodes that have acknowledged. */
export const acknowledged = relation("acknowledged", operation, server)
/** All messages ever sent. */
export const getReply = relation("getReply", operation, server, timestamp, value)
export const setReply = relation("setReply", operation, server)

/** Every read quorum intersects every write quorum; if storage nodes may lie, in a correct one. */
const quorumsMeet = ({ quorumsMeetIn }: Faults) =>
  forall({ r: readQuorum, w: writeQuorum }, ({ r, w }) =>
    exists({ s: server }, ({ s }) => and(quorumsMeetIn(s), inRead(s, r), inWrite(s, w)))
  )

/**
 * The transitions of storage nodes and clients, with the names of `spec/majority/server.ts` and
 * `client.ts`.
 */
const transitionsUnder = (rules: Rules): Readonly<Record<string, Transition>> => ({
  /** An idle client begins an operation: its Get phase begins, with the initial pair. */
  invoke: transition({ o: operation }, ({ o }) => ({
    when: [not(invoked(o)), isIdle(clientOf(o))],
    does: [...noteInvocation(o), getting.add(o), found.put([o], [zero, bottom])]
  })),
  /** A storage node receives a Get: it answers with its pair. */
  receiveGet: transition({ o: operation, s: server, t: timestamp, v: value }, ({ o, s, t, v }) => ({
    when: [invoked(o), holds(s, t, v)],
    does: [getReply.add(o, s, t, v)]
  })),
  /** A client in its Get phase receives an answer: it keeps the pair with the largest timestamp. */
  receiveGetReply: transition(
    { o: operation, s: server, t: timestamp, v: value, had: timestamp, hadValue: value },
    ({ o, s, t, v, had, hadValue }) => ({
      when: [getting(o), getReply(o, s, t, v), found(o, had, hadValue)],
      does: [answered.add(o, s), provided(not(atMost(t, had)), found.put([o], [t, v]))]
    })
  ),
  /** A read that has heard from a read quorum stores what it has found. */
  startSetOfRead: transition(
    { o: operation, r: readQuorum, t: timestamp, v: value },
    ({ o, r, t, v }) => ({
      when: [
        getting(o),
        not(isWrite(o)),
        found(o, t, v),
        rules.enough(
          (s) => inRead(s, r),
          (s) => answered(o, s)
        )
      ],
      does: [getting.remove(o), setting.add(o), chose.put([o], [t, v])]
    })
  ),
  /**
   * A write that has heard from a read quorum stores its value under a higher timestamp of its own.
   */
  startSetOfWrite: transition(
    { o: operation, r: readQuorum, had: timestamp, hadValue: value, t: timestamp },
    ({ o, r, had, hadValue, t }) => ({
      when: [
        getting(o),
        isWrite(o),
        found(o, had, hadValue),
        rules.writeLooks(
          rules.enough(
            (s) => inRead(s, r),
            (s) => answered(o, s)
          )
        ),
        rules.timestampAbove(o, had, t)
      ],
      does: [
        getting.remove(o),
        setting.add(o),
        chose.put([o], [t, argument(o)]),
        written.add(t, argument(o))
      ]
    })
  ),
  /**
   * A storage node receives a Set: it keeps the pair with the larger timestamp, and acknowledges.
   */
  receiveSet: transition(
    { o: operation, s: server, t: timestamp, v: value, had: timestamp, hadValue: value },
    ({ o, s, t, v, had, hadValue }) => ({
      when: [chose(o, t, v), holds(s, had, hadValue)],
      does: [provided(not(atMost(t, had)), holds.put([s], [t, v])), setReply.add(o, s)]
    })
  ),
  /** A client in its Set phase receives an acknowledgement. */
  receiveSetReply: transition({ o: operation, s: server }, ({ o, s }) => ({
    when: [setting(o), setReply(o, s)],
    does: [acknowledged.add(o, s)]
  })),
  /** A client with the acknowledgements of a write quorum ends the operation. */
  finish: transition(
    { o: operation, w: writeQuorum, t: timestamp, v: value },
    ({ o, w, t, v }) => ({
      when: [
        setting(o),
        chose(o, t, v),
        rules.enough(
          (s) => inWrite(s, w),
          (s) => acknowledged(o, s)
        )
      ],
      does: [setting.remove(o), done.add(o)]
    })
  ),
  ...finishingAtOnce(rules),
  ...countingLateReplies(rules)
})

/**
 * A read returns what its Get phase found, because it is stored already: the nodes that answered
 * with that pair have acknowledged it.
 */
const finishingAtOnce = ({ enough, returnsAtOnce }: Rules): Readonly<Record<string, Transition>> =>
  returnsAtOnce === undefined
    ? {}
    : {
        finishAtOnce: transition(
          { o: operation, r: readQuorum, w: writeQuorum, t: timestamp, v: value },
          ({ o, r, w, t, v }) => ({
            when: [
              getting(o),
              not(isWrite(o)),
              found(o, t, v),
              enough(
                (s) => inRead(s, r),
                (s) => answered(o, s)
              ),
              returnsAtOnce(
                forall({ s: server }, ({ s }) => implies(inRead(s, r), getReply(o, s, t, v))),
                forall({ s: server }, ({ s }) => implies(inWrite(s, w), getReply(o, s, t, v)))
              )
            ],
            does: [
              getting.remove(o),
              done.add(o),
              chose.put([o], [t, v]),
              acknowledged.addWhere((a, s) => and(eq(a, o), getReply(o, s, t, v)))
            ]
          })
        )
      }

const countingLateReplies = ({ countsLateReplies }: Rules): Readonly<Record<string, Transition>> =>
  countsLateReplies
    ? {
        receiveLateGetReply: transition(
          { o: operation, s: server, t: timestamp, v: value },
          ({ o, s, t, v }) => ({
            when: [setting(o), getReply(o, s, t, v)],
            does: [acknowledged.add(o, s)]
          })
        )
      }
    : {}

const pairs = { t: timestamp, v: value, u: timestamp, w: value } as const

const invariantUnder = ({ isCorrect }: Faults): Sentences => ({
  ...historyInvariant,
  ...tagInvariant,
  "a phase has one answer": found.isFunctional,
  "a storage node holds one pair": holds.isFunctional,
  "an answer was asked for": forall(
    { o: operation, s: server, t: timestamp, v: value },
    ({ o, s, t, v }) => implies(or(answered(o, s), getReply(o, s, t, v)), invoked(o))
  ),
  "an acknowledgement was asked for": forall({ o: operation, s: server }, ({ o, s }) =>
    implies(or(acknowledged(o, s), setReply(o, s)), or(setting(o), done(o)))
  ),
  /** A storage node that has acknowledged an operation holds its tag, or a larger one. */
  "an acknowledged pair is stored": forall(
    { o: operation, s: server, ...pairs },
    ({ o, s, t, v, u, w }) =>
      implies(
        and(isCorrect(s), or(setReply(o, s), acknowledged(o, s)), chose(o, t, v), holds(s, u, w)),
        atMost(t, u)
      )
  ),
  "a reported pair is stored": forall(
    { o: operation, s: server, ...pairs },
    ({ o, s, t, v, u, w }) =>
      implies(and(isCorrect(s), getReply(o, s, t, v), holds(s, u, w)), atMost(t, u))
  ),
  /** The core: it acknowledged `a` before `b` was invoked, so its answer to `b` is no less. */
  "a storage node asked later answers no less than it acknowledged": forall(
    { a: operation, b: operation, s: server, ...pairs },
    ({ a, b, s, t, v, u, w }) =>
      implies(
        and(isCorrect(s), before(a, b), chose(a, t, v), acknowledged(a, s), getReply(b, s, u, w)),
        atMost(t, u)
      )
  ),
  "a client that counts the answer finds no less": forall(
    { a: operation, b: operation, s: server, ...pairs },
    ({ a, b, s, t, v, u, w }) =>
      implies(
        and(
          isCorrect(s),
          before(a, b),
          chose(a, t, v),
          acknowledged(a, s),
          answered(b, s),
          found(b, u, w)
        ),
        atMost(t, u)
      )
  ),
  "a completed operation has a write quorum": forall({ o: operation }, ({ o }) =>
    implies(
      done(o),
      exists({ w: writeQuorum }, ({ w }) =>
        forall({ s: server }, ({ s }) => implies(inWrite(s, w), acknowledged(o, s)))
      )
    )
  ),
  "pairs at storage nodes were written": forall(
    { s: server, t: timestamp, v: value },
    ({ s, t, v }) => implies(holds(s, t, v), written(t, v))
  ),
  "pairs in answers were written": forall(
    { o: operation, s: server, t: timestamp, v: value },
    ({ o, s, t, v }) => implies(getReply(o, s, t, v), written(t, v))
  ),
  "pairs at clients were written": forall({ o: operation, t: timestamp, v: value }, ({ o, t, v }) =>
    implies(or(found(o, t, v), chose(o, t, v)), written(t, v))
  )
})

/** The model under these rules, with storage nodes that may fail in this way. */
export const replication = (
  { name, about }: Pick<Model, "name" | "about">,
  rules: Rules,
  faults: Faults
): Model => ({
  name,
  about,
  axioms: { ...axioms, "every read quorum meets every write quorum": quorumsMeet(faults) },
  initially: [holds.beginsAs((_, t, v) => and(eq(t, zero), eq(v, bottom))), initialPairWritten],
  transitions: { ...transitionsUnder(rules), ...faults.lies },
  invariant: invariantUnder(faults),
  keptAlone: everyoneHasPlace,
  safety: atomicity
})

export const majorityUnder = (rules: Rules): Model =>
  replication(
    {
      name: "majority",
      about: "Majority replication of one register over any quorum system (tutorial 2.3)."
    },
    rules,
    crashFaults
  )

export const majority = majorityUnder(correct)
