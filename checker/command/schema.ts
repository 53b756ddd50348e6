/**
 * `quorate schema`: the JSON Schema of a scenario file.
 */
import * as Console from "effect/Console"
import { Command } from "effect/cli"
import { scenarioJsonSchema } from "../scenario/scenario.ts"

export const schemaCommand = Command.make("schema", {}, () =>
  Console.log(JSON.stringify(scenarioJsonSchema(), undefined, 2))
).pipe(Command.withDescription("Print the JSON Schema of a scenario file, for editors"))
