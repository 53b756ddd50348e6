/**
 * What the commands of the runtime fail with: a message for people, and an exit code.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const exitCodes = {
  badInput: 2,
  /**
   * What was found is not what it must be: a history that is not atomic, a run that departs from
   * the specification.
   */
  violated: 12,
  /** Nobody answered in time. */
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
 * Any typed failure of the runtime as one of the command. What is wrong with what the user said is
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
