/**
 * The codes of the values of each component of a state: 1, 2, 3, … in the order in which they are met, so that a component
 * with a hundred different values takes seven bits, however large its numbers are.
 */

export interface CodeBook {
  /** The code of a value; a new one if the content was never met. */
  readonly codeOf: (component: number, value: number, content: string) => number
  /** The value that has this code. */
  readonly valueWith: (component: number, code: number) => number
  /** How many codes a component has. */
  readonly count: (component: number) => number
}

/** The codes of a search that has one space. Its values are distinct, so contents need not be looked at. */
export class OwnCodes implements CodeBook {
  private readonly codes: ReadonlyArray<Map<number, number>>
  private readonly values: ReadonlyArray<Array<number>>

  constructor(width: number) {
    this.codes = Array.from({ length: width }, () => new Map())
    this.values = Array.from({ length: width }, () => [])
  }

  codeOf(component: number, value: number): number {
    const codes = this.codes[component] as Map<number, number>
    const known = codes.get(value)
    if (known !== undefined) return known
    const code = (this.values[component] as Array<number>).push(value)
    codes.set(value, code)
    return code
  }

  valueWith(component: number, code: number): number {
    return (this.values[component] as Array<number>)[code - 1] as number
  }

  count(component: number): number {
    return (this.values[component] as Array<number>).length
  }
}
