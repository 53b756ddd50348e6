/**
 * The liveness properties of a relation: turns the author's declarations into demands.
 */
import type { Demand } from "../liveness/fair-space.ts"
import type { Predicate, Relation } from "./relation.ts"

/**
 * A liveness property: `then` is what must be true in the end, `after` what has to happen before.
 */
export interface LiveProperty<State> {
  readonly name: string
  readonly form: "eventually" | "always eventually" | "eventually always" | "leads to"
  readonly then: Predicate<State>
  readonly after: Predicate<State> | undefined
}

/** The properties of liveness of a relation, in the order of the report. */
export const liveProperties = <State extends object>(
  relation: Relation<State>
): ReadonlyArray<LiveProperty<State>> => {
  const { eventually = {}, alwaysEventually = {}, eventuallyAlways = {}, leadsTo = {} } = relation
  const plain = (
    form: LiveProperty<State>["form"],
    named: Readonly<Record<string, Predicate<State>>>
  ) => Object.entries(named).map(([name, then]) => ({ name, form, then, after: undefined }))
  return [
    ...plain("eventually", eventually),
    ...plain("always eventually", alwaysEventually),
    ...plain("eventually always", eventuallyAlways),
    ...Object.entries(leadsTo).map(
      ([name, [after, then]]) => ({ name, form: "leads to", then, after }) as const
    )
  ]
}

/**
 * The premises about runs: they visit states of each kind in `again` infinitely often, and
 * eventually remain in states of each kind in `within`.
 */
export interface Premises<State> {
  readonly again: ReadonlyArray<Named<State>>
  readonly within: ReadonlyArray<Named<State>>
}
interface Named<State> {
  readonly name: string
  readonly holds: Predicate<State>
}

export const premisesOf = <State extends object>({
  premises = {}
}: Relation<State>): Premises<State> => {
  const named = (given: Readonly<Record<string, Predicate<State>>> = {}) =>
    Object.entries(given).map(([name, holds]) => ({ name, holds }))
  return { again: named(premises.alwaysEventually), within: named(premises.eventuallyAlways) }
}

/** A predicate of the author's, evaluated in a state of the engine. */
type Judged = (state: Int32Array) => boolean

/** The demand of a property under premises; `judged` evaluates a predicate of the author's. */
export const demandOf = <State>(
  { form, then, after }: LiveProperty<State>,
  premises: { readonly again: ReadonlyArray<Judged>; readonly within: ReadonlyArray<Judged> },
  judged: (holds: Predicate<State>) => Judged
): Demand => {
  const done = judged(then)
  const begins = after === undefined ? undefined : judged(after)
  const isNotDone: Judged = (state) => !done(state)
  const { again, within } = premises
  const supposed = {
    ...(within.length === 0
      ? {}
      : { within: (state: Int32Array) => within.every((holds) => holds(state)) }),
    again
  }
  // A predicate that must eventually be true forever fails if it is false infinitely often,
  // whatever is true in between.
  if (form === "eventually always")
    return { ...supposed, made: "anywhere", isOpen: () => true, again: [...again, isNotDone] }
  const made = begins ?? (form === "eventually" ? "initially" : "anywhere")
  return { ...supposed, made, isOpen: isNotDone }
}
