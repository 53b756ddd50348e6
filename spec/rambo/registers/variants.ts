/**
 * Many registers under one cmap: the protocol, the protocol with short lists, and mutants.
 */
import type { Variant } from "../../kernel/protocol.ts"
import { readsAtOnce } from "../rules.ts"
import { copiesNotSentAgain, correct, haveAllAnswered, type Rules } from "./rules.ts"

/** The checked systems have no directory. */
const unused = [
  ...["Hint", "AskMap", "MapReply", "Refused", "Populate", "Populated"],
  ...["Forget", "Forgotten", "Join", "Joined"]
]

/** Lists of one register. */
const shortLists: Rules = { ...correct, maxListed: 1 }

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about:
      "Before it retires a configuration, the client transfers every register held by a majority that has the forward pointer.",
    rules: correct,
    unused
  },
  {
    name: "in-small",
    kind: "correct",
    about: "The same with lists of one register, so that a few registers take several pages.",
    rules: shortLists,
    unused
  },
  {
    name: "read-stored-value-at-once",
    kind: "correct",
    about:
      "A read that finds the same pair at a write quorum of every active configuration returns it without a Set phase.",
    rules: { ...correct, ...readsAtOnce },
    unused
  },
  {
    name: "copies-not-sent-again",
    kind: "correct",
    about:
      "The same, and the transfer sends a register only to those members of the next configuration that did not list its largest pair.",
    rules: { ...correct, ...readsAtOnce, ...copiesNotSentAgain },
    unused
  },
  {
    name: "older-copy-counted",
    kind: "mutant",
    about: "A storage node that listed an older pair counts as one that has the largest.",
    rules: { ...correct, ...copiesNotSentAgain, hasCopy: () => true },
    unused
  },
  {
    name: "goes-on-at-once",
    kind: "mutant",
    about: "The client goes on before a majority of the next configuration has every pair.",
    rules: { ...correct, ...copiesNotSentAgain, isStored: () => true },
    unused
  },
  {
    name: "first-of-list-stored",
    kind: "mutant",
    about: "A storage node that is sent several registers stores the first, and acknowledges all.",
    rules: { ...correct, storesOf: (registers) => registers.slice(0, 1) },
    unused
  },
  {
    name: "waits-for-all",
    kind: "mutant",
    about: "The client may go on only when all members of the next configuration have every pair.",
    rules: { ...correct, ...copiesNotSentAgain, isStored: haveAllAnswered },
    unused
  },
  {
    name: "retired-after-first-register",
    kind: "mutant",
    about:
      "The client retires the old configuration after the transfer of the first listed register.",
    rules: { ...shortLists, isTransferred: () => true },
    unused
  },
  {
    name: "listed-by-one",
    kind: "mutant",
    about:
      "The client takes the registers and their pairs from one storage node, not from a majority.",
    rules: { ...shortLists, isListed: () => true },
    unused
  },
  {
    name: "list-without-pointer",
    kind: "mutant",
    about: "A storage node lists its registers without storing the forward pointer.",
    rules: { ...shortLists, storesPointer: false },
    unused
  },
  {
    name: "other-registers-not-restarted",
    kind: "mutant",
    about:
      "A client that learns of a retirement through one register does not restart its phases on others.",
    rules: { ...shortLists, heedsOthers: false },
    unused
  }
]
