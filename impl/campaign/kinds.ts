/**
 * Kinds of violations. Runs that end alike and differ only in their seeds are of one kind, and one
 * run of each kind is minimised.
 */
import { createHash } from "node:crypto"
import type { Unit } from "./campaign.ts"
import type { Outcome, Violation } from "./outcome.ts"

/** The kinds of violations in a simulation, each with its first violation. */
export const kindsOf = (unit: Unit, { violations }: Outcome): ReadonlyMap<string, Violation> => {
  const kinds = new Map<string, Violation>()
  if (unit.kind !== "simulation") return kinds
  for (const violation of violations) {
    const kind = kindOf(violation)
    if (!kinds.has(kind)) kinds.set(kind, violation)
  }
  return kinds
}

export const kindOf = ({ what, replay }: Violation): string =>
  `${what}: ${replay.replace(/ --seed \d+/, "")}`

/** The name of the unit that minimises a violation of a kind. */
export const smallerId = (campaign: string, kind: string): string =>
  `${campaign}:smaller:${createHash("sha256").update(kind).digest("hex").slice(0, 12)}`
