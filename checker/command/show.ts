/**
 * `quorate show SCENARIO`: the description of a scenario, its file, its expectations, and its size.
 */
import * as Console from "effect/Console"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describeOperation } from "../../spec/kernel/object.ts"
import type { Relation } from "../relation/relation.ts"
import { eventSentence } from "../report/event-sentence.ts"
import { fitted } from "../report/lines.ts"
import { wordsOf } from "../report/trace.ts"
import { load } from "../scenario/load.ts"
import { propertyNames } from "../scenario/scenario.ts"
import { readManifest } from "./manifest.ts"
import { exportedAt } from "./model-file.ts"
import { proseColumns, screenOf } from "./screen.ts"
import { fileOf } from "./shipped.ts"
import { type Source, sourcesOf } from "./sources.ts"

const flags = {
  scenarios: Argument.String("scenario").pipe(
    Argument.withDescription("A shipped scenario, a file, a model, or a folder"),
    Argument.variadic({ min: 1 })
  ),
  json: Flag.Boolean("json").pipe(Flag.withDescription("Print JSON"), Flag.withDefault(false))
}

export const show = Command.make(
  "show",
  flags,
  Effect.fnUntraced(function* ({ scenarios, json }) {
    const sources = yield* sourcesOf(scenarios)
    const shown = yield* Effect.forEach(sources, (source) => Effect.fromResult(shownOf(source)))
    if (json)
      yield* Console.log(JSON.stringify(shown.length === 1 ? shown[0] : shown, undefined, 2))
    else yield* Console.log(fitted(shown.map(textOf).join("\n\n"), proseColumns(screenOf())))
  })
).pipe(
  Command.withDescription(
    "Show a scenario: its file, its clients, its expected verdicts and its size"
  ),
  Command.withExamples([
    { command: "quorate show naive/new-write-old-read", description: "What this scenario shows" }
  ])
)

interface Shown {
  readonly scenario: string
  readonly file: string
  readonly description: string
  readonly protocol: string
  readonly clients: Readonly<Record<string, ReadonlyArray<string>>>
  /** The steps that precede the search, if there are any. */
  readonly after?: ReadonlyArray<string>
  readonly bounds: Readonly<Record<string, number>>
  /** The checked properties, and the expectation of each; null if there is none. */
  readonly properties: Readonly<Record<string, string | null>>
  /** The size of its state space, all reductions on. */
  readonly counts: Readonly<Record<string, number>> | null
}

const shownOf = (source: Source) => {
  if (source.model !== undefined && exportedAt(source.model)._tag === "Relation")
    return Result.succeed(modelOf(source))
  return Result.map(
    loaded(source),
    ({ name, description = "", model, bounds, checksDeadlock, expect }): Shown => {
      const checked = [
        ...model.properties.map((property) => property.name),
        ...(checksDeadlock ? propertyNames({ properties: [] }) : [])
      ]
      return {
        scenario: name,
        file: source.model?.file ?? fileOf(name),
        description,
        protocol: model.protocol.name,
        clients: Object.fromEntries(
          Object.entries(model.scripts).map(([client, script]) => [
            client,
            script.map((operation) => describeOperation(model.protocol.objects, operation))
          ])
        ),
        ...(model.after && {
          after: model.after.map((event) => eventSentence(wordsOf(model), event))
        }),
        bounds,
        properties: Object.fromEntries(
          checked.map((property) => [property, expect.get(property) ?? null])
        ),
        counts: countsOf(name)
      }
    }
  )
}

const loaded = ({ name, text, model }: Source) => {
  const exported = model === undefined ? undefined : exportedAt(model)
  return exported?._tag === "Scenario"
    ? Result.succeed({ ...exported.scenario, name })
    : load(name, text)
}

const modelOf = ({ name, model }: Source): Shown => {
  const exported = model === undefined ? undefined : exportedAt(model)
  const relation = exported?._tag === "Relation" ? exported.relation : undefined
  return {
    scenario: name,
    file: model?.file ?? name,
    description: relation?.description ?? "",
    protocol: `a model with the actions ${Object.keys(relation?.actions ?? {}).join(", ")}`,
    clients: {},
    bounds: {},
    properties: relation === undefined ? {} : relationProperties(relation),
    counts: null
  }
}

/** The checked properties of a relation, and the expectation of each. */
export const relationProperties = ({
  invariants,
  steps,
  refines,
  sometimes,
  eventually,
  alwaysEventually,
  eventuallyAlways,
  leadsTo,
  expect = {}
}: Relation<object>): Shown["properties"] => {
  const safety = [invariants, steps, refines]
  const named = [...safety, eventually, alwaysEventually, eventuallyAlways, leadsTo, sometimes]
  return Object.fromEntries(
    named
      .flatMap((one) => Object.keys(one ?? {}))
      .map((property) => [property, expect[property] ?? null])
  )
}

/** The counts of the manifest, if there is one and it contains the scenario. */
const countsOf = (name: string): Shown["counts"] => {
  const read = Result.try(readManifest)
  const found = Result.isSuccess(read) ? read.success[name] : undefined
  return found === undefined
    ? null
    : { distinct: found.distinct, generated: found.generated, depth: found.depth }
}

const textOf = ({
  scenario,
  file,
  description,
  protocol,
  clients,
  after = [],
  bounds,
  properties,
  counts
}: Shown): string =>
  [
    scenario,
    ...(description === "" ? [] : [`  ${description}`]),
    `  file: ${file}`,
    `  protocol: ${protocol}`,
    ...Object.entries(clients).map(([client, script]) => `  ${client}: ${script.join(", ")}`),
    ...after.map((sentence, index) => `  ${index === 0 ? "after" : "     "} ${sentence}`),
    ...Object.entries(bounds).map(([name, bound]) => `  ${name} up to ${bound}`),
    ...Object.entries(properties).map(
      ([name, expected]) => `  ${name.padEnd(24)} ${expected ?? "holds (the default)"}`
    ),
    ...(counts === null
      ? []
      : [
          `  size: ${Object.entries(counts)
            .map(([name, count]) => `${name} ${count.toLocaleString("en")}`)
            .join(", ")}`
        ])
  ].join("\n")
