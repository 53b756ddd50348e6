/**
 * Which of the shipped scenarios judge the mutants of a file.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as esbuild from "esbuild"
import { readManifest } from "../../../checker/command/manifest.ts"
import { shippedNames } from "../../../checker/command/shipped.ts"
import { protocols } from "../../../spec/protocols.ts"
import { walkedNames } from "../../checker/manifest/walks.ts"
import { readStrays } from "../../checker/strays/pinned.ts"
import { judgingFiles } from "./copy.ts"
import type { Question } from "./questions.ts"
import { root } from "./root.ts"

/** Judge a mutant by the shortest searches that together generate this many states. */
const maxGenerated = 600_000
const maxGeneratedAtOnce = 120_000

/**
 * The searches that generate this many come before the tests of `spec/`, the longer ones after.
 * What all protocols use is noticed by its tests at less cost than by the searches of each.
 */
const maxGeneratedSoon = 40_000
const maxSearchesSoon = 40

/** By the name of each protocol, the module that exports it. */
const modulesOfProtocols = async (
  files: ReadonlyArray<string>
): Promise<ReadonlyMap<string, string>> => {
  const modules = new Map<string, string>()
  for (const file of files)
    for (const exported of Object.values(await import(join(root, file))))
      for (const protocol of protocols) if (exported === protocol) modules.set(protocol.name, file)
  return modules
}

/** What judges the mutants of a file soon, and what takes longer: it comes after the tests. */
export interface Stages {
  readonly soon: ReadonlyArray<Question>
  readonly late: ReadonlyArray<Question>
}

export const noStages: Stages = { soon: [], late: [] }

/** For each source file, the scenarios of the protocols that use it. */
export const scenariosByFile = async (): Promise<ReadonlyMap<string, Stages>> => {
  const inputs = await inputsOf([join(root, "spec", "protocols.ts")])
  const reached = reachedIn(inputs)
  const modules = await modulesOfProtocols(
    inputs["spec/protocols.ts"]?.imports.map(({ path }) => path) ?? []
  )
  const manifest = readManifest()
  const walked = new Set(walkedNames())
  const strays = new Set(Object.keys(readStrays()))
  const lengths = shippedNames()
    .map((name) => [name, manifest[name]?.generated ?? Number.POSITIVE_INFINITY] as const)
    .sort(([, left], [, right]) => left - right)
  const byFile = new Map<string, Growing>()
  const generated = new Map<string, number>()
  for (const [scenario, length] of lengths) {
    const { protocol } = JSON.parse(
      readFileSync(join(root, "checker", "scenarios", `${scenario}.json`), "utf8")
    )
    const module = modules.get(protocol)
    if (module === undefined) throw new Error(`no module exports the protocol "${protocol}"`)
    for (const file of reached(module)) {
      const stages = byFile.get(file) ?? { strays: [], soon: [], late: [] }
      byFile.set(file, stages)
      if (walked.has(scenario)) stages.late.push({ kind: "walks", scenario })
      if (strays.has(scenario)) stages.strays.push({ kind: "strays", scenario })
      const sum = (generated.get(file) ?? 0) + length
      if (scenario.includes("/large/") || length > maxGeneratedAtOnce || sum > maxGenerated)
        continue
      generated.set(file, sum)
      const isSoon = sum <= maxGeneratedSoon && stages.soon.length < maxSearchesSoon
      stages[isSoon ? "soon" : "late"].push({ kind: "search", scenario })
    }
  }
  return new Map(
    [...byFile].map(([file, { strays, soon, late }]) => [
      file,
      { soon: [...strays, ...soon], late }
    ])
  )
}

/** The questions about a file, the shortest searches first. Strays take the least time of all. */
interface Growing {
  readonly strays: Array<Question>
  readonly soon: Array<Question>
  readonly late: Array<Question>
}

/** For each source file, the files of tests that reach it. */
export const testsByFile = async (): Promise<ReadonlyMap<string, ReadonlyArray<string>>> => {
  const files = judgingFiles()
  const reached = reachedIn(await inputsOf(files.map((file) => join(root, file))))
  const byFile = new Map<string, Array<string>>()
  for (const test of files)
    for (const file of reached(test)) {
      const tests = byFile.get(file) ?? []
      byFile.set(file, tests)
      tests.push(test)
    }
  return byFile
}

type Inputs = esbuild.Metafile["inputs"]

/** What these files import, and what that imports, by paths from the root. */
const inputsOf = async (entryPoints: Array<string>): Promise<Inputs> => {
  const { metafile } = await esbuild.build({
    ...{ entryPoints, absWorkingDir: root, bundle: true, outdir: join(root, ".build", "judged") },
    ...{ packages: "external", platform: "node", format: "esm", write: false, metafile: true }
  })
  return metafile.inputs
}

/** The files that a file reaches by its imports, itself among them. */
const reachedIn = (inputs: Inputs) => {
  const reached = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
    if (seen.has(file)) return seen
    seen.add(file)
    for (const { path } of inputs[file]?.imports ?? []) reached(path, seen)
    return seen
  }
  return (file: string) => reached(file)
}
