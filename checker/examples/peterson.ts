/**
 * Peterson's lock: two processes exclude each other with a flag each and a turn (G. L. Peterson,
 * "Myths about the mutual exclusion problem", 1981).
 *
 * A process may rest forever while it does not want the lock. In every other place it proceeds if
 * it can: this is weak fairness, without which no process is guaranteed anything.
 */
import type { Action, Relation } from "../relation/relation.ts"

type Name = "p" | "q"
const names: ReadonlyArray<Name> = ["p", "q"]
const other = (name: Name): Name => (name === "p" ? "q" : "p")

export interface Peterson {
  readonly at: Readonly<Record<Name, "resting" | "flagged" | "waiting" | "critical">>
  readonly flag: Readonly<Record<Name, boolean>>
  readonly turn: Name
}

export const peterson = ({ isFair }: { readonly isFair: boolean }): Relation<Peterson> => ({
  initial: names.map((turn) => ({
    at: { p: "resting", q: "resting" },
    flag: { p: false, q: false },
    turn
  })),
  actions: Object.fromEntries(
    names.flatMap((name) => [
      [`request(${name})`, request(name)],
      [`yield(${name})`, yieldTurn(name)],
      [`enter(${name})`, enter(name)],
      [`leave(${name})`, leave(name)]
    ])
  ),
  invariants: { "mutual exclusion": ({ at }) => at.p !== "critical" || at.q !== "critical" },
  fairness: {
    weak: isFair ? names.map((name) => [`yield(${name})`, `enter(${name})`, `leave(${name})`]) : []
  },
  leadsTo: Object.fromEntries(
    names.map((name) => [
      `${name} is served`,
      [
        ({ at }: Peterson) => at[name] === "flagged",
        ({ at }: Peterson) => at[name] === "critical"
      ] as const
    ])
  )
})

/** A resting process raises its flag, at any time. */
const request =
  (name: Name): Action<Peterson> =>
  ({ at }) =>
    at[name] === "resting" ? [{ at: { [name]: "flagged" }, flag: { [name]: true } }] : []

/** With its flag up, it gives the turn away. */
const yieldTurn =
  (name: Name): Action<Peterson> =>
  ({ at }) =>
    at[name] === "flagged" ? [{ at: { [name]: "waiting" }, turn: other(name) }] : []

/** It enters when the other's flag is down, or the turn is its own. */
const enter =
  (name: Name): Action<Peterson> =>
  ({ at, flag, turn }) =>
    at[name] === "waiting" && (!flag[other(name)] || turn === name)
      ? [{ at: { [name]: "critical" } }]
      : []

const leave =
  (name: Name): Action<Peterson> =>
  ({ at }) =>
    at[name] === "critical" ? [{ at: { [name]: "resting" }, flag: { [name]: false } }] : []
