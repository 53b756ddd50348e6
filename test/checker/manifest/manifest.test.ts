/**
 * The manifest covers the shipped scenarios, and the shipped scenarios are the files in their
 * folder.
 */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { mismatch, readManifest } from "../../../checker/command/manifest.ts"
import { quickNames, shippedNames } from "../../../checker/command/shipped.ts"
import { shipped } from "../shipped.ts"
import { readWalks, walkedNames } from "./walks.ts"

const folder = join(
  dirname(fileURLToPath(import.meta.url)),
  "..",
  "..",
  "..",
  "checker",
  "scenarios"
)
const names = shippedNames()
const listed = Object.keys(readManifest())

describe("the manifest", () => {
  it("has every shipped scenario, except some in a folder `large` that were never exhausted", () => {
    expect(
      quickNames().filter((name) => !listed.includes(name)),
      "npm run manifest adds them"
    ).toEqual([])
  })

  it("has nothing else, in the order of the names", () => {
    expect(
      listed.filter((name) => !names.includes(name)),
      "npm run manifest removes them"
    ).toEqual([])
    expect(listed).toEqual([...listed].sort())
  })

  it("is compared with a message that shows both numbers, and the command", () => {
    const found = { distinct: 4, generated: 5, depth: 2 }
    expect(mismatch("majority/write", found, { ...found, distinct: 3 })).toBe(
      'majority/write: found {"distinct":4,"generated":5,"depth":2}, the manifest has ' +
        '{"distinct":3,"generated":5,"depth":2}; if the change is meant: npm run manifest majority/write'
    )
    expect(mismatch("majority/write", found, { ...found })).toBeUndefined()
  })
})

describe("the walks", () => {
  it("are of every scenario whose search is long or has never ended, in the order of the names", () => {
    expect(Object.keys(readWalks()), "npm run manifest -- --walks adds them").toEqual(
      [...walkedNames()].sort()
    )
  })
})

describe("the shipped scenarios", () => {
  it("are all the files in their folder, but for the schema, which each names, the manifest and the walks", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.includes("."))
      .sort()
    const others = ["manifest.json", "scenario.schema.json", "walks.json"]
    expect(files).toEqual([...names.map((name) => `${name}.json`), ...others].sort())
    for (const name of names) {
      const path = join(folder, `${name}.json`)
      const { $schema } = JSON.parse(readFileSync(path, "utf8"))
      expect(join(dirname(path), $schema), name).toBe(join(folder, "scenario.schema.json"))
    }
  })

  it.each(names)("%s says what it shows, and expects a verdict", (name) => {
    const { description, expect: expected } = shipped(name)
    expect(description).toMatch(/^[A-Z].*\.$/)
    expect(expected.size).toBeGreaterThan(0)
  })
})
