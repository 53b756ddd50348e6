/**
 * What a client knows of its system, and how it waits for an operation.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type ServerSet, servers } from "../../spec/nodes/nodes.ts"
import type { Keys } from "../keys/keys.ts"
import { Kind, type Refusal } from "../link/frame.ts"
import type { RunnableProtocol } from "../protocols.ts"
import type { Operations } from "./operations.ts"

/**
 * What a client knows of an operation that failed: it has not taken effect and never will, or
 * whether it has is unknown. A read has no effect.
 */
export type Outcome = "none" | "unknown"

const outcomeOf = (operation: string, mayHaveBegun: boolean): Outcome =>
  operation !== "Read" && mayHaveBegun ? "unknown" : "none"

const told = (outcome: Outcome): string =>
  outcome === "unknown" ? "; whether it takes effect is unknown" : ""

/**
 * Too few storage nodes answered in time, or their answers did not count, since the membership
 * service did not say which epoch is current. A write may still take effect, now or later.
 */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", {
  operation: Schema.String,
  milliseconds: Schema.Number,
  connected: Schema.Int,
  nodes: Schema.Int,
  /** The nodes that answer and belong to no system. */
  strangers: Schema.Array(Schema.String),
  /** How those nodes are admitted to a system. */
  mend: Schema.String,
  /** Whether the client has no lease, without which it counts no answers. */
  lacksLease: Schema.Boolean,
  /** Whether the operation began. */
  isBegun: Schema.Boolean
}) {
  get outcome(): Outcome {
    return outcomeOf(this.operation, this.isBegun)
  }

  override get message(): string {
    const strangers =
      this.strangers.length === 0
        ? ""
        : `; ${this.strangers.join(", ")} ${this.strangers.length === 1 ? "has" : "have"} no memory and ${this.strangers.length === 1 ? "belongs" : "belong"} to no system (${this.mend})`
    const [what, why] = this.lacksLease
      ? ["no answer counted", ", since the membership service has not said which epoch is current"]
      : ["no quorum answered", ""]
    return `${what} within ${this.milliseconds} ms${why} (${this.connected} of ${this.nodes} storage nodes are connected)${told(this.outcome)}${strangers}`
  }
}

/** How a node with this name is admitted to a system. */
const admission = ({ isTrusted, joins }: RunnableProtocol, name: string): string => {
  const begins = isTrusted === true ? "quorate administrator begin" : "quorate begin"
  const admits = joins === undefined ? "" : `; ${joins(name)} admits it to one`
  return `${begins} starts one${admits}`
}

/** Too many operations are in execution, on one register or in total; nothing was begun. */
export class Overloaded extends Schema.TaggedError<Overloaded>()("Overloaded", {
  key: Schema.String
}) {
  get outcome(): Outcome {
    return "none"
  }

  override get message(): string {
    return `too many operations are in flight, on ${JSON.stringify(this.key)} or in total; this one was not started`
  }
}

/**
 * Too many storage nodes refuse for the operation to complete. A write may still take effect,
 * unless it is forbidden.
 */
export class Refused extends Schema.TaggedError<Refused>()("Refused", {
  operation: Schema.String,
  kind: Kind,
  reason: Schema.String
}) {
  get outcome(): Outcome {
    return outcomeOf(this.operation, this.kind !== "forbidden")
  }

  override get message(): string {
    return `the storage nodes refuse it (${this.kind}): ${this.reason}${told(this.outcome)}`
  }
}

/**
 * The configuration that the client knows has ended, or the answering nodes cannot prove that they
 * are its members. Too few members may remain for any of their answers to be believed.
 */
export class ConfigurationForgotten extends Schema.TaggedError<ConfigurationForgotten>()(
  "ConfigurationForgotten",
  {
    operation: Schema.String,
    /** The number of the configuration. */
    number: Schema.Int,
    /** The members that say that they have forgotten it. */
    forgotten: Schema.Array(Schema.String),
    /** The members with an invalid proof. */
    unproved: Schema.Array(Schema.String)
  }
) {
  get outcome(): Outcome {
    return outcomeOf(this.operation, true)
  }

  override get message(): string {
    const said = [
      ...(this.forgotten.length === 0
        ? []
        : [`${this.forgotten.join(", ")} ${are(this.forgotten)} done with it`]),
      ...(this.unproved.length === 0
        ? []
        : [`${this.unproved.join(", ")} cannot prove that they still serve it`])
    ]
    return `no answer can be trusted in configuration ${this.number}, the latest that this client knows: ${said.join("; ")}${told(this.outcome)} — name storage nodes of a later one in the directory, or ask the administrator for new credentials (quorate administrator client)`
  }
}

const are = (names: ReadonlyArray<string>): string => (names.length === 1 ? "is" : "are")

/** Why an operation that was well-formed did not end. */
export type Unfinished = Unavailable | Overloaded | Refused | ConfigurationForgotten

export interface Known {
  readonly operations: Operations
  readonly runnable: RunnableProtocol
  /** The names in the directory. */
  readonly nodes: ReadonlySet<string>
  readonly milliseconds: number
  /** The current keys: they may be renewed. */
  readonly keys: () => Keys | undefined
  /** The members of the first configuration; undefined until a node has reported them. */
  readonly first: () => ServerSet | undefined
  /** Cancels the operations in execution: their answers will not come. */
  readonly waiting: Set<() => void>
  /** Starts the operations that wait until the first configuration is known. */
  readonly beginning: Set<() => void>
  /**
   * The identities of nodes that belong to no system, by name, and the names of the nodes to admit
   * to this one.
   */
  readonly strangers: Map<string, string>
  readonly wanted: Set<string>
}

/** How an operation begins: it calls back with its result, a refusal, or when it gets on. */
type Begin<A> = (
  done: (result: A) => void,
  refused: (refusal: Refusal) => void,
  progress: () => void
) => Overloaded | undefined

/**
 * Runs an operation until it completes, makes no progress for this long, or the client ends; then
 * calls `ended`. The returned function forgets the operation.
 */
export const runFor = <A>(
  { operations, runnable, nodes, waiting, beginning, strangers, first }: Known,
  operation: string,
  milliseconds: number,
  begin: Begin<A>,
  ended: (result: Result.Result<A, Unfinished>) => void,
  /** A more precise reason for the failure than a time-out, if one is known. */
  explain?: () => Unfinished | undefined
): (() => void) => {
  const forget = (): void => {
    clearTimeout(timer)
    waiting.delete(giveUp)
    beginning.delete(start)
  }
  const end = (result: Result.Result<A, Unfinished>): void => {
    forget()
    ended(result)
  }
  let isBegun = false
  const giveUp = (): void => {
    const explained = explain?.()
    if (explained !== undefined) {
      end(Result.fail(explained))
      return
    }
    const { connectedPeers: connected } = operations.endpoint.status
    const names = [...strangers.keys()].sort()
    end(
      Result.fail(
        new Unavailable({
          operation,
          milliseconds,
          connected,
          nodes: nodes.size,
          strangers: names,
          mend: admission(runnable, names[0] ?? "NAME"),
          lacksLease: isBegun && operations.lacksLease,
          isBegun
        })
      )
    )
  }
  const start = (): void => {
    isBegun = true
    beginning.delete(start)
    const overloaded = begin(
      (result) => end(Result.succeed(result)),
      ({ kind, reason }) => end(Result.fail(new Refused({ operation, kind, reason }))),
      () => timer.refresh()
    )
    if (overloaded !== undefined) end(Result.fail(overloaded))
  }
  // Unlike the timers of hosts, this one keeps the process alive: a caller waits for the result.
  const timer = setTimeout(giveUp, milliseconds)
  waiting.add(giveUp)
  if (first() === undefined) beginning.add(start)
  else start()
  return forget
}

/** The same as an effect. */
export const waitFor = <A>(
  known: Known,
  operation: string,
  milliseconds: number,
  begin: Begin<A>,
  explain?: () => Unfinished | undefined
): Effect.Effect<A, Unfinished> =>
  Effect.callback((resume) => {
    const forget = runFor(
      known,
      operation,
      milliseconds,
      begin,
      (result) => resume(Effect.fromResult(result)),
      explain
    )
    return Effect.sync(forget)
  })

/** The time that nodes have to report which configuration they know. */
const inquiryMilliseconds = 300
/** The time that they have where fewer than half have answered by then: on a busy machine. */
const lateMilliseconds = 5000

/**
 * The state of a process that has asked the connected nodes which configurations they know;
 * undefined if the protocol has no such question.
 */
export const inquired = Effect.fnUntraced(function* ({ operations, runnable: { hint } }: Known) {
  if (hint === undefined) return undefined
  const asked = operations.endpoint.connectedPeers
  operations.hear(hint(servers(...asked)))
  const process = operations.inquire()
  yield* Effect.sleep(inquiryMilliseconds)
  // The hint is a message as well. An answer may name nodes that are asked in turn.
  const halfAnswered = () => process === undefined || 2 * (process.received - 1) >= asked.length
  if (!halfAnswered() && (yield* until(lateMilliseconds, halfAnswered)))
    yield* Effect.sleep(inquiryMilliseconds)
  return process?.state("")
})

/** Waits until the predicate holds, up to this time; returns whether it holds. */
export const until = Effect.fnUntraced(function* (milliseconds: number, holds: () => boolean) {
  for (let waited = 0; waited < milliseconds && !holds(); waited += 20) yield* Effect.sleep(20)
  return holds()
})
