/**
 * Models in files of the user's own: TypeScript or JavaScript modules.
 *
 * A module exports relations (records with `initial` and `actions`), scenarios of protocols (what
 * `scenarioOf` and `scenariosWith` make), or records and lists of these. TypeScript is run by Node
 * itself, which strips the types: a compiler of ours would be another one than the user's editor
 * has, and twenty megabytes more to install. Whoever has an older Node, or uses what is more than
 * types (enums), says `node --import tsx`.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, extname, join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import * as Result from "effect/Result"
import { type Exported, modelsIn } from "../exported.ts"
import { ScenarioRefused, suggest } from "../scenario/load.ts"

/** A model of a module: the file, and its name in it. */
export interface ModelPlace {
  readonly file: string
  readonly name: string
}

interface Module {
  /**
   * The texts of the module and of those that it imports by relative paths: what a checkpoint is
   * of.
   */
  readonly text: string
  readonly models: ReadonlyMap<string, Exported>
}

const extensions = [".ts", ".mts", ".js", ".mjs"]

/** Whether an argument is meant to be a module: `model.ts`, or `model.ts#name`. */
export const isModelArgument = (argument: string): boolean =>
  extensions.includes(extname(fileOf(argument))) && !argument.endsWith(".d.ts")

const fileOf = (argument: string): string => argument.replace(/#[^#]*$/, "")

/** The modules in a folder, in order; test files and declarations are none. */
export const modelFilesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder)
    .filter((name) => isModelArgument(name) && !/\.(test|spec|d)\.[cm]?ts$/.test(name))
    .sort()
    .map((name) => join(folder, name))

const modules = new Map<string, Module>()

/** Runs the modules of these files, unless they have been; or says which cannot be, and why. */
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

/** What a model is called in reports: its file, and its name unless it is the only one there. */
export const titleOf = ({ file, name }: ModelPlace): string =>
  moduleOf(resolve(file)).models.size === 1 ? file : `${file}#${name}`

const moduleOf = (file: string): Module => {
  const known = modules.get(file)
  if (known === undefined) throw new Error(`the module ${file} has not been read`)
  return known
}

const readModule = async (file: string): Promise<Result.Result<Module, ScenarioRefused>> => {
  if (!existsSync(file) || !statSync(file).isFile())
    return refused(file, "there is no such file", "check the path")
  const runsTypes =
    process.features.typescript !== false && process.features.typescript !== undefined
  const isTyped = [".ts", ".mts"].includes(extname(file))
  if (isTyped && !runsTypes && !isRunByLoader())
    return refused(
      file,
      `Node ${process.versions.node} does not run TypeScript`,
      "use Node 22.18 or newer, or start it with `node --import tsx`"
    )
  try {
    const exported = await quietly(() => import(pathToFileURL(file).href))
    const models = modelsIn(exported as Readonly<Record<string, unknown>>)
    if (Result.isFailure(models)) return refused(file, models.failure.problem, models.failure.mend)
    return Result.succeed({ text: textsFrom(file), models: models.success })
  } catch (error) {
    return refused(file, reasonOf(error), mendOf(error))
  }
}

/** Whether a loader (tsx) runs TypeScript. */
const isRunByLoader = (): boolean =>
  [...process.execArgv, process.env.NODE_OPTIONS ?? ""].join(" ").includes("tsx")

/** Without the warnings that a file with `export` in it is a module, and that types go is new. */
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

/** The text of a file and of those that it imports by relative paths, whichever way. */
export const textsFrom = (file: string, seen = new Set<string>()): string => {
  seen.add(file)
  const text = readFileSync(file, "utf8")
  const imported = [...text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)]
    .map(([, path]) => resolve(dirname(file), path as string))
    .filter((path) => !seen.has(path) && existsSync(path) && statSync(path).isFile())
  return [text, ...imported.map((path) => textsFrom(path, seen))].join("\n")
}

const reasonOf = (error: unknown): string => {
  const { code, message = String(error) } = error as {
    readonly code?: string
    readonly message?: string
  }
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX")
    return "it uses TypeScript that is more than types (enums, namespaces, parameter properties)"
  if (code === "ERR_MODULE_NOT_FOUND" || code === "ERR_PACKAGE_PATH_NOT_EXPORTED")
    return `it imports what is not there: ${message}`
  return error instanceof Error
    ? `running it threw ${error.name}: ${message}`
    : `running it threw ${message}`
}

const mendOf = (error: unknown): string => {
  const { code } = error as { readonly code?: string }
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX")
    return "write unions instead of enums, or start it with `node --import tsx`"
  if (code === "ERR_MODULE_NOT_FOUND")
    return "give relative imports their extension (./other.ts), and install the packages that it needs"
  return error instanceof Error ? whereIn(error) : ""
}

/** The first line of a stack that is in a file of the user's. */
const whereIn = ({ stack = "" }: Error): string => {
  const line = stack
    .split("\n")
    .find((text) => /file:\/\/.*\.[cm]?[jt]s:\d+/.test(text) && !text.includes("/.build/"))
  const place = line === undefined ? undefined : /([^/]+:\d+:\d+)\)?$/.exec(line)?.[1]
  return place === undefined ? "" : `see ${place}`
}

const refused = (
  source: string,
  problem: string,
  mend: string
): Result.Result<never, ScenarioRefused> =>
  Result.fail(new ScenarioRefused({ source, place: "", problem, mend }))
