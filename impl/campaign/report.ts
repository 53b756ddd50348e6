/**
 * The report of a campaign, as one table and as JSON.
 */
import { kindOf, smallerId } from "./kinds.ts"
import type { Outcome, Violation } from "./outcome.ts"
import type { Done } from "./storage.ts"

export interface FoundViolation extends Violation {
  /** The unit that found it. */
  readonly unit: string
  /** The command that shows the same violation in a smaller run, if this one was minimised. */
  readonly smaller?: string
}

export interface CampaignReport {
  readonly campaign: string
  readonly name: string
  /** Whether every unit is done. */
  readonly finished: boolean
  readonly units: number
  readonly done: number
  readonly verdicts: Readonly<Record<Outcome["verdict"], number>>
  /** The number of seeds run, and the counts of all units. */
  readonly seeds: number
  readonly counts: Readonly<Record<string, number>>
  /** The total time of the units, one after the other. */
  readonly seconds: number
  readonly runners: Readonly<Record<string, number>>
  readonly violations: ReadonlyArray<FoundViolation>
  readonly outcomes: ReadonlyArray<{
    readonly id: string
    readonly title: string
    readonly verdict: Outcome["verdict"]
    readonly reason: string
    readonly runner: string
    readonly seconds: number
    readonly seeds: ReadonlyArray<number>
    readonly counts: Readonly<Record<string, number>>
    readonly replay: string
  }>
}

/** The report, from what is known of all units that are done, minimisations included. */
export const reportOf = (
  campaign: string,
  name: string,
  units: number,
  all: ReadonlyArray<Done>
): CampaignReport => {
  const done = all.filter(({ unit }) => unit.kind !== "minimisation").toSorted(byId)
  const smaller = new Map(
    all
      .filter(({ unit }) => unit.kind === "minimisation")
      .map(({ id, outcome }) => [id, outcome.violations[0]])
  )
  const violations = done.flatMap(({ unit, outcome }) =>
    outcome.violations.map((violation): FoundViolation => {
      const found = smaller.get(smallerId(campaign, kindOf(violation)))
      const isIt = unit.kind === "simulation" && found?.seed === violation.seed
      return {
        ...violation,
        unit: unit.title,
        ...(isIt && found !== undefined ? { smaller: found.replay } : {})
      }
    })
  )
  const counting = <Key extends string>(keys: ReadonlyArray<Key>): Record<Key, number> => {
    const counts = {} as Record<Key, number>
    for (const key of keys) counts[key] = (counts[key] ?? 0) + 1
    return counts
  }
  return {
    campaign,
    name,
    finished: done.length >= units,
    units,
    done: done.length,
    verdicts: { ...noVerdicts, ...counting(done.map(({ outcome }) => outcome.verdict)) },
    seeds: done.reduce((sum, { outcome }) => sum + outcome.seeds.length, 0),
    counts: added(done.map(({ outcome }) => outcome.counts)),
    seconds: done.reduce((sum, { seconds }) => sum + seconds, 0),
    runners: counting(done.map(({ runner }) => runner)),
    violations,
    outcomes: done.map(({ id, unit, runner, seconds, outcome }) => ({
      id,
      title: unit.title,
      verdict: outcome.verdict,
      reason: outcome.reason,
      runner,
      seconds,
      seeds: outcome.seeds,
      counts: outcome.counts,
      replay: unit.replay
    }))
  }
}

const noVerdicts = { asExpected: 0, violated: 0, inconclusive: 0, refused: 0, failed: 0 }

/** In the order of the campaign: an identity ends with a number. */
const byId = (left: Done, right: Done): number => numberOf(left.id) - numberOf(right.id)
const numberOf = (id: string): number => Number(id.slice(id.lastIndexOf(":") + 1))

const added = (all: ReadonlyArray<Readonly<Record<string, number>>>): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const counts of all)
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count
  return sums
}

const words = {
  asExpected: "as expected",
  violated: "violated",
  inconclusive: "inconclusive",
  refused: "refused",
  failed: "failed"
} as const

const wordsOf = (outcome: CampaignReport["outcomes"][number] | undefined): string =>
  words[outcome?.verdict ?? "asExpected"]

/**
 * A line for each scenario or simulation, over all its seeds; then the violations, by kind.
 */
export const tableOf = (report: CampaignReport): string => {
  const groups = grouped(report.outcomes, ({ title }) => title.replace(/ seeds? [\d–]+$/, ""))
  const rows = [...groups].map(([title, outcomes]) => {
    const verdicts = grouped(outcomes, ({ verdict }) => verdict)
    return [
      title,
      verdicts.size === 1
        ? wordsOf(outcomes[0])
        : [...verdicts].map(([, some]) => `${some.length} ${wordsOf(some[0])}`).join(", "),
      Object.entries(added(outcomes.map(({ counts }) => counts)))
        .map(([name, count]) => `${count.toLocaleString("en")} ${name}`)
        .join(", "),
      `${outcomes.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1)} s`
    ]
  })
  const unsaid = report.outcomes
    .filter(({ verdict }) => verdict === "refused" || verdict === "failed")
    .map(({ title, reason }) => `${title}: ${reason}`)
  const kinds = grouped(report.violations, (violation) =>
    violation.seed === undefined ? violation.replay : kindOf(violation)
  )
  const stories = [...kinds.values()].flatMap((some) => {
    const first = some.find(({ smaller }) => smaller !== undefined) ?? some[0]
    if (first === undefined) return []
    return [
      "",
      `${first.unit}: ${first.what}: ${first.reason}`,
      ...(some.length === 1 ? [] : [`  (${some.length} such, of different seeds)`]),
      `  ${first.smaller ?? first.replay}`
    ]
  })
  return [...aligned(rows), ...unsaid, ...stories, "", lastLine(report)].join("\n")
}

const lastLine = (report: CampaignReport): string => {
  const { finished, done, units, seeds, seconds, runners } = report
  const by = Object.keys(runners).length
  return [
    finished
      ? `${units} ${units === 1 ? "unit" : "units"} of work, all done`
      : `${done} of ${units} units of work done`,
    ...(seeds === 0 ? [] : [`${seeds.toLocaleString("en")} seeds`]),
    `${seconds.toFixed(0)} s of work by ${by} ${by === 1 ? "runner" : "runners"}`
  ].join(", ")
}

const aligned = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(width(column))))
      .join("  ")
      .trimEnd()
  )
}

const grouped = <Item>(
  items: ReadonlyArray<Item>,
  keyOf: (item: Item) => string
): ReadonlyMap<string, ReadonlyArray<Item>> => {
  const groups = new Map<string, Array<Item>>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}
