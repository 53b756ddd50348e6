/**
 * The modules of a model, for a page to run: their texts without types, each module after those
 * that it imports. Marks replace the names of imported modules and of the parts of the package that
 * the page contains.
 */
import { existsSync, readFileSync, statSync } from "node:fs"
import * as nodeModule from "node:module"
import { dirname, extname, join, relative, resolve, sep } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { init, parse } from "es-module-lexer"
import { ScenarioRefused } from "../scenario/load.ts"
import { quietly } from "./model-file.ts"
import { oldestNode } from "./module-errors.ts"

/**
 * The parts of the package that a page contains, by the name of the export and the folder of its
 * sources.
 */
const libraries = { "quorate/spec": "spec", "quorate/checker": "checker" } as const
/** What else a page contains. */
const others = ["effect/Result", "effect/Schema", "ts-pattern"]

/** The package's own folder: models in it import its sources, not its exports. */
const packageFolder = resolve(
  dirname(fileURLToPath(import.meta.url)),
  ...(import.meta.url.endsWith(".ts") ? ["..", ".."] : [".."])
)

/** The texts of a model's file and of the files that it imports, the file itself last. */
export const modulesOf = (file: string): Effect.Effect<ReadonlyArray<string>, ScenarioRefused> =>
  Effect.flatMap(
    Effect.promise(() =>
      quietly(async () => {
        await init()
        return collected(file)
      })
    ),
    Effect.fromResult
  )

type Collected = Result.Result<ReadonlyArray<string>, ScenarioRefused>

const collected = (file: string): Collected => {
  const texts: Array<string> = []
  /**
   * The numbers of the finished modules; a module whose imports are still being followed has no
   * number yet.
   */
  const numbers = new Map<string, number | undefined>()
  const take = (path: string): void => {
    if (numbers.has(path)) {
      if (numbers.get(path) !== undefined) return
      throw refusal(path, "it imports itself through other files", "break the cycle")
    }
    numbers.set(path, undefined)
    const text = marked(path, (name) => {
      const known = libraryOf(path, name)
      if (known !== undefined) return known
      const imported = importedFile(path, name)
      take(imported)
      return numbers.get(imported) as number
    })
    numbers.set(path, texts.push(text) - 1)
  }
  try {
    take(resolve(file))
    return Result.succeed(texts)
  } catch (error) {
    if (!(error instanceof ScenarioRefused)) throw error
    return Result.fail(error)
  }
}

/** The name of the page's own library that an import refers to. */
const libraryOf = (path: string, name: string): string | undefined => {
  if (Object.hasOwn(libraries, name) || others.includes(name)) return name
  if (!name.startsWith(".")) return undefined
  const [folder, room] = relative(packageFolder, join(dirname(path), name)).split(sep)
  return room === "examples"
    ? undefined
    : Object.entries(libraries).find(([, own]) => own === folder)?.[0]
}

const importedFile = (path: string, name: string): string => {
  if (!name.startsWith("."))
    throw refusal(
      path,
      `it imports ${name}, which the page does not have`,
      `import ${[...Object.keys(libraries), ...others].join(", ")} or files of your own`
    )
  const file = join(dirname(path), name)
  if (existsSync(file) && statSync(file).isFile()) return file
  throw refusal(path, `it imports ${name}, which does not exist`, "write the file's extension")
}

/** The text of a module without its types, with a mark for each module that it imports. */
const marked = (path: string, markOf: (name: string) => number | string): string => {
  const text = withoutTypes(path, readFileSync(path, "utf8"))
  const [imports] = parse(text, path)
  let marked = ""
  let at = 0
  for (const { type, specifier, start, end } of imports) {
    if (type === "import-meta") continue
    if (typeof specifier !== "string")
      throw refusal(path, "it imports a computed name", "write the name in quotes")
    const mark = `quorate-module:${markOf(specifier)}`
    const isQuoted = /["'`]/.test(text.charAt(start))
    marked += `${text.slice(at, start)}${isQuoted ? JSON.stringify(mark) : mark}`
    at = end
  }
  return `${marked}${text.slice(at)}`
}

/** Node's own function that strips types; older versions lack it. */
const { stripTypeScriptTypes } = nodeModule as {
  readonly stripTypeScriptTypes?: (text: string) => string
}

const withoutTypes = (path: string, text: string): string => {
  if (![".ts", ".mts"].includes(extname(path))) return text
  if (stripTypeScriptTypes === undefined)
    throw refusal(
      path,
      "this version of Node cannot strip its types",
      `use Node ${oldestNode} or newer`
    )
  return stripTypeScriptTypes(text)
}

const refusal = (source: string, problem: string, mend: string): ScenarioRefused =>
  new ScenarioRefused({ source, place: "", problem, mend })
