/**
 * Combines the requests of one user: `spec/combining/queue.ts` decides which of those that wait for
 * a register one operation serves, and what each of them gets.
 *
 * While an operation is in execution, requests are not handed to the queue: to it they have not
 * arrived yet.
 */
import * as Result from "effect/Result"
import { arrive, begin, empty, end, giveUp, type Queue } from "../../spec/combining/queue.ts"
import { correct } from "../../spec/combining/rules.ts"
import type { Access, Value } from "../../spec/register/operation.ts"
import type { Begin } from "./accesses.ts"
import {
  ConfigurationForgotten,
  Overloaded,
  Refused,
  Unavailable,
  type Unfinished
} from "./known.ts"

/** The bytes that the requests of all users hold; each request counts for some more. */
export interface Held {
  bytes: number
}

const maxHeldBytes = 256 * 2 ** 20
const requestBytes = 1024

/** A request, and the caller that waits for its result. */
interface Waiting {
  readonly operation: Access
  readonly bytes: number
  readonly ended: (result: Result.Result<Value, Unfinished>) => void
  /** Begins an operation for the caller. */
  readonly begin: Begin
}

/** A register in use. */
interface Register {
  queue: Queue<Waiting>
  /** The requests not yet handed to the queue. */
  arrived: Array<Waiting>
  /** Forgets the operation in execution. */
  forget: () => void
}

export class Combined {
  private readonly registers = new Map<string, Register>()
  private readonly held: Held
  private isEnded = false

  constructor(held: Held) {
    this.held = held
  }

  /**
   * Executes an operation, alone or together with others; calls `ended` with its result. If others
   * do not execute it already, it is begun by `begin`.
   */
  request(
    key: string,
    operation: Access,
    begin: Begin,
    ended: (result: Result.Result<Value, Unfinished>) => void
  ): void {
    const bytes = requestBytes + bytesOf(operation)
    if (this.held.bytes + bytes > maxHeldBytes) {
      ended(Result.fail(new Overloaded({ key })))
      return
    }
    this.held.bytes += bytes
    const request: Waiting = { operation, bytes, begin, ended }
    const known = this.registers.get(key)
    if (known !== undefined) {
      known.arrived.push(request)
      return
    }
    const register: Register = { queue: empty, arrived: [request], forget: () => undefined }
    this.registers.set(key, register)
    this.beginNext(key, register)
  }

  /** Nobody waits for results any more: begins nothing further, and answers nobody. */
  end(): void {
    this.isEnded = true
    for (const { queue, arrived, forget } of this.registers.values()) {
      forget()
      for (const { bytes } of [...queue.served, ...queue.waiting, ...arrived])
        this.held.bytes -= bytes
    }
    this.registers.clear()
  }

  /** Begins the next operation on a register that has none in execution. */
  private beginNext(key: string, register: Register): void {
    const next = begin(correct, arrive(correct, register.queue, register.arrived))
    register.arrived = []
    if (next === undefined) {
      this.registers.delete(key)
      return
    }
    register.queue = next.queue
    const [first] = next.queue.served as readonly [Waiting, ...ReadonlyArray<Waiting>]
    register.forget = first.begin(key, next.operation, (result) => {
      if (this.isEnded) return
      this.finish(register, result)
      this.beginNext(key, register)
    })
  }

  private finish(register: Register, result: Result.Result<Value, Unfinished>): void {
    if (Result.isSuccess(result)) {
      const { queue, answers } = end(register.queue, result.success)
      register.queue = queue
      for (const one of answers) this.answer(one.request, Result.succeed(one.result))
      return
    }
    const { queue, pending } = giveUp(register.queue)
    register.queue = queue
    for (const request of pending)
      this.answer(request, Result.fail(failureOf(request.operation, result.failure)))
  }

  private answer({ bytes, ended }: Waiting, result: Result.Result<Value, Unfinished>): void {
    this.held.bytes -= bytes
    ended(result)
  }
}

/** The failure of a request that was served by an operation with this failure. */
const failureOf = ({ _tag: operation }: Access, failure: Unfinished): Unfinished => {
  switch (failure._tag) {
    case "Overloaded":
      return failure
    case "Unavailable":
      return new Unavailable({ ...failure, operation })
    case "Refused":
      return new Refused({ ...failure, operation })
    case "ConfigurationForgotten":
      return new ConfigurationForgotten({ ...failure, operation })
  }
}

const bytesOf = (operation: Access): number =>
  operation._tag === "Write" && typeof operation.value === "string" ? operation.value.length : 0
