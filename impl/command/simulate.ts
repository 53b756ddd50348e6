/**
 * `quorate simulate`: seeded runs of the runtime over a simulated network, clock and disks.
 */

import * as Console from "effect/Console"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { runnableNamed } from "../protocols.ts"
import { commandOf, minimise } from "../simulator/minimise.ts"
import { defaultPlan, describeFault, faultsOf, type Plan } from "../simulator/plan.ts"
import { type Outcome, Simulation } from "../simulator/simulation.ts"
import { CommandFailed, exitCodes, refuse } from "./failure.ts"
import { protocol } from "./flags.ts"
import { simulateDbqs } from "./simulate-dbqs.ts"

const flags = {
  protocol,
  variant: Flag.String("variant").pipe(
    Flag.withDescription("The variant to run instead of the protocol itself"),
    Flag.optional
  ),
  seed: Flag.Int("seed").pipe(Flag.withDescription("The first seed"), Flag.withDefault(1)),
  runs: Flag.Int("runs").pipe(
    Flag.withDescription("How many seeds to run, starting with the first"),
    Flag.withDefault(1)
  ),
  servers: Flag.Int("servers").pipe(
    Flag.withDescription(
      "Storage nodes of the first configuration (3; 4 with a protocol that tolerates a liar; 200 with dbqs)"
    ),
    Flag.optional
  ),
  spares: Flag.Int("spares").pipe(
    Flag.withDescription(
      "Storage nodes that join later (0; with dbqs, one per 100 nodes and epoch)"
    ),
    Flag.optional
  ),
  reconfigurations: Flag.Int("reconfigurations").pipe(
    Flag.withDescription("How often the configuration is replaced under load (0; 3 with dbqs)"),
    Flag.optional
  ),
  clients: Flag.Int("clients").pipe(
    Flag.withDescription("Clients at a time (4; not with dbqs)"),
    Flag.optional
  ),
  registers: Flag.Int("registers").pipe(
    Flag.withDescription("Registers, each checked by its own history (3; 30 with dbqs)"),
    Flag.optional
  ),
  operations: Flag.Int("operations").pipe(
    Flag.withDescription("Operations in all (600); with dbqs, of each of an object's clients (6)"),
    Flag.optional
  ),
  faultMilliseconds: Flag.Int("fault-milliseconds").pipe(
    Flag.withDescription("How long faults happen, in simulated time (10000; not with dbqs)"),
    Flag.optional
  ),
  liars: Flag.Int("liars").pipe(
    Flag.withDescription(
      "How many of them lie, with --protocol byzantine and dbqs (by default as many as are tolerated)"
    ),
    Flag.optional
  ),
  faults: Flag.String("faults").pipe(
    Flag.withMetavar("NUMBER,…|none"),
    Flag.withDescription("Which of the seed's faults happen; all by default"),
    Flag.optional
  ),
  lyingDisks: Flag.Boolean("lying-disks").pipe(
    Flag.withDescription(
      "Disks that report a sync without doing it, which the simulation must detect"
    ),
    Flag.withDefault(false)
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("Run every seed, and print one JSON document with the outcome of each"),
    Flag.withDefault(false)
  ),
  minimise: Flag.Boolean("minimise").pipe(
    Flag.withDescription(
      "With --json: minimise failing runs (without --json the first one always is)"
    ),
    Flag.withDefault(false)
  )
}

export const simulateCommand = Command.make(
  "simulate",
  flags,
  Effect.fnUntraced(function* (given) {
    for (const name of ["seed", "runs"] as const) {
      if (given[name] < (name === "seed" ? 0 : 1))
        return yield* refuse(`--${name}: ${given[name]} is too small`)
    }
    if (given.minimise && !given.json)
      return yield* refuse(
        "--minimise needs --json: without it, the failing run is always minimised"
      )
    if (given.protocol === "dbqs") return yield* simulateDbqs(given)
    const runnable = runnableNamed(given.protocol)
    const { variants, variant, reconfiguration, isTrusted = false } = runnable
    const size = Option.getOrElse(given.servers, () => (isTrusted ? 4 : defaultPlan.servers))
    if (size < 1) return yield* refuse(`--servers: ${size} is too small`)
    const bearable = Math.ceil(size / 3) - 1
    const liars = Option.getOrElse(given.liars, () => (isTrusted ? bearable : 0))
    if (liars < 0 || liars > (isTrusted ? bearable : 0)) {
      return yield* refuse(
        `--liars: of ${size} storage nodes ${isTrusted ? `${bearable} may lie` : `none may lie with ${given.protocol} — try --protocol byzantine`}`
      )
    }
    const chosen = Option.getOrElse(given.variant, () => variant)
    if (!variants.some(({ name }) => name === chosen)) {
      return yield* refuse(
        `--variant: ${given.protocol} has no variant "${chosen}" (quorate list shows them)`
      )
    }
    const sizes = sizesOf(given)
    for (const name of ["clients", "registers", "operations"] as const) {
      if (sizes[name] < 1) return yield* refuse(`--${name}: ${sizes[name]} is too small`)
    }
    if (sizes.spares < 0 || sizes.reconfigurations < 0)
      return yield* refuse("--spares, --reconfigurations: write 0 or more")
    if (sizes.reconfigurations > 0 && reconfiguration === undefined && !isTrusted)
      return yield* refuse(
        `--reconfigurations: ${given.protocol} never changes its configuration — try --protocol rambo`
      )
    if (isTrusted && sizes.spares < sizes.reconfigurations)
      return yield* refuse(
        `--spares: ${sizes.spares} are too few for ${sizes.reconfigurations} reconfigurations — with ${given.protocol} a removed node never returns, so each needs a new one`
      )
    const faults = Option.map(given.faults, (text) =>
      text === "none" ? [] : text.split(",").map((part) => Number(part))
    )
    if (Option.isSome(faults) && !faults.value.every(Number.isInteger)) {
      return yield* refuse("--faults: write the numbers of faults, such as 3,7, or none")
    }
    const { json, minimise: minimises, runs, seed, lyingDisks } = given
    const plan: Plan = {
      ...{ seed, protocol: given.protocol, variant: chosen, servers: size, lyingDisks, ...sizes },
      ...(isTrusted ? { liars } : {}),
      ...(Option.isSome(faults) ? { faults: faults.value } : {})
    }
    const verdictOf = (one: Plan) => new Simulation(one, runnable).run()
    if (json) return yield* printRuns(plan, runs, minimises, verdictOf)
    const started = performance.now()
    let messages = 0
    let operations = 0
    let crashes = 0
    let reconfigurations = 0
    for (let seed = given.seed; seed < given.seed + given.runs; seed++) {
      const outcome = verdictOf({ ...plan, seed })
      messages += outcome.messages
      operations += outcome.completed
      crashes += outcome.crashes
      reconfigurations += outcome.reconfigurations
      if (outcome.verdict !== "atomic") {
        return yield* fail({ ...plan, seed }, outcome, (one) => verdictOf(one).verdict)
      }
    }
    const minutes = (performance.now() - started) / 60_000
    yield* Console.log(
      [
        `${given.runs} ${given.runs === 1 ? "run" : "runs"}: every history is atomic, and every pending operation completed after the faults`,
        `${operations} operations, ${crashes} crashes, ${reconfigurations === 0 ? "" : `${reconfigurations} reconfigurations, `}${messages} messages (${(messages / minutes / 1e6).toFixed(1)} million a minute)`
      ].join("\n")
    )
  })
).pipe(
  Command.withDescription(
    "Run nodes and clients over a simulated network, clock and disks, by seed"
  ),
  Command.withExamples([
    { command: "quorate simulate --runs 20", description: "Twenty runs, with all kinds of faults" },
    {
      command: "quorate simulate --protocol majority --variant quorum-one-short",
      description: "A mutant: a failing run, and the command that repeats it"
    }
  ])
)

type Sizes = Pick<
  Plan,
  "spares" | "reconfigurations" | "clients" | "registers" | "operations" | "faultMilliseconds"
>

/** The given sizes, and the defaults of the others. */
const sizesOf = (
  given: {
    readonly [Name in keyof Sizes]: Option.Option<number>
  }
): Sizes => {
  const or = (name: keyof Sizes): number => Option.getOrElse(given[name], () => defaultPlan[name])
  return {
    ...{ spares: or("spares"), reconfigurations: or("reconfigurations"), clients: or("clients") },
    ...{ registers: or("registers"), operations: or("operations") },
    faultMilliseconds: or("faultMilliseconds")
  }
}

/** Runs every seed, and prints the outcome of each. */
const printRuns = Effect.fnUntraced(function* (
  plan: Plan,
  runs: number,
  minimises: boolean,
  outcomeOf: (plan: Plan) => Outcome
) {
  const all = Array.from({ length: runs }, (_, at) => {
    const one = { ...plan, seed: plan.seed + at }
    const { verdict, reason, completed, messages, crashes, reconfigurations } = outcomeOf(one)
    const told =
      minimises && verdict !== "atomic"
        ? minimise(one, verdict, (smaller) => outcomeOf(smaller).verdict)
        : one
    return {
      ...{ seed: one.seed, verdict, reason, operations: completed, messages },
      ...{ crashes, reconfigurations, replay: commandOf(told) }
    }
  })
  yield* Console.log(JSON.stringify({ protocol: plan.protocol, variant: plan.variant, runs: all }))
  const broken = all.filter(({ verdict }) => verdict !== "atomic")
  if (broken.length > 0)
    return yield* new CommandFailed({
      message: `${broken.length} of ${runs} runs failed`,
      exitCode: exitCodes.violated
    })
})

const fail = Effect.fnUntraced(function* (
  plan: Plan,
  { verdict, reason }: Outcome,
  verdictOf: (plan: Plan) => Outcome["verdict"]
) {
  const smaller = minimise(plan, verdict, verdictOf)
  yield* Console.log(
    [
      `seed ${plan.seed}: ${verdict}: ${reason}`,
      "",
      "it fails only with these faults:",
      ...faultsOf(smaller).map((fault) => `  ${describeFault(fault)}`),
      "",
      "again with:",
      `  ${commandOf(smaller)}`
    ].join("\n")
  )
  return yield* new CommandFailed({
    message: `seed ${plan.seed}: ${verdict}`,
    exitCode: exitCodes.violated
  })
})
