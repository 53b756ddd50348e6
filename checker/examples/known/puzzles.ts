/**
 * Puzzles of the collection of TLA+ examples (github.com/tlaplus/Examples), state for state: the
 * cigarette smokers (S. Patil, 1971; specified by M. Ryndzionek), the coffee can (C. Scholten; by
 * A. Helwer), the moving cat (by F. Schanda), and the missionaries and cannibals (by L. Lamport).
 */
import type { Relation } from "../../relation/relation.ts"

const ingredients = ["matches", "paper", "tobacco"] as const

export interface Smokers {
  readonly smoking: Readonly<Record<string, boolean>>
  /** The ingredients that the dealer offers; none while a smoker smokes. */
  readonly dealer: ReadonlyArray<string>
}

/** The dealer offers all ingredients but one; the smoker who has that one smokes. */
export const cigaretteSmokers = (): Relation<Smokers> => {
  const offers = ingredients.map((missing) => ingredients.filter((one) => one !== missing))
  const nobody = Object.fromEntries(ingredients.map((one) => [one, false]))
  return {
    initial: offers.map((dealer) => ({ smoking: nobody, dealer })),
    actions: {
      startSmoking: ({ dealer }) =>
        dealer.length === 0
          ? []
          : [
              {
                smoking: Object.fromEntries(ingredients.map((one) => [one, !dealer.includes(one)])),
                dealer: []
              }
            ],
      stopSmoking: ({ dealer }) =>
        dealer.length === 0 ? offers.map((next) => ({ smoking: nobody, dealer: next })) : []
    },
    invariants: {
      "at most one smokes": ({ smoking }) => Object.values(smoking).filter(Boolean).length <= 1
    },
    fairness: { weak: [["startSmoking", "stopSmoking"]] },
    alwaysEventually: { "somebody smokes": ({ dealer }) => dealer.length === 0 },
    deadlock: true
  }
}

interface Can {
  readonly black: number
  readonly white: number
}

/**
 * Two beans are drawn: for two of one colour, a black one comes back; for two colours, the white
 * one. What colour is the last?
 */
export const coffeeCan = (most: number): Relation<Can> => ({
  initial: Array.from({ length: most + 1 }, (_, black) =>
    Array.from({ length: most + 1 }, (_, white) => ({ black, white }))
  )
    .flat()
    .filter(({ black, white }) => black + white >= 1 && black + white <= most),
  actions: {
    PickSameColorWhite: ({ black, white }) =>
      white >= 2 ? [{ black: black + 1, white: white - 2 }] : [],
    PickSameColorBlack: ({ black }) => (black >= 2 ? [{ black: black - 1 }] : []),
    PickDifferentColor: ({ black, white }) =>
      black >= 1 && white >= 1 ? [{ black: black - 1 }] : [],
    Termination: ({ black, white }) => (black + white === 1 ? [{}] : [])
  },
  steps: {
    MonotonicDecrease: (before, after) => after.black + after.white < before.black + before.white,
    LoopInvariant: (before, after) => before.white % 2 === after.white % 2
  },
  fairness: {
    weak: [["PickSameColorWhite", "PickSameColorBlack", "PickDifferentColor", "Termination"]]
  },
  eventually: { EventuallyTerminates: ({ black, white }) => black + white === 1 },
  leadsTo: {
    "even: a black one is left": [
      ({ white }) => white % 2 === 0,
      ({ black, white }) => black === 1 && white === 0
    ],
    "odd: a white one is left": [
      ({ white }) => white % 2 === 1,
      ({ black, white }) => black === 0 && white === 1
    ]
  },
  deadlock: true
})

interface Cat {
  readonly cat: number
  readonly observed: number
  readonly direction: "left" | "right"
}

/** A cat moves to an adjacent box every night; we look into one each morning, back and forth. */
export const movingCat = (boxes: number): Relation<Cat> => {
  const isBox = (box: number) => box >= 1 && box <= boxes
  const isObserved = (box: number) => box >= 2 && box <= boxes - 1
  const all = Array.from({ length: boxes }, (_, at) => at + 1)
  return {
    initial: all.flatMap((cat) =>
      all
        .filter(isObserved)
        .flatMap((observed) =>
          (["left", "right"] as const).map((direction) => ({ cat, observed, direction }))
        )
    ),
    actions: {
      Next: ({ cat, observed, direction }) => {
        const next = direction === "right" ? observed + 1 : observed - 1
        const looked = isObserved(next)
          ? { observed: next }
          : ({ direction: direction === "right" ? "left" : "right" } as const)
        return [cat + 1, cat - 1].filter(isBox).map((moved) => ({ cat: moved, ...looked }))
      }
    },
    fairness: { weak: ["Next"] },
    eventually: { Victory: ({ cat, observed }) => cat === observed },
    deadlock: true
  }
}

export interface Crossing {
  readonly boat: "E" | "W"
  readonly east: ReadonlyArray<string>
}

/**
 * Three missionaries and three cannibals cross a river in a boat for two: nowhere may cannibals
 * outnumber missionaries.
 */
export const missionariesAndCannibals = (): Relation<Crossing> => {
  const people = ["c1", "c2", "c3", "m1", "m2", "m3"]
  const count = (bank: ReadonlyArray<string>, kind: string) =>
    bank.filter((one) => one.startsWith(kind)).length
  const isSafe = (bank: ReadonlyArray<string>) =>
    count(bank, "m") === 0 || count(bank, "c") <= count(bank, "m")
  return {
    initial: [{ boat: "E", east: people }],
    actions: {
      Move: ({ boat, east }) => {
        const here = boat === "E" ? east : people.filter((one) => !east.includes(one))
        const groups = here.flatMap((one, at) => [
          [one],
          ...here.slice(at + 1).map((other) => [one, other])
        ])
        return groups.flatMap((group) => {
          const next =
            boat === "E"
              ? east.filter((one) => !group.includes(one))
              : people.filter((one) => east.includes(one) || group.includes(one))
          const there = people.filter((one) => !next.includes(one))
          return isSafe(next) && isSafe(there)
            ? [{ boat: boat === "E" ? "W" : "E", east: next }]
            : []
        })
      }
    },
    invariants: { Solution: ({ east }) => east.length > 0 },
    expect: { Solution: "violated" }
  }
}
