/**
 * A mistake in a scenario, and how it is reported: the place, the problem, and the fix.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** Something that a person wrote cannot be used. */
export class ScenarioRefused extends Schema.TaggedError<ScenarioRefused>()("ScenarioRefused", {
  /** The file or the name. */
  source: Schema.String,
  /**
   * The place in it: a path such as `clients[1][0]`, or a line and a column; empty for the whole.
   */
  place: Schema.String,
  problem: Schema.String,
  mend: Schema.String,
  /** Other mistakes in the same source. */
  others: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({ place: Schema.String, problem: Schema.String, mend: Schema.String })
    )
  )
}) {
  override get message(): string {
    return this.mistakes.join("\n")
  }

  /** Each mistake in a sentence. */
  get mistakes(): ReadonlyArray<string> {
    return [this, ...(this.others ?? [])].map(({ place, problem, mend }) =>
      [this.source, place, `${problem}${mend === "" ? "" : ` — ${mend}`}`]
        .filter((part) => part !== "")
        .join(": ")
    )
  }
}

/** Several mistakes of one source as one refusal. */
export const together = (refusals: ReadonlyArray<ScenarioRefused>): ScenarioRefused => {
  const [first, ...others] = refusals.flatMap(({ place, problem, mend, others = [] }) => [
    { place, problem, mend },
    ...others
  ])
  const { source } = refusals[0] as ScenarioRefused
  const { place, problem, mend } = first as { place: string; problem: string; mend: string }
  return new ScenarioRefused({
    ...{ source, place, problem, mend },
    ...(others.length === 0 ? {} : { others })
  })
}

/** The data that could be read, or why it could not be. */
export type Loaded<A> = Result.Result<A, ScenarioRefused>

export const refused = (
  source: string,
  place: string,
  problem: string,
  mend: string
): Loaded<never> => Result.fail(new ScenarioRefused({ source, place, problem, mend }))

/** "Did you mean …?" if a known name is close, otherwise the list of known names. */
export const suggest = (name: string, known: ReadonlyArray<string>): string => {
  const isNear = (other: string) =>
    distance(name.toLowerCase(), other.toLowerCase()) <= Math.min(2, Math.max(0, name.length - 3))
  const near = known.find(isNear)
  return near === undefined ? `known: ${known.join(", ")}` : `did you mean "${near}"?`
}

/** The number of insertions, deletions and replacements that lead from one word to the other. */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[to.length] as number
}
