/**
 * Transitions as moves, for searches in which no reduction changes what a transition leads to. The
 * transitions of a local state form a short list of numbers, contiguous in memory.
 */
import { DenseMemo } from "../engine/dense-memo.ts"
import { Integers } from "../engine/integers.ts"
import { missing } from "../engine/pair-memo.ts"
import type { MoveSink } from "../engine/space.ts"
import type { Locals } from "./locals.ts"
import { nothing } from "./process-table.ts"
import type { Processes } from "./processes.ts"
import { noFault } from "./transitions.ts"

/**
 * The head of a transition in the program: its label, the node's own move, its events, and the end
 * of its sends.
 */
const head = 4

/** The fields of a local state. */
const about = {
  /**
   * Whether its transitions are known; where they begin and end in the program; and where they end
   * with its fault included.
   */
  isKnown: 0,
  begin: 1,
  end: 2,
  faultEnd: 3,
  /** The number of times that its transitions, and its fault, were taken. */
  runs: 4,
  faultRuns: 5
} as const
const aboutSize = 6

/**
 * The number of the only fault. The network uses moves only if it has at most one kind of fault.
 */
const theFault = 0

/** The part of a network that this class needs. */
export interface Moved {
  readonly locals: Locals
  readonly processes: Processes
  /** Whether the node at this slot may suffer the fault with this number in this state. */
  readonly mayFail: (state: Int32Array, slot: number, fault: number) => boolean
  /** Appends the moves of the observers; returns the new number of moves. */
  readonly observe: (state: Int32Array, events: number, sink: MoveSink, count: number) => number
}

export class PlainMoves {
  private readonly moved: Moved
  private readonly nodeCount: number
  private readonly hasFaults: boolean
  /** The fields of each local state, as `about` lays them out. */
  private readonly locals = new Integers()
  /**
   * Transitions: the head of each, then the receiver and the packet's column for each packet that
   * it sends.
   */
  private readonly program = new Integers()
  /** Per local state and column: the move that adds the packet to the messages in flight. */
  private readonly receiving = new DenseMemo()

  constructor(moved: Moved, hasFaults: boolean) {
    this.moved = moved
    this.nodeCount = moved.locals.nodes.length
    this.hasFaults = hasFaults
  }

  expand(state: Int32Array, sink: MoveSink): number {
    const { moved, nodeCount, program, receiving } = this
    const { moves } = sink
    let transitions = 0
    for (let slot = 0; slot < nodeCount; slot++) {
      const local = state[slot] as number
      const base = local * aboutSize
      if (base >= this.locals.size || this.locals.items[base] === 0) this.compile(slot, local, sink)
      const known = this.locals.items
      known[base + about.runs] = (known[base + about.runs] as number) + 1
      const end = this.hasFaults
        ? this.endOf(state, slot, base)
        : (known[base + about.end] as number)
      for (let at = known[base + about.begin] as number; at < end; transitions++) {
        const { items } = program
        const label = items[at] as number
        const events = items[at + 2] as number
        const last = items[at + 3] as number
        let count = 1
        moves[0] = items[at + 1] as number
        for (at += head; at < last; at += 2) {
          const to = items[at] as number
          const column = items[at + 1] as number
          const move = receiving.get(state[to] as number, column)
          moves[count++] = move === missing ? this.receive(state, to, column, sink) : move
        }
        if (events !== nothing) count = moved.observe(state, events, sink, count)
        sink.take(label, count)
      }
    }
    return transitions
  }

  /** Adds these counts to the counts of each kind of action. */
  addTo(kindCounts: Array<number>): void {
    const { locals } = this.moved
    for (let local = 0; local * aboutSize < this.locals.size; local++) {
      const last = locals.lastTransition.items[local] as number
      for (let label = locals.firstTransition.items[local] as number; label < last; label++) {
        const which =
          locals.transitions.faultOf.items[label] === noFault ? about.runs : about.faultRuns
        const kind = locals.transitions.kindOf.items[label] as number
        const runs = this.locals.items[local * aboutSize + which] as number
        kindCounts[kind] = (kindCounts[kind] as number) + runs
      }
    }
  }

  /** Records the counts so far; the returned function undoes all later counting. */
  remember(): () => void {
    const before = this.locals.items.slice(0, this.locals.size)
    return () => {
      const { items, size } = this.locals
      for (let at = 0; at < size; at += aboutSize) {
        items[at + about.runs] = before[at + about.runs] ?? 0
        items[at + about.faultRuns] = before[at + about.faultRuns] ?? 0
      }
    }
  }

  private endOf(state: Int32Array, slot: number, base: number): number {
    const { items } = this.locals
    if (items[base + about.end] === items[base + about.faultEnd])
      return items[base + about.end] as number
    if (!this.moved.mayFail(state, slot, theFault)) return items[base + about.end] as number
    items[base + about.faultRuns] = (items[base + about.faultRuns] as number) + 1
    return items[base + about.faultEnd] as number
  }

  private compile(slot: number, local: number, sink: MoveSink): void {
    const { locals } = this.moved
    const base = local * aboutSize
    while (this.locals.size < base + aboutSize) this.locals.push(0)
    locals.prepare(local)
    const begin = this.program.size
    let end = begin
    const last = locals.lastTransition.items[local] as number
    for (let label = locals.firstTransition.items[local] as number; label < last; label++) {
      this.write(slot, local, label, sink)
      // The fault is the last transition of a local state.
      if (locals.transitions.faultOf.items[label] === noFault) end = this.program.size
    }
    this.locals.items.set([1, begin, end, this.program.size], base)
  }

  private write(slot: number, local: number, label: number, sink: MoveSink): void {
    const { locals, processes } = this.moved
    const { transitions } = locals
    const sends: Array<number> = []
    let target = transitions.targetOf.items[label] as number
    const last = transitions.lastSend.items[label] as number
    for (let send = transitions.firstSend.items[label] as number; send < last; send++) {
      const to = transitions.sendSlot.items[send] as number
      const packet = transitions.sendPacket.items[send] as number
      if (to === slot) target = locals.deliver(target, packet)
      else sends.push(to, processes.columnOf[packet] as number)
    }
    const events = transitions.eventsOf.items[label] as number
    const end = this.program.size + head + sends.length
    for (const item of [label, sink.moveOf(slot, local, target), events, end, ...sends])
      this.program.push(item)
  }

  private receive(state: Int32Array, to: number, column: number, sink: MoveSink): number {
    const { locals, processes } = this.moved
    const local = state[to] as number
    const move = sink.moveOf(to, local, locals.deliver(local, processes.packetOf(to, column)))
    this.receiving.set(local, column, move)
    return move
  }
}
