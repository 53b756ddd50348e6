/**
 * Labels of transitions: each stands for an action, and for the parts of the action that the
 * transition belongs to, as far as these have fairness of their own.
 */
import type { FairClass } from "./fairness.ts"

export class Labels {
  /**
   * Per label: its action and the classes of fairness. The first labels stand for whole actions.
   */
  private readonly all: Array<{ readonly action: number; readonly classes: ReadonlyArray<number> }>
  /** Per action, the classes that are part of it. */
  private readonly parts: ReadonlyArray<ReadonlyArray<number>>
  private readonly known = new Map<string, number>()

  constructor(actions: ReadonlyArray<string>, classes: ReadonlyArray<FairClass<never>>) {
    const of = (action: string, isPart: boolean) =>
      classes.flatMap((one, index) =>
        one.actions.includes(action) && (one.when !== undefined) === isPart ? [index] : []
      )
    this.all = actions.map((name, action) => ({ action, classes: of(name, false) }))
    this.parts = actions.map((name) => of(name, true))
  }

  actionOf(label: number): number {
    return this.all[label]?.action ?? -1
  }

  classesOf(label: number): ReadonlyArray<number> {
    return this.all[label]?.classes ?? none
  }

  /** The classes that are part of an action. */
  partsOf(action: number): ReadonlyArray<number> {
    return this.parts[action] ?? none
  }

  /** The label of an action's transition that belongs to these parts of it. */
  labelOf(action: number, parts: ReadonlyArray<number>): number {
    if (parts.length === 0) return action
    const key = [action, ...parts].join(" ")
    const known = this.known.get(key)
    if (known !== undefined) return known
    const label = this.all.push({ action, classes: [...this.classesOf(action), ...parts] }) - 1
    this.known.set(key, label)
    return label
  }
}

const none: ReadonlyArray<number> = []
