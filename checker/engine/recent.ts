/**
 * The states that the search found a short while ago. Steps commute, so most successors are found
 * again within a few steps; this cache notices them before they are passed on and looked up among
 * all visited states.
 *
 * A slot holds the latest state that mapped to it. The cache may forget a state; it never confuses
 * two.
 */
const minSize = 1 << 6
/** This many packed states fit into a processor's second-level cache. */
const maxSize = 1 << 14

export class Recent {
  /** Per slot: half of the hash, then the packed state. */
  private slots = new Int32Array(0)
  private words = 0
  private mask = 0

  /**
   * Empties the cache, and sizes it for states of this many words. The more states the search has
   * found, the larger the cache.
   */
  begin(words: number, found: number): void {
    let size = minSize
    while (size < maxSize && size < found >>> 2) size *= 2
    this.words = words
    this.mask = size - 1
    this.slots = new Int32Array(size * (words + 1))
    // A hash that maps to a slot is never the complement of the slot's number.
    for (let slot = 0; slot < size; slot++) this.slots[slot * (words + 1)] = ~slot
  }

  /** True if the cache should begin again with more slots. */
  isSmallFor(found: number): boolean {
    return this.mask + 1 < maxSize && this.mask + 1 < found >>> 4
  }

  /** True if the slot of this packed state holds it. From now on the slot does. */
  notice(packed: Int32Array, hash: number): boolean {
    const { slots, words, mask } = this
    const at = (hash & mask) * (words + 1)
    let different = (slots[at] as number) ^ hash
    for (let word = 0; word < words; word++)
      different |= (slots[at + 1 + word] as number) ^ (packed[word] as number)
    if (different === 0) return true
    slots[at] = hash
    for (let word = 0; word < words; word++) slots[at + 1 + word] = packed[word] as number
    return false
  }
}
