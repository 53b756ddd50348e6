/**
 * Starts the search that the settings ask for: breadth-first or depth-first.
 */
import { DepthFirst } from "./depth-first.ts"
import { type Order, Search, type SearchSettings } from "./search.ts"
import type { Space } from "./space.ts"

export interface SearchOptions extends SearchSettings {
  readonly order: Order
  /** The depth bound of a depth-first search, in steps. */
  readonly maxSteps?: number
}

export const beginSearch = (
  space: Space,
  { order, maxSteps, ...settings }: SearchOptions
): Search | DepthFirst =>
  order === "bfs"
    ? new Search(space, settings)
    : new DepthFirst(space, settings.checksDeadlock, maxSteps)
