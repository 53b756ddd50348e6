/**
 * Many registers under one cmap: the protocol, the same with short lists, and mutants.
 */
import type { Variant } from "../../kernel/protocol.ts"
import { readsAtOnce } from "../rules.ts"
import { correct, type Rules } from "./rules.ts"

/** Nobody gives hints in the systems that are checked. */
const unused = ["Hint", "AskMap", "MapReply"]

/** Lists of one register. */
const inSmall: Rules = { ...correct, mostListed: 1 }

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about:
      "All registers that a majority with the forward pointer holds are transferred before the configuration is retired.",
    rules: correct,
    unused
  },
  {
    name: "in-small",
    kind: "correct",
    about: "The same with lists of one register, so that few registers make several pages.",
    rules: inSmall,
    unused
  },
  {
    name: "read-stored-value-at-once",
    kind: "correct",
    about:
      "A read returns without a Set phase what it found at a write quorum of every active configuration.",
    rules: { ...correct, ...readsAtOnce },
    unused
  },
  {
    name: "retired-after-first-register",
    kind: "mutant",
    about:
      "The old configuration is retired when the first register that was listed is transferred.",
    rules: { ...inSmall, isTransferred: () => true },
    unused
  },
  {
    name: "listed-by-one",
    kind: "mutant",
    about:
      "One storage node is asked which registers there are and what they hold, not a majority.",
    rules: { ...inSmall, isListed: () => true },
    unused
  },
  {
    name: "list-without-pointer",
    kind: "mutant",
    about: "A storage node says what it holds without storing the forward pointer.",
    rules: { ...inSmall, storesPointer: false },
    unused
  },
  {
    name: "other-registers-not-restarted",
    kind: "mutant",
    about:
      "A client that learns of a retirement on account of one register goes on with what it is doing to others.",
    rules: { ...inSmall, heedsOthers: false },
    unused
  }
]
