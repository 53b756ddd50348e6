/**
 * Single-decree Paxos (`spec/consensus/`), for any number of acceptors, proposers and ballots, any
 * quorums such that every read quorum intersects every write quorum, and any number of instances
 * alongside each other.
 *
 * The key idea of the invariant, Lamport's: *when a ballot asks for a value, no other can have
 * been, or ever be, decided in a lower one*. For a lower ballot and another value, every write
 * quorum has an acceptor that has left that ballot without accepting the value in it ("safe at"). A
 * proposer knows this when it has a read quorum of promises, because each promise leaves all lower
 * ballots and reports the highest vote.
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
  type Sort,
  sort,
  type Term
} from "../logic/formula.ts"
import { type Model, type Sentences, type Transition, transition } from "../logic/model.ts"
import { fixedRelation, partial, provided, relation, totalOrder } from "../logic/symbols.ts"
import { server } from "../register/history.ts"
import { correct, type Rules } from "./rules.ts"

export const ballot = sort("ballot")
export const readQuorum = sort("readQuorum")
export const writeQuorum = sort("writeQuorum")
export const inRead = fixedRelation("inRead", server, readQuorum)
export const inWrite = fixedRelation("inWrite", server, writeQuorum)
export const order = totalOrder("atMostBallot", ballot)
const { atMost, below } = order

/** Which proposers decide, on which values, and with which quorums. */
export interface Instances<Instance extends string, Decree extends string> {
  readonly instance: Sort<Instance>
  readonly decree: Sort<Decree>
  /** The quorum consists of acceptors of the instance. */
  readonly isRead: (r: Term<"readQuorum">, i: Term<Instance>) => Formula
  readonly isWrite: (w: Term<"writeQuorum">, i: Term<Instance>) => Formula
}

/** The state of Paxos in each instance. */
export const relationsOf = <const Instance extends string, const Decree extends string>({
  instance,
  decree
}: Pick<Instances<Instance, Decree>, "instance" | "decree">) => {
  /**
   * The proposer of a ballot: it has begun the ballot; it waits for promises; it has proposed a
   * value.
   */
  const prepare = relation("prepare", instance, ballot)
  const preparing = relation("preparing", instance, ballot)
  const accept = partial("accept", [instance, ballot], [decree])
  /**
   * The acceptors whose promises it has counted, and the highest vote among them, if there is one.
   */
  const promises = relation("promises", instance, ballot, server)
  const highest = partial("highest", [instance, ballot], [ballot, decree])
  const hasHighest = relation("hasHighest", instance, ballot)
  /** The acceptors whose acceptances it has counted, and the decision. */
  const counted = relation("counted", instance, ballot, server)
  const decision = relation("decision", instance, ballot, decree)
  const decidedIn = relation("decidedIn", instance, ballot)
  /** The acceptor: all ballots below the one that it has promised; its last vote. */
  const left = relation("left", instance, server, ballot)
  const hasVoted = relation("hasVoted", instance, server)
  const vote = partial("vote", [instance, server], [ballot, decree])
  /** All messages ever sent, and all votes. */
  const promiseNone = relation("promiseNone", instance, server, ballot)
  const promiseVote = relation("promiseVote", instance, server, ballot, ballot, decree)
  const accepted = relation("accepted", instance, server, ballot, decree)
  const acceptedIn = relation("acceptedIn", instance, server, ballot)
  /** The proposed values. */
  const proposed = relation("proposed", instance, decree)

  return {
    prepare,
    preparing,
    accept,
    promises,
    highest,
    hasHighest,
    counted,
    decision,
    decidedIn,
    left,
    hasVoted,
    vote,
    promiseNone,
    promiseVote,
    accepted,
    acceptedIn,
    proposed
  }
}

/** Paxos in each of these instances: its transitions and its invariant. */
export const paxos = <const Instance extends string, const Decree extends string>(
  { instance, decree, isRead, isWrite }: Instances<Instance, Decree>,
  relations: ReturnType<typeof relationsOf<Instance, Decree>>,
  rules: Rules
) => {
  const {
    prepare,
    preparing,
    accept,
    promises,
    highest,
    hasHighest,
    counted,
    decision,
    decidedIn,
    left,
    hasVoted,
    vote,
    promiseNone,
    promiseVote,
    accepted,
    acceptedIn,
    proposed
  } = relations

  const transitions = {
    /** Some client proposes a value. */
    propose: transition({ i: instance, v: decree }, ({ i, v }) => ({
      when: [],
      does: [proposed.add(i, v)]
    })),
    /** A proposer begins a ballot that no proposer has begun. */
    startBallot: transition({ i: instance, b: ballot }, ({ i, b }) => ({
      when: [not(prepare(i, b))],
      does: [prepare.add(i, b), preparing.add(i, b)]
    })),
    /**
     * An acceptor that has promised no higher ballot promises, and reports that it has not voted.
     */
    receivePrepare: transition({ i: instance, s: server, b: ballot }, ({ i, s, b }) => ({
      when: [prepare(i, b), not(left(i, s, b)), not(hasVoted(i, s))],
      does: [
        provided(
          rules.promises,
          left.addWhere((j, x, c) => and(eq(j, i), eq(x, s), below(c, b)))
        ),
        promiseNone.add(i, s, b)
      ]
    })),
    /** The same, for an acceptor that has voted: it reports its last vote. */
    receivePrepareAndTellVote: transition(
      { i: instance, s: server, b: ballot, c: ballot, v: decree },
      ({ i, s, b, c, v }) => ({
        when: [prepare(i, b), not(left(i, s, b)), vote(i, s, c, v)],
        does: [
          provided(
            rules.promises,
            left.addWhere((j, x, d) => and(eq(j, i), eq(x, s), below(d, b)))
          ),
          promiseVote.add(i, s, b, c, v)
        ]
      })
    ),
    /** The proposer receives a promise from an acceptor that has not voted. */
    receivePromise: transition({ i: instance, s: server, b: ballot }, ({ i, s, b }) => ({
      when: [preparing(i, b), promiseNone(i, s, b)],
      does: [promises.add(i, b, s)]
    })),
    /** It receives the first promise with a vote. */
    receivePromiseWithFirstVote: transition(
      { i: instance, s: server, b: ballot, c: ballot, v: decree },
      ({ i, s, b, c, v }) => ({
        when: [preparing(i, b), promiseVote(i, s, b, c, v), not(hasHighest(i, b))],
        does: [promises.add(i, b, s), hasHighest.add(i, b), highest.put([i, b], [c, v])]
      })
    ),
    /** It receives a promise with a vote, and keeps the higher one. */
    receivePromiseWithVote: transition(
      { i: instance, s: server, b: ballot, c: ballot, v: decree, had: ballot, hadDecree: decree },
      ({ i, s, b, c, v, had, hadDecree }) => ({
        when: [preparing(i, b), promiseVote(i, s, b, c, v), highest(i, b, had, hadDecree)],
        does: [promises.add(i, b, s), provided(not(atMost(c, had)), highest.put([i, b], [c, v]))]
      })
    ),
    /**
     * With a read quorum of promises and no vote among them, the proposer asks for its own
     * proposal.
     */
    startAccept: transition(
      { i: instance, b: ballot, r: readQuorum, v: decree },
      ({ i, b, r, v }) => ({
        when: [
          preparing(i, b),
          isRead(r, i),
          rules.enough(
            (s) => inRead(s, r),
            (s) => promises(i, b, s)
          ),
          rules.proposesOwn(not(hasHighest(i, b))),
          proposed(i, v)
        ],
        does: [preparing.remove(i, b), accept.put([i, b], [v])]
      })
    ),
    /** With votes among them, it asks for the value of the highest vote. */
    startAcceptOfHighest: transition(
      { i: instance, b: ballot, r: readQuorum, c: ballot, v: decree },
      ({ i, b, r, c, v }) => ({
        when: [
          preparing(i, b),
          isRead(r, i),
          rules.enough(
            (s) => inRead(s, r),
            (s) => promises(i, b, s)
          ),
          highest(i, b, c, v)
        ],
        does: [preparing.remove(i, b), accept.put([i, b], [v])]
      })
    ),
    /** An acceptor that has promised no higher ballot votes. */
    receiveAccept: transition(
      { i: instance, s: server, b: ballot, v: decree },
      ({ i, s, b, v }) => ({
        when: [accept(i, b, v), not(left(i, s, b))],
        does: [
          provided(
            rules.promises,
            left.addWhere((j, x, c) => and(eq(j, i), eq(x, s), below(c, b)))
          ),
          hasVoted.add(i, s),
          vote.put([i, s], [b, v]),
          accepted.add(i, s, b, v),
          acceptedIn.add(i, s, b)
        ]
      })
    ),
    /** The proposer counts an acceptance. */
    receiveAccepted: transition(
      { i: instance, s: server, b: ballot, v: decree },
      ({ i, s, b, v }) => ({
        when: [accept(i, b, v), accepted(i, s, b, v)],
        does: [counted.add(i, b, s)]
      })
    ),
    /** With a write quorum of them the value is decided. */
    decide: transition({ i: instance, b: ballot, w: writeQuorum, v: decree }, ({ i, b, w, v }) => ({
      when: [
        accept(i, b, v),
        isWrite(w, i),
        rules.enough(
          (s) => inWrite(s, w),
          (s) => counted(i, b, s)
        )
      ],
      does: [decision.add(i, b, v), decidedIn.add(i, b)]
    }))
  } satisfies Readonly<Record<string, Transition>>

  const voted = { i: instance, s: server, b: ballot, v: decree } as const
  const votedTwice = { ...voted, c: ballot, w: decree } as const

  const invariant: Sentences = {
    "a ballot has one value": accept.isFunctional,
    "a ballot that prepares has not asked for votes": forall(
      { i: instance, b: ballot, v: decree },
      ({ i, b, v }) =>
        and(
          implies(preparing(i, b), prepare(i, b)),
          implies(accept(i, b, v), and(prepare(i, b), not(preparing(i, b))))
        )
    ),
    "a value asked for was proposed": forall({ i: instance, b: ballot, v: decree }, ({ i, b, v }) =>
      implies(accept(i, b, v), proposed(i, v))
    ),
    "an accepted value was asked for": forall(voted, ({ i, s, b, v }) =>
      implies(accepted(i, s, b, v), and(accept(i, b, v), acceptedIn(i, s, b)))
    ),
    "a counted vote was cast": forall(voted, ({ i, s, b, v }) =>
      implies(and(counted(i, b, s), accept(i, b, v)), accepted(i, s, b, v))
    ),
    "an acceptor that votes was asked to": forall(
      { i: instance, s: server, b: ballot },
      ({ i, s, b }) =>
        implies(or(counted(i, b, s), acceptedIn(i, s, b)), and(prepare(i, b), not(preparing(i, b))))
    ),
    "a decided value was asked for": forall({ i: instance, b: ballot, v: decree }, ({ i, b, v }) =>
      implies(decision(i, b, v), and(accept(i, b, v), decidedIn(i, b)))
    ),
    // Stated for ballots, not for values: otherwise the sentence would claim a value for each
    // value, if quorums belong to a value.
    "a decided value was accepted by a write quorum": forall(
      { i: instance, b: ballot },
      ({ i, b }) =>
        implies(
          decidedIn(i, b),
          exists({ w: writeQuorum }, ({ w }) =>
            and(
              isWrite(w, i),
              forall({ s: server }, ({ s }) => implies(inWrite(s, w), acceptedIn(i, s, b)))
            )
          )
        )
    ),
    "a vote in a ballot is for its value": forall(voted, ({ i, s, b, v }) =>
      implies(and(acceptedIn(i, s, b), accept(i, b, v)), accepted(i, s, b, v))
    ),
    "the last vote was accepted": forall(voted, ({ i, s, b, v }) =>
      implies(vote(i, s, b, v), accepted(i, s, b, v))
    ),
    "the last vote is the highest": forall(votedTwice, ({ i, s, b, v, c, w }) =>
      implies(and(vote(i, s, b, v), accepted(i, s, c, w)), atMost(c, b))
    ),
    "an acceptor that accepted has voted": forall(voted, ({ i, s, b, v }) =>
      implies(accepted(i, s, b, v), hasVoted(i, s))
    ),
    "an acceptor that leaves a ballot leaves all below": forall(
      { i: instance, s: server, b: ballot, c: ballot },
      ({ i, s, b, c }) => implies(and(left(i, s, b), below(c, b)), left(i, s, c))
    ),
    "a promise leaves lower ballots": forall(
      { ...voted, c: ballot, d: ballot },
      ({ i, s, b, v, c, d }) =>
        implies(
          and(below(c, b), or(promiseNone(i, s, b), promiseVote(i, s, b, d, v))),
          left(i, s, c)
        )
    ),
    "a vote leaves lower ballots": forall({ ...voted, c: ballot }, ({ i, s, b, v, c }) =>
      implies(and(accepted(i, s, b, v), below(c, b)), left(i, s, c))
    ),
    "an acceptor that promises without a vote has none below": forall(
      { ...voted, c: ballot },
      ({ i, s, b, v, c }) =>
        implies(and(promiseNone(i, s, b), below(c, b)), not(accepted(i, s, c, v)))
    ),
    "an acceptor that promises with a vote has none between": forall(
      { ...votedTwice, d: ballot },
      ({ i, s, b, v, c, w, d }) =>
        implies(
          and(promiseVote(i, s, b, c, v), below(c, d), below(d, b)),
          not(accepted(i, s, d, w))
        )
    ),
    "a reported vote was cast, below": forall({ ...voted, c: ballot }, ({ i, s, b, v, c }) =>
      implies(promiseVote(i, s, b, c, v), and(accepted(i, s, c, v), atMost(c, b)))
    ),
    "no acceptor whose promise counts voted between the highest vote and the ballot": forall(
      { ...votedTwice, d: ballot },
      ({ i, s, b, v, c, w, d }) =>
        implies(
          and(promises(i, b, s), highest(i, b, c, v), below(c, d), below(d, b)),
          and(left(i, s, d), not(accepted(i, s, d, w)))
        )
    ),
    "no acceptor whose promise counts voted below if there is no highest vote": forall(
      { i: instance, s: server, b: ballot, d: ballot, w: decree },
      ({ i, s, b, d, w }) =>
        implies(
          and(promises(i, b, s), below(d, b)),
          and(left(i, s, d), or(not(accepted(i, s, d, w)), hasHighest(i, b)))
        )
    ),
    "the highest vote was asked for, below": forall(
      { i: instance, b: ballot, c: ballot, v: decree },
      ({ i, b, c, v }) =>
        implies(highest(i, b, c, v), and(hasHighest(i, b), atMost(c, b), accept(i, c, v)))
    ),
    "there is one highest vote": highest.isFunctional,
    "safe at: no other value can be decided in a lower ballot": forall(
      { i: instance, b: ballot, v: decree, c: ballot, w: decree, q: writeQuorum },
      ({ i, b, v, c, w, q }) =>
        implies(
          and(accept(i, b, v), below(c, b), not(eq(v, w)), isWrite(q, i)),
          exists({ s: server }, ({ s }) =>
            and(inWrite(s, q), left(i, s, c), not(accepted(i, s, c, w)))
          )
        )
    )
  }

  const safety: Sentences = {
    "agreement: no two decisions differ": forall(
      { i: instance, b: ballot, v: decree, c: ballot, w: decree },
      ({ i, b, v, c, w }) => implies(and(decision(i, b, v), decision(i, c, w)), eq(v, w))
    ),
    "validity: a decided value was proposed": forall(
      { i: instance, b: ballot, v: decree },
      ({ i, b, v }) => implies(decision(i, b, v), proposed(i, v))
    )
  }

  return { transitions, invariant, safety }
}

const instance = sort("instance")
const decree = sort("decree")
export const readOf = fixedRelation("readOf", readQuorum, instance)
export const writeOf = fixedRelation("writeOf", writeQuorum, instance)

export const relations = relationsOf({ instance, decree })

export const consensusUnder = (rules: Rules): Model => {
  const { transitions, invariant, safety } = paxos(
    { instance, decree, isRead: readOf, isWrite: writeOf },
    relations,
    rules
  )
  return {
    name: "consensus",
    about: "Single-decree Paxos over any quorum system, in any number of instances (tutorial 5).",
    axioms: {
      ...order.axioms,
      "every read quorum of an instance meets every write quorum of it": forall(
        { i: instance, r: readQuorum, w: writeQuorum },
        ({ i, r, w }) =>
          implies(
            and(readOf(r, i), writeOf(w, i)),
            exists({ s: server }, ({ s }) => and(inRead(s, r), inWrite(s, w)))
          )
      )
    },
    initially: [],
    transitions,
    invariant,
    safety
  }
}

export const consensus = consensusUnder(correct)
