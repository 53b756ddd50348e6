#!/usr/bin/env node
/**
 * The package's one command. This is the only file that knows what is checked, what is proved and
 * what is run.
 */
import { run, version } from "../../checker/command/quorate.ts"
import { replayOfModel } from "../../checker/command/replay-of-model.ts"
import { sourcesOf } from "../../checker/command/sources.ts"
import { proveCommand } from "../../proofs/command/prove.ts"
import { withoutMinus } from "./arguments.ts"
import { campaignCommandsWith, endWithRunner } from "./campaign.ts"
import { replayCommandWith } from "./replay.ts"
import { runtimeCommands } from "./runtime.ts"

process.argv.splice(2, Number.POSITIVE_INFINITY, ...withoutMinus(process.argv.slice(2)))
endWithRunner()
const entry = new URL(import.meta.url)
await run(entry, [
  ...runtimeCommands,
  replayCommandWith(replayOfModel),
  ...campaignCommandsWith({ entry, version, sourcesOf }),
  proveCommand
])
