/**
 * The messages between the conductor of a search and its runners: those of workers on threads
 * (`parallel/messages.ts`) without what only shared memory can hold.
 */
import * as Schema from "effect/Schema"
import type { Found } from "../engine/frontier.ts"
import { PromiseBroken } from "../network/process-table.ts"
import { reductionNames } from "../network/reductions.ts"
import type { WorkerPort } from "../parallel/conductor.ts"
import type { Answer as WorkerAnswer, Order as WorkerOrder } from "../parallel/messages.ts"

const most = Number.MAX_SAFE_INTEGER
const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: most }))
const Word = Schema.Int.check(Schema.isBetween({ minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }))
const Level = Schema.Int.check(Schema.isBetween({ minimum: -1, maximum: 2 ** 31 - 1 }))
const ReductionName = Schema.Literals(reductionNames)

/** A fact is plain data of the model (`network/facts.ts`), which the runners of a search share. */
const Fact = Schema.Record(Schema.String, Schema.Json)

const Finding = Schema.Struct({
  property: Schema.String,
  state: Word,
  inTransition: Schema.Boolean,
  depth: Level,
  round: Count
})

const Standing = Schema.Struct({
  distinct: Count,
  expanded: Count,
  generated: Count,
  doneStates: Count,
  unclearStates: Count,
  depth: Level,
  hasMore: Schema.Boolean,
  isSpent: Schema.Boolean,
  bytes: Count,
  heldBytes: Count,
  findings: Schema.Array(Finding)
})

const Statistics = Schema.Struct({
  actions: Schema.Record(Schema.String, Count),
  reached: Schema.Array(Schema.String),
  observations: Schema.Array(Schema.Json),
  transitionCalls: Count,
  boundsReached: Schema.Array(Schema.String)
})

export const Order = Schema.Union([
  Schema.TaggedStruct("BeginRound", { round: Count, states: Count }),
  Schema.TaggedStruct("Expand", { count: Count }),
  Schema.TaggedStruct("EndEarly", {}),
  Schema.TaggedStruct("TakeIn", {}),
  Schema.TaggedStruct("Enter", { level: Count }),
  Schema.TaggedStruct("Trace", { number: Count }),
  Schema.TaggedStruct("TellFacts", {}),
  Schema.TaggedStruct("HearFacts", { facts: Schema.Array(Fact) }),
  Schema.TaggedStruct("Tell", {}),
  Schema.TaggedStruct("PutAway", {})
])
export type Order = typeof Order.Type

export const Answer = Schema.Union([
  Schema.TaggedStruct("Expanded", { isDone: Schema.Boolean }),
  Schema.TaggedStruct("Stands", { standing: Standing }),
  Schema.TaggedStruct("Traced", { parent: Word, fingerprint: Schema.Tuple([Word, Word]) }),
  Schema.TaggedStruct("Facts", { facts: Schema.Array(Fact) }),
  Schema.TaggedStruct("Statistics", { told: Statistics }),
  Schema.TaggedStruct("Done", {}),
  Schema.TaggedStruct("PromiseBroken", {
    reductions: Schema.Array(ReductionName),
    message: Schema.String
  })
])
export type Answer = typeof Answer.Type

/** The conductor need not see what a runner found: the runners pass it on among themselves. */
const passedOn: Found = {
  next: { words: new Int32Array(0), capacity: 0, ends: new Int32Array(0) },
  late: { words: new Int32Array(0), capacity: 0, ends: new Int32Array(0) },
  counts: new Int32Array(0),
  marks: new Int32Array(0),
  entered: new Int32Array(0)
}

/**
 * A runner as a worker of `ParallelSearch`. A broken promise ends the search at once: the other
 * runners may wait for what this one no longer sends.
 */
export const workerOf = (ask: (order: Order) => Promise<Answer>): WorkerPort => ({
  ask: async (order) => {
    const answer = await ask(orderOf(order))
    if (answer._tag === "PromiseBroken") throw new PromiseBroken(answer.reductions, answer.message)
    return answerOf(answer)
  }
})

const orderOf = (order: WorkerOrder): Order => {
  switch (order._tag) {
    case "BeginRound":
      return { _tag: "BeginRound", round: order.round, states: order.states }
    case "Expand":
      return { _tag: "Expand", count: Math.min(order.count, most) }
    case "TakeIn":
      return { _tag: "TakeIn" }
    case "HearFacts":
      return { _tag: "HearFacts", facts: order.facts as unknown as ReadonlyArray<Facts> }
    case "MakeRoom":
    case "Rehearse":
    case "Save":
    case "Load":
      throw new Error(`no runner is asked to ${order._tag}`)
    default:
      return order
  }
}

type Facts = typeof Fact.Type

const answerOf = (answer: Exclude<Answer, { readonly _tag: "PromiseBroken" }>): WorkerAnswer => {
  switch (answer._tag) {
    case "Expanded":
      return {
        _tag: "Expanded",
        needs: undefined,
        found: answer.isDone ? passedOn : undefined
      }
    case "Stands":
      return { _tag: "Stands", standing: { ...answer.standing, lent: [], needs: [] } }
    case "Statistics":
      return { _tag: "Statistics", told: { ...answer.told, facts: [] } as never }
    case "Facts":
      return { _tag: "Facts", facts: answer.facts as never }
    default:
      return answer
  }
}
