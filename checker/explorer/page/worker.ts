/**
 * The session in a worker of the page: questions arrive as messages, and answers leave as messages.
 */
import type { Asked, Reply } from "../messages.ts"
import { Session } from "../session.ts"
import { readModel } from "./model.ts"

/** The part of a worker's global scope that is used here. */
interface Scope {
  onmessage: ((event: { readonly data: Asked }) => void) | null
  postMessage: (reply: Reply) => void
}

const scope = globalThis as unknown as Scope

/** A pause that lets the next question in. A timer would wait for some milliseconds each time. */
const { port1, port2 } = new MessageChannel()
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    port1.onmessage = () => resolve()
    port2.postMessage(undefined)
  })

const session = new Session(pause, readModel)

scope.onmessage = async ({ data: { number, question } }) => {
  const reply = (answer: Reply["answer"], isLast: boolean) =>
    scope.postMessage({ number, answer, isLast })
  try {
    reply(await session.answer(question, (answer) => reply(answer, false)), true)
  } catch (error) {
    const { name, message } = error as Error
    reply(
      { tell: "refused", message: `Internal error, please report it: ${name}: ${message}` },
      true
    )
  }
}
