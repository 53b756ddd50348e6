/**
 * The candidates with one hash: nearly always one state. Among equal states the one found first
 * counts.
 */
export class Group {
  private list: Int32Array
  private isGone: Array<boolean> = []
  private readonly head: number
  private readonly words: number

  /** A record is `head` words and then a packed state of `words` words. */
  constructor(head: number, words: number) {
    this.head = head
    this.words = words
    this.list = new Int32Array(head + words)
  }

  clear(): void {
    this.isGone = []
  }

  /**
   * Adds the record at `at`; its word `order` determines which of two equal states was found first.
   */
  add(from: Int32Array, at: number, order: number): void {
    const { head, words } = this
    const stride = head + words
    const known = this.find(from, at + head)
    if (known >= 0) {
      const start = known * stride
      if ((from[at + order] as number) >>> 0 >= (this.list[start + order] as number) >>> 0) return
    }
    const start = (known >= 0 ? known : this.isGone.push(false) - 1) * stride
    if (start === this.list.length) {
      const larger = new Int32Array(this.list.length * 2)
      larger.set(this.list)
      this.list = larger
    }
    for (let word = 0; word < stride; word++) this.list[start + word] = from[at + word] as number
  }

  /** Removes the packed state at `at`, if it is in the group. */
  remove(from: Int32Array, at: number): void {
    const known = this.find(from, at)
    if (known >= 0) this.isGone[known] = true
  }

  /** Visits the records that were not removed. */
  each(visit: (list: Int32Array, at: number) => void): void {
    this.isGone.forEach((isGone, index) => {
      if (!isGone) visit(this.list, index * (this.head + this.words))
    })
  }

  private find(from: Int32Array, at: number): number {
    const { head, words, list } = this
    return this.isGone.findIndex((_, index) => {
      const start = index * (head + words) + head
      for (let word = 0; word < words; word++)
        if (list[start + word] !== from[at + word]) return false
      return true
    })
  }
}
