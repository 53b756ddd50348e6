/**
 * Reclaiming the memory of removed registers: the protocol, and a mutant for each load-bearing
 * step.
 */
import type { Variant } from "../../kernel/protocol.ts"
import { isOver } from "../../phase/phase.ts"
import { isLarger } from "../../register/pair.ts"
import { ground } from "../floor.ts"
import { readsAtOnce } from "../rules.ts"
import { copiesNotSentAgain, correct, type Reclaiming, type Rules } from "./rules.ts"

/** The checked systems have no directory. */
const unused = ["Hint", "AskMap", "MapReply"]

const mutant = (
  name: string,
  about: string,
  changed: Partial<Reclaiming>,
  others: Partial<Rules> = {}
): Variant<Rules> => ({
  name,
  kind: "mutant",
  about,
  rules: { ...correct, ...others, reclaiming: { ...correct.reclaiming, ...changed } },
  unused
})

export const reclaimingVariants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about: "All members have a removal before the floor is decided, and forget it afterwards.",
    rules: correct,
    unused
  },
  {
    name: "copies-not-sent-again",
    kind: "correct",
    about:
      "The same, beside transfers that send a register only where its largest pair is not yet.",
    rules: { ...correct, ...readsAtOnce, ...copiesNotSentAgain },
    unused
  },
  mutant(
    "older-set-accepted",
    "A storage node that has forgotten a register accepts any Set of it.",
    { refuses: () => false }
  ),
  mutant(
    "brought-to-quorum",
    "Registers are forgotten once a write quorum, instead of all members, has their removals.",
    { isBrought: isOver }
  ),
  mutant(
    "floor-not-heeded",
    "A write chooses a timestamp above the one it found, even below the floor.",
    {},
    { writesAbove: (found) => found }
  ),
  mutant("floor-below-removals", "The floor is above the last floor, but not above the removals.", {
    floorOver: (_, last, self) => ({ number: last.number + 1, client: self })
  }),
  mutant(
    "write-begins-again",
    "A write that learns of a higher floor in its Set phase takes a second timestamp.",
    {},
    { beginsAgain: () => true }
  ),
  mutant(
    "floor-as-timestamp",
    "A storage node reports the floor as the timestamp of a register that it does not hold.",
    { unheld: (floor) => ({ value: null, timestamp: floor }) }
  ),
  mutant(
    "floor-not-told",
    "A storage node refuses every newer pair, regardless of what its sender knew.",
    {
      refuses: (floor) => isLarger(floor, ground)
    }
  ),
  mutant("any-removal-forgotten", "A storage node forgets any removal that it has.", {
    forgets: ({ value }) => value === null
  }),
  mutant("added-without-floor", "Nodes are added without taking the floor.", { joins: false }),
  mutant(
    "added-with-registers",
    "A node takes the floor and keeps the registers that it already holds.",
    { joinsHolding: true }
  )
]
