/**
 * The failure of a command of the runtime: a message for people, and an exit code.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const exitCodes = {
  badInput: 2,
  /**
   * The result violates a property: a history that is not atomic, or a run that departs from the
   * specification.
   */
  violated: 12,
  /** No quorum answered in time. */
  unavailable: 69,
  /** A disk or a log cannot be used. */
  storage: 74
} as const

export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  message: Schema.String,
  exitCode: Schema.Int
}) {}

const codes: Readonly<Record<string, number>> = {
  Unavailable: exitCodes.unavailable,
  Overloaded: exitCodes.unavailable,
  NotAllThere: exitCodes.unavailable,
  ConfigurationForgotten: exitCodes.unavailable,
  LogDamaged: exitCodes.storage,
  RecordUnknown: exitCodes.storage,
  DiskBroken: exitCodes.storage,
  MemoryLost: exitCodes.storage
}

/**
 * Turns any typed failure of the runtime into one of the command. Invalid input of the user becomes
 * bad input.
 */
export const asCommandFailure = <
  A,
  E extends { readonly _tag: string; readonly message: string },
  R
>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, CommandFailed, R> =>
  Effect.mapError(
    effect,
    ({ _tag, message }) =>
      new CommandFailed({ message, exitCode: codes[_tag] ?? exitCodes.badInput })
  )

export const refuse = (message: string) =>
  Effect.fail(new CommandFailed({ message, exitCode: exitCodes.badInput }))
