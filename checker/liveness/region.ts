/**
 * A path to a state from a state that makes a demand, through states in which the demand stays
 * open. Reports of a violated demand show it.
 */

import { Integers } from "../engine/integers.ts"
import type { Demand, FairSpace, Visited } from "./fair-space.ts"

const outside = -2
const start = -1

export class Region {
  /** Per state: the state from which it was reached, `start` or `outside`. */
  private readonly parents: Int32Array
  private readonly space: FairSpace
  private readonly visited: Visited
  private readonly demand: Demand

  constructor(space: FairSpace, visited: Visited, demand: Demand) {
    this.space = space
    this.visited = visited
    this.demand = demand
    this.parents = new Int32Array(visited.size).fill(outside)
    const open = this.starts()
    const state = new Int32Array(space.width)
    for (let next = 0; next < open.size; next++) {
      const number = open.get(next)
      visited.read(number, state)
      space.expand(state, {
        visit: () => {
          if (demand.isOpen(space.successor)) this.add(visited.find(space.successor), number, open)
        }
      })
    }
  }

  /** The states on the path from the state that makes the demand to this state, inclusive. */
  wayTo(number: number): ReadonlyArray<number> {
    const way: Array<number> = []
    for (let at = number; at >= 0; at = this.parents[at] as number) way.unshift(at)
    return way
  }

  private starts(): Integers {
    const { space, visited, demand } = this
    const open = new Integers()
    if (demand.made === "initially") {
      for (const initial of space.initial)
        if (demand.isOpen(initial)) this.add(visited.find(initial), start, open)
      return open
    }
    const state = new Int32Array(space.width)
    for (let number = 0; number < visited.size; number++) {
      if (!visited.has(number)) continue
      visited.read(number, state)
      const isMade = demand.made === "anywhere" || demand.made(state)
      if (isMade && demand.isOpen(state)) this.add(number, start, open)
    }
    return open
  }

  private add(number: number, parent: number, open: Integers): void {
    if (this.parents[number] !== outside) return
    this.parents[number] = parent
    open.push(number)
  }
}
