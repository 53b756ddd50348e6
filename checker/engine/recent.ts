/**
 * The states that were found a short while ago. Most successors are found again and again within a
 * few steps, for steps commute; here that is noticed before they are passed on and looked up among
 * all visited states.
 *
 * A slot holds the state that came to it last, so what is told apart is never mixed up, only
 * forgotten.
 */
const leastSize = 1 << 6
/** So many packed states fit into a processor's second cache. */
const mostSize = 1 << 14

export class Recent {
  /** Per slot: half of the hash, then the packed state. */
  private slots = new Int32Array(0)
  private words = 0
  private mask = 0

  /**
   * Forgets everything, and from now on notices states of so many words. The more were found, the
   * more it keeps.
   */
  begin(words: number, found: number): void {
    let size = leastSize
    while (size < mostSize && size < found >>> 2) size *= 2
    this.words = words
    this.mask = size - 1
    this.slots = new Int32Array(size * (words + 1))
    // No hash that belongs into a slot is the complement of the slot's number.
    for (let slot = 0; slot < size; slot++) this.slots[slot * (words + 1)] = ~slot
  }

  /** Whether it should begin again, in order to keep more. */
  isSmallFor(found: number): boolean {
    return this.mask + 1 < mostSize && this.mask + 1 < found >>> 4
  }

  /** Whether this packed state was noticed last of those that share its slot; it is now. */
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
