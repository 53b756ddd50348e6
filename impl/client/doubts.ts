/**
 * The members of its configuration that a client doubts in an operation: they cannot prove that
 * they still serve the configuration, or say that they do not.
 */
import { configurationOf, type View } from "../../spec/administrator/view.ts"
import { isServedBy } from "../../spec/configuration/configuration.ts"
import type { AnyNote } from "../../spec/kernel/observation.ts"
import { type Doubt, forgotten, unproved } from "../byzantine/client.ts"
import { nameOf } from "../memory/identity.ts"
import { ConfigurationForgotten } from "./known.ts"

export class Doubts {
  private readonly forgotten = new Set<string>()
  private readonly unproved = new Set<string>()
  private number = 0

  readonly note = (note: AnyNote): void => {
    if (note.name !== forgotten && note.name !== unproved) return
    const { from, number } = note.detail as Doubt
    if (number > this.number) {
      this.forgotten.clear()
      this.unproved.clear()
      this.number = number
    }
    if (number === this.number) (note.name === forgotten ? this.forgotten : this.unproved).add(from)
  }

  /** Why the operation cannot end in this view; undefined if the others suffice. */
  explain(operation: string, view: View): ConfigurationForgotten | undefined {
    const others = view.members.filter(
      (member) => !this.forgotten.has(member) && !this.unproved.has(member)
    )
    if (view.number !== this.number || isServedBy(configurationOf(view), others)) return undefined
    return new ConfigurationForgotten({
      operation,
      number: view.number,
      forgotten: [...this.forgotten].map(nameOf).sort(),
      unproved: [...this.unproved].map(nameOf).sort()
    })
  }
}
