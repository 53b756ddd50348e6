/**
 * Explains to users why a history of a register is not atomic.
 */
import { type Interval as IntervalOf, possessive } from "../kernel/history.ts"
import { type Access, describeValue, isAccess, type Value } from "./operation.ts"

type Interval = IntervalOf<Access, Value>
type AnyInterval = IntervalOf<unknown, unknown>

const isOfRegister = (interval: AnyInterval): interval is Interval =>
  isAccess(interval.operation as Access)

/**
 * Why the last read of a non-atomic history could not return its result; undefined if a relevant
 * value was written twice.
 *
 * The operations on a value are its write and the reads that returned it. If every value is written
 * once, a read can break atomicity in two ways: no operation wrote the value it returned, or an
 * operation on a newer value had ended before the read began. A value is newer than another if an
 * operation on it began after an operation on the other had ended. (This is Gibbons and Korach's
 * condition on zones, seen from the last read; tests compare it with the definition of atomicity.)
 */
export const explainAtomicity = (history: ReadonlyArray<AnyInterval>): string | undefined => {
  const all = history.filter(isOfRegister)
  const ended = all.filter(({ ending }) => ending === "response")
  const read = ended.reduce<Interval | undefined>(
    (last, one) => (last === undefined || endOf(one) > endOf(last) ? one : last),
    undefined
  )
  if (read === undefined || read.operation._tag !== "Read" || read.result === undefined)
    return undefined
  const value = read.result
  const intervals = all.filter(({ operation }) => operation.object === read.operation.object)
  const writes = writesOf(intervals, value)
  if (value !== null && writes.length === 0) {
    return `${possessive(read)} returned ${describeValue(value)}, a value that no client had written.`
  }
  if (writes.length > (value === null ? 0 : 1)) return undefined
  const newer = newerThan(intervals, read, value)
  if (newer === undefined) return undefined
  return value === null ? missed(read, newer) : overtaken(read, value, newer)
}

/** A newer value than the one returned, and the operations that prove it newer. */
interface Newer {
  readonly value: Value
  /** An operation on the newer value that ended before the read began. */
  readonly witness: Interval
  /**
   * An operation on the newer value that began after the end of `before`, an operation on the older
   * one.
   */
  readonly after: Interval
  readonly before: Interval | undefined
}

const newerThan = (
  intervals: ReadonlyArray<Interval>,
  read: Interval,
  value: Value
): Newer | undefined => {
  // Every value is newer than the initial one.
  const before =
    value === null
      ? undefined
      : earliestEnd(onValue(intervals, value).filter((one) => one !== read))
  if (value !== null && before === undefined) return undefined
  const from = before === undefined ? 0 : endOf(before)
  const found = newerValues(intervals, value).flatMap((newer): ReadonlyArray<Newer> => {
    const operations = onValue(intervals, newer)
    const past = operations.filter((one) => endOf(one) < read.begin)
    const late = operations.filter(({ begin }) => begin > from)
    const both = past.find((one) => late.includes(one))
    const witness = both ?? earliestEnd(past)
    const after = both ?? late[0]
    return witness === undefined || after === undefined
      ? []
      : [{ value: newer, witness, after, before }]
  })
  return found.find(({ witness }) => witness.operation._tag === "Write") ?? found[0]
}

/** The other values written exactly once. */
const newerValues = (intervals: ReadonlyArray<Interval>, value: Value): ReadonlyArray<Value> =>
  intervals.flatMap(({ operation }) =>
    operation._tag === "Write" &&
    operation.value !== value &&
    operation.value !== null &&
    writesOf(intervals, operation.value).length === 1
      ? [operation.value]
      : []
  )

const writesOf = (intervals: ReadonlyArray<Interval>, value: Value): ReadonlyArray<Interval> =>
  intervals.filter(({ operation }) => operation._tag === "Write" && operation.value === value)

/** The write of a value, and the reads that returned it. */
const onValue = (intervals: ReadonlyArray<Interval>, value: Value): ReadonlyArray<Interval> => [
  ...writesOf(intervals, value),
  ...intervals.filter(
    ({ operation, ending, result }) =>
      operation._tag === "Read" && ending === "response" && result === value
  )
]

/** An operation without a response has no observable end. */
const endOf = ({ ending, end }: Interval): number =>
  ending === "response" ? (end as number) : Infinity

const earliestEnd = (intervals: ReadonlyArray<Interval>): Interval | undefined =>
  intervals
    .filter(({ ending }) => ending === "response")
    .sort((left, right) => endOf(left) - endOf(right))[0]

const missed = (read: Interval, { witness }: Newer): string =>
  `${beganAt(read)} and returned ⊥, the value before any write. But ${hadReturned(witness)}.${ruleOn(witness)}`

const overtaken = (read: Interval, value: Value, newer: Newer): string => {
  const { witness, after, before } = newer
  const values = `${describeValue(newer.value)} is newer than ${describeValue(value)}`
  const later =
    after === witness
      ? `that ${isRead(after) ? "read" : "write"} began at step ${after.begin}`
      : `${beganAt(after)}${isRead(after) ? ` and returned ${describeValue(newer.value)}` : ""}`
  const proof = `${later}, after ${hadReturned(before as Interval)}`.replace("had already", "had")
  const claim = `But ${hadReturned(witness)}, and ${values}: ${proof}.`
  return `${beganAt(read)} and returned ${describeValue(value)}. ${claim}${ruleOn(witness)}`
}

const isRead = ({ operation }: Interval): boolean => operation._tag === "Read"

const ruleOn = (witness: Interval): string =>
  isRead(witness) ? " Once a read has returned a value, no later read may return an older one." : ""

const beganAt = (interval: Interval): string =>
  `${possessive(interval)} began at step ${interval.begin}`

const hadReturned = (interval: Interval): string => {
  const what = isRead(interval) ? ` ${describeValue(interval.result ?? null)}` : ""
  return `${possessive(interval)} had already returned${what} at step ${interval.end}`
}
