/**
 * A queue with some pages put away behaves like a plain list under any operations.
 */
import * as fc from "fast-check"
import { expect, it } from "vitest"
import { noRoom, type PageStore, Queue } from "../../../checker/engine/queue.ts"

/** A disk that is full when it holds `most` pages. */
class SmallDisk implements PageStore {
  readonly pages = new Map<number, Int32Array>()
  private readonly most: number
  private next = 0

  constructor(most: number) {
    this.most = most
  }

  put(page: Int32Array): number {
    if (this.pages.size >= this.most) return noRoom
    this.pages.set(this.next, page.slice())
    return this.next++
  }

  get(place: number, into: Int32Array): void {
    const page = this.pages.get(place) as Int32Array
    expect(into.length).toBe(page.length)
    into.set(page)
  }

  free(place: number, words: number): void {
    expect(this.pages.get(place)?.length).toBe(words)
    this.pages.delete(place)
  }
}

const deeds = fc.oneof(
  fc.record({ deed: fc.constant("push" as const), count: fc.integer({ min: 1, max: 3000 }) }),
  fc.record({
    deed: fc.constant("forget" as const),
    share: fc.double({ min: 0, max: 1, noNaN: true })
  }),
  fc.record({
    deed: fc.constantFrom("putAway" as const, "widen" as const, "clear" as const, "save" as const)
  })
)

it("a queue behaves like a list of records, wherever its pages are", () => {
  fc.assert(
    fc.property(fc.array(deeds, { maxLength: 12 }), fc.integer({ min: 0, max: 9 }), (all, most) => {
      const disk = new SmallDisk(most)
      let queue = new Queue(2, disk)
      let list: Array<readonly [number, number]> = []
      let begin = 0
      let words = 2
      for (const step of all) {
        if (step.deed === "push") {
          for (let index = 0; index < step.count; index++) {
            queue.push(
              Int32Array.of(list.length, ~list.length, 7, 7, 7, 7, 7, 7, 7, 7).subarray(0, words),
              0
            )
            list.push([list.length, ~list.length])
          }
        } else if (step.deed === "forget") {
          begin += Math.floor((list.length - begin) * step.share)
          queue.forget(begin)
        } else if (step.deed === "putAway") queue.putAway()
        else if (step.deed === "widen") {
          queue.rewrite(words + 1 > 8 ? words : ++words, (from, at, into, to) => {
            into[to] = from[at] as number
            into[to + 1] = from[at + 1] as number
          })
        } else if (step.deed === "save") {
          const saved: Array<number> = []
          queue.save({ write: (more) => saved.push(...more) }, begin)
          queue.clear()
          let at = 0
          queue = new Queue(words, disk)
          const read = (count: number) => {
            at += count
            return Int32Array.from(saved.slice(at - count, at))
          }
          queue.load({ read }, begin)
          expect(at).toBe(saved.length)
        } else {
          queue.clear()
          list = []
          begin = 0
        }
        expect(queue.end).toBe(list.length)
      }
      const into = new Int32Array(words)
      for (let number = begin; number < list.length; number += 1 + (number % 97)) {
        queue.read(number, into)
        expect([into[0], into[1]]).toEqual(list[number])
      }
      const visited: Array<number> = []
      queue.each((page, from, to) => {
        for (let at = from; at < to; at += words) visited.push(page[at] as number)
      })
      expect(visited).toEqual(list.slice(begin).map(([first]) => first))
      queue.clear()
      expect([disk.pages.size, queue.bytes]).toEqual([0, 0])
    }),
    { numRuns: 200 }
  )
})
