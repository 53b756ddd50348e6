/**
 * What the runners of one search send each other. A runner packs states with codes of its own, so
 * it sends the contents that its codes stand for, once, ahead of the states.
 *
 * From runner to runner a round is `Contents` and `Found`, `New`, then `Ordered`; a level is
 * `Entered`. Words and bits travel as they are in memory, the rest as JSON.
 */
import * as Schema from "effect/Schema"
import { partitionCount } from "../engine/numbers.ts"

const maxRounds = 2 ** 31 - 1
const maxComponents = 1 << 16
/** The most words of states in one parcel, and about the most characters of contents. */
export const maxWords = 1 << 20
export const maxCharacters = 1 << 22

const between = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const Count = between(0, maxRounds)
const Component = between(0, maxComponents)
const Partition = between(0, partitionCount - 1)

/** The contents of the sender's next codes of some components, in the order of the codes. */
const Contents = Schema.TaggedStruct("Contents", {
  contents: Schema.Array(Schema.Tuple([Component, Schema.String])).check(
    Schema.isMaxLength(maxCharacters)
  )
})

/** Successors that the sender found for the receiver's partitions; its words are their entries. */
const Found = Schema.TaggedStruct("Found", {
  round: Count,
  /** The layout of the packed states: the least bits of each component. */
  needs: Schema.Array(between(0, 32)).check(Schema.isMaxLength(maxComponents)),
  /** The entries of the sender's whole round, which are numbered from 0. */
  entries: Count,
  /** Consecutive entries of one partition: those one step on, or those two steps on. */
  pieces: Schema.Array(
    Schema.Struct({
      partition: Partition,
      list: Schema.Literals(["next", "late"]),
      words: between(0, maxWords)
    })
  ).check(Schema.isMaxLength(maxWords)),
  isLast: Schema.Boolean
})

/** Which of the entries one step on led to new states; its bytes have a bit for each, in order. */
const New = Schema.TaggedStruct("New", { round: Count })

/** The partitions of the new states that the sender has found in the round (`order.ts`). */
const Ordered = Schema.TaggedStruct("Ordered", { round: Count })

/** How many states that were found two steps ahead are new, for each of the sender's partitions. */
const Entered = Schema.TaggedStruct("Entered", {
  level: Count,
  counts: Schema.Array(Schema.Tuple([Partition, Count])).check(Schema.isMaxLength(partitionCount))
})

export const Head = Schema.Union([Contents, Found, New, Ordered, Entered])
export type Head = typeof Head.Type

/** A message to another runner: its head, and the bytes that some heads announce. */
export interface Parcel {
  readonly head: Head
  readonly bytes: Uint8Array
}

export const noBytes = new Uint8Array(0)

/** The bytes of a list of words. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** The words in a list of bytes. They are copied where they are not aligned in memory. */
export const wordsIn = (bytes: Uint8Array): Int32Array => {
  if (bytes.length % Int32Array.BYTES_PER_ELEMENT !== 0)
    throw new ParcelRefused("its bytes are no whole words")
  const { buffer, byteOffset, length } =
    bytes.byteOffset % Int32Array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice()
  return new Int32Array(buffer, byteOffset, length / Int32Array.BYTES_PER_ELEMENT)
}

/** A parcel that no runner of this search sends. */
export class ParcelRefused extends Error {
  override readonly name = "ParcelRefused"
}
