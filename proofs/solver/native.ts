/**
 * A solver on the PATH: z3, or cvc5 as a second opinion. One process answers one question after
 * another.
 */
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process"
import type { Readable, Writable } from "node:stream"
import {
  type Answer,
  type Asked,
  maxMilliseconds,
  maxResources,
  type Solver,
  SolverMissing,
  type Verdict
} from "./solver.ts"

/** How to start a program, and the commands that precede each question. */
interface Program {
  readonly name: string
  readonly options: ReadonlyArray<string>
  readonly preamble: string
}

/** Z3, with a bound in its own units on the work for one question. */
export const z3Within = (resources: number): Program => ({
  name: "z3",
  options: ["-in", "-smt2"],
  preamble: [
    `(set-option :rlimit ${resources})`,
    `(set-option :timeout ${maxMilliseconds})`,
    "(set-option :produce-models true)"
  ].join("\n")
})

export const programs = {
  z3: z3Within(maxResources),
  cvc5: {
    name: "cvc5",
    options: [
      "--lang=smt2",
      "--incremental",
      "--full-saturate-quant",
      `--tlimit-per=${maxMilliseconds}`,
      "--produce-models"
    ],
    preamble: "(set-logic UF)"
  }
} as const satisfies Record<string, Program>

const end = "end-of-answer"

/** For each formula, in the order of the question, its value after it. */
const value = /\s(true|false)\)/g

const valuesIn = (said: string, asked: Asked): Answer["values"] => {
  const values = [...said.matchAll(value)].map(([, one]) => one === "true")
  return new Map(
    [...asked.keys()].flatMap((name, at) => {
      const found = values[at]
      return found === undefined ? [] : [[name, found] as const]
    })
  )
}

const isThere = ({ name }: Program): boolean => spawnSync(name, ["--version"]).error === undefined

/** The first of the programs that is installed; fails if none is. */
export const nativeProgram = (): Program => {
  const found = [programs.z3, programs.cvc5].find(isThere)
  if (found !== undefined) return found
  throw new SolverMissing({ solver: "native", reason: "neither z3 nor cvc5 is on the PATH" })
}

const verdictOf = (text: string): Verdict => {
  const line = text.split("\n").find((one) => /^(sat|unsat|unknown)$/.test(one.trim()))
  return text.includes("(error") ? "unknown" : ((line?.trim() ?? "unknown") as Verdict)
}

export const nativeSolver = (
  program: Program = nativeProgram()
): Solver & { core(script: string): Promise<ReadonlyArray<string>> } => {
  let process: ChildProcessByStdio<Writable, Readable, null> | undefined
  let heard = ""
  let answer: ((text: string) => void) | undefined
  const started = () => {
    if (process !== undefined) return process
    process = spawn(program.name, [...program.options], { stdio: ["pipe", "pipe", "ignore"] })
    process.stdout.setEncoding("utf8")
    process.stdout.on("data", (text: string) => {
      heard += text
      const at = heard.indexOf(end)
      if (at < 0) return
      const said = heard.slice(0, at)
      heard = heard.slice(at + end.length)
      answer?.(said)
    })
    process.on("exit", () => {
      process = undefined
      answer?.("unknown")
    })
    return process
  }
  const ask = (commands: string): Promise<string> =>
    new Promise((resolve) => {
      answer = resolve
      started().stdin.write(`${commands}\n(echo "${end}")\n`)
    })
  let last: Promise<unknown> = Promise.resolve()
  const check = async (script: string, asked: Asked): Promise<Answer> => {
    const said = await ask(`(reset)\n${program.preamble}\n${script}\n(check-sat)`)
    const verdict = verdictOf(said)
    if (verdict === "unknown") return { verdict, values: new Map(), reason: said.trim() }
    if (verdict === "unsat" || asked.size === 0) return { verdict, values: new Map() }
    return {
      verdict,
      values: valuesIn(await ask(`(get-value (${[...asked.values()].join(" ")}))`), asked)
    }
  }
  return {
    name: program.name,
    check: (script, asked = new Map()) => {
      const mine = last.then(() => check(script, asked))
      last = mine.catch(() => undefined)
      return mine
    },
    core: (script) => {
      const mine = last.then(async () => {
        const options = `${program.preamble}\n(set-option :produce-unsat-cores true)`
        const said = await ask(`(reset)\n${options}\n${script}\n(check-sat)\n(get-unsat-core)`)
        return said.match(/assumed-\d+/g) ?? []
      })
      last = mine.catch(() => undefined)
      return mine
    },
    close: () => {
      process?.kill()
    }
  }
}
