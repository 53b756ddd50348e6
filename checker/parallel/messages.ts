/**
 * The messages between the conductor of a parallel search and its workers.
 */
import type { Finding } from "../engine/findings.ts"
import type { Found } from "../engine/frontier.ts"
import type { OpenBlock } from "../engine/lending.ts"
import type { Fingerprint } from "../engine/packing.ts"
import type { Checksums, Progress } from "../engine/saving.ts"
import type { Fact } from "../network/facts.ts"
import type { ReductionName } from "../network/reductions.ts"
import type { Statistics } from "../statistics.ts"
import type { SharedWords } from "./streams.ts"

export type Order =
  /** Begin a round of this many states; round 0 only finds the initial states. */
  | {
      readonly _tag: "BeginRound"
      readonly round: number
      readonly states: number
      /** The blocks that workers have lent since the last round began. */
      readonly lent: ReadonlyArray<OpenBlock>
    }
  /** Expand up to this many states of the round. */
  | { readonly _tag: "Expand"; readonly count: number }
  /** End the round before all of its states are expanded. */
  | { readonly _tag: "EndEarly" }
  /** Undo the round, and adopt a layout with room for this many bits of each component. */
  | { readonly _tag: "MakeRoom"; readonly needs: ReadonlyArray<number> }
  /** Take in what all workers found. */
  | { readonly _tag: "TakeIn"; readonly found: ReadonlyArray<Found> }
  | { readonly _tag: "Enter"; readonly level: number }
  /** Report the parent of state `number`, and its fingerprint. */
  | { readonly _tag: "Trace"; readonly number: number }
  /** Report the facts that this worker relies on; verify the facts of the others. */
  | { readonly _tag: "TellFacts" }
  | { readonly _tag: "HearFacts"; readonly facts: ReadonlyArray<Fact> }
  | { readonly _tag: "Tell" }
  /** Put away what is not needed soon. */
  | { readonly _tag: "PutAway" }
  /** Learn what the first so many states need. They do not count as found. */
  | { readonly _tag: "Rehearse"; readonly states: number }
  /** Write the shard's partitions into a place. */
  | { readonly _tag: "Save"; readonly place: string }
  /** Read the shard's partitions from a place, or from the streams of one that searched alone. */
  | { readonly _tag: "Load"; readonly from: string | SharedWords; readonly progress: Progress }

/** The state of a worker's search at the end of a round. */
export interface Standing {
  readonly distinct: number
  readonly expanded: number
  readonly generated: number
  readonly doneStates: number
  readonly unclearStates: number
  readonly depth: number
  readonly hasMore: boolean
  readonly isSpent: boolean
  /** The blocks that this worker has lent to the others since its last report. */
  readonly lent: ReadonlyArray<OpenBlock>
  readonly bytes: number
  readonly heldBytes: number
  /** The minimum number of bits of each component of a packed state. */
  readonly needs: ReadonlyArray<number>
  readonly findings: ReadonlyArray<Finding>
}

export type Answer =
  | {
      readonly _tag: "Expanded"
      readonly needs: ReadonlyArray<number> | undefined
      /** The findings of the round, once none of its states are left. */
      readonly found: Found | undefined
    }
  | { readonly _tag: "Stands"; readonly standing: Standing }
  | { readonly _tag: "Traced"; readonly parent: number; readonly fingerprint: Fingerprint }
  | { readonly _tag: "Facts"; readonly facts: ReadonlyArray<Fact> }
  | { readonly _tag: "Statistics"; readonly told: Statistics }
  | { readonly _tag: "Saved"; readonly files: Checksums }
  | { readonly _tag: "NotSaved"; readonly problem: string }
  | { readonly _tag: "Done" }
  /** The model is ill-formed; the refusal is the error that says why. */
  | { readonly _tag: "Refused"; readonly refusal: unknown }
  | {
      readonly _tag: "PromiseBroken"
      readonly reductions: ReadonlyArray<ReductionName>
      readonly message: string
    }
