/**
 * A lock that two processes take in two steps, look and take: both may have looked before either
 * takes it.
 *
 *     npx quorate check lock.ts#careless # the shortest run in which both have it
 *     npx quorate check lock.ts#atomic   # looked at and taken in one step: nothing is wrong
 */
import type { Relation } from "../relation/relation.ts"

type Name = "p" | "q"
const names: ReadonlyArray<Name> = ["p", "q"]

interface Lock {
  readonly at: Readonly<Record<Name, "outside" | "has looked" | "inside">>
  readonly isTaken: boolean
}

const lock = (takes: "in two steps" | "in one step"): Relation<Lock> => ({
  description: `A lock that is looked at and taken ${takes}.`,
  initial: [{ at: { p: "outside", q: "outside" }, isTaken: false }],
  actions: Object.fromEntries(
    names.flatMap((name) => [
      [
        `look(${name})`,
        ({ at, isTaken }: Lock) =>
          at[name] !== "outside" || isTaken
            ? []
            : takes === "in two steps"
              ? [{ at: { [name]: "has looked" } }]
              : [{ at: { [name]: "inside" }, isTaken: true }]
      ],
      [
        `take(${name})`,
        ({ at }: Lock) =>
          at[name] === "has looked" ? [{ at: { [name]: "inside" }, isTaken: true }] : []
      ],
      [
        `leave(${name})`,
        ({ at }: Lock) =>
          at[name] === "inside" ? [{ at: { [name]: "outside" }, isTaken: false }] : []
      ]
    ])
  ),
  invariants: { "mutual exclusion": ({ at }) => at.p !== "inside" || at.q !== "inside" },
  sometimes: { "p is inside": ({ at }) => at.p === "inside" },
  ...(takes === "in two steps" ? { expect: { "mutual exclusion": "violated" } } : {}),
  deadlock: true
})

export const careless = lock("in two steps")
export const atomic = lock("in one step")
