/**
 * Expands states: visits a state's transitions in the space, packs and hashes the successors,
 * stages them for the shards that take them in, and judges states and transitions on the way.
 */
import type { CodeBook } from "./code-book.ts"
import { deadlockFreedom, Findings } from "./findings.ts"
import { entrySize, Packing } from "./packing.ts"
import type { Cut, Failures, MoveSink, Sink, Space } from "./space.ts"
import { Staging } from "./staging.ts"

export interface ExpanderOptions {
  readonly space: Space
  readonly codes: CodeBook
  readonly checksDeadlock: boolean
  /** Allocates the lists in which shards pass on successors. */
  readonly allocate?: ((length: number) => Int32Array) | undefined
  /** How states are packed; by default, in a layout that grows with the search. */
  readonly packing?: Packing | undefined
  /** If true, the expander passes on each successor, even one found a moment ago. */
  readonly looksEachUp?: boolean | undefined
}

/** Lists that no other thread reads. */
export const privately = (length: number): Int32Array => new Int32Array(length)

export class Expander implements Sink, MoveSink {
  readonly space: Space
  readonly packing: Packing
  readonly findings = new Findings()
  /** The successors that this round has found. */
  readonly staging: Staging
  /**
   * The numbers of expanded states, of transitions plus initial states, of states that are done,
   * and of stuck states that bounds may or may not explain.
   */
  expanded = 0
  generated = 0
  doneStates = 0
  unclearStates = 0
  /** The current round and level, and the greatest depth of a found state. */
  round = 0
  level = -1
  depth = 0
  /** The state to expand or to judge, packed. */
  readonly base: Int32Array
  readonly moves: Int32Array

  private readonly checksDeadlock: boolean
  /** The state being expanded: its values, its number and its hash. */
  private readonly state: Int32Array
  private current = -1
  private base0 = 0
  private base1 = 0
  private readonly scratch: Int32Array

  constructor(options: ExpanderOptions) {
    const { space, codes, checksDeadlock, allocate = privately, looksEachUp = false } = options
    this.space = space
    this.checksDeadlock = checksDeadlock
    this.packing = options.packing ?? new Packing(space, codes)
    this.staging = new Staging(this.packing.layout.words, allocate, !looksEachUp)
    this.state = new Int32Array(space.width)
    this.base = new Int32Array(space.width)
    this.scratch = new Int32Array(space.width)
    this.moves = new Int32Array(space.width)
  }

  /** Takes over what another expander of the same space has counted. */
  adopt(other: Expander): void {
    const { expanded, generated, doneStates, unclearStates, round, level, depth } = other
    const counts = { expanded, generated, doneStates, unclearStates, round, level, depth }
    Object.assign(this, counts)
  }

  /** Finds the initial states. */
  seed(): void {
    const { packing, staging } = this
    staging.beginState(-1, 0)
    for (const initial of this.space.initial) {
      this.generated++
      const [hash0, hash1] = packing.fingerprint(initial)
      packing.pack(initial, this.scratch, 0)
      if (!packing.isOutgrown) staging.add(this.scratch, hash0, hash1)
    }
    staging.endState()
    staging.endRound()
  }

  /**
   * Returns a function that undoes everything expanded from now on; the staging must have begun a
   * round.
   */
  remember(): () => void {
    const { expanded, generated, doneStates, unclearStates, space } = this
    const forget = space.remember()
    return () => {
      Object.assign(this, { expanded, generated, doneStates, unclearStates })
      this.staging.undo()
      forget()
    }
  }

  /** Expands the state in `base`, which has this number and this position in the round. */
  expandBase(number: number, position: number): void {
    const { packing, state, base, space, staging } = this
    this.current = number
    packing.open(base, state)
    this.base0 = packing.hash0
    this.base1 = packing.hash1
    this.expanded++
    staging.beginState(number, position)
    const transitions =
      space.expandMoves === undefined ? space.expand(state, this) : space.expandMoves(state, this)
    staging.endState()
    this.generated += transitions
    if (transitions > 0) return
    if (space.isDone(state)) this.doneStates++
    else if (this.checksDeadlock) this.noteStuck(space.cutOf?.(state) ?? "not")
  }

  /** Judges the state in `base`, which has this number and this depth. */
  judgeBase(number: number, depth: number): void {
    this.packing.unpack(this.base, 0, this.state)
    const failures = this.space.judge(this.state)
    if (failures !== 0) this.note(failures, number, false, depth)
  }

  /** Records a transition of the current state to the space's successor. */
  visit(label: number, steps: number): void {
    const { space, state, scratch, base, packing } = this
    if (space.judgesTransitions) this.judgeTransition(label, steps)
    const { successor } = space
    const { entries, layout } = packing
    const { words, wordOf } = layout
    let hash0 = this.base0
    let hash1 = this.base1
    for (let word = 0; word < words; word++) scratch[word] = base[word] as number
    for (let component = 0; component < state.length; component++) {
      const value = successor[component] as number
      const before = state[component] as number
      if (value === before) continue
      let entry = entries[component] as Int32Array
      const to = value * entrySize
      if (to >= entry.length || entry[to + 3] === 0) {
        packing.meet(component, value)
        entry = entries[component] as Int32Array
      }
      const from = before * entrySize
      const word = wordOf[component] as number
      scratch[word] = (scratch[word] as number) ^ (entry[to] as number) ^ (entry[from] as number)
      hash0 ^= (entry[to + 1] as number) ^ (entry[from + 1] as number)
      hash1 ^= (entry[to + 2] as number) ^ (entry[from + 2] as number)
    }
    if (packing.isOutgrown) return
    if (steps === 2) this.staging.addLate(scratch, hash0, hash1)
    else this.staging.add(scratch, hash0, hash1)
  }

  /** Records a transition of the current state that leads beyond the explored space. */
  leave(label: number): void {
    if (this.space.judgesTransitions) this.judgeTransition(label, 1)
  }

  moveOf(component: number, from: number, to: number): number {
    return this.packing.moveOf(component, from, to)
  }

  /** Records a transition of the current state that makes the first `count` moves. */
  take(label: number, count: number): void {
    const { base, scratch, moves, packing } = this
    if (this.space.judgesTransitions) this.judgeTransition(label, 1)
    const { deltas } = packing
    const { words } = packing.layout
    let hash0 = this.base0
    let hash1 = this.base1
    for (let word = 0; word < words; word++) scratch[word] = base[word] as number
    for (let index = 0; index < count; index++) {
      const delta = (moves[index] as number) * entrySize
      const word = deltas[delta] as number
      scratch[word] = (scratch[word] as number) ^ (deltas[delta + 1] as number)
      hash0 ^= deltas[delta + 2] as number
      hash1 ^= deltas[delta + 3] as number
    }
    this.staging.add(scratch, hash0, hash1)
  }

  /** Records that the current state is not done and has no transitions. */
  private noteStuck(cut: Cut): void {
    if (cut === "partly") this.unclearStates++
    if (cut === "not")
      this.findings.note({
        property: deadlockFreedom,
        state: this.current,
        inTransition: false,
        depth: this.level,
        round: this.round
      })
  }

  private judgeTransition(label: number, steps: number): void {
    const failures = this.space.judgeTransition(label)
    if (failures !== 0) this.note(failures, this.current, true, this.level + steps)
  }

  private note(failures: Failures, state: number, inTransition: boolean, depth: number): void {
    this.space.properties.forEach((property, bit) => {
      if ((failures & (1 << bit)) !== 0)
        this.findings.note({ property, state, inTransition, depth, round: this.round })
    })
  }
}
