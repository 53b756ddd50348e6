/**
 * Many registers under one cmap: the protocol, the same with short lists, and mutants.
 */
import type { Setup, Variant } from "../../kernel/protocol.ts"
import type { VariantName as RamboVariantName } from "../variants.ts"

/** Nobody gives hints in the systems that are checked. */
const unused = ["Hint", "AskMap", "MapReply"]

export const variants = [
  {
    name: "correct",
    kind: "correct",
    about:
      "All registers that a majority with the forward pointer holds are transferred before the configuration is retired.",
    unused
  },
  {
    name: "in-small",
    kind: "correct",
    about: "The same with lists of one register, so that few registers make several pages.",
    unused
  },
  {
    name: "retired-after-first-register",
    kind: "mutant",
    about: "The old configuration is retired when the first register that was listed is transferred.",
    unused
  },
  {
    name: "listed-by-one",
    kind: "mutant",
    about: "One storage node is asked which registers there are and what they hold, not a majority.",
    unused
  },
  {
    name: "list-without-pointer",
    kind: "mutant",
    about: "A storage node says what it holds without storing the forward pointer.",
    unused
  },
  {
    name: "other-registers-not-begun-anew",
    kind: "mutant",
    about:
      "A client that learns of a retirement on account of one register goes on with what it is doing to others.",
    unused
  }
] as const satisfies ReadonlyArray<Variant<string>>

export type VariantName = (typeof variants)[number]["name"]

/** How many registers a storage node lists in one answer. */
export const mostListed = (variant: VariantName): number => (variant === "correct" ? 256 : 1)

/** What the transitions of one register are told: all variants use the same ones, with consensus. */
export const asOneRegister = (context: Setup<VariantName>): Setup<RamboVariantName> => ({
  ...context,
  variant: "with-consensus"
})
