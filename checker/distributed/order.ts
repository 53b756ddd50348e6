/**
 * The order of the new states that a runner found in a round, for all runners to put in order: one
 * byte for each new state, its partition, and one after the states of each expanded state.
 */
import type { Found } from "../engine/frontier.ts"
import { partitionCount } from "../engine/numbers.ts"
import { ParcelRefused } from "./parcels.ts"

const end = 255

/** The order of what a shard found when it expanded this many states. */
export const orderOf = (
  { counts, marks }: Pick<Found, "counts" | "marks">,
  states: number
): Uint8Array => {
  let entries = 0
  for (let state = 0; state < states; state++) entries += counts[state] as number
  const order = new Uint8Array(states + entries)
  let size = 0
  for (let state = 0, entry = 0; state < states; state++) {
    for (const last = entry + (counts[state] as number); entry < last; entry++) {
      const mark = marks[entry] as number
      if (mark !== 0) order[size++] = mark - 1
    }
    order[size++] = end
  }
  return order.slice(0, size)
}

/** What puts the states of an order in order: the counts and marks of new states alone. */
export const inOrder = (order: Uint8Array): Pick<Found, "counts" | "marks"> => {
  const counts = new Int32Array(order.length)
  const marks = new Int32Array(order.length)
  let state = 0
  let entry = 0
  let first = 0
  for (let at = 0; at < order.length; at++) {
    const byte = order[at] as number
    if (byte < partitionCount) marks[entry++] = byte + 1
    else if (byte === end) {
      counts[state++] = entry - first
      first = entry
    } else throw new ParcelRefused(`it names a partition ${byte}`)
  }
  if (first !== entry) throw new ParcelRefused("it ends within the states of one")
  return { counts, marks }
}
