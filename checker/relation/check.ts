/**
 * The checker as a library: one call that visits every reachable state of a relation and reports
 * what is true of it.
 */
import { areValidOptions } from "./options.ts"
import type { Relation, RelationOf, WidenedState } from "./relation.ts"
import { RelationCheck, type RelationSearch } from "./relation-check.ts"
import type { RelationReport } from "./report.ts"

export type { PropertyReport, RelationReport, Verdict } from "./report.ts"

/** The progress of a check. */
export interface CheckProgress {
  readonly distinct: number
  readonly generated: number
  readonly depth: number
  /** States that were found and not yet expanded. */
  readonly frontier: number
  readonly seconds: number
  /** The memory that the search holds, roughly. */
  readonly heldBytes: number
}

/** How a relation is checked. */
export interface RelationOptions extends Omit<RelationSearch, "pageStore"> {
  /** The search ends when it has found more states than this; by default there is no limit. */
  readonly maxStates?: number
  readonly maxSeconds?: number
  /** The search ends when it holds more memory than this, roughly. */
  readonly maxMemoryBytes?: number
  /**
   * Ends the check when it is aborted: at once in `checkRelationAsync`; from `onProgress` in
   * `checkRelation`.
   */
  readonly signal?: AbortSignal
  /** Receives the progress of the check at this interval, in milliseconds (1,000 by default). */
  readonly onProgress?: (progress: CheckProgress) => void
  readonly progressMilliseconds?: number
}

/**
 * Checks a transition system over plain data. Throws `RelationIllFormed` if it cannot be checked.
 * The error names the place and the fix and, if the search had begun, the state and the run that
 * led there. By default the search is breadth-first and ends at the first violation;
 * `violations: "all"` finds all of them. The search looks for deadlock only if the relation or the
 * options ask for it (`deadlock: true`).
 *
 * Can exactly four gallons be measured with jugs of three and five? The counterexample to the
 * invariant shows how.
 *
 *     const report = checkRelation({
 *       initial: [{ small: 0, big: 0 }],
 *       actions: {
 *         fill: () => [{ small: 3 }, { big: 5 }],
 *         empty: () => [{ small: 0 }, { big: 0 }],
 *         "pour into big": ({ small, big }) => {
 *           const poured = Math.min(small, 5 - big)
 *           return [{ small: small - poured, big: big + poured }]
 *         },
 *         "pour into small": ({ small, big }) => {
 *           const poured = Math.min(big, 3 - small)
 *           return [{ small: small + poured, big: big - poured }]
 *         }
 *       },
 *       invariants: { "never four gallons": ({ big }) => big !== 4 }
 *     })
 *     // Six steps; the last state is { small: 3, big: 4 }.
 *     report.properties[0]?.counterexample?.steps
 */
export const checkRelation = <Initial extends object>(
  relation: RelationOf<Initial>,
  options: RelationOptions = {}
): RelationReport<WidenedState<Initial>> => {
  const driven = new Driven<WidenedState<Initial>>(
    relation as Relation<WidenedState<Initial>>,
    options
  )
  while (driven.goOn());
  return driven.result()
}

/**
 * The same, but yields to the rest of the program every few milliseconds, so `signal` can come from
 * anywhere.
 */
export const checkRelationAsync = async <Initial extends object>(
  relation: RelationOf<Initial>,
  options: RelationOptions = {}
): Promise<RelationReport<WidenedState<Initial>>> => {
  const driven = new Driven<WidenedState<Initial>>(
    relation as Relation<WidenedState<Initial>>,
    options
  )
  while (driven.goOn()) await new Promise<void>((resolve) => setTimeout(resolve, 0))
  return driven.result()
}

const sliceMilliseconds = 25
const maxSlice = 1 << 16

/** A check that watches its limits. */
class Driven<State extends object> {
  private readonly check: RelationCheck<State>
  private readonly options: RelationOptions
  private readonly started = performance.now()
  private told = this.started
  private slice = 1

  constructor(relation: Relation<State>, options: RelationOptions) {
    areValidOptions(options)
    this.options = options
    this.check = new RelationCheck(relation, options)
  }

  /** Does a piece of work. Returns false when the check has ended. */
  goOn(): boolean {
    const { check, options } = this
    const { maxStates = Number.POSITIVE_INFINITY } = options
    const before = performance.now()
    const isOverLimit = this.reached() !== undefined
    const left = Math.max(1, maxStates - check.counts.distinct + 1)
    if (!isOverLimit && !check.advance(Math.min(this.slice, left))) return false
    const now = performance.now()
    this.slice =
      now - before > sliceMilliseconds
        ? Math.max(1, this.slice >> 1)
        : Math.min(maxSlice, this.slice * 2)
    this.tell(now)
    const limit = this.reached()
    if (limit === undefined) return true
    check.stop(limit)
    return false
  }

  result(): RelationReport<State> {
    return this.check.result()
  }

  /** The limit that was reached. */
  private reached(): string | undefined {
    const { check, options } = this
    const { maxStates, maxSeconds, maxMemoryBytes, signal } = options
    if (signal?.aborted) return "it was aborted"
    if (maxStates !== undefined && check.counts.distinct > maxStates)
      return `the limit of ${maxStates} states was reached`
    if (maxSeconds !== undefined && performance.now() - this.started >= maxSeconds * 1000)
      return `the limit of ${maxSeconds} s was reached`
    if (maxMemoryBytes !== undefined && check.heldBytes > maxMemoryBytes)
      return `the limit of ${maxMemoryBytes} bytes was reached`
    return undefined
  }

  private tell(now: number): void {
    const { onProgress, progressMilliseconds = 1000 } = this.options
    if (onProgress === undefined || now - this.told < progressMilliseconds) return
    this.told = now
    const { heldBytes, counts } = this.check
    onProgress({ ...counts, seconds: (now - this.started) / 1000, heldBytes })
  }
}
