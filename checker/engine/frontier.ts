/**
 * The states that were found and not yet expanded, and the order in which they are taken.
 */

export interface Frontier {
  /** The depth of the state that was taken last; 0 before that. */
  readonly depth: number
  /** Adds a state that was found `steps` steps (0, 1 or 2) behind the one that was taken last. */
  add(state: number, steps: number): void
  /** Takes the next state. There must be one. */
  take(): number
  /** Undoes the last `take`. */
  putBack(state: number): void
  /** Whether nothing nearer than `depth` steps can be found any more; depth-first does not care. */
  isNearest(depth: number): boolean
  /** Whether a state that was found before is only due later than it would be if it were found one step behind now. */
  comesNearer(state: number): boolean
}

/**
 * Breadth-first: nearest first. A transition may stand for two steps, so there are three levels at a time: the one that
 * is being expanded, the next, and the one after that.
 */
export class Levels implements Frontier {
  depth = 0
  private current = new Numbers()
  private at = 0
  private next = new Numbers()
  private afterNext = new Numbers()
  /** The states of the level after the next; one that is found nearer is taken out of it. */
  private late = new Set<number>()

  add(state: number, steps: number): void {
    if (steps === 2) {
      this.late.add(state)
      this.afterNext.push(state)
    } else if (steps === 1) this.next.push(state)
    else this.current.push(state)
  }

  take(): number {
    while (this.at === this.current.size) this.advance()
    return this.current.get(this.at++)
  }

  putBack(): void {
    this.at--
  }

  isNearest(depth: number): boolean {
    return depth <= this.depth + 1
  }

  comesNearer(state: number): boolean {
    return this.late.size > 0 && this.late.delete(state)
  }

  private advance(): void {
    this.depth++
    const spent = this.current
    this.current = this.next
    this.at = 0
    this.next = spent
    this.next.clear()
    for (let index = 0; index < this.afterNext.size; index++) {
      const state = this.afterNext.get(index)
      if (this.late.has(state)) this.next.push(state)
    }
    this.afterNext.clear()
    this.late.clear()
  }
}

/** Depth-first: last found first. */
export class Stack implements Frontier {
  depth = 0
  /** Pairs of a state and its depth. */
  private readonly pairs = new Numbers()

  add(state: number, steps: number): void {
    this.pairs.push(state)
    this.pairs.push(this.depth + steps)
  }

  take(): number {
    this.depth = this.pairs.pop()
    return this.pairs.pop()
  }

  putBack(state: number): void {
    this.add(state, 0)
  }

  isNearest(): boolean {
    return true
  }

  comesNearer(): boolean {
    return false
  }
}

const initialCapacity = 1 << 10

/** A growing list of integers. */
class Numbers {
  size = 0
  private items = new Int32Array(initialCapacity)

  push(item: number): void {
    if (this.size === this.items.length) {
      const grown = new Int32Array(this.size * 2)
      grown.set(this.items)
      this.items = grown
    }
    this.items[this.size++] = item
  }

  pop(): number {
    return this.items[--this.size] as number
  }

  get(index: number): number {
    return this.items[index] as number
  }

  clear(): void {
    this.size = 0
  }
}
