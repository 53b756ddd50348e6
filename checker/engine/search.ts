/**
 * The search: visits every state that can be reached, breadth-first or depth-first, and notes which properties fail
 * where.
 *
 * It does a piece of work at a time (`advance`) and knows no clock: whoever drives it looks at the time, the
 * memory and the user between two pieces. The same space gives the same counts and the same findings in the same
 * order, every time.
 */
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
}

/** How far a search has come. */
export interface Counts {
  readonly distinct: number
  /** Transitions plus initial states. */
  readonly generated: number
  /** The most edges from an initial state to a state that was found, on the path on which it was found. */
  readonly depth: number
  /** States that were found and not yet expanded. */
  readonly frontier: number
}

export class Search implements Sink {
  readonly states: StateTable
  readonly findings: Array<Finding> = []
  /** States without transitions in which everything that was asked for is done. */
  doneStates = 0
  private readonly found = new Set<string>()
  private readonly state: Int32Array
  private generated = 0
  private expanded = 0
  private current = -1
  private depth = 0
  /** The depth of the state that is being expanded; -1 while the initial states are visited. */
  private currentDepth = -1
  /** Breadth-first: the first state of the level after the one that is being expanded. */
  private nextLevel = 0
  /** Depth-first: states to expand with their depths, last in first out. */
  private readonly stack: Array<number> = []

  private readonly space: Space
  private readonly order: Order
  private readonly checksDeadlock: boolean

  constructor(space: Space, order: Order, checksDeadlock: boolean) {
    this.space = space
    this.order = order
    this.checksDeadlock = checksDeadlock
    this.states = new StateTable(space.width)
    this.state = new Int32Array(space.width)
    for (const initial of space.initial) {
      space.successor.set(initial)
      this.visit(-1)
    }
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
   * Expands up to `count` more states, but none after a finding at which `decided` says that it knows enough: so a
   * search ends at the same state, whatever the pieces of work are. Returns false when the search is over.
   */
  advance(count: number, decided: (findings: ReadonlyArray<Finding>) => boolean = () => false): boolean {
    for (let done = 0; done < count && !this.exhausted; done++) {
      const findings = this.findings.length
      this.expandNext()
      if (this.findings.length > findings && decided(this.findings)) return false
    }
    return !this.exhausted
  }

  /** A transition of the current state (or, while it is -1, an initial state) leads to the space's successor. */
  visit(label: number): void {
    this.generated++
    const { space } = this
    if (label >= 0) {
      const failures = space.judgeTransition(label)
      if (failures !== 0) this.note(failures, this.current, label)
    }
    const number = this.states.add(space.successor, this.current)
    if (number < 0) return
    const depth = this.currentDepth + 1
    if (depth > this.depth) this.depth = depth
    if (this.order === "dfs") this.stack.push(number, depth)
    const failures = space.judge(space.successor, label)
    if (failures !== 0) this.note(failures, number, -1)
  }

  private expandNext(): void {
    const number = this.order === "dfs" ? this.popDeepest() : this.takeFirst()
    this.expanded++
    this.current = number
    this.states.read(number, this.state)
    const transitions = this.space.expand(this.state, this)
    if (transitions > 0) return
    if (this.space.isDone(this.state)) this.doneStates++
    else if (this.checksDeadlock) this.noteOnce(deadlockFreedom, number, -1)
  }

  private takeFirst(): number {
    const number = this.expanded
    if (number === this.nextLevel) {
      this.currentDepth++
      this.nextLevel = this.states.size
    }
    return number
  }

  private popDeepest(): number {
    this.currentDepth = this.stack.pop() as number
    return this.stack.pop() as number
  }

  private note(failures: number, state: number, label: number): void {
    this.space.properties.forEach((property, bit) => {
      if ((failures & (1 << bit)) !== 0) this.noteOnce(property, state, label)
    })
  }

  /** Of each property only the first failure is kept; breadth-first, it is a nearest one. */
  private noteOnce(property: string, state: number, label: number): void {
    if (this.found.has(property)) return
    this.found.add(property)
    this.findings.push({ property, state, label })
  }
}
