/**
 * A worker of a parallel search: a shard, and a network of its own.
 */

import type { Found } from "../engine/frontier.ts"
import { Layout, type Packing } from "../engine/packing.ts"
import type { PageStore } from "../engine/queue.ts"
import type { Archive } from "../engine/saving.ts"
import { Search } from "../engine/search.ts"
import { Shard } from "../engine/shard.ts"
import { SharedCodes } from "../engine/shared-codes.ts"
import type { Space } from "../engine/space.ts"
import type { Keeping } from "../engine/visited-states.ts"
import type { Fact } from "../network/facts.ts"
import type { Model } from "../network/model.ts"
import { Network } from "../network/network.ts"
import { PromiseBroken } from "../network/process-table.ts"
import type { ReductionName } from "../network/reductions.ts"
import { type Statistics, statisticsOf } from "../statistics.ts"
import type { Answer, Order } from "./messages.ts"
import { type SharedWords, Streams } from "./streams.ts"

/** What a worker searches, and what it learns besides states. */
export interface Subject {
  readonly space: Space
  readonly told: () => Statistics
  readonly tellFacts: () => ReadonlyArray<Fact>
  readonly hear: (facts: ReadonlyArray<Fact>) => void
  /** The refusal to report, if the error says that the subject itself is ill-formed. */
  readonly refusal?: (error: unknown) => unknown
}

export const subjectOf = ({ model, reductions }: NetworkSetup, isShared: boolean): Subject =>
  subjectOfNetwork(new Network(model, reductions, isShared))

export const subjectOfNetwork = (network: Network): Subject => ({
  space: network,
  told: () => statisticsOf(network),
  tellFacts: () => network.processes.facts.tell(),
  hear: (facts) => network.hear(facts)
})

export interface NetworkSetup {
  readonly model: Model
  readonly reductions: ReadonlyArray<ReductionName>
}

/** The subject of the search: a network, or any other. */
export type WorkerSetup = CommonSetup & (NetworkSetup | { readonly subject: Subject })

interface CommonSetup {
  readonly checksDeadlock: boolean
  readonly keeping: Keeping
  /** The index of this worker, and the number of workers. */
  readonly index: number
  readonly count: number
  /** The log of contents that all workers share. */
  readonly log: SharedArrayBuffer
  readonly pageStore?: PageStore | undefined
  readonly sealsFrom?: number | undefined
  /** The streams at the place where a search is saved. */
  readonly archiveAt?: ((place: string) => Archive) | undefined
  /** How the worker packed states when it searched alone; it goes on with what it knows. */
  readonly packing?: Packing | undefined
}

export class SearchWorker {
  private readonly subject: Subject
  private readonly shard: Shard
  private readonly isFirst: boolean
  private readonly archiveAt: (place: string) => Archive

  constructor(setup: WorkerSetup) {
    const { checksDeadlock, keeping, index, count, log, pageStore, sealsFrom, packing } = setup
    this.archiveAt = setup.archiveAt ?? noPlace
    this.subject = "subject" in setup ? setup.subject : subjectOf(setup, count > 1)
    const { space } = this.subject
    this.isFirst = index === 0
    this.shard = new Shard({
      space,
      codes: new SharedCodes(log, space),
      keeping,
      checksDeadlock,
      index,
      count,
      pageStore,
      sealsFrom,
      packing,
      allocate: (length) => new Int32Array(new SharedArrayBuffer(length * 4))
    })
  }

  answer(order: Order): Answer {
    try {
      return this.obey(order)
    } catch (error) {
      const refusal = this.subject.refusal?.(error)
      if (refusal !== undefined) return { _tag: "Refused", refusal }
      if (!(error instanceof PromiseBroken)) throw error
      return { _tag: "PromiseBroken", reductions: error.reductions, message: error.message }
    }
  }

  private obey(order: Order): Answer {
    const { shard } = this
    switch (order._tag) {
      case "BeginRound":
        shard.borrow(order.lent)
        shard.beginRound(order.round, order.states)
        if (order.round === 0 && this.isFirst) shard.seed()
        return { _tag: "Done" }
      case "Expand":
        return this.expanded(shard.expandSome(order.count) < order.count)
      case "EndEarly":
        shard.endEarly()
        return this.expanded(true)
      case "MakeRoom":
        shard.startAgain()
        shard.change(new Layout(order.needs))
        return this.standing()
      case "TakeIn":
        shard.takeIn(order.found)
        return this.standing()
      case "Enter":
        shard.enter(order.level)
        return this.standing()
      case "Trace":
        return {
          _tag: "Traced",
          parent: shard.visited.parentOf(order.number),
          fingerprint: shard.visited.fingerprintOf(order.number)
        }
      case "TellFacts":
        return { _tag: "Facts", facts: this.subject.tellFacts() }
      case "HearFacts":
        this.subject.hear(order.facts)
        return { _tag: "Done" }
      case "Tell":
        return { _tag: "Statistics", told: this.subject.told() }
      case "PutAway":
        shard.putAway()
        return this.standing()
      case "Rehearse":
        this.rehearse(order.states)
        return { _tag: "Done" }
      case "Save":
        return this.save(order.place)
      case "Load":
        shard.load(this.archiveOf(order.from), order.progress)
        return this.standing()
    }
  }

  /**
   * Searches the first states alone, as the worker does that began the search. This one then knows
   * their contents and steps, and its code is compiled.
   */
  private rehearse(states: number): void {
    const { space } = this.subject
    const { packing } = this.shard
    const forget = space.remember()
    const search = new Search(space, { checksDeadlock: false, packing, pausesFrom: states })
    while (search.counts.distinct < states && search.advance(states));
    forget()
  }

  private expanded(isDone: boolean): Answer {
    const { packing, found } = this.shard
    const needs = packing.isOutgrown ? packing.needs : undefined
    const isFound = isDone && needs === undefined
    return { _tag: "Expanded", needs, found: isFound ? shared(found) : undefined }
  }

  private archiveOf(from: string | SharedWords): Archive {
    return typeof from === "string" ? this.archiveAt(from) : new Streams(from)
  }

  /** Writes the shard. A full disk is no reason to give up the search. */
  private save(place: string): Answer {
    const archive = this.archiveAt(place)
    try {
      return { _tag: "Saved", files: this.shard.save(archive) }
    } catch (error) {
      return { _tag: "NotSaved", problem: error instanceof Error ? error.message : String(error) }
    }
  }

  private standing(): Answer {
    const { expanded, generated, doneStates, unclearStates, depth } = this.shard
    const { hasMore, isSpent, visited, bytes: heldBytes, packing, findings } = this.shard
    const { distinct, bytes } = visited
    const standing = {
      ...{ distinct, expanded, generated, doneStates, unclearStates, depth },
      ...{ hasMore, isSpent, bytes, heldBytes },
      lent: this.shard.tellLent(),
      needs: packing.layout.needs,
      findings: findings.all
    }
    return { _tag: "Stands", standing }
  }
}

const noPlace = (place: string): never => {
  throw new Error(`this worker has no place ${place}`)
}

/** What this shard found, as plain data over shared memory. */
const shared = ({ next, late, ...found }: Found): Found => ({
  next: { words: next.words, capacity: next.capacity, ends: next.ends },
  late: { words: late.words, capacity: late.capacity, ends: late.ends },
  ...found
})
