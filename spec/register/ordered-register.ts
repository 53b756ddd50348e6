/**
 * The register ordered by timestamps: an abstract system between the atomic register and the
 * protocols that implement it.
 *
 * It has no nodes and no messages. Its state has a *floor*: no operation that begins now returns a
 * pair with a smaller timestamp. Each operation takes the floor of the time it begins. A read
 * chooses a pair that a write has chosen, at or above its floor; a write chooses a new timestamp
 * above its floor. An operation may end once the floor has reached its pair. The floor of the
 * system, and that of each operation in progress, may rise at any time. A client may leave at any
 * time: its operation never ends, and it begins no other.
 *
 * Its histories are atomic. Order the operations by the timestamps of their pairs, each write
 * before the reads of its pair. In that order each read returns the last write before it. The order
 * respects real time: when an operation ends, the floor has reached its pair, so every later
 * operation has a timestamp at least as large, and every later write a larger one. (Lynch,
 * "Distributed Algorithms", lemma 13.16.) Hence a protocol that refines this system implements an
 * atomic register.
 */
import { equals } from "../kernel/data.ts"
import type { Access } from "./operation.ts"
import { initialPair, isLarger, type Pair, type Timestamp } from "./pair.ts"

/** An operation in progress. */
export interface Ordered {
  readonly operation: Access
  /** A lower bound on the timestamp of its pair. */
  readonly floor: Timestamp
  /** The pair it has chosen to store or return; null until then. */
  readonly pair: Pair | null
}

export interface OrderedRegister {
  readonly floor: Timestamp
  /** The chosen pairs that still exist in the system. */
  readonly chosen: ReadonlyArray<Pair>
  /** By client. */
  readonly operations: Readonly<Record<string, Ordered>>
  /** The clients that have left. Their operations are dropped without having ended. */
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
 * True if the step is a valid one for this client: its floor rises or stays, it takes one of the
 * three actions, or it leaves.
 */
const isAction = (before: OrderedRegister, after: OrderedRegister, client: string): boolean => {
  const [was, is] = [before.operations[client], after.operations[client]]
  if (before.gone.includes(client) && !after.gone.includes(client)) return false
  if (after.gone.includes(client)) return is === undefined
  if (was === undefined) return is === undefined || begins(before, is)
  return is === undefined ? ends(after, was) : waitsOrChooses(before, was, is)
}

/** A client begins an operation. */
const begins = ({ floor }: OrderedRegister, is: Ordered): boolean =>
  is.pair === null && !isBelow(is.floor, floor)

/** A client waits, or chooses its pair: a write its own new pair, a read an existing one. */
const waitsOrChooses = ({ chosen }: OrderedRegister, was: Ordered, is: Ordered): boolean => {
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
 * True if this is a step of the system: at most one client acts or leaves, and floors only rise.
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
