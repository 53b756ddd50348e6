/**
 * The search: visits every state that can be reached, breadth-first or depth-first, and notes which properties fail
 * where.
 *
 * It does a piece of work at a time (`advance`) and knows no clock: whoever drives it looks at the time, the
 * memory and the user between two pieces. The same space gives the same counts and the same findings in the same
 * order, every time.
 */
import { type Frontier, Levels, Stack } from "./frontier.ts"
import type { Sink, Space } from "./space.ts"
import { StateTable } from "./state-table.ts"

/** The order in which states are expanded. Breadth-first finds shortest violations. */
export type Order = "bfs" | "dfs"

/** The name of the property that no reachable state is stuck with work left. */
export const deadlockFreedom = "deadlock-freedom"

/** Where a property failed: in state `state`, or in the transition `label` out of it. */
export interface Finding {
  readonly property: string
  readonly state: number
  /** The transition that failed; -1 if the state itself did. */
  readonly label: number
  /** How many steps it takes to get there. */
  readonly depth: number
}

/** How far a search has come. */
export interface Counts {
  readonly distinct: number
  /** Transitions plus initial states. */
  readonly generated: number
  /** The most steps from an initial state to a state that was found, on the path on which it was found. */
  readonly depth: number
  /** States that were found and not yet expanded. */
  readonly frontier: number
}

export class Search implements Sink {
  readonly states: StateTable
  /** States without transitions in which everything that was asked for is done. */
  doneStates = 0
  private readonly space: Space
  private readonly checksDeadlock: boolean
  private readonly frontier: Frontier
  private readonly found = new Map<string, Finding>()
  private readonly state: Int32Array
  private generated = 0
  private expanded = 0
  /** The state that is being expanded; -1 while the initial states are visited. */
  private current = -1
  private depth = 0

  constructor(space: Space, order: Order, checksDeadlock: boolean) {
    this.space = space
    this.checksDeadlock = checksDeadlock
    this.frontier = order === "bfs" ? new Levels() : new Stack()
    this.states = new StateTable(space.width)
    this.state = new Int32Array(space.width)
    for (const initial of space.initial) {
      space.successor.set(initial)
      this.visit(-1, 0)
    }
  }

  /** Of each property, the first failure that was found; breadth-first, a nearest one. */
  get findings(): ReadonlyArray<Finding> {
    return [...this.found.values()]
  }

  get counts(): Counts {
    const { size } = this.states
    return { distinct: size, generated: this.generated, depth: this.depth, frontier: size - this.expanded }
  }

  /** True when every state that was found has been expanded. */
  get exhausted(): boolean {
    return this.expanded === this.states.size
  }

  /**
   * Expands up to `count` more states, but none after findings at which `decided` says that it knows enough: so a
   * search ends at the same state, whatever the pieces of work are. Returns false when the search is over.
   */
  advance(count: number, decided: (findings: ReadonlyArray<Finding>) => boolean = () => false): boolean {
    for (let done = 0; done < count && !this.exhausted; done++) {
      const number = this.frontier.take()
      if (this.found.size > 0 && this.isNearest() && decided(this.findings)) {
        this.frontier.putBack(number)
        return false
      }
      this.expand(number)
    }
    return !this.exhausted
  }

  /** A transition of the current state (or, while it is -1, an initial state) leads to the space's successor. */
  visit(label: number, steps: number): void {
    this.generated++
    const { space } = this
    if (label >= 0) {
      const failures = space.judgeTransition(label)
      if (failures !== 0) this.note(failures, this.current, label, this.frontier.depth + steps)
    }
    const added = this.states.add(space.successor, this.current)
    if (added < 0 && !(steps === 1 && this.frontier.comesNearer(~added))) return
    const number = added < 0 ? ~added : added
    if (added < 0) this.states.setParent(number, this.current)
    const depth = this.frontier.depth + steps
    if (depth > this.depth) this.depth = depth
    this.frontier.add(number, steps)
    const failures = space.judge(space.successor, label)
    if (failures !== 0) this.note(failures, number, -1, depth)
  }

  private expand(number: number): void {
    this.expanded++
    this.current = number
    this.states.read(number, this.state)
    const transitions = this.space.expand(this.state, this)
    if (transitions > 0) return
    if (this.space.isDone(this.state)) this.doneStates++
    else if (this.checksDeadlock)
      this.noteNearest({ property: deadlockFreedom, state: number, label: -1, depth: this.frontier.depth })
  }

  /** Whether no nearer failures can be found any more than those that were found. */
  private isNearest(): boolean {
    for (const { depth } of this.found.values()) if (!this.frontier.isNearest(depth)) return false
    return true
  }

  private note(failures: number, state: number, label: number, depth: number): void {
    this.space.properties.forEach((property, bit) => {
      if ((failures & (1 << bit)) !== 0) this.noteNearest({ property, state, label, depth })
    })
  }

  private noteNearest(finding: Finding): void {
    const known = this.found.get(finding.property)
    if (known === undefined || finding.depth < known.depth) this.found.set(finding.property, finding)
  }
}
