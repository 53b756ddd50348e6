/**
 * `quorate simulate --protocol dbqs`: a membership service that probes, evicts and admits, and the
 * objects of a hash table on the nodes of its epochs, by seed. Every history is judged.
 */

import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { variants } from "../../spec/dbqs/variants.ts"
import {
  type DhtOutcome,
  type DhtPlan,
  defaultDhtPlan,
  mostLiars,
  simulateDht
} from "../simulator/dht/simulation.ts"
import { CommandFailed, exitCodes, refuse } from "./failure.ts"

/** The options of the command; an absent option was not given. */
export interface GivenToDbqs {
  readonly seed: number
  readonly runs: number
  readonly json: boolean
  readonly minimise: boolean
  readonly lyingDisks: boolean
  readonly variant: Option.Option<string>
  readonly servers: Option.Option<number>
  readonly spares: Option.Option<number>
  readonly reconfigurations: Option.Option<number>
  readonly clients: Option.Option<number>
  readonly registers: Option.Option<number>
  readonly operations: Option.Option<number>
  readonly faultMilliseconds: Option.Option<number>
  readonly faults: Option.Option<string>
  readonly liars: Option.Option<number>
}

const most = { nodes: 10_000, objects: 10_000, epochs: 100, operations: 1000 }

/** Runs the seeds. Fails with `CommandFailed` if a flag is invalid or a history is not atomic. */
export const simulateDbqs = Effect.fnUntraced(function* (given: GivenToDbqs) {
  const plan = yield* planOf(given)
  const seeds = Array.from({ length: given.runs }, (_, at) => given.seed + at)
  const all: Array<Run> = []
  for (const seed of seeds) {
    const outcome = simulateDht({ ...plan, seed })
    all.push({ seed, outcome })
    if (!given.json && isWrong(outcome)) break
  }
  const wrong = all.filter(({ outcome }) => isWrong(outcome))
  const variant = Option.getOrElse(given.variant, () => "correct")
  const again = ({ seed, outcome }: Run): string => {
    const one = { ...plan, seed }
    const isSmaller = isWrong(outcome) && (given.minimise || !given.json)
    return commandOf(isSmaller ? smallest(one) : one, variant)
  }
  if (given.json) yield* Console.log(JSON.stringify(documentOf(all, variant, again)))
  const [first] = wrong
  if (first === undefined) {
    if (!given.json) yield* Console.log(tellAll(all.map(({ outcome }) => outcome)))
    return
  }
  const { verdict, reason } = told(first.outcome)
  if (!given.json)
    yield* Console.log(
      [`seed ${first.seed}: ${verdict}: ${reason}`, "", "again with:", `  ${again(first)}`].join(
        "\n"
      )
    )
  return yield* new CommandFailed({
    message: `${wrong.length} of ${all.length} runs failed`,
    exitCode: exitCodes.violated
  })
})

/** The plan without a seed, within the bounds of the simulator. */
const planOf = Effect.fnUntraced(function* (given: GivenToDbqs) {
  const unknown = [
    ...(Option.isSome(given.clients) ? ["clients"] : []),
    ...(Option.isSome(given.faultMilliseconds) ? ["fault-milliseconds"] : []),
    ...(Option.isSome(given.faults) ? ["faults"] : []),
    ...(given.lyingDisks ? ["lying-disks"] : [])
  ]
  if (unknown.length > 0)
    return yield* refuse(`--${unknown[0]} is not supported with --protocol dbqs — leave it out`)
  const name = Option.getOrElse(given.variant, () => "correct")
  const rules = variants.find((variant) => variant.name === name)?.rules
  if (rules === undefined)
    return yield* refuse(`--variant: dbqs has no variant "${name}" (quorate list shows them)`)
  const or = (value: Option.Option<number>, standard: number) =>
    Option.getOrElse(value, () => standard)
  const nodes = or(given.servers, 200)
  const epochs = or(given.reconfigurations, defaultDhtPlan.epochs - 1) + 1
  const joins = or(given.spares, (epochs - 1) * Math.ceil(nodes / 100))
  const changes = epochs === 1 ? 0 : Math.floor(joins / (epochs - 1))
  const bearable = Math.max(0, mostLiars(nodes) - changes * (epochs - 1))
  const liars = or(given.liars, Math.min(Math.floor(nodes / 10), bearable))
  const objects = or(given.registers, 30)
  const operations = or(given.operations, defaultDhtPlan.operations)
  const wrong = [
    ...outside("servers", nodes, 16, most.nodes),
    ...outside("reconfigurations", epochs - 1, 0, most.epochs),
    ...outside("spares", joins, 0, most.nodes),
    ...outside("registers", objects, 1, most.objects),
    ...outside("operations", operations, 1, most.operations)
  ]
  if (wrong[0] !== undefined) return yield* refuse(wrong[0])
  if (changes * (epochs - 1) > mostLiars(nodes))
    return yield* refuse(
      `--spares: of ${nodes} nodes at most ${mostLiars(nodes)} may leave, so that no group loses two at once — take more --servers, or fewer --spares`
    )
  const [tooMany] = outside("liars", liars, 0, bearable)
  if (tooMany !== undefined) return yield* refuse(tooMany)
  return {
    ...{ nodes, objects, epochs, changes, operations, liars: liars / nodes },
    ...(name === "correct" ? {} : { rules })
  } satisfies Omit<DhtPlan, "seed">
})

const outside = (flag: string, value: number, least: number, largest: number) =>
  value >= least && value <= largest
    ? []
    : [`--${flag}: write a number from ${least} to ${largest} with --protocol dbqs`]

interface Run {
  readonly seed: number
  readonly outcome: DhtOutcome
}

/**
 * The smallest run that still fails, found by halving first its operations and then its objects.
 */
const smallest = (plan: DhtPlan): DhtPlan => {
  let found = plan
  for (const size of ["operations", "objects"] as const) {
    for (let less = found[size] >> 1; less > 0; less >>= 1) {
      const smaller = { ...found, [size]: less }
      if (!isWrong(simulateDht(smaller))) break
      found = smaller
    }
  }
  return found
}

const isWrong = ({ verdict, pending }: DhtOutcome): boolean => verdict !== "atomic" || pending > 0

/** An operation that never completes is as wrong as a history that is not atomic. */
const told = ({ verdict, reason, pending }: DhtOutcome) =>
  verdict === "atomic" && pending > 0
    ? { verdict: "stuck", reason: `${pending} operations did not complete` }
    : { verdict, reason }

const commandOf = (plan: DhtPlan, variant: string): string =>
  [
    "quorate simulate --protocol dbqs",
    `--variant ${variant}`,
    `--seed ${plan.seed}`,
    `--servers ${plan.nodes}`,
    `--spares ${plan.changes * (plan.epochs - 1)}`,
    `--reconfigurations ${plan.epochs - 1}`,
    `--registers ${plan.objects}`,
    `--operations ${plan.operations}`,
    `--liars ${Math.round(plan.liars * plan.nodes)}`
  ].join(" ")

const sum = (all: ReadonlyArray<DhtOutcome>, of: (one: DhtOutcome) => number): number =>
  all.reduce((total, one) => total + of(one), 0)

const tellAll = (all: ReadonlyArray<DhtOutcome>): string =>
  [
    `${all.length} ${all.length === 1 ? "run" : "runs"}: every history is atomic, and every operation completed`,
    `${sum(all, ({ operations }) => operations)} operations, ${sum(all, ({ evicted }) => evicted)} nodes evicted and ${sum(all, ({ joined }) => joined)} admitted, ${sum(all, ({ changedGroups }) => changedGroups)} changes of groups, ${sum(all, ({ messages }) => messages)} messages`
  ].join("\n")

/** The same document as for other protocols. */
const documentOf = (all: ReadonlyArray<Run>, variant: string, again: (run: Run) => string) => ({
  ...{ protocol: "dbqs", variant },
  runs: all.map((run) => {
    const { operations, messages, evicted, changedGroups } = run.outcome
    return {
      ...{ seed: run.seed, ...told(run.outcome), operations, messages },
      ...{ crashes: evicted, reconfigurations: changedGroups, replay: again(run) }
    }
  })
})
