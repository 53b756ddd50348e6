/**
 * The findings of a search: the nearest failure of each property.
 */

import { isEarlier } from "./numbers.ts"

/** The name of the built-in property: no reachable state is stuck with work left to do. */
export const deadlockFreedom = "deadlock-freedom"

/** A failure of a property, in state `state` or in a transition out of it. */
export interface Finding {
  readonly property: string
  readonly state: number
  /** True if a transition out of the state failed; false if the state itself did. */
  readonly inTransition: boolean
  /** The number of steps from an initial state. */
  readonly depth: number
  /** The round in which the search found it. Among equally near failures the first counts. */
  readonly round: number
}

export class Findings {
  private readonly found = new Map<string, Finding>()

  get size(): number {
    return this.found.size
  }

  get all(): ReadonlyArray<Finding> {
    return [...this.found.values()]
  }

  /** Records a failure, unless a nearer one is known. */
  note(finding: Finding): void {
    const known = this.found.get(finding.property)
    if (known === undefined || isBefore(finding, known)) this.found.set(finding.property, finding)
  }
}

const isBefore = (left: Finding, right: Finding): boolean =>
  left.depth !== right.depth
    ? left.depth < right.depth
    : left.round !== right.round
      ? left.round < right.round
      : left.inTransition !== right.inTransition
        ? left.inTransition
        : isEarlier(left.state, right.state)
