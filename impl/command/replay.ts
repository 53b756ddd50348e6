/**
 * `quorate replay`: holds recordings against the specification.
 */
import { createReadStream } from "node:fs"
import { createInterface } from "node:readline"
import * as Console from "effect/Console"
import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { NodeId } from "../../spec/kernel/node.ts"
import { pluggedIn, runnableProtocols } from "../protocols.ts"
import { Line } from "../replay/recording.ts"
import { Replay } from "../replay/replay.ts"
import { CommandFailed, exitCodes } from "./failure.ts"

const decode = Schema.decodeUnknownResult(Line)

/** A line is `torn` when it is no JSON: it was being written as its process was killed. */
const parse = (text: string): Result.Result<Line, "torn" | "foreign"> => {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    return Result.fail("torn")
  }
  return Result.mapError(decode(data), () => "foreign" as const)
}

export const replayCommand = Command.make(
  "replay",
  {
    files: Argument.String("recording").pipe(
      Argument.withDescription(
        "Files written with --record; of all nodes and clients of a run, to check all messages"
      ),
      Argument.variadic({ min: 1 })
    )
  },
  Effect.fnUntraced(function* ({ files }) {
    const replay = new Replay((name) =>
      runnableProtocols.includes(name) ? pluggedIn(name) : undefined
    )
    for (const file of files) {
      yield* Effect.tryPromise({
        try: () => takeAll(file, replay),
        catch: (error) =>
          new CommandFailed({
            message: `${file}: ${(error as Error).message}`,
            exitCode: exitCodes.badInput
          })
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
      `${steps} steps and ${restarts} restarts are those of the specification${unattributed > 0 ? ` (of ${unattributed} messages the sender was not recorded)` : ""}`
    )
  })
).pipe(Command.withDescription("Hold recorded runs against the specification, step by step"))

/**
 * Takes all lines of a file, of which there has to be one. A torn line is forgiven where its
 * process was killed: at the end, and before the line with which a process begins again.
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
    if (torn !== undefined && !goesOn) throw new Error(`line ${torn} is no line of a recording`)
    torn = isTorn ? number : undefined
    if (isTorn) continue
    if (Result.isFailure(line)) throw new Error(`line ${number} is no line of a recording`)
    if (line.success._tag === "Stopped") {
      replay.stopped(nodes)
      continue
    }
    nodes.add(line.success.node)
    replay.take(number, line.success)
  }
  if (nodes.size === 0) throw new Error("there is no recording in it")
}
