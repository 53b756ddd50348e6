/**
 * Masking replication (`spec/masking/`): nothing is signed, so a liar can make up any answer. A
 * *group* is one storage node more than can lie.
 *
 * The key idea: if a whole group reports a pair, a correct storage node has reported it. And a read
 * accepts the pair only if in every write quorum a whole group has reported nothing newer. One node
 * of this group is correct, so no earlier operation that has ended was newer either. A writer skips
 * as many of the highest timestamps as can be lies. The correct storage nodes that it shares with
 * any earlier write quorum form a group, and it cannot skip all of them.
 */
import { and, eq, exists, type Formula, forall, implies, not, or } from "../logic/formula.ts"
import { type Model, type Sentences, type Transition, transition } from "../logic/model.ts"
import { provided } from "../logic/symbols.ts"
import {
  acknowledged,
  answered,
  faulty,
  getReply,
  holds,
  inRead,
  inWrite,
  readQuorum,
  setReply,
  writeQuorum
} from "../majority/model.ts"
import { correct as majorityRules } from "../majority/rules.ts"
import { atomicity, everyoneHasPlace } from "../register/atomicity.ts"
import {
  argument,
  atMost,
  axioms as axiomsOfRegister,
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
import { correct, type Rules } from "./rules.ts"
import { group, inGroup, says, saysAtMost } from "./symbols.ts"

type Groups = ReturnType<typeof groupsOf>
const groupsOf = (rules: Rules) => ({
  "every group has a correct member": rules.isMasked(
    forall({ g: group }, ({ g }) =>
      exists({ s: server }, ({ s }) => and(inGroup(s, g), not(faulty(s))))
    )
  ),
  "every read quorum shares a group of correct members with every write quorum": forall(
    { r: readQuorum, w: writeQuorum },
    ({ r, w }) =>
      exists({ g: group }, ({ g }) =>
        forall({ s: server }, ({ s }) =>
          implies(inGroup(s, g), and(not(faulty(s)), inRead(s, r), inWrite(s, w)))
        )
      )
  )
})

const client = (rules: Rules): Readonly<Record<string, Transition>> => ({
  /** An idle client begins an operation: its Get phase begins. */
  invoke: transition({ o: operation }, ({ o }) => ({
    when: [not(invoked(o)), isIdle(clientOf(o))],
    does: [...noteInvocation(o), getting.add(o)]
  })),
  /** It keeps a storage node's answer in place of an earlier one from the same node. */
  receiveGetReply: transition(
    { o: operation, s: server, t: timestamp, v: value },
    ({ o, s, t, v }) => ({
      when: [getting(o), getReply(o, s, t, v)],
      does: [
        answered.add(o, s),
        says.put([o, s], [t, v]),
        saysAtMost.removeWhere((a, x) => and(eq(a, o), eq(x, s))),
        saysAtMost.addWhere((a, x, u) => and(eq(a, o), eq(x, s), atMost(t, u)))
      ]
    })
  ),
  /** A read stores a pair that a whole group reports, if no quorum can have stored a newer one. */
  startSet: transition(
    { o: operation, g: group, r: readQuorum, t: timestamp, v: value },
    ({ o, g, r, t, v }) => ({
      when: [
        ...[getting(o), not(isWrite(o))],
        rules.enough(
          (s) => inRead(s, r),
          (s) => answered(o, s)
        ),
        rules.vouchers(
          (s) => inGroup(s, g),
          (s) => says(o, s, t, v)
        ),
        rules.notReplaced(o, t)
      ],
      does: [
        getting.remove(o),
        chose.put([o], [t, v]),
        rules.writesBack ? setting.add(o) : done.add(o)
      ]
    })
  ),
  /** A write that has heard from a read quorum skips as many answers as can be lies. */
  startWriting: transition(
    { o: operation, r: readQuorum, had: timestamp, t: timestamp },
    ({ o, r, had, t }) => ({
      when: [
        ...[getting(o), isWrite(o)],
        rules.enough(
          (s) => inRead(s, r),
          (s) => answered(o, s)
        ),
        forall({ g: group }, ({ g }) =>
          or(
            exists({ s: server }, ({ s }) => and(inGroup(s, g), not(inRead(s, r)))),
            exists({ s: server }, ({ s }) => and(inGroup(s, g), saysAtMost(o, s, had)))
          )
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
  receiveSetReply: transition({ o: operation, s: server }, ({ o, s }) => ({
    when: [setting(o), setReply(o, s)],
    does: [acknowledged.add(o, s)]
  })),
  finish: transition(
    { o: operation, w: writeQuorum, t: timestamp, v: value },
    ({ o, w, t, v }) => ({
      when: [
        ...[setting(o), chose(o, t, v)],
        rules.enough(
          (s) => inWrite(s, w),
          (s) => acknowledged(o, s)
        )
      ],
      does: [setting.remove(o), done.add(o)]
    })
  )
})

const storageNode: Readonly<Record<string, Transition>> = {
  receiveGet: transition({ o: operation, s: server, t: timestamp, v: value }, ({ o, s, t, v }) => ({
    when: [invoked(o), holds(s, t, v)],
    does: [getReply.add(o, s, t, v)]
  })),
  receiveSet: transition(
    { o: operation, s: server, t: timestamp, v: value, had: timestamp, hadValue: value },
    ({ o, s, t, v, had, hadValue }) => ({
      when: [chose(o, t, v), holds(s, had, hadValue)],
      does: [provided(not(atMost(t, had)), holds.put([s], [t, v])), setReply.add(o, s)]
    })
  ),
  /** A liar answers with anything that it makes up. */
  lieAboutPair: transition(
    { o: operation, s: server, t: timestamp, v: value },
    ({ o, s, t, v }) => ({ when: [faulty(s), invoked(o)], does: [getReply.add(o, s, t, v)] })
  ),
  /** It acknowledges a Set and stores nothing. */
  lieAboutStoring: transition({ o: operation, s: server }, ({ o, s }) => ({
    when: [faulty(s), or(setting(o), done(o))],
    does: [setReply.add(o, s)]
  }))
}

const isCorrect = (s: Parameters<typeof faulty>[0]): Formula => not(faulty(s))
const pairs = { t: timestamp, v: value, u: timestamp, w: value } as const

const invariant: Sentences = {
  ...historyInvariant,
  ...tagInvariant,
  "a storage node has one latest answer": says.isFunctional,
  "a storage node holds one pair": holds.isFunctional,
  "an answer was asked for": forall(
    { o: operation, s: server, t: timestamp, v: value },
    ({ o, s, t, v }) =>
      implies(
        or(answered(o, s), getReply(o, s, t, v), says(o, s, t, v), saysAtMost(o, s, t)),
        invoked(o)
      )
  ),
  "an acknowledgement was asked for": forall({ o: operation, s: server }, ({ o, s }) =>
    implies(or(acknowledged(o, s), setReply(o, s)), or(setting(o), done(o)))
  ),
  "an acknowledged pair is stored": forall(
    { o: operation, s: server, ...pairs },
    ({ o, s, t, v, u, w }) =>
      implies(
        and(isCorrect(s), or(setReply(o, s), acknowledged(o, s)), chose(o, t, v), holds(s, u, w)),
        atMost(t, u)
      )
  ),
  "a storage node asked later answers no less than it acknowledged": forall(
    { a: operation, b: operation, s: server, ...pairs },
    ({ a, b, s, t, v, u, w }) =>
      implies(
        and(isCorrect(s), before(a, b), chose(a, t, v), acknowledged(a, s), getReply(b, s, u, w)),
        atMost(t, u)
      )
  ),
  "a later answer is no less than what was acknowledged": forall(
    { a: operation, b: operation, s: server, t: timestamp, v: value, u: timestamp },
    ({ a, b, s, t, v, u }) =>
      implies(
        and(isCorrect(s), before(a, b), chose(a, t, v), acknowledged(a, s), saysAtMost(b, s, u)),
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
  "pairs that correct storage nodes report were written": forall(
    { o: operation, s: server, t: timestamp, v: value },
    ({ o, s, t, v }) =>
      implies(and(isCorrect(s), or(getReply(o, s, t, v), says(o, s, t, v))), written(t, v))
  ),
  "a chosen pair was written": forall({ o: operation, t: timestamp, v: value }, ({ o, t, v }) =>
    implies(chose(o, t, v), written(t, v))
  )
}

export const maskingUnder = (rules: Rules): Model => {
  const groups: Groups = groupsOf(rules)
  return {
    name: "masking",
    about: "Replication without signatures over quorums that mask faulty storage nodes.",
    axioms: { ...axiomsOfRegister, ...groups },
    initially: [holds.beginsAs((_, t, v) => and(eq(t, zero), eq(v, bottom))), initialPairWritten],
    transitions: { ...client(rules), ...storageNode },
    invariant,
    keptAlone: everyoneHasPlace,
    safety: atomicity
  }
}

export const masking = maskingUnder(correct)
