/**
 * Fairness of a relation: turns the author's declarations into classes of transitions.
 */
import { RelationIllFormed } from "./ill-formed.ts"
import type { FairSteps, Relation, StepPredicate } from "./relation.ts"

/**
 * Steps that share one fairness condition: the class is enabled, or taken, when any of its steps
 * is.
 */
export interface FairClass<State> {
  readonly kind: "weak" | "strong"
  readonly name: string
  readonly actions: ReadonlyArray<string>
  /** Which steps of the actions belong to the class; all of them if absent. */
  readonly when?: StepPredicate<State>
}

/**
 * The classes of a relation, weak ones first. Throws if they name an action that does not exist.
 */
export const fairClasses = <State extends object>({
  actions,
  fairness = {}
}: Relation<State>): ReadonlyArray<FairClass<State>> => {
  const known = Object.keys(actions)
  return (["weak", "strong"] as const).flatMap((kind) =>
    (fairness[kind] ?? []).map((given) => {
      const one = classOf(kind, given)
      const stranger = one.actions.find((name) => !known.includes(name))
      if (stranger === undefined) return one
      throw new RelationIllFormed({
        where: `${kind} fairness`,
        problem: `there is no action "${stranger}"`,
        mend: `name one of ${known.join(", ")}`
      })
    })
  )
}

const classOf = <State>(kind: "weak" | "strong", given: FairSteps<State>): FairClass<State> => {
  if (typeof given === "string") return { kind, actions: [given], name: quoted([given]) }
  if (isList(given)) return { kind, actions: given, name: quoted(given) }
  const actions = typeof given.actions === "string" ? [given.actions] : given.actions
  const name = given.name === undefined ? `a part of ${quoted(actions)}` : `"${given.name}"`
  return { kind, actions, name, when: given.when }
}

const isList = <State>(given: FairSteps<State>): given is ReadonlyArray<string> =>
  Array.isArray(given)

const quoted = (actions: ReadonlyArray<string>): string =>
  actions.map((name) => `"${name}"`).join(" or ")

/** A class in words: `weak fairness of "pass"`. */
export const describeClass = ({ kind, name }: Pick<FairClass<never>, "kind" | "name">): string =>
  `${kind} fairness of ${name}`
