/**
 * The variants of the weak snapshot. A scan takes one collect or two, each with a write-back or without: of the four
 * combinations only the last keeps the non-empty intersection.
 */
import type { Variant } from "../kernel/protocol.ts"

export const variants = [
  {
    name: "correct",
    kind: "correct",
    about:
      "Two collects, each written back before the next step; a scan whose first collect finds nothing returns nothing."
  },
  {
    name: "to-the-letter",
    kind: "correct",
    about:
      "As the tutorial has it: with the matrix's columns, and a second collect even if the first found nothing."
  },
  {
    name: "no-write-back",
    kind: "mutant",
    about: "Two collects that only read: what 'similarly to a read()' means is overlooked."
  },
  { name: "one-collect", kind: "mutant", about: "One collect, written back, instead of two." },
  { name: "one-collect-no-write-back", kind: "mutant", about: "One collect, and it only reads." },
  {
    name: "update-without-set-phase",
    kind: "mutant",
    about: "An update ends with the first endorsement, before a majority knows of it."
  }
] as const satisfies ReadonlyArray<Variant<string>>

export type VariantName = (typeof variants)[number]["name"]

const once: ReadonlyArray<VariantName> = ["one-collect", "one-collect-no-write-back"]
const unwritten: ReadonlyArray<VariantName> = ["no-write-back", "one-collect-no-write-back"]

/** True when a row says who endorses what, and not only what is endorsed. */
export const keepsColumns = (variant: VariantName): boolean => variant === "to-the-letter"

/** True when a scan ends with a first collect that found nothing. */
export const endsWhenEmpty = (variant: VariantName): boolean => variant !== "to-the-letter"

/** How many times a scan collects. */
export const collectsOf = (variant: VariantName): 1 | 2 => (once.includes(variant) ? 1 : 2)

/** True when what a collect found is stored at a majority before it is used. */
export const writesBack = (variant: VariantName): boolean => !unwritten.includes(variant)
