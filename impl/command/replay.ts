/**
 * `quorate replay`: compares recordings of the store with the specification, and a run in the
 * Informal Trace Format with a model.
 */
import { createReadStream } from "node:fs"
import { createInterface } from "node:readline"
import * as Console from "effect/Console"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { NodeId } from "../../spec/kernel/node.ts"
import { runnableNamed, runnableProtocols } from "../protocols.ts"
import { Line } from "../replay/recording.ts"
import { Replay } from "../replay/replay.ts"
import { CommandFailed, exitCodes } from "./failure.ts"

const decode = Schema.decodeUnknownResult(Line)

/** A line is `torn` if it is not JSON: its process was killed while writing it. */
const parse = (text: string): Result.Result<Line, "torn" | "foreign"> => {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    return Result.fail("torn")
  }
  return Result.mapError(decode(data), () => "foreign" as const)
}

const flags = {
  files: Argument.String("recording").pipe(
    Argument.withDescription(
      "Files written with --record, of all nodes and clients of a run, to check all messages; with --model, one run in the Informal Trace Format (.itf.json), or - for one on standard input"
    ),
    Argument.variadic({ min: 1 })
  ),
  model: Flag.String("model").pipe(
    Flag.withMetavar("MODEL.ts"),
    Flag.withDescription(
      "Check the run against this model (lock.ts, or lock.ts#atomic) instead of the specification"
    ),
    Flag.optional
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("With --model: print one JSON document"),
    Flag.withDefault(false)
  )
}

const badInput = (message: string) => new CommandFailed({ message, exitCode: exitCodes.badInput })

/** Compares a run, from a file, with a model. The checker knows models. */
type OfModel<E, R> = (trace: string, model: string, json: boolean) => Effect.Effect<void, E, R>

export const replayCommandWith = <E, R>(ofModel: OfModel<E, R>) =>
  Command.make(
    "replay",
    flags,
    Effect.fnUntraced(function* ({ files, model, json }) {
      const [trace = "", ...others] = files
      if (Option.isNone(model))
        return yield* json ? badInput("--json needs --model") : ofRecordings(files)
      if (others.length > 0) return yield* badInput("--model needs exactly one run")
      return yield* ofModel(trace, model.value, json)
    })
  ).pipe(
    Command.withDescription(
      "Check recorded runs against the specification, step by step, or against a model"
    ),
    Command.withExamples([
      {
        command: "quorate replay run.itf.json --model lock.ts#careless",
        description: "Check whether a recorded run (ITF) is a run of a model"
      }
    ])
  )

const ofRecordings = Effect.fnUntraced(function* (files: ReadonlyArray<string>) {
  const replay = new Replay((name) =>
    runnableProtocols.includes(name) ? runnableNamed(name) : undefined
  )
  for (const file of files) {
    yield* Effect.tryPromise({
      try: () => takeAll(file, replay),
      catch: (error) => badInput(`${file}: ${(error as Error).message}`)
    })
  }
  const { departure, steps, restarts, unattributed } = replay.result()
  if (departure !== undefined) {
    const { line, node, reason } = departure
    return yield* new CommandFailed({
      message: `line ${line}: ${node} departs from the specification: ${reason}`,
      exitCode: exitCodes.violated
    })
  }
  yield* Console.log(
    `${steps} steps and ${restarts} restarts agree with the specification${unattributed > 0 ? ` (of ${unattributed} messages the sender was not recorded)` : ""}`
  )
})

/**
 * Takes all lines of a file, which must have at least one. A torn line is accepted where its
 * process was killed: at the end, and before the line with which a process restarts.
 */
const takeAll = async (file: string, replay: Replay): Promise<void> => {
  let number = 0
  let torn: number | undefined
  const nodes = new Set<NodeId>()
  for await (const text of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY
  })) {
    number += 1
    const line = parse(text)
    const isTorn = Result.isFailure(line) && line.failure === "torn"
    const goesOn = Result.isSuccess(line) && line.success._tag === "Start"
    if (torn !== undefined && !goesOn) throw new Error(`line ${torn} is not a line of a recording`)
    torn = isTorn ? number : undefined
    if (isTorn) continue
    if (Result.isFailure(line)) throw new Error(`line ${number} is not a line of a recording`)
    if (line.success._tag === "Stopped") {
      replay.stopped(nodes)
      continue
    }
    nodes.add(line.success.node)
    replay.take(number, line.success)
  }
  if (nodes.size === 0) throw new Error("it contains no recording")
}
