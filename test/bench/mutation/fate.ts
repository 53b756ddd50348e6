/**
 * What kills a mutant: a scenario, or else a test of `spec/`. What kills it must not kill the
 * specification itself.
 */
import { dirname, join } from "node:path"
import { type Copy, type Ended, roomVariable } from "./copy.ts"
import { NoProgram } from "./judge-process.ts"
import type { Mutant } from "./mutants.ts"
import type { Question } from "./questions.ts"
import { root } from "./root.ts"

/** What killed a mutant; undefined if it survived. */
export type Fate = { readonly by: "scenario" | "test"; readonly what: string } | undefined

/** What killed a mutant kills the specification as well, so it says nothing of the mutant. */
export class Undecided extends Error {
  override readonly name = "Undecided"
}

const maxTestMilliseconds = 3_600_000

/** The scenarios and the files of tests in which the specification itself is as it should be. */
const trusted = new Set<string>()

/** Judges a mutant by scenarios. */
export const byScenarios = async (
  mutant: Mutant,
  questions: ReadonlyArray<Question>,
  copy: Copy
): Promise<Fate> => {
  if (questions.length === 0) return undefined
  const noticed = await copy.changed(mutant, () => copy.judge.ask(questions)).catch(noProgram)
  if (noticed === undefined) return undefined
  const { scenario, what } = noticed
  if (!trusted.has(scenario)) {
    const itself = await copy.judge.ask(questions.filter((one) => one.scenario === scenario))
    if (itself !== undefined)
      throw new Undecided(
        `${scenario}: ${itself.what}, with no mutant; if that is meant: npm run manifest ${scenario}`
      )
    trusted.add(scenario)
  }
  return { by: "scenario", what: `${scenario}: ${what}` }
}

const noProgram = (error: unknown): never => {
  if (error instanceof NoProgram) throw new Undecided(`is no program: ${error.message}`)
  throw error
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
  const failed = /FAIL\s+(.*)/.exec(output)?.[1]
  // The process of the tests has ended itself, for want of memory or for its watchdog.
  if (failed === undefined) return { by: "test", what: "time or memory" }
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
    { [roomVariable]: room, NODE_OPTIONS: "--max-old-space-size=3000" }
  )
