/**
 * How strong an adversary is, what it overhears, and what it makes up (`adversary.ts`).
 */

/**
 * How strong an adversary is; each can do what those before can.
 *
 *  - `silent`: the nodes send nothing.
 *  - `stale`: they repeat records that somebody sent, each whole, as parts of new messages.
 *  - `equivocating`: they also put records together from parts that were sent, and sign with the
 *    keys that they know.
 *  - `arbitrary`: they also make up values, from the adversary's domain, and signatures, which
 *    verify nowhere.
 */
export const strengths = ["silent", "stale", "equivocating", "arbitrary"] as const
export type Strength = (typeof strengths)[number]

/**
 * What an adversary overhears:
 *
 *  - `everything` that is sent;
 *  - what nodes are sent that `may be corrupted`, from the moment when it is sent, and nothing that
 *    others are;
 *  - what nodes are sent that `are corrupted`: what comes to them later, and what is on its way to
 *    them in that moment.
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

/** What is made up where a domain says nothing: a number and a text that no scenario writes. */
export const usualLies: ReadonlyArray<unknown> = [9, "lie"]

/** Whether it puts records together from parts that it knows. */
export const putsTogether = ({ strength }: Adversary): boolean =>
  strength === "equivocating" || strength === "arbitrary"

/** What is made up for a field of this name. */
export const liesAt = ({ domain }: Adversary, field: string): ReadonlyArray<unknown> =>
  domain?.[field] ?? usualLies
