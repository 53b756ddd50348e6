/**
 * Reconfiguration with a sequence of configurations (tutorial, section 5): the prose as it is
 * written, the protocol, and its mutants.
 */
import { isQuorum } from "../configuration/configuration.ts"
import type { Variant } from "../kernel/protocol.ts"
import { isOverButForOne } from "../phase/phase.ts"
import { known, retireBelow } from "./configuration-map.ts"
import { correct, type Rules, readsAtOnce, withConsensus } from "./rules.ts"

/** Where a person gives the sequence, nobody asks an instance of consensus. */
const unusedWithoutConsensus = ["Ballot", "BallotReply"]

/** Once the forward pointer is stored, any majority is asked for what is to be copied. */
const copiedFromAnywhere: Rules["stages"] = ({ storePointer, getState, transferState, retire }) => [
  storePointer,
  getState,
  transferState,
  retire
]

/**
 * The retirement is told of when the transfer begins; when that is over, nobody is asked whether
 * they have heard.
 */
const retiredBeforeTransfer: Rules["stages"] = ({
  storePointer,
  transferState,
  retire,
  collect
}) => [
  storePointer,
  {
    ...transferState,
    start: (state, task, got) => {
      const step = transferState.start(state, task, got)
      return { ...step, sends: [...retire.start(state, task, got).sends, ...step.sends] }
    }
  },
  { ...retire, start: (state, task, got) => collect(retire.start(state, task, got).state, task) }
]

/**
 * Of the longer of the two cmaps, the client hears that its last configuration is there and all
 * before it are retired.
 */
const onlyTheLatest: Rules["hears"] = (mine, told) => {
  const longer = known(told) < known(mine) ? mine : told
  return retireBelow(longer, known(longer) - 1)
}

const inOneConfiguration: Rules["returnsAtOnce"] = (configurations, holders) =>
  configurations.some((configuration) => isQuorum(configuration, "write", holders))

const atReadQuorums: Rules["returnsAtOnce"] = (configurations, holders) =>
  configurations.every((configuration) => isQuorum(configuration, "read", holders))

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about:
      "Section 5 with two rules changed: what is copied is what the storage nodes hold that have the forward pointer, and a Get phase restarts when it learns of a retirement. The sequence is given by a person.",
    rules: correct,
    unused: unusedWithoutConsensus
  },
  {
    name: "with-consensus",
    kind: "correct",
    about: "The same, with the sequence decided by consensus: an instance for each configuration.",
    rules: withConsensus
  },
  {
    name: "read-stored-value-at-once",
    kind: "correct",
    about:
      "A read returns without a Set phase what it found at a write quorum of every active configuration.",
    rules: { ...correct, ...readsAtOnce },
    unused: unusedWithoutConsensus
  },
  {
    name: "read-stored-in-one-configuration",
    kind: "mutant",
    about:
      "The same, but one active configuration whose write quorum holds the pair is taken for enough.",
    rules: { ...correct, ...readsAtOnce, returnsAtOnce: inOneConfiguration },
    unused: unusedWithoutConsensus
  },
  {
    name: "read-stored-at-read-quorum",
    kind: "mutant",
    about: "The same, but read quorums that hold the pair are taken for enough.",
    rules: { ...correct, ...readsAtOnce, returnsAtOnce: atReadQuorums },
    unused: unusedWithoutConsensus
  },
  {
    name: "as-written",
    kind: "mutant",
    about: "Every sentence of section 5 as it is written, with neither rule changed.",
    rules: { ...correct, stages: copiedFromAnywhere, restarts: false },
    unused: unusedWithoutConsensus
  },
  {
    name: "copied-from-anywhere",
    kind: "mutant",
    about:
      "The first rule is as written: once a majority has the forward pointer, a Get phase asks any majority for what is to be copied.",
    rules: { ...correct, stages: copiedFromAnywhere },
    unused: unusedWithoutConsensus
  },
  {
    name: "answers-kept-at-retirement",
    kind: "mutant",
    about:
      "The second rule is as written: a Get phase that learns of a retirement goes on with the answers that it has.",
    rules: { ...correct, restarts: false },
    unused: unusedWithoutConsensus
  },
  {
    name: "no-forward-pointer",
    kind: "mutant",
    about: "Action 1 is left out.",
    rules: {
      ...correct,
      stages: ({ getState, transferState, retire }) => [getState, transferState, retire]
    },
    unused: [...unusedWithoutConsensus, "StorePointer", "PointerStored"]
  },
  {
    name: "forward-pointer-one-short",
    kind: "mutant",
    about: "Action 1 is over one storage node before a majority has the forward pointer.",
    rules: { ...correct, isPointerStored: (phase) => isOverButForOne(phase, "write") },
    unused: unusedWithoutConsensus
  },
  {
    name: "get-before-forward-pointer",
    kind: "mutant",
    about: "State transfer begins before Action 1 is over: what it copies was got before it.",
    rules: {
      ...correct,
      stages: ({ getState, storePointer, transferState, retire }) => [
        getState,
        storePointer,
        transferState,
        retire
      ],
      looksIn: ["GettingState"]
    },
    unused: unusedWithoutConsensus
  },
  {
    name: "populate-without-get",
    kind: "mutant",
    about:
      "State transfer is a Set phase alone: nothing that the old configuration holds is copied.",
    rules: { ...correct, looksIn: [] },
    unused: unusedWithoutConsensus
  },
  {
    name: "retire-before-transfer",
    kind: "mutant",
    about:
      "The old configuration is said to be retired when Action 1 is over, before the state transfer.",
    rules: { ...correct, stages: retiredBeforeTransfer },
    unused: unusedWithoutConsensus
  },
  {
    name: "learned-configuration-ignored",
    kind: "mutant",
    about: "A client that reads or writes does not integrate the cmaps that it receives.",
    rules: { ...correct, hears: (known) => known },
    unused: unusedWithoutConsensus
  },
  {
    name: "new-configuration-alone",
    kind: "mutant",
    about: "A client that learns of a new configuration uses it alone from then on.",
    rules: { ...correct, hears: onlyTheLatest },
    unused: unusedWithoutConsensus
  },
  {
    name: "set-phase-not-extended",
    kind: "mutant",
    about: "A Set phase neither asks nor waits for the configurations that it learns of.",
    rules: { ...correct, extends: ["Getting"] },
    unused: unusedWithoutConsensus
  },
  {
    name: "announcement-not-awaited",
    kind: "mutant",
    about:
      "A reconfiguration returns without waiting until the directory knows of the new configuration.",
    rules: { ...correct, awaitsDirectory: false },
    unused: unusedWithoutConsensus
  },
  {
    name: "announced-first",
    kind: "mutant",
    about:
      "The directory is told of a new configuration before the storage nodes are, as section 5 says; but a client asks for a hint only once.",
    rules: { ...correct, course: ["announcement", "garbage collection"] },
    unused: unusedWithoutConsensus
  },
  {
    name: "consensus-instance-shared",
    kind: "mutant",
    about: "The sequence is decided by consensus, and all configurations share one instance.",
    rules: { ...withConsensus, instances: { of: () => 0, isOver: () => false } }
  },
  {
    name: "empty-successor-proposed",
    kind: "mutant",
    about:
      "Neither who proposes a configuration nor who votes for it looks whether it has members: two clients remove everybody.",
    rules: { ...withConsensus, maySucceed: () => true }
  }
]
