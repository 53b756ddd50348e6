/**
 * `quorate init`: writes the files that a newcomer starts with: a scenario that an editor can
 * complete, and a model to change.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Console from "effect/Console"
import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { scenarioJsonSchema } from "../scenario/scenario.ts"
import { BadInput } from "./check.ts"

const scenario = `{
  "$schema": "./scenario.schema.json",
  "description": "A write, two reads, and a storage node that may crash at any time.",
  "protocol": "majority",
  "servers": 3,
  "clients": [["write 1"], ["read", "read"]],
  "faults": { "crashes": { "servers": 1 } },
  "expect": { "atomicity": "holds" }
}
`

const model = `// A transition system of your own: npx quorate check model.mjs, npx quorate explore model.mjs
export default {
  // What a state is: any record of plain data.
  initial: [{ turn: "left", left: "idle", right: "idle" }],
  // What can happen: the fields that change. No successor means that the action is not enabled.
  actions: {
    "left asks": ({ left }) => (left === "idle" ? [{ left: "waiting" }] : []),
    "right asks": ({ right }) => (right === "idle" ? [{ right: "waiting" }] : []),
    "left enters": ({ turn, left }) => (left === "waiting" && turn === "left" ? [{ left: "inside" }] : []),
    "right enters": ({ turn, right }) => (right === "waiting" && turn === "right" ? [{ right: "inside" }] : []),
    "left leaves": ({ left }) => (left === "inside" ? [{ left: "idle", turn: "right" }] : []),
    "right leaves": ({ right }) => (right === "inside" ? [{ right: "idle", turn: "left" }] : [])
  },
  // What must be true of every state. (Leave a condition out above, and see how it breaks.)
  invariants: { "never both inside": ({ left, right }) => left !== "inside" || right !== "inside" },
  deadlock: true
}
`

/** The files to write, in the order of the output. */
const files = () => [
  {
    name: "scenario.json",
    content: scenario,
    about: "a first scenario"
  },
  {
    name: "scenario.schema.json",
    content: `${JSON.stringify(scenarioJsonSchema(), undefined, 2)}\n`,
    about: "the schema that editors complete scenarios with"
  },
  { name: "model.mjs", content: model, about: "a model of your own" }
]

export const initCommand = Command.make(
  "init",
  {
    folder: Argument.String("folder").pipe(
      Argument.withDescription("The folder to write into; the current one by default"),
      Argument.withDefault(".")
    )
  },
  Effect.fnUntraced(function* ({ folder }) {
    const there = files().filter(({ name }) => existsSync(join(folder, name)))
    if (there.length > 0)
      return yield* new BadInput({
        message: `${there.map(({ name }) => join(folder, name)).join(", ")} exists already; nothing was written — name another folder`
      })
    const written = Result.try(() => {
      mkdirSync(folder, { recursive: true })
      for (const { name, content } of files())
        writeFileSync(join(folder, name), content, { flag: "wx" })
    })
    if (Result.isFailure(written)) {
      const { code, path } = written.failure as NodeJS.ErrnoException
      return yield* new BadInput({ message: `${path ?? folder} cannot be written (${code})` })
    }
    for (const { name, about } of files())
      yield* Console.log(`${join(folder, name).padEnd(26)}  ${about}`)
    const [scenarioFile, modelFile] = ["scenario.json", "model.mjs"].map((name) =>
      join(folder, name)
    )
    yield* Console.log(
      [
        "",
        "next:",
        `  npx quorate check ${scenarioFile} ${modelFile}`,
        `  npx quorate explore ${scenarioFile}`,
        `  npx quorate explore ${modelFile}`
      ].join("\n")
    )
  })
).pipe(
  Command.withDescription("Write a first scenario, its schema, and a model of your own"),
  Command.withExamples([
    { command: "quorate init first", description: "Start in the folder first" }
  ])
)
