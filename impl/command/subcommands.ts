/**
 * The sub-commands in addition to the checker's own. Only this file knows what is checked, what is
 * proved and what is run.
 */
import type { Family } from "../../checker/command/families.ts"
import { version } from "../../checker/command/version.ts"

const runtime: Family = {
  names: [
    ...["cluster", "node", "begin", "administrator", "membership", "gateway", "put", "get", "keep"],
    ...["fetch", "keys", "status", "reconfigure", "backup", "restore", "reclaim", "recover"],
    ...["simulate", "certificates"]
  ],
  load: async () => (await import("./runtime.ts")).runtimeCommands
}

const replay: Family = {
  names: ["replay"],
  load: async () => {
    const { replayOfModel } = await import("../../checker/command/replay-of-model.ts")
    const { replayCommandWith } = await import("./replay.ts")
    return [replayCommandWith(replayOfModel)]
  }
}

const campaignsOf = (entry: URL): Family => ({
  names: ["campaign", "runner"],
  load: async () => {
    const { sourcesOf } = await import("../../checker/command/sources.ts")
    const { parseJson } = await import("../../checker/scenario/json.ts")
    const { campaignCommandsWith } = await import("./campaign.ts")
    return campaignCommandsWith({
      ...{ entry, version, sourcesOf, parseJson },
      serve: async (options) =>
        (await import("../../checker/command/runners/serve.ts")).serve(options)
    })
  }
})

const proofs: Family = {
  names: ["prove"],
  load: async () => [(await import("../../proofs/command/prove.ts")).proveCommand]
}

/** `entry` is the file that the process runs. */
export const familiesOf = (entry: URL): ReadonlyArray<Family> => [
  ...[runtime, replay, campaignsOf(entry), proofs]
]
