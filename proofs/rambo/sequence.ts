/**
 * The same, if consensus continues the sequence (`spec/rambo/next-configuration.ts`): an instance
 * of Paxos for each configuration, among the storage nodes of that configuration, decides on the
 * next one. The model does not assume that all nodes agree on the sequence. It derives this, place
 * by place, from the invariant of Paxos for the preceding instance.
 */
import { ballot, order as ballotOrder, paxos, relationsOf } from "../consensus/model.ts"
import { correct as consensus } from "../consensus/rules.ts"
import { and, eq, exists, forall, implies, or, sort } from "../logic/formula.ts"
import { type Model, type Sentences, type Transition, transition } from "../logic/model.ts"
import { constant, fixedRelation, partial, relation } from "../logic/symbols.ts"
import { atomicity, everyoneHasPlace } from "../register/atomicity.ts"
import { client, server, timestamp, value } from "../register/history.ts"
import { accessTransitions, learningTransitions } from "./accesses.ts"
import { invariantOf } from "./invariant.ts"
import { axioms, initially } from "./model.ts"
import type { Rules } from "./rules.ts"
import {
  earlier,
  first,
  index,
  inRead,
  inWrite,
  isNext,
  low,
  mapAt,
  mapOf,
  pointerAsked,
  readQuorum,
  retireSent,
  storingPointer,
  told,
  transfer,
  transferringState,
  writeQuorum
} from "./state.ts"
import { notesOfPlaces, reconfigurationTransitions, type Sequence } from "./transitions.ts"

/** Configurations, each with its quorums; the first one. */
export const configuration = sort("configuration")
export const readQuorumOf = fixedRelation("readQuorumOf", readQuorum, configuration)
export const writeQuorumOf = fixedRelation("writeQuorumOf", writeQuorum, configuration)
export const firstConfiguration = constant("firstConfiguration", configuration)

/** Some node has learned that the configuration is at this place; that there is one. */
export const configurationAt = partial("configurationAt", [index], [configuration])
export const isKnown = relation("isKnown", index)

const isWrite: Sequence["isWrite"] = (w, c) =>
  exists({ k: configuration }, ({ k }) => and(configurationAt(c, k), writeQuorumOf(w, k)))

/** A place has the quorums of the configuration that was decided for it. */
export const decided: Sequence = {
  isRead: (r, c) =>
    exists({ k: configuration }, ({ k }) => and(configurationAt(c, k), readQuorumOf(r, k))),
  isWrite,
  isContinued: isKnown,
  notes: notesOfPlaces(isWrite)
}

/** The state of the instances of consensus, one for each place. */
export const instanceRelations = relationsOf({ instance: index, decree: configuration })
const { accept, decision, decidedIn } = instanceRelations

export const instances = paxos(
  { instance: index, decree: configuration, isRead: decided.isRead, isWrite: decided.isWrite },
  instanceRelations,
  consensus
)

export const sequenceTransitions: Readonly<Record<string, Transition>> = {
  /** A client learns the decision of an instance: it is the configuration at the next place. */
  learnDecision: transition(
    { i: index, b: ballot, k: configuration, j: index },
    ({ i, b, k, j }) => ({
      when: [decision(i, b, k), isNext(i, j)],
      does: [configurationAt.add(j, k), isKnown.add(j)]
    })
  )
}

const map = { l: index, h: index } as const

export const sequenceInvariant: Sentences = {
  "a place has one configuration": configurationAt.isFunctional,
  "a known place has a configuration": forall({ c: index }, ({ c }) =>
    implies(
      isKnown(c),
      exists({ k: configuration }, ({ k }) => configurationAt(c, k))
    )
  ),
  "a place with a configuration is known": forall({ c: index, k: configuration }, ({ c, k }) =>
    implies(configurationAt(c, k), isKnown(c))
  ),
  "a place before a known one is known": forall({ c: index, d: index }, ({ c, d }) =>
    implies(and(isKnown(d), earlier(c, d)), isKnown(c))
  ),
  "instances begin where the configuration is known": forall(
    { i: index, b: ballot, k: configuration },
    ({ i, b, k }) => implies(accept(i, b, k), isKnown(i))
  ),
  "maps are of known places": forall({ p: client, s: server, ...map }, ({ p, s, l, h }) =>
    implies(
      or(mapOf(p, l, h), mapAt(s, l, h), told(l, h), retireSent(l, h), pointerAsked(p, l, h)),
      and(isKnown(l), isKnown(h))
    )
  ),
  "goals are known places": forall(
    { p: client, n: index, t: timestamp, v: value },
    ({ p, n, t, v }) =>
      implies(
        or(storingPointer(p, n), transferringState(p, n, t, v), transfer(p, n, t, v), low(n)),
        isKnown(n)
      )
  ),
  "a known place was decided before": forall({ i: index, j: index }, ({ i, j }) =>
    implies(
      and(isKnown(j), isNext(i, j)),
      exists({ b: ballot }, ({ b }) => decidedIn(i, b))
    )
  ),
  "a ballot that decided has a value": forall({ i: index, b: ballot }, ({ i, b }) =>
    implies(
      decidedIn(i, b),
      exists({ k: configuration }, ({ k }) => accept(i, b, k))
    )
  ),
  "a decision is the configuration at the next place": forall(
    { i: index, j: index, b: ballot, k: configuration, m: configuration },
    ({ i, j, b, k, m }) =>
      implies(and(decidedIn(i, b), accept(i, b, k), isNext(i, j), configurationAt(j, m)), eq(k, m))
  )
}

const quorumsMeet: Sentences = {
  "every read quorum of a configuration meets every write quorum of it": forall(
    { k: configuration, r: readQuorum, w: writeQuorum },
    ({ k, r, w }) =>
      implies(
        and(readQuorumOf(r, k), writeQuorumOf(w, k)),
        exists({ s: server }, ({ s }) => and(inRead(s, r), inWrite(s, w)))
      )
  )
}

export const sequenceAxioms: Sentences = { ...axioms, ...ballotOrder.axioms, ...quorumsMeet }

/** Every node knows the first configuration, and that it is the first. */
export const sequenceInitially = [
  ...initially,
  configurationAt.beginsAs((c, k) => and(eq(c, first), eq(k, firstConfiguration))),
  isKnown.beginsAs((c) => eq(c, first))
]

/** Reconfiguration with consensus, under these rules. */
export const withConsensus = (
  rules: Rules,
  { name, about }: Pick<Model, "name" | "about">
): Model => ({
  name,
  about,
  axioms: sequenceAxioms,
  initially: sequenceInitially,
  transitions: {
    ...instances.transitions,
    ...sequenceTransitions,
    ...accessTransitions(decided, rules),
    ...learningTransitions(rules),
    ...reconfigurationTransitions(decided, rules)
  },
  invariant: { ...instances.invariant, ...sequenceInvariant, ...invariantOf(decided, rules) },
  keptAlone: everyoneHasPlace,
  safety: { ...instances.safety, ...atomicity }
})
