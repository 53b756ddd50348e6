/**
 * Reconfiguration along an agreed sequence (tutorial, section 5): the protocol, the tutorial as
 * written, and mutants.
 */
import { isQuorum } from "../configuration/configuration.ts"
import type { Variant } from "../kernel/protocol.ts"
import { isOverButForOne } from "../phase/phase.ts"
import { lengthOf, retireBelow } from "./configuration-map.ts"
import { correct, type Rules, readsAtOnce, withConsensus } from "./rules.ts"

/** If a person provides the sequence, there are no instances of consensus. */
const unusedWithoutConsensus = ["Ballot", "BallotReply"]

/** After Action 1, a separate Get phase asks any majority for the pair to copy. */
const copiedFromAnywhere: Rules["stages"] = ({ storePointer, getState, transferState, retire }) => [
  storePointer,
  getState,
  transferState,
  retire
]

/**
 * The client announces the retirement when the transfer begins, and does not wait for
 * acknowledgements.
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
 * From the longer of the two cmaps, the client takes only the last configuration, and considers all
 * earlier ones retired.
 */
const onlyTheLatest: Rules["hears"] = (mine, received) => {
  const longer = lengthOf(received) < lengthOf(mine) ? mine : received
  return retireBelow(longer, lengthOf(longer) - 1)
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
      "Section 5 with two rules changed: the storage nodes that store the forward pointer send their pairs, of which the client copies the largest, and a Get phase restarts when it learns of a retirement. A person provides the sequence.",
    rules: correct,
    unused: unusedWithoutConsensus
  },
  {
    name: "with-consensus",
    kind: "correct",
    about: "The same, but consensus decides the sequence: one instance for each configuration.",
    rules: withConsensus
  },
  {
    name: "read-stored-value-at-once",
    kind: "correct",
    about:
      "A read that finds the same pair at a write quorum of every active configuration returns it without a Set phase.",
    rules: { ...correct, ...readsAtOnce },
    unused: unusedWithoutConsensus
  },
  {
    name: "read-stored-in-one-configuration",
    kind: "mutant",
    about: "The same, but a write quorum of one active configuration suffices.",
    rules: { ...correct, ...readsAtOnce, returnsAtOnce: inOneConfiguration },
    unused: unusedWithoutConsensus
  },
  {
    name: "read-stored-at-read-quorum",
    kind: "mutant",
    about: "The same, but read quorums suffice.",
    rules: { ...correct, ...readsAtOnce, returnsAtOnce: atReadQuorums },
    unused: unusedWithoutConsensus
  },
  {
    name: "as-written",
    kind: "mutant",
    about: "Section 5 as written, with neither rule changed.",
    rules: { ...correct, stages: copiedFromAnywhere, restarts: false },
    unused: unusedWithoutConsensus
  },
  {
    name: "copied-from-anywhere",
    kind: "mutant",
    about:
      "The first rule as written: after a majority has the forward pointer, a Get phase asks any majority for the pair to copy.",
    rules: { ...correct, stages: copiedFromAnywhere },
    unused: unusedWithoutConsensus
  },
  {
    name: "answers-kept-at-retirement",
    kind: "mutant",
    about: "The second rule as written: a Get phase that learns of a retirement keeps its answers.",
    rules: { ...correct, restarts: false },
    unused: unusedWithoutConsensus
  },
  {
    name: "no-forward-pointer",
    kind: "mutant",
    about: "The client skips Action 1.",
    rules: {
      ...correct,
      stages: ({ getState, transferState, retire }) => [getState, transferState, retire]
    },
    unused: [...unusedWithoutConsensus, "StorePointer", "PointerStored"]
  },
  {
    name: "forward-pointer-one-short",
    kind: "mutant",
    about: "Action 1 ends one storage node short of a majority.",
    rules: { ...correct, isPointerStored: (phase) => isOverButForOne(phase, "write") },
    unused: unusedWithoutConsensus
  },
  {
    name: "get-before-forward-pointer",
    kind: "mutant",
    about: "The Get phase of the state transfer comes before Action 1.",
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
      "State transfer is only a Set phase: the client copies nothing from the old configuration.",
    rules: { ...correct, looksIn: [] },
    unused: unusedWithoutConsensus
  },
  {
    name: "retire-before-transfer",
    kind: "mutant",
    about:
      "The client announces the retirement of the old configuration after Action 1, before the state transfer.",
    rules: { ...correct, stages: retiredBeforeTransfer },
    unused: unusedWithoutConsensus
  },
  {
    name: "learned-configuration-ignored",
    kind: "mutant",
    about: "A client that reads or writes does not integrate the cmaps it receives.",
    rules: { ...correct, hears: (known) => known },
    unused: unusedWithoutConsensus
  },
  {
    name: "new-configuration-alone",
    kind: "mutant",
    about: "A client that learns of a new configuration uses only that one from then on.",
    rules: { ...correct, hears: onlyTheLatest },
    unused: unusedWithoutConsensus
  },
  {
    name: "set-phase-not-extended",
    kind: "mutant",
    about: "A Set phase neither asks nor waits for the configurations it learns of.",
    rules: { ...correct, extends: ["Getting"] },
    unused: unusedWithoutConsensus
  },
  {
    name: "announcement-not-awaited",
    kind: "mutant",
    about:
      "A reconfiguration returns without waiting for the directory to acknowledge the new configuration.",
    rules: { ...correct, awaitsDirectory: false },
    unused: unusedWithoutConsensus
  },
  {
    name: "announced-first",
    kind: "mutant",
    about:
      "The reconfigurer informs the directory before the storage nodes, as in section 5, but a client asks only once per hint.",
    rules: { ...correct, course: ["announcement", "garbage collection"] },
    unused: unusedWithoutConsensus
  },
  {
    name: "consensus-instance-shared",
    kind: "mutant",
    about: "Consensus decides the sequence, but all configurations share one instance.",
    rules: { ...withConsensus, instances: { of: () => 0, isOver: () => false } }
  },
  {
    name: "own-map-trusted",
    kind: "mutant",
    about:
      "Consensus decides the sequence. A client whose latest known configuration already has the change reports it done, or refuses a change that would leave no members there, and asks nobody.",
    rules: { ...withConsensus, confirmsLatest: false }
  },
  {
    name: "empty-successor-proposed",
    kind: "mutant",
    about:
      "Neither proposers nor acceptors check that a configuration has members: two clients together remove all members.",
    rules: { ...withConsensus, maySucceed: () => true }
  }
]
