/**
 * Forgetting (`spec/forgetting/`; tutorial 7.2): what happens to a configuration whose storage
 * nodes have erased their keys. Any number of storage nodes, configurations and phases; any
 * quorums. The adversary may take over any node at any time, as long as any two super-majorities of
 * a configuration share a storage node that was not taken over *in time*: before it was past the
 * configuration. Once a node has stopped, the adversary may take it over freely.
 *
 * This model proves the core of forgetting, not yet that the register is atomic: a phase that
 * begins when its configuration is forgotten never ends, and the adversary lacks a key of every
 * super-majority of it. Pairs, and the data that move on with the configuration, are not part of
 * this model.
 *
 * The key idea: a node that reports that it has stopped, and that was not taken over in time, *is
 * past* the configuration, and has neither a key of it nor a key that leads to it. Every
 * super-majority has such a member among the nodes that reported that they have stopped.
 */
import { and, eq, exists, forall, iff, implies, not, or, truth } from "../logic/formula.ts"
import { type Model, type Sentences, type Transition, transition } from "../logic/model.ts"
import { provided } from "../logic/symbols.ts"
import { server } from "../register/history.ts"
import { correct, type Rules } from "./rules.ts"
import {
  answered,
  anyTwoQuorumsShare,
  asked,
  axioms,
  counted,
  current,
  earlier,
  ended,
  faulty,
  first,
  forgotten,
  forgottenBy,
  hasStopped,
  hasSymmetric,
  inQuorum,
  isMember,
  isNext,
  knowsPrivate,
  knowsSymmetric,
  late,
  leadsTo,
  newView,
  nonce,
  number,
  numberOf,
  past,
  possesses,
  quorum,
  quorumOf,
  sealed,
  stopped,
  stopping,
  takenInTime,
  upTo,
  viewOf
} from "./symbols.ts"

type Transitions = Readonly<Record<string, Transition>>

/** The administrator: `spec/administrator/administrator.ts`. */
const administrator = (rules: Rules): Transitions => ({
  /**
   * The administrator sends NEW_VIEW to all nodes, with keys for the members of the new
   * configuration.
   */
  startStopping: transition({ n: number, m: number }, ({ n, m }) => ({
    when: [current(n), not(stopping()), isNext(n, m)],
    does: [
      stopping.add(),
      newView.add(m),
      sealed.addWhere((s, k) => and(eq(k, m), isMember(s, m))),
      ...(rules.sealsInClear
        ? [knowsSymmetric.addWhere((s, k) => and(upTo(m, k), isMember(s, m)))]
        : []),
      ...(rules.askedIsStopped ? [forgotten.add(n)] : [])
    ]
  })),
  /** A member of the old configuration has stopped, and has proved that it had its key. */
  receiveStopped: transition({ s: server, n: number }, ({ s, n }) => ({
    when: [current(n), stopping(), stopped(s, n)],
    does: [hasStopped.add(s)]
  })),
  /** A super-majority has stopped: the old configuration has ended. */
  finish: transition({ n: number, m: number, q: quorum }, ({ n, m, q }) => ({
    when: [
      current(n),
      stopping(),
      isNext(n, m),
      quorumOf(q, n),
      rules.enoughStopped((s) => inQuorum(s, q), hasStopped)
    ],
    does: [
      current.put([], [m]),
      stopping.remove(),
      hasStopped.removeWhere(hasStopped),
      ...(rules.askedIsStopped ? [] : [forgotten.add(n)]),
      forgottenBy.addWhere((k, s) => and(eq(k, n), hasStopped(s)))
    ]
  }))
})

/** Storage nodes: `spec/administrator/server.ts` and `spec/forgetting/server.ts`. */
const servers = (rules: Rules): Transitions => ({
  /** It answers a question, with a proof by the key of the question's configuration. */
  answer: transition({ o: nonce, s: server }, ({ o, s }) => ({
    when: [not(faulty(s)), asked(o), possesses(s, numberOf(o))],
    does: [answered.add(o, s)]
  })),
  /**
   * NEW_VIEW arrives: in one step the node stops, reports so with the key that it has, and
   * overwrites its keys. `n` is the new configuration, and `m` the one before.
   */
  receiveNewView: transition({ s: server, l: number, n: number, m: number }, ({ s, l, n, m }) => ({
    when: [not(faulty(s)), newView(n), isNext(m, n), viewOf(s, l), earlier(l, n)],
    does: [
      viewOf.put([s], [n]),
      past.addWhere((x, k) => and(eq(x, s), earlier(k, n))),
      provided(possesses(s, m), stopped.add(s, m)),
      provided(
        not(rules.kept(isMember(s, n))),
        possesses.removeWhere((x) => eq(x, s))
      ),
      provided(and(sealed(s, n), hasSymmetric(s)), possesses.add(s, n)),
      ...(rules.hashes
        ? [
            leadsTo.removeWhere((x, k) => and(eq(x, s), not(and(isMember(s, n), upTo(n, k))))),
            provided(not(isMember(s, n)), hasSymmetric.remove(s))
          ]
        : [])
    ]
  }))
})

/** Phases of clients: `spec/administrator/client.ts`. */
const clients = (rules: Rules): Transitions => ({
  startPhase: transition({ o: nonce }, ({ o }) => ({
    when: [not(asked(o))],
    does: [asked.add(o), provided(forgotten(numberOf(o)), late.add(o))]
  })),
  receiveAnswer: transition({ o: nonce, s: server }, ({ o, s }) => ({
    when: [asked(o), rules.isAnswer(o, s)],
    does: [counted.add(o, s)]
  })),
  endPhase: transition({ o: nonce, q: quorum }, ({ o, q }) => ({
    when: [
      asked(o),
      quorumOf(q, numberOf(o)),
      rules.enough(
        (s) => inQuorum(s, q),
        (s) => counted(o, s)
      )
    ],
    does: [ended.add(o)]
  }))
})

/** The adversary: `spec/kernel/` derives it from the terms that it may know. */
const adversary = (rules: Rules): Transitions => ({
  /**
   * It takes over a storage node with all of the node's keys, as long as few nodes are taken over
   * in time.
   */
  takeOver: transition({ s: server }, ({ s }) => ({
    when: [
      not(faulty(s)),
      anyTwoQuorumsShare((x, n) => and(not(takenInTime(x, n)), or(not(eq(x, s)), past(s, n))))
    ],
    does: [
      faulty.add(s),
      knowsPrivate.addWhere((x, n) => and(eq(x, s), possesses(s, n))),
      knowsSymmetric.addWhere((x, n) => and(eq(x, s), leadsTo(s, n))),
      takenInTime.addWhere((x, n) => and(eq(x, s), not(past(s, n))))
    ]
  })),
  /** It decrypts the contents of NEW_VIEW with the symmetric key of that time. */
  open: transition({ s: server, n: number }, ({ s, n }) => ({
    when: [sealed(s, n), knowsSymmetric(s, n)],
    does: [knowsPrivate.add(s, n)]
  })),
  forge: transition({ o: nonce, s: server }, ({ o, s }) => ({
    when: [rules.believes(s, numberOf(o))],
    does: [answered.add(o, s)]
  })),
  forgeStopped: transition({ s: server, n: number }, ({ s, n }) => ({
    when: [rules.believesStopped(s, n)],
    does: [stopped.add(s, n)]
  }))
})

const sn = { s: server, n: number } as const

export const invariant: Sentences = {
  "a storage node has one latest configuration": viewOf.isFunctional,
  "the administrator has one current configuration": current.isFunctional,
  "a configuration that a storage node is past is before its latest": forall(
    { ...sn, m: number },
    ({ s, n, m }) => implies(viewOf(s, m), iff(past(s, n), earlier(n, m)))
  ),
  "a symmetric key leads to no past configuration": forall(sn, ({ s, n }) =>
    implies(and(not(faulty(s)), leadsTo(s, n)), not(past(s, n)))
  ),
  "a private key belongs to no past configuration": forall(sn, ({ s, n }) =>
    implies(and(not(faulty(s)), possesses(s, n)), not(past(s, n)))
  ),
  "only nodes taken over in time have known symmetric keys": forall(sn, ({ s, n }) =>
    implies(knowsSymmetric(s, n), takenInTime(s, n))
  ),
  "only nodes taken over in time have known private keys": forall(sn, ({ s, n }) =>
    implies(knowsPrivate(s, n), takenInTime(s, n))
  ),
  "any two super-majorities share one that was not taken over in time": anyTwoQuorumsShare((s, n) =>
    not(takenInTime(s, n))
  ),
  "a storage node that says it has stopped is past the configuration": forall(sn, ({ s, n }) =>
    implies(and(stopped(s, n), not(takenInTime(s, n))), past(s, n))
  ),
  "a storage node that counts as stopped has said so": forall(sn, ({ s, n }) =>
    implies(and(hasStopped(s), current(n)), stopped(s, n))
  ),
  "a storage node that forgets a configuration has said so": forall(sn, ({ s, n }) =>
    implies(forgottenBy(n, s), stopped(s, n))
  ),
  "a configuration is forgotten by a super-majority": forall({ n: number }, ({ n }) =>
    implies(
      forgotten(n),
      exists({ q: quorum }, ({ q }) =>
        and(
          quorumOf(q, n),
          forall({ s: server }, ({ s }) => implies(inQuorum(s, q), forgottenBy(n, s)))
        )
      )
    )
  ),
  "a forgotten configuration is before the current one": forall(
    { n: number, m: number },
    ({ n, m }) => implies(and(forgotten(n), current(m)), earlier(n, m))
  ),
  "a late phase is asked for, and its configuration is forgotten": forall({ o: nonce }, ({ o }) =>
    implies(late(o), and(asked(o), forgotten(numberOf(o))))
  ),
  "a storage node that answers before it is asked was taken over in time": forall(
    { o: nonce, s: server },
    ({ o, s }) => implies(and(answered(o, s), not(asked(o))), takenInTime(s, numberOf(o)))
  ),
  "a storage node that has stopped and answers a late phase was taken over in time": forall(
    { o: nonce, s: server },
    ({ o, s }) =>
      implies(
        and(late(o), answered(o, s), forgottenBy(numberOf(o), s)),
        takenInTime(s, numberOf(o))
      )
  ),
  "a counted answer was given": forall({ o: nonce, s: server }, ({ o, s }) =>
    implies(counted(o, s), answered(o, s))
  ),
  "a phase that has ended has a super-majority": forall({ o: nonce }, ({ o }) =>
    implies(
      ended(o),
      exists({ q: quorum }, ({ q }) =>
        and(
          quorumOf(q, numberOf(o)),
          forall({ s: server }, ({ s }) => implies(inQuorum(s, q), counted(o, s)))
        )
      )
    )
  )
}

const safety: Sentences = {
  "no phase ends that began when its configuration was forgotten": forall({ o: nonce }, ({ o }) =>
    not(and(late(o), ended(o)))
  ),
  "few keys: every super-majority of a forgotten configuration has a key that is not known": forall(
    { n: number, q: quorum },
    ({ n, q }) =>
      implies(
        and(forgotten(n), quorumOf(q, n)),
        exists({ s: server }, ({ s }) => and(inQuorum(s, q), not(knowsPrivate(s, n))))
      )
  ),
  "confidentiality: only nodes taken over in time have known keys": forall(sn, ({ s, n }) =>
    implies(knowsPrivate(s, n), takenInTime(s, n))
  )
}

export const forgettingUnder = (rules: Rules): Model => ({
  name: "forgetting",
  about:
    "Storage nodes that have erased their keys cannot bring back a forgotten configuration (tutorial 7.2).",
  axioms: {
    ...axioms,
    "any two super-majorities meet": anyTwoQuorumsShare(() => and())
  },
  initially: [
    viewOf.beginsAs((_, n) => eq(n, first)),
    leadsTo.beginsAs(() => truth),
    hasSymmetric.beginsAs(() => truth),
    possesses.beginsAs((s, n) => and(eq(n, first), isMember(s, first))),
    current.beginsAs((n) => eq(n, first))
  ],
  transitions: {
    ...administrator(rules),
    ...servers(rules),
    ...clients(rules),
    ...adversary(rules)
  },
  invariant,
  safety
})

export const forgetting = forgettingUnder(correct)
