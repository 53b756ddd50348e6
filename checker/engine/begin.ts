/**
 * Starts the search that the settings ask for: breadth-first, in memory or on disk, or depth-first.
 */
import { DepthFirst } from "./depth-first.ts"
import { DiskSearch } from "./disk/search.ts"
import { type Order, Search, type SearchSettings } from "./search.ts"
import type { Space } from "./space.ts"
import type { Keeping } from "./visited-states.ts"

/**
 * What is kept of visited states in memory; or whole states on disk, from the beginning, or as soon
 * as memory is short.
 */
export type Kept = Keeping | "disk" | "disk when full"

/**
 * What a search that is saved and resumed keeps of visited states: a search on disk is not saved.
 */
export const inMemory = (kept: Kept | undefined): Keeping | undefined =>
  kept === "disk" || kept === "disk when full" ? undefined : kept

export interface SearchOptions extends Omit<SearchSettings, "keeping"> {
  readonly order: Order
  readonly keeping?: Kept | undefined
  /** The depth bound of a depth-first search, in steps. */
  readonly maxSteps?: number
}

export const beginSearch = (
  space: Space,
  { order, maxSteps, keeping, ...settings }: SearchOptions
): Search | DiskSearch | DepthFirst => {
  const { checksDeadlock, pageStore } = settings
  if (order === "dfs") return new DepthFirst(space, checksDeadlock, maxSteps)
  if (keeping !== "disk") return new Search(space, { ...settings, keeping: inMemory(keeping) })
  if (pageStore === undefined) throw new Error("a search on disk needs a store for its pages")
  return new DiskSearch(space, { checksDeadlock, pageStore })
}
