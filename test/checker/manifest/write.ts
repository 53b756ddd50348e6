/**
 * `npm run manifest [NAME…]`: searches the named scenarios or folders (all but those in `large`, if
 * none is named), takes the random runs of those whose search is long, counts strays, writes what
 * it finds into the manifest, the walks, the strays and the documents, and prints what changed.
 * With `--walks`, it searches nothing: it takes random runs and counts strays, of all scenarios if
 * none is named.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { foundIn, type Manifest, readManifest } from "../../../checker/command/manifest.ts"
import { expand, quickNames, shippedNames } from "../../../checker/command/shipped.ts"
import { allReductions } from "../../../checker/network/reductions.ts"
import { checked } from "../network/searching.ts"
import { shipped } from "../shipped.ts"
import { readStrays, straysApart, variantsWithout, writeStrays } from "../strays/pinned.ts"
import { straysOf } from "../strays/strays.ts"
import { documents, withNumbersOf } from "./documents.ts"
import { writeManifest } from "./manifest.ts"
import { readWalks, walkedIn, walkedNames, walksApart, writeWalks } from "./walks.ts"

const walksAlone = process.argv.includes("--walks")
const named = process.argv
  .slice(2)
  .filter((argument) => argument !== "--walks")
  .flatMap(expand)
const names = named.length > 0 ? named : walksAlone ? shippedNames() : quickNames()

const isShipped = new Set(shippedNames())
const unknown = names.filter((name) => !isShipped.has(name))
if (unknown.length > 0) throw new Error(`not shipped: ${unknown.join(", ")}`)

/** Adds one entry to the manifest as it is now: several of these commands may run at once. */
const add = (name: string, found: Manifest[string]): void => {
  const present = Object.entries(readManifest()).filter(([listed]) => isShipped.has(listed))
  writeManifest({ ...Object.fromEntries(present), [name]: found })
}

for (const name of walksAlone ? [] : names) {
  const result = checked(shipped(name), { reductions: allReductions, slice: 10_000 })
  if (!result.asExpected || result.notes.length > 0) {
    console.error(`${name} is not as expected: ${result.verdict}; ${result.notes.join("; ")}`)
    process.exitCode = 1
    continue
  }
  const [before, after] = [readManifest()[name], foundIn(result)]
  if (JSON.stringify(before) === JSON.stringify(after)) continue
  console.log(`${name}: ${JSON.stringify(before) ?? "new"} → ${JSON.stringify(after)}`)
  add(name, after)
}

/** Adds what the runs of one scenario come to, unless they violate what should hold. */
const addWalked = (name: string): void => {
  const scenario = shipped(name)
  const found = walkedIn(scenario)
  const unexpected = Object.keys(found.violated ?? {}).filter(
    (property) => scenario.expect.get(property) !== "violated"
  )
  if (unexpected.length > 0) {
    console.error(`${name} is not as expected: random runs violate ${unexpected.join(", ")}`)
    process.exitCode = 1
    return
  }
  const walks = Object.entries(readWalks()).filter(([listed]) => walked.has(listed))
  const difference = walksApart(name, found, readWalks()[name])
  if (difference === undefined) return
  console.log(difference)
  writeWalks({ ...Object.fromEntries(walks), [name]: found })
}

const walked = new Set(walkedNames())
for (const name of names) if (walked.has(name)) addWalked(name)

/** Counts the strays of these scenarios, and of one of each correct variant that has none yet. */
const chosen = variantsWithout(readStrays()).map(({ scenarios }) => scenarios[0] as string)
for (const name of [...names.filter((name) => name in readStrays()), ...chosen]) {
  const [found, listed] = [straysOf(shipped(name).model), readStrays()[name] ?? {}]
  const difference = straysApart(name, found, listed)
  if (difference === undefined) continue
  console.log(difference)
  const present = Object.entries(readStrays()).filter(([listed]) => isShipped.has(listed))
  writeStrays({ ...Object.fromEntries(present), [name]: found })
}

const manifest = readManifest()
for (const file of documents()) {
  const text = readFileSync(file, "utf8")
  const corrected = withNumbersOf(manifest, text)
  if (corrected === text) continue
  console.log(`${file}: numbers corrected`)
  writeFileSync(file, corrected)
}
