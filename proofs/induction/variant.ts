/**
 * Models by name: for each protocol the correct ones, which are proved, and mutants, which must
 * fail in the places pinned here.
 */
import type { Model } from "../logic/model.ts"
import type { Reasons } from "./easier.ts"

/** A sentence of the invariant that a transition does not preserve. */
export interface Break {
  readonly transition: string
  readonly sentence: string
}

export interface ModelVariant {
  readonly name: string
  readonly about: string
  readonly model: Model
  /** All failures; a correct variant has none. */
  readonly breaks: ReadonlyArray<Break>
}

/** A protocol with models. The first variant is the protocol itself. */
export interface ModelledProtocol {
  readonly name: string
  readonly about: string
  readonly variants: readonly [ModelVariant, ...ReadonlyArray<ModelVariant>]
  readonly reasons: Reasons
}

/** The sentences that a transition breaks. */
export const at = (transition: string, ...sentences: ReadonlyArray<string>): ReadonlyArray<Break> =>
  sentences.map((sentence) => ({ transition, sentence }))
