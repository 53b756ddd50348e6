/**
 * Where RDS differs from RAMBO with consensus: `spec/rds/client.ts` and `server.ts`.
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
  type Term,
  truth
} from "../logic/formula.ts"
import { extended, type Transition, transition } from "../logic/model.ts"
import { provided, type Relation } from "../logic/symbols.ts"
import { accessTransitions, learningTransitions } from "../rambo/accesses.ts"
import {
  configuration,
  decided,
  instanceRelations,
  instances,
  isKnown,
  sequenceTransitions,
  writeQuorumOf
} from "../rambo/sequence.ts"
import {
  acknowledged,
  answered,
  forward,
  holds,
  index,
  inRead,
  inWrite,
  isActive,
  isNext,
  mapOf,
  readQuorum,
  rest,
  retired,
  stateStored,
  storingPointer,
  transfer,
  transferringState,
  upTo,
  writeQuorum
} from "../rambo/state.ts"
import { reconfigurationTransitions, type Sequence } from "../rambo/transitions.ts"
import {
  atMost,
  bottom,
  chose,
  client,
  clientOf,
  done,
  getting,
  operation,
  server,
  setting,
  timestamp,
  value,
  zero
} from "../register/history.ts"
import type { Rules } from "./rules.ts"
import {
  after,
  awaitsToGet,
  awaitsToSet,
  collects,
  getTells,
  heard,
  held,
  notesOfVotes,
  pointerBallot,
  setTells,
  votePair,
  votesFor
} from "./state.ts"

const { accept, counted, decidedIn } = instanceRelations

export const sequence: Sequence = { ...decided, notes: notesOfVotes(decided.isWrite) }
const { isRead, isWrite } = sequence

type Awaits = Relation<[typeof operation, typeof configuration]>

/**
 * A phase has heard from quorums at all places up to this one; and either there is none after it,
 * or no answer told the phase what was decided there. (A phase waits for quorums of more
 * configurations than its cmap contains. There is always a last place up to which it has heard, so
 * this restricts no run.)
 */
const reaches = (
  o: Term<"operation">,
  awaits: Awaits,
  x: Term<"index">,
  b: Term<"ballot">,
  k: Term<"configuration">
): Formula =>
  or(
    forall({ y: index }, ({ y }) => implies(isKnown(y), upTo(y, x))),
    and(decidedIn(x, b), accept(x, b, k), not(awaits(o, k)))
  )

const heardUpTo = (l: Term<"index">, x: Term<"index">, o: Term<"operation">): Formula =>
  forall({ c: index }, ({ c }) =>
    implies(
      isActive(l, x, c),
      exists({ r: readQuorum }, ({ r }) =>
        and(
          isRead(r, c),
          forall({ s: server }, ({ s }) => implies(inRead(s, r), answered(o, s)))
        )
      )
    )
  )
const acknowledgedUpTo = (l: Term<"index">, x: Term<"index">, o: Term<"operation">): Formula =>
  forall({ c: index }, ({ c }) =>
    implies(
      isActive(l, x, c),
      exists({ w: writeQuorum }, ({ w }) =>
        and(
          isWrite(w, c),
          forall({ s: server }, ({ s }) => implies(inWrite(s, w), acknowledged(o, s)))
        )
      )
    )
  )

const range = { o: operation, l: index, h: index } as const
const reach = { x: index, b: ballot, k: configuration } as const

/** Reads and writes. */
const accesses = (rules: Rules): Readonly<Record<string, Transition>> => {
  const base = accessTransitions(sequence, rules)
  const reply = { o: operation, s: server, l: index } as const
  const tells = (s: Term<"server">, h: Term<"index">, k: Term<"configuration">): Formula =>
    rules.tellsAccepted ? exists({ i: index }, ({ i }) => and(upTo(h, i), votesFor(i, s, k))) : or()
  const answer = { o: operation, e: index, s: server, h: index } as const
  const ended = (name: string): Transition =>
    extended(base[name], { o: operation }, {}, ({ o }) => ({ when: [heard(o)], does: [] }))
  return {
    ...base,
    /** A storage node reports what it has accepted and does not know to be decided. */
    receiveGet: extended(base.receiveGet, answer, {}, ({ o, e, s, h }) => ({
      when: [],
      does: [getTells.addWhere((a, x, y, k) => and(eq(a, o), eq(x, e), eq(y, s), tells(s, h, k)))]
    })),
    /** The phase waits for that configuration as well. */
    receiveGetReply: extended(base.receiveGetReply, reply, {}, ({ o, s, l }) => ({
      when: [],
      does: [awaitsToGet.addWhere((a, k) => and(eq(a, o), getTells(o, l, s, k)))]
    })),
    /**
     * The phase reaches its fixed point. (The executable continues with the Set phase in the same
     * step.)
     */
    endGet: transition({ ...range, ...reach }, ({ o, l, h, x, b, k }) => ({
      when: [
        getting(o),
        mapOf(clientOf(o), l, h),
        upTo(h, x),
        isKnown(x),
        heardUpTo(l, x, o),
        reaches(o, awaitsToGet, x, b, k)
      ],
      does: [heard.add(o)]
    })),
    startSetOfRead: ended("startSetOfRead"),
    startSetOfWrite: ended("startSetOfWrite"),
    receiveSet: extended(base.receiveSet, answer, {}, ({ o, e, s, h }) => ({
      when: [],
      does: [setTells.addWhere((a, x, y, k) => and(eq(a, o), eq(x, e), eq(y, s), tells(s, h, k)))]
    })),
    receiveSetReply: extended(base.receiveSetReply, reply, {}, ({ o, s, l }) => ({
      when: [],
      does: [awaitsToSet.addWhere((a, k) => and(eq(a, o), setTells(o, l, s, k)))]
    })),
    /** A Set phase ends with a write quorum of each configuration that it waits for. */
    finish: transition(
      { ...range, ...reach, t: timestamp, v: value },
      ({ o, l, h, x, b, k, t, v }) => ({
        when: [
          setting(o),
          mapOf(clientOf(o), l, h),
          chose(o, t, v),
          upTo(h, x),
          isKnown(x),
          acknowledgedUpTo(l, x, o),
          reaches(o, awaitsToSet, x, b, k),
          forall({ k: configuration }, ({ k }) =>
            implies(
              awaitsToSet(o, k),
              exists({ w: writeQuorum }, ({ w }) =>
                and(
                  writeQuorumOf(w, k),
                  forall({ s: server }, ({ s }) => implies(inWrite(s, w), acknowledged(o, s)))
                )
              )
            )
          )
        ],
        does: [setting.remove(o), done.add(o), rest.put([o], [l, x])]
      })
    )
  }
}

/** A phase that restarts waits for the configurations of its cmap. */
const learning = (rules: Rules): Readonly<Record<string, Transition>> => {
  const base = learningTransitions(rules)
  return {
    ...base,
    restart: extended(base.restart, { p: client }, {}, ({ p }) => ({
      when: [],
      does: [
        heard.removeWhere((o) => and(eq(clientOf(o), p), getting(o))),
        awaitsToGet.removeWhere((o) => and(eq(clientOf(o), p), getting(o))),
        awaitsToSet.removeWhere((o) => and(eq(clientOf(o), p), setting(o)))
      ]
    }))
  }
}

/** Consensus, in which votes are forward pointers and report the acceptors' pairs. */
const deciding = (rules: Rules): Readonly<Record<string, Transition>> => {
  const base = instances.transitions
  const vote = { i: index, s: server, b: ballot, v: configuration } as const
  return {
    ...base,
    startBallot: extended(base.startBallot, { i: index, b: ballot }, {}, ({ i, b }) => ({
      when: [],
      does: [held.put([i, b], [zero, bottom])]
    })),
    /** A client whose oldest active configuration is this one collects in its ballot. */
    startBallotAndCollect: extended(base.startBallot, { i: index, b: ballot }, {}, ({ i, b }) => ({
      when: [rules.collectsIn(i)],
      does: [held.put([i, b], [zero, bottom]), collects.add(i, b)]
    })),
    receiveAccept: extended(
      base.receiveAccept,
      vote,
      { t: timestamp, x: value },
      ({ i, s, b, v, t, x }) => ({
        when: [holds(s, t, x)],
        does: [
          votesFor.put([i, s], [v]),
          votePair.add(i, b, s, t, x),
          after.addWhere((y, c, a) => and(eq(y, s), eq(c, i), order.atMost(a, b)))
        ]
      })
    ),
    receiveAccepted: extended(
      base.receiveAccepted,
      vote,
      { t: timestamp, x: value, had: timestamp, hadValue: value },
      ({ i, s, b, t, x, had, hadValue }) => ({
        when: [votePair(i, b, s, t, x), held(i, b, had, hadValue)],
        does: [provided(not(atMost(t, had)), held.put([i, b], [t, x]))]
      })
    ),
    /**
     * A configuration becomes known as the next one: Set phases that waited for it, and rested on
     * all before, rest on it as well.
     */
    learnDecision: extended(
      sequenceTransitions.learnDecision,
      { i: index, k: configuration, j: index },
      {},
      ({ i, k, j }) => ({
        when: [],
        does: [
          provided(
            not(isKnown(j)),
            rest.removeWhere((o, _, h) => and(eq(h, i), awaitsToSet(o, k)))
          ),
          provided(
            not(isKnown(j)),
            rest.addWhere((o, l, h) => and(eq(h, j), rest(o, l, i), awaitsToSet(o, k)))
          )
        ]
      })
    )
  }
}

/** Retirement, where a decision can serve as Action 1. */
const retiring = (rules: Rules): Readonly<Record<string, Transition>> => {
  const base = reconfigurationTransitions(sequence, rules)
  return {
    ...base,
    /**
     * A client that has brought about the decision continues with Action 2 and the acceptors'
     * pairs.
     */
    startTransferOfVotes: transition(
      {
        p: client,
        l: index,
        h: index,
        n: index,
        b: ballot,
        r: readQuorum,
        w: writeQuorum,
        t: timestamp,
        v: value
      },
      ({ p, l, h, n, b, r, w, t, v }) => {
        const [copied, copiedValue] = rules.copies(t, v)
        return {
          when: [
            mapOf(p, l, h),
            isNext(l, n),
            upTo(n, h),
            collects(l, b),
            decidedIn(l, b),
            held(l, b, t, v),
            rules.takesBothQuorums
              ? and(
                  isRead(r, l),
                  forall({ s: server }, ({ s }) => implies(inRead(s, r), counted(l, b, s)))
                )
              : truth,
            isWrite(w, l),
            forall({ s: server }, ({ s }) => implies(inWrite(s, w), counted(l, b, s)))
          ],
          does: [
            storingPointer.clear(p),
            transferringState.put([p], [n, copied, copiedValue]),
            stateStored.removeWhere((q) => eq(q, p)),
            transfer.add(p, n, copied, copiedValue)
          ]
        }
      }
    ),
    /**
     * A retired configuration has a forward pointer through the votes of a ballot that has decided.
     * (There is one: see "a reconfigurer that transfers has stored the forward pointer".)
     */
    startRetire: extended(
      base.startRetire,
      { l: index },
      { b: ballot, q: writeQuorum },
      ({ l, b, q }) => ({
        when: [
          decidedIn(l, b),
          isWrite(q, l),
          forall({ s: server }, ({ s }) => implies(inWrite(s, q), after(s, l, b)))
        ],
        does: [
          forward.addWhere((c, s) => and(eq(c, l), not(retired(l)), after(s, l, b))),
          pointerBallot.addWhere((c, a) => and(eq(c, l), not(retired(l)), eq(a, b)))
        ]
      })
    )
  }
}

export const transitionsUnder = (rules: Rules): Readonly<Record<string, Transition>> => ({
  ...deciding(rules),
  ...accesses(rules),
  ...learning(rules),
  ...retiring(rules)
})
