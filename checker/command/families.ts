/**
 * The checker's sub-commands. A process loads only the one that it was started for: loading all of
 * them takes longer than most of them run.
 */
import type { Command } from "effect/cli"

/**
 * A sub-command that needs only what every command has. Its errors may carry their own `exitCode`.
 */
export type Subcommand = Command.Command.Any

/** Sub-commands that are loaded together, by their names. */
export interface Family {
  readonly names: ReadonlyArray<string>
  readonly load: () => Promise<ReadonlyArray<Subcommand>>
}

export const ofTheChecker: ReadonlyArray<Family> = [
  { names: ["check"], load: async () => [(await import("./check.ts")).checkCommand] },
  { names: ["explore"], load: async () => [(await import("./explore.ts")).exploreCommand] },
  { names: ["list"], load: async () => [(await import("./list.ts")).list] },
  { names: ["show"], load: async () => [(await import("./show.ts")).show] },
  { names: ["init"], load: async () => [(await import("./init.ts")).initCommand] },
  { names: ["mcp"], load: async () => [(await import("./mcp.ts")).mcpCommand] },
  { names: ["schema"], load: async () => [(await import("./schema.ts")).schemaCommand] }
]

/** The family that has the sub-command; if none has it, or none is named, all families. */
export const loaded = async (
  families: ReadonlyArray<Family>,
  name?: string
): Promise<ReadonlyArray<Subcommand>> => {
  const family = families.find(({ names }) => name !== undefined && names.includes(name))
  const chosen = family === undefined ? families : [family]
  return (await Promise.all(chosen.map(({ load }) => load()))).flat()
}
