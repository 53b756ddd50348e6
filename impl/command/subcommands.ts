/**
 * The sub-commands beside the checker's own. This is the only file that knows what is checked, what
 * is proved and what is run.
 */
import { version } from "../../checker/command/quorate.ts"
import { replayOfModel } from "../../checker/command/replay-of-model.ts"
import { sourcesOf } from "../../checker/command/sources.ts"
import { proveCommand } from "../../proofs/command/prove.ts"
import { campaignCommandsWith } from "./campaign.ts"
import { replayCommandWith } from "./replay.ts"
import { runtimeCommands } from "./runtime.ts"

/** `entry` is the file that the process runs. */
export const subcommandsOf = (entry: URL) => [
  ...runtimeCommands,
  replayCommandWith(replayOfModel),
  ...campaignCommandsWith({ entry, version, sourcesOf }),
  proveCommand
]
