/**
 * Ctrl-C, and the other signals that ask a search to end.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Interruption } from "./drive.ts"

/** The signals that ask for an end, and the exit codes of processes that they ended. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/**
 * The first signal ends the search, which then prints its results and saves its state; the second
 * one ends the process. Only the command that searches listens, and only once the search has begun.
 * For other commands, and while modules are being read, these signals have their usual effect.
 */
export const interruption = Layer.effect(
  Interruption,
  Effect.sync(() => {
    let interrupted = false
    const listen = once(() => {
      for (const [signal, exitCode] of Object.entries(signals))
        process.on(signal, () => {
          if (interrupted) process.exit(exitCode)
          interrupted = true
        })
    })
    return Interruption.of({
      requested: () => {
        listen()
        return interrupted
      }
    })
  })
)

const once = (work: () => void): (() => void) => {
  let isDone = false
  return () => {
    if (!isDone) work()
    isDone = true
  }
}
