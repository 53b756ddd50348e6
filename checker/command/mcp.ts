/**
 * `quorate mcp`: serves the checker and the explorer to coding agents.
 */
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { version } from "./version.ts"

export const mcpCommand = Command.make("mcp", {}, () =>
  // Loading the server takes as long as a short search: help is shown without it.
  Effect.flatMap(
    Effect.promise(() => import("./mcp-server.ts")),
    ({ serve }) => serve(version)
  )
).pipe(
  Command.withDescription(
    "Serve the checker to coding agents (Model Context Protocol, standard input and output)"
  ),
  Command.withExamples([
    {
      command: "quorate mcp",
      description: "The command that an MCP client runs, as a server called quorate"
    }
  ])
)
