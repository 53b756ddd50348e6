/**
 * The states that a shard has visited, and those of them that are left to expand.
 */
import { Lending, type OpenBlock } from "./lending.ts"
import { numberOf, partitionCount, partitionOf, rowOf } from "./numbers.ts"
import type { Fingerprint, Packing } from "./packing.ts"
import { type HashesOf, type Key, Partition } from "./partition.ts"
import { type PageStore, Queue } from "./queue.ts"
import type { NewBlock } from "./rows.ts"
import type { WordReader, WordWriter } from "./saving.ts"
import { entryHead, hashAt, parentAt } from "./staging.ts"

/**
 * What the visited set keeps of a state: all of it, or a 64-bit fingerprint. Two states may share a
 * fingerprint; the search then takes the second for the first, and does not visit the states
 * reachable through the second alone.
 */
export type Keeping = "states" | "fingerprints"

const fingerprintWords = 2
const fingerprintKey: Key = {
  words: fingerprintWords,
  fields: {
    wordOf: Int32Array.of(0, 1),
    shiftOf: Int32Array.of(0, 0),
    maskOf: Int32Array.of(-1, -1)
  }
}

/**
 * Smaller partitions are not sealed. A search of fewer than 16 million states takes some 300 MB
 * without sealing; sealing would cost it a third of its speed.
 */
const manyStates = 1 << 18

/** Reports that the entry at `at` in a list has a new state. */
type IsNew = (list: Int32Array, at: number) => void
const ignoreEntry: IsNew = () => undefined

/** Rewrites a packed state in another layout. */
export type Repack = (from: Int32Array, at: number, into: Int32Array, to: number) => void

export interface VisitedOptions {
  readonly keeping: Keeping
  /** The index of the shard, and the number of shards. */
  readonly index: number
  readonly count: number
  readonly allocate: (length: number) => Int32Array
  readonly pageStore?: PageStore | undefined
  /** The number of states from which a partition is sealed; by default, a very large one. */
  readonly sealsFrom?: number | undefined
  /** Whether shards read each other's states; by default they do, in shared memory. */
  readonly lends?: boolean | undefined
}

export class VisitedStates {
  /** The partitions that the shard owns; and the visited states of each partition. */
  readonly own: ReadonlyArray<number>
  readonly partitions: ReadonlyArray<Partition>
  private readonly isOwn: ReadonlyArray<boolean>
  private readonly packing: Packing
  private readonly keeping: Keeping
  /**
   * Per partition, the packed states left to expand. Used when the visited set keeps only
   * fingerprints.
   */
  private readonly pending: ReadonlyArray<Queue>
  /** Present if shards expand each other's states. */
  private readonly lending: Lending | undefined
  private readonly scratch: Int32Array
  private readonly sealsFrom: number

  constructor(packing: Packing, options: VisitedOptions) {
    const { keeping, index, count, allocate, pageStore, sealsFrom = manyStates } = options
    const { lends = true } = options
    this.sealsFrom = sealsFrom
    this.packing = packing
    this.keeping = keeping
    this.lending = lends && count > 1 && keeping === "states" ? new Lending() : undefined
    const all = Array.from({ length: partitionCount }, (_, partition) => partition)
    this.isOwn = all.map((partition) => partition % count === index)
    this.own = all.filter((partition) => this.isOwn[partition])
    const [key, hashesOf] = [this.key, this.hashesOfKeys()]
    this.partitions = all.map(
      (partition) => new Partition(key, hashesOf, this.lent(partition, allocate))
    )
    this.pending = all.map(() => new Queue(packing.layout.words, pageStore))
    this.scratch = new Int32Array(packing.entries.length)
  }

  /** Whether shards can read each other's states. */
  get isLent(): boolean {
    return this.lending !== undefined
  }

  /** How a partition allocates its open blocks: those that the shard owns are lent. */
  private lent(partition: number, allocate: (length: number) => Int32Array): NewBlock | undefined {
    const { lending } = this
    if (lending === undefined || !this.isOwn[partition]) return undefined
    return (block, words) => {
      const rows = allocate(words)
      lending.lend(partition, block, rows)
      return rows
    }
  }

  /**
   * The blocks that the other shards need to know in order to expand states of this one; `cursors`
   * are the next rows to expand.
   */
  tellLent(cursors: Int32Array): ReadonlyArray<OpenBlock> {
    return this.lending?.tell(cursors) ?? []
  }

  /** Borrows blocks of other shards, and notes their cursors. */
  borrow(blocks: ReadonlyArray<OpenBlock>, cursors: Int32Array): void {
    for (const block of blocks) {
      if (this.isOwn[block.partition]) continue
      this.lending?.borrow(block)
      cursors[block.partition] = block.cursor
    }
  }

  /** Adds the states in part of a list to a partition, and reports the entries that are new. */
  add(
    number: number,
    list: Int32Array,
    first: number,
    end: number,
    isNew: IsNew = ignoreEntry
  ): void {
    const partition = this.partitions[number] as Partition
    const stride = entryHead + this.packing.layout.words
    if (this.keeping === "states") {
      partition.addAll(list, first, end, { stride, keyAt: entryHead, parentAt }, isNew)
      return
    }
    const pending = this.pending[number] as Queue
    for (let at = first; at < end; at += stride) {
      if (!partition.add(list, at, list[at + hashAt] as number, list[at + parentAt] as number))
        continue
      pending.push(list, at + entryHead)
      isNew(list, at)
    }
  }

  /**
   * Keeps the states before the cursors, which are expanded, in less memory. In small partitions it
   * does not: sealing takes time.
   */
  seal(cursors: Int32Array): void {
    for (const partition of this.own) {
      if (this.sizeOf(partition) >= this.sealsFrom)
        this.partitions[partition]?.sealBefore(cursors[partition] as number)
    }
    cursors.forEach((row, partition) => {
      this.lending?.giveBack(partition, row)
    })
  }

  /** Forgets what is needed only to expand the states of a partition before this row. */
  forget(partition: number, row: number): void {
    this.pending[partition]?.forget(row)
  }

  /** Puts away packed states that are not needed soon. */
  putAway(): void {
    for (const partition of this.own) this.pending[partition]?.putAway()
  }

  /** Writes a partition, whose next row to expand is `cursor`. */
  save(partition: number, writer: WordWriter): void {
    this.partitions[partition]?.save(writer)
  }
  load(partition: number, reader: WordReader): void {
    this.partitions[partition]?.load(reader)
  }

  /** Writes and reads the states of a partition that are left to expand, from row `cursor` on. */
  savePending(partition: number, writer: WordWriter, cursor: number): void {
    if (this.keeping === "fingerprints") this.pending[partition]?.save(writer, cursor)
  }
  loadPending(partition: number, reader: WordReader, cursor: number): void {
    if (this.keeping === "fingerprints") this.pending[partition]?.load(reader, cursor)
  }

  /** Packs everything again; the packing has another layout. */
  change(pack: Repack): void {
    const { key } = this
    for (const partition of this.own) {
      if (this.keeping === "states") this.partitions[partition]?.rewrite(key, pack)
      else this.pending[partition]?.rewrite(this.packing.layout.words, pack)
    }
  }

  sizeOf(partition: number): number {
    return (this.partitions[partition] as Partition).size
  }

  /** The number of an entry's state, which must have been added. */
  numberOfEntry(partition: number, list: Int32Array, at: number): number {
    const key = this.keeping === "states" ? at + entryHead : at
    return numberOf(
      partition,
      (this.partitions[partition] as Partition).find(list, key, list[at + hashAt] as number)
    )
  }

  /** Records the parent in an entry as the parent of a state. */
  comeFrom(number: number, list: Int32Array, at: number): void {
    this.partitions[partitionOf(number)]?.setParent(rowOf(number), list[at + parentAt] as number)
  }

  /** The number of states in the shard's partitions. */
  get distinct(): number {
    return this.own.reduce((sum, partition) => sum + this.sizeOf(partition), 0)
  }

  /** The memory of the visited states, and of those left to expand, in bytes. */
  get bytes(): number {
    return this.own.reduce(
      (sum, partition) => sum + (this.partitions[partition] as Partition).bytes,
      0
    )
  }
  get pendingBytes(): number {
    return this.pending.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /**
   * Copies a packed state into `into`. It must not have been expanded, unless the shard owns it and
   * keeps whole states.
   */
  readPacked(partition: number, row: number, into: Int32Array): void {
    if (this.keeping === "fingerprints") this.pending[partition]?.read(row, into)
    else if (this.isOwn[partition]) this.partitions[partition]?.read(row, into)
    else this.lending?.read(partition, row, into, this.packing.layout.words)
  }

  /** Copies state `number` into `into`. The visited set must keep whole states. */
  read(number: number, into: Int32Array): void {
    this.partitions[partitionOf(number)]?.read(rowOf(number), this.scratch)
    this.packing.unpack(this.scratch, 0, into)
  }

  /** The state from which `number` was first reached; -1 for an initial state. */
  parentOf(number: number): number {
    return (this.partitions[partitionOf(number)] as Partition).parentOf(rowOf(number))
  }

  /** The fingerprint of state `number`. */
  fingerprintOf(number: number): Fingerprint {
    if (this.keeping === "fingerprints") {
      const fingerprint = new Int32Array(fingerprintWords)
      this.partitions[partitionOf(number)]?.read(rowOf(number), fingerprint)
      return [fingerprint[0] as number, fingerprint[1] as number]
    }
    const state = new Int32Array(this.scratch.length)
    this.read(number, state)
    return this.packing.fingerprint(state)
  }

  private get key(): Key {
    const { layout } = this.packing
    return this.keeping === "states" ? { words: layout.words, fields: layout } : fingerprintKey
  }

  private hashesOfKeys(): HashesOf {
    if (this.keeping === "states") return (...rows) => this.packing.hashesOfPacked(...rows)
    return (rows, count, stride, into) => {
      for (let row = 0; row < count; row++) into[row] = rows[row * stride] as number
    }
  }
}
