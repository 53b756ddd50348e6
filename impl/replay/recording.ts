/**
 * Recordings of the steps of an endpoint's processes: one line of JSON for each, in order.
 *
 * The endpoint writes a line before any message of its step leaves, so a recording that ends with
 * `kill -9` lacks nothing that any other endpoint has seen.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Configuration } from "../../spec/configuration/configuration.ts"
import { NodeId } from "../../spec/kernel/node.ts"
import { ServerSet } from "../../spec/nodes/nodes.ts"
import { RecordedTrust } from "../byzantine/recorded-keys.ts"
import type { Witness } from "../host/options.ts"
import { WrittenChange, WrittenChanged, written } from "../host/record.ts"
import { type RunnableProtocol, roles, type Setup } from "../protocols.ts"

/** A process begins, or restarts after a crash, in this state. */
export const Start = Schema.TaggedStruct("Start", {
  node: NodeId,
  role: Schema.Literals(roles),
  protocol: Schema.String,
  variant: Schema.String,
  servers: ServerSet,
  configuration: Configuration,
  /** What an administrator gave to the process, in a system that has one. */
  trust: Schema.optionalKey(RecordedTrust),
  state: Schema.Array(WrittenChange)
})
export type Start = typeof Start.Type

/** An operation of any kind. */
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
  /** What the step changed of further registers, if it did. */
  others: Schema.optionalKey(Schema.Array(WrittenChange)),
  /** A send about another register than the step's names that register. */
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

/** The recording stopped: the states of its processes are unknown until they begin again. */
export const Stopped = Schema.TaggedStruct("Stopped", {})

export const Line = Schema.Union([Start, Taken, Stopped])
export type Line = typeof Line.Type

/** The recorded protocol and variant. */
type Recorded = Pick<RunnableProtocol, "name" | "variant" | "isTrusted" | "recordedTrust">

/** A witness that writes lines. */
export const witnessTo = (
  { name: protocol, variant, recordedTrust }: Recorded,
  write: (line: string) => void
): Witness => ({
  started: (process) => {
    const { id: node, role, context } = process.node
    const { servers, configuration, trust } = context as Setup
    const state = [...process.snapshot()].map(written)
    write(
      JSON.stringify({
        _tag: "Start",
        node,
        role,
        protocol,
        variant,
        servers,
        configuration,
        ...(trust === undefined ? {} : { trust: recordedTrust?.(node, trust) }),
        state
      })
    )
  },
  taken: (node, key, input, { change, others = [], sends, observations }) => {
    const { key: _key, ...changed } = change ?? { key }
    write(
      JSON.stringify({
        _tag: "Taken",
        node,
        key,
        input,
        change: change === undefined ? null : written(changed),
        ...(others.length === 0 ? {} : { others: others.map(written) }),
        sends: sends.map(({ to, message, key: about }) =>
          about === key ? { to, message } : { to, message, register: about }
        ),
        observations
      })
    )
  }
})

/** The recording cannot be written to this file. */
export class RecordingRefused extends Schema.TaggedError<RecordingRefused>()("RecordingRefused", {
  file: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `--record: ${this.file} cannot be written (${this.reason})`
  }
}

/**
 * A witness that appends to a file until the scope ends. If a write fails (on a full disk, for
 * instance), the recording stops there and records that, in the file and in the log; its process
 * continues.
 */
export const recordTo = Effect.fnUntraced(function* (file: string, recorded: Recorded) {
  // Replaying the steps would need keys, and those are erased.
  if (recorded.isTrusted === true && recorded.recordedTrust === undefined)
    return yield* new RecordingRefused({ file, reason: `steps of ${recorded.name} have secrets` })
  const services = yield* Effect.context<never>()
  const descriptor = yield* Effect.acquireRelease(
    Effect.try({
      try: () => openSync(file, "a+"),
      catch: (error) =>
        new RecordingRefused({ file, reason: String((error as NodeJS.ErrnoException).code) })
    }),
    (opened) => Effect.sync(() => closeSync(opened))
  )
  const recording = new Recording(descriptor, (error) => {
    const reason = `${error.code ?? error.message}`
    Effect.runForkWith(services)(
      Effect.logError(
        `--record: ${file} accepts no more data (${reason}): the recording has stopped, the process continues`
      )
    )
  })
  return witnessTo(recorded, (line) => recording.write(line))
})

const endsLine = (descriptor: number, size: number): boolean => {
  const last = Buffer.alloc(1)
  readSync(descriptor, last, 0, 1, size - 1)
  return last.toString("latin1") === "\n"
}

/** The end of a file to which lines are appended. */
class Recording {
  private readonly descriptor: number
  private readonly failed: (error: NodeJS.ErrnoException) => void
  private end: number
  private lastLine: number
  private isStopped = false

  constructor(descriptor: number, failed: (error: NodeJS.ErrnoException) => void) {
    this.descriptor = descriptor
    this.failed = failed
    this.end = fstatSync(descriptor).size
    this.lastLine = this.end
    // A line that was truncated when its process was killed stays a line of its own.
    if (this.end > 0 && !endsLine(descriptor, this.end)) {
      this.end += writeSync(descriptor, "\n")
      this.lastLine = this.end
    }
  }

  write(line: string): void {
    if (this.isStopped) return
    const bytes = Buffer.from(`${line}\n`, "utf8")
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.descriptor, bytes, at)
      this.lastLine = this.end
      this.end += bytes.length
    } catch (error) {
      this.isStopped = true
      this.stop()
      this.failed(error as NodeJS.ErrnoException)
    }
  }

  /**
   * Replaces the last line, for which there was room, with the record that the recording has
   * stopped.
   */
  private stop(): void {
    try {
      ftruncateSync(this.descriptor, this.lastLine)
      writeSync(this.descriptor, `${JSON.stringify({ _tag: "Stopped" })}\n`)
    } catch {}
  }
}
