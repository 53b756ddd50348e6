/**
 * The page's side of the worker: questions are numbered, and each answer is matched to its
 * question.
 */
import type { Answer, Asked, Question, Reply } from "../messages.ts"

/** Asks the worker; `tell` receives the progress of an answer that takes a while. */
export type Ask = (question: Question, tell?: (answer: Answer) => void) => Promise<Answer>

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly tell: (answer: Answer) => void
}

export class Client {
  private readonly worker: Worker
  private readonly waiting = new Map<number, Waiting>()
  private asked = 0

  constructor() {
    const text = document.getElementById("worker")?.textContent ?? ""
    // A worker whose text is in the page also works from a file, without a server.
    this.worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })))
    this.worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      const waiting = this.waiting.get(data.number)
      if (data.isLast) this.waiting.delete(data.number)
      if (data.isLast) waiting?.resolve(data.answer)
      else waiting?.tell(data.answer)
    }
    this.worker.onerror = ({ message }) => {
      for (const { resolve } of this.waiting.values())
        resolve({ tell: "refused", message: `The worker has failed: ${message}` })
      this.waiting.clear()
    }
  }

  /** Asks; `tell` receives the progress of an answer that takes a while. */
  ask(question: Question, tell: (answer: Answer) => void = () => undefined): Promise<Answer> {
    const number = ++this.asked
    return new Promise((resolve) => {
      this.waiting.set(number, { resolve, tell })
      this.worker.postMessage({ number, question } satisfies Asked)
    })
  }
}
