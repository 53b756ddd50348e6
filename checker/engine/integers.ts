/**
 * A growing list of integers in a typed array: half the size of an array of numbers, and every item
 * is known to be an integer.
 */
/** Small, because a search has many lists: most searches are short. */
const initialCapacity = 1 << 4

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

/**
 * The array, made twice as long or more, so that it contains this index; its new items are `empty`.
 */
export const withRoom = (
  array: Int32Array<ArrayBuffer>,
  index: number,
  empty = 0
): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(Math.max(array.length * 2, index + 1)).fill(empty)
  larger.set(array)
  return larger
}
