/**
 * The two searches under one name.
 */
import { DepthFirst } from "./depth-first.ts"
import { type Order, Search, type SearchSettings } from "./search.ts"
import type { Space } from "./space.ts"

export interface SearchOptions extends SearchSettings {
  readonly order: Order
  /** How many steps a depth-first search goes at most. */
  readonly mostSteps?: number
}

export const beginSearch = (
  space: Space,
  { order, mostSteps, ...settings }: SearchOptions
): Search | DepthFirst =>
  order === "bfs"
    ? new Search(space, settings)
    : new DepthFirst(space, settings.checksDeadlock, mostSteps)
