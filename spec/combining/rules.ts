/**
 * The load-bearing decisions of combining. `correct` is the protocol; a variant runs the same code
 * with other decisions.
 */
import type { Variant } from "../kernel/protocol.ts"
import type { Request } from "./request.ts"

export interface Rules {
  /**
   * Whether a request that arrives while an operation serves these is served by the same operation:
   * never, since that may have taken effect before the request arrived.
   */
  readonly joins: (served: ReadonlyArray<Request>, request: Request) => boolean
  /**
   * Which of the requests that an operation serves are answered when it begins: none, since it may
   * take effect after the answer.
   */
  readonly answersAtOnce: <Of extends Request>(served: ReadonlyArray<Of>) => ReadonlyArray<Of>
}

export const correct: Rules = { joins: () => false, answersAtOnce: () => [] }

export const variants: readonly [Variant<Rules>, ...ReadonlyArray<Variant<Rules>>] = [
  {
    name: "correct",
    kind: "correct",
    about: "One operation serves all requests that arrived before it began.",
    rules: correct
  },
  {
    name: "read-joins-read",
    kind: "mutant",
    about: "A read that arrives while a read is in execution gets the result of that read.",
    rules: {
      ...correct,
      joins: (served, { operation }) =>
        operation._tag === "Read" && served[0]?.operation._tag === "Read"
    }
  },
  {
    name: "overwritten-write-answered-at-once",
    kind: "mutant",
    about: "A write that is overwritten by a later one of the queue is answered at once.",
    rules: {
      ...correct,
      answersAtOnce: (served) => {
        const writes = served.filter(({ operation }) => operation._tag === "Write")
        return writes.slice(0, -1)
      }
    }
  }
]
