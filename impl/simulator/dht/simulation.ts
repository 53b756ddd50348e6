/**
 * A system of thousands of nodes by its seed: a membership service of four replicas, one of which
 * lies, and the objects of a hash table over the service's epochs. Nodes leave and join with every
 * epoch, some lie, and every object's history is judged.
 */

import type { Rules } from "../../../spec/dbqs/rules.ts"
import { type ServerId, server } from "../../../spec/nodes/nodes.ts"
import { Random } from "../random.ts"
import { epochsOf } from "./epochs.ts"
import { isTheGroup, neighbours, type ObjectOutcome, runObject } from "./object.ts"

export interface DhtPlan {
  readonly seed: number
  readonly nodes: number
  readonly objects: number
  readonly epochs: number
  /** The number of nodes that leave, and of those that join, with each epoch. */
  readonly changes: number
  /** The share of lying nodes; no group has two. */
  readonly liars: number
  readonly operations: number
  readonly rules?: Partial<Rules>
}

export const defaultDhtPlan: DhtPlan = {
  ...{ seed: 1, nodes: 1000, objects: 100, epochs: 4, changes: 10, liars: 0.1, operations: 6 }
}

export interface DhtOutcome {
  readonly verdict: "atomic" | "violated"
  /** What is wrong with the first object whose history is not atomic. */
  readonly reason: string
  readonly operations: number
  readonly pending: number
  readonly messages: number
  /** The number of groups that changed between two epochs, and of lying members of groups. */
  readonly changedGroups: number
  readonly lyingReplicas: number
  readonly evicted: number
  readonly joined: number
  /** The number of live nodes that were evicted because the lying replica accused them. */
  readonly evictedBySlander: number
  readonly serviceSteps: number
  /** The latencies of the operations in seconds, in order. */
  readonly latencies: ReadonlyArray<number>
}

/** The length of an epoch in seconds. */
const epochSeconds = 60
/** The minimum distance on the circle between two nodes that may fail or lie. */
const apart = 8

/**
 * The maximum number of nodes among `nodes` that can leave or lie with no two of them in one group.
 */
export const mostLiars = (nodes: number): number => Math.floor(nodes / apart) - 1

const nodeNamed = (seed: number, random: Random): ServerId =>
  server(`${random.word().toString(16).padStart(8, "0")}${seed.toString(16)}`)

/**
 * The run of this plan. Throws if the members of a group compute another group than all members do.
 */
export const simulateDht = (plan: DhtPlan): DhtOutcome => {
  const { seed, epochs, changes } = plan
  const random = new Random(seed, "hash table")
  const joining = changes * (epochs - 1)
  const names = new Set<ServerId>()
  while (names.size < plan.nodes + joining) names.add(nodeNamed(names.size, random))
  const all = [...names]
  const members = all.slice(0, plan.nodes).sort(byName)
  const joins = all.slice(plan.nodes).map((node, at) => [Math.floor(at / changes), node] as const)
  const { dies, liars } = faults(plan, members, random)
  const service = epochsOf({ members, joins, dies, epochs, random })
  const views = service.members.map((view) => [...view].sort(byName))
  const begins = views.map((_, number) => number * epochSeconds)
  const goes = (node: ServerId): number =>
    (dies.get(node) ?? Number.POSITIVE_INFINITY) * epochSeconds

  let [reason, changedGroups, lyingReplicas] = ["", 0, 0]
  const outcomes: Array<ObjectOutcome> = []
  for (let at = 0; at < plan.objects; at++) {
    const place = nodeNamed(at, random)
    if (at < 8 && !views.every((view) => isTheGroup(view, place)))
      throw new Error(`internal error: the neighbours of ${place} are not its group`)
    const groups = views.map((view) => neighbours(view, place, 4))
    changedGroups += groups.filter(
      (group, number) => number > 0 && String(group) !== String(groups[number - 1])
    ).length
    lyingReplicas += groups.flat().filter((one) => liars.has(one)).length
    const outcome = runObject({
      ...{ place, epochs: views, begins, goes, operations: plan.operations },
      lies: (node) => liars.has(node),
      random: new Random(seed, `object ${at}`),
      ...(plan.rules === undefined ? {} : { rules: plan.rules })
    })
    if (outcome.verdict === "violated" && reason === "") reason = `${place}: ${outcome.reason}`
    outcomes.push(outcome)
  }
  const last = new Set(views.at(-1))
  return {
    verdict: reason === "" ? "atomic" : "violated",
    reason,
    operations: sum(outcomes, ({ completed }) => completed),
    pending: sum(outcomes, ({ pending }) => pending),
    messages: sum(outcomes, ({ messages }) => messages),
    ...{ changedGroups, lyingReplicas },
    evicted: members.filter((node) => !last.has(node)).length,
    joined: joins.filter(([, node]) => last.has(node)).length,
    evictedBySlander: service.slandered.filter((node) => !last.has(node) && !dies.has(node)).length,
    serviceSteps: service.steps,
    latencies: outcomes.flatMap(({ latencies }) => latencies).sort((one, other) => one - other)
  }
}

/**
 * Decides which nodes leave and when, and which lie. They are far enough from each other on the
 * circle that no group has two of them. The service's own four stay.
 */
const faults = (
  { epochs, changes, liars }: DhtPlan,
  members: ReadonlyArray<ServerId>,
  random: Random
) => {
  const dies = new Map<ServerId, number>()
  const lying = new Set<ServerId>()
  const dying = changes * (epochs - 1)
  const places = Array.from({ length: mostLiars(members.length) }, (_, at) => apart * (at + 1))
  for (let at = places.length - 1; at > 0; at--) {
    const other = random.below(at + 1)
    const [one, two] = [places[at] as number, places[other] as number]
    places[at] = two
    places[other] = one
  }
  for (const place of places) {
    const node = members[place] as ServerId
    if (dies.size < dying) dies.set(node, Math.floor(dies.size / changes))
    else if (lying.size < liars * members.length) lying.add(node)
  }
  return { dies, liars: lying }
}

const byName = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

const sum = <A>(all: ReadonlyArray<A>, of: (one: A) => number): number =>
  all.reduce((total, one) => total + of(one), 0)
