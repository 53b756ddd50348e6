/**
 * The register, ordered by timestamps: an abstract system between the atomic register and the
 * protocols that implement it.
 *
 * It knows nothing of nodes and messages. It carries a *floor*: the timestamp below which nothing
 * is returned any more. An operation that begins must not fall below the floor of that time: a read
 * returns a pair that some write has chosen, a write chooses a timestamp above, and no timestamp is
 * chosen twice. An operation ends when the floor has reached the pair that it has chosen. The
 * floor, and what an operation in execution must not fall below, may rise at any time. A client may
 * be gone from some time on: the operation that it had in execution never ends, and it begins no
 * other.
 *
 * Its histories are atomic: order the operations by the timestamps of their pairs, each write
 * before the reads of it. That order has each read return the last write before it. And it respects
 * time: when an operation ends the floor has reached its pair, so whatever begins afterwards has no
 * smaller timestamp, and a write a larger one. (Lynch, "Distributed Algorithms", lemma 13.16.) So a
 * protocol that refines this system implements an atomic register.
 */
import { equals } from "../kernel/data.ts"
import type { Access } from "./operation.ts"
import { initialPair, isLarger, type Pair, type Timestamp } from "./pair.ts"

/** An operation in execution. */
export interface Ordered {
  readonly operation: Access
  /** What it must not fall below. */
  readonly floor: Timestamp
  /** The pair that it stores or returns, once it has chosen it. */
  readonly pair: Pair | null
}

export interface OrderedRegister {
  readonly floor: Timestamp
  /** The pairs that writes have chosen, as far as anybody still has them. */
  readonly chosen: ReadonlyArray<Pair>
  /** By client. */
  readonly operations: Readonly<Record<string, Ordered>>
  /**
   * The clients that are gone. What they had in execution is no operation any more, without having
   * ended.
   */
  readonly gone: ReadonlyArray<string>
}

export const initial: OrderedRegister = {
  floor: initialPair.timestamp,
  chosen: [initialPair],
  operations: {},
  gone: []
}

const isBelow = (left: Timestamp, right: Timestamp): boolean => isLarger(right, left)

/**
 * What happens to one client in a step: nothing but that its floor may rise, one of the three
 * actions, or that it is gone.
 */
const isAction = (before: OrderedRegister, after: OrderedRegister, client: string): boolean => {
  const [was, is] = [before.operations[client], after.operations[client]]
  if (before.gone.includes(client) && !after.gone.includes(client)) return false
  if (after.gone.includes(client)) return is === undefined
  if (was === undefined) return is === undefined || begins(before, is)
  return is === undefined ? ends(after, was) : goesOn(before, was, is)
}

/** A client begins an operation. */
const begins = ({ floor }: OrderedRegister, is: Ordered): boolean =>
  is.pair === null && !isBelow(is.floor, floor)

/** A client waits, or chooses its pair: a write one of its own, a read one that is there. */
const goesOn = ({ chosen }: OrderedRegister, was: Ordered, is: Ordered): boolean => {
  if (!equals(was.operation, is.operation) || isBelow(is.floor, was.floor)) return false
  if (was.pair !== null || is.pair === null) return equals(was.pair, is.pair)
  const { value, timestamp } = is.pair
  return is.operation._tag === "Write"
    ? value === is.operation.value &&
        isLarger(timestamp, was.floor) &&
        !chosen.some((pair) => equals(pair.timestamp, timestamp))
    : !isBelow(timestamp, was.floor) && chosen.some((pair) => equals(pair, is.pair))
}

/** A client's operation ends: the floor has reached its pair. */
const ends = ({ floor }: OrderedRegister, { pair }: Ordered): boolean =>
  pair !== null && !isBelow(floor, pair.timestamp)

/**
 * Whether a step leads from the one state to the other: one client acts or is gone at most, and
 * floors rise.
 */
export const allows = (before: OrderedRegister, after: OrderedRegister): boolean => {
  const clients = [
    ...new Set(
      [before, after].flatMap(({ operations, gone }) => [...Object.keys(operations), ...gone])
    )
  ]
  const acting = clients.filter((client) => hasActed(before, after, client))
  const invented = after.chosen.filter(
    (pair) => !before.chosen.some((known) => equals(known, pair))
  )
  return (
    !isBelow(after.floor, before.floor) &&
    acting.length <= 1 &&
    clients.every((client) => isAction(before, after, client)) &&
    invented.every((pair) =>
      acting.some((client) => {
        const operation = after.operations[client]
        return operation?.operation._tag === "Write" && equals(operation.pair, pair)
      })
    )
  )
}

const hasActed = (before: OrderedRegister, after: OrderedRegister, client: string): boolean => {
  const [was, is] = [before.operations[client], after.operations[client]]
  return (
    before.gone.includes(client) !== after.gone.includes(client) ||
    (was === undefined) !== (is === undefined) ||
    !equals(was?.pair, is?.pair)
  )
}
