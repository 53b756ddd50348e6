/**
 * `quorate check`: checks scenarios and says what it found.
 */
import { writeFileSync } from "node:fs"
import * as Console from "effect/Console"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Check, type CheckResult } from "../check.ts"
import type { Order } from "../engine/search.ts"
import { deadlockFreedom } from "../engine/search.ts"
import { allReductions, type ReductionName } from "../network/reductions.ts"
import { itf } from "../report/itf.ts"
import { counterexampleDocument } from "../report/json.ts"
import { mermaid } from "../report/mermaid.ts"
import { story } from "../report/story.ts"
import type { Counterexample } from "../report/trace.ts"
import { type Expected, type LoadedScenario, load, selectProperties, suggest } from "../scenario/load.ts"
import { checkDocument } from "./document.ts"
import { drive, type Limits } from "./drive.ts"
import { exitCodeOf, gravest } from "./exit-codes.ts"
import { expand, readScenario, shippedNames } from "./shipped.ts"
import { type Finished, inFull, storiesOf, summary, tableFoot, tableHead, tableRow } from "./table.ts"

/** Something on the command line cannot be used. */
export class BadInput extends Schema.TaggedError<BadInput>()("BadInput", { message: Schema.String }) {}

const formats = ["text", "json", "itf", "mermaid"] as const
type Format = (typeof formats)[number]

const flags = {
  scenarios: Argument.String("scenario").pipe(
    Argument.withDescription(
      "A shipped scenario (majority/write-read), a folder of them (naive), or a JSON file"
    ),
    Argument.variadic()
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDescription("Check every shipped scenario"),
    Flag.withDefault(false)
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("Print one JSON document, or an array of them for several scenarios"),
    Flag.withDefault(false)
  ),
  workers: Flag.Int("workers").pipe(
    Flag.withDescription("How many threads search one scenario (more than 1 is not built yet)"),
    Flag.withDefault(1)
  ),
  reduction: Flag.String("reduction").pipe(
    Flag.withMetavar("none|all|NAME,…"),
    Flag.withDescription(`Which reductions are on: ${allReductions.join(", ")}`),
    Flag.withDefault("all")
  ),
  properties: Flag.String("properties").pipe(
    Flag.withMetavar("NAME,…|none"),
    Flag.withDescription("Which properties to check, instead of the scenario's"),
    Flag.optional
  ),
  expect: Flag.String("expect").pipe(
    Flag.withMetavar("VERDICT|NAME=VERDICT,…"),
    Flag.withDescription("What to expect (holds or violated), instead of the scenario's expectations"),
    Flag.optional
  ),
  order: Flag.Literals("order", ["bfs", "dfs"]).pipe(
    Flag.withDescription("Breadth-first finds shortest counterexamples"),
    Flag.withDefault("bfs")
  ),
  maxStates: Flag.Int("max-states").pipe(
    Flag.withDescription("Stop after this many distinct states"),
    Flag.optional
  ),
  maxSeconds: Flag.Int("max-seconds").pipe(
    Flag.withDescription("Stop after this many seconds"),
    Flag.optional
  ),
  maxMemory: Flag.String("max-memory").pipe(
    Flag.withMetavar("BYTES"),
    Flag.withDescription("Stop when the process holds this much memory (K, M and G are understood)"),
    Flag.optional
  ),
  trace: Flag.String("trace").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Write the counterexample to a file, in the format of --format"),
    Flag.optional
  ),
  format: Flag.Literals("format", formats).pipe(
    Flag.withDescription("How a counterexample is written"),
    Flag.withDefault("text")
  )
}

interface Options {
  readonly json: boolean
  readonly reductions: ReadonlyArray<ReductionName>
  readonly properties: ReadonlyArray<string> | undefined
  readonly expect: string | undefined
  readonly order: Order
  readonly limits: Limits
  readonly trace: string | undefined
  readonly format: Format
}

export const checkCommand = Command.make(
  "check",
  flags,
  Effect.fnUntraced(function* (given) {
    const names = given.all ? shippedNames() : given.scenarios.flatMap(expand)
    const options = yield* optionsOf(given)
    if (given.all && given.scenarios.length > 0)
      return yield* refuse("--all checks every scenario: name none besides")
    if (names.length === 0)
      return yield* refuse("name a scenario, or say --all (quorate list shows what there is)")
    if (given.workers < 1) return yield* refuse("--workers: at least 1 is needed")
    if (options.trace !== undefined && names.length > 1)
      return yield* refuse("--trace goes with one scenario")
    const scenarios = yield* Effect.forEach(names, (name) => loadScenario(name, options))
    if (given.workers > 1) yield* Console.error("note: one worker searches; more are not built yet")
    const finished = yield* checkScenarios(scenarios, options, { all: given.all })
    yield* Effect.sync(() => {
      process.exitCode = gravest(finished.map(({ result }) => exitCodeOf(result)))
    })
  })
).pipe(
  Command.withDescription("Check scenarios exhaustively, within their bounds"),
  Command.withExamples([
    { command: "quorate check majority/write-read", description: "Check a shipped scenario" },
    {
      command: "quorate check naive",
      description: "Check the naive ways to reconfigure, and tell their stories"
    },
    {
      command: "quorate check my.json --json",
      description: "Check a file of your own, for a program to read"
    },
    {
      command: "quorate check naive/new-write-old-read --format mermaid --trace story.mmd",
      description: "Write the counterexample as a sequence diagram"
    }
  ])
)

const refuse = (message: string) => Effect.fail(new BadInput({ message }))

const optionsOf = Effect.fnUntraced(function* (given: {
  readonly json: boolean
  readonly reduction: string
  readonly properties: Option.Option<string>
  readonly expect: Option.Option<string>
  readonly order: Order
  readonly maxStates: Option.Option<number>
  readonly maxSeconds: Option.Option<number>
  readonly maxMemory: Option.Option<string>
  readonly trace: Option.Option<string>
  readonly format: Format
}) {
  const properties = Option.getOrUndefined(given.properties)
  return {
    json: given.json,
    reductions: yield* reductionsOf(given.reduction),
    properties: properties === undefined ? undefined : properties === "none" ? [] : listOf(properties),
    expect: Option.getOrUndefined(given.expect),
    order: given.order,
    limits: {
      maxStates: yield* positive("--max-states", given.maxStates),
      maxSeconds: yield* positive("--max-seconds", given.maxSeconds),
      maxMemoryBytes: yield* bytesOf(given.maxMemory)
    },
    trace: Option.getOrUndefined(given.trace),
    format: given.format
  } satisfies Options
})

const listOf = (text: string): ReadonlyArray<string> => text.split(",").map((name) => name.trim())

const reductionsOf = Effect.fnUntraced(function* (text: string) {
  if (text === "none") return []
  if (text === "all") return allReductions
  const names = listOf(text)
  const unknown = names.find((name) => !(allReductions as ReadonlyArray<string>).includes(name))
  if (unknown === undefined) return allReductions.filter((name) => names.includes(name))
  return yield* refuse(
    `--reduction: there is no reduction "${unknown}" — ${suggest(unknown, ["none", "all", ...allReductions])}`
  )
})

const positive = Effect.fnUntraced(function* (flag: string, given: Option.Option<number>) {
  const limit = Option.getOrElse(given, () => Number.POSITIVE_INFINITY)
  return limit >= 1 ? limit : yield* refuse(`${flag}: write a number of at least 1`)
})

const units: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }

const bytesOf = Effect.fnUntraced(function* (given: Option.Option<string>) {
  if (Option.isNone(given)) return Number.POSITIVE_INFINITY
  const parts = /^(\d+(?:\.\d+)?)([KMG]?)(?:i?B)?$/i.exec(given.value)
  const bytes = Number(parts?.[1]) * (units[(parts?.[2] ?? "").toUpperCase()] ?? 1)
  return bytes >= 1
    ? bytes
    : yield* refuse(`--max-memory: "${given.value}" is no size — write bytes, or a size such as 4G`)
})

/** The scenario, with the properties and expectations of the command line in place of its own. */
const loadScenario = Effect.fnUntraced(function* (name: string, options: Options) {
  const text = yield* Effect.fromResult(readScenario(name))
  const scenario = yield* Effect.fromResult(load(name, text))
  const chosen = options.properties === undefined ? scenario : yield* choose(scenario, options.properties)
  return options.expect === undefined
    ? chosen
    : { ...chosen, expect: yield* expectations(chosen, options.expect) }
})

const choose = Effect.fnUntraced(function* (scenario: LoadedScenario, given: ReadonlyArray<string>) {
  const { model } = scenario
  const names = yield* Effect.fromResult(
    selectProperties(scenario.name, "--properties", model.protocol, given)
  )
  const properties: LoadedScenario["model"]["properties"] = model.protocol.properties
  return {
    ...scenario,
    model: { ...model, properties: properties.filter(({ name }) => names.includes(name)) },
    checksDeadlock: names.includes(deadlockFreedom),
    expect: new Map([...scenario.expect].filter(([name]) => names.includes(name)))
  }
})

const expectations = Effect.fnUntraced(function* (scenario: LoadedScenario, text: string) {
  const names = [
    ...scenario.model.properties.map(({ name }) => name),
    ...(scenario.checksDeadlock ? [deadlockFreedom] : [])
  ]
  const expect = new Map<string, Expected>()
  for (const part of listOf(text)) {
    const [left, right] = part.split("=") as [string, string | undefined]
    const verdict = right ?? left
    if (verdict !== "holds" && verdict !== "violated") {
      return yield* refuse(`--expect: "${part}" — write holds, violated, or NAME=holds,NAME=violated`)
    }
    if (right !== undefined && !names.includes(left)) {
      return yield* refuse(
        `--expect: "${left}" is not among the properties that are checked — ${suggest(left, names)}`
      )
    }
    for (const name of right === undefined ? names : [left]) expect.set(name, verdict)
  }
  return expect
})

/** Checks one scenario after the other, and shows each result as it comes. */
const checkScenarios = Effect.fnUntraced(function* (
  scenarios: ReadonlyArray<LoadedScenario>,
  options: Options,
  { all }: { readonly all: boolean }
) {
  const several = scenarios.length > 1
  if (several && !options.json) yield* Console.log(tableHead())
  const finished: Array<Finished> = []
  for (const scenario of scenarios) {
    const one = yield* drive(new Check(scenario, options.order, options.reductions), options.limits)
    finished.push(one)
    if (several && !options.json) yield* Console.log(tableRow(one))
    if (one.result.stopped === "interrupted") break
  }
  if (options.json) yield* printDocuments(finished, several)
  else if (several) yield* printStories(finished, all)
  else yield* printOne(finished[0] as Finished, options)
  if (options.trace !== undefined) yield* writeTrace(options.trace, options.format, finished[0] as Finished)
  return finished
})

const printDocuments = (finished: ReadonlyArray<Finished>, several: boolean) => {
  const documents = finished.map(({ result, measured }) => checkDocument(result, measured))
  return Console.log(JSON.stringify(several ? documents : documents[0], undefined, 2))
}

/** After the table: the stories of the violations; of all scenarios at once, only what was not expected. */
const printStories = Effect.fnUntraced(function* (finished: ReadonlyArray<Finished>, all: boolean) {
  yield* Console.log(`\n${tableFoot(finished)}`)
  const told = all ? finished.filter(({ result }) => !result.asExpected) : finished
  for (const one of told) {
    const texts = all ? [inFull(one)] : storiesOf(one.result)
    for (const text of texts) yield* Console.log(`\n${text}`)
  }
})

const printOne = (finished: Finished, { format, trace }: Options) => {
  const counterexample = firstCounterexample(finished.result)
  if (format === "text" || trace !== undefined || counterexample === undefined)
    return Console.log(inFull(finished))
  return Effect.andThen(Console.error(summary(finished)), Console.log(render(format, counterexample)))
}

const firstCounterexample = (result: CheckResult): Counterexample | undefined =>
  result.properties.find(({ counterexample }) => counterexample !== undefined)?.counterexample

const render = (format: Format, counterexample: Counterexample): string => {
  switch (format) {
    case "text":
      return story(counterexample)
    case "json":
      return JSON.stringify(counterexampleDocument(counterexample), undefined, 2)
    case "itf":
      return itf(counterexample)
    case "mermaid":
      return mermaid(counterexample)
  }
}

const writeTrace = Effect.fnUntraced(function* (file: string, format: Format, { result }: Finished) {
  const counterexample = firstCounterexample(result)
  if (counterexample === undefined) return yield* Console.error(`no counterexample: ${file} was not written`)
  const written = Result.try(() => writeFileSync(file, `${render(format, counterexample)}\n`))
  if (Result.isSuccess(written)) return yield* Console.error(`the counterexample is in ${file}`)
  return yield* refuse(
    `--trace: ${file} cannot be written (${(written.failure as NodeJS.ErrnoException).code})`
  )
})
