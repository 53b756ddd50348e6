/**
 * A growing list of integers in a typed array: half the size of an array of numbers, and every item
 * is known to be an integer.
 */
const initialCapacity = 1 << 10

export class Integers {
  size = 0
  /** The integers; a push may replace this array. */
  items = new Int32Array(initialCapacity)

  get(index: number): number {
    return this.items[index] as number
  }

  set(index: number, item: number): void {
    this.items[index] = item
  }

  push(item: number): void {
    if (this.size === this.items.length) {
      const grown = new Int32Array(this.size * 2)
      grown.set(this.items)
      this.items = grown
    }
    this.items[this.size++] = item
  }

  /** Removes and returns the last item. The list must not be empty. */
  pop(): number {
    return this.items[--this.size] as number
  }

  /** A copy of the items from `start` on. */
  from(start: number): Int32Array {
    return this.items.slice(start, this.size)
  }

  get bytes(): number {
    return this.items.byteLength
  }
}
