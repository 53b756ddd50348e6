/**
 * Random numbers that depend only on a seed and on their purpose. Each purpose has a stream of its
 * own, so a change of one part of a run leaves the choices of the others as they were.
 */

/** A stream of random numbers (SFC32). */
export class Random {
  private a: number
  private b: number
  private c: number
  private counter = 1

  constructor(seed: number, purpose: string) {
    let word = 0x9e3779b9 ^ (seed | 0)
    for (let at = 0; at < purpose.length; at++)
      word = Math.imul(word ^ purpose.charCodeAt(at), 0x01000193)
    this.a = Math.floor(seed / 2 ** 32) | 0
    this.b = seed | 0
    this.c = word
    for (let round = 0; round < 15; round++) this.word()
  }

  /** 32 random bits. */
  word(): number {
    const sum = (((this.a + this.b) | 0) + this.counter++) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum
    return sum >>> 0
  }

  /** At least 0, less than 1. */
  fraction(): number {
    return this.word() / 2 ** 32
  }

  /** A whole number of at least 0, less than `bound`. */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound)
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<A>(items: ReadonlyArray<A>): A {
    return items[this.below(items.length)] as A
  }

  /** A waiting time with this mean; now and then a much longer one. */
  delay(mean: number): number {
    return -mean * Math.log(1 - this.fraction())
  }
}
