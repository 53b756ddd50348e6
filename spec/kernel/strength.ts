/**
 * The strength of an adversary, what it overhears, and what it makes up (`adversary.ts`).
 */

/**
 * The strength of an adversary; each one can do what the previous ones can.
 *
 *  - `silent`: the nodes send nothing.
 *  - `stale`: they repeat records that some node sent, each whole, as parts of new messages.
 *  - `equivocating`: they also assemble records from parts that were sent, and sign with the keys
 *    that they know.
 *  - `arbitrary`: they also make up values, from the adversary's domain, and signatures, which
 *    never verify.
 */
export const strengths = ["silent", "stale", "equivocating", "arbitrary"] as const
export type Strength = (typeof strengths)[number]

/**
 * What an adversary overhears:
 *
 *  - `everything` that is sent;
 *  - the messages to nodes that `may be corrupted`, from the moment they are sent, and no messages
 *    to others;
 *  - the messages to nodes that `are corrupted`: those that arrive later, and those in flight to
 *    them at that moment.
 */
export const hearings = ["everything", "may be corrupted", "are corrupted"] as const
export type Hearing = (typeof hearings)[number]

export interface Adversary {
  readonly strength: Strength
  /** Without it, everything. */
  readonly overhears?: Hearing
  /**
   * The values that an arbitrary adversary makes up, by the name of the field; `usualLies` for
   * fields not named.
   */
  readonly domain?: Readonly<Record<string, ReadonlyArray<unknown>>>
}

/** The default made-up values: a number and a string that no scenario writes. */
export const usualLies: ReadonlyArray<unknown> = [9, "lie"]

/** Whether it assembles records from parts that it knows. */
export const putsTogether = ({ strength }: Adversary): boolean =>
  strength === "equivocating" || strength === "arbitrary"

/** The made-up values for a field of this name. */
export const liesAt = ({ domain }: Adversary, field: string): ReadonlyArray<unknown> =>
  domain?.[field] ?? usualLies
