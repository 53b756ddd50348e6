/**
 * `npm run bench -- mutation [--count 300] [--seed 1] [--file PART[:LINE]] [--slice 2/8]
 * [--searches-alone]`: a seeded sample of small changes to `spec/`, judged by the shipped scenarios
 * and, if none of them notices, by the tests of `spec/`. A slice is a part of the sample, so that a
 * run may be short.
 *
 * The first difference kills a mutant: another verdict, a count that is not the manifest's, an
 * exception, a failing test. The bench prints the survivors, unless a sentence in `equivalent.json`
 * explains why nothing can notice them.
 */
import { spawn } from "node:child_process"
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { availableParallelism } from "node:os"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import * as esbuild from "esbuild"
import * as fc from "fast-check"
import { readManifest } from "../../../checker/command/manifest.ts"
import { shippedNames } from "../../../checker/command/shipped.ts"
import { protocols } from "../../../spec/protocols.ts"
import { walkedNames } from "../../checker/manifest/walks.ts"
import { readStrays } from "../../checker/strays/pinned.ts"
import { type Mutant, mutantsOf } from "./mutants.ts"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..", "..")
const work = join(root, ".build", "mutation", String(process.pid))
const scenarios = join(root, "checker", "scenarios")

/**
 * Files that decide nothing: lists and entry points. A difference in a variant's data is not a
 * decision of the protocol.
 */
const undecided = /(^|\/)(index|protocols|variants)\.ts$/

const sourceFiles = (): ReadonlyArray<string> =>
  readdirSync(join(root, "spec"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !undecided.test(file))
    .map((file) => `spec/${file}`)
    .sort()

/** Judge a mutant by the shortest searches that together generate this many states. */
const mostGenerated = 600_000
const mostGeneratedAtOnce = 120_000
const searchMilliseconds = 400_000
const testMilliseconds = 600_000

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

/** The scenarios that judge the mutants of a file, the shortest first. */
interface Judges {
  readonly searched: ReadonlyArray<string>
  readonly walked: ReadonlyArray<string>
  readonly strayed: ReadonlyArray<string>
}

const noJudges: Judges = { searched: [], walked: [], strayed: [] }

/** For each source file, the scenarios of the protocols that use it. */
const scenariosByFile = async (): Promise<ReadonlyMap<string, Judges>> => {
  const { outputs, inputs } = (
    await esbuild.build({
      ...{ entryPoints: [join(root, "spec", "protocols.ts")], absWorkingDir: root, bundle: true },
      ...{ packages: "external", format: "esm", write: false, metafile: true }
    })
  ).metafile
  if (Object.keys(outputs).length !== 1) throw new Error("one bundle was expected")
  const reached = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
    if (seen.has(file)) return seen
    seen.add(file)
    for (const { path } of inputs[file]?.imports ?? []) reached(path, seen)
    return seen
  }
  const modules = await modulesOfProtocols(
    inputs["spec/protocols.ts"]?.imports.map(({ path }) => path) ?? []
  )
  const manifest = readManifest()
  const walked = new Set(walkedNames())
  const strays = new Set(Object.keys(readStrays()))
  const lengths = shippedNames()
    .map((name) => [name, manifest[name]?.generated ?? Number.POSITIVE_INFINITY] as const)
    .sort(([, left], [, right]) => left - right)
  const byFile = new Map<string, { readonly [Kind in keyof Judges]: Array<string> }>()
  const generated = new Map<string, number>()
  for (const [name, length] of lengths) {
    const { protocol } = JSON.parse(readFileSync(join(scenarios, `${name}.json`), "utf8"))
    const module = modules.get(protocol)
    if (module === undefined) throw new Error(`no module exports the protocol "${protocol}"`)
    for (const file of reached(module)) {
      const judges = byFile.get(file) ?? { searched: [], walked: [], strayed: [] }
      byFile.set(file, judges)
      if (walked.has(name)) judges.walked.push(name)
      if (strays.has(name)) judges.strayed.push(name)
      const sum = (generated.get(file) ?? 0) + length
      if (name.includes("/large/") || length > mostGeneratedAtOnce || sum > mostGenerated) continue
      generated.set(file, sum)
      judges.searched.push(name)
    }
  }
  return byFile
}

interface Ended {
  readonly code: number | "time"
  readonly output: string
}

const run = (command: string, args: ReadonlyArray<string>, cwd: string, milliseconds: number) =>
  new Promise<Ended>((done) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: "1" },
      detached: true
    })
    let output = ""
    let late = false
    child.stdout.on("data", (data) => {
      output += data
    })
    child.stderr.on("data", (data) => {
      output += data
    })
    const timer = setTimeout(() => {
      late = true
      process.kill(-(child.pid as number), "SIGKILL")
    }, milliseconds)
    child.on("close", (code) => {
      clearTimeout(timer)
      done({ code: late ? "time" : (code ?? 1), output })
    })
  })

/** What killed a mutant, if anything did. */
type Fate = { readonly by: "scenario" | "test"; readonly what: string } | undefined

/** Judges a mutant by the scenarios; what kills it must not kill the specification itself. */
const bySearch = async (mutant: Mutant, judges: Judges, lane: string): Promise<Fate> => {
  const fate = await searchedBy(mutant, judges, lane)
  const name = fate?.what.split(": ")[0] ?? ""
  const only = (names: ReadonlyArray<string>) => names.filter((one) => one === name)
  if (shippedNames().includes(name) && !trusted.has(name)) {
    const { searched, walked, strayed } = judges
    const itself = await searchedBy(
      unchanged,
      { searched: only(searched), walked: only(walked), strayed: only(strayed) },
      lane
    )
    if (itself !== undefined)
      throw new Error(`${itself.what}, with no mutant; if that is meant: npm run manifest ${name}`)
    trusted.add(name)
  }
  return fate
}

/** The scenarios, and the files of tests, in which the specification itself is as it should be. */
const trusted = new Set<string>()
const unchanged = { file: "", text: "" }

const searchedBy = async (
  mutant: Pick<Mutant, "file" | "text">,
  { searched, walked, strayed }: Judges,
  lane: string
): Promise<Fate> => {
  const outfile = join(lane, "judge.mjs")
  const mutated: esbuild.Plugin = {
    name: "mutated",
    setup: (build) =>
      build.onLoad({ filter: /\.ts$/ }, ({ path }) =>
        path === join(root, mutant.file) ? { contents: mutant.text, loader: "ts" } : undefined
      )
  }
  await esbuild.build({
    entryPoints: [join(root, "test", "bench", "mutation", "judge.ts")],
    ...{
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      outfile,
      plugins: [mutated]
    },
    logLevel: "silent"
  })
  const { code, output } = await run(
    process.execPath,
    [outfile, scenarios, ...searched, "--walks", ...walked, "--strays", ...strayed],
    root,
    searchMilliseconds
  )
  if (code === 0) return undefined
  const last = output.trim().split("\n").at(-1) ?? ""
  return { by: "scenario", what: code === "time" ? "time" : last.slice(0, 160) }
}

const testsOfSpec = `import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    setupFiles: ["test/setup.ts"],
    include: [
      "test/spec/**/*.test.ts",
      "test/checker/scenario/*.test.ts",
      "test/checker/report/*.test.ts",
      "test/checker/dbqs.test.ts",
      "test/checker/network/adversary.test.ts",
      "test/checker/network/refinement.test.ts"
    ],
    isolate: false,
    testTimeout: 300_000
  }
})
`

/** A copy of the repository in which a file can be changed. */
const copyOf = (lane: string): string => {
  const tree = join(lane, "tree")
  for (const name of ["spec", "checker", "impl", "test", "package.json", "tsconfig.json"])
    cpSync(join(root, name), join(tree, name), { recursive: true })
  writeFileSync(join(tree, "vitest.config.ts"), testsOfSpec)
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"))
  return tree
}

/** Judges a mutant by the tests of `spec/` that reach the file. */
const byTests = async ({ file, text }: Mutant, tree: string): Promise<Fate> => {
  const original = readFileSync(join(root, file), "utf8")
  writeFileSync(join(tree, file), text)
  const { code, output } = await tested(["related", file], tree)
  writeFileSync(join(tree, file), original)
  if (code === 0) return undefined
  if (code === "time") return { by: "test", what: "time" }
  const failed = /FAIL\s+(.*)/.exec(output)?.[1] ?? "no test was run"
  const test = failed.split(" ")[0] ?? ""
  if (!trusted.has(test)) {
    if ((await tested([test], tree)).code !== 0)
      throw new Error(`${failed} fails with no mutant as well`)
    trusted.add(test)
  }
  return { by: "test", what: failed.slice(0, 160) }
}

const tested = (which: ReadonlyArray<string>, tree: string): Promise<Ended> => {
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs")
  const options = ["--run", "--bail=1", "--maxWorkers=1"]
  return run(process.execPath, [vitest, ...which, ...options], tree, testMilliseconds)
}

interface Excuse {
  readonly file: string
  readonly was: string
  readonly becomes: string
  readonly because: string
}
const excuses: ReadonlyArray<Excuse> = JSON.parse(
  readFileSync(new URL("equivalent.json", import.meta.url), "utf8")
)
const excuseOf = ({ file, was, becomes }: Mutant): string | undefined =>
  excuses.find((one) => one.file === file && one.was === was && one.becomes === becomes)?.because

const sampled = (
  count: number,
  seed: number,
  part: string,
  slice: string
): ReadonlyArray<Mutant> => {
  const [path = "", line] = part.split(":")
  const all = sourceFiles()
    .filter((file) => file.includes(path))
    .flatMap((file) => mutantsOf(file, readFileSync(join(root, file), "utf8")))
    .filter((mutant) => line === undefined || mutant.line === Number(line))
  const length = Math.min(count, all.length)
  const options = { minLength: length, maxLength: length }
  console.log(`${length} of ${all.length} mutants, seed ${seed}, slice ${slice}`)
  const sample = fc.sample(fc.shuffledSubarray([...all], options), { seed, numRuns: 1 })[0] ?? []
  const [number, slices] = slice.split("/").map(Number) as [number, number]
  return sample.filter((_, index) => index % slices === number - 1)
}

const optionOf = (options: ReadonlyArray<string>, name: string): string | undefined =>
  options[options.indexOf(`--${name}`) + 1 || options.length]

export const mutation = async (options: ReadonlyArray<string>): Promise<void> => {
  const seed = Number(optionOf(options, "seed") ?? 1)
  const sample = sampled(
    Number(optionOf(options, "count") ?? 300),
    seed,
    optionOf(options, "file") ?? "",
    optionOf(options, "slice") ?? "1/1"
  )
  const judges = await scenariosByFile()
  const searchesAlone = options.includes("--searches-alone")
  const fates = new Map<Mutant, Fate | "equivalent">()
  const waiting = [...sample]
  const workLane = async (_: unknown, number: number): Promise<void> => {
    const lane = join(work, `lane-${number}`)
    mkdirSync(lane, { recursive: true })
    const tree = copyOf(lane)
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const start = performance.now()
      const excuse = excuseOf(mutant)
      const fate =
        excuse !== undefined
          ? "equivalent"
          : ((await bySearch(mutant, judges.get(mutant.file) ?? noJudges, lane)) ??
            (searchesAlone ? undefined : await byTests(mutant, tree)))
      fates.set(mutant, fate)
      const told =
        fate === "equivalent"
          ? `equivalent: ${excuse}`
          : fate
            ? `${fate.by}: ${fate.what}`
            : "SURVIVED"
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      console.log(`${mutant.file}:${mutant.line}  ${told} (${seconds} s)`)
      if (fate === undefined) console.log(`    - ${mutant.was}\n    + ${mutant.becomes}`)
    }
  }
  const lanes = Number(optionOf(options, "workers") ?? availableParallelism())
  await Promise.all(Array.from({ length: lanes }, workLane))
  rmSync(work, { recursive: true, force: true })
  summarise(fates)
}

const summarise = (fates: ReadonlyMap<Mutant, Fate | "equivalent">): void => {
  const all = [...fates]
  const count = (is: (fate: Fate | "equivalent") => boolean) =>
    all.filter(([, fate]) => is(fate)).length
  const equivalent = count((fate) => fate === "equivalent")
  const byCounts = count(
    (fate) => typeof fate === "object" && /: (counts|random runs|strays)$/.test(fate.what)
  )
  const scenario = count((fate) => typeof fate === "object" && fate.by === "scenario")
  const test = count((fate) => typeof fate === "object" && fate.by === "test")
  const [killed, judged] = [scenario + test, all.length - equivalent]
  console.log(
    `\n${killed} of ${judged} killed (${((100 * killed) / judged).toFixed(1)} %); ${equivalent} equivalent`
  )
  console.log(
    `${scenario} by scenarios (${byCounts} of them by numbers alone), ${test} by tests of spec/`
  )
  const survivors = all.filter(([, fate]) => fate === undefined)
  for (const [{ file, line, was, becomes }] of survivors)
    console.log(`survived: ${file}:${line}\n    - ${was}\n    + ${becomes}`)
}
