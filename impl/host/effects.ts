/**
 * The effects of handling one input, until they are durable.
 */
import type { Change } from "../../spec/kernel/keyed.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { AnyObservation } from "../../spec/kernel/observation.ts"
import type { Envelope } from "../link/frame.ts"
import type { TraceContext } from "../tracing/tracing.ts"

/** All effects of handling one input, until they are durable. */
export interface Effects {
  /** The span that the effects belong to. */
  readonly trace: TraceContext | undefined
  readonly steps: Array<Change & { readonly node: NodeId }>
  readonly replies: Array<Envelope>
  readonly posts: Array<{
    readonly peer: string
    readonly sequence: number
    readonly envelope: Envelope
  }>
  readonly shown: Array<readonly [NodeId, string, AnyObservation]>
}

export const noEffects = (trace?: TraceContext): Effects => ({
  trace,
  steps: [],
  replies: [],
  posts: [],
  shown: []
})
