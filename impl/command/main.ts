#!/usr/bin/env node
/**
 * The package's one command. This is the only file that knows what is checked, what is proved and
 * what is run.
 */
import { run } from "../../checker/command/quorate.ts"
import { replayOfModel } from "../../checker/command/replay-of-model.ts"
import { proveCommand } from "../../proofs/command/prove.ts"
import { withoutMinus } from "./arguments.ts"
import { replayCommandWith } from "./replay.ts"
import { runtimeCommands } from "./runtime.ts"

process.argv.splice(2, Number.POSITIVE_INFINITY, ...withoutMinus(process.argv.slice(2)))
await run([...runtimeCommands, replayCommandWith(replayOfModel), proveCommand])
