/**
 * The shipped scenarios, and the user's own files.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Result from "effect/Result"
import { ScenarioRefused, suggest } from "../scenario/load.ts"

/** The package's root: the nearest folder above this module that has a package.json. */
const packageRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, "package.json")) && folder !== dirname(folder))
    folder = dirname(folder)
  return folder
}

const scenarioFolder = (): string => join(packageRoot(), "checker", "scenarios")

let names: ReadonlyArray<string> | undefined

/**
 * The names of all shipped scenarios, such as `majority/write-read`, in order. (Their folder is
 * read once, since every lookup of a scenario needs them.)
 */
export const shippedNames = (): ReadonlyArray<string> => {
  names ??= readdirSync(scenarioFolder(), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".json") && file.includes("/"))
    .map((file) => file.slice(0, -".json".length))
    .sort()
  return names
}

/**
 * The names of the shipped scenarios except those in a folder `large`: these take minutes, and run
 * only on request.
 */
export const quickNames = (): ReadonlyArray<string> =>
  shippedNames().filter((name) => !isLarge(name))

const isLarge = (name: string): boolean => name.includes("/large/")

/** Whether an argument is the name of a shipped scenario, or of a folder of them. */
export const isShipped = (argument: string): boolean => {
  const folder = argument.replace(/\/?\*?$/, "/")
  return shippedNames().some((name) => name === argument || name.startsWith(folder))
}

/**
 * The names that an argument stands for: a name, a file, or all shipped ones below a folder
 * (`naive/`, `naive`).
 */
export const expand = (argument: string): ReadonlyArray<string> => {
  const folder = argument.replace(/\/?\*?$/, "/")
  const all = isLarge(folder) ? shippedNames() : quickNames()
  const below = all.filter((name) => name.startsWith(folder))
  return shippedNames().includes(argument) || below.length === 0 ? [argument] : below
}

/** The file of a scenario. */
export const fileOf = (name: string): string =>
  shippedNames().includes(name) ? join(scenarioFolder(), `${name}.json`) : name

/** The file that holds the findings for each shipped scenario. */
export const manifestFile = (): string => join(scenarioFolder(), "manifest.json")

/** The description of a shipped scenario; empty if it has none. */
export const descriptionOf = (name: string): string => {
  const { description } = JSON.parse(readFileSync(fileOf(name), "utf8")) as {
    readonly description?: string
  }
  return description ?? ""
}

/** The text of a scenario, shipped or the user's own. */
export const readScenario = (name: string): Result.Result<string, ScenarioRefused> => {
  const file = fileOf(name)
  try {
    return Result.succeed(readFileSync(file, "utf8"))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const isFile = name.endsWith(".json") || name.startsWith(".") || name.startsWith("/")
    const problem =
      code === "EISDIR"
        ? "this is a folder"
        : code !== "ENOENT"
          ? `the file cannot be read (${code})`
          : isFile
            ? "there is no such file"
            : "there is no such scenario or file"
    const near = suggest(name, shippedNames())
    const mend = isFile
      ? "check the path"
      : near.startsWith("did you mean")
        ? near
        : "quorate list shows the scenarios"
    return Result.fail(new ScenarioRefused({ source: name, place: "", problem, mend }))
  }
}
