/**
 * A partition, which seals its rows in blocks of few bits and finds them by a dense index, behaves
 * like a plain map from keys to numbers; so it does when fields move, and when it is written and
 * read again.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Partition } from "../../../checker/engine/partition.ts"
import { blockSize, Rows } from "../../../checker/engine/rows.ts"
import { Slots } from "../../../checker/engine/slots.ts"
import { draws } from "../../draws.ts"

/** The codes of a state's components. */
type State = ReadonlyArray<number>

/** A layout of three components in one word, or in two. */
const narrow = {
  words: 1,
  fields: {
    wordOf: Int32Array.of(0, 0, 0),
    shiftOf: Int32Array.of(0, 10, 20),
    maskOf: Int32Array.of(1023, 1023, 4095)
  }
}
const wide = {
  words: 2,
  fields: {
    wordOf: Int32Array.of(1, 0, 1),
    shiftOf: Int32Array.of(12, 0, 0),
    maskOf: Int32Array.of(0xfffff, -1, 4095)
  }
}
type Layout = typeof narrow

const packed = ({ words, fields }: Layout, state: State): Int32Array => {
  const into = new Int32Array(words)
  state.forEach((code, field) => {
    const word = fields.wordOf[field] as number
    into[word] = (into[word] as number) | (code << (fields.shiftOf[field] as number))
  })
  return into
}

const unpacked = ({ fields }: Layout, from: Int32Array, at = 0): State =>
  Array.from(fields.wordOf, (word, field) => {
    const shifted = (from[at + word] as number) >>> (fields.shiftOf[field] as number)
    return (shifted & (fields.maskOf[field] as number)) >>> 0
  })

/** Few hashes for many states, so that look-ups meet others with the same one. */
const hashOf = ([one = 0, two = 0, three = 0]: State): number =>
  Math.imul(one + two + three, 0x9e3779b1)

const hashesOf = (
  layout: Layout,
  rows: Int32Array,
  count: number,
  stride: number,
  into: Int32Array
): void => {
  for (let row = 0; row < count; row++) into[row] = hashOf(unpacked(layout, rows, row * stride))
}

/** States like those of a search: they drift, and some are far off. */
const states = fc.array(
  fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 900 }), fc.nat({ max: 2 }), fc.boolean()),
  { minLength: 1, maxLength: 900 }
)

const numbered = (drawn: ReadonlyArray<readonly [number, number, number, boolean]>) =>
  drawn.map(
    ([one, two, three, isFar], index): State => [
      (one + (index >> 6)) & 1023,
      isFar ? two : two % 40,
      three
    ]
  )

describe("a partition", () => {
  it("is a map from keys to numbers, wherever the fields of keys are", () => {
    fc.assert(
      fc.property(states, fc.nat({ max: 900 }), (drawn, change) => {
        let layout: Layout = narrow
        const partition = new Partition(layout, (...rows) => hashesOf(layout, ...rows))
        const twin = new Map<string, { readonly state: State; parent: number }>()
        numbered(drawn).forEach((state, index) => {
          if (index === change) {
            const before = layout
            layout = wide
            partition.rewrite(layout, (from, at, into, to) =>
              into.set(packed(wide, unpacked(before, from, at)), to)
            )
          }
          if (index % 100 === 99) partition.sealBefore(partition.size - (index % 7))
          const isNew = partition.add(packed(layout, state), 0, hashOf(state), index - 1)
          expect(isNew).toBe(!twin.has(String(state)))
          if (isNew) twin.set(String(state), { state, parent: index - 1 })
        })
        const [first] = twin.values()
        partition.setParent(0, 77)
        if (first !== undefined) first.parent = 77
        isTwin(partition, layout, twin)
        isTwin(loaded(partition, layout), layout, twin)
      }),
      { numRuns: draws(150) }
    )
  })

  const isTwin = (
    partition: Partition,
    layout: Layout,
    twin: ReadonlyMap<string, { readonly state: State; readonly parent: number }>
  ) => {
    expect(partition.size).toBe(twin.size)
    ;[...twin.values()].forEach(({ state, parent }, number) => {
      const key = new Int32Array(layout.words)
      partition.read(number, key)
      expect(unpacked(layout, key)).toEqual(state)
      expect(partition.find(packed(layout, state), 0, hashOf(state))).toBe(number)
      expect(partition.parentOf(number)).toBe(parent)
    })
    const absent = [1023, 1023, 7]
    expect(partition.find(packed(layout, absent), 0, hashOf(absent))).toBe(-1)
  }

  const loaded = (partition: Partition, layout: Layout): Partition => {
    const words: Array<number> = []
    partition.save({ write: (more) => words.push(...more) })
    const copy = new Partition(layout, (...rows) => hashesOf(layout, ...rows))
    let at = 0
    copy.load({
      read: (count) => {
        at += count
        return Int32Array.from(words.slice(at - count, at))
      }
    })
    expect(at).toBe(words.length)
    return copy
  }
})

describe("rows", () => {
  it("are what they were when they are sealed: of any words, none, and all bits", () => {
    const word = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 1 << 31))
    const like = fc.tuple(word, word, fc.nat({ max: 32 }))
    const size = fc.integer({ min: 1, max: 3 * blockSize })
    fc.assert(
      fc.property(like, size, size, ([base, other, spread], count, sealed) => {
        const fields = {
          wordOf: Int32Array.of(0, 1, 1),
          shiftOf: Int32Array.of(0, 0, 7),
          maskOf: Int32Array.of(-1, 127, -1 >>> 7)
        }
        const rows = new Rows(fields, 2)
        const at = (row: number) => [
          (base + Math.imul(row, 0x2545f491 >>> spread)) | 0,
          (other ^ Math.imul(row, row)) | 0
        ]
        for (let row = 0; row < count; row++)
          rows.append(Int32Array.of(at(row)[0] as number), 0, 1, at(row)[1] as number)
        const read = new Int32Array(1)
        const all: Array<number> = []
        rows.each((words, used) => all.push(...words.slice(0, 2 * used)))
        expect(all).toEqual(Array.from({ length: count }, (_, row) => at(row)).flat())
        rows.sealBefore(sealed)
        for (let row = 0; row < count; row++) {
          const [first = 0, last] = at(row)
          rows.read(row, read, 0, 1, 1)
          expect([read[0], rows.last(row)]).toEqual([first, last])
          expect(rows.isAt(row, Int32Array.of(first), 0, 1, 1)).toBe(true)
          expect(rows.isAt(row, Int32Array.of(first ^ 1), 0, 1, 1)).toBe(false)
        }
      }),
      { numRuns: draws(200) }
    )
  })
})

it("every slot has a home for some hash, and every hash a home among the slots", () => {
  for (let slots = Slots.initial(); slots.count < 2_000_000; slots = slots.grown()) {
    expect([slots.home(0), slots.home(-1)]).toEqual([0, slots.count - 1])
    expect(slots.home(1 << 31)).toBe(slots.count >>> 1)
    if (slots.count >= 1 << 15) expect(slots.grown().count / slots.count).toBeLessThanOrEqual(1.25)
  }
})
