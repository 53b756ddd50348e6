/**
 * Asks each question only once. Models of one family share most of their transitions and sentences,
 * so many of their obligations are the same question, to the letter: a solver that has answered it
 * for one does not need to answer it again for another.
 */
import type { Answer, Solver } from "./solver.ts"

/**
 * The same solvers, with a common memory of the questions to each of them, word for word, and their
 * answers. The memory excludes an answer with a model, and `unknown`, which may depend on earlier
 * questions.
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
