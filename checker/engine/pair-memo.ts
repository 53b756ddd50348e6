/**
 * A map from pairs of small integers to small integers, in one typed array.
 */
const initialSize = 1 << 6

/** The result of `get` for a pair that was never set. */
export const missing = -1

export class PairMemo {
  /** Triples (first + 1, second, value). A slot whose first integer is 0 is empty. */
  private slots = new Int32Array(initialSize * 3)
  private mask = initialSize - 1
  private size = 0

  get(first: number, second: number): number {
    const { slots, mask } = this
    let slot = mix(first, second) & mask
    for (;;) {
      const at = slot * 3
      const found = slots[at] as number
      if (found === first + 1 && slots[at + 1] === second) return slots[at + 2] as number
      if (found === 0) return missing
      slot = (slot + 1) & mask
    }
  }

  set(first: number, second: number, value: number): void {
    if ((this.size + 1) * 2 > this.mask) this.grow()
    const { slots, mask } = this
    let slot = mix(first, second) & mask
    while (slots[slot * 3] !== 0) slot = (slot + 1) & mask
    slots[slot * 3] = first + 1
    slots[slot * 3 + 1] = second
    slots[slot * 3 + 2] = value
    this.size++
  }

  get bytes(): number {
    return this.slots.byteLength
  }

  private grow(): void {
    const old = this.slots
    this.mask = this.mask * 2 + 1
    this.slots = new Int32Array((this.mask + 1) * 3)
    this.size = 0
    for (let at = 0; at < old.length; at += 3) {
      if (old[at] !== 0)
        this.set((old[at] as number) - 1, old[at + 1] as number, old[at + 2] as number)
    }
  }
}

const mix = (first: number, second: number): number => {
  const mixed = Math.imul(Math.imul(first, 0x9e3779b1) ^ second, 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}
