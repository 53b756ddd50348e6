/**
 * Spans around effects.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import {
  type Attributes,
  contextOf,
  idsIn,
  type OpenSpan,
  type TraceContext,
  type Tracing
} from "./tracing.ts"

/**
 * Runs the effect in a child of the current span, if there is one. The effect receives its span;
 * spans inside the effect are children of it.
 */
export const inSpan = <A, E, R>(
  tracing: Tracing,
  name: string,
  kind: "client" | "server",
  attributes: Attributes,
  run: (trace: TraceContext | undefined) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.option(Effect.currentParentSpan), (around) => {
    const cause = Option.getOrUndefined(Option.map(around, contextOf))
    const span = tracing.begin(name, kind, cause, attributes)
    if (span === undefined) return run(cause)
    return run(span.context).pipe(
      Effect.withParentSpan(Tracer.externalSpan(idsIn(span.context))),
      Effect.onExit((exit) => Effect.sync(() => end(span, exit)))
    )
  })

const end = (span: OpenSpan, exit: Exit.Exit<unknown, unknown>): void => {
  if (Exit.isSuccess(exit)) span.end()
  else span.end(String((Cause.squash(exit.cause) as Error).message))
}
