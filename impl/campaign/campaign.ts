/**
 * A campaign: the checks and simulations to run, as data, and the units of work that they yield.
 */
import { createHash } from "node:crypto"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { JsonMistake, JsonReader } from "../environment/json-reader.ts"

const maxSeeds = 10_000_000
const maxUnits = 1_000_000
/** Simulating this number of seeds takes some seconds. */
const defaultSeedsAtOnce = 20

const Count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxSeeds }))
const Amount = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))
const Word = Schema.String.check(Schema.isPattern(/^[\w.+'-]{1,200}$/))
const listOf = <S extends Schema.Constraint>(item: S) =>
  Schema.Array(item).check(Schema.isMinLength(1), Schema.isMaxLength(10_000))

/** The seeds from the first one on. */
const Seeds = Schema.Struct({
  from: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 31 - 1 }))
  ),
  count: Count
})

/** Where a check stops by itself; the check is inconclusive then. */
const Limits = Schema.Struct({
  seconds: Schema.optionalKey(Count),
  states: Schema.optionalKey(Count),
  /** In bytes, with K, M or G. */
  memory: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^\d{1,12}[KMG]?$/)))
})

/** Checks of each scenario, as each variant, within each of the bounds. */
const Checks = Schema.Struct({
  /** Shipped scenarios, folders of them, and files: the arguments of `quorate check`. */
  scenarios: listOf(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(1000))),
  /** Instead of the scenario's own variant. */
  variants: Schema.optionalKey(listOf(Word)),
  /** Each entry holds fields of a scenario, which replace the scenario's own: `{"servers": 5}`. */
  bounds: Schema.optionalKey(listOf(Schema.Record(Word, Schema.Json))),
  properties: Schema.optionalKey(listOf(Word)),
  expect: Schema.optionalKey(Schema.Literals(["holds", "violated"])),
  limits: Schema.optionalKey(Limits),
  /** Random runs of each seed in place of an exhaustive search. */
  random: Schema.optionalKey(Schema.Struct({ seeds: Seeds, runs: Count }))
})

const plan = {
  servers: Schema.optionalKey(Amount),
  spares: Schema.optionalKey(Amount),
  reconfigurations: Schema.optionalKey(Amount),
  clients: Schema.optionalKey(Amount),
  registers: Schema.optionalKey(Amount),
  operations: Schema.optionalKey(Amount),
  faultMilliseconds: Schema.optionalKey(Amount),
  liars: Schema.optionalKey(Amount),
  lyingDisks: Schema.optionalKey(Schema.Boolean)
}

/** Simulations of each protocol, as each variant, within each of the bounds, of each seed. */
const Simulations = Schema.Struct({
  protocols: listOf(Word),
  variants: Schema.optionalKey(listOf(Word)),
  bounds: Schema.optionalKey(listOf(Schema.Struct(plan))),
  seeds: Seeds,
  /** The number of seeds in one unit of work. */
  atOnce: Schema.optionalKey(Count)
})

export const Campaign = Schema.Struct({
  $schema: Schema.optionalKey(Schema.String),
  /** Campaigns with different names are different, and each starts from its beginning. */
  name: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(200))),
  checks: Schema.optionalKey(Schema.Array(Checks).check(Schema.isMaxLength(1000))),
  simulations: Schema.optionalKey(Schema.Array(Simulations).check(Schema.isMaxLength(1000)))
})
export type Campaign = typeof Campaign.Type

const Text = Schema.String.check(Schema.isMaxLength(4_000_000))

/**
 * A unit of work is a command. It carries the text of its scenario, so a runner needs no files from
 * the machine that began the campaign.
 */
export const Unit = Schema.Struct({
  kind: Schema.Literals(["check", "simulation", "minimisation"]),
  /** The unit's title, for people. */
  title: Text,
  arguments: Schema.Array(Text),
  /** What the command reads from standard input. */
  input: Schema.optionalKey(Text),
  /** The command that repeats the unit, for people. */
  replay: Text,
  /** The seeds of the unit, if any. */
  seeds: Schema.optionalKey(Schema.Struct({ from: Schema.Int, count: Count }))
})
export type Unit = typeof Unit.Type

/** A scenario named by a campaign, and its text. */
export interface Named {
  readonly name: string
  readonly text: string
}

/** What is wrong with a campaign, and where. */
export class CampaignRefused extends Schema.TaggedError<CampaignRefused>()("CampaignRefused", {
  message: Schema.String
}) {}

export const readCampaign = (
  parseJson: JsonReader,
  source: string,
  text: string
): Result.Result<Campaign, CampaignRefused> =>
  Result.mapError(
    Result.flatMap(Result.mapError(parseJson(text), describeMistake), (data) =>
      Result.mapError(
        Schema.decodeUnknownResult(Campaign)(data, { errors: "all", onExcessProperty: "error" }),
        ({ message }) => message
      )
    ),
    (problem) => new CampaignRefused({ message: `${source}: ${problem}` })
  )

const example = '{"checks": [{"scenarios": ["majority"]}]}'

const describeMistake = ({
  place,
  problem,
  mend = `write a campaign such as ${example}`
}: JsonMistake): string => `${place}: ${problem} — ${mend}`

/**
 * The units of a campaign, in their order. `named` returns the scenarios that an argument stands
 * for.
 */
export const unitsOf = (
  campaign: Campaign,
  named: (argument: string) => ReadonlyArray<Named>
): Result.Result<ReadonlyArray<Unit>, CampaignRefused> => {
  const { checks = [], simulations = [] } = campaign
  const size = simulations.reduce(
    (sum, { protocols, variants, bounds, seeds, atOnce = defaultSeedsAtOnce }) =>
      sum +
      protocols.length *
        (variants?.length ?? 1) *
        (bounds?.length ?? 1) *
        Math.ceil(seeds.count / atOnce),
    checks.reduce(
      (sum, { scenarios, variants, bounds, random }) =>
        sum +
        scenarios.length *
          (variants?.length ?? 1) *
          (bounds?.length ?? 1) *
          (random?.seeds.count ?? 1),
      0
    )
  )
  if (size > maxUnits)
    return Result.fail(
      new CampaignRefused({
        message: `the campaign has ${size} units of work or more: use at most ${maxUnits}, with more seeds "atOnce"`
      })
    )
  const units = [
    ...checks.flatMap((one) => checksOf(one, named)),
    ...simulations.flatMap(simulationsOf)
  ]
  return units.length > 0
    ? Result.succeed(units)
    : Result.fail(
        new CampaignRefused({ message: `there is nothing to do: add "checks" or "simulations"` })
      )
}

/**
 * What distinguishes a campaign from others: its name and its units, as this version would run
 * them.
 */
export const identityOf = (
  { name = "" }: Campaign,
  units: ReadonlyArray<Unit>,
  version: string
): string =>
  createHash("sha256")
    .update(JSON.stringify([version, name, units]))
    .digest("hex")
    .slice(0, 12)

const checksOf = (
  checks: typeof Checks.Type,
  named: (argument: string) => ReadonlyArray<Named>
): ReadonlyArray<Unit> => {
  const { variants = [undefined], bounds = [undefined], limits = {}, random } = checks
  const flags = [
    ...flag("properties", checks.properties?.join(",")),
    ...flag("expect", checks.expect),
    ...flag("max-seconds", limits.seconds),
    ...flag("max-states", limits.states),
    ...flag("max-memory", limits.memory)
  ]
  const seeds = random === undefined ? [undefined] : listed(random.seeds)
  return checks.scenarios.flatMap(named).flatMap((scenario) =>
    variants.flatMap((variant) =>
      bounds.flatMap((bound) =>
        seeds.map((seed): Unit => {
          const input = changed(scenario.text, variant, bound)
          const drawn =
            seed === undefined
              ? []
              : ["--order", "random", ...flag("seed", seed), ...flag("runs", random?.runs)]
          const all = [...flags, ...drawn]
          return {
            kind: "check",
            title: [
              scenario.name,
              ...(variant === undefined ? [] : [variant]),
              ...(bound === undefined ? [] : [JSON.stringify(bound)]),
              ...(seed === undefined ? [] : [`seed ${seed}`])
            ].join(" "),
            arguments: ["check", "-", "--json", "--workers", "1", ...all],
            input,
            replay:
              input === scenario.text
                ? ["quorate check", quoted(scenario.name), ...all].join(" ")
                : `printf %s ${quoted(input)} | ${["quorate check -", ...all].join(" ")}`,
            ...(seed === undefined ? {} : { seeds: { from: seed, count: 1 } })
          }
        })
      )
    )
  )
}

/** The scenario as another variant and within other bounds; the same text if neither is given. */
const changed = (
  text: string,
  variant: string | undefined,
  bound: Readonly<Record<string, unknown>> | undefined
): string => {
  if (variant === undefined && bound === undefined) return text
  const read = Result.try(() => JSON.parse(text.replace(/^\uFEFF/, "")) as object)
  // The check itself reports a text that is not a scenario.
  if (Result.isFailure(read)) return text
  return JSON.stringify({
    ...read.success,
    ...(variant === undefined ? {} : { variant }),
    ...bound
  })
}

const simulationsOf = (simulations: typeof Simulations.Type): ReadonlyArray<Unit> => {
  const { variants = [undefined], bounds = [{}], seeds } = simulations
  const { atOnce = defaultSeedsAtOnce } = simulations
  const { from = 1, count } = seeds
  const firsts = Array.from({ length: Math.ceil(count / atOnce) }, (_, at) => from + at * atOnce)
  return simulations.protocols.flatMap((protocol) =>
    variants.flatMap((variant) =>
      bounds.flatMap((bound) =>
        firsts.map((first) => {
          const runs = Math.min(atOnce, from + count - first)
          const flags = [
            ...flag("protocol", protocol),
            ...flag("variant", variant),
            ...Object.entries(bound).flatMap(([name, value]) => flag(dashed(name), value)),
            ...flag("seed", first),
            ...flag("runs", runs)
          ]
          return {
            kind: "simulation",
            title: [
              protocol,
              ...(variant === undefined ? [] : [variant]),
              ...(Object.keys(bound).length === 0 ? [] : [JSON.stringify(bound)]),
              `seeds ${first}–${first + runs - 1}`
            ].join(" "),
            arguments: ["simulate", "--json", ...flags],
            replay: ["quorate simulate", ...flags].join(" "),
            seeds: { from: first, count: runs }
          } as const
        })
      )
    )
  )
}

/** The unit that minimises a violating run of a simulation, by the command that repeats it. */
export const minimisationOf = (title: string, replay: string): Unit => ({
  kind: "minimisation",
  title,
  arguments: [...replay.split(" ").slice(1), "--json", "--minimise"],
  replay
})

const listed = ({ from = 1, count }: typeof Seeds.Type): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, at) => from + at)

const flag = (
  name: string,
  value: string | number | boolean | undefined
): ReadonlyArray<string> => {
  if (value === undefined || value === false) return []
  return value === true ? [`--${name}`] : [`--${name}`, `${value}`]
}

const dashed = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** A word of a shell. */
const quoted = (text: string): string =>
  /^[\w./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
