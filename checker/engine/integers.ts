/**
 * A growing list of integers in a typed array: half as large as an array of numbers, and what is
 * read from it is known to be an integer.
 */
const initialCapacity = 1 << 10

export class Integers {
  size = 0
  /** The integers; it is another array after a push. */
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

  /** Takes the last one away. There must be one. */
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
