/**
 * What the documents of the specification point to is there: scenarios, files, and benches. In the
 * table of the second source text every name is one of these, a variant, or a property.
 */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { shippedNames } from "../../../checker/command/shipped.ts"
import { protocols } from "../../../spec/protocols.ts"
import { documents } from "./documents.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const names = shippedNames()
const folders = new Set(names.flatMap((name) => name.split("/").slice(0, -1)))
const benches = readFileSync(join(root, "test/bench/main.ts"), "utf8")

/** What stands in code spans. */
const spans = (text: string): ReadonlyArray<string> =>
  [...text.replaceAll(/```[\s\S]*?```/g, "").matchAll(/`([^`\n]+)`/g)].map(([, name = ""]) => name)

/** Whether the name is a scenario, a folder of them, or several (`*` is any text). */
const isOfScenarios = (name: string): boolean => {
  const pattern = name.replace(/\/$/, "").replaceAll("*", ".*")
  const isIt = new RegExp(`^${pattern}(/.*)?$`)
  return names.some((one) => isIt.test(one))
}

const isFile = (document: string, name: string): boolean =>
  [dirname(document), join(root, "spec"), root].some((folder) => existsSync(join(folder, name)))

/** `npm run bench -- NAME`: the bench is one of the list. */
const isBench = (name: string): boolean => {
  const [, bench] = /^npm run bench -- (\S+)/.exec(name) ?? []
  return bench !== undefined && new RegExp(`^    "?${bench}"?[,:]`, "m").test(benches)
}

/** Whether the name looks like that of a scenario: its first part is that of one. */
const isLikeScenario = (name: string): boolean =>
  /^[a-z-]+\/[a-z0-9/*-]+$/.test(name) && folders.has(name.split("/")[0] ?? "")

/** The scenarios that a document may mean: its own protocol's may stand without the folder. */
const mayMean = (document: string, name: string): ReadonlyArray<string> => [
  name,
  join(relative(join(root, "spec"), dirname(document)), name)
]

const ofSpecification = documents().filter((path) => path.startsWith(join(root, "spec/")))

describe.each(ofSpecification.map((path) => [relative(root, path), path] as const))(
  "%s",
  (_, document) => {
    const text = readFileSync(document, "utf8")

    it("names scenarios that there are", () => {
      const missing = spans(text).filter(
        (name) =>
          isLikeScenario(name) &&
          !mayMean(document, name).some(isOfScenarios) &&
          !isFile(document, name)
      )
      expect(missing).toEqual([])
    })

    it("names tests and benches that there are", () => {
      const missing = spans(text).filter(
        (name) =>
          (name.startsWith("test/") && !isFile(document, name)) ||
          (name.startsWith("npm run bench") && !isBench(name))
      )
      expect(missing).toEqual([])
    })
  }
)

describe("the table of the second source text", () => {
  const [, section = ""] =
    readFileSync(join(root, "spec/README.md"), "utf8").split("## The second source text") ?? []
  const [table = ""] = section.split("\n## ")
  const known = new Set([
    ...names.flatMap((name) => name.split("/").at(-1) ?? []),
    ...protocols.flatMap(({ name, variants, properties }) => [
      name,
      ...[...variants, ...properties].map((one) => one.name)
    ])
  ])

  it("points to what there is, in every row", () => {
    const rows = table.split("\n").filter((line) => line.startsWith("| ") && !line.includes("---"))
    expect(rows.length).toBeGreaterThan(10)
    for (const row of rows.slice(1)) expect(spans(row), row).not.toEqual([])
    const isThere = (name: string): boolean =>
      known.has(name) || isOfScenarios(name) || isBench(name) || existsSync(join(root, name))
    expect(spans(table).filter((name) => !isThere(name))).toEqual([])
  })
})
