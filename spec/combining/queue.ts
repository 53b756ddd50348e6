/**
 * Combining: one operation on a register serves several requests. (Not in the tutorial. Hendler and
 * others, "Flat combining and the synchronization-parallelism tradeoff", let one thread execute the
 * requests of all that wait; here the one who executes them is a gateway.)
 *
 * A gateway executes at most one operation of a queue at a time. Requests that arrive meanwhile
 * wait. When the operation ends, the gateway takes as many requests from the front of its queue as
 * one operation can serve. They all arrived before that operation began, and are answered after it
 * has ended. So all of them can take effect at the moment at which it does, one directly after the
 * other, in the order of the queue. This holds for every atomic register, and for any number of
 * queues.
 */
import type { Access, Value } from "../register/operation.ts"
import type { Request } from "./request.ts"
import type { Rules } from "./rules.ts"

/** The requests that the current operation serves, and those that wait, in order of arrival. */
export interface Queue<Of extends Request> {
  readonly served: ReadonlyArray<Of>
  readonly waiting: ReadonlyArray<Of>
}

/** The result of a request. */
export interface Answer<Of extends Request> {
  readonly request: Of
  readonly result: Value
}

export const empty: Queue<never> = { served: [], waiting: [] }

/** A gateway receives requests: they wait until the operation in execution has ended. */
export const arrive = <Of extends Request>(
  { joins }: Rules,
  { served, waiting }: Queue<Of>,
  arrived: ReadonlyArray<Of>
): Queue<Of> => {
  const joining = arrived.filter((one) => joins(served, one))
  const others = arrived.filter((one) => !joining.includes(one))
  return { served: [...served, ...joining], waiting: [...waiting, ...others] }
}

/** What a gateway does when it begins an operation. */
export interface Beginning<Of extends Request> {
  readonly queue: Queue<Of>
  readonly operation: Access
  /** The requests that it answers already. */
  readonly answers: ReadonlyArray<Answer<Of>>
}

/**
 * A gateway that executes no operation begins one, if requests wait. If a read is first, it begins
 * a read for all reads before the first write. If a write is first, it begins the last write of the
 * queue, which serves all requests.
 */
export const begin = <Of extends Request>(
  { answersAtOnce }: Rules,
  { served, waiting }: Queue<Of>
): Beginning<Of> | undefined => {
  const [first] = waiting
  if (served.length > 0 || first === undefined) return undefined
  const firstWrite = waiting.findIndex(({ operation }) => operation._tag === "Write")
  const end = firstWrite <= 0 ? waiting.length : firstWrite
  const taken = waiting.slice(0, end)
  const operation = taken.findLast((one) => one.operation._tag === "Write")?.operation
  const early = answersAtOnce(taken)
  return {
    queue: {
      served: taken.filter((one) => !early.includes(one)),
      waiting: waiting.slice(end)
    },
    operation: operation ?? first.operation,
    answers: early.map((request) => ({ request, result: null }))
  }
}

/**
 * The operation ends with this result, and the gateway answers all requests that it served. A read
 * returns the value of the last write before it in the queue, or else the result of the operation.
 */
export const end = <Of extends Request>(
  { served, waiting }: Queue<Of>,
  result: Value
): { readonly queue: Queue<Of>; readonly answers: ReadonlyArray<Answer<Of>> } => {
  let value = result
  const answers = served.map((request): Answer<Of> => {
    const { operation } = request
    if (operation._tag === "Read") return { request, result: value }
    value = operation.value
    return { request, result: null }
  })
  return { queue: { served: [], waiting }, answers }
}

/**
 * A gateway gives up the operation, whose outcome it does not know: the requests that it served
 * stay pending. They may take effect later, if the operation does, or never.
 */
export const giveUp = <Of extends Request>({ served, waiting }: Queue<Of>) => ({
  queue: { served: [], waiting } satisfies Queue<Of>,
  pending: served
})
