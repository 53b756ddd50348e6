/**
 * The transitions of remembered actions, as lists of changes: each is a component and the number of
 * its new value. A known step then costs a few look-ups and allocates nothing.
 */
import type { Change } from "./components.ts"

/**
 * The transitions from `first` up to, but not including, `last`, in a list; and the same in full,
 * for comparison.
 */
export interface Block {
  readonly first: number
  readonly last: number
}

/** The successors of a state, each as its changes. */
export type Successors = ReadonlyArray<ReadonlyArray<Change>>

/** What messages need to know of components: their names, and their values in words. */
interface Named {
  readonly nameOf: (component: number) => string
  readonly content: (component: number, value: number) => string
}

export class Transitions {
  private readonly named: Named
  /**
   * Per transition, in parallel: where its changes begin; one more entry marks the end of the last.
   */
  private readonly firstChange: Array<number> = [0]
  /** Per change, in parallel. */
  private readonly componentOf: Array<number> = []
  private readonly numberOf: Array<number> = []

  constructor(named: Named) {
    this.named = named
  }

  /** The memory of the transitions, roughly. */
  get bytes(): number {
    return this.componentOf.length * bytesPerChange
  }

  keep(successors: Successors): Block {
    const first = this.firstChange.length - 1
    for (const changes of successors) {
      for (const [component, value] of changes) {
        this.componentOf.push(component)
        this.numberOf.push(value)
      }
      this.firstChange.push(this.componentOf.length)
    }
    return { first, last: this.firstChange.length - 1 }
  }

  /** Changes a state, in place, into its successor. */
  change(state: Int32Array, transition: number): void {
    const { firstChange, componentOf, numberOf } = this
    const last = firstChange[transition + 1] as number
    for (let change = firstChange[transition] as number; change < last; change++) {
      state[componentOf[change] as number] = numberOf[change] as number
    }
  }

  /** Changes a successor, in place, back into the state that it was made from. */
  restore(successor: Int32Array, transition: number, state: Int32Array): void {
    const { firstChange, componentOf } = this
    const last = firstChange[transition + 1] as number
    for (let change = firstChange[transition] as number; change < last; change++) {
      const component = componentOf[change] as number
      successor[component] = state[component] as number
    }
  }

  /** The kept successors and these, in words, if they differ. */
  differenceFrom(kept: Block, successors: Successors): readonly [string, string] | undefined {
    return this.difference(this.successorsOf(kept), successors)
  }

  /** Both successors in words, if they differ. */
  difference(left: Successors, right: Successors): readonly [string, string] | undefined {
    const [first, second] = [this.tell(left), this.tell(right)]
    return first === second ? undefined : [first, second]
  }

  private successorsOf({ first, last }: Block): Successors {
    return Array.from({ length: last - first }, (_, at) => this.changesOf(first + at))
  }

  private changesOf(transition: number): ReadonlyArray<Change> {
    const begin = this.firstChange[transition] as number
    const end = this.firstChange[transition + 1] as number
    return Array.from(
      { length: end - begin },
      (_, change): Change => [
        this.componentOf[begin + change] as number,
        this.numberOf[begin + change] as number
      ]
    )
  }

  private tell(successors: Successors): string {
    const told = successors.map((changes) => {
      const fields = changes.map(
        ([component, value]) =>
          `${this.named.nameOf(component)}: ${this.named.content(component, value)}`
      )
      return `{${fields.join(", ")}}`
    })
    return `[${told.join(", ")}]`
  }
}

const bytesPerChange = 24
