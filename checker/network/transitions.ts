/**
 * The transitions of local states, a row each, as parallel lists of integers: the search looks up
 * one number at a time.
 */
import { Integers } from "../engine/integers.ts"
import { Interner } from "../engine/interner.ts"
import { missing, PairMemo } from "../engine/pair-memo.ts"
import {
  type Action,
  actionKind,
  type Event,
  faultsOf,
  type Model,
  type ModelNode
} from "./model.ts"
import type { Effect } from "./process-table.ts"

/** The transition is not a fault. */
export const noFault = -1

export class Transitions {
  /**
   * Per transition, in parallel: the node, its next local state, the events, and the properties
   * that they violate.
   */
  readonly slotOf = new Integers()
  readonly targetOf = new Integers()
  readonly eventsOf = new Integers()
  readonly failuresOf = new Integers()
  readonly kindOf = new Integers()
  /** The number of the fault, or `noFault`. */
  readonly faultOf = new Integers()
  /** Where its packets begin and end among the packets of all transitions. */
  readonly firstSend = new Integers()
  readonly lastSend = new Integers()
  readonly sendSlot = new Integers()
  readonly sendPacket = new Integers()
  /** The kinds of actions, and the number of transitions taken of each. */
  readonly kinds = new Interner<string>()
  readonly kindCounts: Array<number> = []
  private readonly nodes: ReadonlyArray<ModelNode>
  private readonly faults: ReturnType<typeof faultsOf>
  private readonly actionOf: Array<Action> = []
  /** For a combined transition, its two parts. */
  private readonly partsOf: Array<readonly [first: number, second: number] | undefined> = []
  private readonly pairs = new PairMemo()

  constructor(model: Model, nodes: ReadonlyArray<ModelNode>) {
    this.nodes = nodes
    this.faults = faultsOf(model)
  }

  get size(): number {
    return this.slotOf.size
  }

  /** Adds a transition of the node at `slot`, and returns its label. */
  add(slot: number, target: number, effect: Effect, action: Action): number {
    const label = this.size
    this.slotOf.push(slot)
    this.targetOf.push(target)
    this.eventsOf.push(effect.events)
    this.failuresOf.push(effect.failures)
    this.kindOf.push(this.kindNumber(slot, action))
    this.faultOf.push(
      action._tag === "Fault" ? this.faults.findIndex(({ name }) => name === action.fault) : noFault
    )
    this.actionOf.push(action)
    this.firstSend.push(this.sendSlot.size)
    for (const { slot: to, packet } of effect.packets) {
      this.sendSlot.push(to)
      this.sendPacket.push(packet)
    }
    this.lastSend.push(this.sendSlot.size)
    return label
  }

  /**
   * The transition that is `first` followed by `second` in the same step. The search uses only its
   * label and its failures.
   */
  together(first: number, second: number): number {
    const known = this.pairs.get(first, second)
    if (known !== missing) return known
    const label = this.size
    this.slotOf.push(this.slotOf.items[first] as number)
    this.failuresOf.push(
      (this.failuresOf.items[first] as number) | (this.failuresOf.items[second] as number)
    )
    this.actionOf.push(this.actionOf[first] as Action)
    this.partsOf[label] = [first, second]
    for (const parallel of [
      this.targetOf,
      this.eventsOf,
      this.kindOf,
      this.firstSend,
      this.lastSend
    ])
      parallel.push(0)
    this.faultOf.push(noFault)
    this.pairs.set(first, second, label)
    return label
  }

  /** The events of transition `label`: one, or several if messages are taken at once. */
  describe(label: number): ReadonlyArray<Event> {
    const parts = this.partsOf[label]
    if (parts !== undefined) return parts.flatMap((part) => this.describe(part))
    const { id } = this.nodes[this.slotOf.items[label] as number] as ModelNode
    return [{ node: id, action: this.actionOf[label] as Action }]
  }

  private kindNumber(slot: number, action: Action): number {
    const { role } = this.nodes[slot] as ModelNode
    const kind = this.kinds.number(actionKind(this.faults, role, action))
    if (kind === this.kindCounts.length) this.kindCounts.push(0)
    return kind
  }
}
