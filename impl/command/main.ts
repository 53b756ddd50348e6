#!/usr/bin/env node
/**
 * The package's one command. This is the only file that knows both what is checked and what is run.
 */
import { run } from "../../checker/command/quorate.ts"
import { runtimeCommands } from "./runtime.ts"

await run(runtimeCommands)
