/**
 * Limits what the questions of clients cost a replica, which signs each answer with its share: some
 * 13 ms. A client asks three times in a lease, so a few questions a second are enough for all of
 * its endpoints. A further question is not answered, and a correct client repeats it. The same
 * question costs nothing when it is repeated, since its signature is remembered.
 */
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Nonce } from "../../spec/membership/move/messages.ts"

/** The maximum number of different questions of one client that are answered in a second. */
export const maxQuestions = 4
const windowMilliseconds = 1000

/** The name of the client that runs this process, whatever its endpoint is called. */
const clientOf = (process: string): string => process.split(/[./]/, 1)[0] ?? process

export class Questions {
  private readonly asked = new Map<string, Set<string>>()
  private since = Number.NEGATIVE_INFINITY

  /** The time passes; questions are counted anew every second. */
  look(nowMilliseconds: number): void {
    if (nowMilliseconds - this.since < windowMilliseconds) return
    this.since = nowMilliseconds
    this.asked.clear()
  }

  /** Whether this question is answered. */
  admits(from: NodeId, { client, operation, number, system }: Nonce): boolean {
    const name = clientOf(from)
    const questions = this.asked.get(name) ?? new Set()
    const question = `${client} ${operation} ${number} ${system}`
    if (questions.has(question)) return true
    if (questions.size >= maxQuestions) return false
    this.asked.set(name, questions.add(question))
    return true
  }
}
