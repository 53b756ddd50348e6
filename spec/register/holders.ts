/**
 * The nodes that hold the pair a Get phase found. (Not in the tutorial, where a read always stores
 * the pair so that later reads find it. The read can skip that if a write quorum already holds the
 * pair.)
 */
import { union } from "../kernel/data.ts"
import type { ServerSet } from "../nodes/nodes.ts"
import { isLarger, type Pair } from "./pair.ts"

/**
 * The nodes known to hold the largest pair after `answering` answered with `pair`. `holders` are
 * the nodes known to hold `found`, the largest pair so far.
 */
export const holdersWith = (
  found: Pair,
  holders: ServerSet,
  pair: Pair,
  answering: ServerSet
): ServerSet => {
  if (answering.length === 0 || isLarger(found.timestamp, pair.timestamp)) return holders
  return isLarger(pair.timestamp, found.timestamp) ? answering : union(holders, answering)
}
