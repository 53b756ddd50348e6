/**
 * Resolves the arguments of the command line to what can be checked: shipped scenarios, files,
 * models, folders, standard input.
 */
import { readdirSync, readFileSync, readSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { ScenarioRefused } from "../scenario/load.ts"
import {
  isModelArgument,
  type ModelPlace,
  modelFilesIn,
  placesOf,
  readModules,
  textOfModel,
  titleOf
} from "./model-file.ts"
import { expand, isShipped, readScenario } from "./shipped.ts"

/** A scenario or a model, and its text. */
export interface Source {
  readonly name: string
  readonly text: string
  readonly model?: ModelPlace
}

type Sources = Effect.Effect<ReadonlyArray<Source>, ScenarioRefused>

/** Everything that the arguments stand for, in their order. */
export const sourcesOf = (given: ReadonlyArray<string>): Sources =>
  Effect.map(Effect.forEach(given, sourcesOfOne), (sources) => sources.flat())

const sourcesOfOne = (argument: string): Sources => {
  if (argument === "-") return Effect.fromResult(standardInput())
  if (isModelArgument(argument)) return models(argument)
  if (!isShipped(argument) && isFolder(argument)) return folder(argument)
  return Effect.forEach(expand(argument), (name) =>
    Effect.fromResult(Result.map(readScenario(name), (text) => ({ name, text })))
  )
}

const models = (argument: string): Sources =>
  Effect.gen(function* () {
    const file = resolve(argument.replace(/#[^#]*$/, ""))
    yield* Effect.fromResult(yield* Effect.promise(() => readModules([file])))
    const places = yield* Effect.fromResult(placesOf(argument))
    return places.map((place) => ({
      name: titleOf(place),
      text: textOfModel(place),
      model: { ...place, file }
    }))
  })

/** The scenarios and models in a folder, and the scenarios in folders below it. */
const folder = (path: string): Sources =>
  Effect.gen(function* () {
    const scenarios = readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json") && !name.includes("node_modules"))
      .sort()
      .map((name) => join(path, name))
      .filter(isScenario)
    const files = [...scenarios, ...modelFilesIn(path)]
    if (files.length === 0)
      return yield* Effect.fail(
        new ScenarioRefused({
          source: path,
          place: "",
          problem: "there is no scenario (.json) and no model (.ts, .js) in this folder",
          mend: "name another folder, or a file"
        })
      )
    return yield* sourcesOf(files)
  })

/**
 * Whether a file may be a scenario: package.json, tsconfig.json and schemas next to models are not.
 */
const isScenario = (file: string): boolean => {
  const read = Result.try(
    () => JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, "")) as unknown
  )
  if (Result.isFailure(read)) return true
  const data = read.success
  return typeof data !== "object" || data === null || "protocol" in data || "clients" in data
}

const isFolder = (path: string): boolean => {
  const found = Result.try(() => statSync(path).isDirectory())
  return Result.isSuccess(found) && found.success
}

const waitMilliseconds = 10

/** Reads standard input to its end. While a non-blocking pipe is empty, it reads again. */
const readToEnd = (descriptor: number): string => {
  const chunks: Array<Uint8Array> = []
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    const chunk = Buffer.allocUnsafe(1 << 16)
    const read = Result.try(() => readSync(descriptor, chunk))
    if (Result.isSuccess(read)) {
      if (read.success === 0) return Buffer.concat(chunks).toString("utf8")
      chunks.push(chunk.subarray(0, read.success))
    } else if ((read.failure as NodeJS.ErrnoException).code === "EAGAIN") {
      Atomics.wait(never, 0, 0, waitMilliseconds)
    } else throw read.failure
  }
}

const standardInput = (): Result.Result<ReadonlyArray<Source>, ScenarioRefused> =>
  Result.try({
    try: () => [{ name: "standard input", text: readToEnd(0) }],
    catch: (error) =>
      new ScenarioRefused({
        source: "-",
        place: "",
        problem: `standard input cannot be read (${(error as NodeJS.ErrnoException).code})`,
        mend: "pipe a scenario into it, or name a file"
      })
  })
