/**
 * Decides atomicity in O(n log n) for long histories in which every value is written once.
 *
 * In such a history each read identifies the write it read from. The operations form clusters, one
 * per value: a write and its reads. An order that explains the history keeps each cluster
 * contiguous. The *zone* of a cluster lies between its first response and its last invocation. If
 * the response comes first, the zone is forward: the register holds the value throughout it.
 * Otherwise the cluster may take effect at any single point in its zone.
 *
 * The history is atomic if and only if no value is read before it is written, no two forward zones
 * overlap, and no other zone lies within a forward one. (Gibbons and Korach, "Testing shared
 * memories", 1997, theorem 4.5.)
 *
 * This is independent of the automaton in `atomicity.ts`; on small histories the two must agree.
 */
import type { Access, Value } from "./operation.ts"
import { describeValue } from "./operation.ts"

/**
 * An operation of a history. All times are distinct numbers; an operation without a response has
 * `responded` infinite.
 */
export interface Interval {
  readonly client: string
  readonly operation: Access
  readonly invoked: number
  readonly responded: number
  /** The result of a read. */
  readonly result: Value
}

export type Judgement =
  | { readonly _tag: "Atomic" }
  | { readonly _tag: "Violation"; readonly reason: string }
  /** This procedure does not apply: the value was written twice, or is the initial one. */
  | { readonly _tag: "NotWrittenOnce"; readonly value: Value }

interface Cluster {
  readonly value: Value
  readonly written: number
  firstResponse: number
  lastInvocation: number
}

interface Zone {
  readonly cluster: Cluster
  readonly low: number
  readonly high: number
}

/** Judges the operations on one register, in any order. */
export const judge = (intervals: ReadonlyArray<Interval>): Judgement => {
  const before = Number.NEGATIVE_INFINITY
  const clusters = new Map<Value, Cluster>([
    [null, { value: null, written: before, firstResponse: before, lastInvocation: before }]
  ])
  for (const { operation, invoked, responded } of intervals) {
    if (operation._tag === "Read") continue
    const { value } = operation
    if (clusters.has(value)) return { _tag: "NotWrittenOnce", value }
    clusters.set(value, {
      value,
      written: invoked,
      firstResponse: responded,
      lastInvocation: invoked
    })
  }
  for (const { client, operation, invoked, responded, result } of intervals) {
    if (operation._tag === "Write" || responded === Number.POSITIVE_INFINITY) continue
    const cluster = clusters.get(result)
    if (cluster === undefined || responded < cluster.written) {
      return violation(
        `${client} read ${describeValue(result)}, which no client had begun to write`
      )
    }
    cluster.firstResponse = Math.min(cluster.firstResponse, responded)
    cluster.lastInvocation = Math.max(cluster.lastInvocation, invoked)
  }
  return judgeZones([...clusters.values()])
}

const isForward = ({ firstResponse, lastInvocation }: Cluster): boolean =>
  firstResponse < lastInvocation

const judgeZones = (clusters: ReadonlyArray<Cluster>): Judgement => {
  const forward = clusters
    .filter(isForward)
    .map((cluster): Zone => ({ cluster, low: cluster.firstResponse, high: cluster.lastInvocation }))
    .sort((left, right) => left.low - right.low)
  for (const [index, zone] of forward.entries()) {
    const next = forward[index + 1]
    if (next !== undefined && next.low < zone.high) return overlap(zone.cluster, next.cluster)
  }
  for (const cluster of clusters) {
    if (isForward(cluster)) continue
    const around = lastBelow(forward, cluster.lastInvocation)
    if (around !== undefined && cluster.firstResponse < around.high)
      return overlap(around.cluster, cluster)
  }
  return { _tag: "Atomic" }
}

/** The last zone that begins before this time. */
const lastBelow = (zones: ReadonlyArray<Zone>, time: number): Zone | undefined => {
  let from = 0
  let to = zones.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((zones[middle] as Zone).low < time) from = middle + 1
    else to = middle
  }
  return zones[from - 1]
}

const violation = (reason: string): Judgement => ({ _tag: "Violation", reason })

const overlap = (one: Cluster, other: Cluster): Judgement =>
  violation(
    `${describeValue(one.value)} was seen both before and after ${describeValue(other.value)}, which was written once`
  )
