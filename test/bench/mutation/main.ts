/**
 * `npm run bench -- mutation [--count 300] [--seed 1] [--file PART[:LINE]] [--slice 2/8]
 * [--workers N] [--results FILE] [--searches-alone]`: a seeded sample of small changes to `spec/`,
 * judged by strays and the shortest of the shipped scenarios; if none of them notices, by the tests
 * of `spec/`; and then by longer searches and by random runs. A slice is a part of the sample, so
 * that a run may be short. What became of a mutant is kept in the file of results, so that a run
 * that was interrupted goes on where it was.
 *
 * The first difference kills a mutant: another verdict, a count that is not what is written down,
 * an exception, a failing test, more time or memory than there is. The bench prints the survivors,
 * unless a sentence in `equivalent.json` explains why nothing can notice them.
 */
import { readFileSync, rmSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import * as fc from "fast-check"
import { Copy } from "./copy.ts"
import { byScenarios, byTests, type Fate, Undecided } from "./fate.ts"
import { noStages, scenariosByFile, testsByFile } from "./judges.ts"
import { type Mutant, mutantsOf, sourceFiles } from "./mutants.ts"
import { type Outcome, Results } from "./results.ts"
import { root } from "./root.ts"

const work = join(root, ".build", "mutation", String(process.pid))

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
  const all = sourceFiles(root)
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

/** How long judging takes, by what judges. */
class Timed {
  readonly seconds = { scenarios: 0, tests: 0 }

  async judge(by: keyof Timed["seconds"], judged: Promise<Fate>): Promise<Fate> {
    const start = performance.now()
    try {
      return await judged
    } finally {
      this.seconds[by] += (performance.now() - start) / 1000
    }
  }
}

export const mutation = async (options: ReadonlyArray<string>): Promise<void> => {
  const lanes = Number(optionOf(options, "workers") ?? availableParallelism())
  const copies = Array.from({ length: lanes }, (_, lane) => new Copy(join(work, `lane-${lane}`)))
  const sample = sampled(
    Number(optionOf(options, "count") ?? 300),
    Number(optionOf(options, "seed") ?? 1),
    optionOf(options, "file") ?? "",
    optionOf(options, "slice") ?? "1/1"
  )
  const judges = await scenariosByFile()
  const tests = await testsByFile()
  const results = new Results(optionOf(options, "results"))
  const searchesAlone = options.includes("--searches-alone")
  const timed = new Timed()
  const outcomeOf = async (mutant: Mutant, copy: Copy): Promise<Outcome> => {
    const because = excuseOf(mutant)
    if (because !== undefined) return { _tag: "Equivalent", because }
    try {
      const { soon, late } = judges.get(mutant.file) ?? noStages
      const fate =
        (await timed.judge("scenarios", byScenarios(mutant, soon, copy))) ??
        (searchesAlone
          ? undefined
          : await timed.judge("tests", byTests(mutant, tests.get(mutant.file) ?? [], copy))) ??
        (await timed.judge("scenarios", byScenarios(mutant, late, copy)))
      return fate === undefined ? { _tag: "Survived" } : { _tag: "Killed", ...fate }
    } catch (error) {
      if (error instanceof Undecided) return { _tag: "Undecided", why: error.message }
      throw error
    }
  }
  const outcomes = new Map<Mutant, Outcome>()
  const waiting = [...sample]
  const start = performance.now()
  await Promise.all(
    copies.map(async (copy) => {
      for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
        const known = results.of(mutant)
        const begun = performance.now()
        const outcome = known ?? (await outcomeOf(mutant, copy))
        outcomes.set(mutant, outcome)
        if (known !== undefined) continue
        results.add(mutant, outcome)
        tell(mutant, outcome, (performance.now() - begun) / 1000)
      }
      copy.judge.end()
    })
  )
  rmSync(work, { recursive: true, force: true })
  summarise(outcomes)
  const { seconds } = timed
  console.log(
    `${((performance.now() - start) / 1000).toFixed(0)} s on ${lanes} lanes: scenarios took ` +
      `${seconds.scenarios.toFixed(0)} s, tests ${seconds.tests.toFixed(0)} s`
  )
}

const inWords = (outcome: Outcome): string => {
  switch (outcome._tag) {
    case "Killed":
      return `${outcome.by}: ${outcome.what}`
    case "Equivalent":
      return `equivalent: ${outcome.because}`
    case "Survived":
      return "SURVIVED"
    case "Undecided":
      return `UNDECIDED: ${outcome.why}`
  }
}

const tell = (mutant: Mutant, outcome: Outcome, seconds: number): void => {
  console.log(`${mutant.file}:${mutant.line}  ${inWords(outcome)} (${seconds.toFixed(1)} s)`)
  if (outcome._tag === "Survived") console.log(`    - ${mutant.was}\n    + ${mutant.becomes}`)
}

const summarise = (outcomes: ReadonlyMap<Mutant, Outcome>): void => {
  const all = [...outcomes]
  const count = (is: (outcome: Outcome) => boolean): number =>
    all.filter(([, outcome]) => is(outcome)).length
  const killed = (by: "scenario" | "test") =>
    count((outcome) => outcome._tag === "Killed" && outcome.by === by)
  const tagged = (tag: Outcome["_tag"]) => count(({ _tag }) => _tag === tag)
  const byNumbers = count(
    (outcome) => outcome._tag === "Killed" && /: (counts|random runs|strays)$/.test(outcome.what)
  )
  const judged = tagged("Killed") + tagged("Survived")
  console.log(
    `\n${tagged("Killed")} of ${judged} killed ` +
      `(${((100 * tagged("Killed")) / judged).toFixed(1)} %); ${tagged("Equivalent")} equivalent`
  )
  console.log(
    `${killed("scenario")} by scenarios (${byNumbers} of them by numbers alone), ` +
      `${killed("test")} by tests of spec/`
  )
  for (const [{ file, line, was, becomes }, { _tag }] of all)
    if (_tag === "Survived")
      console.log(`survived: ${file}:${line}\n    - ${was}\n    + ${becomes}`)
  for (const [{ file, line }, outcome] of all)
    if (outcome._tag === "Undecided") console.log(`undecided: ${file}:${line}: ${outcome.why}`)
  if (tagged("Undecided") > 0) process.exitCode = 1
}
