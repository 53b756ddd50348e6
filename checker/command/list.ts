/**
 * `quorate list`: everything that can be checked, by folder, with a description of each.
 */
import * as Console from "effect/Console"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { protocols, type StorageProtocol } from "../../spec/protocols.ts"
import { deadlockFreedom } from "../engine/findings.ts"
import { reductions } from "../network/reductions.ts"
import { fitted } from "../report/lines.ts"
import { suggest } from "../scenario/load.ts"
import { refuse } from "./check-jobs.ts"
import { proseColumns, screenOf } from "./screen.ts"
import { descriptionOf, shippedNames } from "./shipped.ts"

const flags = {
  folder: Argument.String("folder").pipe(
    Argument.withDescription(
      "Show only the scenarios of this folder, such as rambo or rambo/mutants"
    ),
    Argument.optional
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("Print one JSON document"),
    Flag.withDefault(false)
  )
}

export const list = Command.make(
  "list",
  flags,
  Effect.fnUntraced(function* ({ folder, json }) {
    const all = scenarios()
    const wanted = Option.getOrUndefined(folder)?.replace(/\/$/, "")
    const chosen =
      wanted === undefined ? all : all.filter(({ name }) => name.startsWith(`${wanted}/`))
    if (chosen.length === 0) {
      const folders = [...new Set(all.map((one) => one.folder))]
      return yield* refuse(`there is no folder "${wanted}" — ${suggest(wanted ?? "", folders)}`)
    }
    if (json)
      return yield* Console.log(
        JSON.stringify(wanted === undefined ? document(chosen) : chosen, undefined, 2)
      )
    const text = wanted === undefined ? listing(chosen) : folderText(chosen)
    yield* Console.log(fitted(text, proseColumns(screenOf())))
  })
).pipe(
  Command.withDescription(
    "Show the scenarios by folder, and the protocols, variants, properties, bounds and reductions"
  )
)

interface Listed {
  readonly name: string
  readonly folder: string
  readonly description: string
}

const scenarios = (): ReadonlyArray<Listed> =>
  shippedNames().map((name) => ({
    name,
    folder: name.slice(0, name.lastIndexOf("/")),
    description: descriptionOf(name)
  }))

const document = (all: ReadonlyArray<Listed>) => ({
  protocols: protocols.map(({ name, about, objects, properties, variants, bounds = [] }) => ({
    name,
    about,
    operations: objects.flatMap(({ kinds }) => kinds.map(({ syntax }) => syntax)),
    properties: [
      ...properties.map((property) => ({ name: property.name, about: property.about })),
      { name: deadlockFreedom, about: aboutDeadlock }
    ],
    bounds: bounds.map((bound) => ({ name: bound.name, about: bound.about, usual: bound.usual })),
    variants: variants.map((variant) => ({ name: variant.name, about: variant.about }))
  })),
  reductions: reductions.map(({ name, about }) => ({ name, about })),
  scenarios: all
})

const aboutDeadlock = "no state without a next step leaves an operation pending"

/** The scenarios, one folder after another, each with the first sentence of its description. */
const folderText = (all: ReadonlyArray<Listed>): string => {
  const folders = [...new Set(all.map(({ folder }) => folder))]
  return folders
    .map((folder) => {
      const inside = all.filter((one) => one.folder === folder)
      const width = Math.min(44, Math.max(...inside.map(({ name }) => name.length)))
      const lines = inside.map(({ name, description }) =>
        `  ${name.padEnd(width)}  ${firstSentence(description)}`.trimEnd()
      )
      return [`${folder}/`, ...lines].join("\n")
    })
    .join("\n\n")
}

const firstSentence = (text: string): string => text.split(/(?<=[.?!])\s/)[0] ?? ""

const listing = (all: ReadonlyArray<Listed>): string => {
  const ofProtocols = protocols.map((protocol) =>
    [
      `protocol ${protocol.name}: ${protocol.about}`,
      `  operations: ${protocol.objects.flatMap(({ kinds }) => kinds.map(({ syntax }) => syntax)).join("; ")}`,
      "  properties:",
      ...inColumns([
        ...protocol.properties.map(({ name, about }) => [name, about] as const),
        [deadlockFreedom, aboutDeadlock]
      ]),
      ...boundsOf(protocol),
      "  variants:",
      ...inColumns(protocol.variants.map(({ name, about }) => [String(name), about]))
    ].join("\n")
  )
  const ofReductions = [
    "reductions:",
    ...inColumns(
      reductions.map(({ name, about, onRequest }) => [
        name,
        `${about}${onRequest === true ? " (on request)" : ""}`
      ])
    )
  ]
  return [
    ...ofProtocols,
    ofReductions.join("\n"),
    `scenarios (quorate show NAME shows one; quorate list FOLDER lists those of a folder):\n\n${folderText(all)}`
  ].join("\n\n")
}

/** Names and their descriptions, one below another. */
const inColumns = (
  entries: ReadonlyArray<readonly [name: string, about: string]>
): ReadonlyArray<string> => {
  const width = Math.max(...entries.map(([name]) => name.length))
  return entries.map(([name, about]) => `    ${name.padEnd(width)}  ${about}`)
}

/** The bounds that a scenario of the protocol may set, and their defaults. */
const boundsOf = ({ bounds = [] }: StorageProtocol): ReadonlyArray<string> =>
  bounds.length === 0
    ? []
    : [
        "  bounds:",
        ...inColumns(bounds.map(({ name, about, usual }) => [name, `${about} (usual: ${usual})`]))
      ]
