/**
 * The stages of a client's update and scan of the weak snapshot of a configuration (tutorial 6).
 *
 * An update is an endorsement and a Set phase; a scan is a collect and its write-back, twice. The
 * numbering of messages and the rest of the client are opaque here. Each function returns the
 * progress of the operation, and the client sends the question, if there is one, to the members of
 * the configuration.
 */
import * as Schema from "effect/Schema"
import type { Configuration } from "../configuration/configuration.ts"
import { union } from "../kernel/data.ts"
import type { NodeId } from "../kernel/node.ts"
import { advance, begin, Phase, unchanged } from "../phase/phase.ts"
import type { Change, Changes } from "./change.ts"
import { changesOf, Endorsements } from "./endorsements.ts"
import type { Answer, Collected, Endorsed, Question as NumberedQuestion } from "./messages.ts"
import type { Rules } from "./rules.ts"

/** update: waiting for the first response to an endorsement request. */
export const Endorsing = Schema.TaggedStruct("Endorsing", {})
/** update: the Set phase on the endorser's column; the phase's answer is the stored entry. */
export const Spreading = Schema.TaggedStruct("Spreading", { phase: Phase(Endorsements) })
/**
 * scan: the first or the second collect; the phase's answer is the union of the arrays received so
 * far.
 */
export const Collecting = Schema.TaggedStruct("Collecting", {
  round: Schema.Literals([1, 2]),
  phase: Phase(Endorsements)
})
/** scan: the Set phase on everything the collect found, which is the phase's answer. */
export const WritingBack = Schema.TaggedStruct("WritingBack", {
  round: Schema.Literals([1, 2]),
  phase: Phase(Endorsements)
})

export const Stage = Schema.Union([Endorsing, Spreading, Collecting, WritingBack])
export type Stage = typeof Stage.Type
export type Spreading = typeof Spreading.Type
export type Collecting = typeof Collecting.Type
export type WritingBack = typeof WritingBack.Type

type Unnumbered<M> = M extends unknown ? Omit<M, "operation" | "phase"> : never
/** A question without the numbers of its operation and phase. */
export type Question = Unnumbered<NumberedQuestion>

/**
 * The progress of an operation: a new phase begins, answers are missing, or the operation is
 * complete.
 */
export type Progress =
  | { readonly _tag: "Asks"; readonly stage: Stage; readonly question: Question }
  | { readonly _tag: "Waits"; readonly stage: Stage }
  | { readonly _tag: "Updated" }
  | { readonly _tag: "Scanned"; readonly changes: Changes }

/** The parameters of the stages. */
export interface Context {
  /**
   * The configuration of the weak snapshot; none if it has no members, and then no node ever
   * answers.
   */
  readonly configurations: ReadonlyArray<Configuration>
  readonly rules: Rules
}

/**
 * update(d) begins: "a client first tries to get one of the storage nodes in c to endorse the
 * change d".
 */
export const startUpdate = (change: Change): Progress => ({
  _tag: "Asks",
  stage: { _tag: "Endorsing" },
  question: { _tag: "Endorse", change }
})

/**
 * "When the client receives the first response d'' from some node s_j, it ensures that a majority
 * of the storage nodes know that s_j endorses d'', by executing essentially the Set phase on the
 * j-th column of the matrix."
 */
const receiveEndorsed = (
  { configurations, rules }: Context,
  from: NodeId,
  { change }: Endorsed
): Progress | undefined => {
  const endorser = configurations
    .flatMap(({ members }) => members)
    .find((member) => member === from)
  if (endorser === undefined) return undefined
  if (!rules.spreads) return { _tag: "Updated" }
  const endorsements = [rules.endorsement(endorser, change)]
  return {
    _tag: "Asks",
    stage: { _tag: "Spreading", phase: begin(configurations, endorsements) },
    question: { _tag: "Store", endorsements }
  }
}

/**
 * A storage node has stored the endorsement. After a majority of acknowledgements the update is
 * complete.
 */
const receiveSpread = (state: Spreading, from: NodeId): Progress => {
  const { phase, isComplete } = advance(state.phase, from, unchanged, "write")
  return isComplete ? { _tag: "Updated" } : { _tag: "Waits", stage: { ...state, phase } }
}

/** scan() begins: "a client collects the arrays from a majority of the nodes". */
export const startScan = (context: Context): Progress => startCollect(context, 1)

const startCollect = ({ configurations }: Context, round: 1 | 2): Progress => ({
  _tag: "Asks",
  stage: { _tag: "Collecting", round, phase: begin(configurations, []) },
  question: { _tag: "Collect" }
})

/**
 * A storage node's array arrives. After a majority of arrays the collect is complete, and the
 * client writes back what it found.
 *
 * If the collect found nothing, the scan ends: no update was complete when it began, so it may
 * return the empty set. (The scan of the original weak snapshot [2] ends there too.) The tutorial
 * collects again. That loses the non-empty intersection: such a second collect may begin before any
 * write-back, and then it need not find what other scans find (variant `to-the-letter`).
 */
const receiveCollected = (
  context: Context,
  state: Collecting,
  from: NodeId,
  { endorsements }: Collected
): Progress => {
  const { rules } = context
  const merge = (found: Endorsements): Endorsements => union(found, endorsements)
  const { phase, isComplete } = advance(state.phase, from, merge, "read")
  if (!isComplete) return { _tag: "Waits", stage: { ...state, phase } }
  const found = phase.answer
  if (found.length === 0 && rules.endsWhenEmpty) return { _tag: "Scanned", changes: [] }
  return rules.writesBack
    ? startWriteBack(context, state.round, found)
    : afterCollect(context, state.round, found)
}

/**
 * "This is done similarly to a read() in Section 2.3": a read stores what it found at a majority
 * before it returns, and so does a collect. The text does not spell this out; without it two scans
 * may have nothing in common (variant `no-write-back`).
 */
const startWriteBack = (
  { configurations }: Context,
  round: 1 | 2,
  found: Endorsements
): Progress => ({
  _tag: "Asks",
  stage: { _tag: "WritingBack", round, phase: begin(configurations, found) },
  question: { _tag: "Store", endorsements: found }
})

/**
 * A storage node has stored what the collect found. After a majority of acknowledgements the scan
 * continues.
 */
const receiveWrittenBack = (context: Context, state: WritingBack, from: NodeId): Progress => {
  const { phase, isComplete } = advance(state.phase, from, unchanged, "write")
  return isComplete
    ? afterCollect(context, state.round, phase.answer)
    : { _tag: "Waits", stage: { ...state, phase } }
}

/**
 * "And then does it again to guarantee the non-empty intersection property; it returns a set
 * containing all configuration changes it obtained."
 */
const afterCollect = (context: Context, round: 1 | 2, found: Endorsements): Progress =>
  round < context.rules.collects
    ? startCollect(context, 2)
    : { _tag: "Scanned", changes: changesOf(found) }

/**
 * An answer to the current phase arrives. Undefined if it does not answer the question of this
 * stage.
 */
export const receive = (
  context: Context,
  stage: Stage,
  from: NodeId,
  answer: Answer
): Progress | undefined => {
  switch (stage._tag) {
    case "Endorsing":
      return answer._tag === "Endorsed" ? receiveEndorsed(context, from, answer) : undefined
    case "Spreading":
      return answer._tag === "Stored" ? receiveSpread(stage, from) : undefined
    case "Collecting":
      return answer._tag === "Collected"
        ? receiveCollected(context, stage, from, answer)
        : undefined
    case "WritingBack":
      return answer._tag === "Stored" ? receiveWrittenBack(context, stage, from) : undefined
  }
}
