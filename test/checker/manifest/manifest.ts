/**
 * Writes the manifest, one line for each scenario, in the order of their names, so that changes
 * merge.
 */
import { writeFileSync } from "node:fs"
import type { Manifest } from "../../../checker/command/manifest.ts"
import { manifestFile } from "../../../checker/command/shipped.ts"

export const writeManifest = (manifest: Manifest): void => {
  const lines = Object.keys(manifest)
    .sort()
    .map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(manifest[name])}`)
  writeFileSync(manifestFile(), `{\n${lines.join(",\n")}\n}\n`)
}
