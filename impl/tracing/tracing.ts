/**
 * Traces: what one operation caused, at every endpoint, as a tree of spans.
 *
 * An operation is a span at its client; handling a message is a span at the node that does it, a
 * child of the span that caused the message. Messages carry the span that caused them as a W3C
 * trace context (`00-TRACE-SPAN-FLAGS`). Tracing says nothing to processes: steps are the same with
 * it and without.
 */
import * as Schema from "effect/Schema"

/** The span that causes something, as text that travels with it. */
export const TraceContext = Schema.String.check(
  Schema.isPattern(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
)
export type TraceContext = string

export interface OpenSpan {
  readonly context: TraceContext
  /** Ends the span, with what went wrong if something did. */
  readonly end: (problem?: string) => void
}

export type Attributes = Readonly<Record<string, string | number | boolean>>

/** Where spans go. */
export interface Tracing {
  /**
   * Begins a span, caused by another one or by nothing that is known; undefined if it will not be
   * recorded.
   */
  readonly begin: (
    name: string,
    kind: "client" | "server",
    cause: TraceContext | undefined,
    attributes: Attributes
  ) => OpenSpan | undefined
}

/** The ids in a trace context. */
export const idsIn = (
  context: TraceContext
): { readonly traceId: string; readonly spanId: string } => {
  const [, traceId = "", spanId = ""] = context.split("-")
  return { traceId, spanId }
}

export const contextOf = ({ traceId, spanId }: ReturnType<typeof idsIn>): TraceContext =>
  `00-${traceId.padStart(32, "0")}-${spanId}-01`

/** What a message is called. */
export const nameOfMessage = (message: unknown): string => {
  const tag = (message as { readonly _tag?: unknown } | null)?._tag
  return typeof tag === "string" ? tag : "message"
}
