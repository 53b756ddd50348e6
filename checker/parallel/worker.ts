/**
 * A worker of a parallel search: a shard, and a network of its own.
 */

import { Layout } from "../engine/packing.ts"
import type { Found } from "../engine/segments.ts"
import type { Keeping } from "../engine/shard.ts"
import { Shard } from "../engine/shard.ts"
import { SharedCodes } from "../engine/shared-codes.ts"
import type { Model } from "../network/model.ts"
import { Network } from "../network/network.ts"
import { PromiseBroken } from "../network/process-table.ts"
import type { ReductionName } from "../network/reductions.ts"
import { toldBy } from "../told.ts"
import type { Answer, Order } from "./messages.ts"

export interface WorkerSetup {
  readonly model: Model
  readonly reductions: ReadonlyArray<ReductionName>
  readonly checksDeadlock: boolean
  readonly keeping: Keeping
  /** Which worker this is, of how many. */
  readonly index: number
  readonly count: number
  /** The log of contents that all workers share. */
  readonly log: SharedArrayBuffer
}

export class SearchWorker {
  private readonly network: Network
  private readonly shard: Shard
  private readonly isFirst: boolean
  /** Where everyone's findings are, and where others were told that this worker's are. */
  private readonly everyones: Array<Found> = []
  private known: Found | undefined

  constructor({ model, reductions, checksDeadlock, keeping, index, count, log }: WorkerSetup) {
    this.network = new Network(model, reductions, count > 1)
    this.isFirst = index === 0
    this.shard = new Shard({
      space: this.network,
      codes: new SharedCodes(log, this.network),
      keeping,
      checksDeadlock,
      index,
      count,
      allocate: (length) => new Int32Array(new SharedArrayBuffer(length * 4))
    })
  }

  answer(order: Order): Answer {
    try {
      return this.obey(order)
    } catch (error) {
      if (!(error instanceof PromiseBroken)) throw error
      return { _tag: "PromiseBroken", reductions: error.reductions, message: error.message }
    }
  }

  private obey(order: Order): Answer {
    const { shard } = this
    switch (order._tag) {
      case "Expand": {
        shard.beginRound(order.round, order.rows)
        if (order.round > 0) shard.expandSome(Number.POSITIVE_INFINITY)
        else if (this.isFirst) shard.seed()
        const needs = shard.packing.isOutgrown ? shard.packing.needs : undefined
        return { _tag: "Expanded", needs, found: this.foundElsewhere() }
      }
      case "MakeRoom":
        shard.startAgain()
        shard.change(new Layout(order.needs))
        return { _tag: "Done" }
      case "TakeIn":
        order.found.forEach((found, index) => {
          if (found !== undefined) this.everyones[index] = found
        })
        shard.takeIn(this.everyones)
        shard.endRound()
        return this.standing()
      case "Enter":
        shard.enter(order.level)
        return this.standing()
      case "Trace":
        return {
          _tag: "Traced",
          parent: shard.parentOf(order.number),
          fingerprint: shard.fingerprintOf(order.number)
        }
      case "TellFacts":
        return { _tag: "Facts", facts: this.network.locals.facts.tell() }
      case "HearFacts":
        this.network.locals.hear(order.facts)
        return { _tag: "Done" }
      case "Tell":
        return { _tag: "Told", told: toldBy(this.network) }
    }
  }

  /** Where others find what this worker has found, if that is not where it was before. */
  private foundElsewhere(): Found | undefined {
    const { next, late } = this.shard.found
    if (next.words === this.known?.next.words && late.words === this.known?.late.words) return undefined
    this.known = shared(this.shard.found)
    return this.known
  }

  private standing(): Answer {
    const { distinct, expanded, generated, doneStates, depth, hasMore, isSpent, visitedBytes } = this.shard
    const standing = {
      distinct,
      expanded,
      generated,
      doneStates,
      depth,
      hasMore,
      isSpent,
      bytes: visitedBytes
    }
    return { _tag: "Stands", standing: { ...standing, findings: this.shard.findings.all } }
  }
}

/** What was found, as plain data over shared memory. */
const shared = ({ next, late, segments }: Found): Found => ({
  next: { words: next.words, capacity: next.capacity },
  late: { words: late.words, capacity: late.capacity },
  segments: { next: segments.next, late: segments.late }
})
