/**
 * The checker as a library: one call that visits every reachable state of a relation and says what is true of it.
 */
import { deadlockFreedom } from "../engine/findings.ts"
import { Search } from "../engine/search.ts"
import { LivenessPass } from "../liveness/pass.ts"
import { visitedOf } from "../liveness/visited.ts"
import { describeClass, type LiveProperty } from "./fairness.ts"
import type { Relation } from "./relation.ts"
import { type Run, runAlong, runTo } from "./run.ts"
import { RelationSpace } from "./space.ts"

/** What is known of a property, or of all of them. Within bounds that were hit, nothing holds. */
export type Verdict = "holds" | "violated" | "inconclusive"

export interface CheckOptions {
  /** Whether a state without successors that is not done is a violation; by default it is not. */
  readonly deadlock?: boolean
  /** The search ends when it has found more states than this; by default it goes on to the end. */
  readonly maxStates?: number
}

export interface PropertyReport<State> {
  readonly name: string
  readonly kind: "safety" | "deadlock" | "liveness" | "reachability"
  readonly verdict: Verdict
  /**
   * A run that breaks the property: of safety, a shortest one; of liveness, one that goes on for ever (`loop`). A
   * `sometimes` that is never reached has none.
   */
  readonly counterexample?: Run<State>
}

export interface RelationReport<State> {
  readonly verdict: Verdict
  /** Whether every reachable state was visited. */
  readonly exhaustive: boolean
  readonly properties: ReadonlyArray<PropertyReport<State>>
  /** `generated` counts transitions and initial states, as TLC does; `depth` the steps to the farthest state. */
  readonly states: { readonly distinct: number; readonly generated: number; readonly depth: number }
  /** How often the relation's functions were called, and what part of the questions needed no call. */
  readonly engine: { readonly calls: number; readonly memoHitRate: number }
  /** How many transitions were of each action. */
  readonly fired: Readonly<Record<string, number>>
  /**
   * What was checked in vain: actions that were never enabled, `sometimes` that were never reached, and, in sentences,
   * fairness and liveness that nothing depended on.
   */
  readonly vacuous: ReadonlyArray<string>
}

/**
 * Checks a transition system over plain data, breadth-first. Throws `RelationIllFormed` if the relation is.
 *
 * Can exactly four gallons be measured with jugs of three and five? The violated invariant's counterexample says how.
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
 *     report.properties[0]?.counterexample?.steps // six steps; the last state is { small: 3, big: 4 }
 */
export const checkRelation = <State extends object>(
  relation: Relation<State>,
  { deadlock = false, maxStates = Number.POSITIVE_INFINITY }: CheckOptions = {}
): RelationReport<State> => {
  const space = new RelationSpace(relation)
  const search = new Search(space, deadlock)
  let hasMore = true
  while (hasMore && search.counts.distinct <= maxStates) hasMore = search.advance(1)
  const measured = measure(space, search)
  const pass = hasMore ? undefined : livenessOf(space, search)
  const properties = judge(relation, space, search, { deadlock, pass })
  const vacuous = [
    ...space.actions.filter((name) => measured.fired[name] === 0),
    ...Object.keys(relation.sometimes ?? {}).filter((name) => !space.reached.has(name)),
    ...(pass === undefined ? [] : inVain(space, pass, measured.fired))
  ]
  return { verdict: overall(properties, !hasMore), exhaustive: !hasMore, properties, ...measured, vacuous }
}

/** Decides what is demanded of runs that go on for ever. Nothing can be said of that before every state was visited. */
const livenessOf = <State extends object>(space: RelationSpace<State>, search: Search): LivenessPass => {
  const pass = new LivenessPass(space, visitedOf(search.shard), space.demands)
  pass.advance(Number.POSITIVE_INFINITY)
  return pass
}

/** Fairness of what is never enabled, and properties that never demanded anything, in sentences. */
const inVain = <State extends object>(
  { classes, live }: RelationSpace<State>,
  { spoken }: LivenessPass,
  fired: Readonly<Record<string, number>>
): ReadonlyArray<string> => [
  ...classes
    .filter(({ actions }) => actions.every((action) => fired[action] === 0))
    .map((one) => `${describeClass(one)} obliges nobody: it is never enabled`),
  ...live
    .filter((_, index) => !spoken[index])
    .map(({ name, form }) =>
      form === "always eventually"
        ? `"${name}" is true in every state`
        : `"${name}" demands nothing: wherever ${form === "leads to" ? "it begins" : "runs begin"}, it is done already`
    )
]

/** Taken before counterexamples are rebuilt, which asks some things again. */
const measure = <State extends object>(
  space: RelationSpace<State>,
  search: Search
): Pick<RelationReport<State>, "states" | "engine" | "fired"> => {
  const { distinct, generated, depth } = search.counts
  const { calls, lookups } = space
  return {
    states: { distinct, generated, depth },
    engine: { calls, memoHitRate: lookups === 0 ? 0 : 1 - calls / lookups },
    fired: Object.fromEntries(space.actions.map((name, action) => [name, space.fired[action] as number]))
  }
}

const judge = <State extends object>(
  relation: Relation<State>,
  space: RelationSpace<State>,
  search: Search,
  { deadlock, pass }: { readonly deadlock: boolean; readonly pass: LivenessPass | undefined }
): ReadonlyArray<PropertyReport<State>> => {
  const exhaustive = pass !== undefined
  const otherwise = exhaustive ? "holds" : "inconclusive"
  const decided = (name: string, kind: "safety" | "deadlock"): PropertyReport<State> => {
    const finding = search.findings.find(({ property }) => property === name)
    return finding === undefined
      ? { name, kind, verdict: otherwise }
      : { name, kind, verdict: "violated", counterexample: runTo(relation, space, search, finding) }
  }
  const live = (property: LiveProperty<State>, index: number): PropertyReport<State> => {
    const lasso = pass?.lassoOf(index)
    const common = { name: property.name, kind: "liveness" } as const
    return lasso === undefined
      ? { ...common, verdict: otherwise }
      : {
          ...common,
          verdict: "violated",
          counterexample: runAlong(relation, space, search, lasso, property)
        }
  }
  const missed = exhaustive ? "violated" : "inconclusive"
  return [
    ...space.properties.map((name) => decided(name, "safety")),
    ...(deadlock ? [decided(deadlockFreedom, "deadlock")] : []),
    ...space.live.map(live),
    ...Object.keys(relation.sometimes ?? {}).map((name): PropertyReport<State> => {
      return { name, kind: "reachability", verdict: space.reached.has(name) ? "holds" : missed }
    })
  ]
}

const overall = (properties: ReadonlyArray<PropertyReport<unknown>>, exhaustive: boolean): Verdict => {
  if (properties.some(({ verdict }) => verdict === "violated")) return "violated"
  return exhaustive ? "holds" : "inconclusive"
}
