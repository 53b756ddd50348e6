/**
 * `quorate prove`: proves the models, for any number of nodes, clients and operations.
 */
import { availableParallelism } from "node:os"
import * as Console from "effect/Console"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { counterexample } from "../induction/counterexample.ts"
import { obligationsOf } from "../induction/obligations.ts"
import { isPinned, outcomeOf } from "../induction/outcome.ts"
import { prove } from "../induction/prove.ts"
import { told } from "../induction/told.ts"
import type { ModelledProtocol, ModelVariant } from "../induction/variant.ts"
import { protocols } from "../protocols.ts"
import { nativeSolver, programs } from "../solver/native.ts"
import { remembering } from "../solver/remembering.ts"
import type { Solver } from "../solver/solver.ts"
import { wasmSolver } from "../solver/wasm.ts"
import { documentOf, type Report, tableFoot, tableHead, tableRow } from "./report.ts"
import { exitCodeOf, mostSevere, ProofRefused } from "./result.ts"

const solverNames = ["wasm", "native", "z3", "cvc5"] as const
type SolverName = (typeof solverNames)[number]

const flags = {
  protocols: Argument.String("protocol").pipe(
    Argument.withDescription(
      `What to prove: ${protocols.map(({ name }) => name).join(", ")}; all of it by default`
    ),
    Argument.variadic()
  ),
  solver: Flag.Literals("solver", solverNames).pipe(
    Flag.withDescription("Z3 in WebAssembly, or a solver on the PATH (native: z3, or else cvc5)"),
    Flag.withDefault("wasm" as const)
  ),
  variant: Flag.String("variant").pipe(
    Flag.withDescription(
      "A variant or a mutant, instead of the correct ones; `all` for each of them"
    ),
    Flag.optional
  ),
  workers: Flag.Int("workers").pipe(
    Flag.withDescription(
      "How many solvers work at the same time; as many as there are processors, at most 2"
    ),
    Flag.optional
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("Print one JSON document, or an array of them for several models"),
    Flag.withDefault(false)
  )
}

const solverOf = (name: SolverName): Solver => {
  switch (name) {
    case "wasm":
      return wasmSolver()
    case "native":
      return nativeSolver()
    case "z3":
    case "cvc5":
      return nativeSolver(programs[name])
  }
}

const refuse = (message: string) => Effect.fail(new ProofRefused({ message, exitCode: 2 }))

/** The requested protocols. */
const chosenProtocols = (names: ReadonlyArray<string>) =>
  names.length === 0
    ? Effect.succeed(protocols)
    : Effect.forEach(names, (name) => {
        const found = protocols.find((one) => one.name === name)
        const known = protocols.map((one) => one.name).join(", ")
        return found === undefined
          ? refuse(`there is no model of ${name}; there are ${known}`)
          : Effect.succeed(found)
      })

/** The requested variants of each; by default, all correct ones. */
const chosenVariants = (chosen: ReadonlyArray<ModelledProtocol>, variant: string | undefined) => {
  const wanted = chosen.flatMap((protocol) =>
    protocol.variants
      .filter(({ name, breaks }) =>
        variant === undefined ? breaks.length === 0 : variant === "all" || name === variant
      )
      .map((one) => ({ protocol, variant: one }))
  )
  const known = chosen.flatMap(({ variants }) => variants.map(({ name }) => name)).join(", ")
  return wanted.length === 0
    ? refuse(`there is no variant ${variant}; there are ${known}`)
    : Effect.succeed(wanted)
}

/**
 * Proves the obligations of a variant, with several solvers in parallel, until all are proved or
 * the user stops it.
 */
const proveVariant = async (
  protocol: ModelledProtocol,
  variant: ModelVariant,
  solvers: ReadonlyArray<Solver>,
  isStopped: () => boolean
): Promise<Report> => {
  const started = performance.now()
  const obligations = obligationsOf(variant.model)
  const { shown: done } = await prove(variant.model, solvers, {
    ...{ reasons: protocol.reasons, obligations, isStopped },
    expected: (obligation) => (isPinned(variant, obligation) ? "refuted" : "shown")
  })
  const outcome = outcomeOf(variant, done)
  const [solver] = solvers
  const first = outcome.failures.find(
    ({ verdict, obligation }) => verdict === "refuted" && obligation.kind !== "possible"
  )
  const found =
    first === undefined || solver === undefined || isStopped()
      ? undefined
      : await counterexample(solver, variant.model, first.obligation)
  return {
    protocol,
    variant,
    solver: solver?.name ?? "",
    outcome,
    obligations: obligations.length,
    shown: done.filter(({ verdict }) => verdict === "shown").length,
    isComplete: done.length === obligations.length,
    seconds: (performance.now() - started) / 1000,
    ...(found !== undefined && { counterexample: told(found) })
  }
}

export const proveCommand = Command.make(
  "prove",
  flags,
  Effect.fnUntraced(function* (given) {
    const chosen = yield* chosenProtocols(given.protocols)
    const wanted = yield* chosenVariants(chosen, Option.getOrUndefined(given.variant))
    const workers = Option.getOrElse(given.workers, () => Math.min(2, availableParallelism()))
    if (workers < 1) return yield* refuse("--workers needs at least 1")
    let stopped = false
    const stop = () => {
      stopped = true
    }
    process.on("SIGINT", stop)
    process.on("SIGTERM", stop)
    const solvers = yield* Effect.try({
      try: () => remembering(Array.from({ length: workers }, () => solverOf(given.solver))),
      catch: (error) => error
    })
    const width = process.stdout.columns || undefined
    if (!given.json) yield* Console.log(tableHead(width))
    const reports: Array<Report> = []
    for (const { protocol, variant } of wanted) {
      if (stopped) break
      const report = yield* Effect.tryPromise({
        try: () => proveVariant(protocol, variant, solvers, () => stopped),
        catch: (error) => error
      })
      reports.push(report)
      if (!given.json) yield* Console.log(tableRow(report, width))
    }
    for (const solver of solvers) solver.close()
    process.off("SIGINT", stop)
    process.off("SIGTERM", stop)
    if (given.json) {
      const documents = reports.map(documentOf)
      yield* Console.log(
        JSON.stringify(wanted.length === 1 ? documents[0] : documents, undefined, 2)
      )
    } else {
      yield* Console.log(tableFoot(reports))
    }
    process.exitCode = stopped ? 14 : mostSevere(reports.map(exitCodeOf))
  })
).pipe(
  Command.withDescription("Prove the protocols for any number of nodes, clients and operations")
)
