/**
 * Models in the user's own files: TypeScript or JavaScript modules.
 *
 * A module exports relations (records with `initial` and `actions`), scenarios of protocols (the
 * results of `scenarioOf` and `scenariosWith`), or records and lists of these. Node itself runs
 * TypeScript by stripping the types. A bundled compiler would differ from the one in the user's
 * editor, and would add twenty megabytes to the installation. A user with an older Node, or with
 * code that uses more than types (enums), runs `node --import tsx`.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, extname, isAbsolute, join, relative, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import * as Result from "effect/Result"
import { type Exported, modelsIn } from "../exported.ts"
import { ScenarioRefused, suggest } from "../scenario/load.ts"
import { mishapOf, NeverRead, oldestNode } from "./module-errors.ts"

/** A model of a module: the file, and its name in it. */
export interface ModelPlace {
  readonly file: string
  readonly name: string
}

interface Module {
  /**
   * The texts of the module and of the modules that it imports by relative paths: these identify a
   * checkpoint's model.
   */
  readonly text: string
  readonly models: ReadonlyMap<string, Exported>
}

const extensions = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"]

/** Whether an argument names a module: `model.ts`, or `model.ts#name`. */
export const isModelArgument = (argument: string): boolean =>
  extensions.includes(extname(fileOf(argument))) && !/\.d\.[cm]?ts$/.test(argument)

const fileOf = (argument: string): string => argument.replace(/#[^#]*$/, "")

/** The modules in a folder, in order, without test files and declarations. */
export const modelFilesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder)
    .filter((name) => isModelArgument(name) && !/\.(test|spec|d)\.[cm]?ts$/.test(name))
    .sort()
    .map((name) => join(folder, name))

const modules = new Map<string, Module>()

/** Whether this thread has run code of the user's. */
export const areModulesRead = (): boolean => modules.size > 0

/**
 * Runs the modules of these files, unless they have run already; or names those that cannot run,
 * and why.
 */
export const readModules = async (
  files: ReadonlyArray<string>
): Promise<Result.Result<void, ScenarioRefused>> => {
  for (const file of files) {
    if (modules.has(file)) continue
    const read = await readModule(file)
    if (Result.isFailure(read)) return Result.fail(read.failure)
    modules.set(file, read.success)
  }
  return Result.succeed(undefined)
}

/** The places of the models that an argument stands for; the module has been read. */
export const placesOf = (
  argument: string
): Result.Result<ReadonlyArray<ModelPlace>, ScenarioRefused> => {
  const file = fileOf(argument)
  const { models } = moduleOf(resolve(file))
  const names = [...models.keys()]
  const wanted = argument.includes("#") ? argument.slice(argument.lastIndexOf("#") + 1) : undefined
  if (wanted === undefined) return Result.succeed(names.map((name) => ({ file, name })))
  if (names.includes(wanted)) return Result.succeed([{ file, name: wanted }])
  return refused(file, `it exports no model "${wanted}"`, suggest(wanted, names))
}

export const exportedAt = ({ file, name }: ModelPlace): Exported =>
  moduleOf(resolve(file)).models.get(name) as Exported

export const textOfModel = ({ file }: ModelPlace): string => moduleOf(resolve(file)).text

/** A model's name in reports: its file, and its own name unless it is the only model there. */
export const titleOf = ({ file, name }: ModelPlace): string =>
  moduleOf(resolve(file)).models.size === 1 ? file : `${file}#${name}`

const moduleOf = (file: string): Module => {
  const known = modules.get(file)
  if (known === undefined) throw new Error(`the module ${file} has not been read`)
  return known
}

const readModule = async (file: string): Promise<Result.Result<Module, ScenarioRefused>> => {
  const name = toldOf(file)
  if (!existsSync(file) || !statSync(file).isFile())
    return refused(name, "there is no such file", "check the path")
  const runsTypes =
    process.features.typescript !== false && process.features.typescript !== undefined
  const isTyped = [".ts", ".mts", ".cts"].includes(extname(file))
  if (isTyped && !runsTypes && !isRunByLoader())
    return refused(
      name,
      `Node ${process.versions.node} does not run TypeScript`,
      `use Node ${oldestNode} or newer, or start it with \`node --import tsx\``
    )
  try {
    const exported = await quietly(() => ended(import(pathToFileURL(file).href)))
    const models = modelsIn(exported as Readonly<Record<string, unknown>>)
    if (Result.isFailure(models)) return refused(name, models.failure.problem, models.failure.mend)
    return Result.succeed({ text: textsFrom(file), models: models.success })
  } catch (error) {
    const { problem, mend } = mishapOf(error, filesFrom(file))
    return refused(name, problem, mend)
  }
}

/** A file as its user would name it. */
const toldOf = (file: string): string => {
  const path = relative(process.cwd(), file)
  return path.startsWith("..") || isAbsolute(path) ? file : path
}

/**
 * The outcome of a module, even if its top level waits for something that never happens, or if a
 * promise that no code awaits is rejected.
 */
const ended = async <Answer>(work: Promise<Answer>): Promise<Answer> => {
  const ends: Array<() => void> = []
  const otherwise = new Promise<never>((_, reject) => {
    const on = (event: string, then: (error: unknown) => void) => {
      process.on(event, then)
      ends.push(() => process.off(event, then))
    }
    on("beforeExit", () => {
      setImmediate(() =>
        reject(new NeverRead("its top level waits for something that never happens"))
      )
    })
    on("unhandledRejection", reject)
    on("uncaughtException", reject)
  })
  try {
    const answer = await Promise.race([work, otherwise])
    // Node reports such a rejection one turn later.
    await Promise.race([new Promise((resolve) => setImmediate(resolve)), otherwise])
    return answer
  } finally {
    for (const end of ends) end()
  }
}

/** Whether a loader (tsx) runs TypeScript. */
const isRunByLoader = (): boolean =>
  [...process.execArgv, process.env.NODE_OPTIONS ?? ""].join(" ").includes("tsx")

/**
 * Suppresses the warnings that a file with `export` in it is a module, and that type stripping is
 * new.
 */
export const quietly = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
  const { emitWarning } = process
  process.emitWarning = ((warning: string | Error, ...rest: ReadonlyArray<unknown>) => {
    const text = typeof warning === "string" ? warning : warning.message
    if (/Type Stripping|stripTypeScriptTypes|Module type of file/.test(text)) return
    ;(emitWarning as (...all: ReadonlyArray<unknown>) => void).call(process, warning, ...rest)
  }) as typeof process.emitWarning
  try {
    return await work()
  } finally {
    process.emitWarning = emitWarning
  }
}

/** A file and the files that it imports by relative paths, directly or indirectly. */
export const filesFrom = (file: string, seen = new Set<string>()): ReadonlyArray<string> => {
  seen.add(file)
  const text = readFileSync(file, "utf8")
  const imported = [...text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)]
    .map(([, path]) => resolve(dirname(file), path as string))
    .filter((path) => !seen.has(path) && existsSync(path) && statSync(path).isFile())
  for (const path of imported) if (!seen.has(path)) filesFrom(path, seen)
  return [...seen]
}

/** Their texts. */
export const textsFrom = (file: string): string =>
  filesFrom(file)
    .map((one) => readFileSync(one, "utf8"))
    .join("\n")

const refused = (
  source: string,
  problem: string,
  mend: string
): Result.Result<never, ScenarioRefused> =>
  Result.fail(new ScenarioRefused({ source, place: "", problem, mend }))
