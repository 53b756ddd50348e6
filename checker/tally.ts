/**
 * What a batch of runs came to, as plain data that can be sent from one thread to another and added
 * up.
 */

/** Runs number `from` up to, but without, `to` of a seed. */
export interface Batch {
  readonly from: number
  readonly to: number
}

/** Where a run broke a property: by the time so many steps were taken. */
export interface WalkFinding {
  readonly property: string
  readonly run: number
  readonly steps: number
}

export interface Tally {
  readonly runs: number
  readonly steps: number
  /** The most steps of a run. */
  readonly longest: number
  /**
   * Runs that ended because no step was possible: with every script done, and with something left
   * to do.
   */
  readonly completed: number
  readonly stuck: number
  /** Runs that were cut off at the bound. */
  readonly cut: number
  /** Runs that broke some property. */
  readonly violated: number
  /** Runs, and those that broke some property, by strategy. */
  readonly strategies: Readonly<
    Record<string, { readonly runs: number; readonly violated: number }>
  >
  /** How many steps there were of each kind. */
  readonly actions: Readonly<Record<string, number>>
  /** The `Sometimes` properties that were reached. */
  readonly reached: ReadonlyArray<string>
  /** The bounds that some process came to. */
  readonly boundsReached: ReadonlyArray<string>
  /**
   * Calls of the specification's transition functions. What a worker has remembered from before, it
   * need not call.
   */
  readonly transitionCalls: number
  /** Of each property that was broken, the first run that broke it. */
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

/** Two tallies as one. The first stands for earlier runs. */
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

/** Of each property, the first. */
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
