/**
 * A view: of states that look the same to the author, the first one found represents all.
 */
import { canonical } from "../../spec/kernel/data.ts"
import { Integers } from "../engine/integers.ts"
import { RelationIllFormed } from "./ill-formed.ts"
import { frozenCopy, NotPlain } from "./plain.ts"

export class View {
  private readonly look: (state: Int32Array) => unknown
  private readonly numbers = new Map<string, number>()
  /** Per view, the first state with that view. */
  private readonly first = new Integers()

  constructor(look: (state: Int32Array) => unknown) {
    this.look = look
  }

  get bytes(): number {
    return this.first.bytes + this.numbers.size * 100
  }

  /** Replaces a state by its representative. */
  represent(state: Int32Array): void {
    const text = canonical(plainly(this.look(state)))
    const known = this.numbers.get(text)
    if (known === undefined) {
      this.numbers.set(text, this.numbers.size)
      for (let at = 0; at < state.length; at++) this.first.push(state[at] as number)
      return
    }
    const begin = known * state.length
    for (let at = 0; at < state.length; at++) state[at] = this.first.get(begin + at)
  }
}

/** Data that is not plain would look empty, and would make all states look the same. */
const plainly = (seen: unknown): unknown => {
  try {
    return frozenCopy(seen, [])
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error
    const part = error.path.length === 0 ? "what it returned" : `"${error.path.join(".")}"`
    throw new RelationIllFormed({
      where: "view",
      problem: `${part} is ${error.message}, which is not plain data`,
      mend: "use finite numbers up to 2^53 - 1, strings, booleans, null, arrays and records"
    })
  }
}
