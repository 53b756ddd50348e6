#!/usr/bin/env node
/**
 * The package's one command.
 */
import * as Result from "effect/Result"
import { run } from "../../checker/command/quorate.ts"
import { withoutMinus } from "./arguments.ts"
import { withConfiguration } from "./configuration-file.ts"
import { endWithRunner } from "./end-with-runner.ts"
import { exitCodes } from "./failure.ts"
import { familiesOf } from "./subcommands.ts"

const given = await withConfiguration(
  withoutMinus(process.argv.slice(2)),
  async () => (await import("../../checker/scenario/json.ts")).parseJson
)
if (Result.isFailure(given)) {
  process.stderr.write(`quorate: ${given.failure}\n`)
  process.exit(exitCodes.badInput)
}
process.argv.splice(2, Number.POSITIVE_INFINITY, ...given.success)
endWithRunner()
const entry = new URL(import.meta.url)
await run(entry, familiesOf(entry))
