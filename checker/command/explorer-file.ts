/**
 * The explorer as shipped: one HTML file. Inserting what it opens first yields another file.
 */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Result from "effect/Result"
import type { ModelText, ScenarioText } from "../explorer/messages.ts"

/**
 * Data in a page. In a JSON string, `<` can be escaped so that nothing looks like the end of an
 * element.
 */
export const dataElement = (id: string, data: unknown): string =>
  `<script type="application/json" id="${id}">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>`

/** The place in the page that holds what opens first. */
const startMark = "<!-- start -->"

/** The page that opens this scenario or model first. */
export const openingWith = (page: string, start: ScenarioText | ModelText): string =>
  page.replace(startMark, () => dataElement("start", start))

/** Where the built page is: next to the bundled command, or in the build folder of the sources. */
const builtPage = (): string | undefined => {
  const here = dirname(fileURLToPath(import.meta.url))
  return [join(here, "explorer.html"), join(here, "..", "..", ".build", "explorer.html")].find(
    existsSync
  )
}

/** The text of the page, or the reason why there is none. */
export const readPage = (): Result.Result<string, string> => {
  const file = builtPage()
  return file === undefined
    ? Result.fail("the explorer has not been built: npm run build:explorer does it")
    : Result.succeed(readFileSync(file, "utf8"))
}
