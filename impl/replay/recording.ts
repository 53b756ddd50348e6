/**
 * Recordings: what the processes of an endpoint did, a line of JSON for each thing, in the order in which it was done.
 *
 * A line is written before anything that its step sends leaves, so that a recording that ends with `kill -9` lacks
 * nothing that anyone has seen.
 */
import { closeSync, openSync, writeSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Configuration } from "../../spec/configuration/configuration.ts"
import { NodeId } from "../../spec/kernel/node.ts"
import { ServerSet } from "../../spec/nodes/nodes.ts"
import type { Witness } from "../host/endpoint.ts"
import { WrittenChange, WrittenChanged, written } from "../host/record.ts"
import { type Plugged, roles, type Setup } from "../protocols.ts"

/** A process begins, or begins again after a crash, with this state. */
export const Start = Schema.TaggedStruct("Start", {
  node: NodeId,
  role: Schema.Literals(roles),
  protocol: Schema.String,
  variant: Schema.String,
  servers: ServerSet,
  configuration: Configuration,
  state: Schema.Array(WrittenChange)
})
export type Start = typeof Start.Type

/** An operation, whatever it is. */
const Operation = Schema.StructWithRest(Schema.Struct({ _tag: Schema.String }), [
  Schema.Record(Schema.String, Schema.Unknown)
])

/** A process takes a step. */
export const Taken = Schema.TaggedStruct("Taken", {
  node: NodeId,
  key: Schema.String,
  input: Schema.Union([
    Schema.TaggedStruct("Invoke", { operation: Operation }),
    Schema.TaggedStruct("Receive", { from: NodeId, message: Schema.Unknown }),
    Schema.TaggedStruct("Choose", { choice: Schema.Unknown })
  ]),
  change: Schema.NullOr(WrittenChanged),
  /** Those about another register than the one of the step say which. */
  sends: Schema.Array(
    Schema.Struct({
      to: NodeId,
      message: Schema.Unknown,
      register: Schema.optionalKey(Schema.String)
    })
  ),
  observations: Schema.Array(Schema.Unknown)
})
export type Taken = typeof Taken.Type

export const Line = Schema.Union([Start, Taken])
export type Line = typeof Line.Type

/** What is recorded: a protocol, under the rules of one of its variants. */
type Recorded = Pick<Plugged, "name" | "variant">

/** A witness that writes lines. */
export const witnessTo = ({ name: protocol, variant }: Recorded, write: (line: string) => void): Witness => ({
  started: (process) => {
    const { id: node, role, context } = process.node
    const { servers, configuration } = context as Setup
    const state = process.snapshot().map(written)
    write(JSON.stringify({ _tag: "Start", node, role, protocol, variant, servers, configuration, state }))
  },
  taken: (node, key, input, { change, sends, observations }) => {
    const { key: _key, ...changed } = change ?? { key }
    write(
      JSON.stringify({
        _tag: "Taken",
        node,
        key,
        input,
        change: change === undefined ? null : written(changed),
        sends: sends.map(({ to, message, key: about }) =>
          about === key ? { to, message } : { to, message, register: about }
        ),
        observations
      })
    )
  }
})

/** The file cannot be recorded to. */
export class RecordingRefused extends Schema.TaggedError<RecordingRefused>()("RecordingRefused", {
  file: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `--record: ${this.file} cannot be written (${this.reason})`
  }
}

/** A witness that appends to a file, until the scope ends. */
export const recordTo = Effect.fnUntraced(function* (file: string, recorded: Recorded) {
  const descriptor = yield* Effect.acquireRelease(
    Effect.try({
      try: () => openSync(file, "a"),
      catch: (error) => new RecordingRefused({ file, reason: String((error as NodeJS.ErrnoException).code) })
    }),
    (opened) => Effect.sync(() => closeSync(opened))
  )
  return witnessTo(recorded, (line) => {
    writeSync(descriptor, `${line}\n`)
  })
})
