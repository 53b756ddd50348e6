/**
 * The codes of the values of each component of a state: 1, 2, 3, … in the order in which the search
 * meets them. A component with a hundred different values then takes seven bits, however large its
 * numbers are.
 */

import type { Contents } from "./saving.ts"
import type { Space } from "./space.ts"

export interface CodeBook {
  /** The code of a value; new content gets a new code. */
  readonly codeOf: (component: number, value: number, content: string) => number
  /** The value that has this code. */
  readonly valueWith: (component: number, code: number) => number
  /** The number of codes of a component. */
  readonly count: (component: number) => number
  /** All contents, in the order of their codes, component by component. */
  readonly all: Contents
  /**
   * Gives contents the codes that they had in an earlier run. No other content may have a code yet.
   */
  readonly adopt: (contents: Contents) => void
}

/**
 * The codes of a search with one space. Its values are distinct, so it does not need to look at
 * contents.
 */
export class OwnCodes implements CodeBook {
  private readonly codes: ReadonlyArray<Map<number, number>>
  private readonly values: ReadonlyArray<Array<number>>

  private readonly space: Space

  constructor(space: Space) {
    this.space = space
    this.codes = Array.from({ length: space.width }, () => new Map())
    this.values = Array.from({ length: space.width }, () => [])
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

  get all(): Contents {
    return this.values.map((values, component) =>
      values.map((value) => this.space.content(component, value))
    )
  }

  adopt(contents: Contents): void {
    contents.forEach((ofComponent, component) => {
      for (const content of ofComponent)
        this.codeOf(component, this.space.numberFor(component, content))
    })
  }
}
