/**
 * What a relation expects of its properties: whether the expectations make sense, whether enough is
 * known to decide them, and whether the verdicts match.
 */
import { deadlockFreedom } from "../engine/findings.ts"
import { suggest } from "../scenario/refusal.ts"
import { RelationIllFormed } from "./ill-formed.ts"
import type { Expectation, Relation } from "./relation.ts"
import type { PropertyReport } from "./report.ts"

/** A property that a search decides during the search or afterwards. */
export interface Demanded {
  readonly name: string
  readonly form: PropertyReport<never>["form"]
}

interface Properties {
  readonly decided: ReadonlyArray<Demanded>
  readonly live: ReadonlyArray<Demanded>
}

/** All properties of a relation. */
export const demandedOf = (
  { decided, live }: Properties,
  checksDeadlock: boolean
): ReadonlyArray<Demanded> => [
  ...decided,
  ...live,
  ...(checksDeadlock ? [{ name: deadlockFreedom, form: "deadlock" } as const] : [])
]

/** An expectation about a property that is not checked would seem to be met. */
export const refuseExpectations = (
  { expect = {} }: Relation<object>,
  demanded: ReadonlyArray<Demanded>
): void => {
  const names = demanded.map(({ name }) => name)
  const refuse = (name: string, problem: string, mend: string) => {
    throw new RelationIllFormed({ where: `expect "${name}"`, problem, mend })
  }
  for (const [name, verdict] of Object.entries(expect)) {
    if (!names.includes(name))
      refuse(
        name,
        "no such property is checked",
        name === deadlockFreedom
          ? "set `deadlock: true` as well"
          : names.length === 0
            ? "add the property to the relation, or remove the expectation"
            : suggest(name, names)
      )
    if (!verdicts.includes(verdict))
      refuse(name, `${JSON.stringify(verdict)} is not a verdict`, 'write "holds" or "violated"')
  }
}

const verdicts: ReadonlyArray<unknown> = ["holds", "violated"] satisfies ReadonlyArray<Expectation>

/**
 * Whether the findings so far suffice: there is an unexpected violation, or every property has a
 * finding. (Only the end of the search shows that the others hold, or that a state is never
 * reached.)
 */
export const isEnoughToKnow = (
  { expect = {} }: Relation<object>,
  demanded: ReadonlyArray<Demanded>,
  found: ReadonlyArray<string>
): boolean => {
  const violated = demanded.filter(({ name, form }) => form !== "sometimes" && found.includes(name))
  if (violated.length === 0) return false
  return (
    violated.some(({ name }) => expect[name] !== "violated") ||
    demanded.every(({ name }) => found.includes(name))
  )
}

/** Whether a property has the expected verdict; by default, whether it holds. */
export const isAsExpected = ({
  verdict,
  expected = "holds"
}: Pick<PropertyReport<never>, "verdict" | "expected">): boolean => verdict === expected

/** The note for a relation without properties. */
export const nothingAsked = "nothing was checked: the model has no property that could fail"
