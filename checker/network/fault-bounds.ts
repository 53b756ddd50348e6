/**
 * Which faults may happen in a state: a node may suffer a fault if some budget names both, no
 * budget that names both is spent, and the premise, if any, still holds afterwards.
 */

import type { Locals } from "./locals.ts"
import { faultsOf, type Model } from "./model.ts"
import type { Processes } from "./processes.ts"

/** A numbered observer, and the state component that holds its state. */
interface Observing {
  readonly at: number
  readonly run: {
    feed(state: number, events: number, table: Processes["events"]): number
    state(number: number): unknown
  }
}

interface Budget {
  readonly fault: number
  readonly slots: ReadonlyArray<number>
  readonly most: number
}

export class FaultBounds {
  /** Whether any fault may ever happen. */
  readonly exist: boolean
  private readonly locals: Locals
  private readonly processes: Processes
  private readonly budgets: ReadonlyArray<Budget>
  private readonly premise: Observing | undefined
  private readonly keeps: (state: unknown) => boolean
  /** Per fault and slot, the number of the event in which the node suffers the fault. */
  private readonly events: ReadonlyArray<ReadonlyArray<number>>
  /** Per state of the premise's observer, whether the premise holds. */
  private readonly holds: Array<boolean | undefined> = []

  constructor(
    model: Model,
    locals: Locals,
    processes: Processes,
    onlooker: (name: string) => Observing
  ) {
    const { premise } = model.faults
    const faults = faultsOf(model)
    this.locals = locals
    this.processes = processes
    // Keep budgets that allow nothing: they also bind the nodes that another budget names.
    this.budgets = model.faults.budgets.map(({ fault, nodes, most }) => ({
      fault: faults.indexOf(fault),
      slots: nodes.map((node) => processes.slotOfNode(node)),
      most
    }))
    this.exist = this.budgets.some(({ slots, most }) => slots.length > 0 && most > 0)
    this.premise = premise && onlooker(premise.observer(model.system.context).name)
    const keeps = (state: unknown): boolean => premise?.holds(state) ?? true
    this.keeps = keeps
    this.events = faults.map(({ name }) =>
      processes.nodes.map(({ id }) =>
        processes.events.number([{ _tag: "Fault", node: id, fault: name }])
      )
    )
  }

  /** Whether the node at this slot may suffer this fault now. */
  allow(state: Int32Array, slot: number, fault: number): boolean {
    return this.isInBudget(state, slot, fault) && this.keepsPremise(state, slot, fault)
  }

  private isInBudget(state: Int32Array, slot: number, fault: number): boolean {
    const faultsOf = this.locals.faultsOf.items
    for (const budget of this.budgets) {
      if (budget.fault !== fault || !budget.slots.includes(slot)) continue
      let spent = 0
      for (const other of budget.slots)
        if (((faultsOf[state[other] as number] as number) & (1 << fault)) !== 0) spent++
      if (spent >= budget.most) return false
    }
    return true
  }

  private keepsPremise(state: Int32Array, slot: number, fault: number): boolean {
    const { premise, holds } = this
    if (premise === undefined) return true
    const event = this.events[fault]?.[slot] as number
    const after = premise.run.feed(state[premise.at] as number, event, this.processes.events)
    const known = holds[after] ?? this.keeps(premise.run.state(after))
    holds[after] = known
    return known
  }
}
