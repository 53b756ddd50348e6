/**
 * Runs the command within the test's process, to test its output: starting a process takes longer
 * than everything else. Other tests of the built command show that a user's process ends with the
 * exit code and writes nothing else.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { beganWith } from "../../../checker/command/entry.ts"
import { loaded, ofTheChecker } from "../../../checker/command/families.ts"
import { programOf } from "../../../checker/command/quorate.ts"
import { withoutMinus } from "../../../impl/command/arguments.ts"
import { familiesOf } from "../../../impl/command/subcommands.ts"
import { builtCommand, type Finished } from "./installation.ts"

/** Threads begin with the built command: Node has no types to strip there. */
const entry = builtCommand()
const subcommands = await loaded([...ofTheChecker, ...familiesOf(entry)])
beganWith(entry)

/** Runs the command to its end, in this folder; one at a time, since a process has one folder. */
export const runHere = (folder: string, invocation: ReadonlyArray<string>): Promise<Finished> => {
  const finished = latest.then(() => run(folder, invocation))
  latest = finished.catch(() => undefined)
  return finished
}
let latest: Promise<unknown> = Promise.resolve()

const run = async (folder: string, invocation: ReadonlyArray<string>): Promise<Finished> => {
  const [out, err]: [Array<string>, Array<string>] = [[], []]
  const to = (lines: Array<string>) => (text: string) => {
    lines.push(`${text}\n`)
  }
  const heard: Console.Console = Object.assign(Object.create(console), {
    log: to(out),
    error: to(err)
  })
  const restore = noticed()
  process.chdir(folder)
  // The rows of a table are written as they come, and a value that is read as its bytes.
  process.stdout.write = (written: string | Uint8Array) =>
    out.push(typeof written === "string" ? written : Buffer.from(written).toString("utf8")) > 0
  try {
    const program = programOf(withoutMinus(invocation), subcommands)
    const code = await Effect.runPromise(Effect.provideService(program, Console.Console, heard))
    return {
      code: code ?? Number(process.exitCode ?? 0),
      stdout: out.join(""),
      stderr: err.join("")
    }
  } finally {
    restore()
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/** Notices what the command may change of its process, and gives how to undo that. */
const noticed = (): (() => void) => {
  const { exitCode } = process
  const { write } = process.stdout
  const folder = process.cwd()
  const listening = signals.map((signal) => process.listeners(signal))
  return () => {
    process.exitCode = exitCode
    process.stdout.write = write
    process.chdir(folder)
    for (const [at, signal] of signals.entries())
      for (const listener of process.listeners(signal))
        if (listening[at]?.includes(listener) !== true) process.off(signal, listener)
  }
}
