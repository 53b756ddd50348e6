/**
 * The objects of a process: listed in the order of their keys, and copied while they change.
 */
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ObjectStore } from "../../../impl/host/objects.ts"
import { type Packing, packingOf } from "../../../impl/host/packing.ts"
import { SortedKeys } from "../../../impl/host/sorted-keys.ts"
import type { Change } from "../../../spec/kernel/keyed.ts"

const key = fc.integer({ min: 0, max: 2000 }).map(String)

describe("sorted keys", () => {
  // Enough keys that buckets are split, and enough removals that some go.
  it("are those of a sorted list, whatever is added and removed", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 1200, size: "max" }),
        fc.array(fc.tuple(fc.boolean(), key), { maxLength: 3000, size: "max" }),
        fc.option(key),
        (first, changes, after) => {
          const sorted = new SortedKeys(first)
          const all = new Set(first)
          for (const [isAdded, one] of changes) {
            if (isAdded && !all.has(one)) sorted.add(one)
            if (!isAdded && all.has(one)) sorted.delete(one)
            if (isAdded) all.add(one)
            else all.delete(one)
          }
          const expected = [...all].sort().filter((one) => after === null || one > after)
          expect([...sorted.after(after)]).toEqual(expected)
        }
      ),
      { numRuns: 30 }
    )
  })
})

describe("a snapshot", () => {
  const initial = { initialShared: { shared: 0 }, initialOwn: { own: 0 } }
  const change = fc.record({ key, own: fc.record({ own: fc.integer({ min: 0, max: 3 }) }) })
  const heldBy = (store: ObjectStore) =>
    new Map([...store.keys()].map((one) => [one, store.own(one)] as const))
  const begun = (changes: Iterable<Change>): ObjectStore => {
    const store = new ObjectStore(initial, true)
    for (const one of changes) store.apply(one)
    return store
  }

  // A log writes it in pieces, while the process goes on.
  it("has what there was when it began, whatever changes while it is read", () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 600, size: "max" }),
        fc.array(fc.tuple(fc.nat({ max: 20 }), change), { maxLength: 300, size: "max" }),
        (before, during) => {
          const store = begun([{ key: "", shared: { shared: 1 } }, ...before])
          const expected = heldBy(store)
          const snapshot = store.snapshot()
          const taken: Array<Change> = []
          for (const [pieces, one] of during) {
            for (let piece = 0; piece < pieces; piece++) {
              const { done, value } = snapshot.next()
              if (done !== true) taken.push(value)
            }
            store.apply(one)
            store.apply({ key: "", shared: { shared: 2 } })
          }
          const copy = begun([...taken, ...snapshot])
          expect(heldBy(copy)).toEqual(expected)
          expect(copy.shared).toEqual({ shared: 1 })
        }
      ),
      { numRuns: 50 }
    )
  })
})

describe("objects that a log remembered", () => {
  const Own = Schema.Struct({
    number: Schema.Int,
    text: Schema.optionalKey(Schema.NullOr(Schema.String))
  })
  const initial = { initialShared: {}, initialOwn: { number: 0 } }
  const some = fc.constantFrom("a", "b", "c", "d")
  const change = fc.record(
    {
      key: some,
      own: fc.record(
        {
          number: fc.constantFrom(0, 1, -1, 2 ** 40),
          text: fc.constantFrom(null, "", "ÿ€", "x".repeat(5000)),
          // No field of the Schema: such an object is kept as it is.
          other: fc.constant(1)
        },
        { requiredKeys: [] }
      ),
      dropped: fc.subarray(["text", "other"])
    },
    { requiredKeys: ["key"] }
  )
  const contents = (store: ObjectStore) => ({
    keys: [...store.keysAfter(null)],
    objects: [...store.keys()].map((key) => [key, store.own(key)] as const),
    copied: [...store.snapshot()]
  })

  it("are packed if that gives them back", () => {
    const { pack, unpack } = packingOf(Own as Schema.Codec<unknown, unknown>) as Packing
    const own = { number: 1, text: "ÿ€" }
    expect(unpack(pack(own) as string)).toEqual(own)
    for (const other of [
      { number: 1, other: 1 },
      { number: 1, text: "x".repeat(5000) },
      { text: "" }
    ])
      expect(pack(other)).toBeUndefined()
  })

  it("are the same as those that were never packed, before and after further steps", () => {
    const packing = packingOf(Own as Schema.Codec<unknown, unknown>)
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 30 }),
        fc.array(change, { maxLength: 30 }),
        (restored, steps) => {
          const plain = new ObjectStore(initial, true)
          const store = new ObjectStore(initial, true, packing)
          for (const one of restored) {
            plain.apply(one)
            expect(store.restore(one)).toEqual(plain.own(one.key) ?? initial.initialOwn)
          }
          expect(contents(store)).toEqual(contents(plain))
          expect(store.bytes).toBe(plain.bytes)
          for (const one of steps) {
            const { bytes } = store
            const growth = store.growth(one)
            plain.apply(one)
            store.apply(one)
            expect(store.bytes - bytes).toBe(growth)
          }
          expect(contents(store)).toEqual(contents(plain))
          for (const key of ["a", "b", "c", "d"])
            store.apply({ key, own: { number: 0 }, dropped: ["text", "other"] })
          expect(store.bytes).toBe(0)
        }
      ),
      { numRuns: 200 }
    )
  })
})
