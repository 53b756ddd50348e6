/**
 * What another runner found for this one in a round, from the parcels to a list that the shard
 * takes in.
 */
import type { Found as FoundByShard } from "../engine/frontier.ts"
import { partitionCount, partitionOf } from "../engine/numbers.ts"
import { Layout } from "../engine/packing.ts"
import { entryHead, numberAt, orderAt, parentAt } from "../engine/staging.ts"
import { listFor } from "./lists.ts"
import { type Head, type Parcel, ParcelRefused, wordsIn } from "./parcels.ts"
import type { Translation } from "./translation.ts"

type Found = Extract<Head, { readonly _tag: "Found" }>

/** The parcels of one runner and round; the last one says so. */
export class Arrivals {
  private readonly heads: Array<Found> = []
  private readonly words: Array<Int32Array> = []

  /** Takes a parcel; true if it is the last one. */
  take(head: Found, { bytes }: Parcel): boolean {
    const words = wordsIn(bytes)
    if (words.length !== head.pieces.reduce((sum, piece) => sum + piece.words, 0))
      throw new ParcelRefused("its words are not those of its pieces")
    this.heads.push(head)
    this.words.push(words)
    return head.isLast
  }

  /** The lists, packed as this runner packs. `bounds` is what every entry must keep to. */
  lists(translation: Translation, ownWords: number, bounds: Bounds): Lists {
    const { needs, entries } = this.heads[0] as Found
    const layout = new Layout(needs)
    const stride = entryHead + layout.words
    const ownStride = entryHead + ownWords
    const lists = {
      next: listFor(this.sizes("next", stride), ownStride),
      late: listFor(this.sizes("late", stride), ownStride)
    }
    this.heads.forEach(({ pieces }, parcel) => {
      const words = this.words[parcel] as Int32Array
      let at = 0
      for (const { partition, list, words: length } of pieces) {
        refuseUnless(bounds.own.has(partition), `it is for partition ${partition}`)
        const { words: into, ends } = lists[list]
        let to = ends[partition] as number
        const count = length / stride
        translation.translate(
          count,
          layout,
          { words, at: at + entryHead, stride },
          { words: into, at: to + entryHead, stride: ownStride }
        )
        for (const end = at + length; at < end; at += stride, to += ownStride) {
          check(words, at, entries, bounds)
          for (let word = 0; word < entryHead; word++) into[to + word] = words[at + word] as number
        }
        ends[partition] = to
      }
    })
    return { ...lists, entries }
  }

  /** The number of entries of each partition. */
  private sizes(list: "next" | "late", stride: number): ReadonlyArray<number> {
    const sizes = Array.from({ length: partitionCount }, () => 0)
    for (const piece of this.heads.flatMap(({ pieces }) => pieces)) {
      refuseUnless(piece.words % stride === 0, "a piece ends within an entry")
      if (piece.list === list)
        sizes[piece.partition] = (sizes[piece.partition] as number) + piece.words / stride
    }
    return sizes
  }
}

export interface Lists extends Pick<FoundByShard, "next" | "late"> {
  readonly entries: number
}

/** What entries of a round must keep to. */
export interface Bounds {
  readonly own: ReadonlySet<number>
  /** The runner that found them, and the number of runners. */
  readonly finder: number
  readonly count: number
  /** The states of the round; the first round finds the initial states. */
  readonly roundSize: number
  readonly isFirst: boolean
}

const check = (words: Int32Array, at: number, entries: number, bounds: Bounds): void => {
  const parent = words[at + parentAt] as number
  const { finder, count, roundSize, isFirst } = bounds
  const isOfFinder = isFirst
    ? parent === -1 && finder === 0
    : parent >= 0 && partitionOf(parent) % count === finder
  refuseUnless(isOfFinder, "an entry has a parent that its sender did not expand")
  refuseUnless((words[at + numberAt] as number) >>> 0 < entries, "an entry has no number")
  refuseUnless(
    (words[at + orderAt] as number) >>> 0 < Math.max(1, roundSize),
    "an entry has a parent outside the round"
  )
}

const refuseUnless = (isSo: boolean, otherwise: string): void => {
  if (!isSo) throw new ParcelRefused(otherwise)
}
