/**
 * A bounded queue between producers and consumers who sleep and wake each other. Waking one of all
 * sleepers is enough for two threads, and not for three: a wake-up may reach the wrong one, and all
 * sleep forever. (The "bounded buffer with one condition variable", as C. Newcombe and M. Kuppe
 * have shown it in TLA+.)
 */
import type { Relation } from "../relation/relation.ts"

export interface Queue {
  readonly length: number
  /** The sleeping threads, in the order of their names. */
  readonly asleep: ReadonlyArray<string>
}

export interface QueueOptions {
  readonly producers: number
  readonly consumers: number
  readonly capacity: number
  /** Which threads a thread wakes when it has put or taken something. */
  readonly wakes: "one" | "all"
}

export const queue = ({ producers, consumers, capacity, wakes }: QueueOptions): Relation<Queue> => {
  const named = (kind: string, count: number) =>
    Array.from({ length: count }, (_, at) => `${kind}${at + 1}`)
  const threads = [
    ...named("p", producers).map((name) => ({ name, step: 1 })),
    ...named("c", consumers).map((name) => ({ name, step: -1 }))
  ]
  /** All threads that may still be asleep after a wake-up. */
  const woken = (asleep: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
    asleep.length === 0 || wakes === "all"
      ? [[]]
      : asleep.map((_, woken) => asleep.filter((_name, at) => at !== woken))
  return {
    description: `A queue of ${capacity} with ${producers} producers and ${consumers} consumers, who wake ${wakes}.`,
    initial: [{ length: 0, asleep: [] }],
    actions: Object.fromEntries(
      threads.map(({ name, step }) => [
        `${step > 0 ? "put" : "take"}(${name})`,
        ({ length, asleep }: Queue) => {
          if (asleep.includes(name)) return []
          const next = length + step
          if (next < 0 || next > capacity) return [{ asleep: [...asleep, name].sort() }]
          return woken(asleep).map((left) => ({ length: next, asleep: left }))
        }
      ])
    ),
    invariants: {
      "the queue is within its bounds": ({ length }) => length >= 0 && length <= capacity,
      "somebody is awake": ({ asleep }) => asleep.length < threads.length
    }
  }
}

export const waking = {
  "one of two": queue({ producers: 1, consumers: 1, capacity: 1, wakes: "one" }),
  "one of three": {
    ...queue({ producers: 1, consumers: 2, capacity: 1, wakes: "one" }),
    expect: { "somebody is awake": "violated" as const }
  },
  "all of three": queue({ producers: 1, consumers: 2, capacity: 1, wakes: "all" })
}
