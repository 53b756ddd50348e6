/**
 * Questions that are asked once. Models of one family share most of their transitions and
 * sentences, so many of their obligations are the same question, to the letter: what has been
 * answered for one need not be answered again for the other.
 */
import type { Answer, Solver } from "./solver.ts"

/**
 * The same solvers, which remember together what each of them was asked, word for word, and what
 * the answer was. An answer with a model is not remembered, nor is `unknown`, which may depend on
 * what was asked before.
 */
export const remembering = (solvers: ReadonlyArray<Solver>): ReadonlyArray<Solver> => {
  const answers = new Map<string, Promise<Answer>>()
  return solvers.map((solver) => ({
    ...solver,
    check: (script, asked) => {
      if (asked !== undefined) return solver.check(script, asked)
      const known = answers.get(script)
      if (known !== undefined) return known
      const answer = solver.check(script)
      const forget = () => answers.delete(script)
      answers.set(script, answer)
      answer.then(({ verdict }) => verdict === "unknown" && forget(), forget)
      return answer
    }
  }))
}
