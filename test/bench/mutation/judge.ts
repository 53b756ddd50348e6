/**
 * A process that judges one mutant after the other: it bundles the specification as it is in the
 * copy now, with what judges it, and loads that beside the libraries, which stay. So a mutant costs
 * no start of a process, and nothing is read but what has changed.
 */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as esbuild from "esbuild"
import type { judging, Question } from "./questions.ts"
import { watch } from "./watchdog.ts"

/** What the process is asked: to judge the specification that the copy has now. */
export type Asked = ReadonlyArray<Question>

/** The scenario that noticed a mutant, and what differs. */
export interface Noticed {
  readonly scenario: string
  readonly what: string
}

/** What it says: where it is, and what came of it. */
export type Said =
  | { readonly _tag: "Begins"; readonly scenario: string }
  | { readonly _tag: "Judged"; readonly noticed?: Noticed }
  | { readonly _tag: "NoProgram"; readonly why: string }

const [tree = "", maxMilliseconds = ""] = process.argv.slice(2)
const next = watch(Number(maxMilliseconds))
const entry = join(tree, "test", "bench", "mutation", "questions.ts")
const outfile = join(tree, "..", "questions.cjs")
const context = await esbuild.context({
  ...{ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "cjs" },
  ...{ packages: "external", logLevel: "silent", absWorkingDir: tree },
  define: { "import.meta.url": JSON.stringify(pathToFileURL(entry).href) }
})
const require = createRequire(entry)

const say = (said: Said): void => {
  process.send?.(said)
}

const load = (): ReturnType<typeof judging> => {
  const module = { exports: {} as { readonly judging: typeof judging } }
  const define = new Function("require", "module", "exports", readFileSync(outfile, "utf8"))
  define(require, module, module.exports)
  return module.exports.judging(tree)
}

const answer = async (questions: Asked): Promise<Said> => {
  next()
  try {
    await context.rebuild()
  } catch (error) {
    return { _tag: "NoProgram", why: (error as Error).message }
  }
  const [{ scenario: first = "" } = {}] = questions
  say({ _tag: "Begins", scenario: first })
  let judge: ReturnType<typeof judging>
  try {
    judge = load()
  } catch (error) {
    return {
      _tag: "Judged",
      noticed: { scenario: first, what: `fault: ${(error as Error).message}` }
    }
  }
  for (const question of questions) {
    say({ _tag: "Begins", scenario: question.scenario })
    next()
    const what = judge(question)
    if (what !== undefined)
      return { _tag: "Judged", noticed: { scenario: question.scenario, what } }
  }
  return { _tag: "Judged" }
}

process.on("message", (questions: Asked) => {
  answer(questions).then(say)
})
process.on("disconnect", () => process.exit())
