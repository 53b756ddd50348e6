/**
 * Super-majority replication (`spec/supermajority/`): majority replication of signed pairs, where
 * some storage nodes lie. Every read quorum intersects every write quorum in a correct storage
 * node, and a liar can only report pairs that some client has signed.
 *
 * The key idea: every sentence about storage nodes in the invariant of majority replication is
 * restricted to the correct ones. That is enough, since quorums intersect in a correct one; and
 * some client wrote whatever a liar reports.
 */
import { type Formula, not, or, type Term } from "../logic/formula.ts"
import { type Model, type Transition, transition } from "../logic/model.ts"
import { faulty, getReply, replication, setReply } from "../majority/model.ts"
import { correct, type Faults, type Rules } from "../majority/rules.ts"
import {
  done,
  invoked,
  operation,
  server,
  setting,
  timestamp,
  value,
  written
} from "../register/history.ts"

/** The pairs that a liar can report and have accepted. */
export type Tellable = (t: Term<"timestamp">, v: Term<"value">) => Formula

/**
 * The transitions of liars. (What a liar stores does not matter: its answers do not need to agree
 * with it.)
 */
const liesOf = (isTellable: Tellable): Readonly<Record<string, Transition>> => ({
  /** It answers a Get with any signed pair: an old one, or the initial one. */
  lieAboutPair: transition(
    { o: operation, s: server, t: timestamp, v: value },
    ({ o, s, t, v }) => ({
      when: [faulty(s), invoked(o), isTellable(t, v)],
      does: [getReply.add(o, s, t, v)]
    })
  ),
  /** It acknowledges a Set and stores nothing. */
  lieAboutStoring: transition({ o: operation, s: server }, ({ o, s }) => ({
    when: [faulty(s), or(setting(o), done(o))],
    does: [setReply.add(o, s)]
  }))
})

export const liars = (isTellable: Tellable = written): Faults => ({
  isCorrect: (s) => not(faulty(s)),
  quorumsMeetIn: (s) => not(faulty(s)),
  lies: liesOf(isTellable)
})

export const supermajorityUnder = (rules: Rules, faults: Faults = liars()): Model =>
  replication(
    {
      name: "supermajority",
      about: "Replication of signed pairs over any quorums that meet in a correct storage node (7)."
    },
    rules,
    faults
  )

export const supermajority = supermajorityUnder(correct)
