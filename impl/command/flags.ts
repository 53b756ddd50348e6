/**
 * Flags that several commands of the runtime share, and how long-running ones end.
 */
import { Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { defaultProtocol, runnableProtocols } from "../protocols.ts"

export const servers = Flag.String("servers").pipe(
  Flag.withMetavar("NAME=HOST:PORT,…|file:FILE|dns:NAME"),
  Flag.withDescription("Where the storage nodes are (QUORATE_SERVERS if nothing is said)"),
  Flag.withDefault(process.env.QUORATE_SERVERS ?? "")
)

export const protocol = Flag.Literals("protocol", [...runnableProtocols]).pipe(
  Flag.withDescription("The protocol that nodes and clients run"),
  Flag.withDefault(defaultProtocol)
)

export const timeout = Flag.Int("timeout-milliseconds").pipe(
  Flag.withDescription("How long an operation may take"),
  Flag.withDefault(5000)
)

export const record = Flag.String("record").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription("Append every step to this file, for quorate replay"),
  Flag.optional
)

/** Waits for SIGTERM or Ctrl-C, or for the end of the process that started this one to go along with it. */
export const untilStopped: Effect.Effect<void> = Effect.callback<void>((resume) => {
  // A timer of the runtime keeps no process alive; waiting for a signal does.
  const alive = setInterval(() => undefined, 2 ** 30)
  const forget = (): void => {
    clearInterval(alive)
    for (const event of endings) process.off(event, stop)
  }
  const stop = (): void => {
    forget()
    resume(Effect.void)
  }
  for (const event of endings) process.on(event, stop)
  return Effect.sync(forget)
})

const endings = ["SIGTERM", "SIGINT", "disconnect"]

/** Logs go to standard error: on a terminal for people, in a pipe as one JSON document a line. */
export const withLogs = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  effect.pipe(
    Effect.provide(
      Logger.layer([process.stderr.isTTY === true ? Logger.consolePretty() : Logger.consoleJson])
    ),
    Effect.provideService(Logger.LogToStderr, true)
  )
