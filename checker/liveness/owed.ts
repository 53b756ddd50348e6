/**
 * Which demands are open in which visited states, for up to 31 demands at a time, a bit each.
 *
 * This pass reads every visited state once and determines what is open in it. A demand that is not
 * made everywhere is owed in the states that are reachable through open states alone from a state
 * that makes it. All demands spread together: a state is expanded again whenever another demand
 * reaches it.
 */
import { Integers } from "../engine/integers.ts"
import type { Demand, FairSpace, Visited } from "./fair-space.ts"

/** The maximum number of demands that are decided together. */
export const maxTogether = 31

export class Owed {
  /**
   * Per visited state: the demands that are open in it, and those of them that have been made on an
   * open path to it.
   */
  readonly open: Int32Array
  readonly owed: Int32Array
  /** Per visited state: the owed demands that a violating run may leave open here forever. */
  readonly tail: Int32Array
  private readonly space: FairSpace
  private readonly visited: Visited
  private readonly demands: ReadonlyArray<Demand>
  private readonly everywhere: number
  private readonly state: Int32Array

  /** At most `maxTogether` demands. */
  constructor(space: FairSpace, visited: Visited, demands: ReadonlyArray<Demand>) {
    this.space = space
    this.visited = visited
    this.demands = demands
    this.open = new Int32Array(visited.size)
    const isMadeEverywhere = demands.every(({ made }) => made === "anywhere")
    this.owed = isMadeEverywhere ? this.open : new Int32Array(visited.size)
    this.tail = demands.some(({ within }) => within !== undefined)
      ? new Int32Array(visited.size)
      : this.owed
    this.everywhere = bitsOf(demands, ({ made }) => made === "anywhere")
    this.state = new Int32Array(space.width)
  }

  get bytes(): number {
    return new Set([this.open, this.owed, this.tail]).size * this.open.byteLength
  }

  /** Does the work; yields for each state that it reads. */
  *work(): Generator<void> {
    const spreading = this.owed === this.open ? undefined : new Spreading(this.visited.size)
    yield* this.lookAtAll(spreading)
    if (spreading !== undefined) yield* this.spread(spreading)
    if (this.tail !== this.owed) yield* this.cut()
  }

  private *lookAtAll(spreading: Spreading | undefined): Generator<void> {
    const { visited, demands, state, space } = this
    const initially = bitsOf(demands, ({ made }) => made === "initially")
    const initial = new Set(
      initially === 0 ? [] : space.initial.map((vector) => visited.find(vector))
    )
    for (let number = 0; number < visited.size; number++) {
      if (!visited.has(number)) continue
      visited.read(number, state)
      const open = bitsOf(demands, ({ isOpen }) => isOpen(state))
      this.open[number] = open
      if (spreading !== undefined) {
        const here = bitsOf(
          demands,
          ({ made }, bit) => (open & bit) !== 0 && typeof made === "function" && made(state)
        )
        const made = here | (open & this.everywhere) | (initial.has(number) ? open & initially : 0)
        this.owed[number] = made
        // A demand that is owed wherever it is open does not need to spread.
        if ((made & ~this.everywhere) !== 0) spreading.add(number)
      }
      yield
    }
  }

  private *spread(spreading: Spreading): Generator<void> {
    const { visited, state, space, owed, open, everywhere } = this
    for (let number = spreading.next(); number >= 0; number = spreading.next()) {
      visited.read(number, state)
      const bits = (owed[number] as number) & ~everywhere
      space.expand(state, {
        visit: () => {
          const to = visited.find(space.successor)
          const more = bits & (open[to] as number) & ~(owed[to] as number)
          if (more === 0) return
          owed[to] = (owed[to] as number) | more
          spreading.add(to)
        }
      })
      yield
    }
  }

  private *cut(): Generator<void> {
    const { visited, demands, state, owed, tail } = this
    for (let number = 0; number < visited.size; number++) {
      const bits = owed[number] as number
      if (bits === 0) continue
      visited.read(number, state)
      tail[number] = bitsOf(
        demands,
        ({ within }, bit) => (bits & bit) !== 0 && within?.(state) !== false
      )
      yield
    }
  }
}

/** The states whose demands have still to spread, each in the queue at most once. */
class Spreading {
  private readonly queue = new Integers()
  private readonly waiting: Uint8Array
  private at = 0

  constructor(states: number) {
    this.waiting = new Uint8Array(states)
  }

  add(number: number): void {
    if (this.waiting[number] === 1) return
    this.waiting[number] = 1
    this.queue.push(number)
  }

  /** The next state; -1 if there is none. */
  next(): number {
    if (this.at === this.queue.size) return -1
    const number = this.queue.get(this.at++)
    this.waiting[number] = 0
    return number
  }
}

/** The bits of the demands that satisfy the predicate. */
const bitsOf = (
  demands: ReadonlyArray<Demand>,
  isOne: (demand: Demand, bit: number) => boolean
): number => {
  let bits = 0
  for (let at = 0; at < demands.length; at++) {
    if (isOne(demands[at] as Demand, 1 << at)) bits |= 1 << at
  }
  return bits
}
