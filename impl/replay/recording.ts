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
import { Role, ServerSet } from "../../spec/kernel/node.ts"
import type { Setup } from "../../spec/kernel/protocol.ts"
import type { Witness } from "../host/endpoint.ts"

const Change = Schema.Struct({
  register: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  shared: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  dropped: Schema.optionalKey(Schema.Array(Schema.String))
})

/** A process begins, or begins again after a crash, with this state. */
export const Start = Schema.TaggedStruct("Start", {
  node: Schema.String,
  role: Role,
  protocol: Schema.String,
  variant: Schema.String,
  servers: ServerSet,
  configuration: Configuration,
  state: Schema.Array(Schema.Struct({ key: Schema.String, ...Change.fields }))
})
export type Start = typeof Start.Type

/** A process takes a step. */
export const Taken = Schema.TaggedStruct("Taken", {
  node: Schema.String,
  key: Schema.String,
  input: Schema.Union([
    Schema.TaggedStruct("Invoke", { operation: Schema.Unknown }),
    Schema.TaggedStruct("Receive", { from: Schema.String, message: Schema.Unknown }),
    Schema.TaggedStruct("Choose", { choice: Schema.Unknown })
  ]),
  change: Schema.NullOr(Change),
  sends: Schema.Array(
    Schema.Struct({
      to: Schema.String,
      message: Schema.Unknown,
      register: Schema.optionalKey(Schema.String)
    })
  ),
  observations: Schema.Array(Schema.Unknown)
})
export type Taken = typeof Taken.Type

export const Line = Schema.Union([Start, Taken])
export type Line = typeof Line.Type

/** A witness that writes lines. */
export const witnessTo = (protocol: string, write: (line: string) => void): Witness => ({
  started: (registers) => {
    const { variant, servers, configuration } = registers.context as Setup<string>
    const { self: node, process } = registers
    const state = registers.snapshot()
    const start: Start = {
      _tag: "Start",
      node,
      role: process.role,
      protocol,
      variant,
      servers,
      configuration,
      state
    }
    write(JSON.stringify(start))
  },
  taken: (node, key, input, { change, sends, observations }) => {
    const { key: _key, ...changed } = change ?? { key }
    write(
      JSON.stringify({
        _tag: "Taken",
        node,
        key,
        input,
        change: change === undefined ? null : changed,
        sends,
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
export const recordTo = Effect.fnUntraced(function* (file: string, protocol: string) {
  const descriptor = yield* Effect.acquireRelease(
    Effect.try({
      try: () => openSync(file, "a"),
      catch: (error) => new RecordingRefused({ file, reason: String((error as NodeJS.ErrnoException).code) })
    }),
    (opened) => Effect.sync(() => closeSync(opened))
  )
  return witnessTo(protocol, (line) => {
    writeSync(descriptor, `${line}\n`)
  })
})
