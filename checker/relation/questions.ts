/**
 * The questions that a search asks the author's functions, each with the memory of its answers.
 */
import type { Read } from "../engine/dependency-memo.ts"
import type { Components } from "./components.ts"
import { asked, lookedFor, truthOf } from "./ill-formed.ts"
import type { Predicate, StepPredicate } from "./relation.ts"
import { type Asked, Remembered } from "./remembered.ts"

export class Questions<State extends object> {
  private readonly components: Components<State>
  private readonly all: Array<Remembered<unknown>> = []

  constructor(components: Components<State>) {
    this.components = components
  }

  /** How often the author's functions were called, and how often an answer was needed. */
  get calls(): number {
    return this.all.reduce((sum, { calls }) => sum + calls, 0)
  }
  get lookups(): number {
    return this.all.reduce((sum, { lookups }) => sum + lookups, 0)
  }

  /**
   * Repeats a sample of the calls to the author's functions. Throws if the answers have changed.
   */
  confirmAll(): void {
    for (const memo of this.all) memo.confirmAll()
  }

  /**
   * A question about a state. `again` calls the function once more, with a state that notices reads
   * of fields that it does not have.
   */
  about<Answer>(
    question: Omit<Asked<Answer>, "probe">,
    again: (state: State) => unknown
  ): Remembered<Answer> {
    const probe = (state: Int32Array): void =>
      this.probe(question.where, [state], ([given]) => again(given as State))
    return this.remembered({ ...question, probe })
  }

  /** A predicate on a state. */
  ofState(where: string, holds: Predicate<State>): Remembered<boolean> {
    const { components } = this
    const ask = (state: State) => truthOf(asked(where, holds, state), where)
    const question = {
      where,
      noting: (read: Read) => components.reading(read, ask),
      ...askedPlainly((state) => ask(components.decode(state)))
    }
    return this.about(question, ask)
  }

  /** A predicate on a pair of states: its first half and its second one. */
  ofPair(where: string, holds: StepPredicate<State>): Remembered<boolean> {
    const { components } = this
    const { width } = components
    const ask = (before: State, after: State) =>
      truthOf(
        asked(where, () => holds(before, after), undefined),
        where
      )
    const halves = (pair: Int32Array) => [pair.subarray(0, width), pair.subarray(width)] as const
    return this.remembered<boolean>({
      where,
      noting: (read) =>
        components.reading(read, (before) =>
          components.reading(
            (component) => read(width + component),
            (after) => ask(before, after)
          )
        ),
      ...askedPlainly((pair) => {
        const [before, after] = halves(pair)
        return ask(components.decode(before), components.decode(after))
      }),
      probe: (pair) =>
        this.probe(where, halves(pair), ([before, after]) => ask(before as State, after as State))
    })
  }

  private remembered<Answer>(question: Asked<Answer>): Remembered<Answer> {
    const memo = new Remembered<Answer>(question)
    this.all.push(memo as Remembered<unknown>)
    return memo
  }

  /**
   * Throws if a function reads a field that these states do not have; any other outcome is ignored.
   */
  private probe(
    where: string,
    states: ReadonlyArray<Int32Array>,
    ask: (given: ReadonlyArray<State>) => unknown
  ): void {
    let unknown: string | undefined
    const given = states.map((state) =>
      this.components.noticing(state, (field) => {
        unknown ??= field
      })
    )
    try {
      ask(given)
    } catch {
      // The function has run before, on well-formed states.
    }
    if (unknown !== undefined) throw lookedFor(where, unknown, this.components.fieldNames)
  }
}

/** A predicate that is called with plain states, once or a second time. */
const askedPlainly = (plainly: (state: Int32Array) => boolean) => ({
  plainly,
  difference: (state: Int32Array, answer: boolean) => {
    const second = plainly(state)
    return second === answer ? undefined : ([`${answer}`, `${second}`] as const)
  }
})
