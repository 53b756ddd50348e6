/**
 * A model of the user's in the page: its modules run as they are, and their imports from the
 * package refer to the page's own copies.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as patterns from "ts-pattern"
import * as specification from "../../../spec/index.ts"
import * as node from "../../../spec/kernel/node.ts"
import { modelsIn } from "../../exported.ts"
import * as checker from "../../index.ts"
import type { ReadModel } from "../session.ts"

type Namespace = Readonly<Record<string, unknown>>

const libraries: Readonly<Record<string, Namespace>> = {
  // The examples import the module of nodes separately.
  "quorate/spec": { ...specification, ...node },
  "quorate/checker": checker,
  "effect/Result": Result,
  "effect/Schema": Schema,
  "ts-pattern": patterns
}

/** Where modules that are created here find the libraries. */
const shared = globalThis as { quorateLibraries?: typeof libraries }

const urlOf = (text: string): string =>
  URL.createObjectURL(new Blob([text], { type: "text/javascript" }))

/** The address of a module that exports the page's own copy. */
const libraryUrls = new Map<string, string>()
const libraryUrl = (name: string): string => {
  const known = libraryUrls.get(name)
  if (known !== undefined) return known
  shared.quorateLibraries = libraries
  const names = Object.keys(libraries[name] ?? {}).filter((one) => one !== "default")
  const url = urlOf(
    `export const { ${names.join(", ")} } = globalThis.quorateLibraries[${JSON.stringify(name)}]`
  )
  libraryUrls.set(name, url)
  return url
}

export const readModel: ReadModel = async ({ modules, exported }) => {
  const urls: Array<string> = []
  for (const text of modules)
    urls.push(
      urlOf(
        text.replaceAll(/quorate-module:([\w/-]+)/g, (_, name) =>
          /^\d+$/.test(name) ? (urls[Number(name)] as string) : libraryUrl(name)
        )
      )
    )
  try {
    const models = modelsIn(await import(urls.at(-1) as string))
    if (Result.isFailure(models)) return Result.fail(`The model: ${models.failure.problem}.`)
    const found = models.success.get(exported)
    return found === undefined
      ? Result.fail(`The model exports nothing called "${exported}".`)
      : Result.succeed(found)
  } catch (error) {
    return Result.fail(`The model cannot be run in the page: ${(error as Error).message}`)
  } finally {
    for (const url of urls) URL.revokeObjectURL(url)
  }
}
