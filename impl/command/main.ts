#!/usr/bin/env node
/**
 * The package's one command. This is the only file that knows what is checked, what is proved and
 * what is run.
 */
import { run } from "../../checker/command/quorate.ts"
import { proveCommand } from "../../proofs/command/prove.ts"
import { withoutMinus } from "./arguments.ts"
import { runtimeCommands } from "./runtime.ts"

process.argv.splice(2, Number.POSITIVE_INFINITY, ...withoutMinus(process.argv.slice(2)))
// A run of a model is replayed by the checker, one of the store by the runtime.
if (process.argv[2] === "replay" && process.argv.some((one) => /^--model(=|$)/.test(one)))
  process.argv[2] = "validate"
await run([...runtimeCommands, proveCommand])
