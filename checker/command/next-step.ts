/**
 * What to do about an inconclusive verdict.
 */

/** What was searched, and how. */
interface Searched {
  readonly order: "bfs" | "dfs" | "random"
  /** The place of the model, if it is not a scenario. */
  readonly model?: unknown
}

export const nextStep = (stopped: string | undefined, { order, model }: Searched): string => {
  const smaller =
    model === undefined ? "fewer operations or faults" : "a constraint, or smaller constants"
  if (order === "random")
    return "random runs can only find violations: take more (--runs), or search a smaller model (--order bfs)"
  if (stopped?.includes("memory"))
    return `give it more (--max-memory), keep less (--keep fingerprints), or check ${smaller}`
  if (stopped === "a violation was found") return "fix it, and check again"
  if (stopped === "interrupted" || stopped?.includes("limit"))
    return `search longer (--max-states, --max-seconds; --checkpoint saves progress), check ${smaller}, or take random runs (--order random)`
  return `check ${smaller}`
}
