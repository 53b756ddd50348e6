/**
 * The objects of a process: listed in the order of their keys, and copied while they change.
 */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ObjectStore } from "../../../impl/host/objects.ts"
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
