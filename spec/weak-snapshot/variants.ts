/**
 * The variants of the weak snapshot. A scan takes one collect or two, each with a write-back or
 * without: of the four combinations only the last keeps the non-empty intersection.
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
    about: "With the matrix's columns, as the tutorial has it.",
    rules: { ...correct, endorsement: (by, change) => ({ change, by }) }
  },
  {
    name: "to-the-letter",
    kind: "mutant",
    about:
      "As the tutorial has it: with the columns, and a second collect even if the first found nothing. Two such scans may have nothing in common.",
    rules: { ...correct, endorsement: (by, change) => ({ change, by }), endsWhenEmpty: false }
  },
  {
    name: "no-write-back",
    kind: "mutant",
    about: "Two collects that only read: what 'similarly to a read()' means is overlooked.",
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
    about: "One collect, and it only reads.",
    rules: { ...correct, collects: 1, writesBack: false }
  },
  {
    name: "update-without-set-phase",
    kind: "mutant",
    about: "An update ends with the first endorsement, before a majority knows of it.",
    rules: { ...correct, spreads: false }
  }
]
