/**
 * A growing stack of integers, in a typed array.
 */
const initialCapacity = 1 << 6

export class Integers {
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

  set(index: number, item: number): void {
    this.items[index] = item
  }

  /** A copy of the items from `start` on. */
  from(start: number): Int32Array {
    return this.items.slice(start, this.size)
  }

  get bytes(): number {
    return this.items.byteLength
  }
}
