/**
 * A solver: the questions to it, and its possible answers. Every answer that is not clear is
 * `unknown`, and unknown never counts as a proof.
 */
import * as Schema from "effect/Schema"

export type Verdict = "sat" | "unsat" | "unknown"

export interface Answer {
  readonly verdict: Verdict
  /** If satisfiable, the values of the requested formulas, by their names. */
  readonly values: ReadonlyMap<string, boolean>
  /** Why the verdict is unknown, as far as the solver reports it. */
  readonly reason?: string
}

/** Formulas without variables, by names that the script does not use. */
export type Asked = ReadonlyMap<string, string>

export interface Solver {
  readonly name: string
  /**
   * Whether the assertions of this script (declarations and `assert` commands, nothing else) have a
   * model; and if so, whether the `asked` formulas are true in it.
   */
  check(script: string, asked?: Asked): Promise<Answer>
  close(): void
}

/**
 * The maximum work of Z3 on one question before the answer is unknown, in its own units (`rlimit`).
 * It does not depend on the load of the machine. The pins of the mutants take up to 5 million; a
 * million takes about a second in WebAssembly.
 */
export const maxResources = 100_000_000

/**
 * The maximum time for one question, for work that a solver does not count, and for solvers that
 * count in other units.
 */
export const maxMilliseconds = 600_000

/** The requested solver is not installed, or is not what it should be. */
export class SolverMissing extends Schema.TaggedError<SolverMissing>()("SolverMissing", {
  solver: Schema.String,
  reason: Schema.String
}) {
  /** Bad input: the user named something that does not exist. */
  readonly exitCode = 2
  override get message(): string {
    return `the solver ${this.solver} is not here (${this.reason})`
  }
}
