/**
 * Depth-first search: expands the newest state first. It soon gets deep, and the violations that it
 * finds are seldom the nearest. A depth bound hides no state that is reachable within it: when the
 * search reaches a state again by a shorter path, it expands the state again.
 */
import type { Buckets } from "./buckets.ts"
import { OwnCodes } from "./code-book.ts"
import type { Finding } from "./findings.ts"
import { Integers } from "./integers.ts"
import { numberOf, partitionCount } from "./numbers.ts"
import { type Fingerprint, Layout } from "./packing.ts"
import { type Counts, type Decided, never } from "./search.ts"
import { Shard } from "./shard.ts"
import type { Space } from "./space.ts"

export class DepthFirst {
  readonly shard: Shard
  private readonly maxSteps: number
  /** Pairs of a state to expand and its depth. */
  private readonly stack = new Integers()
  /** The least depth at which the search found each state; kept only with a depth bound. */
  private readonly depths = new Map<number, number>()
  /** States that were left unexpanded because they are too deep. */
  private readonly tooDeep = new Set<number>()
  private readonly expandedOnce = new Set<number>()

  /** States more than `maxSteps` steps away are not expanded. */
  constructor(space: Space, checksDeadlock: boolean, maxSteps = Number.POSITIVE_INFINITY) {
    const codes = new OwnCodes(space)
    const alone = { index: 0, count: 1, keeping: "states" } as const
    // A state that the search reaches again may be nearer this time.
    this.shard = new Shard({ space, codes, checksDeadlock, looksEachUp: true, ...alone })
    this.maxSteps = maxSteps
    this.take(() => this.shard.seed(), -1)
  }

  get findings(): ReadonlyArray<Finding> {
    return this.shard.findings.all
  }

  get counts(): Counts {
    const { visited, expanded, generated, depth } = this.shard
    const { distinct } = visited
    return { distinct, generated, depth, frontier: distinct - expanded }
  }

  get doneStates(): number {
    return this.shard.doneStates
  }

  get unclearStates(): number {
    return this.shard.unclearStates
  }

  get bytes(): number {
    return this.shard.visited.bytes + this.stack.items.byteLength
  }

  get heldBytes(): number {
    return this.shard.bytes + this.stack.items.byteLength
  }

  /** True when the search has expanded every state that it found. */
  get exhausted(): boolean {
    return this.stack.size === 0 && this.tooDeep.size === 0
  }

  /** Expands up to `count` more states. Returns false when the search has ended. */
  advance(count: number, decided: Decided = never): boolean {
    for (let done = 0; done < count; done++) {
      if (this.stack.size === 0 || (this.findings.length > 0 && decided(this.findings)))
        return false
      const depth = this.stack.pop()
      this.expand(this.stack.pop(), depth)
    }
    return this.stack.size > 0
  }

  /** The fingerprints of the states on the path to a finding, from an initial state on. */
  pathTo({ state }: Finding): ReadonlyArray<Fingerprint> {
    const path: Array<Fingerprint> = []
    for (let at = state; at >= 0; at = this.shard.visited.parentOf(at))
      path.unshift(this.shard.visited.fingerprintOf(at))
    return path
  }

  private expand(state: number, depth: number): void {
    const { shard } = this
    if (depth >= this.maxSteps) {
      this.tooDeep.add(state)
      return
    }
    const { unclearStates } = shard
    this.take(() => shard.expandState(state, depth), depth)
    if (this.maxSteps === Number.POSITIVE_INFINITY) return
    if (this.expandedOnce.has(state)) {
      shard.expanded--
      shard.unclearStates = unclearStates
    }
    this.expandedOnce.add(state)
  }

  /** Runs a function that puts states into the shard's buckets, and pushes the new ones. */
  private take(find: () => void, depth: number): void {
    const { shard } = this
    shard.beginRound(0, 0)
    for (find(); shard.packing.isOutgrown; find()) {
      shard.startAgain()
      shard.change(new Layout(shard.packing.needs))
    }
    this.takeIn(shard.staging.next, depth + 1)
    this.takeIn(shard.staging.late, depth + 2)
  }

  private takeIn(buckets: Buckets, depth: number): void {
    for (let partition = 0; partition < partitionCount; partition++) {
      const end = buckets.ends[partition] as number
      if (end > buckets.begin(partition)) this.push(buckets, partition, depth)
    }
    buckets.clear()
  }

  private push(buckets: Buckets, partition: number, depth: number): void {
    const { shard, depths, stack } = this
    const list = buckets.words
    const end = buckets.ends[partition] as number
    const before = shard.visited.sizeOf(partition)
    for (let at = buckets.begin(partition); at < end; at += shard.staging.entryWords) {
      const size = shard.visited.sizeOf(partition)
      shard.visited.add(partition, list, at, at + shard.staging.entryWords)
      const isNew = shard.visited.sizeOf(partition) > size
      if (!isNew && this.maxSteps === Number.POSITIVE_INFINITY) continue
      const state = isNew
        ? numberOf(partition, size)
        : shard.visited.numberOfEntry(partition, list, at)
      if (!isNew) {
        if ((depths.get(state) as number) <= depth) continue
        shard.visited.comeFrom(state, list, at)
        this.tooDeep.delete(state)
      }
      if (this.maxSteps < Number.POSITIVE_INFINITY) depths.set(state, depth)
      stack.push(state)
      stack.push(depth)
    }
    shard.judgeFrom(partition, before, depth)
  }
}
