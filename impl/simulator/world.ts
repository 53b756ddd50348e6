/**
 * Simulated time: a queue of actions, executed in the order of their times. Nothing else happens.
 */
import type { Clock } from "../environment/clock.ts"

interface Event {
  readonly at: number
  readonly order: number
  readonly action: () => void
}

/** A machine that can die: its pending actions are then dropped. */
export interface Life {
  isAlive: boolean
}

export class World {
  /** Milliseconds since the beginning. */
  now = 0
  private readonly heap: Array<Event> = []
  private scheduled = 0

  /** Runs the action after this number of milliseconds. */
  after(milliseconds: number, action: () => void): void {
    this.push({ at: this.now + Math.max(0, milliseconds), order: this.scheduled++, action })
  }

  /** Executes the next action; returns false if there is none before `end`. */
  advance(end: number): boolean {
    const next = this.heap[0]
    if (next === undefined || next.at > end) return false
    this.pop()
    this.now = next.at
    next.action()
    return true
  }

  /** The clock of a machine. It may jump, and its pending actions end with the machine. */
  clock(life: Life, jump: () => number): Clock {
    const whileAlive = (action: () => void) => () => {
      if (life.isAlive) action()
    }
    return {
      nowMilliseconds: () => this.now + jump(),
      after: (milliseconds, action) => {
        let isCancelled = false
        this.after(
          milliseconds,
          whileAlive(() => {
            if (!isCancelled) action()
          })
        )
        return () => {
          isCancelled = true
        }
      },
      soon: (action) => this.after(0, whileAlive(action))
    }
  }

  private push(event: Event): void {
    const { heap } = this
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(event, heap[parent] as Event)) break
      heap[at] = heap[parent] as Event
      at = parent
    }
    heap[at] = event
  }

  private pop(): void {
    const { heap } = this
    const last = heap.pop() as Event
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event))
        child++
      if (!isBefore(heap[child] as Event, last)) break
      heap[at] = heap[child] as Event
      at = child
    }
    heap[at] = last
  }
}

const isBefore = (left: Event, right: Event): boolean =>
  left.at !== right.at ? left.at < right.at : left.order < right.order
