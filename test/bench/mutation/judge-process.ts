/**
 * The process in which mutants are judged by questions, as the bench sees it: it is started when it
 * is first asked, and again whenever a mutant has ended it, by taking too much time or memory.
 */
import { type ChildProcess, fork } from "node:child_process"
import { join } from "node:path"
import type { Noticed, Said } from "./judge.ts"
import type { Question } from "./questions.ts"
import { root } from "./root.ts"
import { endedForTime } from "./watchdog.ts"

/** The processor time for one question. The longest takes some four seconds. */
const maxMilliseconds = 20_000
/** The time for a whole answer, regardless of what the process does meanwhile. */
const maxAnswerMilliseconds = 3_600_000
const maxMegabytes = 3000
/** What a mutant leaves behind in memory is given back with its process. */
const maxAnswers = 40

/** The mutant cannot even be bundled. */
export class NoProgram extends Error {
  override readonly name = "NoProgram"
}

export class JudgeProcess {
  private readonly tree: string
  private child: ChildProcess | undefined
  private answers = 0

  constructor(tree: string) {
    this.tree = tree
  }

  /** Whether a question notices the specification that the copy has now. */
  ask(questions: ReadonlyArray<Question>): Promise<Noticed | undefined> {
    if (this.answers === maxAnswers) this.end()
    const child = this.started()
    this.answers++
    return new Promise((resolve, reject) => {
      let scenario = ""
      const timer = setTimeout(() => child.kill(endedForTime), maxAnswerMilliseconds)
      const done = (settle: () => void): void => {
        clearTimeout(timer)
        child.off("message", hear)
        child.off("exit", exit)
        settle()
      }
      const hear = (said: Said): void => {
        if (said._tag === "Begins") scenario = said.scenario
        else if (said._tag === "NoProgram") done(() => reject(new NoProgram(said.why)))
        else done(() => resolve(said.noticed))
      }
      const exit = (_code: number | null, signal: string | null): void => {
        this.child = undefined
        done(() => resolve({ scenario, what: signal === endedForTime ? "time" : "memory" }))
      }
      child.on("message", hear)
      child.on("exit", exit)
      child.send(questions)
    })
  }

  end(): void {
    this.child?.disconnect()
    this.child = undefined
  }

  private started(): ChildProcess {
    // It may have ended since it last answered, for want of memory.
    if (this.child?.connected === true) return this.child
    this.answers = 0
    this.child = fork(
      join(root, "test", "bench", "mutation", "judge.ts"),
      [this.tree, String(maxMilliseconds)],
      {
        execArgv: [`--max-old-space-size=${maxMegabytes}`],
        stdio: ["ignore", "ignore", "ignore", "ipc"]
      }
    )
    return this.child
  }
}
