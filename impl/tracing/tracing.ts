/**
 * Traces: the causes and effects of one operation across all endpoints, as a tree of spans.
 *
 * An operation is a span at its client. A node that handles a message opens a span, a child of the
 * span that caused the message. Messages carry the span that caused them as a W3C trace context
 * (`00-TRACE-SPAN-FLAGS`). Processes do not see traces: their steps are the same with and without
 * tracing.
 */
import * as Schema from "effect/Schema"

/** A span, as text that a message carries. */
export const TraceContext = Schema.String.check(
  Schema.isPattern(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
)
export type TraceContext = string

export interface OpenSpan {
  readonly context: TraceContext
  /** Ends the span, with its problem if it failed. */
  readonly end: (problem?: string) => void
}

export type Attributes = Readonly<Record<string, string | number | boolean>>

/** Receives spans. */
export interface Tracing {
  /**
   * Begins a span, with the span that caused it if that is known; undefined if it will not be
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

/** The name of a message in a trace. */
export const nameOfMessage = (message: unknown): string => {
  const tag = (message as { readonly _tag?: unknown } | null)?._tag
  return typeof tag === "string" ? tag : "message"
}
