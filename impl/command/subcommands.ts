/**
 * The sub-commands in addition to the checker's own. Only this file knows what is checked, what is
 * proved and what is run.
 */
import type { Subcommand } from "../../checker/command/quorate.ts"
import { version } from "../../checker/command/version.ts"

type Family = (entry: URL) => Promise<ReadonlyArray<Subcommand>>

const runtime: Family = async () => (await import("./runtime.ts")).runtimeCommands

const replay: Family = async () => {
  const { replayOfModel } = await import("../../checker/command/replay-of-model.ts")
  const { replayCommandWith } = await import("./replay.ts")
  return [replayCommandWith(replayOfModel)]
}

const campaigns: Family = async (entry) => {
  const { sourcesOf } = await import("../../checker/command/sources.ts")
  const { campaignCommandsWith } = await import("./campaign.ts")
  return campaignCommandsWith({
    ...{ entry, version, sourcesOf },
    serve: async (options) =>
      (await import("../../checker/command/runners/serve.ts")).serve(options)
  })
}

const proofs: Family = async () => [(await import("../../proofs/command/prove.ts")).proveCommand]

const families = [runtime, replay, campaigns, proofs]

/**
 * The first family that has the sub-command; all families if none has it, or if no sub-command is
 * given. Loading all of them takes a third of the time in which a command starts. `entry` is the
 * file that the process runs.
 */
export const subcommandsOf = async (
  entry: URL,
  name?: string
): Promise<ReadonlyArray<Subcommand>> => {
  const loaded: Array<Subcommand> = []
  for (const family of families) {
    const commands = await family(entry)
    if (commands.some((command) => command.name === name)) return commands
    loaded.push(...commands)
  }
  return loaded
}
