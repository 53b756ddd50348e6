/**
 * The variants of the weak snapshot. A scan has one collect or two, with or without write-backs. Of
 * the four combinations only two collects with write-backs keep the non-empty intersection.
 */
import type { Variant } from "../kernel/protocol.ts"
import { correct, type Rules } from "./rules.ts"

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about:
      "Two collects, each written back before the next step; a scan whose first collect finds nothing returns nothing.",
    rules: correct
  },
  {
    name: "with-columns",
    kind: "correct",
    about: "With the columns of the matrix, as in the tutorial.",
    rules: { ...correct, endorsement: (by, change) => ({ change, by }) }
  },
  {
    name: "to-the-letter",
    kind: "mutant",
    about:
      "As in the tutorial: with the columns, and with a second collect even if the first finds nothing. Two such scans may have nothing in common.",
    rules: { ...correct, endorsement: (by, change) => ({ change, by }), endsWhenEmpty: false }
  },
  {
    name: "no-write-back",
    kind: "mutant",
    about: "Two collects without write-backs, although a read() has one.",
    rules: { ...correct, writesBack: false }
  },
  {
    name: "one-collect",
    kind: "mutant",
    about: "One collect, written back, instead of two.",
    rules: { ...correct, collects: 1 }
  },
  {
    name: "one-collect-no-write-back",
    kind: "mutant",
    about: "One collect, without a write-back.",
    rules: { ...correct, collects: 1, writesBack: false }
  },
  {
    name: "update-without-set-phase",
    kind: "mutant",
    about: "An update ends after the first endorsement, before a majority has stored it.",
    rules: { ...correct, spreads: false }
  }
]
