/**
 * A solver: what is asked of it, and what it may answer. Whatever is not a clear answer is
 * `unknown`, and unknown is never taken for a proof.
 */
import * as Schema from "effect/Schema"

export type Verdict = "sat" | "unsat" | "unknown"

export interface Answer {
  readonly verdict: Verdict
  /** If satisfiable, the values of the formulas that were asked for, by their names. */
  readonly values: ReadonlyMap<string, boolean>
  /** Why the verdict is unknown, as far as the solver says. */
  readonly reason?: string
}

/** Formulas without variables, by names that the script does not use. */
export type Asked = ReadonlyMap<string, string>

export interface Solver {
  readonly name: string
  /**
   * Whether the assertions of this script (declarations and `assert` commands, nothing else) have a
   * model; and if so, whether the formulas that are `asked` are true in it.
   */
  check(script: string, asked?: Asked): Promise<Answer>
  close(): void
}

/**
 * The most that Z3 may do for one question before the answer is unknown, in its own count
 * (`rlimit`). It does not depend on how busy the machine is. The pins of the mutants take up to 5
 * million; a million takes about a second in WebAssembly.
 */
export const maxResources = 100_000_000

/**
 * The longest that one question may take, for what a solver does not count, and for solvers that
 * count otherwise.
 */
export const maxMilliseconds = 600_000

/** The solver that was asked for is not there, or is not what it should be. */
export class SolverMissing extends Schema.TaggedError<SolverMissing>()("SolverMissing", {
  solver: Schema.String,
  reason: Schema.String
}) {
  /** Bad input: the user asked for what is not there. */
  readonly exitCode = 2
  override get message(): string {
    return `the solver ${this.solver} is not here (${this.reason})`
  }
}
