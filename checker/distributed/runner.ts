/**
 * A runner: the part of a breadth-first search that one process does, alone with its memory.
 *
 * It owns some partitions of the visited states, expands the states in them, and sends the
 * successors to their owners. The conductor of the search (`parallel/conductor.ts`) begins and ends
 * rounds and levels; what it is told is the same as with workers on threads. The rounds, the order
 * of expansion and the numbers of states do not depend on the number of runners, and so neither do
 * the counts, the verdict and the run of a violation.
 *
 * A round has three exchanges among the runners: successors go to their owners; each owner says
 * which of them are new; and each finder tells all runners where its new states are in the order of
 * expansion.
 */
import { OwnCodes } from "../engine/code-book.ts"
import { enteredAt, type Found, type List } from "../engine/frontier.ts"
import { partitionCount } from "../engine/numbers.ts"
import { Layout } from "../engine/packing.ts"
import type { PageStore } from "../engine/queue.ts"
import { Shard } from "../engine/shard.ts"
import { entryHead, numberAt } from "../engine/staging.ts"
import type { Keeping } from "../engine/visited-states.ts"
import { PromiseBroken } from "../network/process-table.ts"
import { type NetworkSetup, type Subject, subjectOf } from "../parallel/worker.ts"
import { Bits, eachEntry, noList, repacked } from "./lists.ts"
import type { Answer, Order } from "./messages.ts"
import { inOrder, orderOf } from "./order.ts"
import { type Head, noBytes, ParcelRefused } from "./parcels.ts"
import type { Peers } from "./peers.ts"
import { Arrivals, type Lists } from "./receiving.ts"
import { ContentsSent, foundParcels, partitionsOf } from "./sending.ts"
import { Translation } from "./translation.ts"

export type RunnerSetup = CommonSetup & (NetworkSetup | { readonly subject: Subject })

interface CommonSetup {
  readonly checksDeadlock: boolean
  readonly keeping: Keeping
  /** The index of this runner, and the number of runners. */
  readonly index: number
  readonly count: number
  readonly pageStore?: PageStore | undefined
  readonly sealsFrom?: number | undefined
}

/** Another runner: its partitions, what it has been told, and how it packs. */
interface Other {
  readonly index: number
  readonly partitions: ReadonlyArray<number>
  readonly sent: ContentsSent
  readonly translation: Translation
  /** For each partition and level, how many states found two steps ahead were new. */
  readonly entered: Int32Array
}

export class SearchRunner {
  private readonly subject: Subject
  private readonly shard: Shard
  private readonly index: number
  private readonly count: number
  private readonly own: ReadonlySet<number>
  private readonly others: ReadonlyArray<Other>
  private readonly peers: Peers
  /** The layout in which this runner packed what it found in the round. */
  private layout: Layout
  private roundStates = 0

  constructor(setup: RunnerSetup, peers: Peers) {
    const { checksDeadlock, keeping, index, count, pageStore, sealsFrom } = setup
    this.subject = "subject" in setup ? setup.subject : subjectOf(setup, count > 1)
    this.index = index
    this.count = count
    this.peers = peers
    const { space } = this.subject
    const codes = new OwnCodes(space)
    this.shard = new Shard({
      ...{ space, codes, keeping, checksDeadlock, index, count, pageStore, sealsFrom },
      lends: false
    })
    this.layout = this.shard.packing.layout
    this.own = new Set(partitionsOf(index, count))
    this.others = Array.from({ length: count }, (_, other) => ({
      index: other,
      partitions: partitionsOf(other, count),
      sent: new ContentsSent(space, codes),
      translation: new Translation(space, this.shard.packing),
      entered: new Int32Array(2 * partitionCount)
    })).filter((other) => other.index !== index)
  }

  async answer(order: Order): Promise<Answer> {
    try {
      return await this.obey(order)
    } catch (error) {
      if (!(error instanceof PromiseBroken)) throw error
      return { _tag: "PromiseBroken", reductions: error.reductions, message: error.message }
    }
  }

  private async obey(order: Order): Promise<Answer> {
    const { shard, subject } = this
    switch (order._tag) {
      case "BeginRound":
        return this.beginRound(order.round, order.states)
      case "Expand":
        return this.expanded(this.expandSome(order.count))
      case "EndEarly":
        shard.endEarly()
        return this.expanded(true)
      case "TakeIn":
        return this.takeIn()
      case "Enter":
        return this.enter(order.level)
      case "Trace":
        return {
          _tag: "Traced",
          parent: shard.visited.parentOf(order.number),
          fingerprint: shard.visited.fingerprintOf(order.number)
        }
      case "TellFacts":
        return { _tag: "Facts", facts: subject.tellFacts() as never }
      case "HearFacts":
        subject.hear(order.facts as never)
        return { _tag: "Done" }
      case "Tell": {
        const { facts, counts, ...told } = subject.told()
        return { _tag: "Statistics", told: told as never }
      }
      case "PutAway":
        shard.putAway()
        return this.standing()
    }
  }

  private beginRound(round: number, states: number): Answer {
    const { shard } = this
    shard.beginRound(round, states)
    this.roundStates = shard.roundSize
    if (round === 0 && this.index === 0)
      for (shard.seed(); shard.packing.isOutgrown; shard.seed()) this.startAgain()
    return { _tag: "Done" }
  }

  /** Expands up to `count` of this runner's states; true if none of the round are left. */
  private expandSome(count: number): boolean {
    const { shard } = this
    for (;;) {
      const done = shard.expandSome(count)
      if (!shard.packing.isOutgrown) return done < count
      this.startAgain()
    }
  }

  /**
   * A value did not fit into the layout: repeats this runner's part of the round with more room.
   */
  private startAgain(): void {
    this.shard.startAgain()
    this.makeRoom()
  }

  private makeRoom(): void {
    this.shard.change(new Layout(this.shard.packing.needs))
  }

  private expanded(isDone: boolean): Answer {
    if (isDone) this.sendFound()
    return { _tag: "Expanded", isDone }
  }

  private sendFound(): void {
    const { shard, others, peers } = this
    const { staging, packing, found, round } = shard
    this.layout = packing.layout
    for (const { index, partitions, sent } of others) {
      for (const parcel of sent.parcels()) peers.send(index, parcel)
      const { size, entryWords } = staging
      for (const parcel of foundParcels(round, found, size, partitions, packing, entryWords))
        peers.send(index, parcel)
    }
  }

  /** Takes in what all runners found for this one, and puts in order what all of them found. */
  private async takeIn(): Promise<Answer> {
    const { shard } = this
    const arrivals = new Map<number, Arrivals>()
    for (const other of this.others) arrivals.set(other.index, await this.arrivalsFrom(other))
    if (shard.packing.isOutgrown) this.makeRoom()
    const own = this.ownFound()
    const found = this.of(own, (other) =>
      this.foundBy(other, arrivals.get(other.index) as Arrivals)
    )
    shard.takeIn(found)
    this.sendNew(found)
    for (const other of this.others) await this.hearNew(own, other)
    await this.exchangeOrder(own)
    return this.standing()
  }

  /** What each runner found, in their order: this one, and each of the others. */
  private of<A>(own: A, of: (other: Other) => A): ReadonlyArray<A> {
    const all = new Map(this.others.map((other) => [other.index, of(other)]))
    return Array.from({ length: this.count }, (_, index) =>
      index === this.index ? own : (all.get(index) as A)
    )
  }

  /** What another runner found for this one, once it is told what its codes stand for. */
  private async arrivalsFrom({ index, translation }: Other): Promise<Arrivals> {
    const arrivals = new Arrivals()
    for (;;) {
      const parcel = await this.peers.next(index)
      const { head } = parcel
      if (head._tag === "Contents")
        for (const [component, content] of head.contents) translation.learn(component, content)
      else if (arrivals.take(this.ofRound(head, "Found"), parcel)) return arrivals
    }
  }

  private foundBy({ index, translation, entered }: Other, arrivals: Arrivals): Found {
    const { shard, own, count, roundStates } = this
    const bounds = { own, finder: index, count, roundSize: roundStates, isFirst: shard.round === 0 }
    const lists: Lists = arrivals.lists(translation, shard.packing.layout.words, bounds)
    const { next, late, entries } = lists
    return { next, late, counts: none, marks: new Int32Array(entries), entered }
  }

  /** What this runner found, packed as it packs now: it may have learned of more values since. */
  private ownFound(): Found {
    const { shard, layout } = this
    const { packing, found } = shard
    if (packing.layout === layout) return found
    const repack = (list: List): List => repacked(list, this.own, packing, layout)
    return { ...found, next: repack(found.next), late: repack(found.late) }
  }

  /** Tells each runner which of the successors that it found for this one are new states. */
  private sendNew(found: ReadonlyArray<Found>): void {
    const { round, staging } = this.shard
    for (const { index } of this.others) {
      const { next, marks } = found[index] as Found
      const bits = new Bits()
      eachEntry(next, this.own, staging.entryWords, (at) => {
        bits.push(marks[next.words[at + numberAt] as number] !== 0)
      })
      this.peers.send(index, { head: { _tag: "New", round }, bytes: bits.bytes })
    }
  }

  /** Marks the successors that another runner owns and has found to be new states. */
  private async hearNew({ marks }: Found, { index, partitions }: Other): Promise<void> {
    const { head, bytes } = await this.peers.next(index)
    this.ofRound(head, "New")
    // The owner answers in the order of the entries that this runner sent.
    const { next } = this.shard.found
    const stride = entryHead + this.layout.words
    let entry = 0
    eachEntry(next, partitions, stride, (at, partition) => {
      const isNew = ((bytes[entry >>> 3] as number) >>> (entry & 7)) & 1
      entry++
      if (isNew === 1) marks[next.words[at + numberAt] as number] = partition + 1
    })
    if (bytes.length !== (entry + 7) >>> 3) throw new ParcelRefused("it is of other entries")
  }

  /** Tells all runners where this one's new states are, and hears it of the others. */
  private async exchangeOrder(own: Found): Promise<void> {
    const { shard, peers } = this
    const { round, staging } = shard
    const order = orderOf(own, staging.expanded)
    for (const { index } of this.others)
      peers.send(index, { head: { _tag: "Ordered", round }, bytes: order })
    const orders = new Map<number, Uint8Array>()
    for (const { index } of this.others) {
      const { head, bytes } = await peers.next(index)
      this.ofRound(head, "Ordered")
      orders.set(index, bytes)
    }
    const inTheirOrder = (bytes: Uint8Array, entered: Int32Array): Found => ({
      ...{ next: noList, late: noList, entered },
      ...inOrder(bytes)
    })
    shard.keepOrder(
      this.of(inTheirOrder(order, own.entered), ({ index, entered }) =>
        inTheirOrder(orders.get(index) as Uint8Array, entered)
      )
    )
  }

  /** Enters a level; the runners tell each other how many states they already had for it. */
  private async enter(level: number): Promise<Answer> {
    const { shard, peers } = this
    shard.enter(level)
    const { entered } = shard.found
    const counts = [...this.own].map(
      (partition) => [partition, entered[enteredAt(level, partition)] as number] as const
    )
    for (const { index } of this.others)
      peers.send(index, { head: { _tag: "Entered", level, counts }, bytes: noBytes })
    for (const other of this.others) {
      const { head } = await peers.next(other.index)
      if (head._tag !== "Entered" || head.level !== level) throw unexpected(head)
      for (const [partition, count] of head.counts)
        other.entered[enteredAt(level, partition)] = count
    }
    return this.standing()
  }

  /** The head of a parcel of this round; another one is refused. */
  private ofRound<Tag extends "Found" | "New" | "Ordered">(
    head: Head,
    tag: Tag
  ): Extract<Head, { readonly _tag: Tag }> {
    if (head._tag !== tag || head.round !== this.shard.round) throw unexpected(head)
    return head as Extract<Head, { readonly _tag: Tag }>
  }

  private standing(): Answer {
    const { expanded, generated, doneStates, unclearStates, depth } = this.shard
    const { hasMore, isSpent, visited, bytes: heldBytes, findings } = this.shard
    const { distinct, bytes } = visited
    const standing = {
      ...{ distinct, expanded, generated, doneStates, unclearStates, depth },
      ...{ hasMore, isSpent, bytes, heldBytes },
      findings: findings.all
    }
    return { _tag: "Stands", standing }
  }
}

const none = new Int32Array(0)

const unexpected = (head: Head): ParcelRefused =>
  new ParcelRefused(`${head._tag} was not expected now`)
