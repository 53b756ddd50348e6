/**
 * Dining philosophers: each needs the forks on both sides, and takes one after the other (E. W.
 * Dijkstra, EWD310).
 *
 * If all take the left fork first, they can all end up with one fork. If one of them takes the
 * right fork first, some philosopher can always proceed. But a philosopher who can take a fork only
 * intermittently may never get it, unless fairness is strong.
 */
import type { Action, Relation } from "../relation/relation.ts"

/**
 * The progress of each philosopher, and for each fork the philosopher who holds it (null: it lies
 * on the table).
 */
export interface Table {
  readonly philosophers: Readonly<Record<string, "thinking" | "hungry" | "one fork" | "eating">>
  readonly forks: Readonly<Record<string, number | null>>
}

export const diningPhilosophers = ({
  count,
  rightHanded,
  fairness
}: {
  readonly count: number
  /** The number of philosophers that take the right fork first. */
  readonly rightHanded: number
  readonly fairness: "weak" | "strong"
}): Relation<Table> => {
  const seats = Array.from({ length: count }, (_, seat) => seat)
  const left = (seat: number) => seat
  const right = (seat: number) => (seat + 1) % count
  const takesRightFirst = (seat: number) => seat >= count - rightHanded
  const first = (seat: number) => (takesRightFirst(seat) ? right(seat) : left(seat))
  const second = (seat: number) => (takesRightFirst(seat) ? left(seat) : right(seat))
  const ofEach = (name: string, action: (seat: number) => Action<Table>) =>
    Object.fromEntries(seats.map((seat) => [`${name}(${seat})`, action(seat)]))
  const fair = ["take first", "take second", "finish"].flatMap((name) =>
    seats.map((seat) => `${name}(${seat})`)
  )
  return {
    initial: [
      {
        philosophers: Object.fromEntries(seats.map((seat) => [seat, "thinking"] as const)),
        forks: Object.fromEntries(seats.map((seat) => [seat, null]))
      }
    ],
    actions: {
      ...ofEach(
        "hunger",
        (seat) =>
          ({ philosophers }) =>
            philosophers[seat] === "thinking" ? [{ philosophers: { [seat]: "hungry" } }] : []
      ),
      ...ofEach("take first", (seat) => take(seat, first(seat), "hungry", "one fork")),
      ...ofEach("take second", (seat) => take(seat, second(seat), "one fork", "eating")),
      ...ofEach(
        "finish",
        (seat) =>
          ({ philosophers }) =>
            philosophers[seat] === "eating"
              ? [
                  {
                    philosophers: { [seat]: "thinking" },
                    forks: { [left(seat)]: null, [right(seat)]: null }
                  }
                ]
              : []
      )
    },
    fairness: { [fairness]: fair },
    leadsTo: Object.fromEntries(
      seats.map((seat) => [
        `${seat} eats`,
        [
          ({ philosophers }: Table) => philosophers[seat] === "hungry",
          ({ philosophers }: Table) => philosophers[seat] === "eating"
        ] as const
      ])
    ),
    // No philosopher has to become hungry.
    isDone: ({ philosophers }) => seats.every((seat) => philosophers[seat] === "thinking")
  }
}

/** A philosopher takes a fork that lies on the table. */
const take =
  (
    seat: number,
    fork: number,
    from: Table["philosophers"][string],
    to: Table["philosophers"][string]
  ): Action<Table> =>
  ({ philosophers, forks }) =>
    philosophers[seat] === from && forks[fork] === null
      ? [{ philosophers: { [seat]: to }, forks: { [fork]: seat } }]
      : []
