/**
 * What a relation expects of its properties: whether that can be, when enough is known of them, and
 * whether they are as they should be.
 */
import { deadlockFreedom } from "../engine/findings.ts"
import { suggest } from "../scenario/refusal.ts"
import { RelationIllFormed } from "./ill-formed.ts"
import type { Expectation, Relation } from "./relation.ts"
import type { PropertyReport } from "./report.ts"

/** A property that a search decides as it goes, or afterwards. */
export interface Demanded {
  readonly name: string
  readonly form: PropertyReport<never>["form"]
}

interface Properties {
  readonly decided: ReadonlyArray<Demanded>
  readonly live: ReadonlyArray<Demanded>
}

/** Everything that is demanded of a relation. */
export const demandedOf = (
  { decided, live }: Properties,
  checksDeadlock: boolean
): ReadonlyArray<Demanded> => [
  ...decided,
  ...live,
  ...(checksDeadlock ? [{ name: deadlockFreedom, form: "deadlock" } as const] : [])
]

/** What is expected of a property that nobody checks would seem to be as expected. */
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
          ? "say `deadlock: true` as well"
          : names.length === 0
            ? "give the relation that property, or expect nothing"
            : suggest(name, names)
      )
    if (!verdicts.includes(verdict))
      refuse(name, `${JSON.stringify(verdict)} is no verdict`, 'write "holds" or "violated"')
  }
}

const verdicts: ReadonlyArray<unknown> = ["holds", "violated"] satisfies ReadonlyArray<Expectation>

/**
 * Whether what was found is enough to know: a violation that was not expected; or whatever could be
 * found. (That the others hold, or that what is never to be reached is not, only the end tells.)
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

/** Whether a property is as it was expected to be; nothing else said, as it should be. */
export const isAsExpected = ({
  verdict,
  expected = "holds"
}: Pick<PropertyReport<never>, "verdict" | "expected">): boolean => verdict === expected

/** What is said of a relation of which nothing is demanded. */
export const nothingAsked =
  "nothing was asked: the model has no property, and so nothing could fail"
