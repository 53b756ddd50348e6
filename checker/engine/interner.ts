/**
 * Numbers distinct plain data from 0: equal values get equal numbers.
 */
import { canonical } from "../../spec/kernel/data.ts"

export class Interner<A> {
  private readonly numbers = new Map<string, number>()
  private readonly values: Array<A> = []

  /**
   * The number of this value. `key` must be the same for equal values, and for no others: its
   * canonical text, if there is no shorter key.
   */
  number(value: A, key: string = canonical(value)): number {
    const known = this.numbers.get(key)
    if (known !== undefined) return known
    const number = this.values.length
    this.numbers.set(key, number)
    this.values.push(value)
    return number
  }

  value(number: number): A {
    return this.values[number] as A
  }

  get size(): number {
    return this.values.length
  }
}
