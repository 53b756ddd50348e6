/**
 * When a process takes a step of its own: at once, or after a time that grows with the number of
 * times it has waited.
 */
import { equals } from "../../spec/kernel/data.ts"
import type { NodeId } from "../../spec/kernel/node.ts"
import type { Clock } from "../environment/clock.ts"
import type { Hosted } from "./hosted.ts"

/** For how long a node has owed answers and sent nothing; without end while it is away. */
export type SilentMilliseconds = (node: NodeId) => number

/**
 * How long to wait before a process takes this step of its own, in milliseconds, given how often it
 * has waited for this object since it was last ready.
 */
export type Patience = (
  choice: unknown,
  waited: number,
  silentMilliseconds: SilentMilliseconds
) => number

export class Waits {
  private readonly clock: Clock
  private readonly patience: Patience | undefined
  private readonly silentMilliseconds: SilentMilliseconds
  private readonly choose: (process: Hosted, key: string, choice: unknown) => void
  private readonly isHere: (process: Hosted) => boolean
  /**
   * The number of times that processes have waited before steps of their own, by process, object
   * and step.
   */
  private readonly waits = new Map<string, { times: number; isWaiting: boolean }>()

  /** Takes the step with `choose` when the wait has ended, if the process is still here. */
  constructor(
    clock: Clock,
    patience: Patience | undefined,
    silentMilliseconds: SilentMilliseconds,
    isHere: (process: Hosted) => boolean,
    choose: (process: Hosted, key: string, choice: unknown) => void
  ) {
    this.clock = clock
    this.patience = patience
    this.silentMilliseconds = silentMilliseconds
    this.isHere = isHere
    this.choose = choose
  }

  /**
   * The step of its own that the process takes at once, if there is one; for a step that has to
   * wait, the clock is set.
   */
  choiceOf(process: Hosted, key: string): unknown {
    const [choice] = process.choices(key)
    if (choice === undefined || this.patience === undefined) return choice
    // Most choices are taken at once.
    if (this.waits.size === 0 && this.patience(choice, 0, this.silentMilliseconds) <= 0)
      return choice
    const id: NodeId = process.node.id
    const name = JSON.stringify([id, key, choice])
    const wait = this.waits.get(name) ?? { times: 0, isWaiting: false }
    const milliseconds = this.patience(choice, wait.times, this.silentMilliseconds)
    if (milliseconds <= 0) return choice
    if (!wait.isWaiting) {
      this.waits.set(name, { times: wait.times + 1, isWaiting: true })
      this.clock.after(milliseconds, () => {
        this.waits.set(name, { times: wait.times + 1, isWaiting: false })
        if (!this.isHere(process) || process.isReady(key)) this.waits.delete(name)
        else if (process.choices(key).some((offered) => equals(offered, choice)))
          this.choose(process, key, choice)
        else this.waits.delete(name)
      })
    }
    return undefined
  }
}
