/**
 * The results of a batch of random runs, as plain data that threads can exchange and add up.
 */

/** The runs of a seed with numbers from `from` up to, but excluding, `to`. */
export interface Batch {
  readonly from: number
  readonly to: number
}

/**
 * A violation in a random run: the property, the run, and the number of steps taken before it was
 * noticed.
 */
export interface WalkFinding {
  readonly property: string
  readonly run: number
  readonly steps: number
}

export interface Tally {
  readonly runs: number
  readonly steps: number
  /** The length of the longest run, in steps. */
  readonly longest: number
  /**
   * The number of runs that ended because no step was possible: with every script done, and with
   * work left.
   */
  readonly completed: number
  readonly stuck: number
  /** The number of runs cut off at the bound. */
  readonly cut: number
  /** The number of runs that violated some property. */
  readonly violated: number
  /** The number of runs, and of those that violated some property, by strategy. */
  readonly strategies: Readonly<
    Record<string, { readonly runs: number; readonly violated: number }>
  >
  /** The number of steps of each kind. */
  readonly actions: Readonly<Record<string, number>>
  /** The `Sometimes` properties that were reached. */
  readonly reached: ReadonlyArray<string>
  /** The bounds that some process reached. */
  readonly boundsReached: ReadonlyArray<string>
  /**
   * The number of calls of the specification's transition functions. A worker does not call them
   * again for steps that it remembers.
   */
  readonly transitionCalls: number
  /** For each violated property, the first run that violated it. */
  readonly findings: ReadonlyArray<WalkFinding>
}

export const emptyTally: Tally = {
  runs: 0,
  steps: 0,
  longest: 0,
  completed: 0,
  stuck: 0,
  cut: 0,
  violated: 0,
  strategies: {},
  actions: {},
  reached: [],
  boundsReached: [],
  transitionCalls: 0,
  findings: []
}

/** Adds two tallies. The first one is of the earlier runs. */
export const add = (first: Tally, second: Tally): Tally => ({
  runs: first.runs + second.runs,
  steps: first.steps + second.steps,
  longest: Math.max(first.longest, second.longest),
  completed: first.completed + second.completed,
  stuck: first.stuck + second.stuck,
  cut: first.cut + second.cut,
  violated: first.violated + second.violated,
  strategies: addFields(first.strategies, second.strategies, (one, other) => ({
    runs: one.runs + other.runs,
    violated: one.violated + other.violated
  })),
  actions: addFields(first.actions, second.actions, (one, other) => one + other),
  reached: [...new Set([...first.reached, ...second.reached])].sort(),
  boundsReached: [...new Set([...first.boundsReached, ...second.boundsReached])].sort(),
  transitionCalls: first.transitionCalls + second.transitionCalls,
  findings: firstFindings([...first.findings, ...second.findings])
})

/** The first finding of each property. */
export const firstFindings = (findings: ReadonlyArray<WalkFinding>): ReadonlyArray<WalkFinding> =>
  findings.filter(
    ({ property }, index) => findings.findIndex((other) => other.property === property) === index
  )

const addFields = <A>(
  first: Readonly<Record<string, A>>,
  second: Readonly<Record<string, A>>,
  plus: (one: A, other: A) => A
): Record<string, A> => {
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])].sort()
  return Object.fromEntries(
    names.map((name) => {
      const [one, other] = [first[name], second[name]]
      return [name, one === undefined ? (other as A) : other === undefined ? one : plus(one, other)]
    })
  )
}
