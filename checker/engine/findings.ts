/**
 * What a search finds: of each property, the nearest failure.
 */

import { isEarlier } from "./numbers.ts"

/** The name of the property that no reachable state is stuck with work left. */
export const deadlockFreedom = "deadlock-freedom"

/** Where a property failed: in state `state`, or in a transition out of it. */
export interface Finding {
  readonly property: string
  readonly state: number
  /** Whether a transition out of the state failed, not the state itself. */
  readonly inTransition: boolean
  /** How many steps it takes to get there. */
  readonly depth: number
  /** When it was found: of failures that are equally near, the first counts, whoever finds it. */
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

  /** Takes note of a failure, unless a nearer one is known. */
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
