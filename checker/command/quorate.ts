/**
 * The command `quorate`: the checker's sub-commands, and any others that its entry adds.
 */

import { stripVTControlCharacters } from "node:util"
import { isMainThread, parentPort } from "node:worker_threads"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import { type CliError, CliOutput, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { fitted } from "../report/lines.ts"
import { scenarioCompletions } from "./completions.ts"
import { ProgressDisplay } from "./drive.ts"
import { beganWith } from "./entry.ts"
import { exitCodes } from "./exit-codes.ts"
import { type Family, loaded, ofTheChecker, type Subcommand } from "./families.ts"
import { areModulesRead } from "./model-file.ts"
import { clearInPlace, proseColumns, screenOf, showInPlace } from "./screen.ts"
import { version } from "./version.ts"

const quorateWith = (subcommands: ReadonlyArray<Subcommand>) =>
  Command.make("quorate").pipe(
    Command.withDescription(
      "Reconfigurable replicated atomic storage: a specification, checked and run"
    ),
    Command.withSubcommands(subcommands)
  )

/**
 * Help goes to standard output as usual; an error in an invocation is one line on standard error.
 */
const presenter = CliOutput.layerPresenter({
  present: (event) => {
    switch (event._tag) {
      case "InvalidInvocation":
        return Console.error(
          `quorate: ${event.errors.map(({ message }) => inOneLine(message)).join("; ")}`
        )
      case "Help": {
        const screen = screenOf()
        const { formatHelpDoc } = CliOutput.defaultFormatter({
          colors: screen.colours,
          // The flags of the whole command, which `quorate --help` lists.
          globalFlags: "summary"
        })
        const lines = formatHelpDoc(event.helpDoc).split("\n")
        return Console.log(
          lines
            .map((line) => (isCommand(line) ? line : fitted(line, proseColumns(screen))))
            .join("\n")
        )
      }
      case "Version":
        return CliOutput.defaultPresenter.present(event)
    }
  }
})

/** Whether a line of a help text is a command, which people copy: it stays in one piece. */
const isCommand = (line: string): boolean =>
  stripVTControlCharacters(line).trim().startsWith("quorate ")

/** A message in one line, without anything that would move the cursor of a terminal. */
const inOneLine = (message: string): string =>
  message
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, "?")

const inPlaceMilliseconds = 200
const inLinesMilliseconds = 10_000

const progress = Layer.succeed(
  ProgressDisplay,
  process.stderr.isTTY === true
    ? ProgressDisplay.of({
        intervalMilliseconds: inPlaceMilliseconds,
        show: (line) => showInPlace(line),
        clear: () => clearInPlace()
      })
    : ProgressDisplay.of({
        intervalMilliseconds: inLinesMilliseconds,
        show: (line) => process.stderr.write(`${line}\n`),
        clear: () => undefined
      })
)

/**
 * Describes a failure for people: bad input in one line, an internal error with the details that a
 * report needs.
 */
const report = (cause: Cause.Cause<unknown>): Effect.Effect<number> => {
  const error = Cause.squash(cause) as Partial<CliError.CliError> & Error
  if (error._tag === "ShowHelp") {
    return Effect.succeed(
      (error as CliError.ShowHelp).errors.length > 0 ? exitCodes.badInput : exitCodes.asExpected
    )
  }
  const exitCode = (error as { readonly exitCode?: unknown }).exitCode
  if (typeof exitCode === "number") {
    return Effect.as(Console.error(`quorate: ${inOneLine(error.message)}`), exitCode)
  }
  const tag = error._tag as string | undefined
  if (tag === "BadInput" || tag === "ScenarioRefused") {
    const { mistakes = [error.message] } = error as { readonly mistakes?: ReadonlyArray<string> }
    const lines = mistakes.map((mistake) => `quorate: ${inOneLine(mistake)}`)
    return Effect.as(Console.error(lines.join("\n")), exitCodes.badInput)
  }
  const detail =
    process.env.QUORATE_DEBUG === undefined ? " (QUORATE_DEBUG=1 shows where)" : `\n${error.stack}`
  return Effect.as(
    Console.error(
      `quorate: internal error, please report it: ${error.name}: ${error.message}${detail}`
    ),
    exitCodes.fault
  )
}

/** What every command has. */
type Provided = NodeServices.NodeServices | ProgressDisplay

/** Runs the command with these arguments; returns an exit code if something failed. */
export const programOf = (
  given: ReadonlyArray<string>,
  subcommands: ReadonlyArray<Subcommand>
): Effect.Effect<number | undefined> =>
  (
    Command.runWith(quorateWith(subcommands), { version })(given) as Effect.Effect<
      void,
      unknown,
      Provided
    >
  ).pipe(
    Effect.provide(Layer.mergeAll(NodeServices.layer, presenter, progress)),
    Effect.exit,
    Effect.flatMap((exit) =>
      Exit.isSuccess(exit) ? Effect.succeed(undefined) : report(exit.cause)
    )
  )

/**
 * A reader that stops reading (`quorate list | head`) is not an error, and the exit code still
 * gives the verdict. A result that cannot be written is an error. Progress and logs that cannot be
 * written are lost: a full disk is no reason for a node to stop.
 */
const endQuietlyUnderClosedPipes = (): void => {
  process.stderr.on("error", () => undefined)
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return
    process.stderr.write(`quorate: the output cannot be written (${error.code})\n`)
    process.exit(exitCodes.badInput)
  })
}

/**
 * Runs the command with the process's arguments; or, in a thread that the command started, does
 * that thread's work. `entry` is the file that calls this function; `more` are the other
 * sub-commands.
 */
export const run = async (entry: URL, more: ReadonlyArray<Family>): Promise<void> => {
  beganWith(entry)
  endQuietlyUnderClosedPipes()
  if (!isMainThread && parentPort !== null) return (await import("./thread.ts")).work()
  const given = process.argv.slice(2)
  const families = given[0] === "--version" ? [] : [...ofTheChecker, ...more]
  const code = await Effect.runPromise(programOf(given, await loaded(families, given[0])))
  if (code !== undefined) process.exitCode = code
  const completions = code === undefined ? scenarioCompletions(given) : undefined
  if (completions !== undefined) process.stdout.write(`${completions}\n`)
  if (areModulesRead()) endWithoutTimers()
}

/** Leftovers of a user's module, such as a timer, do not keep a command from ending. */
const endWithoutTimers = (): void => {
  process.stdout.write("", () => process.stderr.write("", () => process.exit()))
}
