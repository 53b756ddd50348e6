/**
 * The recorded counts of strays, for one scenario of each correct variant, and for those scenarios
 * that reach code of `spec/` which these do not.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { readManifest } from "../../../checker/command/manifest.ts"
import { shippedNames } from "../../../checker/command/shipped.ts"
import { protocols } from "../../../spec/protocols.ts"
import { isOfVariant } from "../shipped.ts"
import type { Counts } from "./strays.ts"

export type Strays = Readonly<Record<string, Counts>>

const file = new URL("strays.json", import.meta.url)

export const readStrays = (): Strays => JSON.parse(readFileSync(file, "utf8"))

export const writeStrays = (strays: Strays): void => {
  const lines = Object.keys(strays)
    .sort()
    .map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(strays[name])}`)
  writeFileSync(file, `{\n${lines.join(",\n")}\n}\n`)
}

/** Correct variants, each with its scenarios, the one whose search is the longest first. */
const scenariosOfVariants = () => {
  const manifest = readManifest()
  const length = (name: string) => manifest[name]?.generated ?? Number.POSITIVE_INFINITY
  const names = shippedNames().toSorted((left, right) =>
    length(left) === length(right) ? 0 : length(right) - length(left)
  )
  return protocols.flatMap((protocol) =>
    protocol.variants
      .filter(({ kind }) => kind === "correct")
      .map(({ name: variant }) => ({
        variant: `${protocol.name}/${variant}`,
        scenarios: names.filter((name) => isOfVariant(name, protocol, variant))
      }))
  )
}

/** The correct variants with scenarios whose strays are not counted. */
export const variantsWithout = (strays: Strays) =>
  scenariosOfVariants().filter(
    ({ scenarios }) => scenarios.length > 0 && !scenarios.some((name) => name in strays)
  )

/** What differs, and what to do about it; undefined if nothing does. */
export const straysApart = (name: string, found: Counts, listed: Counts): string | undefined => {
  const kinds = [...new Set([...Object.keys(listed), ...Object.keys(found)])]
  const differences = kinds
    .filter((kind) => found[kind] !== listed[kind])
    .map((kind) => `${kind}: ${found[kind] ?? 0}, not ${listed[kind] ?? 0}`)
  return differences.length === 0
    ? undefined
    : `${name}: ${differences.join("; ")}; if the change is meant: npm run manifest -- --walks ${name}`
}
