/**
 * A parcel that no runner of the search sends ends the search: it is not taken for something else,
 * and the counts do not become wrong.
 */
import * as Result from "effect/Result"
import { expect, it } from "vitest"
import { readScenario } from "../../../checker/command/shipped.ts"
import {
  bytesOf,
  type Head,
  type Parcel,
  ParcelRefused,
  wordsIn
} from "../../../checker/distributed/parcels.ts"
import { entryHead, numberAt, orderAt, parentAt } from "../../../checker/engine/staging.ts"
import { ParallelSearch } from "../../../checker/parallel/conductor.ts"
import { load } from "../../../checker/scenario/load.ts"
import { runnersInMemory } from "./in-memory.ts"

const { model, checksDeadlock } = Result.getOrThrow(
  Result.flatMap(readScenario("majority/ties"), (text) => load("majority/ties", text))
)

/** Searches with two runners, and damages each parcel that the function changes. */
const searched = async (damage: (parcel: Parcel) => Parcel): Promise<void> => {
  const setups = [0, 1].map((index) => ({
    ...{ model, reductions: [], checksDeadlock, keeping: "states" as const, index, count: 2 }
  }))
  const search = new ParallelSearch(runnersInMemory(setups, damage))
  while (await search.advance(Number.POSITIVE_INFINITY));
}

type Tag = Head["_tag"]
type Of<T extends Tag> = Extract<Head, { readonly _tag: T }>

/** Damages parcels of one kind, from the fourth round on, once they have bytes where they may. */
const of =
  <T extends Tag>(tag: T, damage: (head: Of<T>, bytes: Uint8Array) => Parcel) =>
  ({ head, bytes }: Parcel): Parcel => {
    const isEarly = "round" in head && (head.round < 4 || bytes.length === 0)
    return head._tag !== tag || isEarly ? { head, bytes } : damage(head as Of<T>, bytes)
  }

/** Changes a word of the first entry. */
const withWord = (at: number, word: number) =>
  of("Found", (head, bytes) => {
    const words = wordsIn(bytes)
    words[at] = word
    return { head, bytes: bytesOf(words) }
  })

it.each<[string, (parcel: Parcel) => Parcel]>([
  ["of half a word", of("Found", (head, bytes) => ({ head, bytes: bytes.slice(2) }))],
  ["of fewer words than it says", of("Found", (head, bytes) => ({ head, bytes: bytes.slice(4) }))],
  [
    "for a partition of its sender",
    of("Found", (head, bytes) => {
      const pieces = head.pieces.map((piece) => ({ ...piece, partition: piece.partition ^ 1 }))
      return { head: { ...head, pieces }, bytes }
    })
  ],
  [
    "of another round",
    of("Found", (head, bytes) => ({ head: { ...head, round: head.round + 1 }, bytes }))
  ],
  ["with a parent that its sender has not", withWord(parentAt, -1)],
  ["with an entry beyond the round", withWord(numberAt, 1 << 30)],
  ["with a parent beyond the round", withWord(orderAt, 1 << 30)],
  ["with a code that stands for nothing", withWord(entryHead, -1)],
  [
    "about more entries than it was sent",
    of("New", (head, bytes) => ({ head, bytes: Uint8Array.from([...bytes, 0]) }))
  ],
  [
    "that orders a partition that there is not",
    of("Ordered", (head, bytes) => ({ head, bytes: bytes.map(() => 64) }))
  ],
  [
    "of the wrong kind",
    of("New", ({ round }, bytes) => ({ head: { _tag: "Ordered", round }, bytes }))
  ],
  [
    "of a component too many",
    of("Contents", (head, bytes) => {
      const contents = [[5_000, "{}"]] as const
      return { head: { ...head, contents }, bytes }
    })
  ],
  [
    "of another level",
    of("Entered", (head, bytes) => ({ head: { ...head, level: head.level + 1 }, bytes }))
  ]
])("a parcel %s ends the search", async (_, damage) => {
  await expect(searched(damage)).rejects.toThrow(ParcelRefused)
})
