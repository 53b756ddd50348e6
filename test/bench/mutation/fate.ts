/**
 * What kills a mutant: a scenario, or else a test of `spec/`. What kills it must not kill the
 * specification itself.
 */
import { dirname, join } from "node:path"
import * as esbuild from "esbuild"
import { shippedNames } from "../../../checker/command/shipped.ts"
import { type Copy, type Ended, roomVariable, root } from "./copy.ts"
import type { Judges } from "./judges.ts"
import type { Mutant } from "./mutants.ts"

/** What killed a mutant; undefined if it survived. */
export type Fate = { readonly by: "scenario" | "test"; readonly what: string } | undefined

/** What killed a mutant kills the specification as well, so it says nothing of the mutant. */
export class Undecided extends Error {
  override readonly name = "Undecided"
}

const maxSearchMilliseconds = 400_000
const maxTestMilliseconds = 600_000

/** The scenarios and the files of tests in which the specification itself is as it should be. */
const trusted = new Set<string>()

/** Judges a mutant by the scenarios. */
export const byScenarios = async (mutant: Mutant, judges: Judges, copy: Copy): Promise<Fate> => {
  const fate = await copy.changed(mutant, () => searched(judges, copy))
  const name = fate?.what.split(": ")[0] ?? ""
  if (!shippedNames().includes(name) || trusted.has(name)) return fate
  const only = (names: ReadonlyArray<string>) => names.filter((one) => one === name)
  const { searched: found, walked, strayed } = judges
  const itself = await searched(
    { searched: only(found), walked: only(walked), strayed: only(strayed) },
    copy
  )
  if (itself !== undefined)
    throw new Undecided(
      `${itself.what}, with no mutant; if that is meant: npm run manifest ${name}`
    )
  trusted.add(name)
  return fate
}

/** Bundles the copy as it is now, and lets the scenarios judge it. */
const searched = async (judges: Judges, copy: Copy): Promise<Fate> => {
  const outfile = join(copy.folder, "judge.mjs")
  try {
    await esbuild.build({
      entryPoints: [join(copy.tree, "test", "bench", "mutation", "judge.ts")],
      ...{ bundle: true, platform: "node", format: "esm", packages: "external", outfile },
      logLevel: "silent"
    })
  } catch (error) {
    throw new Undecided(`is no program: ${(error as Error).message}`)
  }
  const { code, output } = await copy.run(
    [
      outfile,
      join(copy.tree, "checker", "scenarios"),
      ...judges.searched,
      ...["--walks", ...judges.walked],
      ...["--strays", ...judges.strayed]
    ],
    maxSearchMilliseconds
  )
  if (code === 0) return undefined
  const last = output.trim().split("\n").at(-1) ?? ""
  return { by: "scenario", what: code === "time" ? "time" : last.slice(0, 160) }
}

/** Judges a mutant by the tests of `spec/` that reach the file. */
export const byTests = async (
  mutant: Mutant,
  files: ReadonlyArray<string>,
  copy: Copy
): Promise<Fate> => {
  if (files.length === 0) return undefined
  const room = dirname(mutant.file)
  const { code, output } = await copy.changed(mutant, () => tested(files, room, copy))
  if (code === 0) return undefined
  if (code === "time") return { by: "test", what: "time" }
  const failed = /FAIL\s+(.*)/.exec(output)?.[1] ?? "no test was run"
  const test = failed.split(" ")[0] ?? ""
  if (!trusted.has(test)) {
    if ((await tested([test], room, copy)).code !== 0)
      throw new Undecided(`${failed} fails with no mutant as well`)
    trusted.add(test)
  }
  return { by: "test", what: failed.slice(0, 160) }
}

const tested = (files: ReadonlyArray<string>, room: string, copy: Copy): Promise<Ended> =>
  copy.run(
    [
      join(root, "node_modules", "vitest", "vitest.mjs"),
      ...["run", ...files],
      ...["--bail=1", "--maxWorkers=1"]
    ],
    maxTestMilliseconds,
    { [roomVariable]: room }
  )
