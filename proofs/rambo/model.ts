/**
 * Reconfiguration along a sequence of configurations (`spec/rambo/`), of any length, for any number
 * of nodes, operations and reconfigurers. Here the sequence is given from the start, by a person.
 * (`sequence.ts` derives it from consensus.)
 */
import { and, eq, exists, forall, implies, truth } from "../logic/formula.ts"
import type { Model, Sentences } from "../logic/model.ts"
import { atomicity, everyoneHasPlace } from "../register/atomicity.ts"
import {
  bottom,
  initialPairWritten,
  axioms as registerAxioms,
  server,
  zero
} from "../register/history.ts"
import { accessTransitions, learningTransitions } from "./accesses.ts"
import { invariantOf } from "./invariant.ts"
import { correct, type Rules } from "./rules.ts"
import {
  first,
  holds,
  index,
  indexAxioms,
  inRead,
  inWrite,
  low,
  mapAt,
  mapOf,
  readOf,
  readQuorum,
  writeOf,
  writeQuorum
} from "./state.ts"
import { notesOfPlaces, reconfigurationTransitions, type Sequence } from "./transitions.ts"

export const axioms: Sentences = { ...registerAxioms, ...indexAxioms }

/** Initially every node knows the first configuration, and holds the initial pair. */
export const initially = [
  holds.beginsAs((_, t, v) => and(eq(t, zero), eq(v, bottom))),
  mapAt.beginsAs((_, l, h) => and(eq(l, first), eq(h, first))),
  mapOf.beginsAs((_, l, h) => and(eq(l, first), eq(h, first))),
  low.beginsAs((c) => eq(c, first)),
  initialPairWritten
]

/** The given sequence: each place has its quorums, from the start. */
const given: Sequence = {
  isRead: readOf,
  isWrite: writeOf,
  isContinued: () => truth,
  notes: notesOfPlaces(writeOf)
}

export const ramboUnder = (
  rules: Rules,
  { name, about }: Pick<Model, "name" | "about"> = {
    name: "rambo",
    about: "Reconfiguration along an agreed sequence of configurations (tutorial 5, after RAMBO)."
  }
): Model => ({
  name,
  about,
  axioms: {
    ...axioms,
    "every read quorum of a configuration meets every write quorum of it": forall(
      { c: index, r: readQuorum, w: writeQuorum },
      ({ c, r, w }) =>
        implies(
          and(readOf(r, c), writeOf(w, c)),
          exists({ s: server }, ({ s }) => and(inRead(s, r), inWrite(s, w)))
        )
    )
  },
  initially,
  transitions: {
    ...accessTransitions(given, rules),
    ...learningTransitions(rules),
    ...reconfigurationTransitions(given, rules)
  },
  invariant: invariantOf(given, rules),
  keptAlone: everyoneHasPlace,
  safety: atomicity
})

export const rambo = ramboUnder(correct)
