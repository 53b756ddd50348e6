/**
 * What a network learned during a search besides states, as plain data that can be merged across
 * workers.
 */
import type { AnyObservation } from "../spec/kernel/observation.ts"
import type { Fact } from "./network/facts.ts"
import type { Network } from "./network/network.ts"

export interface Statistics {
  /** The number of transitions of each kind. */
  readonly actions: Readonly<Record<string, number>>
  /** The `Sometimes` properties that were reached. */
  readonly reached: ReadonlyArray<string>
  /** The observations made in any run. */
  readonly observations: ReadonlyArray<AnyObservation>
  /** The number of calls of the specification's transition functions. */
  readonly transitionCalls: number
  /** The bounds that some process reached. */
  readonly boundsReached: ReadonlyArray<string>
  /** The facts that verify promises, if they are kept for others. */
  readonly facts: ReadonlyArray<Fact>
  /** Other counts, by name. */
  readonly counts?: Readonly<Record<string, number>>
}

export const statisticsOf = (network: Network): Statistics => {
  const { events, transitionCalls, facts } = network.processes
  const { transitions, boundsReached } = network.locals
  const counts = network
    .actionCounts()
    .map((count, kind) => [transitions.kinds.value(kind), count] as const)
  return {
    actions: Object.fromEntries(counts.filter(([, count]) => count > 0)),
    reached: [...network.judgement.reached],
    observations: Array.from({ length: events.size }, (_, number) => events.value(number))
      .flat()
      .flatMap((event) => (event._tag === "Observed" ? [event.observation] : [])),
    transitionCalls,
    boundsReached: [...boundsReached].sort(),
    facts: facts.all
  }
}

/** Merges what several workers learned. */
export const merged = (all: ReadonlyArray<Statistics>): Statistics => {
  const actions = summed(all.map((told) => told.actions))
  return {
    actions: Object.fromEntries(
      Object.entries(actions).sort(([left], [right]) => (left < right ? -1 : 1))
    ),
    reached: [...new Set(all.flatMap(({ reached }) => reached))],
    observations: all.flatMap(({ observations }) => observations),
    transitionCalls: all.reduce((sum, told) => sum + told.transitionCalls, 0),
    boundsReached: [...new Set(all.flatMap(({ boundsReached }) => boundsReached))].sort(),
    facts: all.flatMap(({ facts }) => facts),
    counts: summed(all.map(({ counts = {} }) => counts))
  }
}

const summed = (all: ReadonlyArray<Readonly<Record<string, number>>>): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const each of all)
    for (const [name, count] of Object.entries(each)) sums[name] = (sums[name] ?? 0) + count
  return sums
}
