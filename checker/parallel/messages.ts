/**
 * What the conductor of a parallel search and its workers say to each other.
 */
import type { Observation } from "../../spec/kernel/process.ts"
import type { Operation } from "../../spec/register/operation.ts"
import type { Finding } from "../engine/findings.ts"
import type { Fingerprint } from "../engine/packing.ts"
import type { Found } from "../engine/segments.ts"
import type { ReductionName } from "../network/reductions.ts"

/** What a worker has found in a round, in memory that all share. */
export type SharedFound = {
  readonly [Which in "next" | "late"]: Pick<Found["next"], "words" | "capacity">
} & { readonly segments: { readonly next: Int32Array; readonly late: Int32Array } }

export type Order =
  /** Begin a round, and expand the states in it; round 0 only finds the initial states. */
  | { readonly _tag: "Expand"; readonly round: number; readonly rows: number }
  /** Undo the round, and take up a layout with room for so many bits of each component. */
  | { readonly _tag: "MakeRoom"; readonly needs: ReadonlyArray<number> }
  /** Take in what everyone has found. */
  | { readonly _tag: "TakeIn"; readonly found: ReadonlyArray<SharedFound> }
  | { readonly _tag: "Enter"; readonly level: number }
  /** Tell what state `number` was first reached from, and its fingerprint. */
  | { readonly _tag: "Trace"; readonly number: number }
  | { readonly _tag: "Tell" }

/** What a worker knows at the end of a round. */
export interface Standing {
  readonly distinct: number
  readonly expanded: number
  readonly generated: number
  readonly doneStates: number
  readonly depth: number
  readonly hasMore: boolean
  readonly isSpent: boolean
  readonly bytes: number
  readonly findings: ReadonlyArray<Finding>
}

/** What a worker has learned besides. */
export interface Told {
  readonly actions: Readonly<Record<string, number>>
  readonly reached: ReadonlyArray<string>
  readonly observations: ReadonlyArray<Observation<Operation>>
  readonly transitionCalls: number
}

export type Answer =
  | { readonly _tag: "Expanded"; readonly needs: ReadonlyArray<number> | undefined; readonly found: SharedFound }
  | { readonly _tag: "Stands"; readonly standing: Standing }
  | { readonly _tag: "Traced"; readonly parent: number; readonly fingerprint: Fingerprint }
  | { readonly _tag: "Told"; readonly told: Told }
  | { readonly _tag: "Done" }
  | {
      readonly _tag: "PromiseBroken"
      readonly reductions: ReadonlyArray<ReductionName>
      readonly message: string
    }
