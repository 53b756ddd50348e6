/**
 * The two searches under one name.
 */
import { DepthFirst } from "./depth-first.ts"
import { type Order, Search } from "./search.ts"
import type { Keeping } from "./shard.ts"
import type { Space } from "./space.ts"

export interface SearchOptions {
  readonly order: Order
  readonly checksDeadlock: boolean
  /** What is kept of visited states, breadth-first; states where nothing is said. */
  readonly keeping?: Keeping
  /** How many steps a depth-first search goes at most. */
  readonly mostSteps?: number
}

export const beginSearch = (
  space: Space,
  { order, checksDeadlock, keeping, mostSteps }: SearchOptions
): Search | DepthFirst =>
  order === "bfs"
    ? new Search(space, checksDeadlock, keeping)
    : new DepthFirst(space, checksDeadlock, mostSteps)
