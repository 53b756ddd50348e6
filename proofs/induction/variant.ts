/**
 * Models by name: of each protocol the correct ones, which are proved, and mutants, which must fail
 * in the place that is pinned here.
 */
import type { Model } from "../logic/model.ts"
import type { Reasons } from "./easier.ts"

/** A sentence of the invariant that a transition does not keep. */
export interface Break {
  readonly transition: string
  readonly sentence: string
}

export interface ModelVariant {
  readonly name: string
  readonly about: string
  readonly model: Model
  /** What fails, all of it; of a correct variant, nothing. */
  readonly breaks: ReadonlyArray<Break>
}

/** A protocol of which there are models. The first variant is the protocol itself. */
export interface ModelledProtocol {
  readonly name: string
  readonly about: string
  readonly variants: readonly [ModelVariant, ...ReadonlyArray<ModelVariant>]
  readonly reasons: Reasons
}

/** The breaks that a transition makes. */
export const at = (transition: string, ...sentences: ReadonlyArray<string>): ReadonlyArray<Break> =>
  sentences.map((sentence) => ({ transition, sentence }))
