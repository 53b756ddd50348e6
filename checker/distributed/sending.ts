/**
 * Divides what a runner has to send into parcels of bounded size.
 */
import type { CodeBook } from "../engine/code-book.ts"
import type { Found as FoundByShard, List } from "../engine/frontier.ts"
import { partitionCount } from "../engine/numbers.ts"
import type { Packing } from "../engine/packing.ts"
import type { Space } from "../engine/space.ts"
import { bytesOf, type Head, maxCharacters, maxWords, noBytes, type Parcel } from "./parcels.ts"

/** The contents of codes that another runner has not been told. */
export class ContentsSent {
  /** Per component, the codes that the other runner knows. */
  private readonly sent: Array<number>
  private readonly space: Space
  private readonly codes: CodeBook

  constructor(space: Space, codes: CodeBook) {
    this.space = space
    this.codes = codes
    this.sent = Array.from({ length: space.width }, () => 0)
  }

  *parcels(): Generator<Parcel> {
    let contents: Array<readonly [number, string]> = []
    let characters = 0
    for (let component = 0; component < this.sent.length; component++) {
      const last = this.codes.count(component)
      for (let code = (this.sent[component] as number) + 1; code <= last; code++) {
        const content = this.space.content(component, this.codes.valueWith(component, code))
        contents.push([component, content])
        characters += content.length
        if (characters < maxCharacters) continue
        yield { head: { _tag: "Contents", contents }, bytes: noBytes }
        contents = []
        characters = 0
      }
      this.sent[component] = last
    }
    if (contents.length > 0) yield { head: { _tag: "Contents", contents }, bytes: noBytes }
  }
}

type Found = Extract<Head, { readonly _tag: "Found" }>
type Piece = Found["pieces"][number]

/** The partitions of a runner. */
export const partitionsOf = (runner: number, count: number): ReadonlyArray<number> =>
  Array.from(
    { length: Math.ceil((partitionCount - runner) / count) },
    (_, at) => runner + at * count
  )

/** What a shard found for these partitions. */
export function* foundParcels(
  round: number,
  found: Pick<FoundByShard, "next" | "late">,
  entries: number,
  partitions: ReadonlyArray<number>,
  { layout: { needs } }: Packing,
  entryWords: number
): Generator<Parcel> {
  const most = Math.max(1, Math.floor(maxWords / entryWords)) * entryWords
  const lists = ["next", "late"] as const
  let left = 0
  for (const list of lists)
    for (const partition of partitions) left += sizeOf(found[list], partition)
  let words = new Int32Array(Math.min(most, left))
  let pieces: Array<Piece> = []
  let size = 0
  for (const list of lists) {
    const { words: from, capacity } = found[list]
    for (const partition of partitions) {
      let at = partition * capacity
      for (const end = at + sizeOf(found[list], partition); at < end; ) {
        const length = Math.min(end - at, words.length - size)
        words.set(from.subarray(at, at + length), size)
        pieces.push({ partition, list, words: length })
        size += length
        at += length
        if (size < words.length || size === left) continue
        yield {
          head: { _tag, round, needs, entries, pieces, isLast: false },
          bytes: bytesOf(words)
        }
        left -= size
        words = new Int32Array(Math.min(most, left))
        pieces = []
        size = 0
      }
    }
  }
  yield { head: { _tag, round, needs, entries, pieces, isLast: true }, bytes: bytesOf(words) }
}

const _tag = "Found"

const sizeOf = ({ capacity, ends }: List, partition: number): number =>
  (ends[partition] as number) - partition * capacity
