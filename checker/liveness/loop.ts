/**
 * A short loop through a fair set of states; the loop itself is fair.
 *
 * From the first state on, the loop repeatedly takes a shortest path to a step or state that serves
 * an unserved class, or that is of an unvisited kind; then it returns. The loop is not always
 * shortest overall, but each of its parts serves a purpose.
 */

import type { FairComponents, FairSet, Kind } from "./fair-component.ts"
import type { Lasso } from "./fair-space.ts"

type Loop = Lasso["loop"]
interface Step {
  readonly label: number
  readonly state: number
}

/**
 * A fair loop from the state back to it. Both lie in the fair set, whose states satisfy `inside`.
 */
export const fairLoop = (
  components: FairComponents,
  { members, weak, strong, again }: FairSet,
  from: number,
  inside: Kind
): Loop => {
  const finder = new Finder(components, members, inside)
  const unserved = new Set([...weak, ...strong])
  const unvisited = new Set(again)
  const isServed = (one: number, enabled: ReadonlySet<number>) => weak.has(one) && !enabled.has(one)
  const rest = (enabled: ReadonlySet<number>) => {
    for (const one of [...unserved]) if (isServed(one, enabled)) unserved.delete(one)
  }
  const visit = (state: number) => {
    for (const kind of [...unvisited]) if (kind(state)) unvisited.delete(kind)
    rest(finder.enabled(state))
  }
  let at = from
  const loop: Array<Step> = []
  visit(at)
  while (unserved.size + unvisited.size > 0) {
    const way = finder.way(
      at,
      (step, taken) =>
        taken.some((one) => unserved.has(one)) ||
        [...unvisited].some((kind) => kind(step.state)) ||
        [...unserved].some((one) => isServed(one, finder.enabled(step.state)))
    )
    for (const step of way) {
      for (const one of finder.taken(at, step)) unserved.delete(one)
      loop.push(step)
      at = step.state
      visit(at)
    }
  }
  const isBack = at === from && loop.length > 0
  return isBack ? loop : [...loop, ...finder.way(at, ({ state }) => state === from)]
}

/** Finds shortest paths inside a set of states. */
class Finder {
  private readonly components: FairComponents
  private readonly members: ReadonlySet<number>
  private readonly inside: Kind
  private readonly enabledIn = new Map<number, ReadonlySet<number>>()
  private readonly state: Int32Array

  constructor(components: FairComponents, members: Int32Array, inside: Kind) {
    this.components = components
    this.members = new Set(members)
    this.inside = inside
    this.state = new Int32Array(components.space.width)
  }

  /** The classes that are enabled in a state. */
  enabled(number: number): ReadonlySet<number> {
    const known = this.enabledIn.get(number)
    if (known !== undefined) return known
    const enabled = new Set<number>()
    this.components.eachStep(
      number,
      (label, _, state) => {
        for (const one of this.components.space.fairness.classesOf(state, label)) enabled.add(one)
      },
      this.inside
    )
    this.enabledIn.set(number, enabled)
    return enabled
  }

  /** The classes that a step takes. */
  taken(from: number, { label }: Step): ReadonlyArray<number> {
    const { space, visited } = this.components
    visited.read(from, this.state)
    return space.fairness.classesOf(this.state, label)
  }

  /** A shortest path, of at least one step, whose last step satisfies `isEnd`. */
  way(from: number, isEnd: (step: Step, taken: ReadonlyArray<number>) => boolean): Loop {
    const cameBy = new Map<number, { readonly before: number; readonly step: Step }>()
    const open = [from]
    for (const number of open) {
      let last: Step | undefined
      for (const step of this.steps(number)) {
        if (isEnd(step, this.taken(number, step))) {
          last = step
          break
        }
        if (step.state === from || cameBy.has(step.state)) continue
        cameBy.set(step.state, { before: number, step })
        open.push(step.state)
      }
      if (last === undefined) continue
      const way = [last]
      for (let at = number; at !== from; ) {
        const { before, step } = cameBy.get(at) as { readonly before: number; readonly step: Step }
        way.unshift(step)
        at = before
      }
      return way
    }
    throw new Error("a set of states is not strongly connected")
  }

  private steps(number: number): ReadonlyArray<Step> {
    const steps: Array<Step> = []
    this.components.eachStep(
      number,
      (label, state) => {
        if (state >= 0 && this.members.has(state)) steps.push({ label, state })
      },
      this.inside
    )
    return steps
  }
}
