/**
 * Which part of a strongly connected set of states a fair run can stay in for ever, if any.
 *
 * A run that stays in a set and visits all of it, again and again, takes every transition inside it. It is fair unless a
 * class obliges it to leave: a weak one that is enabled in all states and never taken inside, or a strong one that is
 * enabled in some state and never taken inside. A weak one obliges every part of the set as well. A strong one leaves
 * the parts without the states that enable it, and the question is asked again of their components. (Emerson and Lei,
 * "Modalities for model checking", 1987, for both kinds of fairness.)
 */

import type { Integers } from "../engine/integers.ts"
import { Components } from "./components.ts"
import type { FairSpace, Visited } from "./fair-space.ts"

/** What a walk through a fair set must do to be fair itself. */
export interface FairSet {
  readonly members: Int32Array
  /** The weak classes that are enabled somewhere in the set, and the strong ones. */
  readonly weak: ReadonlySet<number>
  readonly strong: ReadonlySet<number>
}

type Inside = (state: Int32Array) => boolean

export class FairComponents {
  readonly space: FairSpace
  readonly visited: Visited
  /** Per state, its place in the set that is looked at, plus one; 0 outside of it. */
  private readonly places: Int32Array
  private readonly state: Int32Array

  constructor(space: FairSpace, visited: Visited) {
    this.space = space
    this.visited = visited
    this.places = new Int32Array(visited.size)
    this.state = new Int32Array(space.width)
  }

  get bytes(): number {
    return this.places.byteLength
  }

  /** A fair part of a component all of whose states satisfy `inside`; undefined if there is none. */
  fairPart(component: Int32Array, inside: Inside): FairSet | undefined {
    const sets = [component]
    for (let members = sets.pop(); members !== undefined; members = sets.pop()) {
      const { weak, strong, taken, always } = this.survey(members, inside)
      if ([...always].some((one) => !taken.has(one))) continue
      const unserved = [...strong].filter((one) => !taken.has(one))
      if (unserved.length === 0) return { members, weak, strong }
      const rest = members.filter((number) => !this.enables(number, unserved))
      sets.push(...this.components(rest, inside))
    }
    return undefined
  }

  /** The components of more than one state of these states. */
  components(members: Int32Array, inside: Inside): ReadonlyArray<Int32Array> {
    const found: Array<Int32Array> = []
    this.within(members, () => {
      const places = this.places
      const components = new Components({
        size: members.length,
        isRoot: () => true,
        successors: (place, into: Integers) => {
          this.eachStep(
            members[place] as number,
            (_, number) => {
              if (number >= 0 && (places[number] as number) > 0) into.push((places[number] as number) - 1)
            },
            inside
          )
        },
        found: (component) => found.push(component.map((place) => members[place] as number))
      })
      components.advance(Number.POSITIVE_INFINITY)
    })
    return found
  }

  /**
   * Visits the steps of a state, but for those that lead back to it: the label, and the number of the state that it leads
   * to, -1 if that is not inside.
   */
  eachStep(
    from: number,
    visit: (label: number, to: number, state: Int32Array) => void,
    inside: Inside
  ): void {
    const { space, visited, state } = this
    visited.read(from, state)
    space.expand(state, {
      visit: (label) => {
        const to = inside(space.successor) ? visited.find(space.successor) : -1
        if (to !== from) visit(label, to, state)
      }
    })
  }

  /** What the classes are about in these states: enabled somewhere, enabled everywhere, taken from one to another. */
  private survey(members: Int32Array, inside: Inside) {
    const { fairness } = this.space
    const taken = new Set<number>()
    const weak = new Set<number>()
    const strong = new Set<number>()
    let always: Set<number> | undefined
    this.within(members, () => {
      for (const number of members) {
        const enabled = new Set<number>()
        this.eachStep(
          number,
          (label, to, state) => {
            for (const one of fairness.classesOf(state, label)) {
              enabled.add(one)
              if (to >= 0 && (this.places[to] as number) > 0) taken.add(one)
            }
          },
          inside
        )
        for (const one of enabled) (fairness.isStrong(one) ? strong : weak).add(one)
        const before: Set<number> = always ?? enabled
        always = new Set([...before].filter((one) => enabled.has(one) && !fairness.isStrong(one)))
      }
    })
    return { taken, weak, strong, always: always ?? new Set<number>() }
  }

  /** Whether any of these classes is enabled in the state. */
  private enables(number: number, classes: ReadonlyArray<number>): boolean {
    let found = false
    this.eachStep(
      number,
      (label, _, state) => {
        if (!found) found = this.space.fairness.classesOf(state, label).some((one) => classes.includes(one))
      },
      anywhere
    )
    return found
  }

  private within(members: Int32Array, look: () => void): void {
    members.forEach((number, place) => {
      this.places[number] = place + 1
    })
    look()
    for (const number of members) this.places[number] = 0
  }
}

const anywhere: Inside = () => true
