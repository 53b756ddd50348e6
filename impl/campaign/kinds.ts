/**
 * Kinds of violations: runs that end alike and differ by their seeds alone. Of each kind one is
 * made smaller.
 */
import { createHash } from "node:crypto"
import type { Unit } from "./campaign.ts"
import type { Outcome, Violation } from "./outcome.ts"

/** The kinds of the violations of a simulation, each with the first of them. */
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

/** What the unit that makes a violation of a kind smaller is called. */
export const smallerId = (campaign: string, kind: string): string =>
  `${campaign}:smaller:${createHash("sha256").update(kind).digest("hex").slice(0, 12)}`
