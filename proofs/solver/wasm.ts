/**
 * Z3 in WebAssembly, from the package `z3-solver`: it needs no other installation. It is 35 MB, so
 * it is loaded only with the first question.
 *
 * Each question has its own solver, and a fixed number of questions share a context. Creating
 * either costs as much as a question of the usual size: so the solver is the simple one, which
 * prepares nothing. (`eval_smtlib2_string`, the obvious entry point, answers some long scripts with
 * errors about garbled text: its argument is on a stack that another thread reads later.
 * `solver_from_string` parses before it returns, and `solver_check` passes numbers only.)
 */
import type { init } from "z3-solver"
import {
  type Answer,
  type Asked,
  maxMilliseconds,
  maxResources,
  type Solver,
  SolverMissing
} from "./solver.ts"

type Z3 = Awaited<ReturnType<typeof init>>["Z3"]

const load = async (resources: number): Promise<Z3> => {
  try {
    const { init } = await import("z3-solver")
    const { Z3 } = await init()
    Z3.global_param_set("rlimit", String(resources))
    Z3.global_param_set("timeout", String(maxMilliseconds))
    return Z3
  } catch (error) {
    throw new SolverMissing({
      solver: "wasm",
      reason: `${(error as Error).message}; npm install z3-solver, or --solver native`
    })
  }
}

const definition = /([A-Za-z_]\w*) -> (true|false)/g

type Context = ReturnType<Z3["mk_context"]>

/**
 * The number of questions that share a context. The context keeps everything that they mention, so
 * it grows.
 */
const questionsInContext = 100

const contextOf = (z3: Z3): Context => {
  const config = z3.mk_config()
  const context = z3.mk_context(config)
  z3.del_config(config)
  return context
}

/** The script, with a constant for each `asked` formula, which has the formula's value. */
const naming = (script: string, asked: Asked): string =>
  [
    script,
    ...[...asked].map(
      ([name, formula]) => `(declare-fun ${name} () Bool)(assert (= ${name} ${formula}))`
    )
  ].join("\n")

const checkIn = async (z3: Z3, context: Context, script: string, asked: Asked): Promise<Answer> => {
  const solver = z3.mk_simple_solver(context)
  z3.solver_inc_ref(context, solver)
  try {
    z3.solver_from_string(context, solver, naming(script, asked))
    const code = z3.get_error_code(context)
    if (code !== 0) {
      return {
        verdict: "unknown",
        values: new Map(),
        reason: `the script was refused: ${z3.get_error_msg(context, code)}`
      }
    }
    const verdict = await z3.solver_check(context, solver)
    if (verdict === 0) {
      return {
        verdict: "unknown",
        values: new Map(),
        reason: z3.solver_get_reason_unknown(context, solver)
      }
    }
    if (verdict === -1) return { verdict: "unsat", values: new Map() }
    const model =
      asked.size > 0 ? z3.model_to_string(context, z3.solver_get_model(context, solver)) : ""
    return {
      verdict: "sat",
      values: new Map(
        [...model.matchAll(definition)].map(([, name, value]) => [name as string, value === "true"])
      )
    }
  } finally {
    z3.solver_dec_ref(context, solver)
  }
}

/**
 * A solver with its own Z3, which works in its own thread: several of them work at the same time.
 * `resources`: the maximum work on one question, in Z3's own units.
 */
export const wasmSolver = (resources = maxResources): Solver => {
  let loading: Promise<Z3> | undefined
  let last: Promise<unknown> = Promise.resolve()
  let context: Context | undefined
  let questions = 0
  const check = (z3: Z3, script: string, asked: Asked): Promise<Answer> => {
    if (context !== undefined && questions % questionsInContext === 0) {
      z3.del_context(context)
      context = undefined
    }
    questions++
    context ??= contextOf(z3)
    return checkIn(z3, context, script, asked)
  }
  return {
    name: "z3 (wasm)",
    check: async (script, asked = new Map()) => {
      loading ??= load(resources)
      const z3 = await loading
      // One question at a time: a Z3 does not answer a second question while it works on the first.
      const mine = last.then(() => check(z3, script, asked))
      last = mine.catch(() => undefined)
      return mine
    },
    close: () => undefined
  }
}
