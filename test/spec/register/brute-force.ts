/**
 * Atomicity by brute force, slow and obviously right: the oracle for the automaton of
 * `spec/register/atomicity.ts`. It is independent of the automaton: it has no state, and looks at
 * each event once.
 *
 * A history is linearizable if, after some of its pending operations are dropped, the others have
 * an order that respects real time and in which every read returns the value of the last write
 * before it (null if none).
 */
import type { NodeId } from "../../../spec/kernel/node.ts"
import type { Event } from "../../../spec/kernel/observer.ts"
import type { Access, AccessObservation, Value } from "../../../spec/register/operation.ts"

/** One operation of a history; one that never responded has `responded` infinite. */
export interface Interval {
  readonly node: NodeId
  readonly operation: Access
  readonly invoked: number
  readonly responded: number
  readonly result: Value
}

/**
 * The operations of a history. A crash leaves its client's operation pending, which is all it does.
 */
export const intervalsOf = (
  events: ReadonlyArray<Event<AccessObservation>>
): ReadonlyArray<Interval> => {
  const intervals: Array<Interval> = []
  for (const [time, event] of events.entries()) {
    if (event._tag === "Fault") continue
    const { node, observation } = event
    if (observation._tag === "Invocation") {
      const { operation } = observation
      intervals.push({
        node,
        operation,
        invoked: time,
        responded: Number.POSITIVE_INFINITY,
        result: null
      })
      continue
    }
    const last = intervals.findLastIndex((interval) => interval.node === node)
    const interval = intervals[last]
    if (interval === undefined) throw new Error(`${node} responds without an invocation`)
    intervals[last] = { ...interval, responded: time, result: observation.result }
  }
  return intervals
}

/**
 * Whether some order of the operations explains the history. Meant for at most seven operations.
 */
export const isLinearizable = (events: ReadonlyArray<Event<AccessObservation>>): boolean => {
  const intervals = intervalsOf(events)
  const completed = intervals.filter(isCompleted)
  const pending = intervals.filter((interval) => !isCompleted(interval))
  return subsetsOf(pending).some((kept) => {
    const chosen = [...completed, ...kept]
    return permutationsOf(chosen.length).some((permutation) => {
      const order = permutation.map((index) => chosen[index] as Interval)
      return isLegal(order) && respectsRealTime(order)
    })
  })
}

const isCompleted = ({ responded }: Interval): boolean => responded !== Number.POSITIVE_INFINITY

/** No operation stands after one that was invoked only when it had already responded. */
const respectsRealTime = (order: ReadonlyArray<Interval>): boolean =>
  order.every((earlier, index) =>
    order.slice(index + 1).every((later) => later.responded > earlier.invoked)
  )

/** Every completed read returns the current value. */
const isLegal = (order: ReadonlyArray<Interval>): boolean => {
  let value: Value = null
  for (const interval of order) {
    if (interval.operation._tag === "Write") value = interval.operation.value
    else if (isCompleted(interval) && interval.result !== value) return false
  }
  return true
}

const subsetsOf = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  items.reduce<ReadonlyArray<ReadonlyArray<A>>>(
    (subsets, item) => [...subsets, ...subsets.map((subset) => [...subset, item])],
    [[]]
  )

const permutations: Array<ReadonlyArray<ReadonlyArray<number>>> = [[[]]]

/**
 * All orders of 0 to `size` - 1, kept from one call to the next: they are asked for a million
 * times.
 */
const permutationsOf = (size: number): ReadonlyArray<ReadonlyArray<number>> => {
  const known = permutations[size]
  if (known !== undefined) return known
  const made = permutationsOf(size - 1).flatMap((shorter) =>
    Array.from({ length: size }, (_, place) => shorter.toSpliced(place, 0, size - 1))
  )
  permutations[size] = made
  return made
}
