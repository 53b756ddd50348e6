/**
 * Which part of a strongly connected set of states a fair run can stay in forever, if any.
 *
 * A run that stays in a set and visits all of it infinitely often takes every transition inside it.
 * It is fair unless a class obliges it to leave: a weak class that is enabled in all states and
 * never taken inside, or a strong class that is enabled in some state and never taken inside. A
 * weak class of this kind obliges every subset too, so the set is rejected. For a strong one, the
 * states that enable it are removed, and the question is asked again of the components of the rest.
 * (Emerson and Lei, "Modalities for model checking", 1987, for both kinds of fairness.)
 */

import { Integers } from "../engine/integers.ts"
import { Components } from "./components.ts"
import type { FairSpace, Visited } from "./fair-space.ts"

/**
 * A set of states, with what a loop through it must do to be fair, and the kinds of states that the
 * loop must visit.
 */
export interface FairSet {
  readonly members: Int32Array
  /** The weak classes and the strong classes that are enabled somewhere in the set. */
  readonly weak: ReadonlySet<number>
  readonly strong: ReadonlySet<number>
  readonly again: ReadonlyArray<Kind>
}

/** A predicate on visited states, by their numbers. */
export type Kind = (number: number) => boolean

/**
 * The stored steps of a set of states: where those of each state end, and per step its label and
 * its target.
 */
interface Kept {
  readonly places: ReadonlyMap<number, number>
  readonly ends: Int32Array
  readonly labels: Integers
  readonly targets: Integers
}

export class FairComponents {
  readonly space: FairSpace
  readonly visited: Visited
  /** Per state, its position in the current set plus one; 0 for states outside. */
  private readonly places: Int32Array
  private readonly state: Int32Array
  private kept: Kept | undefined

  constructor(space: FairSpace, visited: Visited) {
    this.space = space
    this.visited = visited
    this.places = new Int32Array(visited.size)
    this.state = new Int32Array(space.width)
  }

  get bytes(): number {
    const { kept } = this
    const steps =
      kept === undefined ? 0 : kept.labels.bytes + kept.targets.bytes + kept.ends.byteLength
    return this.places.byteLength + steps
  }

  /** Runs `work`, which reads the steps of these states many times; each state is expanded once. */
  keeping<Result>(members: Int32Array, work: () => Result): Result {
    const [labels, targets] = [new Integers(), new Integers()]
    const ends = new Int32Array(members.length)
    members.forEach((from, place) => {
      this.expand(from, (label, to) => {
        labels.push(label)
        targets.push(to)
      })
      ends[place] = labels.size
    })
    const places = new Map(Array.from(members, (number, place) => [number, place] as const))
    this.kept = { places, ends, labels, targets }
    try {
      return work()
    } finally {
      this.kept = undefined
    }
  }

  /**
   * A fair part of a component. All its states are `inside`, and it has a state of each kind in
   * `again`; undefined if there is none.
   */
  fairPart(
    component: Int32Array,
    inside: Kind,
    again: ReadonlyArray<Kind> = []
  ): FairSet | undefined {
    const sets = [component]
    for (let members = sets.pop(); members !== undefined; members = sets.pop()) {
      const within = members
      if (!again.every((kind) => within.some(kind))) continue
      const { weak, strong, taken, always } = this.survey(members, inside)
      if ([...always].some((one) => !taken.has(one))) continue
      const unserved = [...strong].filter((one) => !taken.has(one))
      if (unserved.length === 0) return { members, weak, strong, again }
      const rest = members.filter((number) => !this.enables(number, unserved))
      sets.push(...this.components(rest, inside))
    }
    return undefined
  }

  /** The components, of more than one state, of a set of states. */
  components(members: Int32Array, inside: Kind): ReadonlyArray<Int32Array> {
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
              if (number >= 0 && (places[number] as number) > 0)
                into.push((places[number] as number) - 1)
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
   * Visits the steps of a state that lead to another state: the label, and the number of the
   * target, or -1 if the target is not inside.
   */
  eachStep(
    from: number,
    visit: (label: number, to: number, state: Int32Array) => void,
    inside: Kind
  ): void {
    const { visited, state, kept } = this
    const each = (label: number, to: number) => visit(label, to >= 0 && inside(to) ? to : -1, state)
    const place = kept?.places.get(from)
    if (kept === undefined || place === undefined) {
      this.expand(from, each)
      return
    }
    visited.read(from, state)
    const first = place === 0 ? 0 : (kept.ends[place - 1] as number)
    const last = kept.ends[place] as number
    for (let at = first; at < last; at++) each(kept.labels.get(at), kept.targets.get(at))
  }

  /**
   * The steps of a state that lead to another state: the label and the number of the target, or -1
   * beyond what is explored.
   */
  private expand(from: number, each: (label: number, to: number) => void): void {
    const { space, visited, state } = this
    visited.read(from, state)
    space.expand(state, {
      visit: (label) => {
        const to = visited.find(space.successor)
        if (to !== from) each(label, to)
      },
      leave: (label) => each(label, -1)
    })
  }

  /**
   * The classes that these states enable somewhere, that all of them enable, and that a step
   * between them takes.
   */
  private survey(members: Int32Array, inside: Kind) {
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
        if (always === undefined)
          always = new Set([...enabled].filter((one) => !fairness.isStrong(one)))
        else for (const one of always) if (!enabled.has(one)) always.delete(one)
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
        if (!found)
          found = this.space.fairness.classesOf(state, label).some((one) => classes.includes(one))
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

const anywhere: Kind = () => true
