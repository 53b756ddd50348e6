/**
 * Who holds the pair that a Get phase found. (Not in the tutorial: there a read always stores what
 * it found, so that later reads find it. It need not where a write quorum holds the pair already.)
 */
import { union } from "../kernel/data.ts"
import type { ServerSet } from "../nodes/nodes.ts"
import { isLarger, type Pair } from "./pair.ts"

/**
 * The nodes that are known to hold the largest pair, after these answered with `pair`: `holders`
 * are those known to hold `found`, the largest pair before.
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
