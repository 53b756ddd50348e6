/**
 * Fairness and liveness of a relation: from what its author says to classes of transitions and to demands.
 */
import type { Demand } from "../liveness/fair-space.ts"
import { RelationIllFormed } from "./ill-formed.ts"
import type { Predicate, Relation } from "./relation.ts"

/** Actions that are fair together: the class is enabled, or taken, when any of them is. */
export interface FairClass {
  readonly kind: "weak" | "strong"
  readonly actions: ReadonlyArray<string>
}

/** The classes of a relation, weak ones first. Throws if they name an action that there is not. */
export const fairClasses = <State extends object>({
  actions,
  fairness = {}
}: Relation<State>): ReadonlyArray<FairClass> => {
  const known = Object.keys(actions)
  return (["weak", "strong"] as const).flatMap((kind) =>
    (fairness[kind] ?? []).map((given) => {
      const named = typeof given === "string" ? [given] : given
      const stranger = named.find((name) => !known.includes(name))
      if (stranger === undefined) return { kind, actions: named }
      throw new RelationIllFormed({
        where: `${kind} fairness`,
        problem: `there is no action "${stranger}"`,
        mend: `name one of ${known.join(", ")}`
      })
    })
  )
}

/** A class in words: `weak fairness of "pass"`. */
export const describeClass = ({ kind, actions }: FairClass): string =>
  `${kind} fairness of ${actions.map((action) => `"${action}"`).join(" or ")}`

/** A property of liveness by its name, as what must be true in the end; `after` is what has to happen before. */
export interface LiveProperty<State> {
  readonly name: string
  readonly form: "eventually" | "always eventually" | "leads to"
  readonly then: Predicate<State>
  readonly after: Predicate<State> | undefined
}

/** The properties of liveness of a relation, in the order of the report. */
export const liveProperties = <State extends object>(
  relation: Relation<State>
): ReadonlyArray<LiveProperty<State>> => {
  const { eventually = {}, alwaysEventually = {}, leadsTo = {} } = relation
  return [
    ...Object.entries(eventually).map(
      ([name, then]) => ({ name, form: "eventually", then, after: undefined }) as const
    ),
    ...Object.entries(alwaysEventually).map(
      ([name, then]) => ({ name, form: "always eventually", then, after: undefined }) as const
    ),
    ...Object.entries(leadsTo).map(
      ([name, [after, then]]) => ({ name, form: "leads to", then, after }) as const
    )
  ]
}

/** The demand that a property makes, where `judged` evaluates a predicate of the author's in a state of the engine. */
export const demandOf = <State>(
  { form, then, after }: LiveProperty<State>,
  judged: (holds: Predicate<State>) => (state: Int32Array) => boolean
): Demand => {
  const done = judged(then)
  const begins = after === undefined ? undefined : judged(after)
  const made = begins ?? (form === "eventually" ? "initially" : "anywhere")
  return { made, isOpen: (state) => !done(state) }
}
