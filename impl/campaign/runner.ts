/**
 * A runner takes units from the queue, one for each of its workers, runs each as a process of its
 * own, and stores the outcome.
 *
 * Each unit needs its own process. A unit keeps a processor busy for as long as it takes, while the
 * runner has to signal that it is alive; and a unit that runs out of memory must not end others.
 */
import { spawn } from "node:child_process"
import * as Effect from "effect/Effect"
import { minimisationOf } from "./campaign.ts"
import { kindsOf, smallerId } from "./kinds.ts"
import { failed, type Outcome, outcomeOf } from "./outcome.ts"
import { isDone, putOutcome, type Queued, queueOfUnits } from "./storage.ts"

/** The maximum number of attempts at a unit: runners may be lost, and processes may die. */
const maxAttempts = 5
/** The maximum number of characters read from a process. */
const maxOutput = 1 << 28

export interface RunnerOptions {
  /** The runner's name in results. */
  readonly name: string
  readonly workers: number
  /** The command to run: the program, and its first arguments. */
  readonly command: readonly [program: string, ...before: ReadonlyArray<string>]
  /** Receives a line for each unit that is done or was tried in vain. */
  readonly done: (line: string) => void
  readonly inVain: (line: string) => void
}

/** Takes units and runs them until it is interrupted; then it returns the units in progress. */
export const runUnits = Effect.fnUntraced(function* (options: RunnerOptions) {
  const queue = yield* queueOfUnits
  const worker = queue
    .take((queued, { attempts }) => doUnit(options, queued, attempts))
    .pipe(
      Effect.catchTag("UnitFailed", ({ message }) => Effect.sync(() => options.inVain(message))),
      Effect.forever
    )
  yield* Effect.all(
    Array.from({ length: options.workers }, () => worker),
    { concurrency: "unbounded", discard: true }
  )
})

/** A unit that has to be tried again. */
class UnitFailed extends Error {
  readonly _tag = "UnitFailed"
}

const doUnit = Effect.fnUntraced(function* (
  options: RunnerOptions,
  queued: Queued,
  attempts: number
) {
  // An earlier runner may have stored the outcome, but been lost before it could acknowledge the
  // unit.
  if (yield* isDone(queued)) return
  const { unit } = queued
  const started = performance.now()
  const outcome: Outcome =
    attempts > maxAttempts
      ? failed(`it was started ${maxAttempts} times, and each time its runner or its process ended`)
      : yield* attempt(options, queued, attempts)
  yield* minimiseOne(queued, outcome)
  const seconds = (performance.now() - started) / 1000
  yield* putOutcome(queued, { runner: options.name, seconds, outcome })
  options.done(`${outcome.verdict}: ${unit.title} (${seconds.toFixed(1)} s)`)
})

const attempt = Effect.fnUntraced(function* (
  { command }: RunnerOptions,
  { unit }: Queued,
  attempts: number
) {
  const ended = yield* processOf(command, unit.arguments, unit.input ?? "")
  const outcome = outcomeOf(unit, ended)
  if (outcome !== undefined) return outcome
  const how = `${unit.title}: the process ended with ${ended.signal ?? `exit code ${ended.code}`}${ended.errors === "" ? "" : `: ${ended.errors.trim().slice(-2000)}`}`
  if (attempts < maxAttempts) return yield* Effect.fail(new UnitFailed(how))
  return failed(how)
})

/**
 * Minimises the first violation of each kind in a campaign, once: its unit is named by the kind,
 * and the queue accepts no unit twice.
 */
const minimiseOne = Effect.fnUntraced(function* ({ campaign, unit }: Queued, outcome: Outcome) {
  const queue = yield* queueOfUnits
  for (const [kind, violation] of kindsOf(unit, outcome)) {
    const id = smallerId(campaign, kind)
    yield* queue.offer({ campaign, id, unit: minimisationOf(kind, violation.replay) }, { id })
  }
})

interface Ended {
  readonly code: number
  readonly signal: NodeJS.Signals | null
  readonly output: string
  readonly errors: string
}

/**
 * Runs the command to its end, and kills it when interrupted. The command ends by itself if this
 * process does.
 */
const processOf = (
  [program, ...before]: RunnerOptions["command"],
  words: ReadonlyArray<string>,
  input: string
): Effect.Effect<Ended> =>
  Effect.callback<Ended>((resume) => {
    const running = spawn(program, [...before, ...words], {
      // The channel tells the command's process when this one has ended.
      stdio: ["pipe", "pipe", "pipe", "ipc"],
      // The terminal's signals must not reach the command: a Ctrl-C would end its work early, and
      // the partial outcome would be stored.
      detached: true
    })
    let output = ""
    let errors = ""
    running.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text
      if (output.length > maxOutput) running.kill("SIGKILL")
    })
    running.stderr?.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-(1 << 14))
    })
    // A process that stops reading ends with an exit code that says why.
    running.stdin?.on("error", () => undefined)
    running.stdin?.end(input)
    running.on("error", (error) =>
      resume(Effect.succeed({ code: -1, signal: null, output: "", errors: error.message }))
    )
    running.on("close", (code, signal) =>
      resume(Effect.succeed({ code: code ?? -1, signal, output, errors }))
    )
    return Effect.sync(() => {
      running.kill("SIGKILL")
    })
  })
