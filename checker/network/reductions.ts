/**
 * The reductions: named parts that leave states out of the search without changing a verdict. What each assumes, and
 * why it is sound, is argued in `proofs/reductions.md`.
 */

export interface Reduction {
  readonly name: ReductionName
  readonly about: string
}

export type ReductionName = "obsolete-messages" | "dead-requests"

export const reductions: ReadonlyArray<Reduction> = [
  {
    name: "obsolete-messages",
    about: "drop a message when its receiver declares that it will never have an effect"
  },
  {
    name: "dead-requests",
    about:
      "drop a request that will never change its receiver when its sender no longer waits for answers to it"
  }
]

export const allReductions: ReadonlyArray<ReductionName> = reductions.map(({ name }) => name)
