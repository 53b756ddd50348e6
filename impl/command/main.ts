#!/usr/bin/env node
/**
 * The package's one command.
 */
import { run } from "../../checker/command/quorate.ts"
import { withoutMinus } from "./arguments.ts"
import { endWithRunner } from "./end-with-runner.ts"

process.argv.splice(2, Number.POSITIVE_INFINITY, ...withoutMinus(process.argv.slice(2)))
endWithRunner()
const entry = new URL(import.meta.url)
await run(entry, async () => (await import("./subcommands.ts")).subcommandsOf(entry))
